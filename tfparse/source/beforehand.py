"""The source of a repo that was never read, parsed beforehand: by a second process, while this one still loads what
judges.

It begins with the file that is read last: whoever wants a tree takes what is ready, and parses the rest from the other
end (:mod:`tfparse.second_process`).  Once all is parsed it does what else it was given to do.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfparse import second_process
from tfparse.own_file import cache_directory, cache_name

if TYPE_CHECKING:
    from tfparse.second_process import SecondProcess
    from tfparse.source.cache import Ready

_HEAD: Final = struct.Struct("=16sQQ")
"""Before each tree: its key, and the lengths of what follows, sealed and as it is."""
_FOLLOWED: Final = bytes(16)
"""Stands there instead of a key before what came of that which was to do then."""
_POLITE: Final = 10
"""How far those come first who evaluate by then, where there is no processor for all."""


class Beforehand:
    """The trees that the second process has ready by now."""

    def __init__(self, process: SecondProcess) -> None:
        self._process, self._memory = process, process.memory
        self._places: dict[bytes, tuple[int, int, int]] = {}
        self._read = 0

    def get(self, key: bytes) -> Ready | None:
        """A tree that is ready; None of one that is not, yet or ever."""
        from tfparse.source.cache import Ready

        if key not in self._places:
            self._look()
        if key not in self._places:
            return None
        at, sealed, plain = self._places[key]
        data = os.pread(self._memory, sealed + plain, at)
        return Ready(data[:sealed], data[sealed:])

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


def begin(infra: Path, endings: tuple[str, ...], then: Callable[[], bytes] | None = None) -> Beforehand | None:
    """Have the files with these endings parsed in a repo of which nothing is cached, if there is a second processor;
    ``then`` is what it does then.
    """
    if (cache_directory() / cache_name(infra)).exists():
        return None
    import tfparse.source.sources  # noqa: F401  (both need it: so it is loaded once)

    process = second_process.begin(partial(_work, infra, endings, then))
    return Beforehand(process) if process is not None else None


def _work(
    infra: Path, endings: tuple[str, ...], then: Callable[[], bytes] | None, memory: int, is_wanted: Callable[[], bool]
) -> None:
    if _fill(infra, endings, memory, is_wanted) and then is not None:
        os.nice(_POLITE)
        followed = then()
        os.write(memory, _HEAD.pack(_FOLLOWED, 0, len(followed)) + followed)


def _fill(infra: Path, endings: tuple[str, ...], memory: int, is_wanted: Callable[[], bool]) -> bool:
    """Parse all; whether anybody wants more."""
    from tfparse.diagnostics import TerraformError
    from tfparse.source.cache import MAX_SIZE, ParseCache
    from tfparse.source.sources import SourceTree

    cache, written = ParseCache(), 0
    tree = SourceTree(infra, cache)
    for path in reversed([path for path in tree.every() if path.endswith(endings)]):
        with suppress(TerraformError):
            tree.parse(path)
        for key, ready in cache.taken():
            entry = _HEAD.pack(key, len(ready.sealed), len(ready.plain)) + ready.sealed + ready.plain
            written += os.write(memory, entry)
        if not is_wanted() or written > 2 * MAX_SIZE:
            return False
    return True
