"""References: names, attributes, elements and splats."""

from __future__ import annotations

from tfparse.cty.convert import ConversionError
from tfparse.cty.types import DYNAMIC, Dynamic, List, Set, Tuple, Type, has_dynamic
from tfparse.cty.values import Unknown, Value, list_, tuple_
from tfparse.diagnostics import origin_at
from tfparse.hcl import ast
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, evaluate_lazily, fail, origin_of, rule, watching
from tfparse.lang.loops import collection_unknown
from tfparse.lang.traversal import attribute_of, element_of


@rule(ast.VAR)
def _variable(node: ast.Variable, scope: Scope) -> Lazy:
    _, line, column, name = node
    return scope.resolve(name, origin_at((scope.file, line, column)))


@rule(ast.ATTR)
def _attribute(node: ast.GetAttr, scope: Scope) -> Lazy:
    _, line, column, source, name = node
    holder = evaluate_lazily(source, scope)
    try:
        if isinstance(holder, Value):
            return attribute_of(holder, name)
        return holder.attribute(name, origin_at((scope.file, line, column)))
    except ConversionError as error:
        null = isinstance(holder, Value) and holder.is_null
        fail(scope, node, "Attempt to get attribute from null value" if null else "Unsupported attribute", str(error))


@rule(ast.INDEX)
def _index(node: ast.Index, scope: Scope) -> Lazy:
    _, _, _, source, at = node
    holder = evaluate_lazily(source, scope)
    key = evaluate(at, scope)
    try:
        if isinstance(holder, Value):
            return element_of(holder, key)
        return holder.index(key, origin_of(node, scope))
    except ConversionError as error:
        of_null = isinstance(holder, Value) and holder.is_null
        fail(scope, node, "Attempt to index null value" if of_null else "Invalid index", str(error))


@rule(ast.SPLAT)
def _splat(node: ast.Splat, scope: Scope) -> Value:
    _, _, _, collection, item = node
    source = evaluate(collection, scope)
    raw = source.raw
    origin = origin_of(node, scope)
    if isinstance(raw, Unknown):
        return _unknown_splat(source, raw, item, scope)
    elements: tuple[Value, ...]
    if not isinstance(source.type, (List, Set, Tuple)):
        elements = () if raw is None else (source.remarked(0),)
    elif raw is None:
        fail(scope, node, "Splat of null value", "Splat expressions (with the * symbol) cannot be applied to null.")
    else:
        why = collection_unknown(source)
        if why is not None:
            return _unknown_splat(source, why, item, scope)
        elements = source.elements()
    results = tuple([evaluate(item, Nested(scope, {"": element})) for element in elements])
    if not isinstance(source.type, (List, Set)):
        return tuple_(results, origin).marked(source.marks)
    if not results:
        # What would be picked out of an element has the type of those that there are not.
        anything = Value(source.type.element, _NO_ELEMENT)
        with watching(None):
            kind = evaluate(item, Nested(scope, {"": anything})).type
        return list_(kind, (), origin).marked(source.marks)
    return _list_of(results, node, scope).marked(source.marks)


_NO_ELEMENT = Unknown("there is no element")


def _unknown_splat(source: Value, why: Unknown, item: ast.Expression, scope: Scope) -> Value:
    """A splat of what is not known; what cannot be picked out of any element of its type is an error already."""

    def picked(type_: Type) -> Type:
        return evaluate(item, Nested(scope, {"": Value(type_, why, source.origin)})).type

    kind: Type = DYNAMIC
    if isinstance(source.type, (List, Set)):
        kind = List(picked(source.type.element))
    elif isinstance(source.type, Tuple):
        kind = Tuple(tuple(map(picked, source.type.elements)))
    elif not isinstance(source.type, Dynamic):
        # (It may yet be null, of which a splat is empty.)
        picked(source.type)
    return Value(kind, why, source.origin, marks=source.marks)


def _list_of(results: tuple[Value, ...], node: ast.Splat, scope: Scope) -> Value:
    """The results of a splat of a list or a set: they are of one type."""
    types = {result.type for result in results}
    if len(types) > 1 and not any(map(has_dynamic, types)):
        fail(scope, node, "Invalid nested splat expressions", "The elements of the result are of different types.")
    return list_(types.pop() if len(types) == 1 else DYNAMIC, results, origin_of(node, scope))


@rule(ast.ITEM)
def _item(node: ast.Item, scope: Scope) -> Lazy:
    return scope.resolve("", origin_of(node, scope))
