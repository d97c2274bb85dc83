"""``for`` expressions, and the going through a collection that they share with templates and blocks."""

from __future__ import annotations

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.numbers import length_of
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, Primitive, Set
from tfparse.cty.values import REDACTED, Unknown, Value, object_, string, tuple_
from tfparse.diagnostics import Origin, TerraformError, UnsupportedError, WholeModuleError
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import calls
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, fail, origin_of, rule, watching
from tfparse.lang.literals import object_key

_TURN_COST = 6
"""A turn of a loop is worth so many steps."""


def iterated(node: Expression, scope: Scope) -> Value:
    """The collection that a ``for`` goes through, perhaps an unknown one."""
    collection = evaluate(node, scope)
    if collection.is_null:
        fail(scope, node, "Iteration over null value", "A null value cannot be used as the collection in a 'for'.")
    if isinstance(collection.type, Primitive):
        fail(
            scope,
            node,
            "Iteration over non-iterable value",
            f"A value of type {collection.type} cannot be used as the collection in a 'for' expression.",
        )
    return collection


def iterate(collection: Value, node: Expression, scope: Scope) -> list[tuple[Value, Value]]:
    """The (key, value) pairs that a ``for`` goes through; the collection must be known."""
    origin = collection.origin
    raw = collection.raw
    scope.context.spend(len(raw) * _TURN_COST if isinstance(raw, (dict, tuple)) else 0)
    mark = collection.marks
    if isinstance(raw, dict):
        return [(string(k, key_origin(v, origin)).marked(mark), v.marked(mark)) for k, v in raw.items()]
    if isinstance(raw, tuple):
        if isinstance(collection.type, Set):
            return [(v, v.marked(mark)) for v in raw]
        return [(Value(NUMBER, length_of(i), origin).marked(mark), v.marked(mark)) for i, v in enumerate(raw)]
    fail(scope, node, "Iteration over non-iterable value", f"A value of type {collection.type} cannot be used here.")


def key_origin(item: Value, collection: Origin | None) -> Origin | None:
    """Where a key of a map stands: in the line of what it stands for, if that is part of what is written as the map."""
    there = item.origin
    if there is None or collection is None or there.file != collection.file or there.line <= collection.line:
        return collection
    return there


def collection_unknown(collection: Value) -> Unknown | None:
    """Why it is not known how often a ``for`` over this turns."""
    if isinstance(collection.raw, Unknown):
        return collection.raw
    if collection.rest is not None:
        return collection.rest
    return collection.first_unknown() if isinstance(collection.type, Set) else None


def scopes_of(
    key_name: str | None, value_name: str, source: Expression, condition: Expression | None, scope: Scope
) -> tuple[list[Scope], Unknown | None, int]:
    """The scopes in which a ``for`` evaluates its result; or why they are unknown; and the marks of what decides."""
    collection = iterated(source, scope)
    why = collection_unknown(collection)
    marks = collection.marks
    scopes: list[Scope] = []
    pairs = iterate(collection, source, scope) if why is None else []
    if condition is not None and not pairs and collection.type != DYNAMIC:
        nothing = Value(DYNAMIC, _NO_ELEMENT)
        _check_condition(condition, Nested(scope, {key_name or value_name: nothing, value_name: nothing}))
    if why is not None:
        return [], why, marks
    for key, value in pairs:
        names: dict[str, Lazy] = {value_name: value}
        if key_name is not None:
            names[key_name] = key
        inner = Nested(scope, names)
        if condition is not None:
            wanted = _for_condition(condition, inner)
            marks |= wanted.marks
            if isinstance(wanted.raw, Unknown):
                return [], wanted.raw, marks
            if not wanted.as_bool():
                continue
        scopes.append(inner)
    return scopes, None, marks


_NO_ELEMENT = Unknown("there is no element")


def _check_condition(condition: Expression, scope: Scope) -> None:
    """Terraform looks at the condition before it goes through anything: an error for all elements is one for none."""
    try:
        with watching(None):
            _for_condition(condition, scope)
    except WholeModuleError:
        raise
    except TerraformError as error:
        if next(calls(condition), None) is None:
            raise
        # Of an argument that is not known, Terraform's functions say less than ours.
        raise UnsupportedError(*error.diagnostics) from None


def _for_condition(condition: Expression, scope: Scope) -> Value:
    wanted = evaluate(condition, scope)
    if wanted.is_null:
        fail(scope, condition, "Condition is null", "The 'if' clause value must not be null.")
    try:
        return convert(wanted, BOOL)
    except ConversionError as error:
        fail(scope, condition, "Invalid 'for' condition", f"The 'if' clause value is invalid: {error}.")


@rule(ast.FOR_TUPLE)
def _for_tuple(node: ast.ForTuple, scope: Scope) -> Value:
    _, _, _, key_name, value_name, source, result, condition = node
    scopes, why, marks = scopes_of(key_name, value_name, source, condition, scope)
    origin = origin_of(node, scope)
    if why is not None:
        return Value(DYNAMIC, why, origin, marks=marks)
    results = []
    for inner in scopes:
        results.append(evaluate(result, inner))
    return tuple_(tuple(results), origin).marked(marks)


@rule(ast.FOR_OBJECT)
def _for_object(node: ast.ForObject, scope: Scope) -> Value:
    _, _, _, key_name, value_name, source, key_result, result, condition, grouping = node
    scopes, why, marks = scopes_of(key_name, value_name, source, condition, scope)
    origin = origin_of(node, scope)
    groups: dict[str, list[Value]] = {}
    for inner in scopes:
        key = object_key(key_result, inner)
        marks |= key.marks
        if isinstance(key.raw, Unknown):
            why = why or key.raw
            continue
        values = groups.setdefault(key.as_string(), [])
        values.append(evaluate(result, inner))
        if len(values) > 1 and not grouping:
            shown = REDACTED if key.secret else key.raw
            fail(
                scope,
                node,
                "Duplicate object key",
                f"Two different items produced the key \"{shown}\" in this 'for' expression. If duplicates are "
                "expected, use the ellipsis (...) after the value expression to enable grouping by key.",
                secret=key.secret,
            )
    if why is not None and (grouping or not groups):
        return Value(DYNAMIC, why, origin, marks=marks)
    grouped = {k: tuple_(tuple(v), origin) if grouping else v[0] for k, v in groups.items()}
    return object_(grouped, origin, why).marked(marks)
