"""What HCL makes of an expression that is in error: it goes on, with an unknown where the error is.

Nobody sees it, but its type has a say: ``true ? 1 : "${error}"`` is a string.
Source: hashicorp/hcl, ``hclsyntax/expression.go``.
"""

from __future__ import annotations

from tfparse.cty.convert import ConversionError, convert, unify
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Set, Tuple, Type
from tfparse.cty.values import Unknown, Value, object_, tuple_
from tfparse.diagnostics import TerraformError, UnknownValueError, UnsupportedError, WholeModuleError
from tfparse.hcl.ast import Node
from tfparse.lang.core import Nested, Scope, evaluate
from tfparse.lang.literals import object_key
from tfparse.lang.loops import turns_of

_COST = 2_000
"""A step back into an expression is worth so many turns of a loop: steps within steps would have no end."""

_ERROR = Unknown("it is in error")


def partial(node: Node, scope: Scope) -> Value:
    """The value, unknown in places, of an expression that raised when it was evaluated."""
    scope.context.spend(_COST)
    tag = node[0]
    if tag == "paren":
        return partial(node[3], scope)
    if tag == "tuple":
        return tuple_(tuple([_either(item, scope) for item in node[3]]))
    if tag == "object":
        return _object(node, scope)
    if tag == "conditional":
        return _conditional(node, scope)
    if tag == "splat":
        return _unknown(_splat_type(node, scope))
    if tag in ("for_tuple", "for_object"):
        return _loop(node, scope)
    by_operator = NUMBER if tag in ("binary", "unary") and node[3] in "+-*/%" else BOOL
    return _unknown(_TYPES.get(tag, DYNAMIC) if tag not in ("binary", "unary") else by_operator)


_TYPES: dict[str, Type] = {"template": STRING}


def _unknown(type_: Type) -> Value:
    return Value(type_, _ERROR)


def _either(node: Node, scope: Scope) -> Value:
    """The value of an expression, be it in error."""
    try:
        return evaluate(node, scope)
    except (WholeModuleError, UnsupportedError):
        raise
    except TerraformError:
        return partial(node, scope)


def _loop(node: Node, scope: Scope) -> Value:
    try:
        scopes, unknown, _ = turns_of(node, scope)
        if unknown is not None:
            return _unknown(DYNAMIC)
        if node[0] == "for_tuple":
            return tuple_(tuple([_either(node[6], inner) for inner in scopes]))
        groups: dict[str, list[Value]] = {}
        for inner in scopes:
            groups.setdefault(object_key(node[6], inner).as_string(), []).append(_either(node[7], inner))
    except (WholeModuleError, UnsupportedError):
        raise
    except (TerraformError, UnknownValueError):
        return _unknown(DYNAMIC)
    return object_({key: tuple_(tuple(values)) if node[9] else values[0] for key, values in groups.items()})


def _object(node: Node, scope: Scope) -> Value:
    attributes: dict[str, Value] = {}
    for key_node, value_node in node[3]:
        value = _either(value_node, scope)
        try:
            key = object_key(key_node, scope)
        except (WholeModuleError, UnsupportedError):
            raise
        except TerraformError:
            return _unknown(DYNAMIC)
        if key.is_unknown:
            return _unknown(DYNAMIC)
        attributes[key.as_string()] = value
    return object_(attributes)


def _conditional(node: Node, scope: Scope) -> Value:
    condition, *branches = (_either(part, scope) for part in node[3:6])
    types = [b.type for b in branches if not (b.is_null and b.type == DYNAMIC)]
    type_ = DYNAMIC if DYNAMIC in types or not types else unify(types)
    if type_ is None:
        return _unknown(DYNAMIC)
    try:
        chosen = convert(condition, BOOL).raw
        return convert(branches[not chosen], type_) if isinstance(chosen, bool) else _unknown(type_)
    except ConversionError:
        return _unknown(type_)


def _splat_type(node: Node, scope: Scope) -> Type:
    """The type that a splat would have if nothing were known but the types of the elements."""
    source = _either(node[3], scope).type

    def picked(element: Type) -> Type:
        return _either(node[4], Nested(scope, {"": Value(element, _ERROR)})).type

    if isinstance(source, (List, Set)):
        return List(picked(source.element))
    if isinstance(source, Tuple):
        return Tuple(tuple([picked(element) for element in source.elements]))
    return DYNAMIC if source == DYNAMIC else Tuple((picked(source),))
