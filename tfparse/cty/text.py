"""Strings in stretches: cutting and joining text so that each line still knows its source.

Text is handled *flat*: one ``str`` in which each unknown stretch is one :data:`~tfparse.cty.values.HOLE`, so that
an offset means the same there and in the parts.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Final

from tfparse.cty.values import HOLE, Part, Unknown, Value, text
from tfparse.diagnostics import Origin

MAX_TEXT: Final = 10_000_000
"""So many characters may one string have."""

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's ``unicode.IsSpace`` takes for white space."""


class Encoded(Unknown, frozen=True, eq=False):
    """An unknown stretch that is a value written as JSON or YAML: what reads the document has it back."""

    value: Value | None = None

    @staticmethod
    def of(value: Value) -> Encoded:
        """The text of a value that is unknown, or has an unknown in it."""
        why = value.first_unknown()
        assert why is not None
        return Encoded(why.reason, why.origin, value=value)


def flat(value: Value) -> str:
    """The characters of a string, each unknown stretch as one HOLE."""
    if isinstance(value.raw, str):
        return value.raw
    return "".join(part.text if isinstance(part.text, str) else HOLE for part in value.text_parts())


def from_flat(written: str, why: Unknown, origin: Origin | None) -> Value:
    """The other way round: a string whose every HOLE is not known, for one reason."""
    first, *others = written.split(HOLE)
    parts = [Part(first, origin), *(part for other in others for part in (Part(why, origin), Part(other, origin)))]
    return text(tuple(parts), origin)


def runs(value: Value) -> list[str]:
    """The known text before, between and after the unknown stretches: one more than there are of those."""
    found = [""]
    for part in value.text_parts():
        if isinstance(part.text, Unknown):
            found.append("")
        else:
            found[-1] += part.text
    return found


class Cutter:
    """Cuts a string up by offsets into its flat text, however many parts it has."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self._starts: list[int] = []
        self._breaks: dict[int, list[int]] = {}
        at = 0
        for part in parts:
            self._starts.append(at)
            at += len(part.text) if isinstance(part.text, str) else 1
        self.size = at

    def cut(self, start: int, stop: int) -> tuple[Part, ...]:
        """The parts between two offsets."""
        found: list[Part] = []
        index = max(bisect_right(self._starts, start) - 1, 0)
        while index < len(self._parts) and self._starts[index] < stop:
            part, first = self._parts[index], self._starts[index]
            if isinstance(part.text, Unknown):
                if first >= start:
                    found.append(part)
            else:
                begin, end = max(start - first, 0), min(stop - first, len(part.text))
                if begin < end:
                    found.append(part._replace(text=part.text[begin:end], origin=self._origin(index, begin)))
            index += 1
        return tuple(found)

    def _origin(self, index: int, offset: int) -> Origin | None:
        """The place of a character inside a part."""
        part = self._parts[index]
        if part.origin is None or not part.verbatim or not offset or isinstance(part.text, Unknown):
            return part.origin
        if index not in self._breaks:
            self._breaks[index] = [match.start() for match in re.finditer("\n", part.text)]
        passed = bisect_left(self._breaks[index], offset)
        return Origin(part.origin.file, part.origin.line + passed) if passed else part.origin


def cut(value: Value, start: int, stop: int) -> tuple[Part, ...]:
    """The parts between two offsets into the flat text."""
    return Cutter(value.text_parts()).cut(start, stop)


def piece(parts: tuple[Part, ...], otherwise: Origin | None) -> Value:
    """A string that was part of another: it comes from where it begins."""
    return text(parts, parts[0].origin if parts else otherwise)


def like(value: Value, parts: tuple[Part, ...]) -> Value:
    """A string made of ``value`` alone: it keeps its origin and its sensitivity."""
    if value.parts is None and isinstance(value.raw, str):
        # Plain text needs no parts: its one origin says all.
        made = text(parts, value.origin, marks=value.marks)
        return Value(made.type, made.raw, value.origin, marks=value.marks)
    return text(parts, value.origin, marks=value.marks)


def changed(value: Value, change: Callable[[str], str]) -> Value:
    """The string with each of its known stretches changed, newlines apart."""
    return like(
        value,
        tuple(
            part._replace(text=_altered(part.text) if isinstance(part.text, Unknown) else change(part.text))
            for part in value.text_parts()
        ),
    )


def _altered(hole: Unknown) -> Unknown:
    """What stands for an unknown stretch once its text has been changed as well."""
    return Unknown(hole.reason, hole.origin) if isinstance(hole, Encoded) else hole


def replaced(value: Value, spans: Iterable[tuple[int, int, str]]) -> Value:
    """The string with the text at each ``(start, stop)`` exchanged for another."""
    parts: list[Part] = []
    source = Cutter(
        tuple(
            part._replace(text=_altered(part.text)) if isinstance(part.text, Unknown) else part
            for part in value.text_parts()
        )
    )
    at = 0
    for start, stop, new in spans:
        parts.extend(source.cut(at, start))
        if new:
            place = next(iter(source.cut(start, max(stop, start + 1))), None)
            parts.append(place._replace(text=new, verbatim=False) if place else Part(new, value.origin))
        at = stop
    parts.extend(source.cut(at, source.size))
    return like(value, tuple(parts))


def stripped(value: Value, characters: str, *, left: bool = True, right: bool = True) -> Value:
    """The string without any of ``characters`` at its ends.

    An unknown stretch at an end swallows the known ``characters`` beside it: they may go or stay.
    """
    if not characters:
        return value
    whole = flat(value)
    start, stop = 0, len(whole)
    if left:
        start = len(whole) - len(whole.lstrip(characters))
    if right:
        stop = max(len(whole.rstrip(characters)), start)
    if isinstance(value.raw, str):
        return like(value, cut(value, start, stop))
    hole = value.raw
    assert isinstance(hole, Unknown)
    hole = _altered(hole)
    parts: tuple[Part, ...] = ()
    edge = (Part(hole, value.origin),)
    begin, end = start, stop
    if left and whole.startswith(HOLE, start):
        begin = len(whole) - len(whole.lstrip(characters + HOLE))
        parts = edge
    if right and begin < stop and whole.endswith(HOLE, 0, stop):
        end = len(whole[:stop].rstrip(characters + HOLE))
    parts = (*parts, *cut(value, begin, end))
    return like(value, (*parts, *edge) if end < stop else parts)
