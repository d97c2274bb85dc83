"""Rspamd's overrides once the container has started: copied, and then as user-patches.sh and hooks leave them.

Source: ``_start_daemons`` and ``_run_user_patches`` of ``target/scripts/start-mailserver.sh`` of docker-mailserver 15:
the script runs before the daemons do.
"""

from __future__ import annotations

import re
from dataclasses import replace

from readers import Missing
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.docker_mailserver.rspamd_setup import OVERRIDES, overrides
from readers.docker_mailserver.variables import effective
from readers.kubernetes import Container, MountedFile
from readers.rspamd.rspamadm import Overrides
from readers.shell.facts import Fact
from readers.shell.supervisor import stopped
from tfparse.cty.values import HOLE, string
from tfparse.diagnostics import UnknownValueError

_DECIDING = ("/etc/rspamd/rspamd.conf", "/etc/rspamd/rspamd.conf.override", "/etc/rspamd/rspamd.conf.local")
"""What names the other files, or is merged last of all."""


def overrides_left(container: Container, directory: str, *asked: str) -> dict[str, MountedFile]:
    """The overrides that Rspamd finds, by name: those in ``directory``, as the start-up and scripts leave them.  Where
    some are ``asked`` for, what is done to others is left out of account.

    Raises:
        Missing: a script takes away one that was there.
        UnknownValueError: one of them may be changed in a way that is not known, or Rspamd does not run.
    """
    found, setup = overrides(container, directory), PostfixSetup(container)
    held = {file.what for file in container.files_under(OVERRIDES)}  # which no script can change
    why = stopped(setup.files, "rspamd")
    if why is not None:
        raise UnknownValueError(why.reason, why.origin)
    changed = [path for path, _ in setup.files.present() if re.fullmatch(rf"{OVERRIDES}/[^/{HOLE}]+", path)]
    for path in [*_DECIDING, *(f"{OVERRIDES}/{name}" for name in asked or found), *([] if asked else changed)]:
        fact = setup.files.of(path)
        if fact is not None and path not in held:
            _heed(found, path, fact)
    return found


def _heed(found: dict[str, MountedFile], path: str, fact: Fact) -> None:
    folder, _, name = path.rpartition("/")
    before = found.get(name, next(iter(found.values()), None))
    if fact.text is None and fact.sure:
        if name in found:
            raise Missing(name, f"{folder}, from which it is taken away", fact.by.origin)
    elif fact.text is None or not fact.sure or before is None or folder != OVERRIDES or HOLE in fact.text:
        raise UnknownValueError(fact.by.reason, fact.by.origin)
    else:
        value = string(fact.text, fact.by.origin).marked(before.value.marks)
        found[name] = replace(before, what=path, value=value, origin=fact.by.origin)


def mounted_overrides(container: Container, switch: str, directory: str) -> Overrides | None:
    """The overrides mounted in a directory, or None where Rspamd is off: ``switch`` ("ENABLE_RSPAMD = 1") says it."""
    variable, _, value = switch.partition(" = ")
    try:
        if effective(container, variable).text != value:
            return None
    except Missing:
        return None
    return read_overrides(container, directory)


def read_overrides(container: Container, directory: str) -> Overrides:
    """The overrides that Rspamd finds, for it to be asked about.

    Raises:
        Missing, UnknownValueError: as :func:`overrides_left` does.
    """
    return Overrides({name: file.value for name, file in overrides_left(container, directory).items()})
