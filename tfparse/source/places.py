"""Where the files of a repo are read: a folder on disk, or a tree of git's (:mod:`tfparse.source.committed`)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from tfparse.source.git import Checkout, checkout
from tfparse.source.listing import Inside, Listing, listed, look, ordered, walk

MAX_FILE = 16 * 1024 * 1024
"""Bytes of the largest file that is read."""
_DEEP = 50
"""How many folders deep it is known of each folder where it is."""
_NOT_LOOKED = Inside()
_PIECE = 64 * 1024
"""Bytes that are read at once: hardly a file has more."""


class OutsideRoot(ValueError):
    """A path that leads out of the infra repo, by ``..`` or by a symbolic link, or that none can be."""


class FileUnknown(OSError):
    """A file that is there, and whose content cannot be known: too large, or not in this clone."""


class FileTooLarge(FileUnknown):
    """A file of more bytes than are read, or one too many for a run."""


class Place(Protocol):
    """The files of a repo.  Paths are relative to it, with ``/``; ``real`` ones are as :meth:`resolve` gives them."""

    def resolve(self, path: str) -> str:
        """Where a path leads, symbolic links followed.

        Raises:
            OutsideRoot: it leads out of the root.
        """

    def exists(self, real: str) -> bool:
        """Whether there is anything."""

    def is_file(self, real: str) -> bool:
        """Whether it is a file, be it the repo's or not."""

    def is_folder(self, real: str) -> bool:
        """Whether it is a folder, be it the repo's or not."""

    def is_ours(self, real: str) -> bool:
        """Whether it is part of the repo: it is not where git ignores it, or keeps its own."""

    def size(self, real: str) -> int:
        """The bytes of a file.

        Raises:
            OSError: there is no such file.
        """

    def read(self, real: str) -> bytes:
        """The content of a file.

        Raises:
            OSError: it cannot be read.
        """

    def names(self, real: str) -> list[str]:
        """The names in a folder of all but folders; none where there is no such folder."""

    def glob(self, real: str, pattern: str) -> Iterator[tuple[str, bool]]:
        """What is in a folder (``*``), or anywhere below it (``**/*``), relative to it; whether each is a file."""

    def every(self) -> list[str]:
        """The paths of all files that are part of the repo; those of a folder come together."""

    def linked(self, paths: Iterable[str]) -> dict[str, str]:
        """Those of the paths at which a symbolic link leads to a folder of the repo, each with that folder's."""


