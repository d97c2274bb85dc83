"""Amounts and versions, and how they are compared: quantities of Kubernetes, durations, numbers of a unit."""

from __future__ import annotations

from fractions import Fraction

from readers import Malformed
from readers.kubernetes.quantity import exact_quantity
from readers.prometheus.rules import duration_seconds
from tfparse.cty.numbers import whole
from tfparse.patterns import pattern

_AMOUNT = pattern(r"(?P<number>[0-9]{1,18}(?:\.[0-9]{1,9})?)\s?(?P<unit>[A-Za-z]{2,5}|%)")
"""A number of some unit, which is compared with one of the same: ``640mb``, ``80%``."""
_VERSION = pattern(
    r"v?(?P<numbers>[0-9]{1,9}(?:\.[0-9]{1,9}){0,3})(?:-(?P<before>[0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?"
)


def amounts(found: str, wanted: str) -> tuple[Fraction, Fraction]:
    """Two amounts of one kind: durations where both are, quantities as Kubernetes writes them, or of one unit.

    Raises:
        Malformed: they are of different kinds, or versions, whose parts are compared one by one.
    """
    if any(text.count(".") > 1 for text in (found, wanted)):
        raise Malformed(f'"{found}"', "it is no amount; of a version, say: version at least 1.10.0")
    try:
        return Fraction(duration_seconds(found)), Fraction(duration_seconds(wanted))
    except Malformed:
        pass
    first, second = _AMOUNT.fullmatch(found), _AMOUNT.fullmatch(wanted)
    if first is not None and second is not None and first["unit"].lower() == second["unit"].lower():
        return Fraction(first["number"]), Fraction(second["number"])
    return exact_quantity(found), exact_quantity(wanted)


def version(text: str) -> tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]:
    """A version as it is ordered: its numbers, a pre-release before the release (https://semver.org/#spec-item-11)."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise Malformed(f'"{text}"', "it is no version like 1.10.0")
    numbers = [whole(number) for number in found["numbers"].split(".")]
    numbers += [0] * (4 - len(numbers))
    before = (found["before"] or "").split(".") if found["before"] else []
    parts = tuple((not part.isdigit(), whole(part) if part.isdigit() else 0, part) for part in before)
    return tuple(numbers), not before, parts
