"""Feature files as test files: ``features/x.feature::Scenario title``, and ``...[row]`` in an outline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import chain
from pathlib import Path
from types import ModuleType

import pytest
from pytest_bdd import scenario
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature as RunningFeature
from pytest_bdd.parser import render_string

from gate.evidence import Finding
from gate.extent import base_promises, feature_places, shown_feature
from gate.features import REQUIREMENT, Feature, Problem, RefusedError, Scenario, Step, read
from gate.options import settings
from gate.own_files import refusal, refusals
from gate.promises import altered
from gate.record import natural
from gate.reuse import memory
from gate.source import printable
from gate.usage import Vocabulary
from gate.vocabulary import definitions, steps_of_row
from tfparse.frames import roomy

_VOCABULARY = pytest.StashKey[Vocabulary]()
_REFUSALS = pytest.StashKey[dict[Path, str | None]]()


class FeatureFile(pytest.Module):
    """A feature file, collected as a module would be that holds one test function for each scenario."""

    feature: Feature
    #: What tells the file from any other.
    digest: str
    #: The same feature as pytest-bdd reads and runs it.
    running: RunningFeature

    @classmethod
    def at(cls, path: Path, parent: pytest.Collector) -> FeatureFile:
        """The file at ``path``.  A name that is not UTF-8 is spelt out: node ids go to other processes and files."""
        spelt = printable(path.name)
        if spelt != path.name:
            return cls.from_parent(parent, path=path, name=spelt, nodeid=f"{parent.nodeid}/{spelt}")
        file: FeatureFile = cls.from_parent(parent, path=path)
        # pytest has no id for a file that is asked for by itself and lies outside of the suite.
        return file if file.nodeid else cls.from_parent(parent, path=path, name=spelt, nodeid=spelt)

    def funcnamefilter(self, name: str) -> bool:
        return True

    def classnamefilter(self, name: str) -> bool:
        return False

    @roomy
    def _getobj(self) -> ModuleType:
        """The module to collect from: where pytest would import one, this makes one."""
        registered = markers(self.config)
        if not self.nodeid.endswith(self.path.name):
            raise self._refusal([Problem(1, "the file's name is not UTF-8: rename it")])
        if reason := _reason_against(self.config, self.path):
            raise self._refusal([Problem(1, reason)])
        try:
            self.feature = read(self.path, registered)
        except RefusedError as refused:
            raise self._refusal(refused.problems) from None
        self.running = get_feature(str(self.path.parent), self.path.name)
        self.digest = sha256(self.path.read_bytes()).hexdigest()
        if problems := self._misuses():
            raise self._refusal(problems)
        for tag in sorted(self.feature.tags - registered):
            if REQUIREMENT.fullmatch(tag):
                self.config.addinivalue_line("markers", f"{tag}: a requirement of the design")
        module = ModuleType(self.path.stem)
        for story in self._judged(registered):
            setattr(module, story.title, self._function(module, story))
        return module

    def _misuses(self) -> list[Problem]:
        """What is wrong with its steps.  If an earlier run has collected it as it stands, nothing is."""
        known = memory(self.config)
        if known is not None and known.has_read(self.digest):
            return []
        return self._vocabulary().problems(self.running)

    def _vocabulary(self) -> Vocabulary:
        """The steps that it may use: mostly those of the file before."""
        known, last = definitions(self), self.config.stash.get(_VOCABULARY, None)
        if last is None or last.known != known:
            last = self.config.stash[_VOCABULARY] = Vocabulary(known, self.config.rootpath)
        return last

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        found = list(super().collect())
        if (known := memory(self.config)) is not None:
            known.expect(self.digest, [item.name for item in found])
        return found

    def _judged(self, registered: frozenset[str]) -> Iterable[Scenario]:
        """All its scenarios; of a feature of the base, those that the change has no longer, or has otherwise."""
        folder = base_promises(self.config)
        if folder is None or not self.path.is_relative_to(folder):
            return self.feature.scenarios.values()
        places = [place for place in feature_places(self.config) if place != folder]
        file = self.path.relative_to(folder).as_posix()
        told = {one.title for one in altered(places, folder, registered) if one.file == file}
        return [story for title, story in self.feature.scenarios.items() if title in told]

    def _function(self, module: ModuleType, story: Scenario) -> Callable[..., None]:
        """A scenario as pytest-bdd runs it, said to be defined in the feature file so that places point there."""
        function = scenario(self.path.name, story.title, features_base_dir=str(self.path.parent))(lambda: None)
        function.__module__ = module.__name__
        function.__code__ = function.__code__.replace(co_filename=str(self.path), co_firstlineno=story.line)
        return roomy(function)

    def _refusal(self, problems: Iterable[Problem]) -> pytest.Collector.CollectError:
        shown = printable(shown_feature(self.config, self.path))
        said = (f"{shown}:{line}: {printable(message)}" for line, message in problems)
        return self.CollectError("\n".join(said))


def _reason_against(config: pytest.Config, path: Path) -> str | None:
    """Why a feature is not to be read, if it is one of the judged repo's.  All are asked about at once, if they are
    not told by name: git takes its time."""
    home = settings(config).home
    if not path.is_relative_to(home):
        return None
    if _REFUSALS not in config.stash:
        places = [place for place in feature_places(config) if place.is_relative_to(home)]
        files = [path, *chain.from_iterable(place.rglob("*.feature") for place in places)]
        config.stash[_REFUSALS] = dict.fromkeys(files) | refusals(home, files)
    known = config.stash[_REFUSALS]
    return known[path] if path in known else refusal(home, path)


def markers(config: pytest.Config) -> frozenset[str]:
    """The names of the registered markers; a line reads ``name: meaning`` or ``name(arguments): meaning``."""
    return frozenset(line.split(":")[0].split("(")[0].strip() for line in config.getini("markers"))


def scenarios_known(config: pytest.Config, places: Iterable[Path]) -> dict[str, set[str]] | None:
    """The titles of all scenarios in some folders, by requirement, whatever is selected of them.

    None where a feature is refused: pytest says so when it comes to collecting it.
    """
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(chain.from_iterable(place.rglob("*.feature") for place in places)):
        try:
            feature = read(path, markers(config))
        except RefusedError:
            return None
        for story in feature.scenarios.values():
            for requirement in filter(REQUIREMENT.fullmatch, story.tags):
                titles[requirement].add(story.title)
    return dict(titles)


def feature_of(item: pytest.Item) -> Feature | None:
    """The feature that an item comes from; None for an ordinary test."""
    return item.parent.feature if isinstance(item.parent, FeatureFile) else None


def scenario_of(item: pytest.Item) -> Scenario | None:
    """The scenario that an item is, or is a row of; None for an ordinary test."""
    feature = feature_of(item)
    return feature.scenarios[item.originalname] if feature and isinstance(item, pytest.Function) else None


def known_findings(item: pytest.Item) -> tuple[Finding, ...] | None:
    """What a scenario in force found when it was judged last, if all that it rests on is as it was then."""
    scenario = scenario_of(item)
    if scenario is None or scenario.lifetime.absence(settings(item.config).as_of):
        return None
    known = memory(item.config)
    assert isinstance(item.parent, FeatureFile)
    return known.findings(item.parent.digest, item.name) if known is not None else None


def row_of(item: pytest.Item) -> int:
    """Which row of its outline an item is, from 0."""
    callspec = getattr(item, "callspec", None)
    return callspec.indices["_pytest_bdd_example"] if callspec else 0


def heading_of(item: pytest.Item) -> str:
    """A scenario's title as it reads: of an outline with a row's values in their places, or else behind it."""
    assert isinstance(item, pytest.Function)
    callspec = getattr(item, "callspec", None)
    title, row = item.originalname, callspec.params["_pytest_bdd_example"] if callspec else {}
    behind = "" if all(f"<{column}>" in title for column in row) else item.name.removeprefix(title)
    return render_string(title, row) + behind


def steps_of(item: pytest.Item) -> tuple[Step, ...]:
    """The steps of an item, as they are run: those of its backgrounds first, the values of its row filled in."""
    assert isinstance(item, pytest.Function)
    assert isinstance(item.parent, FeatureFile)
    template, callspec = item.parent.running.scenarios[item.originalname], getattr(item, "callspec", None)
    inherited = len(template.all_background_steps)
    steps = steps_of_row(template, callspec.params["_pytest_bdd_example"] if callspec else {})
    return tuple(
        Step(step.keyword, step.name, tuple(tuple(map(str, row)) for row in step.datatable.raw())
             if step.datatable else (), step.docstring, number < inherited)
        for number, step in enumerate(steps)
    )  # fmt: skip


def requirements_of(item: pytest.Item) -> tuple[str, ...]:
    """The requirement ids that an item bears, inherited ones and those of its examples included."""
    ids = {mark.name for mark in item.iter_markers() if REQUIREMENT.fullmatch(mark.name)}
    return tuple(sorted(ids, key=natural))
