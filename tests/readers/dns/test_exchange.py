"""One server that misbehaves: every way of failing kept apart from every answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import dns.flags
import dns.message
import dns.rrset
import pytest
from msgspec.structs import replace

from readers.dns import Server, Status, Timeouts
from readers.dns.exchange import Patience, ask_server
from tests.readers.dns.name_servers import QUICK, SOA, StartStub, Stub, at, response
from tfparse.diagnostics import UnknownValueError


@pytest.mark.parametrize(
    ("rcode", "status", "detail"),
    [
        ("SERVFAIL", Status.SERVFAIL, ""),
        ("REFUSED", Status.REFUSED, ""),
        ("NOTIMP", Status.NOTIMP, ""),
        ("FORMERR", Status.FORMERR, ""),
        ("YXDOMAIN", Status.OTHER, "YXDOMAIN"),
    ],
)
def test_rcodes(stub: StartStub, rcode: str, status: Status, detail: str) -> None:
    answer = at(stub(lambda query, _: response(query, rcode=rcode))).ask("x.test", "TXT")
    assert (answer.status, answer.detail) == (status, detail)
    with pytest.raises(UnknownValueError, match=f"{status.value} for x.test TXT, from 127"):
        answer.require()


def test_silence_is_a_timeout_after_each_try(stub: StartStub) -> None:
    silent = stub(lambda *_: None)
    before = time.monotonic()
    answer = at(silent, QUICK).ask("x.test", "TXT")
    assert (answer.status, answer.detail) == (Status.TIMEOUT, "no answer to 2 tries")
    assert time.monotonic() - before >= 0.4
    assert len(silent.seen) == 2


def test_the_total_bounds_the_tries(stub: StartStub) -> None:
    silent = stub(lambda *_: None)
    before = time.monotonic()
    at(silent, Timeouts(per_try=0.2, total=0.3, tries=50)).ask("x.test", "TXT")
    assert time.monotonic() - before >= 0.3
    assert len(silent.seen) <= 2


BRIEF = Timeouts(per_try=0.05, total=0.2, tries=2, patience=0.2, hurried=0.01, run=0.4)
"""Two questions with two tries each, then some twenty with a short one."""


def test_twice_the_names_at_a_silent_server_are_no_longer_to_wait_for(stub: StartStub) -> None:
    silent = stub(lambda *_: None)
    resolver = at(silent, BRIEF)
    for number in range(60):
        answer = resolver.ask(f"n{number}.test", "TXT")
        assert answer.status is Status.TIMEOUT
    assert answer.detail == "not asked: this run has waited too long for silent servers"
    asked = len(silent.seen)
    assert 2 <= asked <= 24
    for number in range(60, 120):
        assert resolver.ask(f"n{number}.test", "TXT").status is Status.TIMEOUT
    assert len(silent.seen) == asked


def test_who_answers_is_asked_after_many_silences(stub: StartStub) -> None:
    def only_odd(query: dns.message.Message, _: str) -> dns.message.Message | None:
        name = query.question[0].name.to_text()
        return response(query, f"{name} 60 IN TXT x") if int(name[1]) % 2 else None

    resolver = at(stub(only_odd), replace(BRIEF, hurried=0.2, run=60))
    statuses = [resolver.ask(f"n{number}.test", "TXT").status for number in range(10)]
    assert statuses == [Status.TIMEOUT, Status.NOERROR] * 5


def test_a_server_that_was_never_silent_is_asked_to_the_end(stub: StartStub) -> None:
    silent, answering = stub(lambda *_: None), stub(lambda query, _: response(query, "x.test. 60 IN TXT x"))
    patience = Patience(replace(BRIEF, per_try=5, total=5, run=0.0))
    asked = partial(ask_server, name="x.test", type="TXT", recursive=True)
    assert asked(answering.server, patience=patience).detail.startswith("not asked")
    patience.waited(answering.server, 0.0, answered=True)
    assert asked(answering.server, patience=patience).answered
    assert asked(silent.server, patience=patience).detail.startswith("not asked")


def test_a_second_try_may_succeed(stub: StartStub) -> None:
    tries: list[None] = []

    def second(query: dns.message.Message, _: str) -> dns.message.Message | None:
        tries.append(None)
        return response(query, 'x.test. 60 IN TXT "a"') if len(tries) == 2 else None

    assert at(stub(second), QUICK).ask("x.test", "TXT").status is Status.NOERROR


def test_truncation_leads_to_tcp(stub: StartStub) -> None:
    def long(query: dns.message.Message, transport: str) -> dns.message.Message:
        if transport == "udp":
            return response(query, flags=dns.flags.TC)
        return response(query, f"x.test. 60 IN TXT {' '.join(['y' * 250] * 20)}")

    server = stub(long)
    (record,) = at(server).ask("x.test", "TXT").require()
    assert record.data == "y" * 5000
    assert [transport for transport, _ in server.seen] == ["udp", "tcp"]


def test_truncation_and_silence_on_tcp(stub: StartStub) -> None:
    half = stub(lambda query, transport: response(query, flags=dns.flags.TC) if transport == "udp" else None)
    assert at(half, QUICK).ask("x.test", "TXT").status is Status.TIMEOUT


def test_truncation_without_tcp() -> None:
    """What came in the datagram is not the whole, so it is nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        stub = Stub(Server(*sock.getsockname()), [])
        with answering(sock, lambda query: response(query, 'x.test. 60 IN TXT "part"', flags=dns.flags.TC)):
            answer = at(stub).ask("x.test", "TXT")
    assert (answer.status, answer.records) == (Status.UNREACHABLE, ())


