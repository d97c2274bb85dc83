"""Whether a text, perhaps unknown in part, matches a pattern: certainly, certainly not, or as the unknown has it.

A pattern is a glob: ``*`` stands for any text, ``?`` for one character.  An unknown stretch may hold any text at all,
so only a ``*`` is sure to take it.
"""

from __future__ import annotations

from collections.abc import Sequence

from readers import Malformed
from readers.account import Certainty
from tfparse import Value
from tfparse.cty.values import Unknown

ANY, ONE = object(), object()
Token = object
"""A character, :data:`ANY` or :data:`ONE`."""
_LARGEST = 4_000_000


def glob(text: str) -> tuple[Token, ...]:
    """The tokens of a glob."""
    return tuple(ANY if c == "*" else ONE if c == "?" else c for c in text)


def literal(text: str) -> tuple[Token, ...]:
    """The tokens of a text that stands for itself."""
    return tuple(text)


def matches(value: Value, pattern: Sequence[Token]) -> Certainty:
    """Whether the text of a value matches; the unknown that hides it where that is open."""
    why = value.unknown
    parts: list[Token] = []
    for part in value.text_parts() if why is None or value.parts is not None else ():
        parts.extend([ANY] if isinstance(part.text, Unknown) else part.text)
    if why is not None and value.parts is None:
        parts = [ANY]
    if len(parts) * len(pattern) > _LARGEST:
        raise Malformed("text", "it is too long to be matched", value.origin)
    if why is None:
        return _some(parts, pattern)
    if not _some(parts, pattern):
        return False
    return True if _all(parts, pattern) else why


def _some(text: Sequence[Token], pattern: Sequence[Token]) -> bool:
    """Whether some content of the unknown stretches of a text matches."""
    reached = {0}
    reached = _skip(reached, pattern)
    for token in text:
        if token is ANY:
            reached = set(range(min(reached), len(pattern) + 1)) if reached else reached
            continue
        stepped = {at for at in reached if at < len(pattern) and pattern[at] is ANY}
        stepped |= {at + 1 for at in reached if at < len(pattern) and pattern[at] in (token, ONE)}
        reached = _skip(stepped, pattern)
    return len(pattern) in reached


def _skip(reached: set[int], pattern: Sequence[Token]) -> set[int]:
    """The places in a pattern that can be reached by leaving a ``*`` empty."""
    further = set(reached)
    for at in sorted(reached):
        while at < len(pattern) and pattern[at] is ANY:
            at += 1
            further.add(at)
    return further


def _all(text: Sequence[Token], pattern: Sequence[Token]) -> bool:
    """Whether every content does, as far as a ``*`` takes each unknown stretch whole."""
    reached = _skip({0}, pattern)
    for token in text:
        stepped = {at for at in reached if at < len(pattern) and pattern[at] is ANY}
        if token is not ANY:
            stepped |= {at + 1 for at in reached if at < len(pattern) and pattern[at] in (token, ONE)}
        reached = _skip(stepped, pattern)
    return len(pattern) in reached
