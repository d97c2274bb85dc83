"""What must hold of a Postfix parameter: a condition, put to its value as Postfix takes it."""

from __future__ import annotations

from readers.account import undetermined
from readers.postfix.main_cf import integer, time_seconds
from readers.subjects.condition import Condition
from tfparse.cty.values import Unknown, string
from tfparse.patterns import pattern

_NUMBER = pattern(r"[0-9]+")
_TIME = pattern(r"[0-9]+[smhdw]")


def says(text: str, condition: Condition) -> bool:
    """Whether a condition holds of a parameter's text; numbers and times (``60s``) are compared as such.

    Raises:
        Malformed: a number or a time is wanted, and it is none.
    """
    wanted = condition.text.removeprefix("if set, ")
    if _NUMBER.fullmatch(wanted):
        return integer(text) == int(wanted)
    if _TIME.fullmatch(wanted):
        return time_seconds(text) == time_seconds(wanted)
    holds = condition.holds(string(text))
    if isinstance(holds, Unknown):
        raise undetermined(condition.text, holds, None)
    return holds
