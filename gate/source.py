"""The line of the infra repo that a finding points at."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from gate.redaction import redacted, redacted_line
from tfparse.source.places import MAX_FILE

_WIDTH = 160
#: What an earlier run has shown of lines that are what they were.
_SHOWN: dict[tuple[Path, str, int], str | None] = {}
_LONGEST = 10_000


def excerpt(root: Path, file: str, line: int) -> str | None:
    """The text of one line, stripped and fit for a terminal; None where there is nothing to show.

    ``file`` is relative to ``root``.  What lies outside of it, does not exist or is not text shows nothing.
    In place of a secret stands that it is one.
    """
    if (root, file, line) in _SHOWN:
        return _SHOWN[root, file, line]
    return excerpts(root, ((file, line),))[file, line]


def excerpts(root: Path, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str | None]:
    """The same of lines of many files, each of which is read once."""
    top, found = root.resolve(), dict[tuple[str, int], str | None]()
    for file, of_file in groupby(sorted(places), itemgetter(0)):
        wanted = {line for _, line in of_file}
        path = Path(os.path.realpath(root / file))
        texts = _lines(path, wanted) if path.is_relative_to(top) else {}
        for line in wanted:
            text = texts.get(line, "").strip()
            shows = text and "\0" not in text
            found[file, line] = _shown(top, path.relative_to(top).as_posix(), line, text) if shows else None
    return found


def _lines(path: Path, wanted: Collection[int]) -> dict[int, str]:
    """Those lines of a file which are there, and are text as all before them is."""
    found: dict[int, str] = {}
    if path.is_file() and path.stat().st_size <= MAX_FILE:  # a larger one was not read
        with suppress(OSError, UnicodeDecodeError), path.open(encoding="utf-8") as lines:
            for number, text in enumerate(islice(lines, max(0, *wanted)), 1):
                if number in wanted:
                    found[number] = text
    return found


def _shown(top: Path, file: str, line: int, text: str) -> str | None:
    if redaction := redacted_line(top, file, line):
        return redaction
    if len(text) > _LONGEST:
        return f"(a line of {len(text)} characters)"
    text = redacted(text)
    return printable(text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "...") or None


def show_again(root: Path, lines: Mapping[tuple[str, int], str | None]) -> None:
    """Have :func:`excerpt` show lines as it did when they were what they are."""
    _SHOWN.update({(root, file, line): text for (file, line), text in lines.items()})


def forget_what_was_shown() -> None:
    """Look at each line anew: another run of this process has its own."""
    _SHOWN.clear()


def printable_lines(text: str) -> list[str]:
    """The lines of a text, each fit for a terminal.  Nothing but a line feed begins a new one: what only some readers
    take for a line break (U+0085, U+2028) is spelt out."""
    return [printable(line.removesuffix("\r")) for line in text.removesuffix("\n").split("\n")]


def printable(text: str) -> str:
    """One line of text with its control, format and bidirectional characters spelt out: what is judged must not steer
    the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" else c.encode("unicode_escape").decode() for c in text)


def encodable(text: str) -> str:
    """Text of which what is no character (a byte of a file name that is not UTF-8) is spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()
