"""Contents of files that are soon read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec import Struct, field

_MOST = 8 * 1024 * 1024
"""Bytes of files that are kept together."""


class AtHand(Struct, eq=False):
    """Those contents, by path; ``room`` is for so many bytes more."""

    contents: dict[str, bytes] = field(default_factory=dict)
    room: int = 0

    @contextmanager
    def each_once(self) -> Iterator[None]:
        """Within it what was read stays at hand, as far as there is room."""
        self.room = _MOST
        try:
            yield
        finally:
            self.room = 0
            self.contents.clear()

    @contextmanager
    def holding(self, contents: Iterable[tuple[str, bytes]]) -> Iterator[None]:
        """Within it these are what is read, whatever stands there by now."""
        held = dict(contents)
        before = {path: self.contents[path] for path in held.keys() & self.contents.keys()}
        self.contents.update(held)
        try:
            yield
        finally:
            for path in held:
                self.contents.pop(path, None)
            self.contents.update(before)

    def kept(self, path: str, data: bytes) -> bytes:
        """What was just read."""
        if len(data) <= self.room:
            self.room -= len(data)
            self.contents[path] = data
        return data
