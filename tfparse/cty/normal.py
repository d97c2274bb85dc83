"""Unicode normal form C, in which all of Terraform's strings are."""

from __future__ import annotations

import unicodedata
from typing import Final

from tfparse.diagnostics import Diagnostic, UnsupportedError
from tfparse.patterns import pattern

MAX_MARKS: Final = 100
"""Marks on one character.  They are put in order, which takes the square of their number (UAX #15 expects up to 30)."""

# (A set that stands first by itself is sought several times as fast.)
_FOREIGN = pattern(rf"[^\x00-\u02ff][^\x00-\u02ff]{{{MAX_MARKS - 1},}}")


def normalized(content: str) -> str:
    """``content`` in normal form C.

    Raises:
        UnsupportedError: more marks stand on a character than any has.
    """
    if content.isascii():
        return content
    # (Each of them takes a byte more than there are characters, at least: most texts have fewer of those.)
    if len(content.encode("utf-8", "surrogatepass")) - len(content) >= MAX_MARKS:
        for run in _FOREIGN.finditer(content):
            _check(run[0])
    return unicodedata.normalize("NFC", content)


def _check(text: str) -> None:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MAX_MARKS:
            raise UnsupportedError(Diagnostic("Too many marks", f"There are more than {MAX_MARKS} on one character."))
