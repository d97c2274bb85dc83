"""The records that the resources of a repo declare for one domain: which zone each goes into, by provider."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from readers.dns.declared import Draft, drafts, qualified
from readers.dns.providers import FORMS, ZONES, looks_like_dns
from readers.dns.records import Record
from readers.dns.zones import ZoneOf, Zones
from tfparse import Infra
from tfparse.cty.values import HOLE, Unknown, Value
from tfparse.graph.model import Resource
from tfparse.graph.root import Root

#: Who holds records: a provider, as people call it, and whether it is one of the house, which the world does not ask.
Holder = tuple[str, bool]


def declared_in(infra: Infra, domain: str) -> dict[Holder, tuple[Record, ...]]:
    """The records declared for a domain by resources that any root reaches, by who holds them.

    A record is in the zone that its ``zone_id`` (or its provider's like) means.  Where source does not say which
    that is, records of one expression are in one zone: in the domain's, if one of their names ends in the domain, or
    if the repo has no other zone; else whether they are is in doubt.

    Raises:
        Malformed: a record's name cannot be one.
    """
    ours = _ours(infra.ask(_zones_meant, domain), domain)
    records: dict[Holder, list[Record]] = {}
    for holder, record in infra.ask(_held, domain, ours):
        records.setdefault(holder, []).append(record)
    return {holder: tuple(held) for holder, held in records.items()}


def _zones_meant(root: Root, domain: str) -> list[tuple[ZoneOf, bool]]:
    """The zones that a root's records go into, and whether a record's own name says that it is the domain's."""
    return [(zone, draft.is_in(domain)) for draft, zone in _drafts(root)]


def _held(root: Root, domain: str, ours: frozenset[Hashable]) -> list[tuple[Holder, Record]]:
    """The records of a root that are of a domain, or may be; ``ours`` are keys of zones that are the domain's."""
    found: list[tuple[Holder, Record]] = []
    for draft, zone in _drafts(root):
        holder = draft.form.provider, draft.form.house or zone.private
        doubt = None
        if zone.name is None and zone.key not in ours:
            origin = draft.zone.origin if draft.zone is not None else draft.resource.origin
            doubt = Unknown(f"no source says which zone {zone.shown} is", origin)
        found += ((holder, r) for r in draft.records(zone.name or domain, doubt) if concerns(r, domain))
    return [*found, *((("other", False), record) for record in _unknown_types(root, domain))]


def concerns(record: Record, domain: str) -> bool:
    """Whether a record is of a domain, or may be."""
    return HOLE in record.name or record.name == domain or record.name.endswith(f".{domain}")


def _drafts(root: Root) -> Iterator[tuple[Draft, ZoneOf]]:
    resources = root.resources(FORMS.__contains__)
    if resources:
        zones = Zones([*root.resources(ZONES.__contains__), *root.resources(ZONES.__contains__, "data")])
        for draft in (draft for resource in resources for draft in drafts(resource)):
            yield draft, zones.of(draft.zone, draft.form.provider)


def _ours(meant: list[tuple[ZoneOf, bool]], domain: str) -> frozenset[Hashable]:
    """The keys of the zones that are the domain's though source does not name them."""
    unnamed = frozenset(zone.key for zone, _ in meant if zone.name is None)
    told = frozenset(zone.key for zone, is_in in meant if zone.name is None and is_in)
    named = any(zone.name is not None and _about(zone.name, domain) for zone, _ in meant)
    return unnamed if not told and not named and len(unnamed) == 1 else told


def _about(zone: str, domain: str) -> bool:
    return zone == domain or zone.endswith(f".{domain}") or domain.endswith(f".{zone}")


# -- resource types that are not read -------------------------------------------------------------------

_NAMES = ("name", "fqdn", "hostname", "subdomain", "sub_domain", "record_name", "rr", "host", "domain")
_ZONES = ("zone", "zone_name", "dns_zone", "domain_name", "domain")
_TYPES = ("type", "record_type", "rrtype")


def _unknown_types(root: Root, domain: str) -> Iterator[Record]:
    """A record, all of it in doubt, for each resource that by its type may declare some of the domain."""
    for resource in root.resources(looks_like_dns):
        zone = _known(resource, _ZONES)
        if zone is not None and "." in zone and not _about(zone.rstrip(".").lower(), domain):
            continue
        name, kind = _known(resource, _NAMES), _known(resource, _TYPES)
        why = Unknown(f"{resource.type} is not a resource type whose records are read here", resource.origin)
        record = Record(
            HOLE if name is None else qualified(name, domain), HOLE if kind is None else kind.upper(), HOLE,
            origin=resource.origin, unknown=why, repetition=why, source=resource.address,
        )  # fmt: skip
        if concerns(record, domain):
            yield record


def _known(resource: Resource, arguments: tuple[str, ...]) -> str | None:
    for argument in arguments:
        value: Value | None = resource.body.attribute(argument)
        if value is not None and isinstance(value.raw, str):
            return value.raw
    return None
