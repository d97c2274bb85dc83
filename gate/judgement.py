"""The run as a whole: all records, whether the gate is open, and the exit code."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from gate.comparison import Scenarios, compared
from gate.design import Document
from gate.options import Settings
from gate.promises import Altered
from gate.record import Record, natural
from gate.verdict import WORDS, Verdict, gravest
from gate.waivers import Problem, Waiver

#: pytest's codes for a run that came to its end.
FINISHED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
#: The code of an error of the suite, which is what pytest calls an internal error.
SUITE_ERROR = pytest.ExitCode.INTERNAL_ERROR


class Since(NamedTuple):
    """The commit, and its day, since which a requirement has a verdict; ``first``: it is the oldest of all that were
    looked at.
    """

    verdict: Verdict
    commit: str
    day: str
    first: bool = False

    def __str__(self) -> str:
        return f"{WORDS[self.verdict]} since {self.commit[:8]}, {self.day}" + (" or earlier" if self.first else "")


class Now(NamedTuple):
    """What a requirement is in this run: its verdict, and the reasons of its scenarios that have that verdict."""

    verdict: Verdict
    reasons: frozenset[str | None]


class Judgement:
    """The records of a run.  The gate is closed until :meth:`conclude` has opened it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._records: dict[tuple[str, str], Record] = {}
        self.open = False
        #: Why the gate is closed, where no verdict says it.
        self.shortfall: str | None = None
        #: The commit that this one is compared with, in full.
        self.base: str | None = None
        #: How many commits of it are not in what is judged: then this is not what a merge would give.
        self.base_ahead = 0
        #: Why that came to nothing, if it did: then nothing is known to be old.
        self.base_error: str | None = None
        #: What is wrong with the waivers.
        self.problems: tuple[Problem, ...] = ()
        #: Waivers that the change itself brings.
        self.new_waivers: tuple[Waiver, ...] = ()
        #: Promises of the base that the change has no longer, or has otherwise.
        self.altered: tuple[Altered, ...] = ()
        #: The design documents that the promises come from; None where not all promises were judged.
        self.design: tuple[Document, ...] | None = None
        #: Waivers that nothing needs any more.
        self.stale: tuple[Waiver, ...] = ()
        #: Since when requirements are what they are, as far as their history is known.
        self.since: dict[str, Since] = {}
        #: How much failed that is no scenario: a test beside, a process that died.
        self.besides = 0
        #: How many feature files were refused: what they promise was not judged.
        self.refused = 0

    def add(self, nodeid: str, record: Record) -> None:
        """Take a record; a later one of the same scenario (its teardown went wrong) replaces it."""
        # Files of one name outside of the suite have the same node id (pytest's is relative to what it was given).
        self._records[record.feature, nodeid] = record

    def compare(self, base: Scenarios, tree: Path) -> None:
        """Note in every record what the same scenario was at the base, whose files are in ``tree``."""
        self._records = {id_: compared(r, base.get((r.feature, r.name)), tree) for id_, r in self._records.items()}

    def closes(self, record: Record) -> bool:
        """Whether a scenario closes the gate."""
        return self._settings.closes(record.verdict) and not (self._settings.block == "new" and record.is_old)

    def conclude(self, exitstatus: int, *, cut_short: bool = False) -> int:
        """Open the gate if all is well, and say what the exit code is, given what pytest's own would be.

        ``cut_short``: not all scenarios that were asked for have run.
        """
        status, self.shortfall = self._status(exitstatus, cut_short)
        self.open = status == pytest.ExitCode.OK
        return status

    def _status(self, exitstatus: int, cut_short: bool) -> tuple[int, str | None]:
        """The exit code, and why the gate is closed where no verdict says it."""
        records, failed = self._records.values(), pytest.ExitCode.TESTS_FAILED
        closing = [record for record in records if self.closes(record)]
        if exitstatus not in FINISHED:
            return exitstatus, "the run did not finish"
        if any(record.verdict is Verdict.ERROR for record in closing):
            return SUITE_ERROR, None
        if self.base_error is not None:
            return SUITE_ERROR, "the base could not be judged"
        if self.refused:
            return pytest.ExitCode.INTERRUPTED, "not every feature could be read"
        if closing:
            return failed, None if any(record.verdict.closes for record in closing) else "proof is required"
        if self.problems:
            return failed, "the waivers are not in order"
        if self._settings.design == "closes" and (differ := self._design_differs()):
            return failed, differ
        told = any(self._settings.closes(record.verdict) for record in records)
        if self.besides or (exitstatus == failed and not told):
            return failed, "something besides the scenarios failed"
        if cut_short:
            return failed, "the run was cut short"
        return (
            (pytest.ExitCode.OK, None) if self._judged else (pytest.ExitCode.NO_TESTS_COLLECTED, "nothing was judged")
        )

    def _design_differs(self) -> str | None:
        """What is not as it should be between the promises and their design, where all were judged."""
        if self.design is not None and not self.design:
            return "no promise names a section of a design document"
        differ = any(one.told or one.bare for one in self.design or ())
        return "the design document and the promises differ" if differ else None

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
    def wanting(self) -> dict[str, Now]:
        """What failed, and what is undetermined."""
        found = ((id_, gravest(record.verdict for record in held), held) for id_, held in self.requirements.items())
        return {
            id_: Now(verdict, frozenset(record.reason for record in held if record.verdict is verdict))
            for id_, verdict, held in found
            if verdict in (Verdict.FAILED, Verdict.UNDETERMINED)
        }

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each requirement: the gravest of its scenarios in force."""
        return {
            requirement: gravest(record.verdict for record in records)
            for requirement, records in self.requirements.items()
        }
