"""What functions on collections have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfparse.cty.convert import unify_values
from tfparse.cty.types import DYNAMIC, List, Set, Tuple, Type, has_dynamic
from tfparse.cty.values import Unknown, Value
from tfparse.functions._parameters import FunctionError
from tfparse.functions._registry import Call


def is_sequence(value: Value) -> bool:
    """Whether its type is a list, a set or a tuple."""
    return isinstance(value.type, (List, Set, Tuple))


def unsettled(value: Value) -> Unknown | None:
    """Why it is not known how many elements there are, or in what order: equal elements of a set are one."""
    if value.unknown is not None or value.rest is not None:
        return value.unknown or value.rest
    if isinstance(value.type, Set) and len(value.elements()) > 1:
        return value.first_unknown()
    return None


def first_unknown(values: Iterable[Value]) -> Unknown | None:
    """The first unknown at any depth of any of the values."""
    return next(filter(None, (value.first_unknown() for value in values)), None)


def types_are_certain(values: Sequence[Value]) -> bool:
    """Whether what is not known in them will not turn out to be of another type."""
    return not any(has_dynamic(value.type) and value.first_unknown() for value in values)


def of_one_type(values: Sequence[Value], message: str, argument: int | None = None) -> Sequence[Value]:
    """The values, converted to their common type; :class:`FunctionError` if they have none."""
    unified = unify_values(values) if values else []
    if unified is None:
        raise FunctionError(message, argument)
    return unified


def type_of(values: Sequence[Value], of_none: Type = DYNAMIC) -> Type:
    """The type of values that are of one type; ``of_none`` where there are none."""
    return values[0].type if values else of_none


def has_text(value: Value) -> bool:
    """Whether some of a string is known."""
    return any(isinstance(part.text, str) and part.text for part in value.parts or ())


def not_known(call: Call, why: Unknown | None, type: Type = DYNAMIC, *, marks: int = 0) -> Value:
    """The result of a call that cannot be worked out."""
    return Value(type, why, call.origin, marks=marks)
