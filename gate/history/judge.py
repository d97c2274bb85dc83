"""Judging one commit after another, and again only what a commit touches (a pytest plugin).

It runs in a process of its own, and is asked by lines of JSON: ``{"commit": ..., "day": ...}``, and with ``"anew":
true`` to judge it as if it knew of no other.  What it answers is what has changed since the last one that it was asked
about: ``{"commit": ..., "states": {"3": {...}}, "judged": 1}``, by the number of the scenario, and how many scenarios
it has judged for that.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from gate.collect import requirements_of, scenario_of
from gate.evidence import Finding
from gate.extent import shown_feature
from gate.garbage import rare_gc
from gate.history.judged import set_judged_infra
from gate.history.objects import EMPTY_TREE, MissingObjectError, Objects
from gate.history.running import Runner
from gate.options import judge_as_of, settings
from gate.record import Record
from gate.redaction import forget_secrets, register_secrets
from gate.run import told_again
from gate.verdict import Verdict
from readers.manifests import beside, rendered_charts
from readers.sandbox.program import begin_again, kept_answers
from tfparse import Infra
from tfparse.frames import roomy
from tfparse.graph.basis import Basis
from tfparse.graph.root import Answer
from tfparse.secrets.loading import opened
from tfparse.source.committed import CommittedTree

#: What the process is asked by, and answers on.
QUESTIONS, ANSWERS = "DESIGN_POLICY_QUESTIONS", "DESIGN_POLICY_ANSWERS"
_MOST_TREES = 500
"""Syntax trees that are kept at hand."""
_TIDY_AT = 200_000
"""Objects more than when Python last looked for garbage, after which it looks again: what a root let go of holds each
other in circles.
"""


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Answer, until nothing is asked any more."""
    if session.testsfailed:
        raise session.Failed("not every feature could be read")
    # It would keep every report, and print it.
    session.config.pluginmanager.unregister(name="terminalreporter")
    judge = CommitJudge(session)
    with os.fdopen(int(os.environ[ANSWERS]), "w") as answers, os.fdopen(int(os.environ[QUESTIONS])) as questions:
        _say(answers, {"scenarios": judge.scenarios})
        with rare_gc(), kept_answers(), suppress(BrokenPipeError, KeyboardInterrupt):
            for line in questions:
                asked = json.loads(line)
                if asked.get("anew"):
                    judge.begin()
                _say(answers, {"commit": asked["commit"]} | judge.judged(asked["commit"], asked["day"]))
    return True


def _say(answers: Any, what: object) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


class _Known(Struct):
    """What was seen of a scenario when it was judged last, and what that rests on; None where it is so no more."""

    seen: object
    verdict: dict[str, Any]
    basis: Basis | None


class CommitJudge:
    """Judges the scenarios of a session at one commit after the other."""

    def __init__(self, session: pytest.Session) -> None:
        self._config = session.config
        self._items = [item for item in session.items if isinstance(item, pytest.Function)]
        self._objects = Objects(Path(session.config.getoption("history_of")))
        asked = settings(session.config)
        named, says = beside(asked.manifests), [Answer(*said) for said in asked.answers]
        place = CommittedTree(self._objects.blob)
        self._infra = opened(Infra(asked.infra, None, asked.variable_files, place, named, says, rendered_charts))
        set_judged_infra(session.config, self._infra)
        self._known: dict[int, _Known] = {}
        self._told: dict[int, object] = {}
        self._runner = Runner(session)
        self._runs = 0
        self.begin()

    def begin(self) -> None:
        """Know nothing of any commit."""
        self._tree = EMPTY_TREE
        self._place = CommittedTree(self._objects.blob)
        self._infra.restart(self._place)
        self._known.clear()

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        """The scenarios by number: what they are called, and the requirements that they are of."""
        return [
            {
                "feature": shown_feature(self._config, item.path), "name": item.name, "line": scenario.line,
                "requirements": requirements_of(item),
            }
            for item in self._items if (scenario := scenario_of(item)) is not None
        ]  # fmt: skip

    @roomy
    def judged(self, commit: str, day: str) -> dict[str, Any]:
        """What is otherwise at a commit, as of a day, than when it was asked last."""
        try:
            self._move(self._objects.tree(commit))
        except MissingObjectError as error:
            self.begin()
            self._told.clear()
            return {"unknown": f"not in this clone: {error}"}
        judge_as_of(self._config, date.fromisoformat(day))
        states, runs = {}, self._runs
        for number, item in enumerate(self._items):
            state = self._state(number, item, date.fromisoformat(day))
            if self._told.get(number) != state:
                self._told[number] = states[str(number)] = state
        return {"states": states, "judged": self._runs - runs}

    def _move(self, tree: str) -> None:
        changes = self._objects.changes(self._tree, tree)
        self._place.move(changes)
        self._infra.move(changes)
        self._infra.tree.cache.shrink(_MOST_TREES)
        self._tree = tree
        begin_again()
        if gc.get_count()[0] > _TIDY_AT:
            gc.collect()
        for known in self._known.values():
            if known.basis is not None and not self._infra.stands(known.basis, changes):
                known.basis = None

    def _state(self, number: int, item: pytest.Function, day: date) -> dict[str, Any]:
        scenario = scenario_of(item)
        absence = scenario.lifetime.absence(day) if scenario is not None else None
        if absence is not None:
            return {"verdict": Verdict.NOT_IN_FORCE, "reason": absence, "findings": []}
        known = self._known.get(number)
        if known is None or known.basis is None:
            known = self._known[number] = self._judge(number, item)
        return known.verdict

    def _judge(self, number: int, item: pytest.Function) -> _Known:
        self._runs += 1
        with self._infra.asking() as basis:
            record = self._runner.run(item)
        known, seen = self._known.get(number), list(_seen(record))
        if known is not None and known.seen == seen:
            return _Known(seen, _moved(known.verdict, record), basis)
        register_secrets(self._infra)
        try:
            told = record if record.verdict is Verdict.ERROR else told_again(item)
            return _Known(seen, _state_of(told), basis)
        finally:
            forget_secrets(self._infra)


def _seen(record: Record) -> Iterator[object]:
    """What a reader of a history sees of a scenario, secrets and all, but for numbers of lines: to say the same of
    another line, no secrets need to be sought.
    """
    yield record.verdict
    for finding in record.findings:
        yield _told(finding) | {"line": None}


def _moved(state: dict[str, Any], record: Record) -> dict[str, Any]:
    """The same state, with the lines of a record that differs from it in nothing else."""
    found = [told | {"line": one.line} for told, one in zip(state["findings"], record.findings, strict=True)]
    return state | {"findings": found}


def _state_of(record: Record) -> dict[str, Any]:
    return {"verdict": record.verdict, "reason": record.reason, "findings": [_told(f) for f in record.findings]}


def _told(finding: Finding) -> dict[str, Any]:
    names = ("what", "expected", "actual", "verdict", "file", "line", "note")
    return {name: getattr(finding, name) for name in names}
