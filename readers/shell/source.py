"""The text of a script, and where its lines stand in the repo."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from msgspec import Struct

from tfparse.cty.text import flat
from tfparse.cty.values import HOLE, REDACTED, Line, Unknown, Value
from tfparse.diagnostics import Origin

_SHOWN = 120


class Source(Struct, frozen=True, dict=True):
    """``lines`` has the place of each line; of text that a script itself hands to a shell, all have one place."""

    text: str
    lines: tuple[Line, ...]
    may: str
    sensitive: bool = False

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def by(self, start: int, end: int, whole: int = 0) -> Unknown:
        """Why something is in doubt because of what stands there: its own unknown stretch, or that it may change it.

        With its here-document it goes on to ``whole``.
        """
        whole = max(end, whole)
        first, last = self._line(start), self._line(max(start, whole - 1))
        of_it = self.lines[first : last + 1]
        hidden = next((line.unknown for line in of_it if line.unknown), None)
        origin = of_it[0].origin if of_it else None
        if hidden is not None and HOLE in self.text[start:whole]:
            return hidden if hidden.origin else Unknown(hidden.reason, origin)
        shown = REDACTED if self.sensitive else " ".join(self.text[start:end].split())
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."
        return Unknown(f"{self.may}: {shown}", origin)

    def line_of(self, start: int, content: str) -> Origin | None:
        """The place of the first line from an offset on that begins as ``content`` does; else of the offset."""
        here = self._line(start)
        wanted = content.partition("\n")[0].split()
        found = next((line for line in self.lines[here:] if line.text.split()[: len(wanted)] == wanted), None)
        if found is None and here < len(self.lines):
            found = self.lines[here]
        return found.origin if found else None

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1


def of_value(value: Value, may: str) -> Source:
    """A script that a value holds; unknown stretches are HOLE."""
    return Source(flat(value), tuple(value.lines()), may, value.secret)


def within(text: str, outer: Source, start: int) -> Source:
    """Text that a command of another script hands to a shell."""
    here = outer.by(start, start + 1).origin
    lines = (Line(line, outer.line_of(start, line) if line.strip() else here, None) for line in text.split("\n"))
    return Source(text, tuple(lines), outer.may, outer.sensitive)
