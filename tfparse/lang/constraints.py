"""Type constraints of variables: ``object({ a = string, b = optional(number, 5) })``.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Map, Object, Set, Tuple, Type
from tfparse.cty.values import Value
from tfparse.hcl.ast import Node
from tfparse.lang import Scope, constant, fail

_PRIMITIVES: dict[str, Type] = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
_COLLECTIONS: dict[str, Callable[[Type], Type]] = {"list": List, "set": Set, "map": Map}
_BARE_COLLECTIONS: dict[str, Type] = {"list": List(DYNAMIC), "map": Map(DYNAMIC)}
"""These alone, and as a whole: ``list`` is short for ``list(any)``."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What ``optional(type, default)`` supplies: per attribute, and inside attributes and elements."""

    values: dict[str, Value] = field(default_factory=dict)
    children: dict[str, Defaults] = field(default_factory=dict)
    element: Defaults | None = None

    def __bool__(self) -> bool:
        return bool(self.values or self.children or self.element)


@dataclass(frozen=True, slots=True)
class Constraint:
    type: Type
    defaults: Defaults = field(default_factory=Defaults)

    def apply(self, value: Value) -> Value:
        """``value`` with the defaults filled in, as this type.  Raises ConversionError."""
        return convert(_with_defaults(value, self.defaults), self.type)


ANY = Constraint(DYNAMIC)


def read_constraint(node: Node, scope: Scope) -> Constraint:
    """The constraint that a ``type`` argument states."""
    if node[0] == "var" and node[3] in _BARE_COLLECTIONS:
        return Constraint(_BARE_COLLECTIONS[node[3]])
    return _read(node, scope)


def _read(node: Node, scope: Scope) -> Constraint:
    tag = node[0]
    if tag == "paren":
        return _read(node[3], scope)
    if tag == "var" and node[3] in _PRIMITIVES:
        return Constraint(_PRIMITIVES[node[3]])
    if tag == "string":
        fail(scope, node, "Invalid quoted type constraints", "Terraform 0.11 wrote types in quotes: remove them.")
    if tag == "call" and len(node[4]) == 1:
        name, argument = node[3], node[4][0]
        if name in _COLLECTIONS:
            element = _read(argument, scope)
            return Constraint(_COLLECTIONS[name](element.type), Defaults(element=element.defaults or None))
        if name == "tuple" and argument[0] == "tuple":
            items = [_read(item, scope) for item in argument[3]]
            children = {str(i): c.defaults for i, c in enumerate(items) if c.defaults}
            return Constraint(Tuple(tuple(c.type for c in items)), Defaults(children=children))
        if name == "object" and argument[0] == "object":
            return _read_object(argument, scope)
    fail(scope, node, "Invalid type specification", "This is not a valid type constraint.")


def _read_object(node: Node, scope: Scope) -> Constraint:
    types: dict[str, Type] = {}
    optional: set[str] = set()
    values: dict[str, Value] = {}
    children: dict[str, Defaults] = {}
    for key, value in node[3]:
        if key[0] not in ("string", "var"):
            fail(scope, key, "Invalid type specification", "Object attribute names must be plain names.")
        name = key[3]
        if value[0] == "call" and value[3] == "optional":
            optional.add(name)
            inner = _read(value[4][0], scope)
            if len(value[4]) == 2:
                try:
                    values[name] = inner.apply(constant(value[4][1], scope))
                except ConversionError as error:
                    fail(scope, value, "Invalid default value for optional attribute", str(error))
        else:
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
        return Value(type_, dict(sorted(items.items())), value.origin, sensitive=value.sensitive, rest=value.rest)
    if isinstance(raw, tuple):
        elements = tuple(
            _with_defaults(v, defaults.children.get(str(i)) or defaults.element or Defaults())
            for i, v in enumerate(raw)
        )
        return Value(Tuple(tuple(e.type for e in elements)), elements, value.origin, sensitive=value.sensitive)
    return value
