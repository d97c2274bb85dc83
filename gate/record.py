"""What is known of a judged scenario.  It travels from where it ran to where it is told, to another process as JSON."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from msgspec import Struct, to_builtins

from gate.evidence import Finding
from gate.features import Step
from gate.verdict import Verdict
from gate.waivers import Waiver

_ATTRIBUTE = "gate_record"


class Record(Struct, frozen=True):
    """A scenario, or one row of an outline, with its verdict.

    ``feature`` is the path of its file, relative to the suite, ``line`` the scenario's there, ``row`` counts the
    rows of an outline from 0.  ``name`` is the last part of the node id, ``title`` the scenario's, without a
    row, ``heading`` as it reads, with the row's values.  The feature's title, the descriptions and the steps are the
    feature's own text.

    ``before`` is the verdict at the base; None without one, or where the scenario was not judged there.  ``gone`` are
    the findings that were not wrong there and are no longer made.  Where a waiver applies, ``verdict`` is WAIVED and
    ``unwaived`` what it would be without; ``expired`` is one that did apply.  ``trace`` is where in the suite an error
    came through, outermost first, as ``file:line: in function``.  ``seconds`` is how long it took, with all that it
    was the first to need; ``taken_over``: it was judged in an earlier run, and nothing that it rests on is otherwise.
    """

    feature: str
    feature_title: str
    feature_description: str
    rule: str | None
    name: str
    description: str
    line: int
    row: int
    requirements: tuple[str, ...]
    verdict: Verdict
    reason: str | None
    findings: tuple[Finding, ...]
    before: Verdict | None = None
    waiver: Waiver | None = None
    unwaived: Verdict | None = None
    expired: Waiver | None = None
    trace: tuple[str, ...] = ()
    title: str = ""
    heading: str = ""
    steps: tuple[Step, ...] = ()
    gone: tuple[Finding, ...] = ()
    seconds: float = 0
    taken_over: bool = False

    @property
    def is_old(self) -> bool:
        """Whether all that is wrong was so at the base already.

        Where something cannot be known, what is gone may be the very thing that held the promise; where all that is
        wrong is known, what is gone is missed by no finding.
        """
        wrong = (Verdict.FAILED, Verdict.UNDETERMINED)
        if (self.unwaived or self.verdict) not in wrong or self.before not in wrong:
            return False
        unknown = not self.findings or any(f.verdict is Verdict.UNDETERMINED for f in self.findings)
        return not (any(finding.is_new for finding in self.findings) or (unknown and self.gone))

    @property
    def has_changed(self) -> bool:
        """Whether a finding shows something else than at the base, or is made no longer."""
        return bool(self.gone) or any(finding.was is not None for finding in self.findings)

    @property
    def place(self) -> tuple[object, ...]:
        """Sorts records as the features are read: by file, with numbers in names as numbers, then by line."""
        return natural(self.feature), self.line, self.row

    def to_json(self) -> str:
        return json.dumps(to_builtins(self))

    @classmethod
    def from_json(cls, text: str) -> Record:
        held = json.loads(text)
        held["verdict"] = Verdict(held["verdict"])
        held["requirements"] = tuple(held["requirements"])
        for name in ("findings", "gone"):
            held[name] = tuple(Finding(**f | {"verdict": Verdict(f["verdict"])}) for f in held[name])
        held["steps"] = tuple(Step(**s | {"table": tuple(map(tuple, s["table"]))}) for s in held["steps"])
        for name in ("before", "unwaived"):
            held[name] = held[name] and Verdict(held[name])
        for name in ("waiver", "expired"):
            if held[name]:
                held[name] = Waiver(**held[name] | {"expires": date.fromisoformat(held[name]["expires"])})
        held["trace"] = tuple(held["trace"])
        return cls(**held)


def attach(report: pytest.TestReport, record: Record) -> None:
    """Send a record along with pytest's report of the scenario."""
    vars(report)[_ATTRIBUTE] = record


def attached(report: pytest.TestReport) -> Record | None:
    """The record that came with a report; None for an ordinary test, and for the phases that judge nothing."""
    found = vars(report).get(_ATTRIBUTE)
    return found if isinstance(found, Record) else None


def pack(report: dict[str, Any]) -> None:
    """Have the record go with a report to another process: what pytest makes of one for that holds plain data."""
    if isinstance(record := report.get(_ATTRIBUTE), Record):
        report[_ATTRIBUTE] = record.to_json()


def unpack(report: dict[str, Any]) -> None:
    """Have it back as it was."""
    if isinstance(text := report.get(_ATTRIBUTE), str):
        report[_ATTRIBUTE] = Record.from_json(text)


def natural(text: str) -> tuple[str | int, ...]:
    """A sort key under which ``10_x`` follows ``9_x``, and ``MH-10.1`` follows ``MH-9.1``."""
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", text))
