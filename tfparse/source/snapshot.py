"""What somebody has looked at in a folder, as it is on disk: told apart from any other state of it by short texts.

Who keeps what came of looking may take it over as long as the same places still say the same (:class:`Snapshot`).
"""

from __future__ import annotations

import marshal
import os
import stat
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path

from tfparse import second_process
from tfparse.second_process import SecondProcess
from tfparse.source.git import ATTRIBUTES, filters_of_folder
from tfparse.source.listing import LEFT_BEHIND
from tfparse.source.places import MAX_FILE, Folder, OutsideRoot
from tfparse.source.reads import Reads

GIT = "git"
"""The place that stands for what git says of the folder."""
_SHOWN, _SEALING = 16, 32
_LENGTH = struct.Struct("=Q")
_PATIENCE, _SOON = 0.3, 0.001
"""Seconds to wait for another process that has looked at all places, and between two looks at what it has ready."""
_LONGEST = 0.5
"""Seconds of processor for which another process looks at what nobody may ask for."""
_OF_GIT = ("HEAD", "config", "index", "info/attributes", "info/exclude", "logs/HEAD")


def places_of(reads: Reads, root: Path) -> set[str]:
    """The places that were looked at, each as how it was looked at and where."""
    top, found = str(root), {GIT}
    inside = f"{top}/"
    kinds = (("file", reads.files), ("folder", reads.folders), ("below", reads.below), ("all", reads.searched))
    for kind, paths in kinds:
        found.update([f"{kind} {path}" for path in paths if path != top and not path.startswith(inside)])
    return found


class Snapshot:
    """What the places in a folder say, each looked at once."""

    def __init__(self, root: Path) -> None:
        self._folder = Folder(root.resolve())
        self._said: dict[str, bytes] = {}
        self._ahead: _Ahead | _AllAhead | None = None

    def of(self, place: str) -> bytes:
        """A digest of all that a place says: who has not got that can only guess it, whole."""
        if place not in self._said:
            ready = self._ahead.get(place) if self._ahead is not None else None
            self._said[place] = ready or self._digest_of(place)
        return self._said[place]

    def together(self, places: Iterable[str], size: int) -> bytes:
        """A digest, of so many bytes, of all that some places say."""
        said = [f"{place}\n".encode("utf-8", "surrogateescape") + self.of(place) for place in places]
        return blake2b(b"".join(said), digest_size=size).digest()

    def look_ahead(self, places: Sequence[str], then: Callable[[], bytes] = bytes) -> SecondProcess | None:
        """Have a second process look at some places, in turn, the last of them first, and do what is ``then`` to do."""
        process = second_process.begin(partial(self._look, places, then))
        self._ahead = _Ahead(places, process) if process is not None else None
        return process

    def _look(
        self, places: Sequence[str], then: Callable[[], bytes], memory: int, is_wanted: Callable[[], bool]
    ) -> None:
        for place in reversed(places):
            if not is_wanted():
                return
            os.write(memory, self.of(place))
        followed = then()
        os.write(memory, _LENGTH.pack(len(followed)) + followed)

    @property
    def followed(self) -> bytes:
        """What came of that which was to do then; nothing where it is late."""
        return self._ahead.followed() if isinstance(self._ahead, _Ahead) else b""

    def all_ahead(self) -> bytes:
        """Look at all that anybody may look at who reads the repo, but for what is not there."""
        late, paths = time.process_time() + _LONGEST, self._every
        folders = {path.rpartition("/")[0] for path in paths}
        looked_at = (("folder", folders), ("file", folders), ("file", paths))
        for place in (GIT, "below ", *(f"{kind} {path}" for kind, those in looked_at for path in those)):
            self.of(place)
            if time.process_time() > late:
                break
        return marshal.dumps(self._said)

    def expect(self, ready: Callable[[], bytes]) -> None:
        """Take what another process says of all places (:meth:`all_ahead`), where it is ready when it is asked."""
        self._ahead = _AllAhead(ready)

    def _digest_of(self, place: str) -> bytes:
        said = self._signature(*place.partition(" ")[::2])
        return blake2b(said.encode("utf-8", "surrogateescape"), digest_size=_SHOWN + _SEALING).digest()

    def signatures(self, places: Iterable[str]) -> dict[str, str]:
        """As much of the digest of each place as may be written in the open."""
        return {place: self.of(place)[:_SHOWN].hex() for place in places}

    @cached_property
    def _every(self) -> list[str]:
        return self._folder.every()

    def _signature(self, kind: str, path: str) -> str:
        folder = self._folder
        if kind == GIT:
            return _digest(self._of_git())
        try:
            real = folder.resolve(path)
        except (OutsideRoot, OSError, ValueError) as error:
            return f"{type(error).__name__}"
        match kind:
            case "file":
                return f"{real} {_of_file(folder, real)}"
            case "folder":
                return _digest([real, *folder.names(real)])
            case "all":
                return _digest([real, *(f"{name} {ends}" for name, ends in sorted(folder.glob(real, "**/*")))])
        said = f"{folder.exists(real)} {folder.is_folder(real)} {folder.is_ours(real)}"
        return f"{said} {_digest(self._every)}" if path == "" else said

    def _of_git(self) -> Iterator[str | bytes]:
        """Which files git says are secret: what :mod:`tfparse.source.git_crypt` goes by."""
        paths, checkout = self._every, self._folder.checkout
        if checkout is None and not any(path.rpartition("/")[2] == ATTRIBUTES for path in paths):
            return
        asked = checkout.filters(paths) if checkout is not None else filters_of_folder(self._folder.root, paths)
        committed = checkout.ciphertext() if checkout is not None else None
        yield from (f"{path}: {name}" for path, name in sorted((asked or {}).items()))
        yield f"{asked is None} {committed is None}"
        yield from sorted(committed or ())


