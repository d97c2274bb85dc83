"""Our server against NSD, BIND and Knot serving the same zones: same questions, same answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from readers.dns import LoopbackServer, Server
from readers.dns.authority import load_zones
from tests.readers.dns.name_servers import BIND, KNOT, NSD, SPEC, running

FILES = {
    "corp.test": SPEC / "zones" / "corp.test.zone",
    "other.test": SPEC / "zones" / "other.test.zone",
    "example": SPEC / "rfc4592" / "example.zone",
}
NAMES = [line for line in (SPEC / "questions.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
# Not ANY: RFC 8482 leaves open what to answer.
TYPES = ("A", "AAAA", "CAA", "CNAME", "DS", "MX", "NS", "SOA", "SRV", "TXT")


@pytest.fixture(scope="module")
def ours() -> Iterator[Server]:
    zones = load_zones(SPEC / "zones") + load_zones(SPEC / "rfc4592")
    with LoopbackServer(zones) as server:
        yield Server(server.address, server.port)


@pytest.fixture(scope="module")
def nsd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(NSD, tmp_path_factory.mktemp("nsd"), FILES) as server:
        yield server


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(BIND, tmp_path_factory.mktemp("bind"), FILES) as server:
        yield server


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(KNOT, tmp_path_factory.mktemp("knot"), FILES) as server:
        yield server


def answer(server: Server, name: str, type: str, *, edns: bool = True, tcp: bool = False) -> dict[str, object]:
    """What a server says, without what it may choose: order, case, courtesies in the additional section."""
    query = dns.message.make_query(name, type, use_edns=0 if edns else -1, payload=1232 if edns else None)
    query.flags &= ~dns.flags.RD
    ask = dns.query.tcp if tcp else dns.query.udp
    response = ask(query, server.address, 5, server.port)
    flags = {flag: bool(response.flags & dns.flags.Flag[flag]) for flag in ("AA", "TC", "RA", "RD")}
    referral = not response.answer and not flags["AA"]
    return {
        "rcode": dns.rcode.to_text(response.rcode()),
        **flags,
        "answer": _plain(response.answer),
        "authority": _plain(response.authority),
        "glue": _plain(response.additional) if referral else None,
    }


def _plain(section: list[dns.rrset.RRset]) -> list[tuple[object, ...]]:
    return sorted(
        (rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype), rrset.ttl, rdata.to_text().lower())
        for rrset in section
        for rdata in rrset
    )


@pytest.mark.parametrize("name", NAMES)
def test_same_answers(name: str, ours: Server, nsd: Server, bind: Server, knot: Server) -> None:
    for kind in TYPES:
        # Sizes and transports matter to text, which is all that is large.
        for how in ({}, {"edns": False}, {"tcp": True}) if kind == "TXT" else ({},):
            said, *others = (answer(server, name, kind, **how) for server in (ours, nsd, bind, knot))
            # They differ where a CNAME leaves its zone for another of theirs, and on a loop of CNAMEs.
            assert said in others, f"{name} {kind} {how}: NSD {others[0]}, BIND {others[1]}, Knot {others[2]}"
            if others[0] == others[1]:
                assert said == others[0]


def test_the_real_servers_agree_but_for_cnames(nsd: Server, bind: Server, knot: Server) -> None:
    """Else the comparison above would be with either one only, in more than the two cases it names."""
    pairs = (
        (answer(nsd, name, kind), answer(other, name, kind), name)
        for name in NAMES
        for kind in TYPES
        for other in (bind, knot)
    )
    apart = {name for one, other, name in pairs if one != other}
    assert apart <= {"sibling.corp.test", "back.other.test", "loop1.corp.test", "self.corp.test"}


def test_a_changed_zone_is_noticed(tmp_path: Path, nsd: Server) -> None:
    """The comparison can fail: one record's change shows."""
    text = FILES["corp.test"].read_text(encoding="utf-8")
    (tmp_path / "corp.test.zone").write_text(text.replace("192.0.2.25", "192.0.2.26"), encoding="utf-8")
    with LoopbackServer.of_folder(tmp_path) as server:
        changed = Server(server.address, server.port)
        assert answer(changed, "mail.corp.test", "A") != answer(nsd, "mail.corp.test", "A")
        assert answer(changed, "mail.corp.test", "AAAA") == answer(nsd, "mail.corp.test", "AAAA")
