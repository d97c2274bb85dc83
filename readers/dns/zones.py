"""Which zone a record goes into: what its ``zone_id``, or its provider's like, means in source."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from msgspec import Struct

from readers.dns.providers import ZONES, ZoneForm
from tfparse.cty.values import Unknown, Value
from tfparse.graph.model import Body, Resource


class ZoneOf(Struct, frozen=True):
    """The zone that an expression means.

    ``name``: its apex, without the final dot, in lower case; None where nothing in source says it.  ``key``: the same
    for records whose expressions mean the same.  ``shown``: the expression, for people.  ``private``: the world does
    not ask it.
    """

    name: str | None
    key: Hashable
    shown: str
    private: bool = False


class Zones:
    """The zones that resources and data sources of one root module name."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._named = [(resource, ZONES[resource.type]) for resource in resources if resource.type in ZONES]

    def of(self, value: Value | None, provider: str) -> ZoneOf:
        """The zone that a record's argument means, for a provider."""
        if value is None or value.is_null:
            return ZoneOf(None, provider, "no zone")
        if isinstance(value.raw, Unknown):
            return self._of_unknown(value.raw, provider)
        text = str(value.raw).lower() if isinstance(value.raw, (str, int)) else ""
        for resource, form in self._named:
            handle = resource.body.attribute(form.handle) if form.handle else None
            if handle is not None and isinstance(handle.raw, str) and handle.raw.lower() == text:
                return _named(resource, form, provider)
        # An identifier has no dot, and a zone that has none is a top-level domain.
        name = text.rstrip(".") if "." in text else None
        private = name is not None and any(_name(r.body, f) == name and _private(r, f) for r, f in self._named)
        return ZoneOf(name, (provider, text), f'"{text}"', private)

    def _of_unknown(self, why: Unknown, provider: str) -> ZoneOf:
        for resource, form in self._named:
            if why.stands_for.startswith((f"{resource.address}.", f"{resource.address}[")):
                return _named(resource, form, provider)
        return ZoneOf(None, (provider, why.stands_for or why.reason, why.origin), why.stands_for or why.reason)


def _named(resource: Resource, form: ZoneForm, provider: str) -> ZoneOf:
    name = _name(resource.body, form)
    return ZoneOf(name, (provider, resource.address, resource.origin), resource.address, _private(resource, form))


def _name(body: Body, form: ZoneForm) -> str | None:
    for path in form.name:
        value = _at(body, path)
        if value is not None and isinstance(value.raw, str):
            return value.raw.rstrip(".").lower()
    return None


def _at(body: Body, path: str) -> Value | None:
    """What stands at an argument, or at one of a block or an object (``filter.name``)."""
    holder, _, inner = path.partition(".")
    value = body.attribute(holder)
    if not inner:
        return value
    if value is not None:
        return value.get(inner) if isinstance(value.raw, dict) else None
    return next((block.body.attribute(inner) for block in body.blocks(holder)), None)


def _private(resource: Resource, form: ZoneForm) -> bool:
    if form.private is None:
        return False
    value = resource.body.attribute(form.private)
    if form.private_if is not None:
        return value is not None and value.unknown is None and value.raw == form.private_if
    flag = resource.body.attribute("private_zone") if resource.mode == "data" else None
    return value is not None or bool(resource.body.blocks(form.private)) or (flag is not None and flag.raw is True)
