"""Records that Cloudflare resources declare, certain and possible."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from readers import Malformed
from readers.dns import Record, lookup
from readers.dns.declared import drafts
from readers.dns.records import txt_content
from tfparse.cty.values import HOLE, Part, Unknown, Value, number, object_, string, text, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import Block, Body, IgnoredPath, Resource

DOUBT = Unknown("var.x has no value", Origin("variables.tf", 7))
AT = Origin("dns.tf", 1)


def value(content: Any, line: int) -> Value:
    """A value on a line of dns.tf; in text, HOLE is an unknown part."""
    if isinstance(content, Value):
        return content
    where = Origin("dns.tf", line)
    if isinstance(content, int):
        return number(content, where)
    if isinstance(content, Unknown):
        return unknown(content.reason, content.origin).at(where)
    if HOLE not in content:
        return string(content, where)
    pieces = [p for known in content.split(HOLE) for p in (Part(known, where), Part(DOUBT, where))][:-1]
    return text(tuple(pieces), where)


def resource(
    kind: str = "cloudflare_record",
    /,
    *,
    repetition: Unknown | None = None,
    ignored: tuple[str, ...] | None = None,
    blocks: tuple[Block, ...] = (),
    mode: str = "managed",
    **attributes: Any,
) -> Resource:
    """A resource whose attributes stand on lines 2, 3, ... in the order given."""
    body = Body({name: value(content, line) for line, (name, content) in enumerate(attributes.items(), 2)}, blocks, AT)
    ignore = () if ignored is None else (IgnoredPath(ignored, Origin("dns.tf", 20)),)
    return Resource(f"{kind}.r", mode, kind, "r", None, body, AT, lambda: ignore, repetition)


def declared_records(resources: Iterable[Resource], zone: str) -> list[Record]:
    return [record for resource in resources for draft in drafts(resource) for record in draft.records(zone)]


def declared(**attributes: Any) -> Record:
    (record,) = declared_records([resource(**attributes)], "example.org")
    return record


# https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-dns-records/: "@" is the zone; a name
# that does not end in the zone's is completed by it.
@pytest.mark.parametrize(
    ("name", "absolute"),
    [
        ("@", "example.org"),
        ("_dmarc", "_dmarc.example.org"),
        ("_dmarc.example.org", "_dmarc.example.org"),
        ("_dmarc.example.org.", "_dmarc.example.org"),
        ("_DMARC.Example.ORG", "_dmarc.example.org"),
        ("example.org", "example.org"),
        ("EXAMPLE.org.", "example.org"),
        ("a.b", "a.b.example.org"),
        ("notexample.org", "notexample.org.example.org"),
        ("other.test.", "other.test"),
        ("*", "*.example.org"),
        ("b\u00fccher", "xn--bcher-kva.example.org"),
        (f"app-{HOLE}", f"app-{HOLE}"),
        (f"{HOLE}", f"{HOLE}"),
        (f"{HOLE}-x", f"{HOLE}-x.example.org"),
        (f"{HOLE}.example.org", f"{HOLE}.example.org"),
        (f"{HOLE}-x.example.org", f"{HOLE}-x.example.org"),
        (f"_dmarc.{HOLE}", f"_dmarc.{HOLE}"),
        (f"_dmarc.{HOLE}.org", f"_dmarc.{HOLE}.org"),
        (f"_dmarc.{HOLE}.", f"_dmarc.{HOLE}"),
        (f"{HOLE}.Other.net", f"{HOLE}.other.net.example.org"),
    ],
)
def test_names(name: str, absolute: str) -> None:
    record = declared(name=name, type="A", content="192.0.2.1")
    assert (record.name, record.unknown) == (absolute, DOUBT if HOLE in name else None)


@pytest.mark.parametrize(
    ("type", "content", "data"),
    [
        ("TXT", '"v=DMARC1; p=none"', "v=DMARC1; p=none"),
        ("TXT", "v=DMARC1; p=none", "v=DMARC1; p=none"),
        ("TXT", '"v=DKIM1; p=MIGf" "MA0G"', "v=DKIM1; p=MIGfMA0G"),
        ("TXT", f'"v=DMARC1; p={HOLE}; pct=100"', f"v=DMARC1; p={HOLE}; pct=100"),
        ("CNAME", "U1.wl.SendGrid.net", "u1.wl.sendgrid.net"),
        ("CNAME", "u1.wl.sendgrid.net.", "u1.wl.sendgrid.net"),
        ("CNAME", f"{HOLE}.cfargotunnel.com", f"{HOLE}.cfargotunnel.com"),
        ("MX", "Mail.Example.org", "mail.example.org"),
        ("MX", "mail.example.org\n", "mail.example.org"),
        ("TXT", "", ""),
        ("TXT", '""', ""),
        ("MX", ".", "."),
        ("NS", "mx2.example.org", "mx2.example.org"),
        ("A", "192.0.2.1", "192.0.2.1"),
        ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
        ("cname", "a.test", "a.test"),
    ],
)
def test_contents(type: str, content: str, data: str) -> None:
    record = declared(name="x", type=type, content=content, priority=5, ttl=3600)
    assert (record.type, record.data, record.ttl) == (type.upper(), data, 3600)
    assert record.preference == (5 if type == "MX" else None)
    assert record.origin == Origin("dns.tf", 4)
    assert record.source == "cloudflare_record.r"


def test_attributes_by_their_older_and_newer_names() -> None:
    old = resource(name="_dmarc", type="TXT", value="v=DMARC1")
    new = resource("cloudflare_dns_record", name="_dmarc", type="TXT", content='"v=DMARC1"', ttl=1)
    other = resource("cloudflare_zone", name="example.org")
    read = resource(mode="data", name="_dmarc", type="TXT", content="v=DMARC1")
    records = declared_records([old, other, new, read], "example.org")
    assert [(r.name, r.type, r.data) for r in records] == [("_dmarc.example.org", "TXT", "v=DMARC1")] * 2


SRV = {"priority": 10, "weight": 5, "port": 5060, "target": "Sip.example.org"}


def test_structured_data_as_a_block_and_as_an_attribute() -> None:
    fields: dict[str, Value] = {name: value(content, 9) for name, content in SRV.items()}
    block = Block("data", (), Body(fields), AT)
    (by_block,) = declared_records([resource(name="_sip._tcp", type="SRV", blocks=(block,))], "example.org")
    by_attribute = declared(type="SRV", name="_sip._tcp", data=object_(fields))
    for record in (by_block, by_attribute):
        assert (record.data, record.origin, record.unknown) == ("10 5 5060 sip.example.org", Origin("dns.tf", 9), None)
    caa = declared(
        name="@",
        type="CAA",
        data=object_({"flags": string("0"), "tag": string("issue"), "value": string("letsencrypt.org")}),
    )
    assert caa.data == '0 issue "letsencrypt.org"'


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"type": "TXT"}, "the content of this TXT record is not set, or stands in a form that is not read"),
        (
            {"type": "LOC", "data": object_({"lat_degrees": number(1)})},
            "the content of this LOC record is not set, or stands in a form that is not read",
        ),
        (
            {"type": "SRV", "data": object_({"port": number(1)})},
            "the content of this SRV record is not set, or stands in a form that is not read",
        ),
        ({"type": "TXT", "content": '"a" b'}, "the quoted strings of this TXT content cannot be read"),
        ({"type": "MX", "content": "mail"}, "name or priority is not set, or priority is no whole number"),
        ({"type": "A", "content": "host"}, "this is no content of a record of type A: Text input is malformed."),
        (
            {"type": "NO", "content": "a"},
            "this is no content of a record of type NO: DNS resource record type is unknown.",
        ),
        ({"type": "TXT", "content": DOUBT}, DOUBT.reason),
        ({"type": "SRV", "data": DOUBT}, DOUBT.reason),
        ({"type": "MX", "content": "mail", "priority": DOUBT}, DOUBT.reason),
    ],
)
def test_what_cannot_be_known_says_why(attributes: dict[str, str | Unknown | Value], reason: str) -> None:
    record = declared(name="x", **attributes)
    assert record.unknown is not None
    assert record.unknown.reason == reason
    with pytest.raises(UnknownValueError, match=reason):
        record.known_preference() if record.type == "MX" else record.known_data()


def test_a_record_without_a_name_may_have_any() -> None:
    record = declared(type="MX", content="mail", priority=1)
    assert (record.name, record.unknown and record.unknown.origin) == (HOLE, AT)


def test_a_record_without_a_type_may_have_any() -> None:
    record = declared(name="x", content="a")
    assert (record.type, record.unknown) == (HOLE, Unknown("type is not set", AT))


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"name": "x" * 64, "type": "A", "content": "192.0.2.1"}, "A DNS label is > 63 octets long"),
        ({"name": "x..y", "type": "A", "content": "192.0.2.1"}, "A DNS label is empty"),
        ({"name": object_({}), "type": "A", "content": "192.0.2.1"}, "a string is wanted"),
    ],
)
def test_names_that_cannot_be(attributes: dict[str, str | Value], problem: str) -> None:
    with pytest.raises(Malformed) as caught:
        declared(**attributes)
    assert caught.value.what == "cloudflare_record.r"
    assert problem in caught.value.problem
    assert caught.value.origin == AT


@pytest.mark.parametrize(("ignored", "covered"), [((), True), (("content",), True), (("tags",), False), (None, False)])
def test_ignore_changes(ignored: tuple[str, ...] | None, covered: bool) -> None:
    (record,) = declared_records([resource(name="x", type="A", content="192.0.2.1", ignored=ignored)], "example.org")
    assert (record.ignored and record.ignored.origin) == (Origin("dns.tf", 20) if covered else None)


def test_sensitive_content_is_not_shown() -> None:
    record = declared(name="x", type="TXT", content=string("canary").marked())
    assert record.data == "canary"
    assert "canary" not in f"{record} {record!r}"


# -- looking up -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({}, "certain"),
        ({"content": DOUBT}, "certain"),
        ({"name": "_DMARC.example.org."}, "certain"),
        ({"name": "other"}, None),
        ({"type": "CNAME", "content": "a.test"}, None),
        ({"repetition": DOUBT}, "possible"),
        ({"repetition": DOUBT, "name": "other"}, None),
        ({"name": DOUBT}, "possible"),
        ({"name": DOUBT, "type": "CNAME", "content": "a.test"}, None),
        ({"type": DOUBT}, "possible"),
        ({"type": DOUBT, "name": "other"}, None),
        ({"name": f"app-{HOLE}"}, None),
        ({"name": f"_d{HOLE}"}, "possible"),
        ({"name": f"{HOLE}arc"}, "possible"),
        ({"name": f"{HOLE}arc-x"}, None),
        ({"name": f"_dmarc.{HOLE}"}, "possible"),
        ({"name": f"{HOLE}.other.net"}, None),
        ({"name": f"_{HOLE}.example.org"}, "possible"),
        ({"name": f"{HOLE}_dmarc{HOLE}"}, "possible"),
        ({"name": f"a{HOLE}_dmarc{HOLE}"}, None),
        ({"name": f"_{HOLE}{HOLE}m{HOLE}.example.org"}, "possible"),
        ({"name": f"_{HOLE}m{HOLE}m{HOLE}.org."}, "possible"),
        ({"name": f"_{HOLE}m{HOLE}m{HOLE}m{HOLE}.org."}, None),
        ({"name": f"_dmarc.example{HOLE}example.org."}, None),
        ({"name": f"{HOLE * 60}z.example.org."}, None),
    ],
)
def test_lookup(attributes: dict[str, str | Unknown], found: str | None) -> None:
    usual: dict[str, Any] = {"name": "_dmarc", "type": "TXT", "content": "v=DMARC1"}
    records = declared_records([resource(**(usual | attributes))], "example.org")
    result = lookup(records, "_dmarc.Example.org", "txt")
    assert (len(result.certain), len(result.possible)) == (found == "certain", found == "possible")


def test_a_record_set_in_doubt_is_not_given_out() -> None:
    doubtful = declared(name=DOUBT, type="TXT", content="v=DMARC1")
    certain = declared(name="_dmarc", type="TXT", content="v=DMARC1")
    assert lookup([certain], "_dmarc.example.org", "TXT").require() == (certain,)
    with pytest.raises(UnknownValueError, match=r"may be a TXT record of _dmarc\.example\.org: var\.x has") as caught:
        lookup([certain, doubtful], "_dmarc.example.org", "TXT").require()
    assert caught.value.origin == DOUBT.origin


@pytest.mark.parametrize(
    ("content", "joined"),
    [
        ("bare", "bare"),
        ('bare; with \\ and "', 'bare; with \\ and "'),
        ('"abc" "def"', "abcdef"),
        (' "abc"\t"def" ', "abcdef"),
        ('"abc""def"', "abcdef"),
        ('""', ""),
        ('"a\\"b\\\\c"', 'a"b\\c'),
        ('"\\195\\169;"', "\u00e9;"),
        ('"\u00e9"', "\u00e9"),
        ('"abc', None),
        ('"abc" def', None),
        ('"abc\\"', None),
        ('"\\999"', None),
        (f"{HOLE}abc", f"{HOLE}abc"),
        (f'{HOLE}abc" "def"', None),
    ],
)
def test_txt_content(content: str, joined: str | None) -> None:
    """Cloudflare: TXT content is quoted strings, or bare text; escapes are RFC 1035's."""
    assert txt_content(content) == joined
