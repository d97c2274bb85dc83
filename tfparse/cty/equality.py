"""Terraform's ``==``, and the sets that rest on it.

Source: zclconf/go-cty, ``cty/value_ops.go`` (Equals) and ``cty/set_internals.go`` (the order of a set).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tfparse.cty.gofmt import format_float, quote
from tfparse.cty.types import BOOL, Dynamic, List, Map, Object, Primitive, Set, Tuple, Type, has_dynamic
from tfparse.cty.values import Origin, Unknown, Value


def equal(a: Value, b: Value, origin: Origin | None = None) -> Value:
    """Whether two values are equal, as Terraform's ``==`` says: nothing is converted, nulls are equal.

    Unknown where it depends on an unknown; false where no content of the unknown could make them equal.
    """
    found = compare(a, b)
    return Value(BOOL, found, origin, marks=a.all_marks() | b.all_marks())


def compare(a: Value, b: Value) -> bool | Unknown:
    """:func:`equal` as a Python bool, or the unknown on which it depends."""
    if isinstance(a.raw, Unknown) or isinstance(b.raw, Unknown):
        return _compare_unknown(a, b)
    if a.raw is None or b.raw is None:
        return a.raw is None and b.raw is None
    if type(a.type) is not type(b.type) and a.rest is None and b.rest is None:
        return False
    if a.type != b.type and _type_is_certain(a) and _type_is_certain(b):
        if not _alike(a.type, b.type):
            return False
        # One of them is, somewhere, a list of no type in particular: it is empty, and so may be the other.
        return _compare_contents(a, b) and Unknown("the type of an empty collection is not known")
    return _compare_contents(a, b)


def _compare_contents(a: Value, b: Value) -> bool | Unknown:
    if isinstance(a.raw, dict) and isinstance(b.raw, dict):
        return _compare_maps(a, b)
    if isinstance(a.raw, tuple) and isinstance(b.raw, tuple):
        if isinstance(a.type, Set):
            return _compare_sets(a.raw, b.raw)
        return len(a.raw) == len(b.raw) and _all(map(compare, a.raw, b.raw))
    return a.raw == b.raw


def _type_is_certain(value: Value) -> bool:
    # A null may be of any type for ever; an unknown of any type will still be of one.
    return not has_dynamic(value.type) or value.first_unknown() is None


def _alike(a: Type, b: Type) -> bool:
    """Whether two types are the same but for collections of an open type."""
    if isinstance(a, (List, Set, Map)) and isinstance(b, (List, Set, Map)) and type(a) is type(b):
        return isinstance(a.element, Dynamic) or isinstance(b.element, Dynamic) or _alike(a.element, b.element)
    if isinstance(a, Tuple) and isinstance(b, Tuple) and len(a.elements) == len(b.elements):
        return all(map(_alike, a.elements, b.elements))
    if isinstance(a, Object) and isinstance(b, Object) and a.as_dict().keys() == b.as_dict().keys():
        return all(map(_alike, a.as_dict().values(), b.as_dict().values()))
    return a == b


def _compare_unknown(a: Value, b: Value) -> bool | Unknown:
    hole, other = (a, b) if isinstance(a.raw, Unknown) else (b, a)
    why = hole.raw
    assert isinstance(why, Unknown)
    if isinstance(other.raw, Unknown):
        return why
    if other.raw is None:
        # A string with known parts may be of any length, but it is not null.
        return False if hole.parts is not None else why
    if isinstance(other.raw, str) and hole.parts is not None:
        return why if could_be(hole, other.raw) else False
    if other.rest is not None or has_dynamic(hole.type) or has_dynamic(other.type) or hole.type == other.type:
        return why
    return False


def could_be(template: Value, text: str) -> bool:
    """Whether a string whose parts are partly unknown could turn out to be ``text``."""
    runs = [""]
    for part in template.text_parts():
        if isinstance(part.text, Unknown):
            runs.append("")
        else:
            runs[-1] += part.text
    first, *middle, last = runs if len(runs) > 1 else (runs[0], "")
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for run in middle:
        found = text.find(run, at, end)
        if found < 0:
            return False
        at = found + len(run)
    return len(runs) > 1 or text == first


def _all(results: Iterable[bool | Unknown]) -> bool | Unknown:
    """True if all are, False if one is not, else the first unknown."""
    unknown: Unknown | None = None
    for result in results:
        if result is False:
            return False
        if isinstance(result, Unknown):
            unknown = unknown or result
    return True if unknown is None else unknown


def _compare_maps(a: Value, b: Value) -> bool | Unknown:
    assert isinstance(a.raw, dict)
    assert isinstance(b.raw, dict)
    if (a.rest is None and b.raw.keys() - a.raw.keys()) or (b.rest is None and a.raw.keys() - b.raw.keys()):
        return False
    listed = _all(compare(a.raw[key], b.raw[key]) for key in a.raw.keys() & b.raw.keys())
    return listed if listed is False else a.rest or b.rest or listed


def _compare_sets(a: Sequence[Value], b: Sequence[Value]) -> bool | Unknown:
    for element in (*a, *b):
        unknown = element.first_unknown()
        if unknown is not None:
            return unknown
    # Both are in Terraform's order, which is the same for equal sets.
    return len(a) == len(b) and _all(map(compare, a, b))


# -- sets -------------------------------------------------------------------------------------------


def set_(element: Type, values: Iterable[Value], origin: Origin | None = None) -> Value:
    """A set: duplicates dropped, Terraform's order, the marks of any element spread to the whole."""
    keyed: dict[object, Value] = {}
    marks = 0
    for value in values:
        marks |= value.all_marks()
        value = without_marks(value)
        # An unknown element is equal to nothing, not even to another unknown.
        key: object = len(keyed) if value.first_unknown() is not None else hash_text(value, exact=True)
        keyed.setdefault(key, value)
    ordered = sorted(keyed.values(), key=_order(element))
    return Value(Set(element), tuple(ordered), origin, marks=marks)