@contextlib.contextmanager
def answering(sock: socket.socket, make: Callable[[dns.message.Message], dns.message.Message]) -> Iterator[None]:
    def serve() -> None:
        for _ in range(Timeouts().tries):
            wire, client = sock.recvfrom(65535)
            sock.sendto(make(dns.message.from_wire(wire)).to_wire(), client)

    thread = threading.Thread(target=serve)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("rubbish", [b"\0", b"\xff" * 40, struct.pack("!6H", 1, 0x8000, 0, 0, 0, 0)])
def test_rubbish_is_a_bad_response(stub: StartStub, rubbish: bytes) -> None:
    assert at(stub(lambda *_: rubbish)).ask("x.test", "TXT").status is Status.BADRESPONSE


def test_an_answer_to_another_question_is_a_bad_response(stub: StartStub) -> None:
    def other(query: dns.message.Message, _: str) -> dns.message.Message:
        made = dns.message.make_response(dns.message.make_query("y.test", "TXT", id=query.id))
        made.answer.append(dns.rrset.from_text("x.test.", 60, "IN", "TXT", "v=DMARC1"))
        return made

    assert at(stub(other)).ask("x.test", "TXT").status is Status.BADRESPONSE


def test_nxdomain_with_an_answer_is_a_bad_response(stub: StartStub) -> None:
    both = stub(lambda query, _: response(query, 'x.test. 60 IN TXT "a"', rcode="NXDOMAIN"))
    assert at(both).ask("x.test", "TXT").status is Status.BADRESPONSE


@pytest.mark.parametrize("rcode", ["FORMERR", "NOTIMP"])
def test_a_server_that_edns_confuses_is_asked_without(stub: StartStub, rcode: str) -> None:
    def old(query: dns.message.Message, _: str) -> dns.message.Message:
        return response(query, 'x.test. 60 IN TXT "a"') if query.edns < 0 else response(query, rcode=rcode)

    server = stub(old)
    assert at(server).ask("x.test", "TXT").status is Status.NOERROR
    assert [query.edns for _, query in server.seen] == [0, -1]


