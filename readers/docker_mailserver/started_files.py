"""The files that programs find in a container of docker-mailserver once it has started, whoever put them there.

What is mounted stays as it is: a ConfigMap or a Secret cannot be written to.  Else a file is what the start-up copied,
as user-patches.sh and hooks left it.  Source: ``_setup_run_user_patches`` of docker-mailserver 15: the script runs
before the daemons do.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from readers import Malformed, Missing
from readers.docker_mailserver.own_main_cf import LOGINS, credentials_for
from readers.docker_mailserver.rspamd_setup import DIRECTORY, OVERRIDES, overrides
from readers.kubernetes import Container, MountedFile
from readers.postfix.commands import TABLE_OF
from readers.shell.facts import BEFORE, NOTHING, Fact, Facts, Reach
from tfparse.cty.text import from_flat
from tfparse.cty.values import HOLE, SECRET, Unknown, Value
from tfparse.diagnostics import UnknownValueError

_COMPILED = ("db", "lmdb", "cdb", "pag", "dir")
"""How the files of tables end that ``postmap`` makes (DATABASE_README)."""


class StartedFiles(Struct, frozen=True):
    """``facts`` is what scripts did, by path; ``secret`` tells whether what they did it with is secret."""

    container: Container
    facts: Facts
    secret: bool

    def file(self, path: str) -> MountedFile | None:
        """The file at a path; None where nothing is seen to put one there (the image may have one).

        Raises:
            Missing: it is taken away.
            UnknownValueError: what it says is not known.
        """
        fact = self.facts.of(path) if self.is_touched(path) else None
        try:
            return self.container.file(path)
        except Missing:
            copied = _copied(self.container, path)
        except UnknownValueError:
            copied = None
            if fact is None:
                raise
        return copied if fact is None else self._left(path, fact, copied)

    def required(self, path: str) -> MountedFile:
        """The file at a path; raises as :meth:`file` does, and Missing where nothing is seen to put one there."""
        return self.file(path) or self.container.file(path)

    def _left(self, path: str, fact: Fact, copied: MountedFile | None) -> MountedFile | None:
        if fact.text is None and fact.sure:
            if copied is None:
                return None
            folder, _, name = path.rpartition("/")
            raise Missing(name, f"{folder}, from which it is taken away", fact.by.origin)
        if fact.text is None or not fact.sure:
            raise UnknownValueError(fact.by.reason, fact.by.origin)
        secret = self.secret or (copied is not None and copied.value.secret)
        value = from_flat(fact.text, fact.by, fact.by.origin).marked(SECRET * secret)
        return MountedFile(path, value, "a script", fact.by.origin, mount_origin=fact.by.origin, mode=None)

    def text(self, path: str) -> Value | None:
        """What a file says, as far as it is seen."""
        try:
            file = self.file(path)
        except (Malformed, Missing, UnknownValueError):
            return None
        return None if file is None else file.value

    def is_touched(self, path: str) -> bool:
        """Whether a script did something, or may have, to a file that is not mounted."""
        fact = self.facts.of(path)
        return fact is not None and fact.by is not BEFORE

    def is_compiled(self, path: str) -> bool:
        """Whether a script makes a table of a file, by ``postmap``, or may; and none may take it away."""
        fact = self.facts.of(TABLE_OF + path)
        if any(self.is_touched(f"{path}.{suffix}") for suffix in _COMPILED):
            return False
        return fact is not None and not (fact.sure and fact.text is None)

    def changed_in(self, folder: str) -> Iterator[str]:
        """The files of a folder that a script names and changes."""
        for path, _ in self.facts.present():
            if posixpath.dirname(path) == folder and HOLE not in path:
                yield path


def absent(container: Container) -> Facts:
    """Where no file is before scripts run: among Rspamd's overrides the image has none of its own."""
    try:
        there = "|".join(map(re.escape, overrides(container, DIRECTORY)))
    except (Malformed, UnknownValueError):
        return Facts()
    return Facts({}, ((Reach(rf"{OVERRIDES}/(?!(?:{there})$)[^/]+"), NOTHING),))


def _copied(container: Container, path: str) -> MountedFile | None:
    """What the start-up makes of a file ahead of the scripts."""
    folder, _, name = path.rpartition("/")
    if folder == OVERRIDES:
        return overrides(container, DIRECTORY).get(name)
    host = credentials_for(container) if path == LOGINS else None
    if host is None:
        return None
    said = f"{HOLE if host.value.is_unknown else host.text} {HOLE}\n"
    value = from_flat(said, Unknown("it is a login", host.origin), host.origin)
    return MountedFile(path, value, host.source, host.origin)
