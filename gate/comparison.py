"""What a scenario was at the base: its verdict there, what each finding showed, and what of its failure is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from gate.evidence import Finding
from gate.record import Record
from gate.verdict import Verdict

_T = TypeVar("_T")

#: By (feature file, name): a scenario as report.json has it.
Scenarios = Mapping[tuple[str, str], Mapping[str, Any]]

#: What is no news, and what it was then: a failure where one was; and what cannot be known where it could not be known
#: or failed.  A failure where nothing was known may well be news.
_NO_NEWS = {
    Verdict.FAILED: (Verdict.FAILED,),
    Verdict.UNDETERMINED: (Verdict.UNDETERMINED, Verdict.FAILED),
}


class _Shown(NamedTuple):
    actual: str
    verdict: Verdict


def compared(record: Record, base: Mapping[str, Any] | None) -> Record:
    """The record, told what the scenario was at the base; as it is, where it was not judged there.

    A finding goes with one at the base about the same thing (``what``): of several, with one that shows the same if
    there is one, else with the next in order.
    """
    if base is None:
        return record
    shown: dict[str, list[_Shown]] = {}
    for finding in base["findings"]:
        shown.setdefault(finding["what"], []).append(_Shown(finding["actual"], Verdict(finding["verdict"])))
    findings: dict[int, Finding] = {}
    for what in dict.fromkeys(finding.what for finding in record.findings):
        about = {index: finding for index, finding in enumerate(record.findings) if finding.what == what}
        findings |= _with_news(_with_past(about, shown.get(what, [])), shown.get(what, []))
    return replace(record, before=Verdict(base["verdict"]), findings=tuple(findings[i] for i in sorted(findings)))


def _with_past(findings: dict[int, Finding], shown: list[_Shown]) -> dict[int, Finding]:
    """Findings about one thing, each told what it showed, where it shows something else now."""
    left = [before.actual for before in shown]
    differing = [index for index, finding in findings.items() if not _taken(left, finding.actual)]
    return findings | {index: replace(findings[index], was=was) for index, was in zip(differing, left, strict=False)}


def _with_news(findings: dict[int, Finding], shown: list[_Shown]) -> dict[int, Finding]:
    """Findings about one thing, of which as many are no news as there were failures about it."""
    left, same = [before.verdict for before in shown], {before.actual for before in shown}
    news = {}
    # Those that show the same are old before others are.
    for index, finding in sorted(findings.items(), key=lambda item: item[1].actual not in same):
        if finding.verdict in _NO_NEWS and not any(_taken(left, verdict) for verdict in _NO_NEWS[finding.verdict]):
            news[index] = replace(finding, is_new=True)
    return findings | news


def _taken(left: list[_T], wanted: _T) -> bool:
    """Whether one of them is left; then it is no more."""
    if wanted not in left:
        return False
    left.remove(wanted)
    return True
