"""Numbers as Terraform has them: binary floating point with a mantissa of 512 bits (Go's ``big.Float``).

An ``int`` or :class:`fractions.Fraction` holds such a number exactly; those of another precision are of a class of
their own, with the same content.  Source: zclconf/go-cty, ``cty/value_ops.go``; Go's ``math/big``.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

from tfparse.cty.values import Number
from tfparse.patterns import pattern

PRECISION: Final = 512
MAX_EXPONENT: Final = 20_000
"""Decimal exponents beyond this are refused: ``1e999999999`` is an attack, not a number."""
MAX_BITS: Final = 80_000
"""The same of binary exponents: products of such numbers end here."""
_MAX_DIGITS: Final = 4_000
_FEW_DIGITS: Final = 18
"""A whole number of so many needs no rounding."""
_INFINITE = pattern("[+-]?[iI]nf")
_NUMBER = pattern(r"([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:([eEpP])([+-]?[0-9]{1,9}))?", re.ASCII)


class OutOfReach(ValueError):
    """A number that Terraform has and that is not worked with here: an infinite one, or one with too many digits."""


def whole(digits: str) -> int:
    """The number that digits are, with a sign before them or not.

    Python refuses to read more than some 4,300: of so many, it is one that is as large as any.
    """
    number = int(digits.lstrip("+-").lstrip("0")[:_MAX_DIGITS] or "0")
    return -number if digits.startswith("-") else number


class ShortWhole(int):
    """A whole number of another precision than 512 bits.  What is computed with it may be rounded to as many."""

    precision: int


class ShortFraction(Fraction):
    """Any other number of another precision than 512 bits."""

    precision: int


class NegativeZero(Fraction):
    """Zero, but for how it is written: ``-0``."""

    precision = PRECISION


def precision_of(n: Number) -> int:
    """The bits of the mantissa that a number is held with: 512 where it was read from text, 64 of a length or an
    index, 53 of what is computed in floating point."""
    return PRECISION if type(n) is int else getattr(n, "precision", PRECISION)


def held(n: Number, precision: int) -> Number:
    """A number, which has no more bits, with that precision."""
    if precision == PRECISION:
        return n.numerator if n.denominator == 1 else Fraction(n)
    short = ShortWhole(n.numerator) if n.denominator == 1 else ShortFraction(n)
    short.precision = precision
    return short


def length_of(n: int) -> Number:
    """A number that Terraform has from a 64-bit integer: a length, an index, a counter."""
    return held(n, 64)


def double(value: float) -> Number:
    """A finite number that Terraform has computed in 64-bit floating point (``log``, ``pow``)."""
    return held(Fraction(value), 53) if value or math.copysign(1, value) > 0 else negative_zero(53)


def negative_zero(precision: int = PRECISION) -> Number:
    """``-0``."""
    zero = NegativeZero(0)
    zero.precision = precision
    return zero


def negative(n: Number) -> bool:
    """Whether a number has a minus sign, be it a zero."""
    return n < 0 or isinstance(n, NegativeZero)


def plus(a: Number, b: Number) -> Number:
    """The sum of two numbers, as precise as the more precise of them.  Raises ``OverflowError``."""
    precision = max(precision_of(a), precision_of(b))
    if not a and not b:
        return negative_zero(precision) if negative(a) and negative(b) else held(0, precision)
    return rounded(a + b, precision)


def minus(a: Number, b: Number) -> Number:
    """The difference of two numbers.  Raises ``OverflowError``."""
    return plus(a, negated(b))


def times(a: Number, b: Number) -> Number:
    """The product of two numbers, with as many bits as it takes.  Raises ``OverflowError``."""
    found = rounded(a * b, PRECISION)
    return _signed(found, a, b, max(precision_of(a), precision_of(b), _bits(found)))


def divided(a: Number, b: Number) -> Number:
    """The quotient of two numbers, of which the second is not zero.  Raises ``OverflowError``."""
    precision = max(precision_of(a), precision_of(b))
    return _signed(rounded(Fraction(a) / Fraction(b), precision), a, b, precision)


def remainder(a: Number, b: Number) -> Number:
    """What is left of a number divided by another: it has the sign, and the precision, of the first."""
    if not b:
        return a
    precision = precision_of(a)
    turns = rounded(math.trunc(divided(a, b)), precision)
    taken = _signed(rounded(Fraction(b) * turns, precision), b, turns, precision)
    if not a:
        return negative_zero(precision) if negative(a) and not negative(taken) else held(0, precision)
    return rounded(Fraction(a) - Fraction(taken), precision)


def negated(n: Number) -> Number:
    """The number with the other sign, as precise as it is."""
    if not n:
        return held(0, precision_of(n)) if negative(n) else negative_zero(precision_of(n))
    return held(-n, precision_of(n))


def _signed(found: Number, a: Number, b: Number, precision: int) -> Number:
    """A product or a quotient: a zero has a sign, too."""
    return negative_zero(precision) if not found and negative(a) != negative(b) else held(found, precision)


def _bits(n: Number) -> int:
    """The bits that the mantissa of a number takes at least."""
    odd = abs(n.numerator)
    return odd.bit_length() - ((odd & -odd).bit_length() - 1) if odd else 0


def round512(n: Fraction | int) -> Number:
    """The nearest number with a mantissa of 512 bits, ties to even; an ``int`` where it is whole.

    Raises:
        OverflowError: its exponent is beyond reason.
    """
    return rounded(n, PRECISION)


def rounded(n: Fraction | int, precision: int) -> Number:
    """The nearest number of that precision, ties to even.

    Raises ``OverflowError`` where its exponent is beyond reason.
    """
    numerator, denominator = n.numerator, n.denominator
    magnitude = abs(numerator)
    if denominator == 1 and magnitude.bit_length() <= precision:
        return held(numerator, precision)
    # Scale so that the quotient has one or two bits more: its rounding below loses nothing that matters.
    shift = precision + 1 - (magnitude.bit_length() - denominator.bit_length())
    quotient, rest = divmod(magnitude << shift, denominator) if shift >= 0 else divmod(magnitude, denominator << -shift)
    excess = quotient.bit_length() - precision
    mantissa, tail = quotient >> excess, quotient & ((1 << excess) - 1)
    half = 1 << (excess - 1)
    if tail > half or (tail == half and (rest or mantissa & 1)):
        mantissa += 1
    exponent = excess - shift
    if abs(exponent) > MAX_BITS:
        raise OverflowError("the number is too large, or too small, to be worked with here")
    found = Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
    return held(-found if numerator < 0 else found, precision)


def parse_number(text: str) -> Number:
    """The number a string spells, as Go's ``big.ParseFloat`` reads base 10.

    Raises:
        ValueError: the text is no number.
    """
    if len(text) <= _FEW_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    match = _NUMBER.fullmatch(text)
    if _INFINITE.fullmatch(text) or (match is not None and len(text) > _MAX_DIGITS):
        raise OutOfReach("an infinite number, or one of so many digits, is not worked with here")
    if match is None:
        raise ValueError("a number is required")
    sign, whole, fraction, bare, letter, exponent = match.groups()
    fraction = bare or fraction or ""
    power = int(exponent or 0)
    if abs(power) > MAX_EXPONENT:
        raise OutOfReach(f"only numbers between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT} are worked with here")
    digits = int((whole or "") + fraction)
    if sign == "-":
        digits = -digits
        if not digits:
            return negative_zero()
    if not power and not fraction:
        return round512(digits)
    # Python's own Fraction parser would build the same number in the same way.
    base = 2 if letter in ("p", "P") else 10
    return round512(Fraction(digits) / 10 ** len(fraction) * Fraction(base) ** power)


def format_number(n: Number) -> str:
    """How Terraform writes a number in a string: the shortest decimal that reads back as the same number."""
    if isinstance(n, NegativeZero):
        return "-0"
    if isinstance(n, int) and n.bit_length() <= precision_of(n):
        return str(int(n))
    sign = "-" if n < 0 else ""
    digits, point = shortest_decimal(n)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if len(digits) <= point:
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"


def shortest_decimal(n: Number) -> tuple[str, int]:
    """The fewest digits that identify ``abs(n)``, and where the point stands: 0.digits times 10**point."""
    value = abs(Fraction(n))
    if not value:
        return "0", 1
    low, high, closed = _neighbourhood(value, precision_of(n))
    point = decimal_exponent(value)
    fewest, most = 1, 170
    while fewest < most:
        middle = (fewest + most) // 2
        if _in_reach(value, low, high, closed, middle - point) is None:
            fewest = middle + 1
        else:
            most = middle
    found = _in_reach(value, low, high, closed, fewest - point)
    assert found is not None, "170 digits identify any number of 512 bits"
    text = str(found)
    # Rounding up may have carried into one more digit.
    return text.rstrip("0"), point + len(text) - fewest


def decimal_exponent(value: Fraction) -> int:
    """The ``e`` with ``10**(e-1) <= value < 10**e`` of a positive number."""
    estimate = (value.numerator.bit_length() - value.denominator.bit_length()) * 30103 // 100000
    while value >= scaled(Fraction(1), estimate):
        estimate += 1
    while value < scaled(Fraction(1), estimate - 1):
        estimate -= 1
    return estimate


def scaled(value: Fraction, power: int) -> Fraction:
    """``value`` times ``10**power``."""
    factor: int = 10 ** abs(power)
    return value * factor if power >= 0 else value / factor


def _neighbourhood(value: Fraction, precision: int) -> tuple[Fraction, Fraction, bool]:
    """The bounds within which every decimal reads back as ``value``, and whether they are included."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - precision
    unit = Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)
    while value / unit >= 1 << precision:
        unit *= 2
    while value / unit < 1 << (precision - 1):
        unit /= 2
    # Go does not ask whether the number below a power of two is nearer than the one above.
    return value - unit / 2, value + unit / 2, (value / unit).numerator % 2 == 0


def _in_reach(value: Fraction, low: Fraction, high: Fraction, closed: bool, places: int) -> int | None:
    """The decimal of ``places`` places (as an integer) next to ``value`` that lies between the bounds."""
    exact = scaled(value, places)
    down = exact.numerator // exact.denominator
    bottom, top = scaled(low, places), scaled(high, places)
    down_fits = bottom < down or (closed and bottom == down)
    up_fits = down + 1 < top or (closed and down + 1 == top)
    if down_fits and up_fits:
        return round(exact)
    return down if down_fits else down + 1 if up_fits else None
