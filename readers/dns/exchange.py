"""One question to one name server: what came back, with every way of failing kept apart."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
from msgspec import Struct

from readers.dns.answers import Answer, Status
from readers.dns.records import Record, name_text, rdata_text

_PAYLOAD = 1232


class Server(NamedTuple):
    """Where a name server listens."""

    address: str
    port: int = 53

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return host if self.port == 53 else f"{host}:{self.port}"


class Timeouts(Struct, frozen=True):
    """Seconds: for one try, and for all tries at one question; and how many tries a server gets."""

    per_try: float = 2.0
    total: float = 8.0
    tries: int = 2
    #: Seconds of silence after which a server gets a single try at each question, and for how long that waits.
    patience: float = 10.0
    hurried: float = 0.5
    #: Seconds of silence after which a run asks only those who have never been silent.
    run: float = 60.0


class Patience:
    """How long a run waits for servers that are silent: a thousand names do not each wait for the same one."""

    def __init__(self, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self._silence: dict[Server, float] = {}

    def tries(self, server: Server) -> tuple[int, float]:
        """How many tries a question to this server gets, and the seconds for each."""
        limits, silence = self.timeouts, self._silence.get(server)
        if sum(self._silence.values()) >= limits.run and silence != 0:
            return 0, 0.0
        return (1, limits.hurried) if silence and silence >= limits.patience else (limits.tries, limits.per_try)

    def waited(self, server: Server, seconds: float, *, answered: bool) -> None:
        """Keep what a try took: of an answer only what is more than hurried."""
        in_vain = max(0.0, seconds - self.timeouts.hurried) if answered else seconds
        self._silence[server] = self._silence.get(server, 0.0) + in_vain


def ask_server(server: Server, name: str, type: str, *, recursive: bool, patience: Patience) -> Answer:
    """The server's answer.  A truncated one is asked for again over TCP, one that EDNS spoils without it.

    Of a server that is not ``recursive`` only what it says with authority counts.
    """
    deadline = time.monotonic() + patience.timeouts.total
    edns = True
    most, per_try = patience.tries(server)
    reason = "no time was left to ask" if most else "not asked: this run has waited too long for silent servers"
    failure = Answer(name, type, Status.TIMEOUT, server=str(server), detail=reason)
    tries = 0
    while tries < most and (left := deadline - (begun := time.monotonic())) > 0:
        tries += 1
        try:
            response = _exchange(server, name, type, recursive, edns, min(per_try, left))
        except dns.exception.Timeout:
            patience.waited(server, time.monotonic() - begun, answered=False)
            failure = Answer(name, type, Status.TIMEOUT, server=str(server), detail=f"no answer to {tries} tries")
            continue
        except (dns.exception.DNSException, ValueError) as error:
            failure = Answer(name, type, Status.BADRESPONSE, server=str(server), detail=str(error))
            continue
        except (OSError, EOFError) as error:
            failure = Answer(name, type, Status.UNREACHABLE, server=str(server), detail=str(error))
            continue
        patience.waited(server, time.monotonic() - begun, answered=True)
        if edns and response.rcode() in (dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS):
            edns, tries = False, tries - 1
            continue
        return _read(response, name, type, str(server), recursive)
    return failure


def _exchange(server: Server, name: str, type: str, recursive: bool, edns: bool, seconds: float) -> dns.message.Message:
    query = dns.message.make_query(name, type, use_edns=0 if edns else -1, payload=_PAYLOAD if edns else None)
    if not recursive:
        query.flags &= ~dns.flags.RD
    response, _ = dns.query.udp_with_fallback(query, server.address, seconds, server.port, ignore_unexpected=True)
    return response


_BY_RCODE = {
    dns.rcode.SERVFAIL: Status.SERVFAIL, dns.rcode.REFUSED: Status.REFUSED, dns.rcode.NOTIMP: Status.NOTIMP,
    dns.rcode.FORMERR: Status.FORMERR,
}  # fmt: skip


def _read(response: dns.message.Message, name: str, type: str, server: str, recursive: bool) -> Answer:
    def said(status: Status, detail: str = "", records: tuple[Record, ...] = ()) -> Answer:
        return Answer(name, type, status, records, chain, server, detail)

    chain: tuple[tuple[str, str], ...] = ()
    rcode = response.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return said(_BY_RCODE.get(rcode, Status.OTHER), "" if rcode in _BY_RCODE else dns.rcode.to_text(rcode))
    assert isinstance(response, dns.message.QueryMessage)
    try:
        result = response.resolve_chaining()
    except dns.message.ChainTooLong:
        chain = _links(rrset for rrset in response.answer if rrset.rdtype == dns.rdatatype.CNAME)
        return said(Status.LOOP)
    except dns.exception.DNSException as error:
        return said(Status.BADRESPONSE, str(error))
    chain = _links(result.cnames)
    referral = _referral(response)
    if not recursive and not response.flags & dns.flags.AA:
        return said(Status.LAME, referral or "the answer is not authoritative")
    if result.answer is not None:
        return said(Status.NOERROR, "", tuple(_records(result.answer, server)))
    if rcode == dns.rcode.NXDOMAIN:
        return said(Status.NXDOMAIN)
    if _has(response.authority, dns.rdatatype.SOA):
        return said(Status.NODATA)
    if chain:
        return said(Status.ELSEWHERE, referral)
    return said(Status.LAME, referral) if referral else said(Status.NODATA)


def _links(cnames: Iterable[dns.rrset.RRset]) -> tuple[tuple[str, str], ...]:
    return tuple((name_text(rrset.name), name_text(rrset[0].target)) for rrset in cnames)


def _referral(response: dns.message.Message) -> str:
    """Whom a response without an answer refers to; empty where it does not."""
    if response.flags & dns.flags.AA and not response.answer:
        return ""
    servers = [
        name_text(rdata.target) for rrset in response.authority if rrset.rdtype == dns.rdatatype.NS for rdata in rrset
    ]
    return f"it refers to {', '.join(sorted(servers))}" if servers else ""


def _has(section: list[dns.rrset.RRset], type: dns.rdatatype.RdataType) -> bool:
    return any(rrset.rdtype == type for rrset in section)


def _records(rrset: dns.rrset.RRset, server: str) -> list[Record]:
    """The records of a set, in an order of their own: servers rotate theirs."""
    name, kind = name_text(rrset.name), dns.rdatatype.to_text(rrset.rdtype)
    read = map(rdata_text, rrset)
    found = [Record(name, kind, data, rrset.ttl, preference, source=server) for preference, data in read]
    return sorted(found, key=lambda r: (r.preference or 0, r.data))
