"""What a scenario was at the base: its verdict there, what each finding showed, what is new, and what is gone.

Findings are compared one by one, by what they are about, and not scenario by scenario: an old failure covers for no
other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from gate.evidence import Finding
from gate.record import Record
from gate.verdict import Verdict
from tfparse.patterns import pattern

#: By (feature file, name): a scenario as report.json has it.
Scenarios = Mapping[tuple[str, str], Mapping[str, Any]]

_WRONG = (Verdict.FAILED, Verdict.UNDETERMINED)
#: A place in a file, or in a text: it moves when something is written above it, and nothing else has changed then.
_PLACE = pattern(r"(?P<file>[^\s:\"'`(){}\[\],]+):\d+|\b(?P<word>lines?|column) \d+")


def compared(record: Record, base: Mapping[str, Any] | None, tree: Path | None = None) -> Record:
    """The record, told what the scenario was at the base; as it is, where it was not judged there.

    A finding goes with one at the base about the same thing (``what``): of several, with one that shows the same if
    there is one, else with the next in order.  It is new if it is wrong, and the one it goes with showed anything
    else: one fault in place of another is news.  What passed there and is not looked at any more is gone.

    ``tree`` is the infra repo at the base: the number of a line in one of its files makes no difference.
    """
    if base is None:
        return record
    befores = [Finding(**_finding(held)) for held in base["findings"]]
    pairs = _paired(record.findings, befores, _Likeness(tree))
    findings = tuple(_told(finding, pairs.get(index), befores) for index, finding in enumerate(record.findings))
    findings = _blamed(findings, {index: befores[pair.before].says for index, pair in pairs.items()})
    taken = {pair.before for pair in pairs.values()}
    left = [before for number, before in enumerate(befores) if number not in taken]
    # Where nothing is looked at any more, whatever was there is gone.
    gone = tuple(before for before in left if before.verdict not in _WRONG or not findings)
    return replace(record, before=Verdict(base["verdict"]), findings=findings, gone=gone)


def _finding(held: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: held.get(name) for name in ("what", "expected", "actual", "file", "line", "says")}
    return kept | {"verdict": Verdict(held["verdict"])}


class _Pair(NamedTuple):
    """The number of a finding at the base, and how it is to one of now: the whole is the same, or what it shows
    differs."""

    before: int
    is_same: bool
    differs: bool


class _Likeness:
    """Whether two findings are about the same, and whether they show the same."""

    def __init__(self, tree: Path | None) -> None:
        self._tree = tree

    def subject(self, finding: Finding) -> object:
        return self._plain(finding.what)

    def shown(self, finding: Finding) -> object:
        return self.subject(finding), self._plain(finding.actual)

    def whole(self, finding: Finding) -> object:
        return self.shown(finding), self._plain(finding.expected or ""), finding.verdict

    def _plain(self, text: str) -> str:
        """The text without the numbers of lines."""
        return _PLACE.sub(lambda found: found["word"] or self._file(found), text)

    def _file(self, found: re.Match[str]) -> str:
        """A name and a number are a place only where such a file was: they may be a host and a port."""
        is_file = self._tree is not None and _is_file(self._tree, found["file"])
        return found["file"] if is_file else found[0]


def _is_file(tree: Path, name: str) -> bool:
    try:
        return not name.startswith("/") and ".." not in name.split("/") and (tree / name).is_file()
    except (OSError, ValueError):
        return False


def _paired(findings: Sequence[Finding], befores: Sequence[Finding], likeness: _Likeness) -> dict[int, _Pair]:
    """What each finding goes with, by its index: first what says the same, then what shows the same, then the next
    about the same."""
    pairs: dict[int, _Pair] = {}
    for key in (likeness.whole, likeness.shown, likeness.subject):
        taken = {pair.before for pair in pairs.values()}
        waiting: dict[object, list[int]] = {}
        for number, before in enumerate(befores):
            if number not in taken:
                waiting.setdefault(key(before), []).append(number)
        for index, finding in enumerate(findings):
            if index not in pairs and (alike := waiting.get(key(finding))):
                pairs[index] = _Pair(alike.pop(0), is_same=key == likeness.whole, differs=key == likeness.subject)
    return pairs


def _told(finding: Finding, pair: _Pair | None, befores: Sequence[Finding]) -> Finding:
    """A finding, told what it showed where that differs, and whether it is news."""
    was = befores[pair.before].actual if pair is not None and pair.differs else None
    return replace(finding, was=was, is_new=finding.verdict in _WRONG and not (pair is not None and pair.is_same))


def _blamed(findings: tuple[Finding, ...], said: Mapping[int, str | None]) -> tuple[Finding, ...]:
    """The findings without the witnesses that say what they ``said`` at the base, if another one does not: where two
    disagree, it is not the untouched one that is wrong.
    """
    differing = {index for index, finding in enumerate(findings) if finding.says and finding.verdict in _WRONG}
    moved = {index for index in differing if said.get(index) != findings[index].says}
    untouched = differing - moved if moved else set()
    return tuple(finding for index, finding in enumerate(findings) if index not in untouched)
