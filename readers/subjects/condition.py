"""What must hold of a value: the words of the column ``is``.

Each operator is a row of :data:`OPERATORS`; a cell that begins with none of them is a value that must be met as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import ge, le
from typing import Any

from msgspec import Struct

from readers import Malformed
from readers.account import Certainty, as_text, every, some
from readers.subjects.amounts import amounts, version
from readers.subjects.naming import names_host_in, pinned_to
from readers.subjects.pattern import ANY, Token, glob, literal, matches
from tfparse import Value
from tfparse.cty.values import Unknown, string
from tfparse.patterns import pattern

Test = Callable[[Value | None], Certainty]
"""Whether it holds of a value; None stands for one that is certainly not set."""

_LISTED = pattern(r'\s*(?:"([^"]*)"|([^,"]+?))\s*(?:,|$)')


class Condition(Struct, frozen=True):
    """A cell of the column ``is``, and its test.  ``of_list``: it is about a list as a whole, not about one text."""

    text: str
    holds: Test
    of_list: bool = False


class Operator(Struct, frozen=True):
    """An operator as it is written, before its argument; ``meaning`` and ``example`` go into the vocabulary's page."""

    words: str
    example: str
    meaning: str
    make: Callable[[str], Test]


def parse_condition(cell: str) -> Condition:
    """Read a cell.

    Raises:
        Malformed: it is empty, or its argument is none that the operator takes.
    """
    return Condition(cell, _test(cell.strip()), _OF_LIST.match(cell.strip()) is not None)


_OF_LIST = pattern(r"(?:not |if set, )*(?:has|exactly|in order) ")


def _test(cell: str) -> Test:
    for operator in OPERATORS:
        if cell == operator.words or cell.startswith(f"{operator.words} "):
            argument = cell.removeprefix(operator.words).strip()
            if not argument and operator.example != operator.words:
                raise Malformed(f'condition "{cell}"', f"it lacks what to compare with; write, say, {operator.example}")
            return operator.make(argument)
    return _equal(cell)


# -- of one text -----------------------------------------------------------------------------------


def _of_text(holds: Callable[[Value], Certainty]) -> Test:
    def of(value: Value | None) -> Certainty:
        return False if value is None or isinstance(value.raw, (tuple, dict)) else holds(as_text(value, "value"))

    return of


def _text(pattern: tuple[Token, ...]) -> Test:
    return _of_text(lambda text: matches(text, pattern))


def _equal(cell: str) -> Test:
    (wanted,) = _items(cell) if cell.startswith('"') else (cell,)
    if not wanted and cell != '""':
        raise Malformed("condition", 'it is empty; write "" for an empty text, or: not set')
    return _text(literal(wanted))


def _like(argument: str) -> Test:
    return _text(glob(_one(argument)))


def _like_one_of(argument: str) -> Test:
    return _some_of(_text(glob(item)) for item in _items(argument))


def _one_of(argument: str) -> Test:
    return _some_of(_text(literal(item)) for item in _items(argument))


def _some_of(tests: Iterable[Test]) -> Test:
    held = list(tests)
    return lambda value: some(test(value) for test in held)


def _starts(argument: str) -> Test:
    return _text((*literal(_one(argument)), ANY))


def _pinned(argument: str) -> Test:
    tags = _items(argument)
    return _of_text(lambda value: pinned_to(value, tags))


def _names_host(argument: str) -> Test:
    return _of_text(lambda value: names_host_in(value, argument))


def _names_no_host(argument: str) -> Test:
    return _of_text(lambda value: _negated(names_host_in(value, argument)))


# -- of an amount ----------------------------------------------------------------------------------


def _versions(found: str, wanted: str) -> tuple[Any, Any]:
    return version(found), version(wanted)


def _bound(
    compared: Callable[[Any, Any], bool], read: Callable[[str, str], tuple[Any, Any]] = amounts
) -> Callable[[str], Test]:
    def make(argument: str) -> Test:
        read(argument, argument)  # it raises where there is no such amount

        def holds(text: Value) -> Certainty:
            return text.unknown or compared(*read(text.as_string(), argument))

        return _of_text(holds)

    return make


# -- of a list or mapping ---------------------------------------------------------------------------


def _has(argument: str) -> Test:
    wanted = _one(argument)

    def holds(value: Value | None) -> Certainty:
        if value is None:
            return False
        if value.unknown is not None:
            return value.unknown
        if isinstance(value.raw, dict):
            return True if wanted in value.raw else value.rest or False
        return some(_equal_to(element, wanted) for element in value.raw) if isinstance(value.raw, tuple) else False

    return holds


def _has_like(argument: str) -> Test:
    pattern = _text(glob(_one(argument)))

    def holds(value: Value | None) -> Certainty:
        if value is None:
            return False
        if isinstance(value.raw, dict):
            return some([*(pattern(string(key)) for key in value.raw), value.rest or False])
        return some(pattern(e) for e in value.raw) if isinstance(value.raw, tuple) else value.unknown or False

    return holds


