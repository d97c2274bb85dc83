"""Resource quantities: ``512Mi``, ``1.5G``, ``100m``.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

from readers import Malformed
from tfparse.cty.numbers import whole
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

_QUANTITY = pattern(
    r"([+-]?)([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})"
    r"(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?[0-9]{1,9}))",
    re.ASCII,
)
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_LARGEST = 2**63 - 1


def parse_quantity(text: str, what: str = "quantity", origin: Origin | None = None) -> int:
    """What a quantity stands for, of memory in bytes, rounded up to a whole as Kubernetes counts it.

    ``Ki`` is 1024 and ``k`` 1000; ``m`` is a thousandth, of memory too; ``1e3`` and ``1E3`` are exponents while
    ``1E`` is an exa.

    Raises:
        Malformed: it is anything else, or no 64-bit count holds it.
    """
    number = exact_quantity(text, what, origin)
    return -ceil(-number) if number < 0 else ceil(number)


def exact_quantity(text: str, what: str = "quantity", origin: Origin | None = None) -> Fraction:
    """What a quantity stands for, not rounded: of processors, ``100m`` is a tenth.

    Raises:
        Malformed: it is no quantity, or more than a 64-bit count holds.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise Malformed(what, f'"{text}" is not a quantity as Kubernetes writes them', origin)
    sign, digits, binary, decimal, exponent = match.groups()
    # An exponent further out decides nothing more, and computing it could take for ever.
    power = max(-99, min(99, whole(exponent))) if exponent else _DECIMAL[decimal or ""]
    scale = Fraction(2) ** _BINARY[binary] if binary else Fraction(10) ** power
    number = Fraction(digits) * scale
    if number > _LARGEST:
        raise Malformed(what, f'"{text}" is more than Kubernetes can count', origin)
    return -number if sign == "-" else number
