"""Type constraints of variables: ``object({ a = string, b = optional(number, 5) })``.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Map, Object, Set, Tuple, Type
from tfparse.cty.values import Value
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import word_of
from tfparse.lang import Scope, constant, fail

_COLLECTIONS: dict[str, Callable[[Type], Type]] = {"list": List, "set": Set, "map": Map}
_BARE_COLLECTIONS: dict[str, Type] = {"list": List(DYNAMIC), "map": Map(DYNAMIC)}
"""These alone, and as a whole: ``list`` is short for ``list(any)``."""


class Defaults(Struct, frozen=True):
    """What ``optional(type, default)`` supplies: per attribute, and inside attributes and elements."""

    values: dict[str, Value] = field(default_factory=dict)
    children: dict[str, Defaults] = field(default_factory=dict)
    element: Defaults | None = None

    def __bool__(self) -> bool:
        return bool(self.values or self.children or self.element)


class Constraint(Struct, frozen=True):
    type: Type
    defaults: Defaults = field(default_factory=Defaults)

    def apply(self, value: Value) -> Value:
        """``value`` with the defaults filled in, as this type.

        Raises:
            ConversionError: the value has no such type.
        """
        return convert(_with_defaults(value, self.defaults), self.type)


ANY = Constraint(DYNAMIC)
_PLAIN = {"string": Constraint(STRING), "number": Constraint(NUMBER), "bool": Constraint(BOOL), "any": ANY}


def read_constraint(node: Expression, scope: Scope) -> Constraint:
    """The constraint that a ``type`` argument states."""
    match node:
        case (ast.VAR, _, _, name) if name in _BARE_COLLECTIONS:
            return Constraint(_BARE_COLLECTIONS[name])
    return _read(node, scope)


def _read(node: Expression, scope: Scope) -> Constraint:
    match node:
        case (ast.VAR, _, _, name) if name in _PLAIN:
            return _PLAIN[name]
        case (ast.PAREN, _, _, inner):
            return _read(inner, scope)
        case (ast.STRING, *_):
            fail(scope, node, "Invalid quoted type constraints", "Terraform 0.11 wrote types in quotes: remove them.")
        case (ast.CALL, _, _, name, (argument,), _) if name in _COLLECTIONS:
            element = _read(argument, scope)
            return Constraint(_COLLECTIONS[name](element.type), Defaults(element=element.defaults or None))
        case (ast.CALL, _, _, "tuple", ((ast.TUPLE, _, _, items),), _):
            read = [_read(item, scope) for item in items]
            children = {str(i): c.defaults for i, c in enumerate(read) if c.defaults}
            return Constraint(Tuple(tuple(c.type for c in read)), Defaults(children=children))
        case (ast.CALL, _, _, "object", ((ast.OBJECT, _, _, pairs),), _):
            return _read_object(pairs, scope)
    fail(scope, node, "Invalid type specification", "This is not a valid type constraint.")


def _read_object(pairs: tuple[tuple[Expression, Expression], ...], scope: Scope) -> Constraint:
    types: dict[str, Type] = {}
    optional: set[str] = set()
    values: dict[str, Value] = {}
    children: dict[str, Defaults] = {}
    for key, value in pairs:
        name = word_of(key)
        if name is None:
            fail(scope, key, "Invalid type specification", "Object attribute names must be plain names.")
        match value:
            case (ast.CALL, _, _, "optional", (type_, *rest), _):
                optional.add(name)
                inner = _read(type_, scope)
                for default in rest[:1] if len(rest) == 1 else ():
                    try:
                        values[name] = inner.apply(constant(default, scope))
                    except ConversionError as error:
                        fail(scope, value, "Invalid default value for optional attribute", str(error))
            case _:
                inner = _read(value, scope)
        types[name] = inner.type
        if inner.defaults:
            children[name] = inner.defaults
    return Constraint(Object.of(types, frozenset(optional)), Defaults(values, children))


def _with_defaults(value: Value, defaults: Defaults) -> Value:
    raw = value.raw
    if not defaults:
        return value
    if isinstance(raw, dict):
        items = dict(raw)
        if value.rest is None:
            for name, default in defaults.values.items():
                present = items.get(name)
                if present is None or present.is_null:
                    items[name] = default
        for name, child in items.items():
            inner = defaults.children.get(name) or defaults.element
            if inner is not None:
                items[name] = _with_defaults(child, inner)
        type_: Type = DYNAMIC if value.rest else Object.of({k: v.type for k, v in items.items()})
        return Value(type_, dict(sorted(items.items())), value.origin, marks=value.marks, rest=value.rest)
    if isinstance(raw, tuple):
        elements = tuple(
            _with_defaults(v, defaults.children.get(str(i)) or defaults.element or Defaults())
            for i, v in enumerate(raw)
        )
        return Value(Tuple(tuple(e.type for e in elements)), elements, value.origin, marks=value.marks)
    return value
