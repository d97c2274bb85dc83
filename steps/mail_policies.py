"""DMARC and SPF records, declared and published."""

from __future__ import annotations

from pytest_bdd import parsers, then

from gate.evidence import Evidence
from readers.declarations import Declarations
from readers.dns import Record, Resolver
from readers.hosts import is_in, next_hop
from readers.mail import parse_dmarc, parse_spf
from readers.policies import (
    authorises,
    declared_dmarc,
    declared_spf,
    differences,
    published_dmarc,
    shortfalls,
    some_published_dmarc,
)
from readers.postfix import MainCf
from steps._findings import Table


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
        evidence.check(what, expected="exactly one", actual=str(len(found)), ok=len(found) == 1)


@then(parsers.parse('the published DMARC record is as strict as "{floor}"'))
def published_dmarc_strict(evidence: Evidence, declarations: Declarations, dns: Resolver, floor: str) -> None:
    with evidence.about(f"published DMARC of {declarations.domain}", f"{floor} or stricter"):
        for record in some_published_dmarc(dns, declarations.domain):
            _check_strictness(evidence, record, floor)


def _check_strictness(evidence: Evidence, record: Record, floor: str) -> None:
    what, expected = f"DMARC record in {record.source}", f"{floor} or stricter, for all mail"
    with evidence.about(what, expected):
        weak = shortfalls(parse_dmarc(record.known_data()), floor)
        evidence.check(what, expected=expected, actual=", ".join(weak) or record.shown, ok=not weak, at=record.origin)


@then("the declared DMARC records agree with each other")
def declared_dmarc_agree(evidence: Evidence, declarations: Declarations) -> None:
    with evidence.about(f"declared DMARC of {declarations.domain}", "the same everywhere"):
        _check_agreement(evidence, list(declared_dmarc(declarations)))


@then("the published DMARC record agrees with them")
def published_dmarc_agrees(evidence: Evidence, declarations: Declarations, dns: Resolver) -> None:
    with evidence.about(f"published DMARC of {declarations.domain}", "as declared"):
        declared = next(declared_dmarc(declarations))
        _check_agreement(evidence, [declared, *some_published_dmarc(dns, declarations.domain)])


def _check_agreement(evidence: Evidence, records: list[Record]) -> None:
    first, *others = records
    policy = parse_dmarc(first.known_data())
    for other in others or [first]:
        found = differences(policy, parse_dmarc(other.known_data()))
        evidence.check(f"DMARC record in {other.source}", expected=f"as in {first.source}", ok=not found,
                       actual=", ".join(found) or "the same", at=other.origin or first.origin)


@then(parsers.parse('no declared SPF record authorises "{domain}"'))
def spf_avoids(evidence: Evidence, declarations: Declarations, domain: str) -> None:
    with evidence.about(f"SPF of {declarations.domain}", f"nothing in {domain}"):
        for record in declared_spf(declarations):
            named = [d for d in parse_spf(record.known_data()).domains if is_in(d, domain)]
            evidence.check(f"SPF record in {record.source}", expected=f"nothing in {domain}",
                           actual=", ".join(named) or record.shown, ok=not named, at=record.origin)


@then("every declared SPF record authorises the relay that relayhost names:")
def spf_authorises_relay(
    evidence: Evidence, declarations: Declarations, main_cf: MainCf, datatable: Table
) -> None:
    with evidence.about(f"SPF of {declarations.domain}", "the relay in use"):
        relay, includes = next_hop(main_cf.required("relayhost").text), dict(datatable[1:])
        for record in declared_spf(declarations):
            ok = authorises(parse_spf(record.known_data()), relay, includes)
            evidence.check(f"SPF record in {record.source}", expected=f"include:{includes[relay]}, for {relay}",
                           actual=record.shown, ok=ok, at=record.origin)


