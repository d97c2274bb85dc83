"""The source of a repo that was never read, parsed beforehand: by a second process, while this one still loads what
judges.

It begins with the file that is read last.  Whoever wants a tree takes what is ready, and parses the rest from the other
end: so nobody waits, and the second process may fail, or be stopped, at any time.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfparse.own_file import cache_directory, cache_name

if TYPE_CHECKING:
    from tfparse.source.cache import Ready

_HEAD: Final = struct.Struct("=16sQQ")
"""Before each tree: its key, and the lengths of what follows, sealed and as it is."""


class Beforehand:
    """The trees that the second process has ready by now."""

    def __init__(self, memory: int, process: int) -> None:
        self._memory, self._process = memory, process
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
        with suppress(ChildProcessError):  # somebody else has waited for it: the number may be another's by now
            if os.waitpid(self._process, os.WNOHANG) == (0, 0):
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
        os.close(self._memory)


def begin(infra: Path, endings: tuple[str, ...]) -> Beforehand | None:
    """Have the files with these endings parsed in a repo of which nothing is cached, if there is a second processor."""
    if sys.platform != "linux" or (cache_directory() / cache_name(infra)).exists():
        return None
    if len(os.sched_getaffinity(0)) < 2 or threading.active_count() > 1:
        return None  # what another thread holds at a fork nobody ever gives back to the child
    import tfparse.source.sources  # noqa: F401  (both need it: so it is loaded once)

    parent, memory = os.getpid(), os.memfd_create("trees")
    process = os.fork()
    if process:
        return Beforehand(memory, process)
    try:
        gc.disable()
        _fill(infra, endings, memory, parent)
    finally:
        os._exit(0)  # whatever came of it: what the parent has opened and begun is the parent's to close and end


def _fill(infra: Path, endings: tuple[str, ...], memory: int, parent: int) -> None:
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
        if os.getppid() != parent or written > 2 * MAX_SIZE:
            return
