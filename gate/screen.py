"""Lines on a terminal: as wide as it is, and what differs in colour; in a pipe, as they are."""

from __future__ import annotations

import textwrap
from itertools import takewhile

import pytest

from gate.evidence import Finding
from gate.render import LABEL
from gate.verdict import Verdict

#: As far right as a line that is folded may go on.
_HANGS = 32
_LEAST = 40
_COLOURS = {"expected": "green", "found": "red"}


class Screen:
    """Writes lines, folded between words where a terminal shows them, each under where its text began."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._writer = terminal._tw  # noqa: SLF001  (TerminalReporter.write_line cannot write a line in two colours)
        self._width = self._writer.fullwidth if terminal.isatty else None

    def line(self, text: str = "", **markup: bool) -> None:
        for line in self._folded(text):
            self._writer.line(line, **markup)

    def headed(self, head: str, text: str, **markup: bool) -> None:
        """A line that begins with a word in colour."""
        first, *rest = self._folded(head + text)
        self._writer.write(head, **markup)
        self._writer.line(first[len(head) :])
        for line in rest:
            self._writer.line(line)

    def separator(self, title: str) -> None:
        self._writer.sep("=", title)

    def compared(self, line: str, finding: Finding | None) -> None:
        """A line of what is wrong: from where the expected and the found differ, both are coloured."""
        label = next(iter(line.split(maxsplit=1)), "")
        if label not in _COLOURS or finding is None or finding.verdict is not Verdict.FAILED:
            self.line(line)
            return
        same = takewhile(lambda pair: pair[0] == pair[1], zip(finding.expected, finding.actual, strict=False))
        plain = line.index(label) + LABEL + len(list(same))
        for folded in self._folded(line):
            self._writer.write(folded[:plain])
            self._writer.line(folded[plain:], **{_COLOURS[label]: True})
            plain = 0

    def _folded(self, text: str) -> list[str]:
        if self._width is None or len(text) <= self._width:
            return [text]
        hang = max(text[:_HANGS].rfind("  "), 0) + 2
        return textwrap.wrap(
            text, max(self._width, _LEAST), subsequent_indent=" " * hang, drop_whitespace=True,
            break_long_words=False, break_on_hyphens=False, replace_whitespace=False, expand_tabs=False,
        )  # fmt: skip
