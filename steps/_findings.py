"""How steps turn what a reader found into findings, always in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from gate.evidence import Evidence
from gate.words import Reader
from readers import Malformed
from readers.account import NO_ACCOUNT, Account, Setting
from readers.dns import Record
from readers.dns.publication import PendingChange
from readers.dns.said import DeclaredZone
from readers.sandbox.examination import Examination
from readers.subjects.condition import parse_condition
from readers.subjects.path import parse_path
from readers.subjects.records import Zone
from readers.subjects.subject import Row
from tfparse import Origin

Table = list[list[str]]
ROWS: Mapping[str, Reader] = {"path": parse_path, "is": parse_condition}
"""How the cells of a table of paths and conditions are read."""
OF = r' of the (?:"(?P<stack>[^"]+)" stack|root module "(?P<root>[^"]+)")'
"""Which root module a step speaks of: by its path, or by the short name of a stack."""


def rows(datatable: Table) -> Iterator[dict[str, str]]:
    """The rows of a step's table by the names in its first row."""
    header, *body = datatable
    return (dict(zip(header, row, strict=True)) for row in body)


def where_rows(datatable: Table | None) -> list[Row]:
    """The rows of a table that singles some subjects out."""
    return [Row.of(row["path"], row["is"]) for row in rows(datatable)] if datatable is not None else []


def column(datatable: Table) -> list[str]:
    """The cells of a table of one column."""
    return [cell for row in datatable[1:] for cell in row]


def judge(
    evidence: Evidence, what: str, expected: str, find: Callable[[], Setting], holds: Callable[[str], bool]
) -> None:
    """Record whether what ``find`` gives satisfies ``holds``, or why that cannot be said."""
    with evidence.about(what, expected):
        found = find()
        # Of two that set a value, the line alone does not tell which one won.
        note = enforcement(found) or (f"set by {found.source}" if found.source else None)
        ok = holds(found.text)
        evidence.check(what, expected, found.shown, ok=ok, at=found.origin, note=note, account=found.account)


def enforcement(found: Setting | Record | None) -> str | None:
    """What to know where Terraform sets a value once and then lets it drift."""
    if found is None or found.ignored is None:
        return None
    return f"Terraform does not enforce this: ignore_changes, {found.ignored.origin}"


class Examinable(Struct, frozen=True):
    """What a program can be asked to find fault with; nothing, where what reads it is ``off``."""

    program: str
    ask: Callable[[], Examination] | None
    account: Account = NO_ACCOUNT
    off: str = ""


Examined = Mapping[str, Examinable]
"""What programs can be asked to find fault with, by its name."""


def examine(evidence: Evidence, what: str, one: Examinable) -> None:
    """Record each fault that a program finds in a text, or that it finds none."""
    expected, none = f"{one.program} finds no fault", f"{one.program} finds none"
    evidence.heed(one.account)
    with evidence.about(what, expected):
        if one.ask is None:
            evidence.check(what, expected, one.off, ok=True)
            return
        examination = one.ask()
        for said, origin in examination.faults:
            evidence.check(what, expected, said, ok=False, at=origin)
        if not examination.faults:
            evidence.check(what, expected, none, ok=True, at=examination.origin, note=examination.note)


def check_published(
    evidence: Evidence, what: str, expected: str, actual: str, *,
    ok: bool, pending: Callable[[], PendingChange | None], at: Origin | None = None, note: str | None = None,
) -> None:  # fmt: skip
    """Record whether what is published is right; or that it is not yet, where only a change is ``pending``."""
    change = None if ok else pending()
    if change is None:
        evidence.check(what, expected, actual, ok=ok, at=at, note=note)
    else:
        evidence.pending(what, expected, actual, at=change.origin, note=change.note)


def declared(records: Zone) -> DeclaredZone:
    """The declared records of a zone.

    Raises:
        Malformed: they are the published ones.
    """
    if isinstance(records, DeclaredZone):
        return records
    raise Malformed("published records", "say it of the declared ones: Given the declared records of the zone ...")
