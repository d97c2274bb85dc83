"""Logarithms and powers of doubles as Go works them out: the C library's differ in the last digit, and so may what
``ceil`` makes of them.

Of a fractional power the last digit is that of an x86-64 processor with a fused multiply-add.
Source: Go's ``math`` (log.go, pow.go, exp_amd64.s), which has its methods from FreeBSD's msun and from N. Shibata,
"Efficient evaluation methods of elementary functions suitable for SIMD computation" (2010).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

_LN2_HIGH: Final = float.fromhex("0x1.62e42feep-1")
_LN2_LOW: Final = float.fromhex("0x1.a39ef35793c76p-33")
_LOG_TERMS: Final = tuple(map(float.fromhex, (
    "0x1.5555555555593p-1", "0x1.999999997fa04p-2", "0x1.2492494229359p-2", "0x1.c71c51d8e78afp-3",
    "0x1.7466496cb03dep-3", "0x1.39a09d078c69fp-3", "0x1.2f112df3e5244p-3",
)))  # fmt: skip


def log(x: float) -> float:
    """The natural logarithm; of zero minus infinity, of a negative number NaN."""
    if x <= 0 or math.isinf(x):
        return math.nan if x < 0 else math.inf if x else -math.inf
    fraction, exponent = math.frexp(x)
    if fraction < math.sqrt(2) / 2:
        fraction, exponent = fraction * 2, exponent - 1
    f = fraction - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    l1, l2, l3, l4, l5, l6, l7 = _LOG_TERMS
    r = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7))) + s4 * (l2 + s4 * (l4 + s4 * l6))
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + r) + exponent * _LN2_LOW)) - f)


def power(x: float, y: float) -> float:
    """``x`` to the power of ``y``, perhaps infinite or NaN."""
    if y == 0 or x == 1:
        return 1.0
    if x == 0:
        odd = abs(y) < 2**53 and y % 2 == 1
        return (math.copysign(math.inf, x) if odd else math.inf) if y < 0 else (x if odd else 0.0)
    if abs(y) == 0.5:
        root = math.sqrt(x) if x > 0 else math.nan
        return root if y > 0 else 1 / root
    part, whole = math.modf(abs(y))
    if part and x < 0:
        return math.nan
    if whole >= 2**63:
        return 1.0 if x == -1 else 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    if part > 0.5:
        part, whole = part - 1, whole + 1
    return _multiplied(_exp(part * log(x)) if part else 1.0, x, int(whole), y < 0)


def _multiplied(factor: float, x: float, times: int, inverse: bool) -> float:
    """``factor`` multiplied by ``x`` so many times, or one over that."""
    fraction, step = math.frexp(x)
    exponent = 0
    while times:
        if abs(step) > 1 << 12:
            exponent += step
            break
        if times & 1:
            factor, exponent = factor * fraction, exponent + step
        fraction, step = fraction * fraction, step * 2
        if fraction < 0.5:
            fraction, step = fraction + fraction, step - 1
        times >>= 1
    if inverse:
        factor, exponent = 1 / factor, -exponent
    try:
        return math.ldexp(factor, exponent)
    except OverflowError:
        return math.copysign(math.inf, factor)


_LN2_UPPER: Final = 0.69314718055966295651160180568695068359375
_LN2_LOWER: Final = 0.28235290563031577122588448175013436025525412068e-12
_EXP_TERMS: Final = tuple(1 / math.factorial(n) for n in range(8, 0, -1))


def _exp(x: float) -> float:
    """``e`` to the power of ``x``, which is no more than a few hundred."""
    exponent = round(x * math.log2(math.e))
    rest = _fused(-exponent, _LN2_LOWER, _fused(-exponent, _LN2_UPPER, x)) * 0.0625
    made = 0.0
    for term in _EXP_TERMS:
        made = _fused(made, rest, term)
    made *= rest
    for _ in range(3):
        made *= made + 2
    return math.ldexp(_fused(made, made + 2, 1.0), exponent)


def _fused(a: float, b: float, c: float) -> float:
    """``a * b + c``, rounded once."""
    return float(Fraction(a) * Fraction(b) + Fraction(c))
