"""What is mutated, and who must notice.

Looked at is what the findings of scenarios that passed point at; and, because a verdict hangs on more than the line
that it names, whatever changes a verdict when it is gone.  That is found by deleting: a file, then each block of a
file that mattered, then what is in it, and so on to single arguments and lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.mutation.court import PUBLISHED, Charge, Court, Verdicts
from tests.mutation.elements import Element, read_elements
from tests.mutation.mutators import Mutant, deleted, edits
from tfparse import TerraformError
from tfparse.hcl.tokens import Invalid

#: Verdicts by which a requirement says that something is wrong.
ALARMS = {"failed", "undetermined"}


@dataclass(frozen=True)
class Site:
    """An element that was looked at: by the findings of ``evidence``, or so that its loss changes ``effects``."""

    state: str
    file: str
    element: Element
    evidence: frozenset[str]
    effects: frozenset[str]

    @property
    def watchers(self) -> frozenset[str]:
        return self.evidence or self.effects


@dataclass(frozen=True)
class Trial:
    """A mutant and what became of it: who had to notice, who did, and whether the suite itself went wrong."""

    site: Site
    mutant: Mutant
    changed: frozenset[str]
    verdicts: Verdicts = field(compare=False)

    @property
    def refused(self) -> bool:
        """The gate could not even be asked: nobody's merit, and no danger."""
        return self.verdicts is None

    @property
    def crashed(self) -> frozenset[str]:
        return frozenset(id_ for id_ in self.changed if (self.verdicts or {})[id_] not in ALARMS | {"not in force"})

    @property
    def silent(self) -> frozenset[str]:
        """Those that should have noticed and did not.  What no finding names, one of those it matters to must."""
        if self.site.evidence:
            return self.site.evidence - self.changed
        return frozenset() if self.site.effects & self.changed else self.site.effects


class Campaign:
    """One state: its sites, and the trials of their mutants."""

    def __init__(self, court: Court, state: str, done: frozenset[str] = frozenset()) -> None:
        """``done`` names scenarios that an earlier state has been the ground of."""
        self._court, self.state = court, state
        report, self.files = court.base(state)
        self._before = {r["id"]: _plain(r["verdict"]) for r in report["requirements"]}
        self._where = {r["id"]: r["scenarios"][0]["feature"] for r in report["requirements"]}
        in_force = {
            r["id"]: [s for s in r["scenarios"] if s["verdict"] != "not in force"] for r in report["requirements"]
        }
        mine = {id_: [s for s in found if s["name"] not in done] for id_, found in in_force.items()}
        self.all = list(self._before)
        self.scenarios = frozenset(s["name"] for found in in_force.values() for s in found)
        self.requirements = frozenset(id_ for id_, found in mine.items() if found)
        self._evidence = _places(mine)
        self._trees = {name: tree for name, text in self.files.items() if (tree := _read(name, text))}

    def sites(self) -> list[Site]:
        found: dict[tuple[str, Element], frozenset[str]] = {}
        level = [(name, tree) for name, tree in self._trees.items() if name != PUBLISHED]
        level += [(PUBLISHED, child) for child in self._trees[PUBLISHED].children]
        while level:
            effects = self._losses(level)
            found |= {place: lost for place, lost in zip(level, effects, strict=True) if lost}
            level = [
                (name, child)
                for (name, element), lost in zip(level, effects, strict=True)
                if lost
                for child in element.children
            ]
        for (name, line), _ in self._evidence.items():
            for element in _beginning(self._trees[name], line):
                found.setdefault((name, element), frozenset())
        return [
            Site(self.state, name, element, self._evidence.get((name, element.line), frozenset()), effects)
            for (name, element), effects in found.items()
            if element.kind != "file"
        ]

    def trials(self, sites: Iterable[Site]) -> Iterator[Trial]:
        todo = [(site, mutant) for site in sites for mutant in self._mutants(site)]
        judged = self._court.judge(self._charge(mutant, self._features(site.watchers)) for site, mutant in todo)
        for (site, mutant), verdicts in zip(todo, judged, strict=True):
            yield Trial(site, mutant, self._changed(verdicts), verdicts)

    def _mutants(self, site: Site) -> Iterator[Mutant]:
        text = self.files[site.file]
        # That what was found by deleting it is missed, is no merit.
        if site.evidence:
            yield self._mutant(site.file, site.element, deleted(text, site.element))
        for edit in edits(site.file, text, site.element):
            yield self._mutant(site.file, site.element, edit)

    def _mutant(self, name: str, element: Element, edit: tuple[str, int, int, str]) -> Mutant:
        return Mutant(self.state, name, element.line, *edit)

    def _losses(self, places: list[tuple[str, Element]]) -> list[frozenset[str]]:
        """Whose verdict the loss of each element changes.  All are asked: what is missed as a whole may be missed by
        others than its parts are.
        """
        gone = [self._mutant(name, element, deleted(self.files[name], element)) for name, element in places]
        judged = self._court.judge(self._charge(mutant, self._features(self.requirements)) for mutant in gone)
        return [self._changed(verdicts) & self.requirements for verdicts in judged]

    def _charge(self, mutant: Mutant, features: tuple[str, ...] = ()) -> Charge:
        return Charge(mutant, self.files[mutant.file], features)

    def _features(self, requirements: frozenset[str]) -> tuple[str, ...]:
        """The files that are to notice: whether others do is neither here nor there."""
        files = tuple(sorted({self._where[id_] for id_ in requirements}))
        return () if len(files) == len(set(self._where.values())) else files

    def _changed(self, verdicts: Verdicts) -> frozenset[str]:
        return frozenset(id_ for id_, verdict in (verdicts or {}).items() if self._before[id_] != verdict)


def _plain(verdict: str) -> str:
    return "passed" if verdict == "not proven" else verdict


def _read(name: str, text: str) -> Element | None:
    try:
        return read_elements(name, text)
    except (TerraformError, Invalid):  # ciphertext, say
        return None


def _places(scenarios: Mapping[str, list[dict[str, Any]]]) -> dict[tuple[str, int], frozenset[str]]:
    """Who points at which line of which file."""
    places: dict[tuple[str, int], set[str]] = {}
    for id_, found in scenarios.items():
        for finding in (finding for scenario in found for finding in scenario["findings"]):
            if finding["file"]:
                name = PUBLISHED if finding["file"].endswith(".zone") else finding["file"]
                places.setdefault((name, finding["line"]), set()).add(id_)
    return {place: frozenset(ids) for place, ids in places.items()}


def _beginning(tree: Element, line: int) -> list[Element]:
    """The elements that begin on a line; if none does, the innermost that reaches over it."""
    found = [element for element in tree.walk() if element.line == line and element.kind != "file"]
    around = sorted((e for e in tree.walk() if e.line <= line and e.kind != "file"), key=lambda e: e.line)
    return found or around[-1:]
