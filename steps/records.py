"""Records of a zone, of any name and type: as they are declared, and as DNS answers for them."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import example, takes
from readers import Malformed, Missing
from readers.dns import Resolver
from readers.dns.declarations import read_declarations
from readers.dns.said import DeclaredZone, PublishedZone, every_pair, full_name, record_type
from readers.kubernetes.stacks import owners_answers
from readers.subjects.record_rows import Judged, RecordRow, judge_drift, judge_exactly, judge_nameless, judge_row
from readers.subjects.records import Zone, every_record
from readers.subjects.subject import Row, Subjects
from steps._findings import Table, check_published, enforcement, rows
from tfparse import Infra
from tfparse.cty.values import Unknown

_HOUSE = "(?P<house>, in the house)?"


@given(parsers.re(rf'the declared records of the zone "(?P<zone>[^"]+)"{_HOUSE}'), target_fixture="records")
@example('Given the declared records of the zone "example.org"')
def the_declared_records(
    evidence: Evidence, infra: Infra, infra_before: Infra | None, zone: str, house: str | None
) -> Zone:
    """What is declared for who publishes the zone; "in the house": for servers of one's own network."""
    evidence.heed(owners_answers(infra))
    return DeclaredZone(read_declarations(infra, zone.rstrip("."), "", infra_before), house is not None)


@given(parsers.parse('the published records of the zone "{zone}"'), target_fixture="records")
@example('Given the published records of the zone "example.org"')
def the_published_records(infra: Infra, infra_before: Infra | None, dns: Resolver, zone: str) -> Zone:
    """What DNS answers, asked as `--dns` says."""
    try:
        declared = DeclaredZone(read_declarations(infra, zone.rstrip("."), "", infra_before))
    except Missing:
        return PublishedZone(zone.rstrip("."), dns)
    return PublishedZone(declared.zone, dns, declared)


@given(
    parsers.re(rf'every declared record of the zone "(?P<zone>[^"]+)"{_HOUSE}(?P<where>, where:)?'),
    target_fixture="subjects",
)
@takes("path", "is")
@example("""Given every declared record of the zone "example.org", where:
  | path | is   |
  | type | AAAA |""")
def every_declared_record(
    evidence: Evidence, infra: Infra, zone: str, house: str | None, datatable: Table | None = None
) -> Subjects:
    """Each by `name` (`@` is the zone's own), `type`, `data`, `ttl` and `source`."""
    evidence.heed(owners_answers(infra))
    declared = DeclaredZone(read_declarations(infra, zone.rstrip("."), ""), house is not None)
    conditions = [Row.of(row["path"], row["is"]) for row in rows(datatable)] if datatable is not None else []
    return every_record(declared, f"declared record of {declared.zone}").where(conditions)


@then("the records of these names are:")
@takes("name", "type", "is", optional=("ttl", "count"))
@example("""Then the records of these names are:
  | name     | type | is                       | ttl        | count |
  | @        | MX   | has 10 mail.example.org  | at most 1h | 2     |
  | _dmarc   | TXT  | like v=DMARC1; p=reject* |            | 1     |
  | @        | TXT  | has one like v=spf1 *    |            |       |
  | _mta-sts | TXT  | like v=STSv1; id=*       |            |       |
  | old      | A    | not set                  |            |       |""")
def records_are(evidence: Evidence, records: Zone, datatable: Table) -> None:
    """Each record of a row's name and type `is` so; or all of them together, where that speaks of a list."""
    for row in rows(datatable):
        with evidence.about(f"{row['type']} of {row['name']}", row["is"]):
            _record(evidence, judge_row(records, RecordRow.of(records.zone, row)))


@then("the records of these names are exactly:")
@takes("name", "type", "is", optional=("ttl",))
@example("""Then the records of these names are exactly:
  | name      | type | is                        |
  | @         | MX   | 10 mail.example.org       |
  | @         | MX   | 20 mx2.example.org        |
  | @         | CAA  | 0 issue "letsencrypt.org" |
  | _sip._tcp | SRV  | 0 5 5060 sip.example.org  |""")
def records_are_exactly(evidence: Evidence, records: Zone, datatable: Table) -> None:
    """A row for each record: there is no other of these names and types."""
    with evidence.about(f"records of {records.zone}", "exactly these"):
        _record(evidence, judge_exactly(records, [RecordRow.of(records.zone, row) for row in rows(datatable)]))


@then("the records of these names are published as declared:")
@takes("name", "type")
@example("""Then the records of these names are published as declared:
  | name | type |
  | @    | MX   |""")
def published_as_declared(evidence: Evidence, records: Zone, dns: Resolver, datatable: Table) -> None:
    for row in rows(datatable):
        with evidence.about(f"{row['type']} of {row['name']}", "published as declared"):
            name, type_ = full_name(records.zone, row["name"]), record_type(row["type"])
            _record(evidence, judge_drift(_declared(records), PublishedZone(records.zone, dns), name, type_))


@then("every record is published as declared")
@example("Then every record is published as declared")
def every_record_published(evidence: Evidence, records: Zone, dns: Resolver) -> None:
    """Of each name and type of which a record is declared, wildcards left out; one without a known name is in doubt."""
    with evidence.about(f"records of {records.zone}", "published as declared"):
        dns.ask(records.zone, "SOA").require()
        _record(evidence, judge_nameless(_declared(records)))
        for name, type_ in every_pair(_declared(records)):
            with evidence.about(f"{type_} of {name}", "published as declared"):
                _record(evidence, judge_drift(_declared(records), PublishedZone(records.zone, dns), name, type_))


def _declared(records: Zone) -> DeclaredZone:
    if isinstance(records, DeclaredZone):
        return records
    raise Malformed("published records", "say it of the declared ones: Given the declared records of the zone ...")


def _record(evidence: Evidence, judged: Iterator[Judged]) -> None:
    for one in judged:
        if isinstance(one.holds, Unknown):
            at = one.holds.origin or one.origin
            evidence.undetermined(one.what, expected=one.expected, reason=one.holds.reason, at=at)
        else:
            check_published(
                evidence,
                one.what,
                one.expected,
                one.found,
                ok=one.holds,
                pending=one.pending,
                at=one.origin,
                note=enforcement(one.record),
            )
