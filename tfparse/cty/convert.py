"""Conversion of values between types: Terraform's automatic conversions.

Source: zclconf/go-cty, ``cty/convert``; what types allow is in :mod:`tfparse.cty.unification`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tfparse.cty import numbers
from tfparse.cty.equality import equal, set_
from tfparse.cty.numbers import format_number, round512
from tfparse.cty.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Dynamic,
    List,
    Map,
    Object,
    Primitive,
    Set,
    Tuple,
    Type,
    has_dynamic,
)
from tfparse.cty.unification import concrete, convertible, filled, friendly, mismatch, required, unify
from tfparse.cty.values import Number, Unknown, Value

__all__ = [
    "ConversionError", "concrete", "convert", "convert_beside", "convertible", "equal", "format_number", "friendly",
    "parse_number", "round512", "set_", "unify", "unify_values",
]  # fmt: skip


class ConversionError(Exception):
    """A value cannot become what is wanted.  The message is Terraform's: ``element 0: a number is required``."""


def parse_number(text: str) -> Number | Unknown:
    """The number that a string spells, unknown where it is beyond what is worked with.

    Raises:
        ConversionError: the text is no number.
    """
    try:
        return numbers.parse_number(text)
    except numbers.OutOfReach as error:
        return Unknown(str(error))
    except ValueError as error:
        raise ConversionError(str(error)) from None


# -- values -----------------------------------------------------------------------------------------


def convert(value: Value, type: Type) -> Value:
    """``value`` as a value of ``type``.

    Origin, sensitivity, parts and openness stay. An unknown stays one, of the new type. ``DYNAMIC`` as an element
    type asks for any one type: that which all elements can be converted to.

    Raises:
        ConversionError: Terraform has no such conversion.
    """
    if value.type is type or isinstance(type, Dynamic):
        return value
    if isinstance(type, Primitive) and isinstance(value.raw, (str, int, Fraction)):
        return value if value.type == type else _to_primitive(value, type)
    wanted = concrete(type)
    if value.type == wanted:
        return value
    if value.raw is None or isinstance(value.raw, Unknown):
        if not convertible(value.type, type):
            raise ConversionError(mismatch(value.type, type))
        parts = value.parts if value.type == STRING and type == STRING else None
        return Value(filled(value.type, wanted), value.raw, value.origin, marks=value.marks, parts=parts)
    converted = _converted(value, type)
    if converted is None:
        raise ConversionError(mismatch(value.type, type))
    return converted


def convert_beside(value: Value, type: Type) -> Value:
    """``value`` as one of ``type``, which it has in common with a list or a map.  Raises :class:`ConversionError`.

    Of a list or map that is empty and of no type, a tuple or an object takes over that its elements are left as they
    are: then they must be of one type already.  (Terraform converts them, and then forgets what came of it.)
    """
    if not isinstance(type, (List, Map)) or not isinstance(value.type, (Tuple, Object)):
        return convert(value, type)
    if not isinstance(type.element, Dynamic) or value.is_null or value.first_unknown() is not None:
        return convert(value, type)
    types = dict.fromkeys(t for t in _types_within(value.type) if not isinstance(t, Dynamic))
    if len(types) > 1:
        kind = "list" if isinstance(type, List) else "map"
        raise ConversionError(f"element types must all match for conversion to {kind}")
    return value.typed(List(*types or (DYNAMIC,)) if isinstance(type, List) else Map(*types or (DYNAMIC,)))


def _types_within(type: Tuple | Object) -> Sequence[Type]:
    return type.elements if isinstance(type, Tuple) else [held for _, held in type.attributes]


def _converted(value: Value, type: Type) -> Value | None:
    """A known value of another type; None where there is no such conversion."""
    if isinstance(value.raw, dict):
        if isinstance(type, Map):
            return _to_map(value, type.element)
        return _to_object(value, type) if isinstance(type, Object) else None
    if isinstance(value.raw, tuple):
        if isinstance(type, (List, Set)):
            return _to_sequence(value, type)
        if isinstance(type, Tuple) and isinstance(value.type, Tuple) and len(type.elements) == len(value.raw):
            pairs = enumerate(zip(value.raw, type.elements, strict=True))
            converted = tuple(_inside(f"element {i}", e, t) for i, (e, t) in pairs)
            return _replaced(value, Tuple(tuple(e.type for e in converted)), converted)
    return None


