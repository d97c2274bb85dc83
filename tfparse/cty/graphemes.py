"""Where the characters of a text begin, as a reader counts them: extended grapheme clusters (UAX #29).

Terraform's ``length``, ``substr``, ``strrev`` and the widths of ``format`` count them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Final

from tfparse.cty.grapheme_breaks import RANGES
from tfparse.patterns import pattern

_SIMPLE = pattern("[\\x00-\u02ff\u0370-\u0482\u048a-\u0558\u2010-\u2027\u3041-\u3098\u30a0-\u9fff]*")
"""Text of scripts without marks: most of what there is, and quickly seen."""


def each_is_one(text: str) -> bool:
    """Whether it is certain that each character of Unicode is a cluster of its own."""
    return _SIMPLE.fullmatch(text) is not None and "\r\n" not in text


def starts(text: str) -> Sequence[int]:
    """The offset of each cluster."""
    if each_is_one(text):
        return range(len(text))
    return [match.start() for match in _CLUSTER.finditer("".join(map(_kind, text)))]


def count(text: str) -> int:
    """How many characters a reader counts."""
    return len(starts(text))


_LETTERS: Final = {
    "Control": "C", "Extend": "E", "Extended_Pictographic": "X", "Prepend": "P", "Regional_Indicator": "R",
    "SpacingMark": "S", "ZWJ": "Z", "L": "L", "V": "V", "T": "T",
}  # fmt: skip
"""A letter for each kind; besides, r and n for a line break, v and t for Korean syllables, o for all others."""

_EXTENSION: Final = "(?:[ES]|Z(?:XE*)?)*"
_BEGUN: Final = f"(?:L+(?:(?:v?V+|t)T*|v?)|vV*T*|V+T*|tT*|T+|XE*|RR?){_EXTENSION}|Z[ZES]*|[oES][ZES]*"
_CLUSTER: Final = pattern(f"rn|P+(?:{_BEGUN})?|{_BEGUN}|.")
"""One cluster as go-textseg has it, whose grammar differs from the standard where a joiner follows what is no emoji.

Source: apparentlymart/go-textseg v15.0.0, ``textseg/grapheme_clusters.rl``.
"""


def _kind(char: str) -> str:
    if "\uac00" <= char <= "\ud7a3":
        return "v" if (ord(char) - 0xAC00) % 28 == 0 else "t"
    if char in "\r\n":
        return "r" if char == "\r" else "n"
    if char == "\ufffd":
        return "C"  # so go-textseg takes it
    firsts, rest = _table()
    at = bisect_right(firsts, ord(char)) - 1
    last, kind = rest[at]
    return kind if ord(char) <= last else "o"


@cache
def _table() -> tuple[list[int], list[tuple[int, str]]]:
    """The first code points of all ranges in order, and of each the last one and the letter of its kind."""
    ranges = []
    for kind, listed in RANGES.items():
        for written in listed.split():
            first, _, last = written.partition("-")
            ranges.append((int(first, 16), int(last or first, 16), _LETTERS[kind]))
    ranges.sort()
    return [first for first, _, _ in ranges], [(last, kind) for _, last, kind in ranges]
