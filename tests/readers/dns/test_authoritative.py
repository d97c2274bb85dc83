"""``--dns authoritative``: a delegation on loopback, and name servers that fail or differ."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rdatatype
import pytest

from readers.dns import LoopbackServer, Resolver, Server, Status, open_dns
from readers.dns.authority import load_zones, respond
from tests.readers.dns.name_servers import QUICK, SOA, SPEC, StartStub, free_port, response
from tfparse.diagnostics import UnknownValueError

DELEGATION = SPEC / "delegation"


@contextlib.contextmanager
def delegation(second: str | None = "child") -> Iterator[Resolver]:
    """parent.test on 127.0.0.2; child.parent.test on .3, and on .4 as told (None: no server); found through a
    recursive resolver, for which a server with both zones stands."""
    port = free_port()
    zones = {name: load_zones(DELEGATION / name) for name in ("parent", "child", "differs")}
    zones["nothing"] = []
    with contextlib.ExitStack() as stack:
        finder = stack.enter_context(LoopbackServer(zones["parent"] + zones["child"]))
        try:
            for address, name in (("127.0.0.2", "parent"), ("127.0.0.3", "child"), ("127.0.0.4", second)):
                if name:
                    stack.enter_context(LoopbackServer(zones[name], address, port))
        except OSError as error:
            pytest.skip(f"this machine's loopback is 127.0.0.1 alone: {error}")
        yield stack.enter_context(
            open_dns(
                "authoritative",
                timeouts=None if second else QUICK,
                finder=Server(finder.address, finder.port),
                port=port,
            )
        )


def test_authoritative_asks_the_servers_of_the_deepest_zone() -> None:
    with delegation() as resolver:
        by_parent = resolver.ask("_dmarc.parent.test", "TXT")
        by_child = resolver.ask("host.child.parent.test", "A")
        absent = resolver.ask("nothere.child.parent.test", "CNAME")
    assert [r.data for r in by_parent.require()] == ["v=DMARC1; p=reject"]
    assert by_parent.server.startswith("ns1.parent.test (127.0.0.2:")
    assert [r.data for r in by_child.require()] == ["192.0.2.7"]
    assert [s.split(" ")[0] for s in by_child.server.split(", ")] == ["ns1.child.parent.test", "ns2.child.parent.test"]
    assert (absent.status, absent.require()) == (Status.NXDOMAIN, ())


def test_authoritative_follows_a_cname_into_another_zone() -> None:
    with delegation() as resolver:
        answer = resolver.ask("away.parent.test", "A")
    assert answer.chain == (("away.parent.test", "host.child.parent.test"),)
    assert [r.data for r in answer.require()] == ["192.0.2.7"]


def test_authoritative_is_not_led_astray_by_a_cname_to_another_zone() -> None:
    """Whoever asks for its NS gets those of the zone that it points to."""
    with delegation() as resolver:
        answer = resolver.ask("toapex.parent.test", "CNAME")
    assert [r.data for r in answer.require()] == ["child.parent.test"]


@pytest.mark.parametrize(("answer", "rcode"), [(('x.test. 60 IN TXT "stale"',), "NOERROR"), ((), "NXDOMAIN")])
def test_what_a_name_server_says_without_authority_does_not_count(
    stub: StartStub, answer: tuple[str, ...], rcode: str
) -> None:
    """One stub is both: the recursive resolver for who desires recursion, and the name server that it names."""
    found = {"NS": "x.test. 60 IN NS ns.test.", "A": "ns.test. 60 IN A 127.0.0.1"}

    def both(query: dns.message.Message, _: str) -> dns.message.Message:
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        if query.flags & dns.flags.RD:
            return response(query, found[kind]) if kind in found else response(query, authority=(SOA,))
        return response(query, *answer, rcode=rcode)

    server, seen = stub(both)
    with open_dns("authoritative", finder=server, port=server.port) as resolver:
        said = resolver.ask("x.test", "TXT")
    desired = {dns.rdatatype.to_text(query.question[0].rdtype): bool(query.flags & dns.flags.RD) for _, query in seen}
    assert desired == {"NS": True, "A": True, "AAAA": True, "TXT": False}
    assert (said.status, said.records) == (Status.LAME, ())
    assert "the answer is not authoritative" in said.detail


def test_a_zone_of_a_thousand_name_servers_is_not_asked(stub: StartStub) -> None:
    many = [f"x.test. 60 IN NS ns{number}.test." for number in range(1000)]

    def finder(query: dns.message.Message, over: str) -> dns.message.Message:
        made = response(query, *(many if over == "tcp" else ()))
        made.flags |= dns.flags.TC if over == "udp" else 0
        return made

    server, seen = stub(finder)
    with open_dns("authoritative", finder=server, port=server.port) as resolver:
        said = resolver.ask("x.test", "TXT")
    assert (said.status, said.detail, len(seen)) == (Status.LAME, "more than 32 name servers: 1000", 2)


def test_authoritative_servers_that_disagree() -> None:
    with delegation("differs") as resolver:
        answer = resolver.ask("host.child.parent.test", "A")
        same = resolver.ask("txt.child.parent.test", "TXT")
    assert answer.status is Status.DISAGREEMENT
    with pytest.raises(UnknownValueError, match=r"ns1.* says .*192\.0\.2\.7; ns2.* says .*192\.0\.2\.8"):
        answer.require()
    assert same.status is Status.NOERROR


@pytest.mark.parametrize(
    ("second", "status"), [("nothing", Status.REFUSED), ("parent", Status.LAME), (None, Status.TIMEOUT)]
)
def test_one_lame_or_silent_server_leaves_it_open(second: str | None, status: Status) -> None:
    with delegation(second) as resolver:
        answer = resolver.ask("nothere.child.parent.test", "CNAME")
    assert answer.status is status
    assert "ns2.child.parent.test" in answer.detail
    with pytest.raises(UnknownValueError):
        answer.require()


def test_a_cname_into_a_broken_zone_is_still_found(stub: StartStub) -> None:
    """A recursive resolver fails at its target, whatever it is asked; the CNAME itself is known."""
    zone = load_zones(DELEGATION / "parent")

    def broken(query: dns.message.Message, _: str) -> dns.message.Message:
        if query.question[0].name.to_text() == "away.parent.test.":
            return response(query, rcode="SERVFAIL")
        return respond(query, zone)

    finder = stub(broken)
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(LoopbackServer(zone, "127.0.0.2"))
        except OSError as error:
            pytest.skip(f"this machine's loopback is 127.0.0.1 alone: {error}")
        resolver = open_dns("authoritative", finder=finder.server, port=server.port)
        answer = resolver.ask("away.parent.test", "CNAME")
    assert [r.data for r in answer.require()] == ["host.child.parent.test"]


def test_name_servers_that_cannot_be_found(stub: StartStub) -> None:
    failing = stub(lambda query, _: response(query, rcode="SERVFAIL"))
    with open_dns("authoritative", finder=failing.server) as resolver:
        answer = resolver.ask("x.test", "TXT")
    assert answer.status is Status.SERVFAIL
    assert str(answer).startswith("SERVFAIL for x.test TXT, from 127.0.0.1:")
    assert "name servers of x.test" in answer.detail
