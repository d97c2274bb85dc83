"""The verdicts, from the least to the most grave."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What the gate says of a finding, a scenario or a requirement.  The order of definition is the order
    of gravity: of several, the last one counts.  ``ERROR`` is no verdict but says that there is none, because
    the suite itself failed.
    """

    NOT_IN_FORCE = "not in force"
    PASSED = "passed"
    NOT_PROVEN = "not proven"
    PENDING = "pending"
    WAIVED = "waived"
    UNDETERMINED = "undetermined"
    FAILED = "failed"
    ERROR = "error"

    @property
    def closes(self) -> bool:
        """Whether one of these closes the gate."""
        return self in (Verdict.UNDETERMINED, Verdict.FAILED, Verdict.ERROR)


#: What is said of a requirement that has a verdict for a while.
WORDS = {
    Verdict.PASSED: "held", Verdict.FAILED: "broken", Verdict.UNDETERMINED: "undetermined", Verdict.ERROR: "error",
    Verdict.NOT_IN_FORCE: "not in force", Verdict.NOT_PROVEN: "not proven", Verdict.PENDING: "pending",
    Verdict.WAIVED: "waived",
}  # fmt: skip


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a whole: the gravest of its parts, of which there is at least one."""
    return max(verdicts, key=list(Verdict).index)
