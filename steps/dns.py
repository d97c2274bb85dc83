"""DNS: what the repo declares for a domain, and what name servers publish."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import takes
from readers.dns import Resolver, is_in
from readers.dns.declarations import Declarations, read_declarations
from readers.kubernetes.stacks import owners_answers
from readers.mail_auth.domain import aliases, best_mx, declared_mx, may_be_in, pending_alias_change, published_aliases
from steps._findings import Table, check_published, column, enforcement
from tfparse import Infra


@given(
    parsers.parse(
        'the records that the repo declares for the domain "{domain}", '
        'zone text in variables "{zone_variables}" included'
    ),
    target_fixture="declarations",
)
def the_declarations(
    evidence: Evidence, infra: Infra, infra_before: Infra | None, domain: str, zone_variables: str
) -> Declarations:
    evidence.heed(owners_answers(infra))
    return read_declarations(infra, domain, zone_variables, infra_before)


@then(parsers.parse('none of these names is declared as a CNAME into "{domain}":'))
@takes("name")
def no_declared_cname(evidence: Evidence, declarations: Declarations, domain: str, datatable: Table) -> None:
    for name in column(datatable):
        what, expected = f"declared CNAME of {declarations.name(name)}", f"none into {domain}"
        with evidence.about(what, expected):
            for record in aliases(declarations, name, domain):
                ok = record is None or not may_be_in(record.data, domain) or not is_in(record.known_data(), domain)
                at = record.origin if record else None
                evidence.check(
                    what, expected=expected, actual=str(record or "none"), ok=ok, at=at, note=enforcement(record)
                )


@then(parsers.parse('none of these names is published as a CNAME into "{domain}":'))
@takes("name")
def no_published_cname(
    evidence: Evidence, declarations: Declarations, dns: Resolver, domain: str, datatable: Table
) -> None:
    for name in column(datatable):
        what, expected = f"published CNAME of {declarations.name(name)}", f"none into {domain}"
        with evidence.about(what, expected):
            for alias, answer in published_aliases(dns, declarations.name(name), domain):
                ok = not any(is_in(r.data, domain) for r in answer.require())
                check_published(
                    evidence,
                    what,
                    expected,
                    str(answer),
                    ok=ok,
                    pending=partial(pending_alias_change, declarations, alias, domain, answer.records),
                )


@then(parsers.parse('the best declared MX is "{host}"'))
def mx_is_best(evidence: Evidence, declarations: Declarations, host: str) -> None:
    what = f"best MX of {declarations.domain}"
    with evidence.about(what, host):
        for record in best_mx(declarations):
            evidence.check(
                what,
                expected=host,
                actual=str(record),
                ok=record.known_data() == host,
                at=record.origin,
                note=enforcement(record),
            )


@then(parsers.parse('no declared MX is in "{domain}"'))
def no_mx_in(evidence: Evidence, declarations: Declarations, domain: str) -> None:
    what, expected = f"MX of {declarations.domain}", f"none in {domain}"
    with evidence.about(what, expected):
        for record in declared_mx(declarations):
            ok = not is_in(record.known_data(), domain)
            evidence.check(
                what, expected=expected, actual=str(record), ok=ok, at=record.origin, note=enforcement(record)
            )
