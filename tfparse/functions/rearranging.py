"""Collection functions that make new lists of the elements of others.

Source: https://developer.hashicorp.com/terraform/language/functions (Collection Functions)
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from typing import Annotated, Final

from tfparse.cty.convert import ConversionError, convert, friendly, unify, unify_values
from tfparse.cty.equality import compare, hash_text
from tfparse.cty.numbers import length_of, plus
from tfparse.cty.types import DYNAMIC, NUMBER, STRING, List, Set, Tuple, Type
from tfparse.cty.values import Unknown, Value, list_, marks_of, tuple_
from tfparse.functions._elements import (
    has_text,
    is_sequence,
    not_known,
    of_one_type,
    type_of,
    types_are_certain,
    unsettled,
)
from tfparse.functions._parameters import (
    AnythingMarked,
    FunctionError,
    Num,
    Parameter,
    Sequence_,
    Strings,
    StringsValue,
)
from tfparse.functions._registry import Call, check_size, function, whole

MAX_RANGE: Final = 1024
"""Terraform's own limit."""


def _like_first(given: Sequence[Value]) -> Type:
    return given[0].type


def _chunks(given: Sequence[Value]) -> Type:
    return List(given[0].type)


LikeFirst = Annotated[Value, _like_first]
MarkedList = Annotated[Value, Parameter(List(DYNAMIC), marked=True)]
Sliced = Annotated[
    Value,
    Parameter(DYNAMIC, unknown=True, marked=True, kinds=(List, Set, Tuple), refusal="must be a list or tuple value"),
]
Bound = Annotated[Value, Parameter(NUMBER, unknown=True)]
Concatenated = Annotated[Value, Parameter(DYNAMIC, unknown=True, marked=True)]
Reversed = Annotated[Value, Parameter(
    DYNAMIC, unknown=True, marked=True, kinds=(List, Set, Tuple),
    refusal="can only reverse list or tuple values, not {}",
)]  # fmt: skip
MarkedNumber = Annotated[Value, Parameter(NUMBER, marked=True)]
SortableStrings = Annotated[Value, Parameter(List(STRING), unknown=True)]


@function
def compact(call: Call, list: Strings) -> StringsValue:
    """The strings that are neither null nor empty."""
    kept = []
    for element in list.elements():
        if element.unknown is not None and not has_text(element):
            return not_known(call, element.unknown, list.type)
        if element.raw is not None and element.raw != "":
            kept.append(element)
    return list_(STRING, tuple(kept), list.origin)


@function
def distinct(call: Call, list: Sequence_) -> LikeFirst:
    """The elements, of those that are equal the first."""
    unknown = list.first_unknown()
    if unknown is not None:
        return not_known(call, unknown, list.type)
    kept: dict[str, Value] = {}
    for element in list.elements():
        kept.setdefault(hash_text(element, exact=True), element)
    return Value(list.type, tuple(kept.values()), list.origin)


@function
def slice_(list: Sliced, start_index: Bound, end_index: Bound) -> Value:
    """The elements from one position up to another, that excluded."""
    if isinstance(list.type, Set):
        to_list = "explicitly convert to a list if the ordering of the result is not important"
        raise FunctionError(f"cannot slice a set, because its elements do not have indices; {to_list}", 0)
    length = len(list.elements()) if list.unknown is None else sys.maxsize
    start, end = (_bound(given, at, length) for at, given in enumerate((start_index, end_index), start=1))
    why = list.unknown or start_index.unknown or end_index.unknown
    if start is not None and end is not None and start > end:
        raise FunctionError("start index must not be greater than end index", 1)
    if why is not None:
        known = list.type if isinstance(list.type, List) else DYNAMIC
        return Value(known, why, list.origin, marks=list.marks)
    return _like(list, list.elements()[start:end])


def _bound(given: Value, position: int, length: int) -> int | None:
    """An index of a slice, None where it is not known."""
    if given.is_unknown:
        return None
    which = "start" if position == 1 else "end"
    bound = whole(given.as_number(), f"invalid {which} index", position)
    if bound < 0:
        raise FunctionError(f"{which} index must not be less than zero", position)
    if bound > length:
        raise FunctionError(f"{which} index must not be greater than the length of the list", position)
    return bound


def _like(source: Value, elements: tuple[Value, ...]) -> Value:
    """A list where ``source`` is a list or a set, else a tuple; with the marks of that."""
    if isinstance(source.type, (List, Set)):
        made = list_(source.type.element, elements, source.origin)
    else:
        made = tuple_(elements, source.origin)
    return made.marked(source.marks)


@function
def chunklist(list: MarkedList, size: MarkedNumber) -> Annotated[Value, _chunks]:
    """The elements in lists of a given length, the last perhaps shorter."""
    length = whole(size.as_number(), "invalid size")
    if length < 0:
        raise FunctionError("the size argument must be positive")
    elements = list.elements()
    step = length or max(len(elements), 1)
    chunks = tuple(Value(list.type, elements[at : at + step], list.origin) for at in range(0, len(elements), step))
    return Value(List(list.type), chunks, list.origin, marks=list.marks | size.marks)


@function
def concat(call: Call, *seqs: Concatenated) -> Value:
    """All elements of several lists, one after another."""
    if not seqs:
        raise FunctionError("at least one argument is required")
    unknown = _keeps_open(seqs)
    if unknown is not None:
        common = unify([sequence.type for sequence in seqs])
        listed = isinstance(common, List) and all(isinstance(sequence.type, List) for sequence in seqs)
        return not_known(call, unknown, common if common and listed else DYNAMIC, marks=marks_of(seqs))
    elements = tuple(element for sequence in seqs for element in sequence.elements())
    check_size(len(elements))
    marks = marks_of(seqs)
    common = unify([sequence.type for sequence in seqs])
    if all(isinstance(sequence.type, List) for sequence in seqs) and isinstance(common, List):
        if types_are_certain(seqs):
            # The type of an empty list counts, too.
            elements = tuple(element for position, seq in enumerate(seqs) for element in _as(common, seq, position))
        converted = of_one_type(elements, "all lists must have the same type")
        return list_(type_of(converted, common.element), tuple(converted), call.origin).marked(marks)
    return tuple_(elements, call.origin).marked(marks)


