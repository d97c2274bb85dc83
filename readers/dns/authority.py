"""What an authoritative server answers from its zones (RFC 1034 section 4.3.2, RFC 2308, RFC 4592).

Pure: a query message in, a response message out.  DNSSEC, DNAME, zone transfer and update are not served.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.node
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zone
from msgspec import Struct

from readers import Malformed
from readers.dns.records import Record
from readers.dns.zone import zone_records
from tfparse.cty.values import string
from tfparse.diagnostics import Origin

UDP_SIZE = 1232
"""Octets: what fits in any path without fragments (DNS flag day 2020)."""

_LONGEST_CHAIN = 16


class Zone(Struct, frozen=True, dict=True):
    """A loaded zone and the names that exist in it, empty non-terminals included."""

    data: dns.zone.Zone
    records: tuple[Record, ...]

    @functools.cached_property
    def origin(self) -> dns.name.Name:
        assert self.data.origin is not None
        return self.data.origin

    @functools.cached_property
    def names(self) -> frozenset[dns.name.Name]:
        found = set()
        for name in self.data.nodes:
            while name not in found and name.is_subdomain(self.origin):
                found.add(name)
                name = name.parent() if name != self.origin else name
        return frozenset(found)

    def cut(self, name: dns.name.Name) -> dns.name.Name | None:
        """The highest delegation at or above ``name``, below the apex."""
        for depth in range(len(self.origin) + 1, len(name) + 1):
            ancestor = name.split(depth)[1]
            node = self.data.nodes.get(ancestor)
            if node is not None and node.get_rdataset(dns.rdataclass.IN, dns.rdatatype.NS):
                return ancestor
        return None

    def match(self, name: dns.name.Name) -> dns.name.Name | None:
        """The name itself if it exists, else the wildcard that stands for it (RFC 4592 section 3.3.1)."""
        if name in self.names:
            return name
        encloser = name
        while encloser not in self.names:
            encloser = encloser.parent()
        wildcard = dns.name.Name((b"*", *encloser.labels))
        return wildcard if wildcard in self.names else None


def load_zones(folder: Path) -> list[Zone]:
    """The zones of the ``*.zone`` files in a folder, by name of file.

    The origin is the file's leading ``$ORIGIN``, or else its name without ``.zone``.  Malformed, with file
    and line, for a file that does not load, for two files of one zone, and for no file at all.
    """
    zones: list[Zone] = []
    paths = sorted(folder.glob("*.zone"))
    if not paths:
        raise Malformed(f"zones in {folder}", "there is no *.zone file")
    for path in paths:
        zone = _load(path)
        if any(zone.origin == other.origin for other in zones):
            raise Malformed(f"zone file {path}", f"a second file of zone {zone.origin}", Origin(str(path), 1))
        zones.append(zone)
    return zones


def _load(path: Path) -> Zone:
    # Shown relative to where the suite runs, if it lies there: a report means the same on any machine.
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    what, start = f"zone file {shown}", Origin(str(shown), 1)
    try:
        if not path.is_file():
            raise Malformed(what, "it is not a file", start)
        text = path.read_text(encoding="utf-8")
        # Ours first: it knows the line of every record and of every error.
        records = zone_records(string(text, start, verbatim=True), path.stem, what)
        for record in records:
            if record.unknown:
                raise Malformed(what, record.unknown.reason, record.origin)
            if record.ttl is None:
                raise Malformed(what, f"{record} has no TTL", record.origin)
        try:
            data = dns.zone.from_text(text, relativize=False, allow_include=False)
        except dns.zone.UnknownOrigin:
            data = dns.zone.from_text(text, path.stem, relativize=False, allow_include=False)
    except Malformed as error:
        raise Malformed(what, error.problem, error.origin) from error
    except (OSError, UnicodeError, dns.exception.DNSException) as error:
        raise Malformed(what, str(error), start) from error
    return Zone(data, tuple(records))


def respond(query: dns.message.Message, zones: Iterable[Zone]) -> dns.message.Message:
    """The response to a query that could be parsed."""
    response = dns.message.make_response(query, our_payload=UDP_SIZE)
    rcode = _unserved(query)
    if rcode is None:
        rcode = _answer(response, query.question[0].name, query.question[0].rdtype, tuple(zones))
    response.set_rcode(rcode)
    return response


def _unserved(query: dns.message.Message) -> dns.rcode.Rcode | None:
    """The error that a query earns by its kind, whatever the zones hold."""
    if query.edns > 0:
        return dns.rcode.BADVERS
    if query.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if len(query.question) != 1:
        return dns.rcode.FORMERR
    question = query.question[0]
    if question.rdclass != dns.rdataclass.IN or question.rdtype in (dns.rdatatype.AXFR, dns.rdatatype.IXFR):
        return dns.rcode.REFUSED
    return None


def _answer(
    response: dns.message.Message, name: dns.name.Name, type: dns.rdatatype.RdataType, zones: tuple[Zone, ...]
) -> dns.rcode.Rcode:
    """Fills in the answer, following CNAMEs for as long as they stay in the zones."""
    rcode = dns.rcode.REFUSED
    seen: set[dns.name.Name] = set()
    next_name: dns.name.Name | None = name
    while next_name is not None and next_name not in seen and len(seen) < _LONGEST_CHAIN:
        zone = _zone_of(next_name, zones)
        if zone is None:
            break
        if not seen:
            response.flags |= dns.flags.AA
        seen.add(next_name)
        rcode, next_name = _look_up(response, zone, next_name, type)
    return rcode


def _zone_of(name: dns.name.Name, zones: tuple[Zone, ...]) -> Zone | None:
    return max((z for z in zones if name.is_subdomain(z.origin)), key=lambda z: len(z.origin), default=None)


def _look_up(
    response: dns.message.Message, zone: Zone, name: dns.name.Name, type: dns.rdatatype.RdataType
) -> tuple[dns.rcode.Rcode, dns.name.Name | None]:
    """One name's part of the answer: its rcode, and the target where it is a CNAME."""
    cut = zone.cut(name)
    if cut is not None and not (type == dns.rdatatype.DS and cut == name):
        _refer(response, zone, cut)
        return dns.rcode.NOERROR, None
    owner = zone.match(name)
    node = zone.data.nodes.get(owner) if owner is not None else None
    found = _of_type(node, type) if node is not None else None
    if found is None:
        soa = zone.data.get_soa()
        _add(response.authority, zone.origin, zone.data.find_rdataset(zone.origin, dns.rdatatype.SOA), soa.minimum)
        return (dns.rcode.NXDOMAIN if owner is None else dns.rcode.NOERROR), None
    _add(response.answer, name, found)
    if found.rdtype == dns.rdatatype.CNAME and type not in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
        return dns.rcode.NOERROR, found[0].target
    return dns.rcode.NOERROR, None


