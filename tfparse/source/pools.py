"""What one run may use up in all: however many files and root modules a repo has, it is judged within seconds.

Each root has limits of its own besides.  When a pool is empty, whoever used little of it so far is still served from
a reserve: one hostile file does not keep the others from being read.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct, field

MAX_READ: Final = 64 * 1024 * 1024
MAX_SOURCE: Final = 1_500_000
"""Words and marks; the infra repo with 93,000 lines that the suite was made for has 800,000."""
MAX_ITERATIONS: Final = 18_000_000
MAX_TEXT: Final = 64 * 1024 * 1024
MAX_INSTANCES: Final = 40_000

_NO_MARKS = re.sub(rb"[!-/:-@\[-^`{-~\n]", b"", bytes(range(256)))
_ALIKE = re.sub(rb"\S", b"w", bytes(range(256))).translate(bytes.maketrans(b"\t\n\v\f\r", b" " * 5))
"""Makes every character of a word the same, and all blanks one."""


class Pool:
    """So much, and for those who used no more than ``share`` so far half as much again."""

    __slots__ = ("_limit", "_share", "_used", "is_short")

    def __init__(self, limit: int, share: int) -> None:
        self._limit = limit
        self._share = share
        self._used = 0
        self.is_short = False
        """Whether somebody was refused."""

    def take(self, amount: int, own: int) -> bool:
        """Whether so much may be used by somebody who has then used ``own`` of it."""
        left = self._limit - self._used - amount
        granted = left >= 0 or (own <= self._share and left >= -self._limit // 2)
        self._used += amount * granted
        self.is_short |= not granted
        return granted

    @property
    def used(self) -> int:
        """How much was used so far."""
        return self._used

    def has(self, amount: int) -> bool:
        """Whether so much is left, the reserve aside."""
        return self._used + amount <= self._limit

    def use(self, amount: int) -> None:
        """Count so much as used; less than nothing is given back."""
        self._used += amount

    def refill(self) -> None:
        """Begin anew."""
        self._used = 0


class Pools(Struct):
    """The pools of one run."""

    read: Pool = field(default_factory=lambda: Pool(MAX_READ, 1024 * 1024))
    source: Pool = field(default_factory=lambda: Pool(MAX_SOURCE, 50_000))
    iterations: Pool = field(default_factory=lambda: Pool(MAX_ITERATIONS, 120_000))
    text: Pool = field(default_factory=lambda: Pool(MAX_TEXT, 8 * 1024 * 1024))
    instances: Pool = field(default_factory=lambda: Pool(MAX_INSTANCES, 500))

    def refill(self) -> None:
        """Begin another run."""
        for pool in self._all:
            pool.refill()

    @property
    def is_short(self) -> bool:
        """Whether somebody was refused."""
        return any(pool.is_short for pool in self._all)

    @property
    def _all(self) -> tuple[Pool, ...]:
        return self.read, self.source, self.iterations, self.text, self.instances


def weight(source: bytes) -> int:
    """The number of words and marks in a source: to parse it takes so long, nearly."""
    alike = source.translate(_ALIKE)
    words = alike.count(b" w") + alike.startswith(b"w")  # as many as source.split() gives, which makes each of them
    return words + len(source.translate(None, _NO_MARKS))
