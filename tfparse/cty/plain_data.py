"""Questions and answers as plain tuples, and back: data, and functions by where they stand."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any

from msgspec import Struct

from tfparse.cty.values import Value

_ROOMS = ("readers", "tfparse")
"""Whose classes there may be in it, and whose functions are found again."""
#: What stands first in the tuple of something that is no text, number or nothing.
_TUPLE, _LIST, _DICT, _SET, _FRACTION, _OBJECT, _FUNCTION = range(7)


class NotPlainError(Exception):
    """Something is more than data."""


def packed(one: Any) -> Any:
    """Data as tuples of texts, numbers and tuples.

    Raises:
        NotPlainError: there is more to it.
    """
    kind: type = type(one)
    if one is None or kind in (str, int, bool):
        return one
    if kind is tuple or kind is list:
        return _TUPLE if kind is tuple else _LIST, *map(packed, one)
    if kind is dict:
        return _DICT, *((packed(key), packed(value)) for key, value in one.items())
    if kind is frozenset:
        return _SET, *sorted(map(packed, one), key=repr)
    if kind is Fraction:
        return _FRACTION, one.numerator, one.denominator
    if kind is FunctionType:
        return _FUNCTION, *_where(one)
    names = _parts_of(kind)
    parts = [one.value] if isinstance(one, Enum) else one if names is None else [getattr(one, name) for name in names]
    return _OBJECT, kind.__module__, kind.__qualname__, *map(packed, parts)


def unpacked(one: Any) -> Any:
    """What was packed.

    Raises:
        NotPlainError: it is not what :func:`packed` makes.
    """
    if not isinstance(one, tuple):
        return one
    match one:
        case (int() as what, *parts) if what in _MADE:
            return _MADE[what](parts)
        case (5, str() as module, str() as name, *parts):
            return _object(_class(module, name), [unpacked(part) for part in parts])
        case (6, str() as module, str() as name):
            return _function(module, name)
    raise NotPlainError(f"{one!r:.100} is nothing that was packed")


def findable(one: Any) -> Any:
    """Data as :func:`packed` has it, of which it is certain that it can be unpacked.

    Raises:
        NotPlainError: it cannot.
    """
    found = packed(one)
    unpacked(found)
    return found


_MADE: dict[int, Callable[[list[Any]], Any]] = {
    _TUPLE: lambda parts: tuple(map(unpacked, parts)),
    _LIST: lambda parts: list(map(unpacked, parts)),
    _DICT: lambda parts: {unpacked(key): unpacked(value) for key, value in parts},
    _SET: lambda parts: frozenset(map(unpacked, parts)),
    _FRACTION: lambda parts: Fraction(*parts),
}


def _where(function: FunctionType) -> tuple[str, str]:
    if "<" in function.__qualname__:
        raise NotPlainError(f"{function} is found by no name")
    return function.__module__, function.__qualname__


def _function(module: str, name: str) -> FunctionType:
    found = getattr(import_module(module), name, None) if module.partition(".")[0] in _ROOMS else None
    if not isinstance(found, FunctionType) or (found.__module__, found.__qualname__) != (module, name):
        raise NotPlainError(f"{module}.{name} is no function of the suite's")
    return found


@cache
def _parts_of(kind: type) -> tuple[str, ...] | None:
    """The names of what something of a class is made of; None where it is a tuple, or one of an enumeration.

    Raises:
        NotPlainError: it is a class of something else than data.
    """
    if kind.__module__.partition(".")[0] in _ROOMS and "<" not in kind.__qualname__:
        if kind is Value:
            return Value.__slots__
        if issubclass(kind, Struct) and kind.__struct_config__.frozen:
            return kind.__struct_fields__
        if issubclass(kind, (Enum, tuple)):
            return None
    raise NotPlainError(f"{kind} is no class of data")


@cache
def _class(module: str, name: str) -> type:
    found = getattr(import_module(module), name, None) if module.partition(".")[0] in _ROOMS else None
    if not isinstance(found, type) or found.__module__ != module:
        raise NotPlainError(f"{module}.{name} is no class of data")
    return found


def _tuple_of(kind: Any, parts: list[Any]) -> Any:
    return tuple.__new__(kind, parts)


def _object(kind: type, parts: list[Any]) -> Any:
    names = _parts_of(kind)
    if names is None:
        return kind(*parts) if issubclass(kind, Enum) else _tuple_of(kind, parts)
    if len(names) != len(parts):
        raise NotPlainError(f"{kind} is made of {names}")
    if kind is not Value:
        return kind(**dict(zip(names, parts, strict=True)))
    made = object.__new__(Value)
    for name, part in zip(names, parts, strict=True):
        setattr(made, name, part)
    return made
