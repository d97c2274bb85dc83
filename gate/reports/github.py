"""What GitHub Actions reads from a step: annotations on standard output, and the job's summary.

The commands are as the runner parses them (``ActionCommand.cs`` of actions/runner): after any leading space, a line
``::name key=value,key=value::message``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from gate.evidence import Finding
from gate.record import Record
from gate.reports import summary
from gate.reports.view import Run, Status, ids, open_findings, remarks, sentence, shown
from gate.source import printable
from gate.verdict import Verdict


def is_here() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def add_to_step_summary(run: Run) -> None:
    """Append ``summary.md`` to the summary of the job, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path and is_here():
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(summary.render(run))


class Fence(Struct, frozen=True):
    """Two lines between which the runner obeys no command: what is judged is shown there, and may spell one.
    Nobody can write the second line without knowing the first.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def begin(self) -> str:
        return f"::stop-commands::{self.token}"

    @property
    def end(self) -> str:
        return f"::{self.token}::"


def disarmed(text: str) -> str:
    """One line that no runner takes for a command, to be printed where no fence is: the older form of a command,
    ``##[name]``, counts wherever it stands in a line."""
    return printable(text).replace("##[", "##\\[")


def annotate(run: Run) -> list[str]:
    """The annotations of a run, a line each.

    Errors are what closes the gate, warnings new waivers and what is wrong and does not (it was so before), notices
    what is waived or pending, and waivers that nothing needs.  GitHub shows ten of each kind: the gravest scenarios
    come first, and the first finding of each before the second of any.
    """
    lines = [_command("error", "The gate is closed", _place(run, t.file, t.line), t.text) for t in run.problems]
    lines += [_command("warning", "Altered promises", _place(run, t.file, t.line), t.text) for t in run.altered]
    lines += [_command("warning", "New waiver", _place(run, w.file, w.line), w.text) for w in run.new_waivers]
    found = []
    for status, records in run.by_status.items():
        for record in records:
            if level := _level(run, record, status):
                said = _errors(record) if record.verdict is Verdict.ERROR else _findings(run, record)
                found += [(depth, level, place, record, text) for depth, (place, text) in enumerate(said)]
    found.sort(key=lambda entry: entry[0])
    lines += [
        _command(level, f"{ids(record)} {record.verdict}: {record.heading}", place, text)
        for _, level, place, record, text in found
    ]
    for waiver in run.judgement.stale:
        text = f"Nothing needs this waiver of {waiver.requirement} any more."
        lines.append(_command("notice", "Stale waiver", _place(run, waiver.file, waiver.line), text))
    return lines


def _level(run: Run, record: Record, status: Status) -> str | None:
    if run.judgement.closes(record):
        return "error"
    return {Status.OLD: "warning", Status.WAIVED: "notice", Status.PENDING: "notice"}.get(status)


def _errors(record: Record) -> Iterator[tuple[dict[str, str], str]]:
    """An error of the suite is about no place in the infra repo."""
    yield {}, record.reason or "an error of the suite"


def _findings(run: Run, record: Record) -> Iterator[tuple[dict[str, str], str]]:
    for finding in open_findings(record) or (None,):
        place = {} if finding is None else _place(run, finding.file, finding.line)
        yield place, "\n".join([*_text(record, finding), *remarks(record)])


def _text(record: Record, finding: Finding | None) -> Iterator[str]:
    if finding is None:
        yield record.reason or record.verdict
        return
    yield sentence(finding)
    if finding.note:
        yield finding.note
    if finding.was:
        yield f"was {finding.was}"


def _place(run: Run, file: str | None, line: int | None) -> dict[str, str]:
    folder = run.in_checkout
    if folder is None or file is None or not run.in_infra(file):
        return {}
    return {"file": folder + file} | ({"line": str(line)} if line else {})


def _command(level: str, title: str, place: dict[str, str], message: str) -> str:
    properties = ",".join(f"{key}={_property(value)}" for key, value in (place | {"title": title}).items())
    return f"::{level} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return shown(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
