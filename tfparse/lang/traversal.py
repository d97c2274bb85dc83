"""Picking things out of values: attributes, elements, and references that are worked out step by step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from msgspec.structs import replace

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import DYNAMIC, NUMBER, STRING, List, Map, Object, Primitive, Set, Tuple, Type
from tfparse.cty.values import REDACTED, Unknown, Value
from tfparse.diagnostics import Origin


class Reference(ABC):
    """Something named in the configuration (``local``, ``module.m``, ``aws_x.y``), not yet a value.

    Going through it one step at a time evaluates only what is asked for, so that two outputs of a
    module may depend on each other through their callers without being a cycle, as in Terraform.
    """

    @abstractmethod
    def attribute(self, name: str, origin: Origin) -> Value | Reference:
        """``x.name``.

        Raises:
            ConversionError: there is no such thing.
        """

    def index(self, key: Value, origin: Origin) -> Value | Reference:
        """``x[key]``."""
        if isinstance(key.raw, str):
            return self.attribute(key.raw, origin)
        return element_of(self.value(), key)

    @abstractmethod
    def value(self) -> Value:
        """The whole of it."""


class Namespace(Reference):
    """A namespace such as ``var``: it has attributes and no value of its own."""

    __slots__ = ("_get",)

    def __init__(self, get: Callable[[str, Origin], Value | Reference]) -> None:
        self._get = get

    def attribute(self, name: str, origin: Origin) -> Value | Reference:
        return self._get(name, origin)

    def value(self) -> Value:
        raise ConversionError("this name is a namespace: it must be followed by an attribute")


def attribute_of(holder: Value, name: str) -> Value:
    """``holder.name``; what is picked out of an unknown is unknown for the same reason."""
    if holder.is_null:
        raise ConversionError(f"attempt to get attribute {name!r} from a null value")
    unfit = isinstance(holder.type, (List, Set, Tuple, Primitive))
    if unfit or (not holder.is_unknown and not isinstance(holder.raw, dict)):
        raise ConversionError(f"can't access attribute {name!r} on a value of type {_kind(holder.type)}")
    return _picked(holder, name)


def element_of(holder: Value, key: Value) -> Value:
    """``holder[key]``."""
    if holder.is_null:
        raise ConversionError("attempt to index a null value")
    if key.is_null:
        raise ConversionError("can't use a null value as an indexing key")
    if isinstance(holder.type, Set):
        raise ConversionError("elements of a set are identified only by their value and don't have any separate index")
    if isinstance(holder.type, Primitive):
        raise ConversionError(f"this value (of type {_kind(holder.type)}) does not have any indices")
    if isinstance(key.raw, Unknown) or isinstance(holder.raw, Unknown):
        if isinstance(holder.type, (List, Tuple, Map)):
            convert(key, STRING if isinstance(holder.type, Map) else NUMBER)
        why = _part(holder.raw, f"[{key.raw}]") if isinstance(holder.raw, Unknown) else key.raw
        element = holder.type.element if isinstance(holder.type, (List, Map)) else DYNAMIC
        return Value(element, why, holder.origin, marks=holder.marks | key.marks)
    try:
        return _element_of_known(holder, key)
    except ConversionError:
        if key.secret:
            raise ConversionError(f"the given index {REDACTED} does not identify an element") from None
        raise


def _element_of_known(holder: Value, key: Value) -> Value:
    if isinstance(holder.raw, tuple):
        return _numbered(holder, key)
    if isinstance(holder.raw, dict):
        return _picked(holder, convert(key, STRING).as_string()).marked(holder.marks | key.marks)
    raise ConversionError(f"this value (of type {_kind(holder.type)}) does not have any indices")


def _numbered(holder: Value, key: Value) -> Value:
    index = convert(key, NUMBER).as_number()
    elements = holder.elements()
    if index.denominator != 1 or not 0 <= index < len(elements):
        raise ConversionError(f"the given index {key.raw} does not identify an element: there are {len(elements)}")
    found = elements[index.numerator]
    return found.marked(holder.marks | key.marks)


def _picked(holder: Value, name: str) -> Value:
    if isinstance(holder.raw, Unknown):
        why = _part(holder.raw, f".{name}")
        return Value(_attribute_type(holder.type, name), why, holder.origin, marks=holder.marks)
    found = holder.get(name)
    if found is None:
        what = "key" if isinstance(holder.type, Map) else "attribute"
        raise ConversionError(f"this {_kind(holder.type)} does not have the {what} {name!r}")
    return found.marked(holder.marks)


def _part(why: Unknown, step: str) -> Unknown:
    """The unknown that a part of an unknown is."""
    return replace(why, stands_for=why.stands_for + step) if why.stands_for else why


def _attribute_type(type_: Type, name: str) -> Type:
    if isinstance(type_, Map):
        return type_.element
    if isinstance(type_, Object):
        found = type_.as_dict().get(name)
        if found is None:
            raise ConversionError(f"this object does not have the attribute {name!r}")
        return found
    return DYNAMIC


def _kind(type_: Type) -> str:
    return type(type_).__name__.lower() if isinstance(type_, (List, Set, Map, Tuple, Object)) else str(type_)
