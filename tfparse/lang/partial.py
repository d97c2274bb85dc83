"""What HCL makes of an expression that is in error: it goes on, with an unknown where the error is.

Nobody sees it, but its type has a say: ``true ? 1 : "${error}"`` is a string.
Source: hashicorp/hcl, ``hclsyntax/expression.go``.
"""

from __future__ import annotations

from typing import Any

from tfparse.cty.convert import ConversionError, convert, unify
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Set, Tuple, Type
from tfparse.cty.values import Unknown, Value, object_, tuple_
from tfparse.diagnostics import TerraformError, UnknownValueError, UnsupportedError, WholeModuleError
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.lang.core import Nested, Scope, evaluate
from tfparse.lang.literals import constructor_key, object_key
from tfparse.lang.loops import scopes_of

_NODE_COST = 6
"""To step back into an expression is worth so many steps for each node of it: such within such would have no end."""

_ERROR = Unknown("it is in error")


def partial(node: Expression, scope: Scope) -> Value:
    """The value, unknown in places, of an expression that raised when it was evaluated."""
    scope.context.spend(_NODE_COST * _size(node))
    match node:
        case (ast.PAREN, _, _, inner):
            return partial(inner, scope)
        case (ast.TUPLE, _, _, items):
            return tuple_(tuple([_either(item, scope) for item in items]))
        case (ast.OBJECT, _, _, pairs):
            return _object(pairs, scope)
        case (ast.CONDITIONAL, _, _, *parts):
            return _conditional(parts, scope)
        case (ast.SPLAT, _, _, source, item):
            return _unknown(_splat_type(source, item, scope))
        case (ast.ATTR | ast.INDEX as tag, line, column, source, step):
            return _picked(tag, (line, column), source, step, scope)
        case (ast.FOR_TUPLE, _, _, key_name, value_name, source, result, condition):
            return _loop((key_name, value_name, source, condition), (None, result, False), scope)
        case (ast.FOR_OBJECT, _, _, key_name, value_name, source, key, result, condition, grouping):
            return _loop((key_name, value_name, source, condition), (key, result, grouping), scope)
        case (ast.BINARY | ast.UNARY, _, _, operator, *_):
            return _unknown(NUMBER if operator in "+-*/%" else BOOL)
        case (ast.TEMPLATE, *_):
            return _unknown(STRING)
    return _unknown(DYNAMIC)


def _size(node: Expression) -> int:
    """The number of nodes in an expression."""
    size = 0
    rest: list[tuple[object, ...]] = [node]
    while rest:
        size += 1
        rest += [child for child in rest.pop() if isinstance(child, tuple)]
    return size


def _unknown(type_: Type) -> Value:
    return Value(type_, _ERROR)


def _either(node: Expression, scope: Scope) -> Value:
    """The value of an expression, be it in error."""
    try:
        return evaluate(node, scope)
    except (WholeModuleError, UnsupportedError):
        raise
    except TerraformError:
        return partial(node, scope)


def _loop(
    intro: tuple[str | None, str, Expression, Expression | None],
    made: tuple[Expression | None, Expression, bool],
    scope: Scope,
) -> Value:
    """A ``for``: ``made`` are key (None in brackets), value, and whether values are grouped."""
    key, result, grouping = made
    try:
        scopes, unknown, _ = scopes_of(*intro, scope)
        if unknown is not None:
            return _unknown(DYNAMIC)
        if key is None:
            return tuple_(tuple([_either(result, inner) for inner in scopes]))
        groups: dict[str, list[Value]] = {}
        for inner in scopes:
            groups.setdefault(object_key(key, inner).as_string(), []).append(_either(result, inner))
    except (WholeModuleError, UnsupportedError):
        raise
    except (TerraformError, UnknownValueError):
        return _unknown(DYNAMIC)
    return object_({name: tuple_(tuple(values)) if grouping else values[0] for name, values in groups.items()})


def _object(pairs: tuple[tuple[Expression, Expression], ...], scope: Scope) -> Value:
    attributes: dict[str, Value] = {}
    for key_node, value_node in pairs:
        value = _either(value_node, scope)
        try:
            key = constructor_key(key_node, scope)
        except (WholeModuleError, UnsupportedError):
            raise
        except TerraformError:
            return _unknown(DYNAMIC)
        if key.is_unknown:
            return _unknown(DYNAMIC)
        attributes[key.as_string()] = value
    return object_(attributes)


def _conditional(parts: list[Expression], scope: Scope) -> Value:
    condition, *branches = (_either(part, scope) for part in parts)
    types = [b.type for b in branches if not (b.is_null and b.type == DYNAMIC)]
    type_ = DYNAMIC if DYNAMIC in types or not types else unify(types)
    if type_ is None:
        return _unknown(DYNAMIC)
    try:
        chosen = convert(condition, BOOL).raw
        return convert(branches[not chosen], type_) if isinstance(chosen, bool) else _unknown(type_)
    except ConversionError:
        return _unknown(type_)


def _picked(tag: str, place: tuple[int, int], source: Expression, step: Any, scope: Scope) -> Value:
    """What is picked out of something, or picked by something, that is in error."""
    try:
        within = Nested(scope, {"": _either(source, scope)})
        if tag == ast.INDEX:
            within.names["key"] = _either(step, scope)
            step = (ast.VAR, *place, "key")
        picked: Any = (tag, *place, (ast.ITEM, *place), step)
        return evaluate(picked, within)
    except (WholeModuleError, UnsupportedError):
        raise
    except TerraformError:
        return _unknown(DYNAMIC)


def _splat_type(collection: Expression, item: Expression, scope: Scope) -> Type:
    """The type that a splat would have if nothing were known but the types of the elements."""
    try:
        source = evaluate(collection, scope).type
    except (WholeModuleError, UnsupportedError):
        raise
    except TerraformError:
        return DYNAMIC

    def picked(element: Type) -> Type:
        return _either(item, Nested(scope, {"": Value(element, _ERROR)})).type

    if isinstance(source, (List, Set)):
        return List(picked(source.element))
    if isinstance(source, Tuple):
        return Tuple(tuple([picked(element) for element in source.elements]))
    return DYNAMIC if source == DYNAMIC else Tuple((picked(source),))
