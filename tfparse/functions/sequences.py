"""Collection functions that ask lists, tuples and sets something, or choose from them.

Source: https://developer.hashicorp.com/terraform/language/functions (Collection Functions)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from tfparse.cty.convert import ConversionError, convert, friendly, unify
from tfparse.cty.equality import compare
from tfparse.cty.graphemes import count
from tfparse.cty.numbers import length_of, plus
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Object, Primitive, Set, Tuple
from tfparse.cty.values import Number, Unknown, Value, boolean, null
from tfparse.functions._elements import (
    first_unknown,
    has_text,
    is_sequence,
    not_known,
    of_one_type,
    types_are_certain,
    unsettled,
)
from tfparse.functions._parameters import (
    Anything,
    AnythingUnknown,
    Bools,
    BoolValue,
    FunctionError,
    Num,
    NumberValue,
    Parameter,
)
from tfparse.functions._registry import Call, function, whole

Coalesced = Annotated[Value, Parameter(DYNAMIC, null=True, unknown=True)]
Elements = Annotated[
    Value, Parameter(DYNAMIC, marked=True, kinds=(List, Tuple), refusal="cannot read elements from {}", blamed=False)
]
Few = Annotated[Value, Parameter(
    DYNAMIC, kinds=(List, Set, Tuple), refusal="must be a list, set, or tuple value with either zero or one elements"
)]  # fmt: skip
UnknownOrNot = Annotated[Value, Parameter(DYNAMIC, unknown=True)]


@function
def length(call: Call, value: AnythingUnknown) -> NumberValue:
    """How many elements there are; of a string, how many characters."""
    kind = value.type
    if isinstance(kind, Primitive) and kind != STRING:
        raise FunctionError("argument must be a string, a collection type, or a structural type")
    size: int | Unknown
    if isinstance(kind, Tuple):
        size = len(kind.elements)
    elif isinstance(kind, Object):
        size = len(kind.attributes)
    else:
        size = unsettled(value) or _size(value)
    found = size if isinstance(size, Unknown) else length_of(size)
    return Value(NUMBER, found, call.origin, marks=value.marks)


def _size(value: Value) -> int:
    if isinstance(value.raw, str):
        return count(value.raw)
    return len(value.raw if isinstance(value.raw, dict) else value.elements())


# -- truth ------------------------------------------------------------------------------------------


@function
def alltrue(call: Call, list: Bools) -> BoolValue:
    """Whether all elements are true; a null is not."""
    elements = list.elements()
    if any(element.raw is False or element.is_null for element in elements):
        return boolean(False, call.origin)
    unknown = first_unknown(elements)
    return not_known(call, unknown, BOOL) if unknown else boolean(True, call.origin)


@function
def anytrue(call: Call, list: Bools) -> BoolValue:
    """Whether any element is true."""
    elements = list.elements()
    if any(element.raw is True for element in elements):
        return boolean(True, call.origin)
    unknown = first_unknown(elements)
    return not_known(call, unknown, BOOL) if unknown else boolean(False, call.origin)


@function
def contains(call: Call, list: Anything, value: UnknownOrNot) -> BoolValue:
    """Whether an element equals the value."""
    if not is_sequence(list):
        if value.is_unknown:
            return not_known(call, value.unknown, BOOL)
        raise FunctionError("argument must be list, tuple, or set")
    found = [compare(value, element) for element in list.elements()]
    if True in found:
        return boolean(True, call.origin)
    unknown = next((result for result in found if isinstance(result, Unknown)), None)
    return not_known(call, unknown, BOOL) if unknown else boolean(False, call.origin)


@function
def index(call: Call, list: Anything, value: Anything) -> NumberValue:
    """The position of the first element that equals the value."""
    if not isinstance(list.type, (List, Tuple)):
        raise FunctionError("argument must be a list or tuple")
    if not list.elements():
        raise FunctionError("cannot search an empty list")
    for position, element in enumerate(list.elements()):
        found = compare(element, value)
        if isinstance(found, Unknown):
            return not_known(call, found, NUMBER)
        if found:
            return Value(NUMBER, length_of(position), call.origin)
    raise FunctionError("item not found")


@function
def sum_(call: Call, list: Anything) -> NumberValue:
    """The sum of all elements."""
    if not isinstance(list.raw, (tuple, dict)):
        raise FunctionError("cannot sum noniterable", 0)
    if not list.raw:
        raise FunctionError("cannot sum an empty list", 0)
    if not is_sequence(list):
        raise FunctionError(f"argument must be list, set, or tuple. Received {friendly(list.type)}", 0)
    unknown = list.first_unknown()
    if unknown is not None:
        return not_known(call, unknown, NUMBER)
    problem = FunctionError("argument must be list, set, or tuple of number values", 0)
    total: Number | None = None
    for element in list.elements():
        try:
            addend = convert(element, NUMBER)
        except ConversionError:
            raise problem from None
        if addend.is_null:
            raise problem
        total = addend.as_number() if total is None else plus(total, addend.as_number())
    return Value(NUMBER, total, call.origin)


# -- choosing ---------------------------------------------------------------------------------------


@function
def coalesce(call: Call, *vals: Coalesced) -> Value:
    """The first argument that is neither null nor an empty string, in the type common to all."""
    for value in _in_one_type(vals):
        if value.unknown is not None:
            # A string with some text in it is certainly neither.
            return value if has_text(value) else not_known(call, value.unknown, value.type)
        if not value.is_null and value.raw != "":
            return value
    raise FunctionError("no non-null, non-empty-string arguments")


def _in_one_type(vals: Sequence[Value]) -> Sequence[Value]:
    """The arguments in the type common to all; what cannot become of it is passed over like a null."""
    common = unify([value.type for value in vals]) if vals else None
    if common is None and types_are_certain(vals):
        raise FunctionError("all arguments must have the same type")
    if common is None:
        return [Value(DYNAMIC, first_unknown(vals))]
    if not types_are_certain(vals):
        return of_one_type(vals, "all arguments must have the same type")
    converted: list[Value] = []
    for value in vals:
        try:
            converted.append(convert(value, common))
        except ConversionError:
            continue
    return converted


@function
def coalescelist(call: Call, *vals: Coalesced) -> Value:
    """The first list that is not empty."""
    if not vals:
        raise FunctionError("at least one argument is required")
    for value in vals:
        if value.is_unknown or value.rest is not None:
            break
        if not isinstance(value.type, (List, Tuple)):
            raise FunctionError("coalescelist arguments must be lists or tuples")
    for value in vals:
        if value.is_unknown or value.rest is not None:
            return not_known(call, value.unknown or value.rest)
        if value.raw:
            return value
    raise FunctionError("no non-null arguments")


@function
def element(call: Call, list: Elements, index: Num) -> Value:
    """The element at a position, counted on from the beginning past the end."""
    assert isinstance(list.type, (List, Tuple))
    position, elements = whole(index, "invalid index"), list.elements()
    if not elements:
        raise FunctionError("cannot use element function with an empty list")
    if position < 0 and isinstance(list.type, Tuple) and position % len(elements):
        raise FunctionError("panic in function implementation: runtime error: index out of range")
    found = elements[position % len(elements)]
    return found.marked(found.marks | list.marks)


@function
def one(call: Call, list: Few) -> Value:
    """The only element; null if there is none."""
    unknown = unsettled(list)
    if unknown is not None:
        return not_known(call, unknown)
    if len(list.elements()) > 1:
        raise FunctionError("must be a list, set, or tuple value with either zero or one elements", 0)
    if list.elements():
        return list.elements()[0]
    return null(list.type.element if isinstance(list.type, (List, Set)) else DYNAMIC, call.origin)