def _replaced(
    value: Value, type: Type, raw: tuple[Value, ...] | dict[str, Value], rest: Unknown | None = None
) -> Value:
    return Value(type, raw, value.origin, marks=value.marks, rest=rest)


def _inside(where: str, value: Value, type: Type) -> Value:
    try:
        return convert(value, type)
    except ConversionError as error:
        raise ConversionError(f"{where}: {error}") from None


def _to_primitive(value: Value, type: Primitive) -> Value:
    raw = value.raw
    converted: str | bool | Number | Unknown
    if type == STRING and isinstance(raw, bool):
        converted = "true" if raw else "false"
    elif type == STRING and not isinstance(raw, (tuple, dict)):
        converted = format_number(value.as_number())
    elif type == NUMBER and isinstance(raw, str):
        converted = parse_number(raw)
    elif type == BOOL and isinstance(raw, str):
        converted = _parse_bool(raw)
    else:
        raise ConversionError(mismatch(value.type, type))
    return Value(type, converted, value.origin, marks=value.marks)


def _parse_bool(text: str) -> bool:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    if text.lower() in ("true", "false"):
        raise ConversionError(f'a bool is required; to convert from string, use lowercase "{text.lower()}"')
    raise ConversionError("a bool is required")


def _to_sequence(value: Value, type: List | Set) -> Value:
    elements = value.elements()
    if not elements and not convertible(value.type, type):
        raise ConversionError(mismatch(value.type, type))
    if isinstance(value.type, Set) and isinstance(type, List):
        unknown = value.first_unknown()
        if unknown is not None and len(elements) > 1:
            # Elements that turn out to be equal will be one: how many there are is not known yet.
            return Value(filled(value.type, type), unknown, value.origin, marks=value.marks)
    converted, element = _same_type(
        [_inside(f"element {i}", e, type.element) for i, e in enumerate(elements)],
        type.element,
        value.type,
        to_set=isinstance(type, Set),
    )
    if isinstance(type, Set):
        made = set_(element, converted, value.origin)
        return made.marked(made.marks | value.marks)
    return _replaced(value, List(element), tuple(converted))


def _to_map(value: Value, element: Type) -> Value:
    assert isinstance(value.raw, dict)
    if not value.raw and value.rest is None and not convertible(value.type, Map(element)):
        raise ConversionError(mismatch(value.type, Map(element)))
    items = {key: _inside(f'element "{key}"', item, element) for key, item in value.raw.items()}
    values: Sequence[Value] = list(items.values())
    if value.rest is not None and has_dynamic(element):
        # What other keys hold has a say in the common type.
        values = [*values, Value(DYNAMIC, value.rest)]
    converted, element = _same_type(values, element, value.type)
    return _replaced(value, Map(element), dict(zip(items, converted, strict=False)), value.rest)


def _same_type(
    values: Sequence[Value], wanted: Type, source: Type, *, to_set: bool = False
) -> tuple[Sequence[Value], Type]:
    """``values``, each converted to ``wanted``, with what that leaves open made the same in all."""
    if not has_dynamic(wanted):
        return values, concrete(wanted)
    if not values:
        inner = source.element if isinstance(source, (List, Set, Map)) else wanted
        return values, concrete(inner)
    unified = unify_values(values)
    if unified is not None and not to_set and len(set(_solid_types(unified))) > 1:
        # An empty list of no type, converted as it is, leaves the others to be converted once more.
        unified = unify_values(unified)
    solid = _solid_types(unified or ())
    if (
        unified is None
        or len(set(solid)) > 1
        or (
            # Of a null that has no type, go-cty cannot tell that it fits beside an object or a list.
            isinstance(wanted, Dynamic) and not isinstance(source, Object) and 0 < len(solid) < len(values)
        )
    ):
        kind = {List: "list", Set: "set", Tuple: "list"}.get(type(source), "map")
        raise ConversionError(f"all {kind} elements must have the same type")
    common = solid[0] if solid else DYNAMIC
    # (A null is one of the type of the others, from then on.)
    return [v.typed(common) if v.is_null else v for v in unified], common


