"""Tables of records: what must hold of the records of a name and a type, whoever declares or publishes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from readers import Malformed
from readers.account import Certainty, some
from readers.dns import Record
from readers.dns.publication import PendingChange, Witnesses
from readers.dns.records import shortest
from readers.dns.said import DeclaredZone, PublishedZone, Said, differences, full_name, identity, nameless, record_type
from readers.subjects.condition import Condition, parse_condition
from readers.subjects.records import Zone, record_value, shown_records, ttl_value
from tfparse import Origin, Value
from tfparse.cty.values import Unknown, string, tuple_
from tfparse.patterns import pattern

_HOSTS = ("CNAME", "DNAME", "MX", "NS", "PTR", "SRV")
_FINAL_DOT = pattern(r'(?<=\w)\.(?=\s*(?:[,"]|$))')
_ADDRESS = pattern(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+")


class Judged(Struct, frozen=True):
    """What was found of a row: ``what`` it is about, ``expected`` and ``found``, whether it holds, and where.

    ``pending`` tells the change that what is published waits for, if that is all that is wrong with it.
    """

    what: str
    expected: str
    found: str
    holds: Certainty
    origin: Origin | None = None
    record: Record | None = None
    pending: Callable[[], PendingChange | None] = lambda: None


ANY_DATA = Condition("", lambda _: True)
"""What an empty cell says of the data, beside a TTL or a count."""


class RecordRow(Struct, frozen=True):
    """A row of a table of records: a name (in full), a type, and what must hold of the records of these."""

    name: str
    type: str
    data: Condition
    ttl: Condition | None = None
    count: Condition | None = None

    @classmethod
    def of(cls, zone: str, row: dict[str, str]) -> RecordRow:
        """Read a row of the columns ``name``, ``type``, ``is`` and perhaps ``ttl``, ``count``.

        Raises:
            Malformed: one of its cells cannot be read.
        """
        kind = record_type(row["type"])
        ttl, count = (parse_condition(c) if (c := row.get(key, "").strip()) else None for key in ("ttl", "count"))
        said = _as_dns(kind, row["is"].strip())
        data = ANY_DATA if not said and (ttl or count) else parse_condition(said)
        return cls(full_name(zone, row["name"]), kind, data, ttl, count)

    @property
    def label(self) -> str:
        return f"{self.type} of {self.name}"

    def judged(self, zone: Zone, said: Said) -> Iterator[Judged]:
        """What is found of what one voice says."""
        yield from self.of_data(said)
        yield from self.ttls(zone, said)

    def of_data(self, said: Said) -> Iterator[Judged]:
        """What is found of all but the TTLs."""
        what = f"{self.label}, {said.who}"
        for record, holds in self._verdicts(said.records) if self.data is not ANY_DATA else ():
            found = record.shown if record is not None else shown_records(said.records)
            origin = record.origin if record is not None else _first_origin(said.records)
            yield Judged(what, self.data.text, found, holds, origin, record)
        if self.count is not None:
            yield self._counted(what, self.count, said)

    def ttls(self, zone: Zone, said: Said) -> Iterator[Judged]:
        """What is found of the TTLs; where there are none, that there is no record."""
        if self.ttl is not None:
            if not said.records and self.data is ANY_DATA and self.count is None:
                yield Judged(f"TTL of {self.label}, {said.who}", self.ttl.text, "no such record", False)
            for record in said.records:
                ttl = ttl_value(zone, record, in_words=_has_unit(self.ttl.text))
                found = f"{'' if ttl.is_unknown else ttl.as_string()}, of {record.shown}"
                what = f"TTL of {self.label}, {said.who}"
                yield Judged(what, self.ttl.text, found, self.ttl.holds(ttl), record.origin, record)

    def interests(self, record: Record) -> bool:
        """Whether a record that may be one of these could change what holds."""
        settled = not self.data.of_list and self.count is None and self.ttl is None
        return not settled or self.data.holds(record_value(record)) is not True

    def _verdicts(self, records: Sequence[Record]) -> list[tuple[Record | None, Certainty]]:
        if not records:
            return [(None, self.data.holds(None))]
        if self.data.of_list:
            return [(None, self.data.holds(tuple_(tuple(map(record_value, records)))))]
        return [(record, self.data.holds(record_value(record))) for record in records]

    def _counted(self, what: str, count: Condition, said: Said) -> Judged:
        sure, most = len(said.records), len(said.records) + len(said.possible)
        verdicts = [count.holds(string(str(number))) for number in range(sure, most + 1)]
        open_ = Unknown(f"there may be up to {most}", _first_origin(said.possible))
        holds = verdicts[0] if all(verdict is verdicts[0] for verdict in verdicts) else open_
        return Judged(f"number of {what}", count.text, str(sure), holds, _first_origin(said.records))


def _exactly(zone: Zone, rows: Sequence[RecordRow], said: Said) -> Iterator[Judged]:
    yield from _described(rows, said)
    for row in rows:
        own = tuple(record for record in said.records if row.data.holds(record_value(record)) is not False)
        yield from row.ttls(zone, replace(said, records=own))


def _described(rows: Sequence[RecordRow], said: Said) -> Iterator[Judged]:
    """Whether each record is described by a row, and each row describes one.

    Raises:
        Malformed: a row speaks of them all, which each row here leaves to the table.
    """
    for row in rows:
        if row.data.of_list:
            problem = "it speaks of all records together; here each row is one: say `... are:` instead"
            raise Malformed(f"condition {row.data.text}", problem)
        if row.count is not None:
            raise Malformed(f"count {row.count.text}", "each row here is one record: leave that column out")
    what = f"{rows[0].label}, {said.who}"
    expected = "exactly " + ", ".join(row.data.text for row in rows)
    for record in said.records:
        value = record_value(record)
        yield Judged(what, expected, record.shown, some(row.data.holds(value) for row in rows), record.origin, record)
    for row in rows:
        values: list[Value | None] = [record_value(record) for record in said.records] or [None]
        if (holds := some(row.data.holds(value) for value in values)) is not True:
            found = f"none is {row.data.text}: {shown_records(said.records)}"
            yield Judged(what, expected, found, holds, _first_origin(said.records))
        elif not said.records:
            yield Judged(what, expected, "no such record", True)


def judge_row(zone: Zone, row: RecordRow) -> Iterator[Judged]:
    """What is found of a row, of each who says anything of its name and type, and why there may be more to find."""
    for said in zone.said(row.name, row.type):
        yield from _settled(zone, [row], said, row.judged(zone, said), row.of_data)


def judge_exactly(zone: Zone, rows: Sequence[RecordRow]) -> Iterator[Judged]:
    """Likewise, where the rows are to describe all records of their names and types."""
    for name, type_ in dict.fromkeys((row.name, row.type) for row in rows):
        own = [row for row in rows if (row.name, row.type) == (name, type_)]
        for said in zone.said(name, type_):
            yield from _settled(zone, own, said, _exactly(zone, own, said), partial(_described, own))


def judge_drift(zone: DeclaredZone, published: PublishedZone, name: str, type_: str) -> Iterator[Judged]:
    """Whether DNS says of a name and type what each who declares it says.

    Raises:
        UnknownValueError: DNS does not answer.
    """
    (answer,) = published.said(name, type_)
    for said in zone.said(name, type_):
        judged = Judged(f"{type_} of {name}", f"as {said.who}: {shown_records(said.records)}", "", False)
        doubts = [*_possible([], said), *said.doubts]
        yield from (replace(judged, holds=why, origin=why.origin) for why in doubts)
        for one in () if doubts else _drifted(judged, said, published, answer):
            yield replace(one, pending=lambda: zone.pending(name, type_, answer, _all_alike))


def judge_nameless(zone: DeclaredZone) -> Iterator[Judged]:
    """Of each declared record that DNS cannot be asked about, why."""
    for record in nameless(zone):
        why = record.unknown or record.repetition or Unknown("its name is not known")
        yield Judged(f"{record}", "published as declared", "", why, record.origin, record)


def _all_alike(witnesses: Witnesses) -> bool:
    return len({frozenset(map(identity, records)) for records in witnesses}) <= 1


def _drifted(judged: Judged, said: Said, published: PublishedZone, answer: Said) -> Iterator[Judged]:
    for record in said.records:
        if record.answered:
            asked = [published.said(record.name, kind)[0].records for kind in ("A", "AAAA")]
            found = next((records for records in [answer.records, *asked] if records), ())
            shown = f"{shown_records(found)} ({record.answered})"
            yield replace(judged, found=shown, holds=bool(found), origin=record.origin, record=record)
            return
    drifted = list(differences(said, answer))
    for lacking, problem in drifted:
        origin = lacking.origin if lacking is not None else _first_origin(said.records)
        yield replace(judged, found=problem, origin=origin, record=lacking)
    if not drifted:
        yield replace(judged, found=shown_records(answer.records), holds=True, origin=_first_origin(said.records))


def _settled(
    zone: Zone, own: list[RecordRow], said: Said, judged: Iterable[Judged], of_data: Callable[[Said], Iterator[Judged]]
) -> Iterator[Judged]:
    """What was found of what one voice says, and what it may say besides; ``of_data`` judges what others say."""
    doubts = [*_possible(own, said), *said.doubts]

    def right(witnesses: Witnesses) -> bool:
        voices = [Said("", tuple(records)) for records in witnesses] or [Said("", ())]
        return all(one.holds is True for voice in voices for one in of_data(voice))

    def pending() -> PendingChange | None:
        return zone.pending(own[0].name, own[0].type, said, right) if isinstance(zone, PublishedZone) else None

    if said.records or not doubts:
        yield from (replace(one, pending=pending) for one in judged)
    for why in doubts:
        yield Judged(f"{own[0].label}, {said.who}", _wanted(own), "", why, why.origin)


def _possible(own: Sequence[RecordRow], said: Said) -> Iterator[Unknown]:
    """Why one voice may say more of what the rows are about."""
    for record in said.possible:
        if not said.records or len(own) != 1 or own[0].interests(record):
            why = record.unknown or record.repetition or Unknown("whether it exists is not known")
            yield Unknown(f"{record} may be one: {why.reason}", why.origin or record.origin)


def _wanted(own: Sequence[RecordRow]) -> str:
    return own[0].data.text if len(own) == 1 else "exactly " + ", ".join(row.data.text for row in own)


def _has_unit(condition: str) -> bool:
    """Whether a condition on a TTL writes it with a unit: ``at most 5m``."""
    return re.search(r"\d(?:ms|[smhdwy])\b", condition) is not None


def _as_dns(type_: str, cell: str) -> str:
    """A cell as records are shown here: names without their final dot in lower case, addresses in their short form."""
    if type_ in _HOSTS:
        return _FINAL_DOT.sub("", cell).lower()
    if type_ == "AAAA":
        return _ADDRESS.sub(lambda found: shortest(found[0]), cell)
    return cell.replace('"', "") if type_ == "CAA" else cell


def _first_origin(records: Sequence[Record]) -> Origin | None:
    return records[0].origin if records else None
