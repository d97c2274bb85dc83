"""Whether two answers are one and the same, down to the lines that decide them: values as Terraform compares them may
differ in that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from msgspec import Struct

from tfparse.cty.values import Unknown, Value

R = TypeVar("R")

_VALUE = ("type", "sensitive", "origin", "parts", "rest", "raw")


def identical(one: object, other: object) -> bool:
    """Whether nobody could tell the two apart.  What cannot be compared is not identical."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Value):
        return all(identical(getattr(one, name), getattr(other, name)) for name in _VALUE)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(identical, one.values(), other.values()))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, Struct):
        return all(identical(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)
    return one == other and getattr(one, "precision", None) == getattr(other, "precision", None)


class _Text:
    """A string, which is equal to another where nobody could tell the two apart."""

    __slots__ = ("value", "_key")

    def __init__(self, value: Value) -> None:
        self.value = value
        said = value.raw, *(part.text for part in value.text_parts())
        # Of two unknowns that are equal each may stand for something else.
        wholes = tuple(one.stands_for for one in said if isinstance(one, Unknown))
        self._key = value.type, value.raw, value.origin, value.marks, value.rest, value.parts, wholes

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and self._key == other._key


def kept_by_text(most: int) -> Callable[[Callable[[Value], R]], Callable[[Value], R]]:
    """Have a function keep what it made of the last few strings, which nobody changes.  What it raises is not kept.

    In a history most texts are the same from one commit to the next, whatever root module they are read in.
    """

    def keep(function: Callable[[Value], R]) -> Callable[[Value], R]:
        made = lru_cache(maxsize=most)(lambda text: function(text.value))

        @wraps(function)
        def of(value: Value) -> R:
            result: R = made(_Text(value))
            return result

        return of

    return keep