def _of_type(node: dns.node.Node, type: dns.rdatatype.RdataType) -> dns.rdataset.Rdataset | None:
    """The node's records of a type, or else its CNAME; for ANY one set of them (RFC 8482 section 4.1)."""
    if type == dns.rdatatype.ANY:
        return node.rdatasets[0] if node.rdatasets else None
    return node.get_rdataset(dns.rdataclass.IN, type) or node.get_rdataset(dns.rdataclass.IN, dns.rdatatype.CNAME)


def _refer(response: dns.message.Message, zone: Zone, cut: dns.name.Name) -> None:
    """A referral to the servers of a delegated zone, with their addresses where this zone holds them."""
    if not response.answer:
        response.flags &= ~dns.flags.AA
    servers = zone.data.find_rdataset(cut, dns.rdatatype.NS)
    _add(response.authority, cut, servers)
    for server in servers:
        node = zone.data.nodes.get(server.target)
        for family in (dns.rdatatype.A, dns.rdatatype.AAAA):
            glue = node.get_rdataset(dns.rdataclass.IN, family) if node is not None else None
            if glue is not None:
                _add(response.additional, server.target, glue)


def _add(
    section: list[dns.rrset.RRset], name: dns.name.Name, rdataset: dns.rdataset.Rdataset, longest_ttl: int | None = None
) -> None:
    ttl = rdataset.ttl if longest_ttl is None else min(rdataset.ttl, longest_ttl)
    section.append(dns.rrset.from_rdata_list(name, ttl, list(rdataset)))
