"""DNS records that Terraform resources declare: Cloudflare's, of provider 4 and of provider 5.

https://registry.terraform.io/providers/cloudflare/cloudflare/4.52.0/docs/resources/record
https://registry.terraform.io/providers/cloudflare/cloudflare/latest/docs/resources/dns_record
"""

from __future__ import annotations

from collections.abc import Iterable

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass

from readers import Malformed
from readers.dns.records import Record, normal_name, rdata_text, txt_content
from tfparse.cty.numbers import whole
from tfparse.cty.values import HOLE, SECRET, Unknown, Value
from tfparse.graph.model import IgnoredPath, Resource

RESOURCE_TYPES = frozenset({"cloudflare_record", "cloudflare_dns_record"})

_STRUCTURED = {"SRV": ("priority", "weight", "port", "target"), "CAA": ("flags", "tag", "value")}
"""The fields of ``data``, in the order of the type's presentation form."""

_DECISIVE = frozenset({"name", "type", "content", "value", "data", "priority"})


def declared_records(resources: Iterable[Resource], domain: str) -> list[Record]:
    """The records that Cloudflare resources declare, in the order given; other resources are passed over.

    Names are qualified with ``domain``: which zone a ``zone_id`` means cannot be seen in source.  What is
    not known stays in the record, as holes with a reason; so does content that cannot be read.  Malformed,
    with the resource's address, for a name that cannot be one.
    """
    zone = normal_name(domain)
    found = []
    for resource in resources:
        if resource.mode == "managed" and resource.type in RESOURCE_TYPES:
            try:
                found.append(_record(resource, zone))
            except Malformed as error:
                raise Malformed(resource.address, str(error), resource.origin) from error
    return found


def _record(resource: Resource, zone: str) -> Record:
    body = resource.body
    type_value, name_value, priority = body.attribute("type"), body.attribute("name"), body.attribute("priority")
    kind = _text(type_value).upper()
    contents = _contents(resource, kind)
    data, unreadable = _data(kind, [_text(value) for value in contents])
    name = _qualified(_text(name_value), zone)
    preference = _integer(priority) if kind == "MX" else None
    unknown = None
    if HOLE in name + kind + data or (kind == "MX" and preference is None):
        values = (name_value, type_value, *contents, priority)
        unknown = next((u for v in values if v is not None and (u := v.unknown)), None)
        unknown = unknown or Unknown(unreadable, resource.origin)
    return Record(
        name, kind, data, _integer(body.attribute("ttl")), preference,
        origin=next((v.origin for v in contents if v is not None), None) or resource.origin,
        unknown=unknown,
        repetition=resource.repetition,
        ignored=_ignored(resource),
        sensitive=any(v.all_marks() & SECRET for v in (name_value, *contents) if v is not None),
        source=resource.address,
    )


def _contents(resource: Resource, type: str) -> list[Value | None]:
    """The values that make the data: ``content`` (``value`` before provider 4.39), or the fields of ``data``."""
    body = resource.body
    for attribute in ("content", "value"):
        value = body.attribute(attribute)
        if value is not None:
            return [value]
    fields = _STRUCTURED.get(type, ())
    data = body.attribute("data")
    if data is not None:
        return [data] if data.is_unknown else [data.get(field) for field in fields]
    return [block.body.attribute(field) for block in body.blocks("data") for field in fields]


def _text(value: Value | None) -> str:
    """The text of a primitive, with a hole for each part that is not known and for what is not set."""
    if value is None or value.is_null:
        return HOLE
    if isinstance(value.raw, (tuple, dict)):
        raise Malformed(f"a value of type {value.type}", "a string is wanted", value.origin)
    if isinstance(value.raw, (str, Unknown)):
        return "".join(HOLE if isinstance(p.text, Unknown) else p.text for p in value.text_parts())
    return str(value.raw).lower()


def _integer(value: Value | None) -> int | None:
    """A whole number, which Terraform also takes as a string; None where it is not set or not known."""
    text = _text(value)
    return whole(text) if text.isascii() and text.isdigit() else None


def _qualified(name: str, zone: str) -> str:
    """The absolute name of a record called ``name`` in the zone; ``@`` is the zone itself."""
    name = name.lower()
    if HOLE not in name:
        if name == "@":
            return zone
        absolute = name == zone or name.endswith((".", f".{zone}"))
        return normal_name(name if absolute else f"{name}.{zone}")
    tail = name.rpartition(HOLE)[2]
    if tail.endswith("."):
        return name.removesuffix(".")
    # A hole at the end, or before what could be the end of the zone's name, may hold the rest of that
    # name: then nothing is certain to be put after it.
    complete = tail.endswith(f".{zone}") or f".{zone}".endswith(tail)
    return name if complete else f"{name}.{zone}"


def _data(type: str, contents: list[str]) -> tuple[str, str]:
    """The data as :class:`Record` has it, and why it would be a hole if no value is unknown."""
    if not contents or (len(contents) > 1 and HOLE in "".join(contents)):
        return HOLE, f"the content of this {type} record is not set, or stands in a form that is not read"
    text = " ".join(contents)
    if type == "TXT":
        joined = txt_content(text)
        return HOLE if joined is None else joined, "the quoted strings of this TXT content cannot be read"
    if type == HOLE or HOLE in text:
        return text, "type is not set"
    try:
        # As a name server would give it: addresses shortened, names in lower case.
        presented = f"0 {text}" if type == "MX" else text
        rdata = dns.rdata.from_text(dns.rdataclass.IN, type, presented, dns.name.root, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        return HOLE, f"this is no content of a record of type {type}: {error}"
    return rdata_text(rdata)[1], "name or priority is not set, or priority is no whole number"


def _ignored(resource: Resource) -> IgnoredPath | None:
    """The ``ignore_changes`` entry that covers what the record says."""
    return next((i for i in resource.ignore_changes if not i.path or i.path[0] in _DECISIVE), None)
