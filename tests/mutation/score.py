"""The score: how many mutants each requirement found out, and why the others need not be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from tests.mutation.campaign import Trial

EQUIVALENT = Path(__file__).with_name("equivalent.yaml")


@dataclass
class Excuse:
    """Why some mutants change nothing that was promised.

    ``file`` is a name or a glob, ``at`` a pattern for the lines that are edited, ``becomes`` one for what they become.
    ``rules`` and ``by`` narrow it to some rules and to the silence of some requirements.
    """

    file: str
    at: str
    why: str
    becomes: str = ""
    rules: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    used: int = field(default=0, compare=False)

    def covers(self, trial: Trial, id_: str, before: str, after: str) -> bool:
        mutant = trial.mutant
        if (
            not fnmatchcase(mutant.file, self.file)
            or (self.rules and mutant.rule not in self.rules)
            or (self.by and id_ not in self.by)
        ):
            return False
        return bool(re.search(self.at, before, re.M) and re.search(self.becomes, after, re.M))


def read_excuses(file: Path = EQUIVALENT) -> list[Excuse]:
    return [
        Excuse(file=held.pop("in"), rules=tuple(held.pop("rules", ())), by=tuple(held.pop("by", ())), **held)
        for held in yaml.safe_load(file.read_text())
    ]


@dataclass
class Tally:
    killed: int = 0
    equivalent: int = 0
    survived: int = 0

    @property
    def mutants(self) -> int:
        return self.killed + self.equivalent + self.survived

    @property
    def percent(self) -> str:
        """Of the mutants that break a promise, how many were found out."""
        able = self.killed + self.survived
        return f"{100 * self.killed / able:.1f} %" if able else "-"


@dataclass(frozen=True)
class Survivor:
    trial: Trial
    id_: str
    before: str
    after: str

    def __str__(self) -> str:
        mutant = self.trial.mutant
        place = f"{mutant.file}:{mutant.line}" + ("" if mutant.state == "today" else f" ({mutant.state})")
        after = f"\n     ->   {self.after.strip()}" if self.before.strip() != self.after.strip() else ""
        return f"{self.id_}  {place}  {mutant.rule}\n          {self.before.strip()}{after}"


class Score:
    """``watched`` counts, by requirement, the mutants of what its findings name; ``beside``, by file, those of what
    verdicts hang on besides."""

    def __init__(self, excuses: list[Excuse]) -> None:
        self.excuses = excuses
        self.watched: dict[str, Tally] = {}
        self.beside: dict[str, Tally] = {}
        self.survivors: list[Survivor] = []
        self.crashes: list[str] = []
        self.refused = 0

    def add(self, trials: Iterable[Trial], files: Mapping[str, str]) -> None:
        for trial in trials:
            if trial.refused:
                self.refused += 1
                continue
            if trial.crashed:
                self.crashes.append(f"{trial.mutant}: {', '.join(sorted(trial.crashed))}")
            before, after = lines(trial, files[trial.mutant.file])
            if trial.site.evidence:
                for id_ in trial.site.evidence:
                    self._count(self.watched.setdefault(id_, Tally()), trial, trial.silent & {id_}, before, after)
            else:
                self._count(self.beside.setdefault(trial.mutant.file, Tally()), trial, trial.silent, before, after)

    def _count(self, tally: Tally, trial: Trial, silent: frozenset[str], before: str, after: str) -> None:
        if not silent:
            tally.killed += 1
            return
        ids = sorted(silent)
        excuses = [next((e for e in self.excuses if e.covers(trial, id_, before, after)), None) for id_ in ids]
        for id_, excuse in zip(ids, excuses, strict=True):
            if excuse is None:
                tally.survived += 1
                self.survivors.append(
                    Survivor(trial, id_ if len(ids) == 1 else f"{id_} and {len(ids) - 1} more", before, after)
                )
                return
        for excuse in filter(None, excuses[:1]):
            excuse.used += 1
        tally.equivalent += 1

    @property
    def unused(self) -> list[Excuse]:
        """What no mutant needs any more: it may hide the next."""
        return [excuse for excuse in self.excuses if not excuse.used]

    @property
    def total(self) -> Tally:
        tallies = [*self.watched.values(), *self.beside.values()]
        return Tally(*(sum(getattr(t, name) for t in tallies) for name in ("killed", "equivalent", "survived")))

    @property
    def clean(self) -> bool:
        return not (self.survivors or self.crashes or self.unused)


def lines(trial: Trial, text: str) -> tuple[str, str]:
    """The lines that a mutant edits, as they were and as they are."""
    start = text.rfind("\n", 0, trial.mutant.start) + 1
    end = text.find("\n", trial.mutant.end)
    end = len(text) if end < 0 else end
    return text[start:end], text[start : trial.mutant.start] + trial.mutant.new + text[trial.mutant.end : end]
