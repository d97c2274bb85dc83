"""Verdicts and findings as plain text, without colour."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from gate.evidence import Finding
from gate.record import Record
from gate.source import excerpt, printable, printable_lines
from gate.verdict import Verdict
from gate.waivers import Waiver

#: How wide the column of labels is.
LABEL = 10


_NOTES = 3
"""How many lines of notes are shown beside what holds; more are folded."""


def diagnosed(
    record: Record, infra: Path, *, everything: bool = False, trace: bool = False, told: Collection[Finding] = ()
) -> Iterator[tuple[str, Finding | None]]:
    """Why a scenario has its verdict, line by line, each with the finding that it is of.

    First its reason, where no finding shows it, and its waiver; then the findings that are not ok or show something
    else than they did at the base, and those that are made no longer.
    ``everything`` shows those that are ok too; ``trace`` shows where in the suite an error came through; ``told`` are
    findings that are told elsewhere.
    """
    worth = [finding for finding in record.findings if everything or not finding.ok or finding.was is not None]
    if record.reason and (record.verdict is Verdict.ERROR or not worth):
        yield from ((line, None) for line in _labelled("because", record.reason))
    if trace and record.trace:
        yield from ((line, None) for line in _labelled("through", "\n".join(record.trace)))
    if waiver := record.waiver or record.expired:
        yield from ((line, None) for line in waiver_lines(waiver, infra, has_expired=record.waiver is None))
    for finding in worth:
        if finding not in told:
            yield from ((line, finding) for line in finding_lines(finding, infra, folded=True))
    for finding in record.gone:
        yield printable(f"{finding.what}: gone"), None
        yield from ((line, None) for line in _labelled("was", finding.actual))


def diagnosis(record: Record, infra: Path, *, everything: bool = False) -> Iterator[str]:
    """Why a scenario has its verdict, as :func:`diagnosed` says it."""
    return (line for line, _ in diagnosed(record, infra, everything=everything))


def waiver_lines(waiver: Waiver, infra: Path, *, has_expired: bool = False) -> Iterator[str]:
    """A waiver: until when it holds or held, why, who answers for it, and where it stands."""
    yield f"waiver: expired on {waiver.expires}" if has_expired else f"waiver: until {waiver.expires}"
    yield from _labelled("reason", waiver.reason)
    yield from _labelled("owner", waiver.owner)
    yield from _placed(waiver.file, waiver.line, infra)


def finding_lines(finding: Finding, infra: Path | None = None, *, folded: bool = False) -> Iterator[str]:
    """A finding as a diagnostic: what, expected, found, where; and the source line, given the infra root.  Where it
    holds, ``folded`` leaves all but the first of many notes to the reports."""
    yield printable(f"{finding.what}: {'ok' if finding.ok else finding.verdict}")
    yield from _labelled("expected", finding.expected)
    yield from _labelled("found", finding.actual)
    if finding.was is not None:
        yield from _labelled("was", finding.was)
    if finding.file is not None:
        yield from _placed(finding.file, finding.line or 0, infra)
    if finding.note is not None:
        yield from _labelled("note", _few(finding.note) if folded and finding.ok else finding.note)
    if finding.looked is not None and (finding.ok or finding.verdict is Verdict.UNDETERMINED):
        yield from _labelled("account", finding.looked)


def _few(notes: str) -> str:
    first, rest = notes.split("\n")[:_NOTES], notes.split("\n")[_NOTES:]
    more = f"... and {len(rest)} more, which spec.html and report.json list"
    return notes if len(rest) < 2 else "\n".join([*first, more])


def _placed(file: str, line: int, infra: Path | None) -> Iterator[str]:
    yield from _labelled("at", f"{file}:{line}")
    source = excerpt(infra, file, line) if infra else None
    if source:
        yield " " * (LABEL + 2) + f"{line} | {source}"


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = printable_lines(text)
    yield f"  {label:<{LABEL}}{first}"
    for line in rest:
        yield f"  {'':<{LABEL}}{line}"
