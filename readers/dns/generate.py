"""``$GENERATE`` of zone text: many records by one line.

Source: https://bind9.readthedocs.io/en/stable/chapter3.html#bind-primary-file-extension-the-generate-directive
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import dns.tokenizer

from tfparse.patterns import pattern

_RANGE = pattern(r"(?P<first>\d{1,9})-(?P<last>\d{1,9})(?:/(?P<step>\d{1,9}))?")
_PLACE = pattern(
    r"\\\$|\$\$|\$(?:\{(?P<offset>[+-]?\d{1,9})(?:,(?P<width>\d{1,3})(?:,(?P<base>[doxXnN]))?)?\})?(?P<odd>\{)?"
)
_PLAIN = {"d": "d", "o": "o", "x": "x", "X": "X"}


def generated(tokenizer: dns.tokenizer.Tokenizer, most: int) -> Iterator[str] | None:
    """The lines that stand for one; None where they are too many, or where numbers are written in nibbles.

    Raises:
        ValueError: a name server refuses it.
    """
    found = _RANGE.fullmatch(tokenizer.get_identifier())
    if found is None:
        raise ValueError("no range after $GENERATE")
    first, last, step = int(found["first"]), int(found["last"]), int(found["step"] or 1)
    if first > last or not step:
        raise ValueError("a range after $GENERATE that has no end")
    tokens = []
    while not (token := tokenizer.get()).is_eol_or_eof():
        tokens.append(token)
    if len(tokens) < 3 or not all(token.is_identifier() for token in tokens[:-1]):
        raise ValueError("$GENERATE is a range, an owner, a type and data")
    owner, *between, kind, data = (token.value for token in tokens)
    if any(word.upper() != "IN" and not word[0].isdigit() for word in between):
        raise ValueError("data of several words after $GENERATE stands in quotes")
    places = [*_PLACE.finditer(owner), *_PLACE.finditer(data)]
    if any(place["odd"] for place in places):
        raise ValueError("a brace after $ that is not understood")
    if (last - first) // step >= most or any(place["base"] in ("n", "N") for place in places):
        return None
    return (
        " ".join((_filled(owner, value), *between, kind, _filled(data, value)))
        for value in range(first, last + 1, step)
    )


def _filled(text: str, value: int) -> str:
    def number(place: re.Match[str]) -> str:
        if place[0] in ("\\$", "$$"):
            return "$"
        return format(value + int(place["offset"] or 0), f"0{place['width'] or 0}{_PLAIN[place['base'] or 'd']}")

    return _PLACE.sub(number, text)
