"""The run as a whole: all records, whether the gate is open, and the exit code."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from gate.options import Settings
from gate.record import Record, natural
from gate.verdict import Verdict, gravest
from gate.waivers import Waiver

#: The code of an error of the suite, which is what pytest calls an internal error.
SUITE_ERROR = pytest.ExitCode.INTERNAL_ERROR


class Judgement:
    """The records of a run.  The gate is closed until :meth:`conclude` has opened it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._records: dict[str, Record] = {}
        self.open = False
        #: Why the gate is closed, where no verdict says it.
        self.shortfall: str | None = None
        #: The commit that this one is compared with, in full.
        self.base: str | None = None
        #: Waivers that nothing needs any more.
        self.stale: tuple[Waiver, ...] = ()

    def add(self, nodeid: str, record: Record) -> None:
        """Take a record; a later one of the same scenario (its teardown went wrong) replaces it."""
        self._records[nodeid] = record

    def conclude(self, exitstatus: int) -> int:
        """Open the gate if all is well, and say what the exit code is, given what pytest's own would be."""
        counts = self.counts
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            self.shortfall = "the run did not finish"
        elif counts[Verdict.ERROR]:
            exitstatus = SUITE_ERROR
        elif any(map(self._settings.closes, counts)):
            exitstatus = pytest.ExitCode.TESTS_FAILED
            self.shortfall = None if any(verdict.closes for verdict in counts) else "proof is required"
        elif exitstatus == pytest.ExitCode.TESTS_FAILED:
            self.shortfall = "something besides the scenarios failed"
        elif not self._judged:
            self.shortfall, exitstatus = "nothing was judged", pytest.ExitCode.NO_TESTS_COLLECTED
        self.open = exitstatus == pytest.ExitCode.OK
        return exitstatus

    @property
    def _judged(self) -> bool:
        """Whether anything was: a scenario not in force finds nothing, and what only a missing program could prove
        is not judged."""
        findings = (finding for record in self._records.values() for finding in record.findings)
        return any(finding.verdict is not Verdict.NOT_PROVEN for finding in findings)

    @property
    def records(self) -> list[Record]:
        """The scenarios in the order of the features, whatever order they ran in."""
        return sorted(self._records.values(), key=lambda record: record.place)

    @property
    def counts(self) -> Counter[Verdict]:
        """How many scenarios have each verdict."""
        return Counter(record.verdict for record in self._records.values())

    @property
    def requirements(self) -> dict[str, list[Record]]:
        """The scenarios of each requirement, by its id."""
        scenarios: defaultdict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            for requirement in record.requirements:
                scenarios[requirement].append(record)
        return {requirement: scenarios[requirement] for requirement in sorted(scenarios, key=natural)}

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each requirement: the gravest of its scenarios in force."""
        return {
            requirement: gravest(record.verdict for record in records)
            for requirement, records in self.requirements.items()
        }
