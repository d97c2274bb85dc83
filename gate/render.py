"""Verdicts and findings as plain text, without colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gate.evidence import Finding
from gate.record import Record
from gate.source import excerpt, printable
from gate.verdict import Verdict

_LABEL = 10


def diagnosis(record: Record, infra: Path, *, everything: bool = False) -> Iterator[str]:
    """Why a scenario has its verdict: its reason where no finding shows it, then the findings that are not ok.

    ``everything`` shows those that are ok too.
    """
    shown = [finding for finding in record.findings if everything or not finding.ok]
    if record.reason and (record.verdict is Verdict.ERROR or not shown):
        yield from _labelled("because", record.reason)
    for finding in shown:
        yield from finding_lines(finding, infra)


def finding_lines(finding: Finding, infra: Path | None = None) -> Iterator[str]:
    """A finding as a diagnostic: what, expected, found, where; and the source line, given the infra root."""
    yield printable(f"{finding.what}: {'ok' if finding.ok else finding.verdict}")
    yield from _labelled("expected", finding.expected)
    yield from _labelled("found", finding.actual)
    if finding.file is not None:
        yield from _labelled("at", f"{finding.file}:{finding.line}")
        source = excerpt(infra, finding.file, finding.line or 0) if infra else None
        if source:
            yield " " * (_LABEL + 2) + f"{finding.line} | {source}"
    if finding.note is not None:
        yield from _labelled("note", finding.note)


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = text.splitlines() or [""]
    yield f"  {label:<{_LABEL}}{printable(first)}"
    for line in rest:
        yield f"  {'':<{_LABEL}}{printable(line)}"
