"""How steps turn what a reader found into findings, always in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gate.evidence import Evidence
from readers.account import Setting
from readers.dns import Record
from readers.dns.publication import PendingChange
from readers.sandbox.examination import Examination
from tfparse import Origin

Table = list[list[str]]


def rows(datatable: Table) -> Iterator[dict[str, str]]:
    """The rows of a step's table by the names in its first row."""
    header, *body = datatable
    return (dict(zip(header, row, strict=True)) for row in body)


def column(datatable: Table) -> list[str]:
    """The cells of a table of one column."""
    return [cell for row in datatable[1:] for cell in row]


def judge(
    evidence: Evidence, what: str, expected: str, find: Callable[[], Setting], holds: Callable[[str], bool]
) -> None:
    """Record whether what ``find`` gives satisfies ``holds``, or why that cannot be said."""
    with evidence.about(what, expected):
        found = find()
        evidence.check(
            what,
            expected=expected,
            actual=found.shown,
            ok=holds(found.text),
            at=found.origin,
            note=enforcement(found) or source(found),
            account=found.account,
        )


def source(found: Setting) -> str | None:
    """Who sets a value: of two that do, the line alone does not tell which one won."""
    return f"set by {found.source}" if found.source else None


def enforcement(found: Setting | Record | None) -> str | None:
    """What to know where Terraform sets a value once and then lets it drift."""
    if found is None or found.ignored is None:
        return None
    return f"Terraform does not enforce this: ignore_changes, {found.ignored.origin}"


def examine(evidence: Evidence, what: str, program: str, ask: Callable[[], Examination]) -> None:
    """Record each fault that a program finds in a text, or that it finds none."""
    expected = f"{program} finds no fault"
    with evidence.about(what, expected):
        examination = ask()
        for said, origin in examination.faults:
            evidence.check(what, expected=expected, actual=said, ok=False, at=origin)
        if not examination.faults:
            evidence.check(
                what,
                expected=expected,
                actual=f"{program} finds none",
                ok=True,
                at=examination.origin,
                note=examination.note,
            )


def check_published(
    evidence: Evidence,
    what: str,
    expected: str,
    actual: str,
    *,
    ok: bool,
    pending: Callable[[], PendingChange | None],
    at: Origin | None = None,
    note: str | None = None,
) -> None:
    """Record whether what is published is right; or that it is not yet, where only a change is ``pending``."""
    change = None if ok else pending()
    if change is None:
        evidence.check(what, expected=expected, actual=actual, ok=ok, at=at, note=note)
    else:
        evidence.pending(what, expected=expected, actual=actual, at=change.origin, note=change.note)
