"""DMARC and SPF records, declared and published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pytest_bdd import parsers, then

from gate.evidence import Evidence
from gate.words import takes
from readers.dns import Record, Resolver
from readers.dns.declarations import Declarations
from readers.dns.publication import PendingChange, Witnesses
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
from steps._findings import Table, check_published, enforcement, rows


@then(parsers.parse('every declared DMARC record is as strict as "{floor}"'))
def declared_dmarc_strict(evidence: Evidence, declarations: Declarations, floor: str) -> None:
    with evidence.about(f"DMARC of {declarations.domain}", f"{floor} or stricter"):
        for record in declared_dmarc(declarations):
            _check_strictness(evidence, record, floor)


@then("exactly one DMARC record is published")
def one_dmarc_published(evidence: Evidence, declarations: Declarations, dns: Resolver) -> None:
    what = f"published DMARC records of {declarations.domain}"
    with evidence.about(what, "exactly one"):
        found = published_dmarc(dns, declarations.domain)
        check_published(
            evidence,
            what,
            "exactly one",
            str(len(found)),
            ok=len(found) == 1,
            pending=partial(pending_dmarc_change, declarations, found, one_each),
        )


@then(parsers.parse('the published DMARC record is as strict as "{floor}"'))
def published_dmarc_strict(evidence: Evidence, declarations: Declarations, dns: Resolver, floor: str) -> None:
    right = partial(all_strict, floor=floor)
    for record, pending in _published(evidence, declarations, dns, f"{floor} or stricter", right):
        _check_strictness(evidence, record, floor, pending)


def _published(
    evidence: Evidence, declarations: Declarations, dns: Resolver, expected: str, right: Callable[[Witnesses], bool]
) -> Iterator[tuple[Record, Callable[[], PendingChange | None]]]:
    """The published DMARC records, each with the change that it may await; a finding, where there is none."""
    what = f"published DMARC of {declarations.domain}"
    with evidence.about(what, expected):
        found = published_dmarc(dns, declarations.domain)
        pending = partial(pending_dmarc_change, declarations, found, right)
        yield from ((record, pending) for record in found)
        if not found:
            actual = f"missing: no published DMARC record of {declarations.domain}"
            check_published(evidence, what, expected, actual, ok=False, pending=pending)


def _nothing_pending() -> None:
    """What is declared is as it is."""


def _check_strictness(
    evidence: Evidence, record: Record, floor: str, pending: Callable[[], PendingChange | None] = _nothing_pending
) -> None:
    what, expected = f"DMARC record in {record.source}", f"{floor} or stricter, for all mail"
    with evidence.about(what, expected):
        weak = shortfalls_of(record.known_data(), floor)
        check_published(
            evidence,
            what,
            expected,
            ", ".join(weak) or record.shown,
            ok=not weak,
            pending=pending,
            at=record.origin,
            note=enforcement(record),
        )


@then("the declared DMARC records agree with each other")
def declared_dmarc_agree(evidence: Evidence, declarations: Declarations) -> None:
    with evidence.about(f"declared DMARC of {declarations.domain}", "the same everywhere"):
        for record, other in _each_with_another(list(declared_dmarc(declarations))):
            found = differences(parse_dmarc(other.known_data()), parse_dmarc(record.known_data()))
            evidence.check(
                f"DMARC record in {record.source}",
                expected=f"as in {other.source}",
                actual=", ".join(found) or "the same",
                ok=not found,
                at=record.origin,
                says=record.shown,
            )


@then("the published DMARC record agrees with them")
def published_dmarc_agrees(evidence: Evidence, declarations: Declarations, dns: Resolver) -> None:
    with evidence.about(f"published DMARC of {declarations.domain}", "as declared"):
        declared = next(declared_dmarc(declarations))
        for record, pending in _published(evidence, declarations, dns, "as declared", all_alike):
            found = differences(parse_dmarc(declared.known_data()), parse_dmarc(record.known_data()))
            check_published(
                evidence,
                f"DMARC record in {record.source}",
                f"as in {declared.source}",
                ", ".join(found) or "the same",
                ok=not found,
                pending=pending,
                at=record.origin or declared.origin,
            )


def _each_with_another(records: list[Record]) -> Iterator[tuple[Record, Record]]:
    """Each record with one that differs from it, if any does; else with the first."""
    for record in records:
        policy = parse_dmarc(record.known_data())
        unlike = (other for other in records if differences(parse_dmarc(other.known_data()), policy))
        yield record, next(unlike, records[0])


@then(parsers.parse('no declared SPF record authorises "{domain}"'))
def spf_avoids(evidence: Evidence, declarations: Declarations, domain: str) -> None:
    with evidence.about(f"SPF of {declarations.domain}", f"nothing in {domain}"):
        for record in declared_spf(declarations):
            named = spf_names(declarations, parse_spf(record.known_data()), domain)
            evidence.check(
                f"SPF record in {record.source}",
                expected=f"nothing in {domain}",
                note=enforcement(record),
                actual=", ".join(named) or record.shown,
                ok=not named,
                at=record.origin,
            )


@then("every declared SPF record authorises the relay that relayhost names:")
@takes("relay", "SPF include")
def spf_authorises_relay(
    evidence: Evidence, declarations: Declarations, postfix: PostfixSetup, datatable: Table
) -> None:
    with evidence.about(f"SPF of {declarations.domain}", "the relay in use"):
        relay = next_hop(postfix.main_cf.required("relayhost").text)
        includes = {row["relay"]: row["SPF include"] for row in rows(datatable)}
        for record in declared_spf(declarations):
            ok = authorises(declarations, parse_spf(record.known_data()), relay, includes)
            evidence.check(
                f"SPF record in {record.source}",
                expected=f"include:{includes[relay]}, for {relay}",
                actual=record.shown,
                ok=ok,
                at=record.origin,
                note=enforcement(record),
            )


@then(parsers.parse("every declared SPF record needs at most {most:d} look-ups"))
def spf_can_be_evaluated(evidence: Evidence, declarations: Declarations, most: int) -> None:
    expected = f"at most {most} look-ups"
    with evidence.about(f"SPF of {declarations.domain}", expected):
        for record in declared_spf(declarations):
            needed = spf_lookups(declarations, parse_spf(record.known_data()))
            void = spf_void_lookups(declarations, parse_spf(record.known_data()))
            if void:
                evidence.check(
                    f"names that SPF asks for in {record.source}",
                    expected="at most 2 without an answer (RFC 7208, section 4.6.4)",
                    actual=", ".join(void),
                    ok=len(void) <= 2,
                    at=record.origin,
                )
            evidence.check(
                f"SPF record in {record.source}",
                expected=expected,
                actual=f"{needed} at least",
                ok=needed <= most,
                at=record.origin,
                note=enforcement(record),
            )


@then("nowhere are two SPF records declared")
def one_spf(evidence: Evidence, declarations: Declarations) -> None:
    with evidence.about(f"SPF of {declarations.domain}", "one record"):
        for records in spf_by_witness(declarations):
            last = records[-1]
            note = "receivers follow none of several (RFC 7208, section 4.5)" if len(records) > 1 else None
            actual = "the only one" if len(records) == 1 else f"one of {len(records)}"
            evidence.check(
                f"SPF record in {last.source}",
                expected="the only one",
                actual=actual,
                ok=len(records) == 1,
                at=last.origin,
                note=note,
            )
