"""What of a folder is part of its repository: all that git tracks, and what it would take in if it were told to.

What git ignores is there on one machine and not on the next, so it says nothing about the repo.  A file that is not
yet tracked counts: whoever tries a change before the commit wants to know of it.  Not so what programs leave behind
(``node_modules``, ``.terraform``, ...), unless git tracks it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from msgspec import Struct

from tfparse.source.git import Checkout

LEFT_BEHIND = frozenset({".git", ".terraform", ".terragrunt-cache", "node_modules", ".venv"})
"""Folders of what programs fetch or keep for themselves."""


class Inside(Struct, frozen=True):
    """The names in a folder, by what they are; a link is neither a file nor a folder, whatever it leads to, and nor is
    a pipe or a device."""

    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


class Listing(Struct, frozen=True):
    """The files of a repo, the folders that they stand in, and the repositories within it (submodules)."""

    files: frozenset[str]
    folders: frozenset[str]
    inner: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether a file or a folder is part of the repo."""
        return path in self.files or path in self.folders or any(above in self.inner for above in _above(path))


def look(folder: str) -> Inside:
    """What is in a folder; nothing where it cannot be opened.

    Raises:
        OSError: it cannot be read to its end.
    """
    files: list[str] = []
    folders: list[str] = []
    others: list[str] = []
    try:
        entries = os.scandir(folder)
    except OSError:
        return Inside()
    with entries, suppress(FileNotFoundError):  # it is gone since
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                files.append(entry.name)
            else:
                (folders if entry.is_dir(follow_symlinks=False) else others).append(entry.name)
    return Inside(frozenset(files), frozenset(folders), frozenset(others))


def listed(checkout: Checkout, is_folder: Callable[[str], bool]) -> Listing | None:
    """The listing of a checkout.  None where git does not say, or has nothing to do with the folder."""
    found = checkout.listed()
    if not found:
        return None
    paths = [path for path, tracked in found.items() if tracked or LEFT_BEHIND.isdisjoint(path.split("/"))]
    inner = frozenset(filter(is_folder, paths))
    files = frozenset(path for path in paths if path not in inner)
    return Listing(files, frozenset(above for path in paths for above in _above(path)), inner)


def ordered(files: Iterable[str]) -> list[str]:
    """The files of each folder together, those of a folder before those of the folders in it."""
    return sorted(files, key=lambda path: (path.split("/")[:-1], path))


def walk(top: str, look: Callable[[str], Inside]) -> list[str]:
    """The paths of all files in a folder, but for what programs leave behind."""
    found: list[str] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        place = os.path.join(top, folder) if folder else top
        inside, prefix = look(place), f"{folder}/" if folder else ""
        found += [prefix + name for name in sorted(_kept(place, inside))]
        waiting += [prefix + name for name in sorted(inside.folders - LEFT_BEHIND, reverse=True)]
    return found


def _kept(folder: str, inside: Inside) -> Iterable[str]:
    """All in a folder but the folders, and but for links to what programs leave behind."""
    others = inside.others
    if not LEFT_BEHIND.isdisjoint(others):
        others = others - {name for name in LEFT_BEHIND if os.path.isdir(os.path.join(folder, name))}
    return inside.files | others


def _above(path: str) -> list[str]:
    """A path, and all folders that it stands in, the top ("") among them."""
    parts = path.split("/")
    return ["", *("/".join(parts[:length]) for length in range(1, len(parts) + 1))]
