"""Arithmetic of the shell, as far as it is plain: what it gives, and what it sets."""

from __future__ import annotations

import re

from readers.shell.leave import Leave
from readers.shell.state import State
from readers.shell.text import is_known
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_SET = pattern(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)
_CHANGED = pattern(
    r"([A-Za-z_]\w*)\s*(?:\[[^]]*\])?\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)"
    r"|([A-Za-z_]\w*)\s*(?:\+\+|--)|(?:\+\+|--)\s*([A-Za-z_]\w*)"
)
_MOST_DIGITS = 18
_TERM = pattern(r"\s*(-?\d+|[A-Za-z_]\w*)\s*")
_OPERATION = pattern(r"\s*(-?\d+|[A-Za-z_]\w*)\s*(\+|-|\*|<=|>=|==|!=|<|>)\s*(\d+|[A-Za-z_]\w*)\s*")


def evaluate(expression: str, state: State) -> str:
    """The number that an expression gives, HOLE where it is not known; variables that it sets are set."""
    found = _SET.fullmatch(expression) if is_known(expression) else None
    if found and not _CHANGED.search(found[2]):
        state.variables[found[1]] = evaluate(found[2], state)
        return str(state.variables[found[1]])
    changed = list(_CHANGED.finditer(expression))
    for one in changed:
        state.variables[one[1] or one[2] or one[3]] = HOLE
    if changed or not is_known(expression):
        return HOLE
    if single := _TERM.fullmatch(expression):
        return _operand(single[1], state)
    two = _OPERATION.fullmatch(expression)
    if two is None:
        return HOLE
    left, right = _operand(two[1], state), _operand(two[3], state)
    return _result(left, two[2], right) if HOLE not in left + right else HOLE


def _operand(text: str, state: State) -> str:
    if not text[0].isalpha() and text[0] != "_":
        return text if not re.match(r"-?0\d", text) else HOLE
    value = state.value_of(text)
    if value is None and "nounset" in state.options:
        raise Leave("exit")
    return (value or "0") if re.fullmatch(r"-?(0|[1-9]\d*)|", value or "") else HOLE


def _result(left: str, operator: str, right: str) -> str:
    if max(len(left), len(right)) > _MOST_DIGITS:
        return HOLE
    a, b = int(left), int(right)
    numbers = {"+": a + b, "-": a - b, "*": a * b}
    truths = {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b, "==": a == b, "!=": a != b}
    if operator in truths:
        return str(int(truths[operator]))
    return str((numbers[operator] + 2**63) % 2**64 - 2**63)  # 64 bits, beyond which it wraps
