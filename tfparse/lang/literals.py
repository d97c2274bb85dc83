"""Literals and constructors."""

from __future__ import annotations

from tfparse.cty.convert import ConversionError, convert, parse_number
from tfparse.cty.types import DYNAMIC, NUMBER, STRING
from tfparse.cty.values import Unknown, Value, boolean, null, number, object_, tuple_
from tfparse.diagnostics import origin_at
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, tag_of
from tfparse.lang.core import Lazy, Scope, evaluate, evaluate_lazily, fail, looked_into, rule


@rule(ast.LITERAL)
def _literal(node: ast.Constant, scope: Scope) -> Value:
    _, line, column, constant = node
    origin = origin_at((scope.file, line, column))
    return null(DYNAMIC, origin) if constant is None else boolean(constant, origin)


@rule(ast.NUMBER)
def _number(node: ast.Number, scope: Scope) -> Value:
    _, line, column, digits = node
    found, origin = parse_number(digits), origin_at((scope.file, line, column))
    value = Value(NUMBER, found, origin) if isinstance(found, Unknown) else number(found, origin)
    return value.marked(scope.context.marks_at(scope.file, line, column))


@rule(ast.STRING)
def _string(node: ast.String, scope: Scope) -> Value:
    _, line, column, text = node
    marks = scope.context.marks_at(scope.file, line, column)
    return Value(STRING, text, origin_at((scope.file, line, column)), marks=marks)


@rule(ast.PAREN)
def _paren(node: ast.Parentheses, scope: Scope) -> Lazy:
    _, _, _, inner = node
    return evaluate_lazily(inner, scope)


@rule(ast.TUPLE)
def _tuple(node: ast.Tuple, scope: Scope) -> Value:
    _, line, column, items = node
    values = []
    for item in items:
        values.append(evaluate(item, scope))
    return tuple_(tuple(values), origin_at((scope.file, line, column)))


@rule(ast.OBJECT)
def _object(node: ast.Object, scope: Scope) -> Value:
    _, line, column, pairs = node
    attributes: dict[str, Value] = {}
    rest: Unknown | None = None
    marks = 0
    for key_node, value_node in pairs:
        key = constructor_key(key_node, scope)
        marks |= key.marks
        value = evaluate(value_node, scope)
        if isinstance(key.raw, Unknown):
            # It may be any of the keys so far (and would win over it), or another one.
            rest = rest or key.raw
            attributes = {k: Value(DYNAMIC, key.raw, v.origin, marks=v.marks) for k, v in attributes.items()}
        else:
            attributes[key.as_string()] = value
    return object_(attributes, origin_at((scope.file, line, column)), rest).marked(marks)


def constructor_key(node: Expression, scope: Scope) -> Value:
    """A key in an object constructor, where a bare reference is ambiguous; in a ``for`` it is not."""
    if _is_traversal(node):
        # (Of a map that is never evaluated, such as a module call's providers, HCL takes it.)
        detail = "To use a reference as the key, wrap it in parentheses; to use a literal, in quotes."
        fail(scope, node, "Ambiguous attribute key", detail)
    return object_key(node, scope)


def object_key(node: Expression, scope: Scope) -> Value:
    """The value of a key, as a string."""
    key = evaluate(node, scope)
    looked_into(key)
    if key.is_null:
        fail(scope, node, "Null value as key", "Can't use a null value as a key.")
    try:
        return convert(key, STRING)
    except ConversionError as error:
        fail(scope, node, "Incorrect key type", f"Can't use this value as a key: {error}.")


def _is_traversal(node: Expression) -> bool:
    """Whether a key is a bare reference: ``a.b``, ``a["b"].c``."""
    match node:
        case (ast.ATTR, _, _, held, _) | (ast.INDEX, _, _, held, (ast.NUMBER | ast.STRING | ast.LITERAL, *_)):
            return tag_of(held) == ast.VAR or _is_traversal(held)
    return False