def _solid_types(values: Sequence[Value]) -> list[Type]:
    return [value.type for value in values if not isinstance(value.type, Dynamic)]


def _to_object(value: Value, type: Object) -> Value:
    assert isinstance(value.raw, dict)
    if not isinstance(value.type, Map) and value.rest is None and not convertible(value.type, type):
        raise ConversionError(mismatch(value.type, type))
    attributes: dict[str, Value] = {}
    missing: list[str] = []
    for name, wanted in type.attributes:
        held = value.raw.get(name)
        if held is not None:
            attributes[name] = _inside(f'attribute "{name}"', held, wanted)
        elif value.rest is not None:
            attributes[name] = Value(concrete(wanted), value.rest, value.origin)
        elif name in type.optional:
            attributes[name] = Value(concrete(wanted), None, value.origin)
        else:
            missing.append(name)
    if missing:
        raise ConversionError(required(missing))
    return _replaced(value, Object.of({name: held.type for name, held in attributes.items()}), attributes)


def unify_values(values: Sequence[Value]) -> list[Value] | None:
    """``values`` converted to their common type; None if they have none.

    An unknown of any type could still turn a number into a string or an object into a map: where one has a say,
    only what no such conversion can change (strings, nulls) stays known.
    """
    why = next((v.first_unknown() for v in values if _may_change_type(v)), None)
    common = unify([v.type for v in values])
    if why is None and common is None:
        return None
    if common is not None and (why is None or common == STRING):
        try:
            return [convert(v, common) for v in values]
        except ConversionError:
            return None
    if all(isinstance(v.raw, (tuple, dict)) and v.rest is None for v in values):
        kinds = {type(v.type) for v in values}
        if kinds in ({Object}, {Tuple}) and len({_places(v) for v in values}) == 1:
            columns = _unify_columns(values)
            if columns is not None:
                return columns
        # (Of objects beside maps another object type may come, without some of their attributes.)
        contents = _unify_contents(values) if kinds in ({List}, {List, Tuple}, {Map}) else None
        if contents is not None:
            return contents
    return [
        Value(DYNAMIC, None if v.raw is None else v.raw if isinstance(v.raw, Unknown) else why, v.origin, marks=v.marks)
        for v in values
    ]


def _may_change_type(value: Value) -> bool:
    """Whether the type of a value is open for now, and not just that of a null."""
    return has_dynamic(value.type) and value.first_unknown() is not None


def _places(value: Value) -> tuple[str, ...] | int:
    """The names of an object, the length of a tuple."""
    return tuple(value.raw) if isinstance(value.raw, dict) else len(value.elements())


def _contents(value: Value) -> tuple[Value, ...]:
    return tuple(value.raw.values()) if isinstance(value.raw, dict) else value.elements()


def _unify_columns(values: Sequence[Value]) -> list[Value] | None:
    """Objects of the same names, or tuples of the same length, unified place by place."""
    columns = [unify_values(column) for column in zip(*map(_contents, values), strict=True)]
    if any(column is None for column in columns):
        return None
    rows = zip(*(column for column in columns if column is not None), strict=True)
    return [_refilled(value, row) for value, row in zip(values, rows, strict=False)]


def _refilled(value: Value, contents: tuple[Value, ...]) -> Value:
    if isinstance(value.raw, dict):
        named = dict(zip(value.raw, contents, strict=True))
        return _replaced(value, Object.of({name: held.type for name, held in named.items()}), named)
    return _replaced(value, Tuple(tuple(held.type for held in contents)), contents)


def _unify_contents(values: Sequence[Value]) -> list[Value] | None:
    """Lists and tuples, or maps, unified by the common type of all that is in them."""
    kind = Map if isinstance(values[0].type, Map) else List
    unified = unify_values([held for value in values for held in _contents(value)])
    if unified is None:
        return None
    solid = next((held.type for held in unified if not isinstance(held.type, Dynamic)), DYNAMIC)
    rest = iter(unified)
    return [
        _replaced(
            value,
            kind(solid),
            {name: next(rest) for name in value.raw}
            if isinstance(value.raw, dict)
            else tuple(next(rest) for _ in value.elements()),
        )
        for value in values
    ]