class Folder(Struct, dict=True):
    """A folder on disk: a :class:`Place`."""

    root: Path
    _places: dict[str, str] = field(default_factory=dict)
    _led: dict[str, str] = field(default_factory=dict)
    """Where folders are, and where the paths lead that were asked for: nobody moves a repo while it is judged."""
    _absent: set[str] = field(default_factory=set)
    """Places where nothing was."""
    _looks: dict[str, Inside] = field(default_factory=dict)
    """What is in the folders that were looked into: each is, once."""
    fetched: set[str] = field(default_factory=set)
    """Folders of what was fetched for the repo, which count though git ignores them."""

    @cached_property
    def checkout(self) -> Checkout | None:
        """The git checkout that the repo is; None of a folder that is none."""
        return checkout(self.root)

    @cached_property
    def listing(self) -> Listing | None:
        """What git takes for the repo's; None where all that stands in the folder is."""
        return listed(self.checkout, self._is_folder) if self.checkout is not None else None

    def resolve(self, path: str) -> str:
        if path not in self._led:
            self._led[path] = self._resolved(path)
        return self._led[path]

    def _resolved(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        place = _within(self._folder(folder), name) if name else self._folder(path)
        if self._is_link(place):
            place = self._followed(place)
        if not place.startswith(self._inside) and place != self._top:
            raise OutsideRoot(f"{path} is a symbolic link out of the infra repo")
        return place

    def _folder(self, path: str) -> str:
        """Where a directory is.  Most questions are about the same few: each link on the way costs a system call."""
        if path not in self._places:
            above, _, name = path.rpartition("/")
            if name not in ("", ".", "..") and path.count("/") < _DEEP:
                place = _within(self._folder(above), name)
                self._places[path] = self._followed(place) if self._is_link(place) else place
            else:
                self._places[path] = os.path.realpath(os.path.join(self._top, path))
        return self._places[path]

    def _look(self, real: str) -> Inside:
        if real not in self._looks:
            self._looks[real] = look(real)
        return self._looks[real]

    def _is_link(self, place: str) -> bool:
        """Whether a symbolic link is there."""
        seen, name = self._seen(place)
        if name in seen.files or name in seen.folders:
            return False
        try:
            return stat.S_ISLNK(os.lstat(place).st_mode)
        except FileNotFoundError:
            self._absent.add(place)
        except (OSError, ValueError):
            pass
        return False

    def _followed(self, place: str) -> str:
        """Where a symbolic link leads that stands in a folder of the repo, which itself is reached by none.

        Most lead up some folders and down again, and what is on the way was seen: to ask of each step takes longer.
        """
        here, steps = os.path.dirname(place), _target(place).split("/")
        while steps and steps[0] == "..":
            here = os.path.dirname(here)
            del steps[0]
        if not f"{here}/".startswith(self._inside) or not {"", ".", ".."}.isdisjoint(steps):
            return os.path.realpath(place)
        for step in steps:
            here = f"{here}/{step}"
            if self._is_link(here):
                return os.path.realpath(place)
        return here

    def _is_folder(self, path: str) -> bool:
        """Whether a folder is there, and no link to one."""
        place = os.path.join(self._top, path)
        folder, _, name = place.rpartition("/")
        return name not in self._look(folder).files and os.path.isdir(place) and not os.path.islink(place)

    def _is_there(self, path: str) -> bool:
        place = os.path.join(self._top, path)
        folder, _, name = place.rpartition("/")
        return name in self._look(folder).files or os.path.lexists(place)

    def _seen(self, real: str) -> tuple[Inside, str]:
        """What was seen in the folder that something stands in, if it was looked into, and the name there.

        The disk is asked of what was not seen: it may be there, by another spelling.
        """
        folder, _, name = real.rpartition("/")
        return self._looks.get(folder, _NOT_LOOKED), name

    @cached_property
    def _top(self) -> str:
        return str(self.root)

    @cached_property
    def _inside(self) -> str:
        """How the paths of all begin that is below the root."""
        return os.path.join(self._top, "")

    def exists(self, real: str) -> bool:
        return os.path.exists(real)

    def is_file(self, real: str) -> bool:
        seen, name = self._seen(real)
        return name in seen.files or (real not in self._absent and os.path.isfile(real))

    def is_folder(self, real: str) -> bool:
        seen, name = self._seen(real)
        return name in seen.folders or (real not in self._absent and os.path.isdir(real))

    def is_ours(self, real: str) -> bool:
        path = self._path(real)
        if self.fetched and any(path == folder or path.startswith(f"{folder}/") for folder in self.fetched):
            return True
        if ".git" in path and ".git" in path.split("/"):
            return False
        return self.listing is None or self.listing.holds(path)

    def may_be_tracked(self, real: str) -> bool:
        """Whether git tracks something in a folder of what programs leave behind, or cannot be asked."""
        if self.listing is not None:
            return self.listing.holds(self._path(real))
        return any((above / ".git").exists() for above in (self.root, *self.root.parents))

    def size(self, real: str) -> int:
        return os.path.getsize(real)

    def read(self, real: str) -> bytes:
        file = os.open(real, os.O_RDONLY)  # Python's own file asks for its size, and where it is, again and again
        try:
            return b"".join(iter(partial(os.read, file, _PIECE), b""))
        finally:
            os.close(file)

    def names(self, real: str) -> list[str]:
        inside = self._look(real)
        names = sorted(inside.files | inside.others)
        return [name for name in names if self.is_ours(os.path.join(real, name))]

    def glob(self, real: str, pattern: str) -> Iterator[tuple[str, bool]]:
        top = Path(real)
        return ((file.relative_to(top).as_posix(), file.is_file()) for file in top.glob(pattern))

    def every(self) -> list[str]:
        listing, top = self.listing, self._top
        if listing is None:
            return walk(top, self._look)
        found = [*filter(self._is_there, listing.files)]
        found += [f"{inner}/{path}" for inner in listing.inner for path in walk(os.path.join(top, inner), self._look)]
        return ordered(found)

    def linked(self, paths: Iterable[str]) -> dict[str, str]:
        links = (path for path in paths if self._is_link(self._inside + path))
        return {path: real for path in links if (real := self._led_to(path))}

    def _led_to(self, path: str) -> str | None:
        """The folder of the repo that a link leads to; None where it leads to none."""
        with suppress(OutsideRoot):
            real = self.resolve(path)
            return self._path(real) if self.is_folder(real) and self.is_ours(real) else None
        return None

    def _path(self, real: str) -> str:
        return real[len(self._top) :].lstrip("/")


def _within(folder: str, name: str) -> str:
    """What is called so in a folder.  (There are so many that the system's own way takes too long.)"""
    return f"{folder}/{name}" if folder != "/" else f"/{name}"


def _target(link: str) -> str:
    """What stands in a symbolic link; nothing where it is gone."""
    with suppress(OSError):
        return os.readlink(link)
    return ""
