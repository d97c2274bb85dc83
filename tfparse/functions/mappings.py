"""Collection functions on maps and objects.

Source: https://developer.hashicorp.com/terraform/language/functions (Collection Functions)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from tfparse.cty.convert import ConversionError, convert, friendly
from tfparse.cty.types import DYNAMIC, STRING, List, Map, Object, Set, Tuple, Type
from tfparse.cty.values import Unknown, Value, list_, map_, marks_of, object_, string, tuple_
from tfparse.functions._elements import not_known
from tfparse.functions._parameters import AnythingUnknown, Everything, FunctionError, Parameter
from tfparse.functions._registry import Call, Redacted, function

MarkedKey = Annotated[Value, Parameter(STRING, unknown=True, marked=True)]
MarkedKeys = Annotated[Value, Parameter(List(STRING), unknown=True, marked=True)]
LookedUp = Annotated[Value, Parameter(DYNAMIC, unknown=True, marked=True, one=True)]
Mapping_ = Annotated[Value, Parameter(
    DYNAMIC, marked=True, kinds=(Map, Object), refusal="values() requires a map as the first argument", blamed=False
)]  # fmt: skip
Zipped = Annotated[Value, Parameter(
    DYNAMIC, unknown=True, marked=True, kinds=(List, Tuple), refusal="values argument must be a list or tuple value",
    blamed=False,
)]  # fmt: skip
ListsByKey = Annotated[Value, Parameter(Map(List(STRING)))]


def _is_mapping(value: Value) -> bool:
    return isinstance(value.type, (Map, Object)) or isinstance(value.raw, dict)


@function
def keys(call: Call, inputMap: AnythingUnknown) -> Value:  # noqa: N803 - Terraform's own name for it
    """The keys, sorted."""
    kind = inputMap.type
    if isinstance(kind, Object):
        names = tuple(string(name, inputMap.origin) for name, _ in kind.attributes)
        return tuple_(names, call.origin).marked(inputMap.marks)
    if not _is_mapping(inputMap) and kind != DYNAMIC:
        raise FunctionError("must have map or object type", 0)
    unknown = inputMap.unknown or inputMap.rest
    if unknown is not None:
        listed = List(STRING) if isinstance(kind, Map) else DYNAMIC
        return not_known(call, unknown, listed, marks=inputMap.marks)
    names = tuple(string(key, item.origin) for key, item in inputMap.mapping().items())
    return list_(STRING, names, call.origin).marked(inputMap.marks)


def _values_type(given: Sequence[Value]) -> Type:
    return List(given[0].type.element) if isinstance(given[0].type, Map) else DYNAMIC


@function
def values(mapping: Mapping_) -> Annotated[Value, _values_type]:
    """The values, in the order of their keys."""
    items = tuple(mapping.mapping().values())
    if isinstance(mapping.type, Map):
        return list_(mapping.type.element, items, mapping.origin).marked(mapping.marks)
    return tuple_(items, mapping.origin).marked(mapping.marks)


@function
def lookup(
    call: Call,
    inputMap: LookedUp,  # noqa: N803 - Terraform's own name
    key: MarkedKey,
    *default: Everything,
) -> Value:
    """The value under a key, or else a default."""
    if len(default) > 1:
        raise FunctionError(f"lookup() takes two or three arguments, got {len(default) + 2}")
    if not _is_mapping(inputMap) and inputMap.type != DYNAMIC:
        raise FunctionError("lookup() requires a map as the first argument", 0)
    marks = inputMap.marks | key.marks
    fallback = _fallback(inputMap, default)
    unknown = key.unknown or inputMap.unknown
    if unknown is not None:
        return not_known(call, unknown, marks=marks)
    assert isinstance(inputMap.raw, dict)
    found = inputMap.raw.get(key.as_string())
    if found is None and inputMap.rest is not None:
        return not_known(call, inputMap.rest, marks=marks)
    if found is None:
        found = fallback
    if found is None:
        name = "(sensitive value)" if key.marks else f'"{key.raw}"'
        if isinstance(inputMap.type, Object):
            raise (Redacted if key.marks else FunctionError)(f"the given object has no attribute {name}", 0)
        raise (Redacted if key.marks else FunctionError)(f"lookup failed to find key {name}")
    return found.marked(marks)


def _fallback(mapping: Value, default: tuple[Value, ...]) -> Value | None:
    """The default in the type of a map's elements."""
    if not default or not isinstance(mapping.type, Map):
        return default[0] if default else None
    try:
        return convert(default[0], mapping.type.element)
    except ConversionError:
        raise FunctionError("the default value must have the same type as the map elements", 2) from None


