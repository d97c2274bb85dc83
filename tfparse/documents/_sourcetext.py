"""A partly unknown text made fit for a parser, which then still finds the source of whatever it reads."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain, islice

from tfparse.cty.normal import normalized
from tfparse.cty.text import Encoded
from tfparse.cty.types import DYNAMIC, STRING, Primitive, Set
from tfparse.cty.values import Part, Unknown, Value, object_, text, tuple_
from tfparse.diagnostics import Origin


class SourceText:
    """The text of a string value, each unknown stretch as a token of characters that occur nowhere else in it, nor in
    what its escapes spell.

    A token after ``":`` has a space before it, which ``yamlencode`` leaves to whatever the value turns out to be.
    """

    def __init__(self, value: Value) -> None:
        parts = value.text_parts()
        known = "".join(part.text for part in parts if isinstance(part.text, str))
        mark, spaced = islice(_strange_to(known), 2)
        self._around = mark, spaced
        self.holes: list[Unknown] = []
        self._marked: list[tuple[int, int, int]] = []
        whole = value.whole_marks()
        self._parts = parts
        self._starts: list[int] = []
        pieces: list[str] = []
        at = 0
        for part in parts:
            piece = part.text
            if isinstance(piece, Unknown):
                self.holes.append(piece)
                number = len(self.holes) - 1
                after_key = pieces and pieces[-1].endswith('":')
                piece = f" {spaced}{number}{spaced}" if after_key else f"{mark}{number}{mark}"
            self._starts.append(at)
            pieces.append(piece)
            if marks := whole | part.marks:
                self._marked.append((at, at + len(piece), marks))
            at += len(piece)
        self.text = "".join(pieces)
        self.token = re.compile(f"(?: ?{spaced}|{mark})([0-9]+)[{mark}{spaced}]")
        self._newlines = [match.start() for match in re.finditer("\n", self.text)]
        self._lines = [self.line(start) for start in self._starts]
        """On which line each part begins."""
        self._here: tuple[int, int, Origin | None] = (0, 0, None)
        """The stretch of the text that was asked about last, and its place: what follows mostly stands there too."""

    def line(self, offset: int) -> int:
        """The line on which an offset stands, counted from 0."""
        return bisect_right(self._newlines, offset - 1)

    def line_start(self, line: int) -> int:
        """Where a line begins."""
        return self._newlines[line - 1] + 1 if 0 < line <= len(self._newlines) else 0 if not line else len(self.text)

    def origin(self, offset: int) -> Origin | None:
        """The place in the source of the character at an offset."""
        start, stop, origin = self._here
        if not start <= offset < stop:
            start, stop, origin = self._here = self._stretch(offset)
        return origin

    def _stretch(self, offset: int) -> tuple[int, int, Origin | None]:
        """The stretch around an offset that has one place: a line of a part, or all of it."""
        if not self._parts:
            return 0, len(self.text), None
        starts, newlines = self._starts, self._newlines
        index = max(bisect_right(starts, offset) - 1, 0)
        part, start = self._parts[index], starts[index]
        stop = starts[index + 1] if index + 1 < len(starts) else len(self.text)
        origin = part.origin
        if origin is None or not part.verbatim:
            return start, stop, origin
        line = bisect_right(newlines, offset - 1, self._lines[index])
        passed = line - self._lines[index]
        if passed:
            start, origin = newlines[line - 1] + 1, Origin(origin.file, origin.line + passed)
        return start, min(stop, newlines[line] + 1) if line < len(newlines) else stop, origin

    def marks(self, start: int, stop: int) -> int:
        """The marks of what stands between two offsets."""
        if not self._marked:
            return 0
        marks, index = 0, bisect_left(self._marked, (stop, 0, 0)) - 1
        while index >= 0 and self._marked[index][1] > start:
            marks |= self._marked[index][2]
            index -= 1
        return marks

    def scalar(self, content: str, origin: Origin | None) -> Value:
        """A string that was read from the text: with tokens in it, one with unknown stretches."""
        if self.hole(content) is None:
            return Value(STRING, normalized(content), origin)
        return text(self.parts(content, origin), origin)

    def parts(self, content: str, origin: Origin | None) -> tuple[Part, ...]:
        """``content`` with its tokens turned back into the unknown stretches that they stand for."""
        if not self.holes:
            return (Part(normalized(content), origin),)
        found: list[Part] = []
        at = 0
        for match in self.token.finditer(content):
            if match.start() > at:
                found.append(Part(normalized(content[at : match.start()]), origin))
            found.append(Part(self.holes[int(match[1])], origin))
            at = match.end()
        if at < len(content):
            found.append(Part(normalized(content[at:]), origin))
        return tuple(found)

    def hole(self, content: str) -> Unknown | None:
        """The first unknown stretch in a piece of the text."""
        mark, spaced = self._around
        match = self.token.search(content) if self.holes and (mark in content or spaced in content) else None
        return self.holes[int(match[1])] if match else None

    def unknown(self, content: str, origin: Origin | None) -> Value | None:
        """The value of a piece of the text that is one unknown stretch: that which was encoded, or of any type."""
        match = self.token.fullmatch(content) if self.holes else None
        if match is None:
            return None
        hole = self.holes[int(match[1])]
        if isinstance(hole, Encoded) and hole.value is not None:
            return _as_decoded(hole.value, origin)
        return Value(DYNAMIC, hole, origin)


def _strange_to(text: str) -> Iterator[str]:
    """Characters of nobody's that a text neither holds nor spells by an escape (``\\ue000``)."""
    small = text.lower()
    for code in chain(range(0xE000, 0xF900), range(0xF0000, 0xFFFFE)):
        if chr(code) not in text and f"{code:x}" not in small:
            yield chr(code)


def _as_decoded(value: Value, origin: Origin | None) -> Value:
    """A value as it comes back from a document: made of objects and tuples only."""
    raw = value.raw
    if isinstance(raw, dict):
        return object_({key: _as_decoded(item, item.origin) for key, item in raw.items()}, value.origin, value.rest)
    if isinstance(raw, tuple):
        why = value.first_unknown() if isinstance(value.type, Set) and len(raw) > 1 else None
        if why is not None:
            return Value(DYNAMIC, why, value.origin)
        return tuple_(tuple(_as_decoded(element, element.origin) for element in raw), value.origin)
    if isinstance(raw, Unknown) and not isinstance(value.type, Primitive):
        return Value(DYNAMIC, raw, value.origin or origin)
    return value if value.origin else value.at(origin)
