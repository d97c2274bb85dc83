"""Terraform's operators.

Operands are converted as HCL does (``"5" + 1`` is 6); a null operand is an error except for ``==`` and
``!=``; an unknown operand makes the result unknown; a sensitive one makes it sensitive.
Source: https://developer.hashicorp.com/terraform/language/expressions/operators; hashicorp/hcl,
``hclsyntax/expression_ops.go``.
"""

from __future__ import annotations

from collections.abc import Callable

from tfparse.cty import numbers
from tfparse.cty.convert import ConversionError, convert, equal
from tfparse.cty.types import BOOL, NUMBER, Primitive
from tfparse.cty.values import Number, Origin, Unknown, Value


class OperatorError(Exception):
    """An operator cannot work on its operands: why, and the summary that Terraform gives."""

    def __init__(self, message: str, summary: str = "Operation failed") -> None:
        super().__init__(message)
        self.summary = summary


def binary(op: str, left: Value, right: Value, origin: Origin | None = None) -> Value:
    """The result of ``left op right``.

    Raises:
        OperatorError: the operands are not of the operator's types.
        OverflowError: the result is an infinite number.
    """
    if op in ("==", "!="):
        result = equal(left, right, origin)
        return result if op == "==" else _not(result)
    wanted, kind = (BOOL, BOOL) if op in _LOGICAL else (NUMBER, NUMBER if op in _ARITHMETIC else BOOL)
    left, right = _operand("left operand", left, wanted), _operand("right operand", right, wanted)
    marks = left.marks | right.marks
    unknown = left.unknown or right.unknown
    if unknown is not None and op in _LOGICAL and any(side.raw is (op == "||") for side in (left, right)):
        # Terraform 1.11 leaves it unknown, for the other side may yet prove to be an error; else it is this.
        return Value(kind, op == "||", origin, marks=marks)
    if unknown is not None:
        return Value(kind, unknown, origin, marks=marks)
    raw: bool | Number
    if op in _LOGICAL:
        raw = _LOGICAL[op](left.as_bool(), right.as_bool())
    elif op in _ARITHMETIC:
        raw = _ARITHMETIC[op](left.as_number(), right.as_number())
    else:
        raw = _COMPARISON[op](left.as_number(), right.as_number())
    return Value(kind, raw, origin, marks=marks)


def unary(op: str, operand: Value, origin: Origin | None = None) -> Value:
    """The result of ``!operand`` or ``-operand``.

    Raises:
        OperatorError: the operand is not of the operator's type.
    """
    if op == "!":
        return _not(_operand("unary operand", operand, BOOL)).at(origin)
    operand = _operand("unary operand", operand, NUMBER)
    raw = operand.raw if isinstance(operand.raw, Unknown) else numbers.negated(operand.as_number())
    return Value(NUMBER, raw, origin, marks=operand.marks)


def _not(operand: Value) -> Value:
    raw = operand.raw if isinstance(operand.raw, Unknown) else not operand.as_bool()
    return Value(BOOL, raw, operand.origin, marks=operand.marks)


def _operand(which: str, value: Value, wanted: Primitive) -> Value:
    try:
        converted = convert(value, wanted)
    except ConversionError as error:
        raise OperatorError(f"Unsuitable value for {which}: {error}.", "Invalid operand") from None
    if converted.is_null:
        raise OperatorError("Error during operation: argument must not be null.")
    return converted


def _divide(a: Number, b: Number) -> Number:
    if not a and not b:
        raise OperatorError("Error during operation: can't divide zero by zero or infinity by infinity.")
    if not b:
        raise OverflowError("a number divided by zero is infinite, which is not worked with here")
    return numbers.divided(a, b)


_LOGICAL: dict[str, Callable[[bool, bool], bool]] = {"&&": lambda a, b: a and b, "||": lambda a, b: a or b}
_ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": numbers.plus,
    "-": numbers.minus,
    "*": numbers.times,
    "/": _divide,
    "%": numbers.remainder,
}
_COMPARISON: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
