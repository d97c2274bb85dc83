"""The source of a repo that was never read, parsed beforehand, and what was asked for made of it: by a second process,
while this one still loads what judges.

It begins with the folder that is read last: whoever wants a tree takes what is ready, and parses the rest from the
other end (:mod:`tfparse.second_process`).  Once all is parsed it does what else it was given to do.
"""

from __future__ import annotations

import os
import posixpath
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfparse import second_process
from tfparse.own_file import cache_directory, cache_name

if TYPE_CHECKING:
    from tfparse.second_process import SecondProcess
    from tfparse.source.cache import Ready
    from tfparse.source.sources import SourceTree

Make = Callable[["SourceTree", str], object]
"""Works out something of a folder."""

_HEAD: Final = struct.Struct("=16sQQ")
"""Before each: its key, and the lengths of what follows, sealed and as it is."""
_FOLLOWED: Final = bytes(16)
"""Stands there instead of a key before what came of that which was to do then."""
_POLITE: Final = 10
"""How far those come first who evaluate by then, where there is no processor for all."""


class Beforehand:
    """What the second process has ready by now."""

    def __init__(self, process: SecondProcess) -> None:
        self._process, self._memory = process, process.memory
        self._places: dict[bytes, tuple[int, int, int]] = {}
        self._read = 0

    def get(self, key: bytes) -> Ready | None:
        """What is ready; None of what is not, yet or ever."""
        from tfparse.source.cache import Ready

        if key not in self._places:
            self._look()
        if key not in self._places:
            return None
        at, sealed, plain = self._places[key]
        data = os.pread(self._memory, sealed + plain, at)
        return Ready(data[:sealed], data[sealed:])

    def every(self) -> Iterator[tuple[bytes, bytes]]:
        """All that is ready, by its key, as it is kept."""
        if self._process.is_ended:
            return
        self._look()
        for key, (at, sealed, _) in self._places.items():
            if key != _FOLLOWED:
                yield key, os.pread(self._memory, sealed, at)

    def followed(self) -> bytes:
        """What came of that which was to do then; nothing where that is not ready, yet or ever."""
        found = None if self._process.is_ended else self.get(_FOLLOWED)
        return found.plain if found is not None else b""

    def _look(self) -> None:
        end = os.fstat(self._memory).st_size
        while self._read + _HEAD.size <= end:
            key, sealed, plain = _HEAD.unpack(os.pread(self._memory, _HEAD.size, self._read))
            at = self._read + _HEAD.size
            if at + sealed + plain > end:
                break  # it is being written
            self._places[key] = at, sealed, plain
            self._read = at + sealed + plain

    def end(self) -> None:
        """Nobody wants any more."""
        self._process.end()


def begin(
    infra: Path, endings: tuple[str, ...], make: Make | None = None,
    then: Callable[[], bytes] | None = None,
) -> Beforehand | None:  # fmt: skip
    """Have the files with these endings parsed in a repo of which nothing is cached, if there is a second processor.

    ``make`` works out something of each folder (:meth:`SourceTree.told`), ``then`` is what is done then.
    """
    if (cache_directory() / cache_name(infra)).exists():
        return None
    import tfparse.source.sources  # noqa: F401  (both need it: so it is loaded once)

    process = second_process.begin(partial(_work, infra, endings, make, then))
    return Beforehand(process) if process is not None else None


def _work(
    infra: Path, endings: tuple[str, ...], make: Make | None,
    then: Callable[[], bytes] | None, memory: int, is_wanted: Callable[[], bool],
) -> None:  # fmt: skip
    if _fill(infra, endings, make, memory, is_wanted) and then is not None:
        os.nice(_POLITE)
        followed = then()
        os.write(memory, _HEAD.pack(_FOLLOWED, 0, len(followed)) + followed)


def _fill(
    infra: Path, endings: tuple[str, ...], make: Make | None, memory: int,
    is_wanted: Callable[[], bool],
) -> bool:  # fmt: skip
    """Parse all; whether anybody wants more."""
    from tfparse.diagnostics import TerraformError
    from tfparse.source.cache import MAX_SIZE, ParseCache
    from tfparse.source.sources import SourceTree

    cache, written = ParseCache(gives=True), 0
    tree = SourceTree(infra, cache)

    def give() -> bool:
        nonlocal written
        for key, ready in cache.taken():
            entry = _HEAD.pack(key, len(ready.sealed), len(ready.plain)) + ready.sealed + ready.plain
            written += os.write(memory, entry)
        return is_wanted() and written <= 2 * MAX_SIZE

    paths = reversed([path for path in tree.every() if path.endswith(endings)])
    with tree.at_hand.each_once():
        for folder, files in groupby(paths, posixpath.dirname):
            for path in files:
                with suppress(TerraformError):
                    tree.parse(path)
                if not give():
                    return False
            if make is not None:
                make(tree, folder)
    return give()
