"""Normal form C, and what is too long to be put into it."""

from __future__ import annotations

import unicodedata

import pytest

from tfparse.cty.normal import MAX_MARKS, normalized
from tfparse.diagnostics import UnsupportedError

MARKS = ["\u0301", "\u0323", "\u20d0", "\U0001d165"]
"""Of two, three and four bytes."""


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("around", ["", "a", "é" * 200, "—" * 300])
def test_so_many_marks_and_no_more(mark: str, around: str) -> None:
    text = f"{around} a{mark * MAX_MARKS}"
    assert normalized(text) == unicodedata.normalize("NFC", text)
    with pytest.raises(UnsupportedError, match="Too many marks"):
        normalized(text + mark)
    with pytest.raises(UnsupportedError, match="Too many marks"):
        normalized(f"{text}{mark}{around}")


def test_half_a_character_is_left_as_it_is() -> None:
    assert normalized("a\ud800") == "a\ud800"
