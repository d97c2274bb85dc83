"""Records of a zone, of any name and type: as they are declared, and as DNS answers for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import example, special, takes
from readers import Missing
from readers.dns import Answer, Resolver, is_in
from readers.dns.declarations import Declarations, read_declarations
from readers.dns.publication import PendingChange
from readers.dns.records import may_be_in
from readers.dns.said import DeclaredZone, PublishedZone, every_pair, full_name, record_type
from readers.kubernetes.stacks import owners_answers
from readers.mail_auth.domain import aliases, best_mx, pending_alias_change, published_aliases
from readers.subjects.record_rows import Judged, RecordRow, judge_drift, judge_exactly, judge_nameless, judge_row
from readers.subjects.records import Zone, every_record
from readers.subjects.subject import Subjects
from steps._findings import ROWS, Table, check_published, column, declared, enforcement, rows, where_rows
from tfparse import Infra
from tfparse.cty.values import Unknown

_HOUSE = "(?P<house>, in the house)?"
_TEXTS = '(?:, zone text in variables "(?P<texts>[^"]+)" included)?'


@given(
    parsers.re(rf'the (?P<voice>declared|published) records of the zone "(?P<zone>[^"]+)"{_TEXTS}{_HOUSE}'),
    target_fixture="records",
)
@example(
    'Given the declared records of the zone "example.org"',
    'Given the published records of the zone "example.org"',
    'Given the declared records of the zone "example.org", zone text in variables "bind_*" included',
    'Given the declared records of the zone "example.org", in the house',
)
def the_records(
    request: pytest.FixtureRequest, evidence: Evidence, infra: Infra, infra_before: Infra | None,
    voice: str, zone: str, texts: str | None, house: str | None,
) -> Zone:  # fmt: skip
    """What is declared for who publishes it ("in the house": for servers of one's own network), or what DNS answers."""
    evidence.heed(owners_answers(infra))
    read = partial(read_declarations, infra, zone.rstrip("."), texts or "", infra_before)
    if voice == "declared":
        return DeclaredZone(read(), house is not None, texts is not None)
    return _published(zone.rstrip("."), request.getfixturevalue("dns"), read)


def _published(zone: str, dns: Resolver, read: Callable[[], Declarations]) -> PublishedZone:
    """A zone as DNS answers for it, beside what is declared, where anything is."""
    try:
        return PublishedZone(zone, dns, DeclaredZone(read()))
    except Missing:
        return PublishedZone(zone, dns)


@given(
    parsers.re(rf'every declared record of the zone "(?P<zone>[^"]+)"{_HOUSE}(?P<where>, where:)?'),
    target_fixture="subjects",
)
@takes("path", "is", reads=ROWS)
@example("""Given every declared record of the zone "example.org", where:
  | path | is   |
  | type | AAAA |""")
def every_declared_record(
    evidence: Evidence, infra: Infra, zone: str, house: str | None, datatable: Table | None = None
) -> Subjects:
    """Each by `name` (`@` is the zone's own), `type`, `data`, `ttl` and `source`."""
    evidence.heed(owners_answers(infra))
    found = DeclaredZone(read_declarations(infra, zone.rstrip("."), ""), house is not None)
    return every_record(found, f"declared record of {found.zone}").where(where_rows(datatable))


@then(parsers.re("the records of these names are(?P<all_of_them> exactly)?:"))
@takes("name", "type", "is", optional=("ttl", "count"), reads={"type": record_type})
@example(
    """Then the records of these names are:
  | name     | type | is                        | ttl        | count |
  | @        | MX   | has 10 mail.example.org   | at most 1h | 2     |
  | _dmarc   | TXT  | like v=DMARC1; p=reject;* |            | 1     |
  | @        | TXT  | has one like v=spf1 *     |            |       |
  | _mta-sts | TXT  | like v=STSv1; id=*        |            |       |
  | old      | A    | not set                   |            |       |""",
    """Then the records of these names are exactly:
  | name      | type | is                        |
  | @         | MX   | 10 mail.example.org       |
  | @         | MX   | 20 mx2.example.org        |
  | @         | CAA  | 0 issue "letsencrypt.org" |
  | _sip._tcp | SRV  | 0 5 5060 sip.example.org  |""",
)
def records_are(evidence: Evidence, records: Zone, datatable: Table, all_of_them: str | None) -> None:
    """Each record of a row's name and type is so, or all together, where `is` speaks of a list; exactly: a row each."""
    if all_of_them:
        with evidence.about(f"records of {records.zone}", "exactly these"):
            _record(evidence, judge_exactly(records, [RecordRow.of(records.zone, row) for row in rows(datatable)]))
        return
    _judge_rows(evidence, records, datatable)


def _judge_rows(evidence: Evidence, records: Zone, datatable: Table) -> None:
    for row in rows(datatable):
        with evidence.about(f"{row['type']} of {row['name']}", row["is"]):
            _record(evidence, judge_row(records, RecordRow.of(records.zone, row)))


@then(parsers.re("(?:the records of these names are published as declared:|every record is published as declared)"))
@takes("name", "type", reads={"type": record_type})
@example(
    """Then the records of these names are published as declared:
  | name | type |
  | @    | MX   |""",
    "Then every record is published as declared",
)
def published_as_declared(evidence: Evidence, records: Zone, dns: Resolver, datatable: Table | None = None) -> None:
    """Every record: of each name and type that is declared, but for wildcards; one without a known name is in doubt."""
    with evidence.about(f"records of {records.zone}", "published as declared"):
        zone, named = declared(records), [(row["name"], row["type"]) for row in rows(datatable or [[]])]
        _judge_drift(evidence, zone, PublishedZone(zone.zone, dns), named or _all_pairs(evidence, zone, dns))


def _all_pairs(evidence: Evidence, zone: DeclaredZone, dns: Resolver) -> list[tuple[str, str]]:
    """The names and types that are declared; whoever answers for the zone is heard first."""
    dns.ask(zone.zone, "SOA").require()
    _record(evidence, judge_nameless(zone))
    return every_pair(zone)


def _judge_drift(
    evidence: Evidence, zone: DeclaredZone, published: PublishedZone, pairs: list[tuple[str, str]]
) -> None:
    for name, type_ in pairs:
        with evidence.about(f"{type_} of {name}", "published as declared"):
            _record(evidence, judge_drift(zone, published, full_name(zone.zone, name), record_type(type_)))


@then(parsers.parse('the best MX is "{host}"'))
@special("of several, the one of the lowest preference is the best, whatever numbers they have")
def mx_is_best(evidence: Evidence, records: Zone, host: str) -> None:
    what = f"best MX of {records.zone}"
    with evidence.about(what, host):
        for record in best_mx(declared(records).declarations):
            found, ok = str(record), record.known_data() == host
            evidence.check(what, host, found, ok=ok, at=record.origin, note=enforcement(record))


@then(parsers.parse('none of these names is a CNAME into "{domain}":'))
@takes("name")
@special("it follows each CNAME, by wildcards too, to where it ends")
def no_cname_into(evidence: Evidence, records: Zone, domain: str, datatable: Table) -> None:
    for name in column(datatable):
        if isinstance(records, PublishedZone):
            _no_published_cname(evidence, records, name, domain)
        else:
            _no_declared_cname(evidence, records.declarations, name, domain)


def _no_declared_cname(evidence: Evidence, declarations: Declarations, name: str, domain: str) -> None:
    what, expected = f"declared CNAME of {declarations.name(name)}", f"none into {domain}"
    with evidence.about(what, expected):
        for record in aliases(declarations, name, domain):
            ok = record is None or not may_be_in(record.data, domain) or not is_in(record.known_data(), domain)
            at = record.origin if record else None
            found = str(record or "none")
            evidence.check(what, expected, found, ok=ok, at=at, note=enforcement(record))


def _no_published_cname(evidence: Evidence, records: PublishedZone, name: str, domain: str) -> None:
    full = full_name(records.zone, name)
    what, expected = f"published CNAME of {full}", f"none into {domain}"
    with evidence.about(what, expected):
        for alias, answer in published_aliases(records.dns, full, domain):
            ok = not any(is_in(r.data, domain) for r in answer.require())
            pending = partial(_pending_alias, records, alias, domain, answer)
            check_published(evidence, what, expected, str(answer), ok=ok, pending=pending)


def _pending_alias(records: PublishedZone, alias: str, domain: str, answer: Answer) -> PendingChange | None:
    if records.declared is None:
        return None
    return pending_alias_change(records.declared.declarations, alias, domain, answer.records)


def _record(evidence: Evidence, judged: Iterator[Judged]) -> None:
    for one in judged:
        if isinstance(one.holds, Unknown):
            evidence.undetermined(one.what, one.expected, one.holds.reason, one.holds.origin or one.origin)
        else:
            check_published(evidence, one.what, one.expected, one.found, ok=one.holds, pending=one.pending,
                            at=one.origin, note=enforcement(one.record))  # fmt: skip
