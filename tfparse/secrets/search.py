"""Finding known texts in another, in time that hardly depends on how many are known."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

_KEY = 4
"""Of the characters that a known text begins with, so many tell which places are worth a look."""


class KnownTexts:
    """Texts that are looked for together: each of at least four characters."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = sorted(texts)
        self._keys = {text[:_KEY] for text in self._texts}
        self._likely = _likely_places(self._keys)
        self._shorter = _shorter(self._texts)
        self._length = max(map(len, self._texts), default=0)

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def begins(self, beginning: str) -> bool:
        """Whether one of the texts begins so."""
        place = bisect_right(self._texts, beginning)
        same = place > 0 and self._texts[place - 1] == beginning
        return same or (place < len(self._texts) and self._texts[place].startswith(beginning))

    def replaced(self, text: str, by: str, but: Callable[[str], bool] = lambda found: False) -> str:
        """``text`` with each stretch that known texts cover replaced; those that are to be left (``but``) are not."""
        pieces, done = [], 0
        for start, end in _joined(self._found(text, but)):
            pieces += [text[done:start], by]
            done = end
        return "".join([*pieces, text[done:]])

    def _found(self, text: str, but: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
        """Where the longest of the known texts stands that begins at a place, for each place."""
        for start in (place.start() for place in self._likely.finditer(text)):
            if text[start : start + _KEY] in self._keys:
                found = self._longest(text[start : start + self._length], but)
                if found:
                    yield start, start + found

    def _longest(self, rest: str, but: Callable[[str], bool]) -> int:
        """The length of the longest known text that ``rest`` begins with."""
        index = bisect_right(self._texts, rest) - 1
        while index >= 0:
            known = self._texts[index]
            if rest.startswith(known) and not but(known):
                return len(known)
            index = self._shorter[index]
        return 0


def _likely_places(keys: set[str]) -> re.Pattern[str]:
    """What fits wherever one of the keys stands, and seldom elsewhere: as their characters are, each at its place."""
    if not keys:
        return re.compile("(?!)")
    first, *others = (f"[{re.escape(''.join(set(characters)))}]" for characters in zip(*keys, strict=True))
    return re.compile(f"{first}(?={''.join(others)})")


def _shorter(texts: list[str]) -> array[int]:
    """Of each of some sorted texts, the place of the longest other one that it begins with; -1 where there is none."""
    found = array("l")
    open_: list[int] = []
    for index, text in enumerate(texts):
        while open_ and not text.startswith(texts[open_[-1]]):
            open_.pop()
        found.append(open_[-1] if open_ else -1)
        open_.append(index)
    return found


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in the order of their beginnings, those that overlap or touch as one."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current is not None and start <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current
