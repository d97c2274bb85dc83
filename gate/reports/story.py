"""What a requirement promises, in the feature's own words, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gate.features import Step
from gate.record import Record
from gate.reports.markdown import block, prose
from gate.reports.view import shown


def story(records: list[Record]) -> str:
    """The stories of a requirement's scenarios: feature, scenario and steps."""
    parts = [_feature(records[0])]
    for record in _once(records):
        parts += [f"Scenario: {record.title}", record.description, "\n".join(_steps(record.steps))]
    return "\n\n".join(shown(part) for part in parts if part)


def markdown(records: list[Record]) -> str:
    parts = [f"**{prose(records[0].feature_title)}**", _paragraph(records[0].feature_description)]
    for record in _once(records):
        parts += [f"**{prose(record.title)}**", _paragraph(record.description), block("\n".join(_steps(record.steps)))]
    return "\n\n".join(filter(None, parts))


def _feature(record: Record) -> str:
    return f"Feature: {record.feature_title}\n{record.feature_description}".strip()


def _once(records: Iterable[Record]) -> Iterator[Record]:
    """Of an outline, its first row: the others differ in values only."""
    seen = set()
    for record in records:
        place = record.feature, record.line
        if place not in seen:
            seen.add(place)
            yield record


def _paragraph(text: str) -> str:
    return prose(text) if text else ""


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield f"{step.keyword} {step.text}"
        widths = [max(map(len, column)) for column in zip(*step.table, strict=True)]
        for row in step.table:
            yield "  | " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        if step.docstring is not None:
            yield from ('  """', *(f"  {line}" for line in step.docstring.splitlines()), '  """')
