"""The files of a repo as git keeps them in one commit: no checkout, and from one commit to the next what differs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from msgspec import Struct, field

from tfparse.source.listing import ordered
from tfparse.source.places import FileUnknown, OutsideRoot
from tfparse.source.reads import Changes

_LINK = "120000"
_SUBMODULE = "160000"
_MOST_LINKS = 40
"""As many as Linux follows."""

#: What gives a blob's content by its name, or its size where it is larger than is read, or None where it is missing.
Blobs = Callable[[str], "bytes | int | None"]


class CommittedTree(Struct):
    """The files of one commit: a :class:`~tfparse.source.places.Place`.  ``entries`` are mode and blob by path."""

    blobs: Blobs
    entries: dict[str, tuple[str, str]] = field(default_factory=dict)
    _folders: dict[str, set[str]] = field(default_factory=lambda: {"": set()})
    """The names in each folder."""

    def move(self, changes: Changes) -> None:
        """Become the commit that differs by these changes."""
        for change in changes.each:
            if change.after == "000000":
                self._remove(change.path)
        for change in changes.each:
            if change.after != "000000":
                self._add(change.path, change.after, change.blob)

    def _add(self, path: str, mode: str, blob: str) -> None:
        self.entries[path] = mode, blob
        while path:
            folder = posixpath.dirname(path)
            is_new = folder not in self._folders
            self._folders.setdefault(folder, set()).add(posixpath.basename(path))
            if not is_new:
                break
            path = folder

    def _remove(self, path: str) -> None:
        self.entries.pop(path, None)
        while path:
            folder = posixpath.dirname(path)
            held = self._folders.get(folder, set())
            held.discard(posixpath.basename(path))
            if held or not folder:
                break
            del self._folders[folder]
            path = folder

    # -- a Place -------------------------------------------------------------------------------

    def resolve(self, path: str) -> str:
        real, left, links = "", [part for part in path.split("/") if part], 0
        while left:
            part = left.pop(0)
            if part == "..":
                if not real:
                    raise OutsideRoot(f"{path} is a symbolic link out of the infra repo")
                real = posixpath.dirname(real)
                continue
            if part == ".":
                continue
            step = f"{real}/{part}" if real else part
            mode, blob = self.entries.get(step, ("", ""))
            if mode != _LINK:
                real = step
                continue
            target, links = self._target(step, blob), links + 1
            if target.startswith("/"):
                raise OutsideRoot(f"{path} is a symbolic link out of the infra repo")
            if links > _MOST_LINKS:
                return step
            left = [part for part in target.split("/") if part] + left
        return real

    def _target(self, path: str, blob: str) -> str:
        held = self.blobs(blob)
        if not isinstance(held, bytes):
            raise OutsideRoot(f"{path} is a symbolic link whose target is not in this clone")
        return held.decode("utf-8", "surrogateescape")

    def exists(self, real: str) -> bool:
        return self.entries.get(real, (_LINK, ""))[0] != _LINK or real in self._folders

    def is_file(self, real: str) -> bool:
        return self.entries.get(real, (_SUBMODULE, ""))[0] not in (_SUBMODULE, _LINK)

    def is_folder(self, real: str) -> bool:
        return real in self._folders or self.entries.get(real, ("", ""))[0] == _SUBMODULE

    def is_ours(self, real: str) -> bool:
        return self.exists(real)

    def size(self, real: str) -> int:
        held = self._held(real)
        return held if isinstance(held, int) else len(held)

    def read(self, real: str) -> bytes:
        held = self._held(real)
        if isinstance(held, int):
            raise FileUnknown(f"{real} is larger than is read")
        return held

    def _held(self, real: str) -> bytes | int:
        held = self.blobs(self.entries[real][1])
        if held is None:
            raise FileUnknown(f"{real} is not in this clone: its object is missing")
        return held

    def names(self, real: str) -> list[str]:
        return sorted(name for name in self._folders.get(real, ()) if not self.is_folder(_joined(real, name)))

    def glob(self, real: str, pattern: str) -> Iterator[tuple[str, bool]]:
        inside = sorted(self._folders.get(real, ()))
        found: Iterable[str] = inside if pattern == "*" else self._below(real, inside)
        return ((name, self._leads_to_file(_joined(real, name))) for name in found)

    def _below(self, folder: str, names: Iterable[str], prefix: str = "") -> Iterator[str]:
        for name in names:
            yield prefix + name
            inner = _joined(folder, name)
            yield from self._below(inner, sorted(self._folders.get(inner, ())), f"{prefix}{name}/")

    def _leads_to_file(self, path: str) -> bool:
        try:
            return self.is_file(self.resolve(path))
        except OutsideRoot:
            return True  # who asks on is told that it leads out

    def every(self) -> list[str]:
        return ordered(path for path, (mode, _) in self.entries.items() if mode != _SUBMODULE)

    def linked(self, paths: Iterable[str]) -> dict[str, str]:
        links = (path for path in paths if self.entries.get(path, ("", ""))[0] == _LINK)
        return {path: real for path in links if (real := self._led_to(path))}

    def _led_to(self, path: str) -> str | None:
        with suppress(OutsideRoot):
            real = self.resolve(path)
            return real if self.is_folder(real) else None
        return None


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