class _Ahead:
    """What another process says of some places: it begins with the last."""

    def __init__(self, places: Sequence[str], process: SecondProcess) -> None:
        self._process, self._numbers = process, {place: number for number, place in enumerate(reversed(places))}

    def get(self, place: str) -> bytes | None:
        """The digest of a place; None where it is not ready, or not looked at."""
        number = self._numbers.get(place)
        if number is None or self._process.is_ended:
            return None
        size = _SHOWN + _SEALING
        said = os.pread(self._process.memory, size, number * size)
        return said if len(said) == size else None

    def followed(self) -> bytes:
        """What follows the digests; nothing where they are not ready, nor where that takes long."""
        process, start = self._process, len(self._numbers) * (_SHOWN + _SEALING)
        late = time.monotonic() + _PATIENCE
        while not process.is_ended:
            is_over = process.is_over
            ready = os.fstat(process.memory).st_size - start
            if ready >= _LENGTH.size:
                (length,) = _LENGTH.unpack(os.pread(process.memory, _LENGTH.size, start))
                if ready == _LENGTH.size + length:
                    return os.pread(process.memory, length, start + _LENGTH.size)
            if ready < 0 or is_over or time.monotonic() > late:
                break
            time.sleep(_SOON)
        return b""


class _AllAhead:
    """What another process says of all places, if it is ready when the first is asked."""

    def __init__(self, ready: Callable[[], bytes]) -> None:
        self._ready = ready

    @cached_property
    def _said(self) -> dict[str, bytes]:
        data = self._ready()
        said: dict[str, bytes] = marshal.loads(data) if data else {}  # noqa: S302 - it comes of our own process
        return said

    def get(self, place: str) -> bytes | None:
        return self._said.get(place)


def changed_since(root: Path, moment: float) -> bool:
    """Whether anything has changed in a folder since a moment (seconds since the epoch), while it was looked at.

    Linux notes in a file's and a folder's ``ctime`` when its content, or its names, last changed: see inode(7).
    """
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        if _ctime(folder) >= moment:
            return True
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name not in LEFT_BEHIND and not entry.is_symlink():
                        waiting.append(entry.path)
                elif _ctime(entry.path) >= moment:
                    return True
    checkout = Folder(root.resolve()).checkout
    return checkout is not None and any(_ctime(f"{checkout.top}/.git/{name}") >= moment for name in _OF_GIT)


def _of_file(folder: Folder, real: str) -> str:
    try:
        about = os.stat(real)
        if not stat.S_ISREG(about.st_mode):
            return "folder" if stat.S_ISDIR(about.st_mode) else "something"
        held = _digest([folder.read(real)]) if about.st_size <= MAX_FILE else "too large"
    except (OSError, ValueError) as error:
        return type(error).__name__
    return f"{folder.is_ours(real)} {about.st_size} {held}"


def _ctime(path: str) -> float:
    try:
        about = os.lstat(path)
        return max(about.st_ctime, os.stat(path).st_ctime) if stat.S_ISLNK(about.st_mode) else about.st_ctime
    except (OSError, ValueError):
        return 0  # it is gone, which the folder that it was in tells


def _digest(parts: Iterable[str | bytes]) -> str:
    said = blake2b(digest_size=_SHOWN + _SEALING)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        said.update(b"%d:" % len(data))
        said.update(data)
    return said.hexdigest()
