"""Operators and conditionals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tfparse.cty.convert import ConversionError, convert, convert_beside, equal, unify
from tfparse.cty.types import BOOL, DYNAMIC, List, Map, Primitive, Set, has_dynamic
from tfparse.cty.values import Unknown, Value, object_, tuple_
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnsupportedError, WholeModuleError, kept, origin_at
from tfparse.hcl import ast
from tfparse.lang import operators
from tfparse.lang.core import Scope, evaluate, fail, looked_into, origin_of, rule
from tfparse.lang.partial import partial


@rule(ast.UNARY)
def _unary(node: ast.Unary, scope: Scope) -> Value:
    _, _, _, operator, of = node
    operand = evaluate(of, scope)
    try:
        return operators.unary(operator, operand, origin_of(node, scope))
    except (operators.OperatorError, ConversionError) as error:
        fail(scope, node, getattr(error, "summary", "Invalid operand"), str(error))


@rule(ast.BINARY)
def _binary(node: ast.Binary, scope: Scope) -> Value:
    _, line, column, operator, before, after = node
    if operator in ("&&", "||"):
        left, right = _sides(node, scope)
        looked_into(left, right)
    else:
        left, right = evaluate(before, scope), evaluate(after, scope)
    scope.context.spend(min(left.weight, right.weight))
    try:
        return operators.binary(operator, left, right, origin_at((scope.file, line, column)))
    except OverflowError as error:
        origin = origin_of(node, scope)
        raise UnsupportedError(Diagnostic("Number too large", f"{error}.", origin, scope.excerpt(origin))) from None
    except (operators.OperatorError, ConversionError) as error:
        fail(scope, node, getattr(error, "summary", "Invalid operand"), str(error))


def _sides(node: ast.Binary, scope: Scope) -> tuple[Value, Value]:
    """The operands of ``&&`` or ``||``: up to Terraform 1.11 an error in either counts, since 1.12 only one in what the
    other does not decide."""
    _, _, _, operator, before, after = node
    sides: list[Value | TerraformError] = []
    for operand in (before, after):
        try:
            sides.append(evaluate(operand, scope))
        except WholeModuleError:
            raise
        except TerraformError as error:
            sides.append(kept(error))
    left, right = sides
    if isinstance(left, Value) and isinstance(right, Value) and not (left.is_null or right.is_null):
        return left, right
    if not scope.context.short_circuits():
        return _no_error(left), _no_error(right)
    if isinstance(left, Value):
        if isinstance(right, TerraformError) and not left.is_unknown and not _decides(left, operator):
            raise right
        # Beside a null, and beside an error, the left one is enough; beside an error, even if it is not known.
        return left, left if isinstance(right, TerraformError) else _unless_null(right, left, operator)
    if isinstance(right, TerraformError) or not _decides(right, operator):
        raise left
    return right, right


def _no_error(side: Value | TerraformError) -> Value:
    if isinstance(side, TerraformError):
        raise side
    return side


def _unless_null(right: Value, left: Value, operator: str) -> Value:
    return left.marked(right.marks) if right.is_null and _decides(left, operator) else right


def _decides(value: Value, operator: str) -> bool:
    """Whether an operand of ``&&`` or ``||`` is enough."""
    try:
        return convert(value, BOOL).raw is (operator == "||")
    except ConversionError:
        return False


@rule(ast.CONDITIONAL)
def _conditional(node: ast.Conditional, scope: Scope) -> Value:
    _, _, _, question, then, otherwise = node
    condition = evaluate(question, scope)
    looked_into(condition)
    if condition.is_null:
        fail(scope, question, "Null condition", "The condition value is null. Conditions must be true or false.")
    try:
        # (What is not known is of no wrong type yet.)
        condition = condition if condition.is_unknown else convert(condition, BOOL)
    except ConversionError as error:
        fail(scope, question, "Incorrect condition type", str(error))
    results: list[Value | TerraformError] = []
    for branch in (then, otherwise):
        try:
            results.append(evaluate(branch, scope))
        except WholeModuleError:
            raise
        except TerraformError as error:
            results.append(kept(error))
    if isinstance(condition.raw, Unknown):
        return _undecided(condition, results, node, scope)
    scope.context.spend(max([value.weight for value in results if isinstance(value, Value)], default=0))
    chosen, other = results if condition.as_bool() else reversed(results)
    if isinstance(chosen, TerraformError):
        raise chosen
    if isinstance(other, Value) and other.type is chosen.type and isinstance(other.type, Primitive):
        # (Of one plain type, neither becomes anything else.)
        return chosen.marked(condition.marks)
    if isinstance(other, TerraformError) and not isinstance(other, UnsupportedError):
        # (What is in error stays so: it never turns out to be of another type, as an unknown may.)
        failed = partial(otherwise if condition.as_bool() else then, scope)
        chosen = _converted(chosen, [chosen, failed], node, scope, certain=chosen.first_unknown() is None)
    else:
        other = _conceded(other, node, scope)
        why = other.first_unknown() or chosen.first_unknown()
        chosen = _softened(_converted(chosen, [chosen, other], node, scope), other, why)
    return chosen.marked(chosen.marks | condition.marks)


def _conceded(result: Value | UnsupportedError, node: ast.Conditional, scope: Scope) -> Value:
    """A branch that is beyond us is not one that Terraform refuses: it has some value, of some type."""
    if isinstance(result, Value):
        return result
    origin = origin_of(node, scope)
    return Value(DYNAMIC, Unknown(str(result.diagnostics[0].summary), origin), origin)


def _converted(
    value: Value, branches: list[Value], node: ast.Conditional, scope: Scope, *, certain: bool = False
) -> Value:
    """``value`` in the type that both branches of a conditional share; ``certain`` where no type is open."""
    if value.is_unknown and value.type == DYNAMIC:
        return value
    types = [b.type for b in branches if not (b.is_null and b.type == DYNAMIC)]
    target = unify(types) if types else DYNAMIC
    open_ = () if certain else (b.first_unknown() for b in branches if has_dynamic(b.type))
    why = next(filter(None, open_), None)
    if target is None and why is not None:
        # What is not known may be of a type that they share.
        return Value(DYNAMIC, why, value.origin, marks=value.marks)
    if target is None:
        shown = [str(b.type) for b in branches]
        fail(
            scope,
            node,
            "Inconsistent conditional result types",
            f"The true and false result expressions must have consistent types, not {shown[0]} and {shown[1]}.",
        )
    try:
        if any(isinstance(branch.type, type(target)) for branch in branches):
            return convert_beside(value, target)
        return convert(value, target)
    except ConversionError as error:
        fail(
            scope,
            node,
            "Inconsistent conditional result types",
            f"The true and false result expressions must have consistent types: {error}.",
        )


def _softened(value: Value, other: Value, why: Unknown | None) -> Value:
    """``value``, where the other branch's types are known to be what they are; ``why`` is what of the two is not known.

    A number or a bool becomes a string if the other branch has a string there.  Beside an unknown of unknown type, it
    is not certain which; and as long as one such is anywhere, Terraform does not unify the rest either.
    """
    if why is None:
        return value
    raw, there = value.raw, other.raw
    if isinstance(raw, (bool, int, Fraction)):
        certain = other.type == value.type or there is None
        return value if certain else Value(DYNAMIC, why, value.origin, marks=value.marks)
    if isinstance(there, Unknown) and other.type == DYNAMIC:
        return _rebuilt(value, lambda child, _: _softened(child, other, why))
    if isinstance(raw, dict) and isinstance(there, dict):
        # Objects of other attributes than each other's have no common type; a map among them makes them maps.
        alike = raw.keys() == there.keys() and value.rest is None and other.rest is None
        anything = Value(DYNAMIC, why)
        return _rebuilt(value, lambda child, key: _softened(child, there[key] if alike else anything, why))
    if isinstance(raw, tuple) and isinstance(there, tuple) and len(raw) == len(there):
        return _rebuilt(value, lambda child, index: _softened(child, there[index], why))
    if isinstance(other.type, (List, Set, Map)):
        anything = Value(other.type.element, why)
        return _rebuilt(value, lambda child, _: _softened(child, anything, why))
    return value


def _rebuilt(value: Value, change: Callable[[Value, Any], Value]) -> Value:
    """A collection with each element changed by its key or index; the same object where nothing is, or is in it."""
    if not isinstance(value.raw, (dict, tuple)):
        return value
    if isinstance(value.raw, dict):
        items = {key: change(child, key) for key, child in value.raw.items()}
        if all(items[key] is child for key, child in value.raw.items()):
            return value
        return object_(items, value.origin, value.rest).marked(value.marks)
    elements = tuple(change(child, index) for index, child in enumerate(value.elements()))
    if all(new is old for new, old in zip(elements, value.elements(), strict=True)):
        return value
    return tuple_(elements, value.origin).marked(value.marks)


def _undecided(condition: Value, results: list[Value | TerraformError], node: ast.Conditional, scope: Scope) -> Value:
    """A conditional on an unknown: what both branches agree on is certain, the rest is not."""
    assert isinstance(condition.raw, Unknown)
    values = [_conceded(r, node, scope) for r in results if isinstance(r, (Value, UnsupportedError))]
    errors = [r for r in results if isinstance(r, TerraformError) and not isinstance(r, UnsupportedError)]
    if errors:
        # (Be both in error: Terraform looks at neither before it knows which is taken.)
        return Value(DYNAMIC, condition.raw, origin_of(node, scope), marks=condition.marks)
    left, right = (_converted(v, values, node, scope) for v in values)
    result = either(left, right, condition.raw, origin_of(node, scope))
    return result.marked(result.marks | condition.marks)


def either(left: Value, right: Value, why: Unknown, origin: Origin | None) -> Value:
    """A value that is right whichever of the two it turns out to be: known where they agree."""
    marks = left.marks | right.marks
    if left.type == right.type:
        if left.first_unknown() is None and right.first_unknown() is None and equal(left, right).raw is True:
            return left.marked(marks)
        a, b = left.raw, right.raw
        if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys() and not (left.rest or right.rest):
            # A map whose values differ stays a map: its keys are certain.
            merged = {k: either(a[k], b[k], why, origin) for k in a}
            return Value(left.type, merged, origin, marks=marks)
        if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and not isinstance(left.type, Set):
            return Value(
                left.type, tuple(either(x, y, why, origin) for x, y in zip(a, b, strict=True)), origin, marks=marks
            )
    type_ = left.type if left.type == right.type else DYNAMIC
    return Value(type_, why, origin, marks=marks)
