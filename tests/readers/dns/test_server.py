"""The loopback server: what RFCs ask of it beyond what the real servers are compared in."""

from __future__ import annotations

import json
import socket
import struct
import threading
from pathlib import Path

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers import Malformed
from readers.dns import LoopbackServer, Status, open_dns
from readers.dns.authority import load_zones
from readers.dns.server import reply
from tests.readers.dns.name_servers import SPEC

ZONES = load_zones(SPEC / "zones")


def respond(query: dns.message.Message, *, udp: bool = True) -> dns.message.Message:
    wire = reply(query.to_wire(), ZONES, udp=udp)
    assert wire is not None
    return dns.message.from_wire(wire)


@pytest.mark.parametrize(
    "case",
    json.loads((SPEC / "rfc4592" / "answers.json").read_text())["answers"],
    ids=lambda case: f"{case['name']} {case['type']}",
)
def test_wildcards_as_rfc_4592_says(case: dict[str, str]) -> None:
    with open_dns(f"zones:{SPEC / 'rfc4592'}") as resolver:
        answer = resolver.ask(case["name"], case["type"])
    assert answer.status is Status[case["status"]], case["why"]
    said = [r.data if r.preference is None else f"{r.preference} {r.data}" for r in answer.records]
    assert said == case.get("data", []), case["why"]


def test_any_gets_one_record_set() -> None:
    """RFC 8482 section 4.1."""
    assert len(respond(dns.message.make_query("mail.corp.test", "ANY")).answer) == 1


def test_any_at_an_empty_non_terminal_is_no_data() -> None:
    response = respond(dns.message.make_query("here.corp.test", "ANY"))
    assert (response.rcode(), response.answer, len(response.authority)) == (dns.rcode.NOERROR, [], 1)


@pytest.mark.parametrize(
    ("change", "rcode"),
    [
        pytest.param(lambda q: q.set_opcode(dns.opcode.STATUS), "NOTIMP", id="opcode"),
        pytest.param(lambda q: q.use_edns(edns=1), "BADVERS", id="EDNS version 1"),
        pytest.param(lambda q: q.question.clear(), "FORMERR", id="no question"),
        pytest.param(
            lambda q: q.question.append(dns.message.make_query("a.test", "A").question[0]),
            "FORMERR",
            id="two questions",
        ),
    ],
)
def test_queries_it_does_not_serve(change: object, rcode: str) -> None:
    query = dns.message.make_query("corp.test", "SOA")
    assert callable(change)
    change(query)
    assert dns.rcode.to_text(respond(query).rcode()) == rcode


@pytest.mark.parametrize(("type", "kind"), [("TXT", "CH"), ("AXFR", "IN"), ("IXFR", "IN")])
def test_other_classes_and_transfers_are_refused(type: str, kind: str) -> None:
    assert respond(dns.message.make_query("corp.test", type, kind), udp=False).rcode() == dns.rcode.REFUSED


def test_a_malformed_query_gets_formerr() -> None:
    query = dns.message.make_query("corp.test", "SOA", flags=dns.flags.RD)
    wire = reply(query.to_wire()[:-3], ZONES, udp=True)
    assert wire is not None
    response = dns.message.from_wire(wire)
    assert (response.rcode(), response.id) == (dns.rcode.FORMERR, query.id)
    assert dns.flags.to_text(response.flags) == "QR RD"


RESPONSE = dns.message.make_response(dns.message.make_query("corp.test", "A")).to_wire()


@pytest.mark.parametrize("wire", [b"", b"\0" * 11, RESPONSE], ids=["nothing", "less than a header", "a response"])
def test_what_must_not_be_answered(wire: bytes) -> None:
    """An answer to a response could go round between two servers for ever."""
    assert reply(wire, ZONES, udp=True) is None


QUERY = dns.message.make_query("www.corp.test", "TXT", use_edns=0).to_wire()


@given(
    st.binary(max_size=80)
    | st.tuples(st.integers(2, len(QUERY)), st.binary(max_size=8)).map(
        lambda cut: QUERY[: cut[0]] + cut[1] + QUERY[cut[0] + len(cut[1]) :]
    )
)
def test_no_query_breaks_it(wire: bytes) -> None:
    response = reply(wire, ZONES, udp=True)
    assert response is None or response[:2] == wire[:2]


