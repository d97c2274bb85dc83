"""References: names, attributes, elements and splats."""

from __future__ import annotations

from tfparse.cty.convert import ConversionError
from tfparse.cty.types import DYNAMIC, List, Set, Tuple, has_dynamic
from tfparse.cty.values import Unknown, Value, list_, tuple_
from tfparse.hcl.ast import Node
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, evaluate_lazily, fail, origin_of, rule, watching
from tfparse.lang.loops import collection_unknown
from tfparse.lang.traversal import attribute_of, element_of


@rule("var")
def _variable(node: Node, scope: Scope) -> Lazy:
    return scope.resolve(node[3], origin_of(node, scope))


@rule("attr")
def _attribute(node: Node, scope: Scope) -> Lazy:
    holder = evaluate_lazily(node[3], scope)
    try:
        if isinstance(holder, Value):
            return attribute_of(holder, node[4])
        return holder.attribute(node[4], origin_of(node, scope))
    except ConversionError as error:
        null = isinstance(holder, Value) and holder.is_null
        fail(scope, node, "Attempt to get attribute from null value" if null else "Unsupported attribute", str(error))


@rule("index")
def _index(node: Node, scope: Scope) -> Lazy:
    holder = evaluate_lazily(node[3], scope)
    key = evaluate(node[4], scope)
    try:
        if isinstance(holder, Value):
            return element_of(holder, key)
        return holder.index(key, origin_of(node, scope))
    except ConversionError as error:
        of_null = isinstance(holder, Value) and holder.is_null
        fail(scope, node, "Attempt to index null value" if of_null else "Invalid index", str(error))


@rule("splat")
def _splat(node: Node, scope: Scope) -> Value:
    source = evaluate(node[3], scope)
    raw = source.raw
    origin = origin_of(node, scope)
    if isinstance(raw, Unknown):
        return Value(DYNAMIC, raw, source.origin, sensitive=source.sensitive)
    elements: tuple[Value, ...]
    if not isinstance(source.type, (List, Set, Tuple)):
        elements = () if raw is None else (source.marked(False),)
    elif raw is None:
        fail(scope, node, "Splat of null value", "Splat expressions (with the * symbol) cannot be applied to null.")
    else:
        why = collection_unknown(source)
        if why is not None:
            return Value(DYNAMIC, why, source.origin, sensitive=source.sensitive)
        elements = source.elements()
    results = tuple([evaluate(node[4], Nested(scope, {"": element})) for element in elements])
    if not isinstance(source.type, (List, Set)):
        return tuple_(results, origin).marked(source.sensitive)
    if not results:
        # What would be picked out of an element has the type of those that there are not.
        anything = Value(source.type.element, _NO_ELEMENT)
        with watching(None):
            kind = evaluate(node[4], Nested(scope, {"": anything})).type
        return list_(kind, (), origin).marked(source.sensitive)
    return _list_of(results, node, scope).marked(source.sensitive)


_NO_ELEMENT = Unknown("there is no element")


def _list_of(results: tuple[Value, ...], node: Node, scope: Scope) -> Value:
    """The results of a splat of a list or a set: they are of one type."""
    types = {result.type for result in results}
    if len(types) > 1 and not any(map(has_dynamic, types)):
        fail(scope, node, "Invalid nested splat expressions", "The elements of the result are of different types.")
    return list_(types.pop() if len(types) == 1 else DYNAMIC, results, origin_of(node, scope))


@rule("item")
def _item(node: Node, scope: Scope) -> Lazy:
    return scope.resolve("", origin_of(node, scope))
