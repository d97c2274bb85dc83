"""Questions by each mode of ``--dns``, and the answers of zones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from readers import Malformed
from readers.dns import DnsModeError, LoopbackServer, Resolver, Status, Timeouts, open_dns
from readers.dns.authority import load_zones
from tests.readers.dns.name_servers import SOA, SPEC, StartStub, response
from tfparse.diagnostics import Origin, UnknownValueError


@pytest.fixture(scope="module")
def zones() -> Iterator[Resolver]:
    with open_dns(f"zones:{SPEC / 'zones'}") as resolver:
        yield resolver


# -- answers, from zones ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "type", "status", "data"),
    [
        ("_dmarc.corp.test", "TXT", Status.NOERROR, ["v=DMARC1; p=quarantine; pct=100"]),
        ("CORP.test.", "mx", Status.NOERROR, ["mail.corp.test", "mx2.other.test"]),
        ("corp.test", "TXT", Status.NOERROR, ["v=spf1 mx include:spf.example.net -all"]),
        ("www.corp.test", "CNAME", Status.NOERROR, ["web.corp.test"]),
        ("mail.corp.test", "TXT", Status.NODATA, []),
        ("mail.corp.test", "CNAME", Status.NODATA, []),
        ("ent.here.corp.test", "TXT", Status.NODATA, []),
        ("nothere.corp.test", "CNAME", Status.NXDOMAIN, []),
        ("any.wild.corp.test", "TXT", Status.NOERROR, ["wild"]),
    ],
)
def test_answers(zones: Resolver, name: str, type: str, status: Status, data: list[str]) -> None:
    answer = zones.ask(name, type)
    assert answer.status is status
    assert [r.data for r in answer.require()] == data
    assert answer.chain == ()


def test_text_beyond_one_string_and_one_datagram(zones: Resolver) -> None:
    lines = (SPEC / "zones" / "corp.test.zone").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("big ")]
    (record,) = zones.ask("big.corp.test", "TXT").require()
    assert record.data == "".join(line.split('"')[1::2])
    assert len(record.data) > 512


@pytest.mark.parametrize(
    ("name", "chain", "status", "data"),
    [
        ("www.corp.test", ["www", "web", "mail"], Status.NOERROR, ["192.0.2.25"]),
        ("towild.corp.test", ["towild", "any.wild"], Status.NOERROR, ["192.0.2.77"]),
        ("dangling.corp.test", ["dangling", "nothere"], Status.NXDOMAIN, []),
    ],
)
def test_chains_are_kept(zones: Resolver, name: str, chain: list[str], status: Status, data: list[str]) -> None:
    answer = zones.ask(name, "A")
    owners = [f"{label}.corp.test" for label in chain]
    assert answer.chain == tuple(itertools.pairwise(owners))
    assert (answer.status, [r.data for r in answer.require()]) == (status, data)


@pytest.mark.parametrize(
    ("name", "type", "status", "said"),
    [
        (
            "loop1.corp.test",
            "TXT",
            Status.LOOP,
            "LOOP for loop1.corp.test TXT, by loop1.corp.test -> loop2.corp.test -> loop1.corp.test, from zones:",
        ),
        ("self.corp.test", "TXT", Status.LOOP, "LOOP for self.corp.test TXT, by self.corp.test -> self.corp.test"),
        (
            "ext.corp.test",
            "A",
            Status.REFUSED,
            "REFUSED for ext.corp.test A, by ext.corp.test -> www.elsewhere.invalid",
        ),
        ("elsewhere.invalid", "A", Status.REFUSED, "REFUSED for elsewhere.invalid A, from zones:"),
        ("host.sub.corp.test", "A", Status.LAME, "it refers to ns.sub.corp.test, ns3.other.test"),
        ("intosub.corp.test", "A", Status.LAME, "it refers to ns.sub.corp.test, ns3.other.test"),
    ],
)
def test_no_answer_is_no_absence(zones: Resolver, name: str, type: str, status: Status, said: str) -> None:
    answer = zones.ask(name, type)
    assert (answer.status, answer.records) == (status, ())
    with pytest.raises(UnknownValueError) as caught:
        answer.require()
    assert said in caught.value.reason


def test_records_from_zones_say_where_they_stand(zones: Resolver) -> None:
    file = SPEC / "zones" / "corp.test.zone"
    (record,) = zones.ask("_dmarc.corp.test", "TXT").require()
    line = file.read_text(encoding="utf-8").splitlines().index('_dmarc TXT "v=DMARC1; p=quarantine; " "pct=100"') + 1
    assert record.origin is not None
    assert (Path(record.origin.file).resolve(), record.origin.line) == (file, line)
    assert record.source == "zones:zones"


def test_an_answer_in_words(zones: Resolver) -> None:
    assert str(zones.ask("corp.test", "MX")) == (
        "corp.test MX 10 mail.corp.test; corp.test MX 20 mx2.other.test, from zones:zones"
    )
    assert str(zones.ask("nothere.corp.test", "CNAME")) == "NXDOMAIN for nothere.corp.test CNAME, from zones:zones"
    assert str(zones.ask("web.corp.test", "A")) == (
        "mail.corp.test A 192.0.2.25, by web.corp.test -> mail.corp.test, from zones:zones"
    )


def test_off_knows_nothing() -> None:
    with open_dns("off") as resolver:
        answer = resolver.ask("example.org", "TXT")
    assert answer.status is Status.OFF
    with pytest.raises(UnknownValueError, match=r"^DNS is off \(--dns off\)$"):
        answer.require()


def test_a_name_that_is_none() -> None:
    with open_dns("off") as resolver, pytest.raises(Malformed, match=r"domain name 'x\.\.test'"):
        resolver.ask("x..test", "TXT")


# -- modes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("", "the modes are zones:DIR, system, server:IP[:PORT], authoritative, off"),
        ("zones", "is no folder"),
        ("dig", "the modes are"),
        ("OFF", "the modes are"),
        ("off:", "the modes are"),
        ("system:1.1.1.1", "the modes are"),
        ("server", "it names no address"),
        ("server:", "it names no address"),
        ("server:ns1.example.org", "'ns1.example.org' does not appear to be an IPv4 or IPv6 address"),
        ("server:192.0.2.1:", "server:IP[:PORT] is wanted"),
        ("server:192.0.2.1:0", "0 is no port"),
        ("server:192.0.2.1:65536", "65536 is no port"),
        ("server:[2001:db8::1", "server:IP[:PORT] is wanted"),
        ("zones:", "'DIR' is no folder"),
        ("zones:no/such/folder", "'no/such/folder' is no folder"),
    ],
)
def test_modes_that_cannot_be_followed(mode: str, said: str) -> None:
    with pytest.raises(DnsModeError) as caught:
        open_dns(mode)
    assert str(caught.value).startswith(f"--dns {mode}: ")
    assert said in str(caught.value)


def test_a_folder_without_zone_files(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"there is no \*\.zone file"):
        open_dns(f"zones:{tmp_path}")


def test_a_zone_that_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "a.test.zone").write_text("$TTL 60\n@ SOA n h 1 1 1 1 1\nx A nonsense\n")
    with pytest.raises(Malformed) as caught:
        open_dns(f"zones:{tmp_path}")
    assert caught.value.origin == Origin(str(tmp_path / "a.test.zone"), 3)


@pytest.mark.parametrize(
    ("mode", "server"),
    [
        ("server:192.0.2.1", "192.0.2.1"),
        ("server:192.0.2.1:5353", "192.0.2.1:5353"),
        ("server:2001:db8::1", "[2001:db8::1]"),
        ("server:[2001:db8::1]", "[2001:db8::1]"),
        ("server:[2001:DB8::1]:5353", "[2001:db8::1]:5353"),
    ],
)
def test_addresses(mode: str, server: str) -> None:
    answer = open_dns(mode, timeouts=Timeouts(total=0)).ask("x.test", "A")
    assert (answer.status, answer.server) == (Status.TIMEOUT, server)


def test_ipv6() -> None:
    try:
        server = LoopbackServer(load_zones(SPEC / "zones"), "::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server, open_dns(f"server:[::1]:{server.port}") as resolver:
        assert resolver.ask("corp.test", "A").status is Status.NOERROR


def test_the_system_resolvers_are_tried_in_turn(stub: StartStub, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = stub(lambda query, _: response(query, rcode="SERVFAIL"))
    working = stub(lambda query, _: response(query, authority=(SOA,), rcode="NXDOMAIN"))
    monkeypatch.setattr("readers.dns.resolver._system_servers", lambda: [failing.server, working.server])
    with open_dns("system") as resolver:
        answer = resolver.ask("x.test", "TXT")
    assert (answer.status, answer.server) == (Status.NXDOMAIN, str(working.server))


def test_all_system_resolvers_failing(stub: StartStub, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = [
        stub(lambda query, _: response(query, rcode="SERVFAIL")).server,
        stub(lambda query, _: response(query, rcode="REFUSED")).server,
    ]
    monkeypatch.setattr("readers.dns.resolver._system_servers", lambda: servers)
    answer = open_dns("system").ask("x.test", "TXT")
    assert (answer.status, answer.detail) == (Status.SERVFAIL, f"REFUSED from {servers[1]}")
