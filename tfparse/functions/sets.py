"""Collection functions on sets.

Source: https://developer.hashicorp.com/terraform/language/functions (Collection Functions)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Final

from tfparse.cty.convert import ConversionError, convert, unify
from tfparse.cty.equality import hash_text, set_
from tfparse.cty.types import DYNAMIC, List, Set, Tuple, Type
from tfparse.cty.values import Value, list_, marks_of
from tfparse.functions._elements import (
    first_unknown,
    is_sequence,
    not_known,
    of_one_type,
    type_of,
    types_are_certain,
    unsettled,
)
from tfparse.functions._parameters import AnythingUnknown, FunctionError, Parameter
from tfparse.functions._registry import Call, check_size, function

AnySet = Annotated[Value, Parameter(Set(DYNAMIC))]

_INCOMPATIBLE: Final = "given sets must all have compatible element types"


def _element_types(sets: Sequence[Value]) -> list[Type]:
    """The types of the elements of each set, but for empty ones of no type."""
    return [s.type.element for s in sets if isinstance(s.type, Set) and (s.type.element != DYNAMIC or s.raw)]


def _common(sets: Sequence[Value]) -> Type:
    """The type of the elements that is common to all sets."""
    types = _element_types(sets)
    common = unify(types) if types else DYNAMIC
    if common is None:
        raise FunctionError(_INCOMPATIBLE)
    return common


def _set_type(sets: Sequence[Value]) -> Type:
    return Set(_common(sets))


SetValue = Annotated[Value, _set_type]


def _operands(sets: tuple[Value, ...]) -> tuple[list[list[Value]], Type]:
    """The elements of each set in the type common to all, and that type."""
    common = _common(sets)
    elements = [element for s in sets for element in s.elements()]
    if types_are_certain(sets):
        if common == DYNAMIC and any(type_ != DYNAMIC for type_ in _element_types(sets)):
            # Beside a null without a type, what is of a type is of another: there Terraform panics.
            raise FunctionError(_INCOMPATIBLE)
        converted = iter([_as_element(element, common) for element in elements])
    else:
        converted = iter(of_one_type(elements, _INCOMPATIBLE))
    return [[*islice(converted, len(s.elements()))] for s in sets], common


def _as_element(value: Value, common: Type) -> Value:
    try:
        return convert(value, common)
    except ConversionError as error:
        raise FunctionError(f"{_INCOMPATIBLE}: {error}") from None


def _identities(elements: list[Value]) -> set[str]:
    return {hash_text(element, exact=True) for element in elements}


@function
def setunion(call: Call, first_set: AnySet, *other_sets: AnySet) -> SetValue:
    """The elements of any of the sets."""
    operands, common = _operands((first_set, *other_sets))
    elements = [element for operand in operands for element in operand]
    return set_(type_of(elements, common), elements, call.origin)


@function
def setintersection(call: Call, first_set: AnySet, *other_sets: AnySet) -> SetValue:
    """The elements that all of the sets have."""
    operands, common = _operands((first_set, *other_sets))
    unknown = first_unknown(element for operand in operands for element in operand)
    if unknown is not None:
        return not_known(call, unknown, Set(common))
    shared = set.intersection(*map(_identities, operands))
    return set_(common, [e for e in operands[0] if hash_text(e, exact=True) in shared], call.origin)


@function
def setsubtract(call: Call, a: AnySet, b: AnySet) -> SetValue:
    """The elements of one set that another does not have."""
    (kept, dropped), common = _operands((a, b))
    unknown = first_unknown([*kept, *dropped])
    if unknown is not None:
        return not_known(call, unknown, Set(common))
    gone = _identities(dropped)
    return set_(common, [e for e in kept if hash_text(e, exact=True) not in gone], call.origin)


@function
def setproduct(call: Call, *sets: AnythingUnknown) -> Value:
    """All ways to take one element of each: a list of tuples, or a set of them if an argument is a set."""
    if len(sets) < 2:
        raise FunctionError("at least two arguments are required")
    for position, value in enumerate(sets):
        if not is_sequence(value) and value.type != DYNAMIC:
            raise FunctionError("a set or a list is required", position)
    unknown = next(filter(None, map(unsettled, sets)), None)
    marks = marks_of(sets)
    if unknown is not None:
        return not_known(call, unknown, _product_type(sets), marks=marks)
    rows: list[tuple[Value, ...]] = [()]
    kinds = []
    for position, value in enumerate(sets):
        column = of_one_type(value.elements(), "all elements must be of the same type", position)
        kinds.append(value.type.element if isinstance(value.type, (List, Set)) else type_of(column))
        check_size(len(rows) * len(column) * len(sets))
        rows = [(*row, element) for row in rows for element in column]
    element = Tuple(tuple(kinds))
    tuples = tuple(Value(Tuple(tuple(e.type for e in row)), row, call.origin) for row in rows)
    if any(isinstance(value.type, Set) for value in sets):
        made = set_(element, tuples, call.origin)
        return made.marked(marks)
    return list_(element, tuples, call.origin).marked(marks)


def _product_type(sets: tuple[Value, ...]) -> Type:
    """The type of the ways to take one element of each, as far as it is known."""
    kinds: list[Type] = []
    for value in sets:
        if isinstance(value.type, (List, Set)):
            kinds.append(value.type.element)
        elif (
            isinstance(value.type, Tuple)
            and types_are_certain(value.elements())
            and (kind := unify(value.type.elements))
        ):
            kinds.append(kind)
        else:
            return DYNAMIC
    return (Set if any(isinstance(value.type, Set) for value in sets) else List)(Tuple(tuple(kinds)))
