"""``count`` and ``for_each``: how many instances there are, and what each sees.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from tfparse.configs.module import Located, Section
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.numbers import length_of
from tfparse.cty.types import DYNAMIC, NUMBER, STRING, Set
from tfparse.cty.values import EPHEMERAL, Unknown, Value, object_, string
from tfparse.diagnostics import UnsupportedError
from tfparse.lang import Lazy, collection_unknown, key_origin

if TYPE_CHECKING:
    from tfparse.graph.instance import ModuleInstance

MAX_INSTANCES = 10_000


class RepetitionData(Struct, frozen=True):
    """One instance: its key, the names it sees, and, if there is some number of these, why."""

    key: str | int | None
    names: Mapping[str, Lazy]
    repetition: Unknown | None = None

    @property
    def suffix(self) -> str:
        """The end of the instance's address: nothing, ``[0]``, ``["key"]`` or ``[*]``."""
        if self.repetition is not None:
            return "[*]"
        return "" if self.key is None else f"[{json.dumps(self.key, ensure_ascii=False)}]"


class Repetitions(list[RepetitionData]):
    """The instances of one thing, quickly found by key."""

    @cached_property
    def _by_key(self) -> dict[object, RepetitionData]:
        return {data.key: data for data in self if data.repetition is None}

    def find(self, key: object) -> RepetitionData | None:
        """The instance with a key: where none certainly has it, the one that stands for an unknown number of them."""
        found = self._by_key.get(key)
        return found or next((data for data in reversed(self) if data.repetition is not None), None)


_VAGUE = Unknown("it is not said how many there are")
SINGLE = RepetitionData(None, {})
UNKNOWN_COUNT = Repetitions(
    [
        RepetitionData(
            None,
            {
                "count": object_({"index": Value(NUMBER, _VAGUE)}),
                "each": object_({"key": Value(STRING, _VAGUE), "value": Value(DYNAMIC, _VAGUE)}),
            },
            _VAGUE,
        )
    ]
)
"""Any instance, however many there may be."""


def repetitions_of(instance: ModuleInstance, section: Section) -> Repetitions:
    """The instances of a resource or a module call.

    Raises:
        TerraformError: ``count`` or ``for_each`` is refused.
    """
    count, for_each = section.attributes.get("count"), section.attributes.get("for_each")
    if count is not None and for_each is not None and count.file == for_each.file:
        raise instance.fail(
            count.origin,
            'Invalid combination of "count" and "for_each"',
            'The "count" and "for_each" meta-arguments are mutually-exclusive.',
        )
    # Where an override file adds the other one, Terraform takes "count" without a word.
    if count is not None:
        return _enabled(instance, section, _counted(instance, count))
    return _enabled(instance, section, Repetitions([SINGLE]) if for_each is None else _each(instance, for_each))


def _enabled(instance: ModuleInstance, section: Section, found: Repetitions) -> Repetitions:
    """Those that there are by OpenTofu's ``lifecycle.enabled``, which Terraform has not.

    Source: https://opentofu.org/docs/language/meta-arguments/enabled/
    """
    lifecycle = section.block("lifecycle")
    if lifecycle is None or "enabled" not in lifecycle.attributes:
        return found
    value = instance.evaluate(lifecycle.attributes["enabled"])
    if isinstance(value.raw, Unknown):
        return Repetitions(RepetitionData(one.key, one.names, one.repetition or value.raw) for one in found)
    return found if instance.flag(Section.of(lifecycle), "enabled", True) else Repetitions()


def _counted(instance: ModuleInstance, located: Located) -> Repetitions:
    value = instance.evaluate(located)
    if value.marks & EPHEMERAL:
        raise instance.fail(located.origin, "Invalid count argument", "Ephemeral values cannot be used as count.")
    if isinstance(value.raw, Unknown):
        index = Value(NUMBER, value.raw, value.origin, marks=value.marks)
        return Repetitions([RepetitionData(None, {"count": object_({"index": index})}, value.raw)])
    try:
        times = convert(value, NUMBER).raw
    except ConversionError as error:
        raise instance.fail(located.origin, "Incorrect value type", f'Invalid "count": {error}.') from None
    if not isinstance(times, (int, Fraction)) or times.denominator != 1 or times < 0:
        detail = 'The "count" must be a whole number, not negative.'
        raise instance.fail(located.origin, "Invalid count argument", detail)
    if times > MAX_INSTANCES:
        raise _too_many(instance, located)
    indexes = (Value(NUMBER, length_of(i), value.origin).marked(value.marks) for i in range(times.numerator))
    return Repetitions(RepetitionData(i, {"count": object_({"index": index})}) for i, index in enumerate(indexes))


def _each(instance: ModuleInstance, located: Located) -> Repetitions:
    value = instance.evaluate(located)
    repetitions = Repetitions()
    why = value.raw if isinstance(value.raw, Unknown) else None
    if isinstance(value.type, Set) and not value.is_null:
        why = why or collection_unknown(value)
    if value.marks & EPHEMERAL:
        raise instance.fail(located.origin, "Invalid for_each argument", "Ephemeral values cannot be used as for_each.")
    if value.sensitive:
        raise instance.fail(located.origin, "Invalid for_each argument", "Sensitive values cannot be used as for_each.")
    if why is None:
        repetitions.extend(
            RepetitionData(key, {"each": _pair(key, item, value)}) for key, item in _items(instance, located, value)
        )
        why = value.rest
    if why is not None:
        anything = Value(DYNAMIC, why, value.origin)
        each = object_({"key": Value(STRING, why, value.origin), "value": anything})
        repetitions.append(RepetitionData(None, {"each": each}, why))
    return repetitions


def _pair(key: str, item: Value, collection: Value) -> Value:
    name = string(key, key_origin(item, collection.origin))
    return object_({"key": name.marked(collection.marks), "value": item.marked(collection.marks)})


def _items(instance: ModuleInstance, located: Located, value: Value) -> list[tuple[str, Value]]:
    raw = value.raw
    if isinstance(raw, (dict, tuple)) and len(raw) > MAX_INSTANCES:
        raise _too_many(instance, located)
    if isinstance(raw, dict):
        return list(raw.items())
    if isinstance(raw, tuple) and isinstance(value.type, Set):
        if all(isinstance(v.raw, str) for v in raw):
            return [(v.as_string(), v) for v in raw]
        raise instance.fail(located.origin, "Invalid for_each set argument", "for_each takes sets of strings alone.")
    raise instance.fail(
        located.origin,
        "Invalid for_each argument",
        f"for_each takes a map, an object or a set of strings, not {value.type if raw is not None else 'null'}.",
    )


def _too_many(instance: ModuleInstance, located: Located) -> UnsupportedError:
    detail = f"More than {MAX_INSTANCES} instances are not worked with here."
    return UnsupportedError(*instance.fail(located.origin, "Too many instances", detail).diagnostics)
