"""Helm's ``--set`` syntax, which ``set`` of a ``helm_release`` has too: ``a.b[0].c\\.d=value,e={1,2}``.

Source: https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set and helm/helm,
``pkg/strvals/parser.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from readers import Malformed
from tfparse.cty.numbers import whole
from tfparse.cty.values import Value, boolean, null, number, object_, string, tuple_
from tfparse.diagnostics import Origin

Path = tuple[str | int, ...]
"""The steps of a path: keys of maps and indexes of lists."""

_HIGHEST_INDEX = 65536
_DEEPEST = 30


def assignments(text: str, what: str, origin: Origin | None, *, strings: bool = False) -> Iterator[tuple[Path, Value]]:
    """The paths that a text sets, and to what; with ``strings``, values stay strings whatever they look like.

    Malformed where Helm refuses the text; ``what`` names it there, for it may hold a secret.
    """
    rest = text
    while rest:
        path, rest = _path(rest, what, origin)
        value, rest = _value(rest, what, origin, strings)
        yield path, value


def _path(text: str, what: str, origin: Origin | None) -> tuple[Path, str]:
    """The path before the ``=``, and what follows it."""
    steps: list[str | int] = []
    stop, rest = ".", text
    while stop != "=":
        key, stop, rest = _until(rest, "=[,.")
        if key or not steps or isinstance(steps[-1], str):
            steps.append(key)
        while stop == "[":
            index, closing, rest = _until(rest, "]")
            if not closing or not re.fullmatch("[0-9]{1,5}", index) or int(index) > _HIGHEST_INDEX:
                raise Malformed(what, "an index is no number, or too high", origin)
            steps.append(int(index))
            between, stop, rest = _until(rest, "[.=")
            if between:
                raise Malformed(what, "something stands behind an index", origin)
        if stop not in (".", "="):
            raise Malformed(what, "a name has no value", origin)
    if "" in steps or len(steps) > _DEEPEST:
        raise Malformed(what, "a path has a step without a name, or too many steps", origin)
    return tuple(steps), rest


def _value(text: str, what: str, origin: Origin | None, strings: bool) -> tuple[Value, str]:
    """The value up to the next comma, and what follows it.  ``{a,b}`` is a list."""
    if not text.startswith("{"):
        scalar, _, rest = _until(text, ",")
        return _scalar(scalar, origin, strings), rest
    elements: list[Value] = []
    stop, rest = ",", text[1:]
    while stop == ",":
        scalar, stop, rest = _until(rest, ",}")
        elements.append(_scalar(scalar, origin, strings))
    if not stop:
        raise Malformed(what, "a list does not end", origin)
    return tuple_(tuple(elements), origin), rest.removeprefix(",")


def _scalar(text: str, origin: Origin | None, strings: bool) -> Value:
    """Booleans, null and whole numbers that do not begin with a zero; all else is a string."""
    if not strings:
        if text.lower() in ("true", "false"):
            return boolean(text.lower() == "true", origin)
        if text.lower() == "null":
            return null(origin=origin)
        if re.fullmatch(r"0|[+-][0-9]+|[1-9][0-9]*", text) and -(2**63) <= whole(text) < 2**63:
            return number(whole(text), origin)
    return string(text, origin)


def _until(text: str, stops: str) -> tuple[str, str, str]:
    """``text`` up to the first of ``stops`` without a backslash before it, that stop, and what follows."""
    found = re.match(rf"((?:[^\\{re.escape(stops)}]|\\.)*)([{re.escape(stops)}]?)", text, re.DOTALL)
    assert found is not None  # the pattern matches the empty string
    rest = text[found.end() :]
    return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL), found[2], "" if rest == "\\" else rest


def put(values: Value, path: Path, value: Value, origin: Origin | None) -> Value:
    """``values`` with ``value`` under ``path``; maps and lists on the way are made, lists filled with nulls.

    Where it is not known what is on the way, what is certain is kept.  Malformed where a step does not fit
    what is there.
    """
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return _put_element(values, step, rest, value, origin)
    if not isinstance(values.raw, dict) and not values.is_unknown:
        raise Malformed("Helm set", f'"{step}" is to be set in something that is no map', origin)
    held = dict(values.raw) if isinstance(values.raw, dict) else {}
    below = values.get(step) if isinstance(values.raw, dict) else values
    held[step] = put(_room(rest, origin) if below is None else below, rest, value, origin)
    return object_(held, values.origin or origin, rest=values.unknown or values.rest)


def _put_element(values: Value, index: int, rest: Path, value: Value, origin: Origin | None) -> Value:
    if values.is_unknown:
        return values
    if not isinstance(values.raw, tuple):
        raise Malformed("Helm set", f"element {index} is to be set in something that is no list", origin)
    elements = list(values.raw) + [null()] * (index + 1 - len(values.raw))
    there = elements[index]
    fits = there.is_unknown or isinstance(there.raw, tuple if rest and isinstance(rest[0], int) else dict)
    elements[index] = put(there if fits else _room(rest, origin), rest, value, origin)
    return tuple_(tuple(elements), values.origin or origin)


def _room(rest: Path, origin: Origin | None) -> Value:
    """What is made where nothing is: a list for an index, else a map."""
    return tuple_((), origin) if rest and isinstance(rest[0], int) else object_({}, origin)
