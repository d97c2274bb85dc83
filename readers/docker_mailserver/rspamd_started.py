"""Rspamd's overrides once the container has started: copied, and then as user-patches.sh and hooks leave them.

Source: ``_start_daemons`` and ``_run_user_patches`` of ``target/scripts/start-mailserver.sh`` of docker-mailserver 15:
the script runs before the daemons do.
"""

from __future__ import annotations

import posixpath

from readers import Missing
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.docker_mailserver.rspamd_setup import OVERRIDES, overrides
from readers.docker_mailserver.variables import effective
from readers.kubernetes import Container, MountedFile
from readers.rspamd.rspamadm import Overrides
from readers.shell.supervisor import stopped
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
    found, files = overrides(container, directory), PostfixSetup(container).files
    why = stopped(files.facts, "rspamd")
    if why is not None:
        raise UnknownValueError(why.reason, why.origin)
    for path in _DECIDING:
        file = files.file(path)
        if files.is_touched(path) or file is not None:
            at = container.origin if file is None else file.mount_origin
            raise UnknownValueError(f"what {path} makes of the overrides is not known here", at)
    named = [f"{OVERRIDES}/{name}" for name in asked or found]
    for path in named if asked else [*named, *files.changed_in(OVERRIDES)]:
        left = files.file(path) if files.is_touched(path) else None
        if left is not None:
            found[posixpath.basename(path)] = left
    return found


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
