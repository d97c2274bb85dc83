"""Tables of records: the same words for what is declared and what is published, and what they make of doubts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readers import Malformed, Missing
from readers.dns import Resolver, open_dns
from readers.dns.declarations import read_declarations
from readers.dns.said import DeclaredZone, PublishedZone, every_pair, full_name, record_type
from readers.subjects.record_rows import Judged, RecordRow, judge_drift, judge_exactly, judge_nameless, judge_row
from readers.subjects.records import Zone, every_record
from readers.subjects.subject import Row
from tests.repo import repo
from tfparse.cty.values import Unknown

RECORD = """
resource "cloudflare_record" "{label}" {{
  zone_id = "z"
  {body}
}}
"""
DECLARED = {
    "mx": 'name = "@"\n  type = "MX"\n  content = "mail.example.org"\n  priority = 10\n  ttl = 3600',
    "mx2": 'name = "@"\n  type = "MX"\n  content = "MX2.example.org."\n  priority = 20\n  ttl = 3600',
    "spf": 'name = "@"\n  type = "TXT"\n  content = "v=spf1 mx -all"\n  ttl = 1',
    "other": 'name = "@"\n  type = "TXT"\n  content = "token=${var.token}"\n  ttl = 300',
    "dmarc": 'name = "_dmarc"\n  type = "TXT"\n  content = "v=DMARC1; p=reject; rua=mailto:a@example.org"',
    "caa": 'name = "@"\n  type = "CAA"\n  data {\n    flags = 0\n    tag = "issue"\n    value = "letsencrypt.org"\n  }',
    "srv": 'name = "_sip._tcp"\n  type = "SRV"\n  data {\n    priority = 0\n    weight = 5\n    port = 5060\n    target = "sip"\n  }',
    "www": 'name = "www"\n  type = "CNAME"\n  content = "web.example.org"',
    "web": 'name = "web.example.org"\n  type = "A"\n  content = "192.0.2.1"\n  ttl = 300',
    "web6": 'name = "web"\n  type = "AAAA"\n  content = "2001:0DB8::1"',
    "cdn": 'name = "cdn"\n  type = "CNAME"\n  content = "example.net"',
    "app": 'name = "app"\n  type = "A"\n  content = "192.0.2.9"\n  proxied = true',
    "some": 'count = var.token == "x" ? 1 : 0\n  name = "some"\n  type = "A"\n  content = "192.0.2.3"',
    "wild": 'name = "*.apps"\n  type = "A"\n  content = "192.0.2.4"',
}
PUBLISHED = """\
$ORIGIN example.org.
$TTL 300
@ IN SOA ns hostmaster 1 7200 3600 1209600 3600
@ IN NS ns
ns IN A 192.0.2.53
@ 3600 IN MX 10 mail
@ 3600 IN MX 20 mx2
@ IN TXT "v=spf1 mx " "-all"
@ IN CAA 0 issue "letsencrypt.org"
_dmarc IN TXT "v=DMARC1; p=none"
_sip._tcp IN SRV 0 5 5060 sip
www IN CNAME web
web IN A 192.0.2.1
web IN AAAA 2001:db8::1
app IN A 198.51.100.7
*.apps IN A 192.0.2.4
"""


@pytest.fixture(scope="module")
def dns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolver]:
    folder = tmp_path_factory.mktemp("zones")
    (folder / "example.org.zone").write_text(PUBLISHED)
    with open_dns(f"zones:{folder}") as resolver:
        yield resolver


def declared(folder: Path, records: dict[str, str] = DECLARED, **files: str) -> DeclaredZone:
    source = 'variable "token" {}\n' + "".join(RECORD.format(label=k, body=v) for k, v in records.items())
    more = {name.replace("_tf", ".tf"): text for name, text in files.items()}
    return DeclaredZone(read_declarations(repo(folder, {"main.tf": source, **more}), "example.org", ""))


@pytest.fixture
def zone(tmp_path: Path) -> DeclaredZone:
    return declared(tmp_path)


def verdict(judged: Iterator[Judged]) -> str:
    said = [one.holds for one in judged]
    assert said, "nothing was found, not even that there is nothing"
    if False in said:
        return "fails"
    return "undetermined" if any(isinstance(one, Unknown) for one in said) else "holds"


def row(zone: Zone, name: str, type_: str, is_: str, ttl: str = "", count: str = "") -> RecordRow:
    return RecordRow.of(zone.zone, {"name": name, "type": type_, "is": is_, "ttl": ttl, "count": count})


ALIKE = [
    ("@", "MX", "has 10 mail.example.org", "holds"),
    ("@", "MX", "has 10 Mail.example.org.", "holds"),
    ("@", "MX", "exactly 10 mail.example.org, 20 mx2.example.org", "holds"),
    ("@", "MX", "exactly 10 mail.example.org", "fails"),
    ("@", "MX", "like * mail.example.org", "fails"),
    ("@", "MX", "like *.example.org", "holds"),
    ("@", "MX", "has none like *.example.net", "holds"),
    ("@", "MX", "has one like *.example.net", "fails"),
    ("@", "TXT", "has one like v=spf1 *", "holds"),
    ("@", "CAA", '0 issue "letsencrypt.org"', "holds"),
    ("@", "CAA", "like 0 issue letsencrypt.org*", "holds"),
    ("@", "CAA", '0 issue "example.net"', "fails"),
    ("_sip._tcp", "SRV", "0 5 5060 sip.example.org", "fails for the declared: its target is not in the zone"),
    ("www", "CNAME", "web.example.org", "holds"),
    ("www", "A", "192.0.2.1", "holds"),
    ("www", "A", "192.0.2.2", "fails"),
    ("web", "AAAA", "2001:DB8:0::1", "holds"),
    ("web.example.org", "A", "192.0.2.1", "holds"),
    ("web.example.org.", "A", "192.0.2.1", "holds"),
    ("x.apps", "A", "192.0.2.4", "holds"),
    ("none", "A", "not set", "holds"),
    ("web", "A", "not set", "fails"),
    ("none", "A", "set", "fails"),
    ("none", "A", "like *", "fails"),
    ("none", "A", "not 192.0.2.1", "fails"),
    ("none", "A", "if set, 192.0.2.1", "holds"),
]


@pytest.mark.parametrize(("name", "type_", "is_", "wanted"), ALIKE)
def test_declared_and_published_are_asked_alike(
    name: str, type_: str, is_: str, wanted: str, zone: DeclaredZone, dns: Resolver
) -> None:
    voices: list[Zone] = [zone, PublishedZone("example.org", dns, zone)]
    found = [verdict(judge_row(one, row(one, name, type_, is_))) for one in voices]
    assert found == (["fails", "holds"] if "declared" in wanted else [wanted, wanted])


@pytest.mark.parametrize(("name", "type_", "is_", "why"), [
    ("@", "TXT", "exactly v=spf1 mx -all, token=abc", "token"),
    ("@", "TXT", "has token=abc", "token"),
    ("some", "A", "192.0.2.3", "token"),
    ("some", "A", "not set", "token"),
    ("cdn", "A", "192.0.2.1", "cdn.example.org: it is an alias of example.net, which is not declared here"),
])  # fmt: skip
def test_what_source_does_not_say_is_undetermined(
    name: str, type_: str, is_: str, why: str, zone: DeclaredZone
) -> None:
    judged = list(judge_row(zone, row(zone, name, type_, is_)))
    assert verdict(iter(judged)) == "undetermined"
    assert any(isinstance(one.holds, Unknown) for one in judged)
    assert why in " ".join(one.holds.reason for one in judged if isinstance(one.holds, Unknown))


def test_known_parts_of_a_record_decide(zone: DeclaredZone) -> None:
    assert verdict(judge_row(zone, row(zone, "@", "TXT", "has one like token=*"))) == "holds"
    assert verdict(judge_row(zone, row(zone, "@", "TXT", "has none like include:*"))) == "holds"
    assert verdict(judge_row(zone, row(zone, "@", "TXT", "has v=spf1 mx -all"))) == "holds"


@pytest.mark.parametrize(("name", "type_", "ttl", "of_declared", "of_published"), [
    ("@", "MX", "3600", "holds", "holds"),
    ("@", "MX", "at most 1h", "holds", "holds"),
    ("@", "MX", "at most 30m", "fails", "fails"),
    ("@", "MX", "at least 5m", "holds", "holds"),
    ("web", "A", "at least 5m", "holds", "holds"),
    ("web", "A", "at least 6m", "fails", "fails"),
    ("web", "AAAA", "at most 300", "undetermined", "holds"),
])  # fmt: skip
def test_ttl(
    name: str, type_: str, ttl: str, of_declared: str, of_published: str, zone: DeclaredZone, dns: Resolver
) -> None:
    assert verdict(judge_row(zone, row(zone, name, type_, "set", ttl))) == of_declared
    published = PublishedZone("example.org", dns)
    assert verdict(judge_row(published, row(zone, name, type_, "set", ttl))) == of_published


def test_a_ttl_of_no_record(zone: DeclaredZone) -> None:
    assert verdict(judge_row(zone, row(zone, "none", "A", "", "at most 1h"))) == "fails"
    with pytest.raises(Malformed, match="it is empty"):
        row(zone, "none", "A", "")


def test_the_ttl_that_a_resolver_counts_down_is_not_the_records(zone: DeclaredZone, dns: Resolver) -> None:
    mode, dns.mode = dns.mode, "system"
    try:
        published = PublishedZone("example.org", dns)
        assert verdict(judge_row(published, row(zone, "@", "MX", "set", "at most 1h"))) == "undetermined"
    finally:
        dns.mode = mode


@pytest.mark.parametrize(("name", "type_", "count", "wanted"), [
    ("@", "MX", "2", "holds"),
    ("@", "MX", "at least 3", "fails"),
    ("none", "A", "0", "fails"),
    ("some", "A", "at most 1", "undetermined"),
])  # fmt: skip
def test_count(name: str, type_: str, count: str, wanted: str, zone: DeclaredZone) -> None:
    assert verdict(judge_row(zone, row(zone, name, type_, "set", count=count))) == wanted


def test_a_count_of_none(zone: DeclaredZone) -> None:
    assert verdict(judge_row(zone, row(zone, "none", "A", "not set", count="0"))) == "holds"
    assert verdict(judge_row(zone, row(zone, "none", "A", "", count="0"))) == "holds"


EXACTLY = [
    ([("@", "MX", "10 mail.example.org"), ("@", "MX", "20 mx2.example.org")], "holds"),
    ([("@", "MX", "10 mail.example.org")], "fails"),
    ([("@", "MX", "10 mail.example.org"), ("@", "MX", "like 20 *"), ("@", "MX", "30 x.example.org")], "fails"),
    ([("@", "CAA", '0 issue "letsencrypt.org"'), ("web", "A", "192.0.2.1")], "holds"),
    ([("none", "A", "not set")], "holds"),
    ([("web", "A", "not set")], "fails"),
    ([("none", "A", "192.0.2.1")], "fails"),
]


@pytest.mark.parametrize(("table", "wanted"), EXACTLY)
def test_exactly_these(table: list[tuple[str, str, str]], wanted: str, zone: DeclaredZone, dns: Resolver) -> None:
    for one in (zone, PublishedZone("example.org", dns)):
        assert verdict(judge_exactly(one, [row(one, *cells) for cells in table])) == wanted


def test_a_list_is_no_record(zone: DeclaredZone) -> None:
    with pytest.raises(Malformed, match=r"each row is one: say"):
        list(judge_exactly(zone, [row(zone, "@", "MX", "has 10 mail.example.org")]))


@pytest.mark.parametrize(("name", "type_", "wanted", "said"), [
    ("@", "MX", "holds", "10 mail.example.org"),
    ("_dmarc", "TXT", "fails", "published, not declared: v=DMARC1; p=none"),
    ("www", "CNAME", "holds", "web.example.org"),
    ("cdn", "CNAME", "fails", "not published: example.net"),
    ("app", "A", "holds", "it is proxied: Cloudflare answers with addresses of its own"),
    ("some", "A", "undetermined", ""),
    ("none", "A", "holds", "no such record"),
])  # fmt: skip
def test_drift(name: str, type_: str, wanted: str, said: str, zone: DeclaredZone, dns: Resolver) -> None:
    published = PublishedZone("example.org", dns)
    judged = list(judge_drift(zone, published, full_name("example.org", name), type_))
    assert verdict(iter(judged)) == wanted
    assert said in " ".join(one.found for one in judged)


def test_every_pair_that_can_be_asked_for(zone: DeclaredZone) -> None:
    pairs = every_pair(zone)
    assert ("example.org", "MX") in pairs
    assert len(pairs) == len(set(pairs))
    assert not any(name.startswith(("*", "some.")) for name, _ in pairs)


def test_what_dns_cannot_be_asked_about_is_in_doubt(tmp_path: Path) -> None:
    """Whose name is not known, and which may not be there; what certainly is, whatever it says, is asked about."""
    held = {name: DECLARED[name] for name in ("some", "web", "other", "wild")}
    held["hidden"] = 'name = var.token\n  type = "TXT"\n  content = "x"'
    found = [(one.what, one.holds) for one in judge_nameless(declared(tmp_path, held))]
    assert [what.partition(" ")[0] for what, _ in found] == ["some.example.org", "${?}"]
    assert all(isinstance(holds, Unknown) and "token" in holds.reason for _, holds in found)


def test_a_zone_of_the_house_is_asked_apart(tmp_path: Path) -> None:
    house = 'resource "powerdns_record" "web" {\n  zone = "example.org."\n  name = "web.example.org."\n  type = "A"\n  records = ["10.0.0.1"]\n}\n'
    public = declared(tmp_path, house_tf=house)
    inside = DeclaredZone(public.declarations, house=True)
    assert verdict(judge_row(public, row(public, "web", "A", "192.0.2.1"))) == "holds"
    assert verdict(judge_row(inside, row(inside, "web", "A", "10.0.0.1"))) == "holds"


def test_a_zone_that_the_house_has_not(zone: DeclaredZone) -> None:
    with pytest.raises(Missing, match="no record of example.org"):
        DeclaredZone(zone.declarations, house=True).said("web.example.org", "A")


def test_a_resource_that_is_not_read_may_declare_any(tmp_path: Path) -> None:
    unread = 'resource "inwx_nameserver_record" "x" {\n  domain = "example.org"\n  name = "none"\n  type = "A"\n  content = "192.0.2.8"\n}\n'
    found = declared(tmp_path, more_tf=unread)
    assert verdict(judge_row(found, row(found, "none", "A", "not set"))) == "undetermined"
    assert verdict(judge_row(found, row(found, "web", "A", "192.0.2.1"))) == "holds"


def test_every_record_is_a_subject(zone: DeclaredZone) -> None:
    every = every_record(zone, "declared record")
    assert len(every.certain) == len(DECLARED) - 1
    private = every.where([Row.of("type", "A"), Row.of("data", "like 192.0.2.*")])
    assert sorted(one.label for one in private.certain) == ["A record *.apps", "A record app", "A record web"]
    assert [one.label for one, _ in private.doubtful] == ["A record some"]
    assert every.where([Row.of("name", "@"), Row.of("data", "like v=spf1*"), Row.of("ttl", "300")]).certain


@pytest.mark.parametrize(("name", "said"), [
    ("", "write @ for the zone's own"),
    ("web.example.net.", "it is not in example.org"),
    ("a..b", "a..b.example.org"),
])  # fmt: skip
def test_what_is_no_name(name: str, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        full_name("example.org", name)


@pytest.mark.parametrize("type_", ["TXTT", "", "ANY", "AXFR", "C NAME"])
def test_what_is_no_type(type_: str) -> None:
    with pytest.raises(Malformed, match=r"there is none \(it has"):
        record_type(type_)