def without_marks(value: Value) -> Value:
    """The value with no mark at any depth."""
    if not value.all_marks():
        return value
    raw = value.raw
    if isinstance(raw, dict):
        raw = {key: without_marks(item) for key, item in raw.items()}
    elif isinstance(raw, tuple):
        raw = tuple(map(without_marks, raw))
    return Value(value.type, raw, value.origin, parts=value.parts, rest=value.rest)


def _order(element: Type) -> Callable[[Value], tuple[int, Any]]:
    def key(value: Value) -> tuple[int, Any]:
        if isinstance(value.raw, Unknown):
            return 1, 0
        if value.raw is None:
            return 2, 0
        if isinstance(value.raw, str):
            return 0, value.raw.encode()
        return 0, value.raw if isinstance(element, Primitive) else hash_text(value).encode()

    return key


def hash_text(value: Value, *, exact: bool = False) -> str:
    """The text by which go-cty orders the elements of a set that have no order of their own.

    It shortens numbers to ten digits; with ``exact`` it does not, and then equal texts are equal values.
    """
    raw, kind = value.raw, value.type
    if raw is None:
        return "~"
    if isinstance(raw, Unknown):
        return "?"
    if isinstance(raw, bool):
        return "T" if raw else "F"
    if isinstance(raw, str):
        return quote(raw)
    if isinstance(raw, dict):
        if isinstance(kind, Map):
            return "{" + "".join(f"{quote(key)}:{hash_text(item, exact=exact)};" for key, item in raw.items()) + "}"
        return "<" + "".join(f"{hash_text(item, exact=exact)};" for item in raw.values()) + ">"
    if isinstance(raw, tuple):
        inner = "".join(f"{hash_text(item, exact=exact)};" for item in raw)
        return f"<{inner}>" if isinstance(kind, Tuple) else f"[{inner}]"
    if exact:
        return f"{raw.numerator:x}/{raw.denominator:x}"
    return ("-" if raw < 0 else "") + format_float(raw, "g", 10)
