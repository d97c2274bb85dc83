"""Records of a zone as subjects, and as values that conditions are put to."""

from __future__ import annotations

from collections.abc import Iterable

from readers.account import present
from readers.dns import Record
from readers.dns.said import UNREAD_TYPES, DeclaredZone, PublishedZone
from readers.subjects.node import ValueNode
from readers.subjects.subject import Subject, Subjects
from tfparse import Value
from tfparse.cty.text import from_flat
from tfparse.cty.values import HOLE, SECRET, Unknown, object_, string, unknown

Zone = DeclaredZone | PublishedZone
_COUNTED_DOWN = "a resolver counts it down; ask the zone's own servers (--dns=authoritative)"
_AUTOMATIC = 300
"""Seconds that Cloudflare takes for a TTL of 1: https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/"""


def every_record(zone: DeclaredZone, label: str) -> Subjects:
    """Every declared record of a zone, by ``name`` (within the zone, ``@`` its own), ``type``, ``data``, ``ttl``."""
    unread = [witness for witness in zone.declarations.witnesses if witness.name == UNREAD_TYPES]
    records = (record for witness in [*zone.speakers, *unread] for record in witness.records)
    found = ((_record_subject(zone, record), present(record.repetition)) for record in records)
    return Subjects.of(label, found, zone.unread)


def _record_subject(zone: DeclaredZone, record: Record) -> Subject:
    known = HOLE not in record.name
    name = zone.declarations.relative(record.name) if known else record.name.removesuffix(f".{zone.zone}")
    held = {
        "name": _held(record, name),
        "type": _held(record, record.type),
        "data": record_value(record),
        "ttl": ttl_value(zone, record, in_words=False),
        "source": string(record.source, record.origin),
    }
    shown = f"{record.type} record {name}".replace(HOLE, "${?}")
    return Subject(shown, ValueNode(object_(held, record.origin)), ignored=lambda _: record.ignored)


def record_value(record: Record) -> Value:
    """The data of a record as a value, an MX's preference before it, without quotes in a CAA."""
    data = record.data if record.type != "CAA" else record.data.replace('"', "")
    if record.type == "MX":
        data = f"{HOLE if record.preference is None else record.preference} {data}"
    return _held(record, data).marked(SECRET if record.sensitive else 0)


def ttl_value(zone: Zone, record: Record, in_words: bool) -> Value:
    """The TTL of a record in seconds, with their unit after them where it is to be compared ``in_words``."""
    if record.ttl is None:
        return unknown("its TTL is not stated: it is left to the provider", record.origin)
    if isinstance(zone, PublishedZone) and not zone.tells_ttl:
        return unknown(_COUNTED_DOWN, record.origin)
    automatic = record.ttl == 1 and isinstance(zone, DeclaredZone)
    return string(f"{_AUTOMATIC if automatic else record.ttl}{'s' if in_words else ''}", record.origin)


def _held(record: Record, written: str) -> Value:
    why = record.unknown or record.repetition or Unknown("it is not wholly known", record.origin)
    return from_flat(written, why, record.origin)


def shown_records(records: Iterable[Record]) -> str:
    """Records as a finding shows them."""
    return "; ".join(record.shown for record in records) or "no such record"
