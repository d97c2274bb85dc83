"""Numbers and strings as Go's ``fmt`` and ``strconv`` write them: what ``format`` and sets are made of.

Source: Go's ``math/big/ftoa.go`` and ``strconv/quote.go``.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tfparse.cty.numbers import decimal_exponent, scaled, shortest_decimal
from tfparse.cty.values import Number

_ESCAPES = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\", 34: '\\"'}


def quote(text: str) -> str:
    """``text`` as a Go string literal (``%q``)."""
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(char: str) -> str:
    code = ord(char)
    if code in _ESCAPES:
        return _ESCAPES[code]
    if char.isprintable():
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def format_float(n: Number, verb: str, precision: int | None = None) -> str:
    """``abs(n)`` as the verb ``e``, ``f``, ``g``, ``E`` or ``G`` writes it; without precision, the shortest."""
    if verb == "f":
        digits, point = shortest_decimal(n) if precision is None else _rounded(n, precision)
        return _fixed(digits, point, max(len(digits) - point, 0) if precision is None else precision)
    significant = None if precision is None else precision + 1 if verb in "eE" else max(precision, 1)
    digits, point = shortest_decimal(n) if significant is None else _significant(n, significant)
    if verb in "eE":
        return _exponential(digits, point, len(digits) - 1 if precision is None else precision, verb)
    limit = 6 if significant is None else significant
    if significant is not None and significant > len(digits) >= point:
        limit = len(digits)
    if -4 <= point - 1 < limit:
        return _fixed(digits, point, max(len(digits) - point, 0))
    return _exponential(digits, point, len(digits) - 1, "e" if verb == "g" else "E")


def _rounded(n: Number, places: int) -> tuple[str, int]:
    """The digits of ``abs(n)`` rounded to ``places`` decimals, ties to even: 0.digits times 10**point."""
    # Python writes no int of more than 4,300 digits, but a Decimal of as many as there are.
    text = f"{Decimal(round(scaled(abs(Fraction(n)), places))):f}"
    return (text, len(text) - places) if text != "0" else ("", 0)


def _significant(n: Number, count: int) -> tuple[str, int]:
    """The digits of ``abs(n)`` rounded to ``count`` significant ones, without trailing zeros."""
    if not n:
        return "0", 1
    digits, point = _rounded(n, count - decimal_exponent(abs(Fraction(n))))
    return digits.rstrip("0"), point


def _fixed(digits: str, point: int, places: int) -> str:
    whole = digits[:point].ljust(point, "0") if point > 0 else "0"
    if not places:
        return whole
    return f"{whole}.{('0' * -point + digits[max(point, 0) :]).ljust(places, '0')[:places]}"


def _exponential(digits: str, point: int, places: int, letter: str) -> str:
    mantissa = digits[0] + (f".{digits[1:].ljust(places, '0')}" if places else "")
    exponent = point - 1 if digits != "0" else 0
    return f"{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
