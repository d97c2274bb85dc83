"""DMARC and SPF records, declared and published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pytest_bdd import parsers, then

from gate.evidence import Evidence
from gate.words import special, takes
from readers.dns import Record, Resolver
from readers.dns.declarations import Declarations
from readers.dns.publication import PendingChange, Witnesses
from readers.dns.said import DeclaredZone, PublishedZone
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.mail_auth.domain import (
    all_alike,
    all_strict,
    authorises,
    declared_dmarc,
    declared_spf,
    differences,
    one_each,
    pending_dmarc_change,
    published_dmarc,
    shortfalls_of,
    spf_by_witness,
    spf_lookups,
    spf_names,
    spf_void_lookups,
)
from readers.mail_auth.records import parse_dmarc, parse_spf
from readers.postfix.hosts import next_hop
from readers.subjects.records import Zone
from steps._findings import Table, check_published, declared, enforcement, rows


@then(parsers.parse('every DMARC record is as strict as "{floor}"'))
@special("a policy is weakened by several tags, and receivers follow none of two records")
def dmarc_strict(evidence: Evidence, records: Zone, floor: str) -> None:
    """For all mail and for subdomains; of published records, there is one."""
    if isinstance(records, PublishedZone):
        _one_published(evidence, records)
        for record, pending in _published(evidence, records, f"{floor} or stricter", partial(all_strict, floor=floor)):
            _check_strictness(evidence, record, floor, pending)
        return
    with evidence.about(f"DMARC of {records.zone}", f"{floor} or stricter"):
        for record in declared_dmarc(records.declarations):
            _check_strictness(evidence, record, floor)


def _one_published(evidence: Evidence, records: PublishedZone) -> None:
    what, expected = f"published DMARC records of {records.zone}", "exactly one"
    with evidence.about(what, expected):
        found = published_dmarc(records.dns, records.zone)
        ok, pending = len(found) == 1, partial(_pending, records, found, one_each)
        check_published(evidence, what, expected, str(len(found)), ok=ok, pending=pending)


def _published(
    evidence: Evidence, records: PublishedZone, expected: str, right: Callable[[Witnesses], bool]
) -> Iterator[tuple[Record, Callable[[], PendingChange | None]]]:
    """The published DMARC records, each with the change that it may await; a finding, where there is none."""
    what = f"published DMARC of {records.zone}"
    with evidence.about(what, expected):
        found = published_dmarc(records.dns, records.zone)
        pending = partial(_pending, records, found, right)
        yield from ((record, pending) for record in found)
        if not found:
            actual = f"missing: no published DMARC record of {records.zone}"
            check_published(evidence, what, expected, actual, ok=False, pending=pending)


def _pending(records: PublishedZone, found: list[Record], right: Callable[[Witnesses], bool]) -> PendingChange | None:
    if records.declared is None:
        return None
    return pending_dmarc_change(records.declared.declarations, found, right)


def _nothing_pending() -> None:
    """What is declared is as it is."""


def _check_strictness(
    evidence: Evidence, record: Record, floor: str, pending: Callable[[], PendingChange | None] = _nothing_pending
) -> None:
    what, expected = f"DMARC record in {record.source}", f"{floor} or stricter, for all mail"
    with evidence.about(what, expected):
        weak = shortfalls_of(record.known_data(), floor)
        actual, note = ", ".join(weak) or record.shown, enforcement(record)
        check_published(evidence, what, expected, actual, ok=not weak, pending=pending, at=record.origin, note=note)


@then("its DMARC records agree, declared and published")
@special("records that say the same may be written differently: order, case and blanks do not count")
def dmarc_agrees(evidence: Evidence, records: Zone, dns: Resolver) -> None:
    zone = declared(records)
    with evidence.about(f"declared DMARC of {zone.zone}", "the same everywhere"):
        for record, other in _each_with_another(list(declared_dmarc(zone.declarations))):
            found = differences(parse_dmarc(other.known_data()), parse_dmarc(record.known_data()))
            what, expected, actual = _comparison(record, other, found)
            evidence.check(what, expected, actual, ok=not found, at=record.origin, says=record.shown)
    _published_agrees(evidence, PublishedZone(zone.zone, dns, zone), zone)


def _published_agrees(evidence: Evidence, published: PublishedZone, zone: DeclaredZone) -> None:
    with evidence.about(f"published DMARC of {zone.zone}", "as declared"):
        first = next(declared_dmarc(zone.declarations))
        for record, pending in _published(evidence, published, "as declared", all_alike):
            found = differences(parse_dmarc(first.known_data()), parse_dmarc(record.known_data()))
            what, expected, actual = _comparison(record, first, found)
            at = record.origin or first.origin
            check_published(evidence, what, expected, actual, ok=not found, pending=pending, at=at)


def _comparison(record: Record, other: Record, found: list[str]) -> tuple[str, str, str]:
    return f"DMARC record in {record.source}", f"as in {other.source}", ", ".join(found) or "the same"


def _each_with_another(records: list[Record]) -> Iterator[tuple[Record, Record]]:
    """Each record with one that differs from it, if any does; else with the first."""
    for record in records:
        policy = parse_dmarc(record.known_data())
        unlike = (other for other in records if differences(parse_dmarc(other.known_data()), policy))
        yield record, next(unlike, records[0])


@then(parsers.parse('no declared SPF record authorises "{domain}"'))
@special("a record authorises whom it includes or redirects to, at any depth")
def spf_avoids(evidence: Evidence, records: Zone, domain: str) -> None:
    declarations = declared(records).declarations
    with evidence.about(f"SPF of {declarations.domain}", f"nothing in {domain}"):
        for record in declared_spf(declarations):
            named = spf_names(declarations, parse_spf(record.known_data()), domain)
            found = ", ".join(named) or record.shown
            _check_spf(evidence, record, f"nothing in {domain}", found, ok=not named)


@then("every declared SPF record authorises the relay that relayhost names:")
@takes("relay", "SPF include")
@special("the relay stands in Postfix' configuration, what it needs in the table")
def spf_authorises_relay(evidence: Evidence, records: Zone, postfix: PostfixSetup, datatable: Table) -> None:
    declarations = declared(records).declarations
    with evidence.about(f"SPF of {declarations.domain}", "the relay in use"):
        relay = next_hop(postfix.main_cf.required("relayhost").text)
        includes = {row["relay"]: row["SPF include"] for row in rows(datatable)}
        for record in declared_spf(declarations):
            ok = authorises(declarations, parse_spf(record.known_data()), relay, includes)
            _check_spf(evidence, record, f"include:{includes[relay]}, for {relay}", record.shown, ok=ok)


@then(parsers.parse("every declared SPF record is the only one, and needs at most {most:d} look-ups"))
@special("receivers follow none of two records, nor one that asks them for more (RFC 7208, sections 4.5 and 4.6.4)")
def spf_can_be_evaluated(evidence: Evidence, records: Zone, most: int) -> None:
    declarations = declared(records).declarations
    with evidence.about(f"SPF of {declarations.domain}", f"at most {most} look-ups"):
        for record in declared_spf(declarations):
            _check_lookups(evidence, declarations, record, most)
    _check_only(evidence, declarations)


def _check_only(evidence: Evidence, declarations: Declarations) -> None:
    with evidence.about(f"SPF of {declarations.domain}", "one record"):
        for found in spf_by_witness(declarations):
            note = "receivers follow none of several (RFC 7208, section 4.5)" if len(found) > 1 else None
            actual = "the only one" if len(found) == 1 else f"one of {len(found)}"
            _check_spf(evidence, found[-1], "the only one", actual, ok=len(found) == 1, note=note)


def _check_lookups(evidence: Evidence, declarations: Declarations, record: Record, most: int) -> None:
    needed = spf_lookups(declarations, parse_spf(record.known_data()))
    void = spf_void_lookups(declarations, parse_spf(record.known_data()))
    if void:
        what = f"names that SPF asks for in {record.source}"
        expected = "at most 2 without an answer (RFC 7208, section 4.6.4)"
        evidence.check(what, expected, ", ".join(void), ok=len(void) <= 2, at=record.origin)
    _check_spf(evidence, record, f"at most {most} look-ups", f"{needed} at least", ok=needed <= most)


def _check_spf(
    evidence: Evidence, record: Record, expected: str, actual: str, *, ok: bool, note: str | None = None
) -> None:
    said = note or enforcement(record)
    evidence.check(f"SPF record in {record.source}", expected, actual, ok=ok, at=record.origin, note=said)
