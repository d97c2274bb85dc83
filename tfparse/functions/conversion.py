"""Type conversion functions, and those about sensitivity.

Source: https://developer.hashicorp.com/terraform/language/functions (Type Conversion Functions)
"""

from __future__ import annotations

from typing import Annotated

from tfparse.cty.convert import ConversionError, convert, convertible, friendly
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Map, Set, Type
from tfparse.cty.values import EPHEMERAL, SENSITIVE, Raw, Unknown, Value, boolean
from tfparse.functions._parameters import BoolValue, Everything, FunctionError, NumberValue, StringValue
from tfparse.functions._registry import Call, Redacted, function


def _converted(value: Value, type: Type) -> Value:
    if not convertible(value.type, type):
        raise FunctionError(f"cannot convert {friendly(value.type)} to {friendly(type)}", 0)
    if isinstance(value.raw, Unknown):
        # (Of what elements a collection will be is left open, though it is known what they are made of.)
        return Value(type, value.raw, value.origin, marks=value.marks)
    try:
        return convert(value, type)
    except ConversionError:
        if value.all_marks():
            message = f"cannot convert this sensitive {friendly(value.type)} to {friendly(type)}"
            raise Redacted(message, 0) from None
        raise FunctionError(_refusal(value, type), 0) from None


def _refusal(value: Value, type: Type) -> str:
    if isinstance(value.raw, str) and type == BOOL:
        return f'cannot convert "{value.raw}" to bool; only the strings "true" or "false" are allowed'
    if isinstance(value.raw, str) and type == NUMBER:
        return f'cannot convert "{value.raw}" to number; given string must be a decimal representation of a number'
    return f"cannot convert {friendly(value.type)} to {friendly(type)}"


@function
def tostring(v: Everything) -> StringValue:
    """A value as a string."""
    return _converted(v, STRING)


@function
def tonumber(v: Everything) -> NumberValue:
    """A value as a number."""
    return _converted(v, NUMBER)


@function
def tobool(v: Everything) -> BoolValue:
    """A value as a bool."""
    return _converted(v, BOOL)


@function
def tolist(v: Everything) -> Annotated[Value, List(DYNAMIC)]:
    """A value as a list, all elements of one type."""
    return _converted(v, List(DYNAMIC))


@function
def toset(v: Everything) -> Annotated[Value, Set(DYNAMIC)]:
    """A value as a set, all elements of one type."""
    return _converted(v, Set(DYNAMIC))


@function
def tomap(v: Everything) -> Annotated[Value, Map(DYNAMIC)]:
    """A value as a map, all elements of one type."""
    return _converted(v, Map(DYNAMIC))


@function
def sensitive(value: Everything) -> Value:
    """The value, marked as sensitive: it must not be shown."""
    return value.marked()


@function
def nonsensitive(value: Everything) -> Value:
    """The value without that mark: what Terraform may show, but no report does."""
    return value.remarked(value.marks & ~SENSITIVE)


@function
def issensitive(call: Call, value: Everything) -> BoolValue:
    """Whether a value carries that mark."""
    if value.sensitive or not isinstance(value.raw, Unknown):
        return boolean(value.sensitive, call.origin)
    return Value(BOOL, value.raw, call.origin)


@function
def ephemeralasnull(value: Everything) -> Value:
    """The value, any ephemeral part of which is null."""
    if value.marks & EPHEMERAL:
        return Value(value.type, None, value.origin, marks=value.marks & ~EPHEMERAL)
    raw = value.raw
    if not value.all_marks() & EPHEMERAL or not isinstance(raw, (tuple, dict)):
        return value
    if isinstance(raw, dict):
        kept: Raw = {key: ephemeralasnull(item) for key, item in raw.items()}
    else:
        kept = tuple([ephemeralasnull(item) for item in raw])
    return Value(value.type, kept, value.origin, marks=value.marks, rest=value.rest)


@function
def list_(*vals: Everything) -> Value:
    """Gone since Terraform 0.12."""
    raise FunctionError(
        'the "list" function was deprecated in Terraform v0.12 and is no longer available; use '
        "tolist([ ... ]) syntax to write a literal list"
    )


@function
def map_(*vals: Everything) -> Value:
    """Gone since Terraform 0.12."""
    raise FunctionError(
        'the "map" function was deprecated in Terraform v0.12 and is no longer available; use '
        "tomap({ ... }) syntax to write a literal map"
    )