def _keeps_open(seqs: Sequence[Value]) -> Unknown | None:
    """The unknown because of which a ``concat`` is one; behind it, Terraform looks at no argument."""
    untyped = next((seq.unknown for seq in seqs if seq.is_unknown and seq.type == DYNAMIC), None)
    if untyped is not None:
        return untyped
    for position, sequence in enumerate(seqs):
        if not isinstance(sequence.type, (List, Tuple)):
            raise FunctionError(f"all arguments must be lists or tuples; got {friendly(sequence.type)}", position)
        if isinstance(sequence.type, List) and sequence.is_unknown:
            return sequence.unknown
    return next((seq.unknown for seq in seqs if seq.is_unknown), None)


def _as(type: List, sequence: Value, position: int) -> tuple[Value, ...]:
    """The elements of a list, converted to a type of lists."""
    try:
        return convert(sequence, type).elements()
    except ConversionError as error:
        raise FunctionError(str(error), position) from None


@function
def flatten(call: Call, list: AnythingMarked) -> Value:
    """The elements, those that are lists replaced by their own elements."""
    if not is_sequence(list):
        raise FunctionError("can only flatten lists, sets and tuples")
    found: deque[Value] = deque()
    marks, unknown = _flatten(list, found)
    if unknown is not None:
        return not_known(call, unknown, marks=marks)
    return tuple_(tuple(found), list.origin).marked(marks)


def _flatten(list: Value, found: deque[Value]) -> tuple[int, Unknown | None]:
    """Adds the elements to ``found``; the marks of all the lists, and what keeps the length open."""
    unknown, marks = unsettled(list), list.marks
    if unknown is not None:
        return marks, unknown
    for element in list.elements():
        if is_sequence(element) and not element.is_null:
            deeper, undecided = _flatten(element, found)
            marks, unknown = marks | deeper, unknown or undecided
        elif element.type == DYNAMIC and element.is_unknown:
            # It may turn out to be a list itself.
            unknown = unknown or element.unknown
        else:
            found.append(element)
            check_size(len(found))
    return marks, unknown


@function
def reverse(call: Call, list: Reversed) -> Value:
    """The elements in reverse order."""
    unknown = unsettled(list)
    if unknown is not None:
        kind = List(list.type.element) if isinstance(list.type, (List, Set)) else DYNAMIC
        return not_known(call, unknown, kind, marks=list.marks)
    return _like(list, list.elements()[::-1])


@function
def sort(call: Call, list: SortableStrings) -> StringsValue:
    """The strings in the order of their bytes.  Beside an unknown one, no place is known."""
    if list.unknown is not None:
        return not_known(call, list.unknown, List(STRING))
    unknown = list.first_unknown()
    if unknown is not None:
        return list_(STRING, tuple(Value(STRING, unknown, e.origin) for e in list.elements()), call.origin)
    for position, element in enumerate(list.elements()):
        if element.is_null:
            raise FunctionError(f"given list element {position} is null; a null string cannot be sorted")
    return list_(STRING, tuple(sorted(list.elements(), key=lambda e: e.as_string().encode())), list.origin)


@function
def range_(call: Call, *params: Num) -> Annotated[Value, List(NUMBER)]:
    """Numbers from a start (0) up or down to an end, that excluded, by a step (1)."""
    if not 1 <= len(params) <= 3:
        raise FunctionError("must have one, two, or three arguments")
    start, end = (length_of(0), params[0]) if len(params) == 1 else params[:2]
    step = params[2] if len(params) == 3 else length_of(-1 if end < start else 1)
    if step < 0 and end > start:
        raise FunctionError("end must be less than start when step is negative", 1)
    if step >= 0 and end < start:
        raise FunctionError("end must be greater than start when step is positive", 1)
    found: deque[Value] = deque()
    at = start
    while at > end if step < 0 else at < end:
        if len(found) >= MAX_RANGE:
            fewer = "either decrease the difference between start and end or use a smaller step"
            raise FunctionError(f"more than 1024 values were generated; {fewer}")
        found.append(Value(NUMBER, at, call.origin))
        at = plus(at, step)
    return list_(NUMBER, tuple(found), call.origin)


@function
def matchkeys(call: Call, values: Sequence_, keys: Sequence_, searchset: Sequence_) -> LikeFirst:
    """The values at those positions whose key is in a set."""
    if unify([keys.type, searchset.type]) is None:
        raise FunctionError("keys and searchset must be of the same type")
    if len(values.elements()) != len(keys.elements()):
        raise FunctionError("length of keys and values should be equal")
    wanted = searchset.elements()
    together = [*keys.elements(), *wanted]
    unified = unify_values(together) if together else []
    if unified is None:
        raise FunctionError("keys and searchset must be of the same type")
    names, wanted = unified[: len(keys.elements())], tuple(unified[len(keys.elements()) :])
    call.context.spend(6 * len(names) * len(wanted))
    kept = []
    for value, name in zip(values.elements(), names, strict=True):
        found = [compare(name, candidate) for candidate in wanted]
        if True in found:
            kept.append(value)
            continue
        unknown = next((result for result in found if isinstance(result, Unknown)), None)
        if unknown is not None:
            return not_known(call, unknown, values.type)
    return Value(values.type, tuple(kept), values.origin)
