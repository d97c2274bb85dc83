"""Terraform's types: three primitives, three collections, two structural types, and *any*.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
and the type system of zclconf/go-cty, whose names these are.
"""

from __future__ import annotations

from msgspec import Struct, field


class Primitive(Struct, frozen=True):
    name: str

    def __str__(self) -> str:
        return self.name


class Dynamic(Struct, frozen=True):
    """The type of what is not known, of a bare ``null``, and of the constraint ``any``."""

    def __str__(self) -> str:
        return "any"


class List(Struct, frozen=True):
    element: Type

    def __str__(self) -> str:
        return f"list({self.element})"


class Set(Struct, frozen=True):
    element: Type

    def __str__(self) -> str:
        return f"set({self.element})"


class Map(Struct, frozen=True):
    element: Type

    def __str__(self) -> str:
        return f"map({self.element})"


class Tuple(Struct, frozen=True):
    elements: tuple[Type, ...]

    def __str__(self) -> str:
        return "tuple([" + ", ".join(map(str, self.elements)) + "])"


class Object(Struct, frozen=True):
    """``attributes`` is sorted by name; ``optional`` names those a constraint lets be absent."""

    attributes: tuple[tuple[str, Type], ...]
    optional: frozenset[str] = field(default_factory=frozenset)

    @staticmethod
    def of(attributes: dict[str, Type], optional: frozenset[str] = frozenset()) -> Object:
        return Object(tuple(sorted(attributes.items())), optional)

    def as_dict(self) -> dict[str, Type]:
        return dict(self.attributes)

    def __str__(self) -> str:
        return "object({" + ", ".join(f"{k}={t}" for k, t in self.attributes) + "})"


Type = Primitive | Dynamic | List | Set | Map | Tuple | Object

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Dynamic()


def has_dynamic(t: Type) -> bool:
    """Whether any part of the type is still open."""
    if isinstance(t, Dynamic):
        return True
    if isinstance(t, (List, Set, Map)):
        return has_dynamic(t.element)
    if isinstance(t, Tuple):
        return any(has_dynamic(e) for e in t.elements)
    if isinstance(t, Object):
        return any(has_dynamic(e) for _, e in t.attributes)
    return False
