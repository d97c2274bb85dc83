"""The promises that a change itself takes away or alters, when the features stand in the repo that is judged.

Promises are compared by what they say: the tags and the steps of a scenario, its backgrounds and rows included.  One
that has only moved to another file, or has another title or description, is the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from pytest_bdd.feature import get_feature

from gate.features import REQUIREMENT, RefusedError, Scenario, read
from gate.home import EXAMPLE
from gate.options import Settings
from gate.vocabulary import rendered_scenario


class Altered(NamedTuple):
    """A scenario of the base that the change has no longer, or has otherwise; ``text`` says so."""

    file: str
    line: int
    title: str
    text: str


class _Promise(Struct, frozen=True):
    file: str
    scenario: Scenario
    steps: tuple[object, ...]

    @property
    def content(self) -> object:
        return self.scenario.tags, self.steps

    @property
    def ids(self) -> str:
        return " ".join(sorted(filter(REQUIREMENT.fullmatch, self.scenario.tags)))


def altered(now: Iterable[Path], before: Path, registered: frozenset[str]) -> list[Altered]:
    """What the features below ``before``, those of the base, promise and those in the places ``now`` do not."""
    return _altered(tuple(now), before, registered)


@cache
def _altered(now: tuple[Path, ...], before: Path, registered: frozenset[str]) -> list[Altered]:
    there = [promise for place in now for promise in _promises(place, registered)]
    same = {promise.content for promise in there}
    return [
        Altered(old.file, old.scenario.line, old.scenario.title, _said(old, there))
        for old in _promises(before, registered) if old.content not in same
    ]  # fmt: skip


def forget_promises() -> None:
    """Know of no features any more what they promise: they may be others by the next run of this process."""
    _altered.cache_clear()


def _said(old: _Promise, there: Iterable[_Promise]) -> str:
    name = f"{old.ids}, {old.scenario.title!r}"
    alike = (promise for promise in there if promise.scenario.title == old.scenario.title)
    new = next((p for p in alike if f"/{old.file}".endswith(f"/{p.file}") or old.ids == p.ids), None)
    if new is None:
        return f"promise withdrawn, or another in its place: {name}; it is judged as the base has it"
    what = []
    if old.scenario.tags != new.scenario.tags:
        what.append(f"its tags were {_tags(old)}, and are {_tags(new)}")
    if old.steps != new.steps:
        what.append("its steps or tables are others")
    return f"promise changed: {name}: {' and '.join(what)}; it is judged as the base has it, too"


def _tags(promise: _Promise) -> str:
    return " ".join(f"@{tag}" for tag in sorted(promise.scenario.tags))


def _promises(place: Path, registered: frozenset[str]) -> Iterator[_Promise]:
    """The scenarios of the features in a place; a feature that is refused promises nothing."""
    for path in [place] if place.is_file() else sorted(place.rglob("*.feature")):
        try:
            feature = read(path, registered)
            running = get_feature(str(path.parent), path.name)
        except RefusedError:
            continue
        file = path.relative_to(place).as_posix() if path != place else path.name
        for title, scenario in feature.scenarios.items():
            rows = rendered_scenario(running.scenarios[title])
            yield _Promise(file, scenario, tuple(tuple(map(_step, steps)) for steps in rows))


def _step(step: object) -> tuple[object, ...]:
    table = getattr(step, "datatable", None)
    rows = tuple(tuple(map(str, row)) for row in table.raw()) if table else None
    return getattr(step, "type", None), getattr(step, "name", None), rows, getattr(step, "docstring", None)


def feature_folders(settings: Settings) -> list[Path]:
    """Where the settings of the judged repo say that its features stand."""
    kept = settings.kept
    return [settings.suite / "features" if f == EXAMPLE else settings.home / f for f in kept.features] if kept else []


def keep_base_features(settings: Settings, now: Iterable[Path], exported: Path, target: Path) -> bool:
    """Copy the base's features into a folder, by their paths in the repo; whether there are any.

    ``exported`` are the base's files.  The base's are those in the places of now, and, where nobody named others, those
    that its settings named.
    """
    places = list(now)
    own = [place.relative_to(settings.home).as_posix() for place in places if place.is_relative_to(settings.home)]
    if settings.kept_before is not None and set(places) == set(feature_folders(settings)):
        own += [place for place in settings.kept_before.features if place != EXAMPLE]
    found = False
    for place in dict.fromkeys(own):
        there = exported / place
        for path in [there] if there.is_file() else sorted(there.rglob("*.feature")):
            if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(exported)) or not path.is_file():
                continue
            copy = target / path.relative_to(exported)
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            found = True
    return found
