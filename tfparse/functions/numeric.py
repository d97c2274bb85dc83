"""Numeric functions.

Source: https://developer.hashicorp.com/terraform/language/functions (Numeric Functions)
"""

from __future__ import annotations

import math
import re
import string as letters
from typing import Annotated, Final

from tfparse.cty.numbers import double, held, length_of, negated, negative, precision_of, rounded
from tfparse.cty.types import DYNAMIC, NUMBER, STRING, Primitive
from tfparse.cty.values import Number, Value
from tfparse.functions import _doubles
from tfparse.functions._parameters import FunctionError, Num, NumberValue, Parameter
from tfparse.functions._registry import Call, Unsupported, function, whole

_DIGITS: Final = letters.digits + letters.ascii_lowercase + letters.ascii_uppercase
_MAX_DIGITS: Final = 4000


Spelt = Annotated[Value, Parameter(DYNAMIC, kinds=(Primitive,), refusal="first argument must be a string, not {}")]


@function
def abs_(num: Num) -> Number:
    """The number without its sign."""
    return negated(num) if negative(num) else num


@function
def ceil(num: Num) -> Number:
    """The nearest whole number that is no less."""
    return rounded(math.ceil(num), precision_of(num))


@function
def floor(num: Num) -> Number:
    """The nearest whole number that is no greater."""
    return rounded(math.floor(num), precision_of(num))


@function
def log(call: Call, num: Num, base: Num) -> NumberValue:
    """The logarithm of a number to a base."""
    n, b = _doubles.log(_double(num)), _doubles.log(_double(base))
    return _computed(n / b if b else _divided(n, b), call)


def _divided(n: float, zero: float) -> float:
    return math.nan if not n or math.isnan(n) else math.copysign(math.inf, n) * math.copysign(1, zero)


@function
def pow_(call: Call, num: Num, power: Num) -> NumberValue:
    """A number raised to a power."""
    return _computed(_doubles.power(_double(num), _double(power)), call)


def _double(n: Number) -> float:
    try:
        return -0.0 if not n and negative(n) else float(n)
    except OverflowError:
        raise FunctionError("value must be between the limits of a 64-bit floating point number") from None


def _computed(result: float, call: Call) -> Value:
    if math.isnan(result):
        raise FunctionError("can't use NaN as a number value")
    if math.isinf(result):
        # Terraform has infinite numbers, but no attribute can be one.
        raise Unsupported("the result is infinite")
    return Value(NUMBER, double(result), call.origin)


@function
def signum(num: Num) -> Number:
    """-1, 0 or 1: the sign of a whole number."""
    n = whole(num)
    return length_of((n > 0) - (n < 0))


@function
def max_(*numbers: Num) -> Number:
    """The greatest of the numbers."""
    if not numbers:
        raise FunctionError("must pass at least one number")
    return max(numbers)


@function
def min_(*numbers: Num) -> Number:
    """The least of the numbers."""
    if not numbers:
        raise FunctionError("must pass at least one number")
    return min(numbers)


@function
def parseint(number: Spelt, base: Num) -> Number:
    """The whole number that a string spells in a base from 2 to 62."""
    if number.type != STRING:
        raise FunctionError(f"first argument must be a string, not {number.type}", 0)
    radix = whole(base, index=1)
    if not 2 <= radix <= 62:
        raise FunctionError("base must be a whole number between 2 and 62 inclusive", 1)
    text = number.as_string()
    match = re.fullmatch("([+-]?)([0-9a-zA-Z]+)", text)
    found = _parsed(match[2], radix) if match and len(text) <= _MAX_DIGITS else None
    if match is None or found is None:
        raise FunctionError(f'cannot parse "{text}" as a base {radix} integer', 0)
    return held(-found if match[1] == "-" else found, max(found.bit_length(), 64))


def _parsed(digits: str, radix: int) -> int | None:
    # Up to 36 a letter's case says nothing; beyond, capitals follow the small letters.
    found = 0
    for char in digits if radix > 36 else digits.lower():
        digit = _DIGITS.index(char)
        if digit >= radix:
            return None
        found = found * radix + digit
    return found