def _none(make: Callable[[str], Test]) -> Callable[[str], Test]:
    """Of a list or mapping, that what ``make`` tests for is not in it."""

    def negated(argument: str) -> Test:
        has = make(argument)
        return lambda value: False if value is None or _is_scalar(value) else _negated(has(value))

    return negated


def _exactly(argument: str) -> Test:
    wanted = _items(argument)

    def holds(value: Value | None) -> Certainty:
        if value is not None and isinstance(value.raw, dict):
            if value.raw.keys() - wanted:
                return False
            return value.rest or value.raw.keys() == set(wanted)
        if value is None or not isinstance(value.raw, tuple):
            return value.unknown or False if value is not None else False
        known = [some(_equal_to(element, item) for item in wanted) for element in value.raw]
        return every(*known, *(some(_equal_to(element, item) for element in value.raw) for item in wanted))

    return holds


def _in_order(argument: str) -> Test:
    wanted = _items(argument)

    def holds(value: Value | None) -> Certainty:
        if value is None or not isinstance(value.raw, tuple):
            return value.unknown or False if value is not None else False
        if len(value.raw) != len(wanted):
            return False
        return every(*(_equal_to(element, item) for element, item in zip(value.raw, wanted, strict=True)))

    return holds


def _equal_to(element: Value, wanted: str) -> Certainty:
    return _text(literal(wanted))(element)


def _is_scalar(value: Value) -> bool:
    return not isinstance(value.raw, (tuple, dict, Unknown))


# -- of a condition ---------------------------------------------------------------------------------


def _not(argument: str) -> Test:
    inner = _test(argument)
    return lambda value: False if value is None else _negated(inner(value))


def _if_set(argument: str) -> Test:
    inner = _test(argument)
    return lambda value: True if value is None else inner(value)


def _negated(certainty: Certainty) -> Certainty:
    return certainty if isinstance(certainty, Unknown) else not certainty


# -- arguments --------------------------------------------------------------------------------------


def _items(argument: str) -> tuple[str, ...]:
    found, at = [], 0
    while at < len(argument):
        item = _LISTED.match(argument, at)
        if item is None:
            raise Malformed(f'list "{argument}"', 'write its items as a, b or "a, with a comma", b')
        found.append(item[1] if item[1] is not None else item[2])
        at = item.end()
    return tuple(found)


def _one(argument: str) -> str:
    return argument[1:-1] if len(argument) > 1 and argument[0] == argument[-1] == '"' else argument


OPERATORS = (
    Operator("if set,", "if set, Local", "it is not set, or the rest holds", _if_set),
    Operator("not set", "not set", "nothing sets it", lambda _: lambda value: value is None),
    Operator("set", "set", "something sets it, be its value known or not", lambda _: lambda value: value is not None),
    Operator("not", "not like *:latest", "it is set, and the rest does not hold", _not),
    Operator("at least", "at least 200Mi", "a number, quantity or duration of that much or more", _bound(ge)),
    Operator("at most", "at most 5m", "a number, quantity or duration of that much or less", _bound(le)),
    Operator("version at least", "version at least 1.10.0", "a version that is no older: 1.10.0 is newer than 1.9.3",
             _bound(ge, _versions)),
    Operator("version at most", "version at most 2", "a version that is no newer", _bound(le, _versions)),
    Operator("one of", "one of Always, IfNotPresent", "one of these values", _one_of),
    Operator("pinned to", "pinned to 1.6-apache, 1.6.N-apache",
             "an image with a digest, or with one of these tags, in which N is any number", _pinned),
    Operator("names no host in", "names no host in sendgrid.net",
             "a text in which no host of that domain stands, as a next hop, in a list, in a record", _names_no_host),
    Operator("names a host in", "names a host in example.org", "a text in which one does", _names_host),
    Operator("like one of", "like one of *:1.6, *@sha256:*", "a text of one of these forms", _like_one_of),
    Operator("like", "like *.example.org", "a text of that form: * is any text, ? one character", _like),
    Operator("starts with", "starts with 10.0.", "a text that begins so", _starts),
    Operator("has one like", "has one like --log-level=*",
             "a list with an element of that form, or a mapping with such a key", _has_like),
    Operator("has none like", "has none like *password*",
             "a list without an element of that form, or a mapping without such a key", _none(_has_like)),
    Operator("has no", "has no NET_ADMIN", "a list without that element, or a mapping without that key", _none(_has)),
    Operator("has", "has NET_BIND_SERVICE", "a list with that element, or a mapping with that key", _has),
    Operator("exactly", "exactly a, b",
             "a list of just these elements, or a mapping of just these keys, in any order", _exactly),
    Operator("in order", "in order a, b", "a list of these elements in this order", _in_order),
)  # fmt: skip
"""The operators; one whose words begin another's stands behind it."""
