"""Maps, lists and scalars of YAML, as Go's YAML library reads them."""

from __future__ import annotations

from collections.abc import Mapping

from readers import Malformed
from tfparse.cty.values import Value


def mapping(value: Value | None, what: str) -> Mapping[str, Value]:
    """The entries of a YAML map that may be absent.  Malformed where it is no map."""
    if value is None:
        return {}
    if not isinstance(value.known().raw, dict):
        raise Malformed(what, "it is no map", value.origin)
    return value.mapping()


def elements(value: Value, what: str) -> tuple[Value, ...]:
    """The elements of a YAML list.  Malformed where it is none."""
    if not isinstance(value.known().raw, tuple):
        raise Malformed(what, "it is no list", value.origin)
    return value.elements()


def scalar_text(value: Value) -> str:
    """A YAML scalar where a string is wanted, as Go's YAML library gives it."""
    raw = value.known().raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (str, int)):
        return str(raw)
    raise Malformed("YAML", "a string is wanted here", value.origin)
