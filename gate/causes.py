"""Why something could not be known or proven, told once for all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gate.evidence import Finding, is_lack
from gate.record import Record
from gate.verdict import Verdict


class Cause(Struct, frozen=True):
    """One reason why findings are undetermined or not proven, the place that it points at, and the scenarios that it
    concerns."""

    verdict: Verdict
    text: str
    file: str | None
    line: int | None
    records: tuple[Record, ...]

    @property
    def requirements(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(id_ for record in self.records for id_ in record.requirements))

    @property
    def is_shared(self) -> bool:
        """Whether more than one scenario hangs on it."""
        return len(self.records) > 1

    @property
    def is_lack(self) -> bool:
        """Whether it is that a program is missing."""
        return self.verdict is Verdict.NOT_PROVEN and is_lack(self.text)

    def explains(self, finding: Finding) -> bool:
        return _key(finding) == (self.verdict, self.text, self.file, self.line)


def causes(records: Iterable[Record], verdict: Verdict) -> Sequence[Cause]:
    """The causes of a verdict, those first that most hangs on."""
    found: dict[tuple[Verdict, str | None, str | None, int | None], dict[int, Record]] = {}
    for record in records:
        for finding in record.findings:
            if finding.cause is not None and finding.verdict is verdict:
                found.setdefault(_key(finding), {})[id(record)] = record
    known = [Cause(verdict, text or "", file, line, tuple(of.values())) for (_, text, file, line), of in found.items()]
    return sorted(known, key=lambda cause: -len(cause.records))


def _key(finding: Finding) -> tuple[Verdict, str | None, str | None, int | None]:
    return finding.verdict, finding.cause, finding.file, finding.line
