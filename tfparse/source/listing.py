"""What of a folder is part of its repository: all that git tracks, and what it would take in if it were told to.

What git ignores is there on one machine and not on the next, so it says nothing about the repo.  A file that is not
yet tracked counts: whoever tries a change before the commit wants to know of it.  Not so what programs leave behind
(``node_modules``, ``.terraform``, ...), unless git tracks it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from msgspec import Struct

from tfparse.source.git import Checkout

LEFT_BEHIND = frozenset({".git", ".terraform", ".terragrunt-cache", "node_modules", ".venv"})
"""Folders of what programs fetch or keep for themselves."""


class Listing(Struct, frozen=True):
    """The files of a repo, the folders that they stand in, and the repositories within it (submodules)."""

    files: frozenset[str]
    folders: frozenset[str]
    inner: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether a file or a folder is part of the repo."""
        return path in self.files or path in self.folders or any(above in self.inner for above in _above(path))


def listed(checkout: Checkout) -> Listing | None:
    """The listing of a checkout.  None where git does not say, or has nothing to do with the folder."""
    found = checkout.listed()
    if not found:
        return None
    paths = [path for path, tracked in found.items() if tracked or LEFT_BEHIND.isdisjoint(path.split("/"))]
    inner = frozenset(path for path in paths if _is_folder(checkout, path))
    files = frozenset(path for path in paths if path not in inner)
    return Listing(files, frozenset(above for path in paths for above in _above(path)), inner)


def ordered(files: Iterable[str]) -> list[str]:
    """The files of each folder together, those of a folder before those of the folders in it."""
    return sorted(files, key=lambda path: (path.split("/")[:-1], path))


def walk(top: str) -> list[str]:
    """The paths of all files in a folder, but for what programs leave behind."""
    found: list[str] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        names, subfolders = _inside(os.path.join(top, folder))
        found += [folder + name for name in names]
        waiting += [f"{folder}{name}/" for name in reversed(subfolders)]
    return found


def _inside(folder: str) -> tuple[list[str], list[str]]:
    """The names in a folder, sorted: of files, and of links whatever they lead to; of the folders in it."""
    names: list[str] = []
    subfolders: list[str] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name not in LEFT_BEHIND or not os.path.isdir(entry.path):
                (subfolders if entry.is_dir(follow_symlinks=False) else names).append(entry.name)
    return sorted(names), sorted(subfolders)


def _is_folder(checkout: Checkout, path: str) -> bool:
    place = checkout.folder / path
    return place.is_dir() and not place.is_symlink()


def _above(path: str) -> list[str]:
    """A path, and all folders that it stands in, the top ("") among them."""
    parts = path.split("/")
    return ["", *("/".join(parts[:length]) for length in range(1, len(parts) + 1))]