@pytest.mark.parametrize(("payload", "limit"), [(None, 512), (100, 512), (700, 700), (1232, 1232), (65535, 1232)])
@pytest.mark.parametrize("name", ["big.corp.test", "huge.corp.test"])
def test_udp_is_cut_to_what_the_client_takes(name: str, payload: int | None, limit: int) -> None:
    """RFC 6891 section 6.2.3: less than 512 counts as 512; and no fragments, whatever the client takes."""
    query = dns.message.make_query(name, "TXT", use_edns=-1 if payload is None else 0, payload=payload)
    full = respond(query, udp=False)
    wire = reply(query.to_wire(), ZONES, udp=True)
    assert wire is not None
    response = dns.message.from_wire(wire)
    assert len(wire) <= limit
    assert bool(response.flags & dns.flags.TC) == (limit < len(full.to_wire(max_size=65535)))
    assert bool(response.answer) != bool(response.flags & dns.flags.TC)


def test_several_queries_on_one_connection() -> None:
    with LoopbackServer(ZONES) as server, socket.create_connection((server.address, server.port), 5) as sock:
        for name in ("corp.test", "mail.corp.test"):
            wire = dns.message.make_query(name, "A").to_wire()
            message = struct.pack("!H", len(wire)) + wire
            sock.sendall(message[:5])
            sock.sendall(message[5:])
            (length,) = struct.unpack("!H", sock.recv(2, socket.MSG_WAITALL))
            assert dns.message.from_wire(sock.recv(length, socket.MSG_WAITALL)).answer


@pytest.mark.filterwarnings("error")
def test_it_leaves_nothing_behind() -> None:
    """Not even where a client keeps its connection open."""
    threads = threading.active_count()
    server = LoopbackServer(ZONES)
    query = dns.message.make_query("corp.test", "A")
    assert dns.query.udp(query, server.address, 5, server.port).answer
    client = socket.create_connection((server.address, server.port), 5)
    assert dns.query.tcp(query, server.address, 5, server.port, sock=client).answer
    server.close()
    assert threading.active_count() == threads
    assert client.recv(1) == b""
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.address, server.port), 5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((server.address, server.port))


def test_a_file_that_starts_with_its_origin_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "any.zone").write_text("$ORIGIN a.test.\n$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\n")
    (tmp_path / "b.test.zone").write_text("$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\nx TXT b\n")
    assert [zone.origin.to_text() for zone in load_zones(tmp_path)] == ["a.test.", "b.test."]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\n@ TXT "open\nx A 192.0.2.1\n', 4, "newline in quoted string"),
        ("$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\n\nx A 192.0.2.256\n", 5, "Text input is malformed"),
        ("$TTL 60\n@ NS n.test.\n", 1, "no SOA RR at its origin"),
        ("$TTL 60\n@ SOA n h 1 1 1 1 1\n", 1, "no NS RRset at its origin"),
        ("$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\nx A 192.0.2.1\nx CNAME y\n", 5, "CNAME and other data"),
        ("$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\n$INCLUDE /etc/passwd\n", 4, "$INCLUDE"),
        ("@ NS n.test.\n@ SOA n h 1 1 1 1 1\n", 1, "has no TTL"),
        ("@ SOA n h 1 1 1 1 1\n\0\n", 2, ""),
    ],
)
def test_a_zone_that_does_not_load(tmp_path: Path, text: str, line: int, problem: str) -> None:
    file = tmp_path / "a.test.zone"
    file.write_text(text)
    with pytest.raises(Malformed) as caught:
        LoopbackServer.of_folder(tmp_path)
    assert caught.value.what == f"zone file {file}"
    assert (caught.value.origin and caught.value.origin.line) == line
    assert problem in caught.value.problem


def test_two_files_of_one_zone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.zone").write_text("$ORIGIN a.test.\n$TTL 60\n@ SOA n h 1 1 1 1 1\n@ NS n.test.\n")
    with pytest.raises(Malformed, match="a second file of zone a\\.test\\."):
        load_zones(tmp_path)