@function
def merge(call: Call, *maps: Annotated[Value, Parameter(DYNAMIC, null=True, unknown=True, marked=True)]) -> Value:
    """All keys of several maps; the last map that has a key decides its value.

    An unknown map may have any key: what came before it is no longer certain, what comes after it is.
    """
    merged: dict[str, Value] = {}
    rest: Unknown | None = None
    types_count, marks = True, marks_of(maps)
    open_ = next((argument.raw for argument in maps if isinstance(argument.raw, Unknown)), None)
    for argument in maps:
        types_count = types_count and argument.type != DYNAMIC
        if not _is_mapping(argument) and argument.type != DYNAMIC:
            without_names = _without_names(argument) and argument.first_unknown() is None
            if without_names and not types_count and open_ is not None:
                # (Terraform does not go through any before all are known.)
                return Value(DYNAMIC, open_, call.origin, marks=marks)
            if types_count or without_names:
                raise FunctionError(f'arguments must be maps or objects, got "{friendly(argument.type)}"')
            if (why := argument.first_unknown()) is not None:
                rest = _overlay_unknown(merged, Value(DYNAMIC, why), why) or rest
                continue
            # After a null without a type, Terraform does not look at types any more, only at what it goes through.
            merged.update({name.as_string(): name for name in argument.elements()} if argument.raw else {})
            marks |= argument.all_marks()
            continue
        opened = argument.unknown or argument.rest
        if opened is not None:
            rest = _overlay_unknown(merged, argument, opened) or rest
        if isinstance(argument.raw, dict):
            merged.update(argument.raw)
    kinds = {argument.type for argument in maps}
    if len(kinds) == 1 and isinstance(kind := kinds.pop(), Map):
        return Value(kind, dict(sorted(merged.items())), call.origin, marks=marks, rest=rest)
    return object_(merged, call.origin, rest).marked(marks)


def _without_names(argument: Value) -> bool:
    """Whether the elements of what is no map have no names: those of a set of strings are names themselves."""
    if argument.is_null or argument.raw == ():
        return False
    return argument.type != Set(STRING)


def _overlay_unknown(merged: dict[str, Value], argument: Value, why: Unknown) -> Unknown | None:
    """Makes uncertain what an unknown argument may override; ``why``, if it may add any key."""
    if isinstance(argument.type, Object):
        # Its keys are known; were it null, it would have none.
        names = [name for name, _ in argument.type.attributes]
        for name in names:
            if name in merged:
                merged[name] = Value(DYNAMIC, why, merged[name].origin)
        return why if set(names) - merged.keys() else None
    for name, item in merged.items():
        if not isinstance(argument.raw, dict) or name not in argument.raw:
            merged[name] = Value(DYNAMIC, why, item.origin, marks=item.marks)
    return why


@function
def transpose(call: Call, values: ListsByKey) -> Annotated[Value, Map(List(STRING))]:
    """A map of lists of strings turned round: each string now lists the keys that it stood under."""
    unknown = values.first_unknown()
    if unknown is not None:
        return not_known(call, unknown, values.type)
    turned: dict[str, list[Value]] = {}
    for key, names in values.mapping().items():
        if names.is_null:
            raise FunctionError("input must not contain null list")
        for name in names.elements():
            if name.is_null:
                raise FunctionError("input list must not contain null string")
            turned.setdefault(name.as_string(), []).append(string(key, name.origin))
    return map_(List(STRING), {k: list_(STRING, tuple(v), call.origin) for k, v in turned.items()}, call.origin)


@function
def zipmap(call: Call, keys: MarkedKeys, values: Zipped) -> Value:
    """A map of keys to the values at the same positions."""
    marks = keys.all_marks() | values.marks
    unknown = keys.first_unknown() or values.unknown
    if unknown is not None:
        kind = Map(values.type.element) if isinstance(values.type, List) else DYNAMIC
        return not_known(call, unknown, kind, marks=marks)
    names, items = keys.elements(), values.elements()
    if len(names) != len(items):
        raise FunctionError(f"number of keys ({len(names)}) does not match number of values ({len(items)})")
    for position, name in enumerate(names):
        if name.is_null:
            raise FunctionError(f"keys list has null value at index {position}")
    zipped = {name.as_string(): item for name, item in zip(names, items, strict=True)}
    if isinstance(values.type, List):
        return map_(values.type.element, zipped, call.origin).marked(marks)
    return object_(zipped, call.origin).marked(marks)
