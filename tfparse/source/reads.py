"""What somebody has looked at of a repo's files, and whether a change touches it.

What is not there is looked at, too: who asks for a file that is absent depends on its staying away.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from msgspec import Struct, field


class Change(Struct, frozen=True):
    """One path that a commit changes, with git's mode of it before and after ("000000" where there is none)."""

    path: str
    before: str
    after: str
    #: The name of the object there is after it.
    blob: str = ""


_FILES = frozenset({"100644", "100755", "100664"})
_NOTHING = "000000"


class Changes:
    """All that differs between two states of a repo."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.each = tuple(changes)
        self.paths = {change.path for change in self.each}
        """The paths whose content, or existence, differs."""
        moved = [change.path for change in self.each if _NOTHING in (change.before, change.after)]
        self.listed = {posixpath.dirname(path) for path in moved}
        """The folders that hold other names than before."""
        self.above = {folder for path in moved for folder in _above(path)}
        """The folders below which there are other names than before."""
        self.redirects = tuple(c.path for c in self.each if not _FILES.issuperset({c.before, c.after} - {_NOTHING}))
        """The paths of symbolic links and submodules among it: what is below one of them may lead elsewhere."""


def _above(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path


class Reads(Struct):
    """What was looked at, by paths: the content (or absence) of ``files``, the names in ``folders``, and what there
    is anywhere ``below`` a folder, if only whether it exists; ``searched`` are those of these of which all was listed.
    """

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    below: set[str] = field(default_factory=set)
    searched: set[str] = field(default_factory=set)

    def add(self, other: Reads) -> None:
        """Take over what another has looked at."""
        self.files |= other.files
        self.folders |= other.folders
        self.below |= other.below
        self.searched |= other.searched

    def touched(self, changes: Changes) -> bool:
        """Whether any of it may be otherwise after the changes."""
        return not (
            self.files.isdisjoint(changes.paths)
            and self.folders.isdisjoint(changes.listed)
            and self.below.isdisjoint(changes.above)
            and not any(map(self._leads_by, changes.redirects))
        )

    def _leads_by(self, link: str) -> bool:
        """Whether any path that was looked at is that of a link, or leads by it."""
        inside = f"{link}/"
        return any(path == link or path.startswith(inside) for path in (*self.files, *self.folders, *self.below))