@pytest.mark.parametrize(
    ("answer", "authority", "rcode", "status"),
    [
        pytest.param((), (SOA,), "NOERROR", Status.NODATA, id="NODATA type 2"),
        pytest.param((), (), "NOERROR", Status.NODATA, id="NODATA type 3"),
        pytest.param((), (SOA, "test. 60 IN NS n.test."), "NOERROR", Status.NODATA, id="NODATA type 1"),
        pytest.param((), ("test. 60 IN NS n.test.",), "NOERROR", Status.LAME, id="referral"),
        pytest.param((), (SOA,), "NXDOMAIN", Status.NXDOMAIN, id="NXDOMAIN"),
        pytest.param(("x.test. 60 IN CNAME y.test.",), (SOA,), "NOERROR", Status.NODATA, id="CNAME, NODATA"),
        pytest.param(("x.test. 60 IN CNAME y.test.",), (SOA,), "NXDOMAIN", Status.NXDOMAIN, id="CNAME, NXDOMAIN"),
        pytest.param(
            ("x.test. 60 IN CNAME y.test.", 'y.test. 60 IN TXT "a"'), (), "NOERROR", Status.NOERROR, id="CNAME"
        ),
        pytest.param(('y.test. 60 IN TXT "a"',), (), "NOERROR", Status.NODATA, id="unasked records"),
        pytest.param(
            ("x.test. 60 IN CNAME y.test.", "y.test. 60 IN CNAME x.test."), (), "NOERROR", Status.LOOP, id="loop"
        ),
    ],
)
def test_answers_of_a_recursive_server(
    stub: StartStub, answer: tuple[str, ...], authority: tuple[str, ...], rcode: str, status: Status
) -> None:
    """RFC 2308 section 2: the kinds of NODATA, and what is a referral."""
    server = stub(lambda query, _: response(query, *answer, authority=authority, rcode=rcode))
    assert at(server).ask("x.test", "TXT").status is status


def test_a_target_that_the_answer_leaves_out_is_asked_for(stub: StartStub) -> None:
    answers = {
        "x.test.": ("x.test. 60 IN CNAME y.test.",),
        "y.test.": ("y.test. 60 IN CNAME z.test.",),
        "z.test.": ('z.test. 60 IN TXT "end"',),
    }
    server = stub(lambda query, _: response(query, *answers[query.question[0].name.to_text()]))
    answer = at(server).ask("x.test", "TXT")
    assert answer.chain == (("x.test", "y.test"), ("y.test", "z.test"))
    assert [(r.name, r.data) for r in answer.require()] == [("z.test", "end")]


def test_a_loop_over_several_answers(stub: StartStub) -> None:
    server = stub(
        lambda query, _: response(
            query, f"{(name := query.question[0].name)} 60 IN CNAME {'y' if name.to_text() == 'x.test.' else 'x'}.test."
        )
    )
    answer = at(server).ask("x.test", "TXT")
    assert (answer.status, len(server.seen)) == (Status.LOOP, 2)


def test_an_endless_chain(stub: StartStub) -> None:
    server = stub(lambda query, _: response(query, f"{query.question[0].name} 60 IN CNAME x{query.question[0].name}"))
    answer = at(server).ask("x.test", "TXT")
    assert answer.status is Status.LOOP
    assert len(server.seen) < 20


def test_records_come_in_an_order_of_their_own(stub: StartStub) -> None:
    """Servers rotate theirs."""
    server = stub(
        lambda query, _: response(query, *(f"x.test. 60 IN MX {host}.test." for host in ("20 c", "5 z", "20 a")))
    )
    records = at(server).ask("x.test", "MX").require()
    assert [(r.preference, r.data) for r in records] == [(5, "z.test"), (20, "a.test"), (20, "c.test")]


def test_each_question_is_asked_once(stub: StartStub) -> None:
    server = stub(lambda query, _: response(query, authority=(SOA,)))
    resolver = at(server)
    first = resolver.ask("X.test.", "txt")
    assert resolver.ask("x.test", "TXT") is first
    resolver.ask("x.test", "A")
    assert len(server.seen) == 2


def test_recursion_is_asked_of_a_given_server(stub: StartStub) -> None:
    server = stub(lambda query, _: response(query, authority=(SOA,)))
    at(server).ask("x.test", "TXT")
    ((_, query),) = server.seen
    assert query.flags & dns.flags.RD
