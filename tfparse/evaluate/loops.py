"""``for`` expressions, and the going through a collection that they share with templates and blocks."""

from __future__ import annotations

from tfparse.ast import Node
from tfparse.convert import ConversionError, convert
from tfparse.evaluate.core import Lazy, Nested, Scope, evaluate, fail, origin_of, rule
from tfparse.evaluate.literals import object_key
from tfparse.types import BOOL, DYNAMIC, Set
from tfparse.values import Unknown, Value, number, object_, string, tuple_


def iterate(collection: Value, node: Node, scope: Scope) -> list[tuple[Value, Value]]:
    """The (key, value) pairs that a ``for`` goes through; the collection must be known."""
    origin = collection.origin
    if collection.is_null:
        fail(scope, node, "Iteration over null value", "A null value cannot be used as the collection in a 'for'.")
    raw = collection.raw
    scope.context.spend(len(raw) if isinstance(raw, (dict, tuple)) else 0)
    mark = collection.sensitive
    if isinstance(raw, dict):
        return [(string(k, origin).marked(mark), v.marked(v.sensitive or mark)) for k, v in raw.items()]
    if isinstance(raw, tuple):
        if isinstance(collection.type, Set):
            return [(v, v.marked(v.sensitive or mark)) for v in raw]
        return [(number(i, origin).marked(mark), v.marked(v.sensitive or mark)) for i, v in enumerate(raw)]
    fail(scope, node, "Iteration over non-iterable value", f"A value of type {collection.type} cannot be used here.")


def collection_unknown(collection: Value) -> Unknown | None:
    """Why it is not known how often a ``for`` over this turns."""
    if isinstance(collection.raw, Unknown):
        return collection.raw
    if collection.rest is not None:
        return collection.rest
    return collection.first_unknown() if isinstance(collection.type, Set) else None


def _turns(node: Node, scope: Scope, condition: Node | None) -> tuple[list[Scope], Unknown | None, bool]:
    """The scopes in which a ``for`` evaluates its result; or why they are unknown; and sensitivity."""
    collection = evaluate(node[5], scope)
    why = collection_unknown(collection)
    if why is not None:
        return [], why, collection.sensitive
    sensitive = collection.sensitive
    scopes: list[Scope] = []
    for key, value in iterate(collection, node[5], scope):
        names: dict[str, Lazy] = {node[4]: value}
        if node[3] is not None:
            names[node[3]] = key
        inner = Nested(scope, names)
        if condition is not None:
            wanted = _for_condition(condition, inner)
            sensitive |= wanted.sensitive
            if isinstance(wanted.raw, Unknown):
                return [], wanted.raw, sensitive
            if not wanted.as_bool():
                continue
        scopes.append(inner)
    return scopes, None, sensitive


def _for_condition(condition: Node, scope: Scope) -> Value:
    wanted = evaluate(condition, scope)
    if wanted.is_null:
        fail(scope, condition, "Condition is null", "The 'if' clause value must not be null.")
    try:
        return convert(wanted, BOOL)
    except ConversionError as error:
        fail(scope, condition, "Invalid 'for' condition", f"The 'if' clause value is invalid: {error}.")


@rule("for_tuple")
def _for_tuple(node: Node, scope: Scope) -> Value:
    scopes, why, sensitive = _turns(node, scope, node[7])
    origin = origin_of(node, scope)
    if why is not None:
        return Value(DYNAMIC, why, origin, sensitive=sensitive)
    results = []
    for inner in scopes:
        results.append(evaluate(node[6], inner))
    return tuple_(tuple(results), origin).marked(sensitive)


@rule("for_object")
def _for_object(node: Node, scope: Scope) -> Value:
    scopes, why, sensitive = _turns(node, scope, node[8])
    origin = origin_of(node, scope)
    groups: dict[str, list[Value]] = {}
    for inner in scopes:
        key = object_key(node[6], inner)
        sensitive |= key.sensitive
        if isinstance(key.raw, Unknown):
            why = why or key.raw
            continue
        values = groups.setdefault(key.as_string(), [])
        values.append(evaluate(node[7], inner))
        if len(values) > 1 and not node[9]:
            fail(scope, node, "Duplicate object key",
                 f'Two different items produced the key "{key.raw}" in this \'for\' expression. If duplicates are '
                 "expected, use the ellipsis (...) after the value expression to enable grouping by key.")
    if why is not None and (node[9] or not groups):
        return Value(DYNAMIC, why, origin, sensitive=sensitive)
    grouped = {k: tuple_(tuple(v), origin) if node[9] else v[0] for k, v in groups.items()}
    return object_(grouped, origin, why).marked(sensitive)
