"""The features audited: nothing is promised that no scenario judges, and no scenario is there that nothing breaks.

That every step definition is used, tests/test_vocabulary.py holds; that every scenario has a requirement, the gate
refuses to collect it otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.suite.cases import TESTS, Case, cases
from tests.suite.workbench import Workbench

AUDIT = TESTS / "spec" / "audit"
VIOLATIONS = list(cases(TESTS / "violations"))
EQUIVALENTS = list(cases(TESTS / "equivalents"))
STATES = sorted(file.stem for file in (TESTS / "states").glob("*.yaml"))


def data(name: str) -> Any:
    return yaml.safe_load((AUDIT / name).read_text())


@pytest.fixture(scope="module")
def in_force(workbench: Workbench) -> dict[str, dict[str, list[str]]]:
    """By state and requirement, the scenarios in force."""
    return {state: workbench.in_force(state) for state in STATES}


def broken(case: Case, scenarios: dict[str, list[str]]) -> set[str]:
    """The scenarios that a violation is shown to break.  Where a requirement has several, the case must name them."""
    found = {id_: case.scenarios.get(id_, scenarios[id_]) for id_ in case.verdicts}
    return {name for id_, names in found.items() for name in names if id_ in case.scenarios or len(names) == 1}


def alone(case: Case, scenarios: dict[str, list[str]]) -> str | None:
    """The one scenario that a violation breaks, and breaks alone."""
    found = broken(case, scenarios)
    return found.pop() if len(case.verdicts) == len(found) == 1 else None


def test_the_requirements_are_those_of_the_design(in_force: dict[str, dict[str, list[str]]]) -> None:
    assert set(in_force["today"]) == set((AUDIT / "requirements.txt").read_text().split())


def test_every_scenario_is_in_force_in_some_state(
    workbench: Workbench, in_force: dict[str, dict[str, list[str]]]
) -> None:
    every = {name for own in workbench.scenarios() for name in own}
    assert {name for state in in_force.values() for names in state.values() for name in names} == every


def test_every_scenario_is_broken_by_a_violation(in_force: dict[str, dict[str, list[str]]]) -> None:
    seen = {name for case in VIOLATIONS for name in broken(case, in_force[case.state])}
    assert {name for state in in_force.values() for names in state.values() for name in names} - seen == set()


def test_every_scenario_is_broken_alone_where_that_can_be(in_force: dict[str, dict[str, list[str]]]) -> None:
    seen = {alone(case, in_force[case.state]) for case in VIOLATIONS}
    left = {name for state in in_force.values() for names in state.values() for name in names} - seen
    assert left == set(data("together.yaml"))


@pytest.mark.parametrize("sort", ["violations", "equivalents"])
def test_every_kind_of_change_has_a_case(sort: str) -> None:
    named, there = data("kinds.yaml")[sort], {case.name for case in cases(TESTS / sort)}
    assert {kind: name for kind, name in named.items() if name not in there} == {}


@pytest.mark.parametrize("subject", data("subjects.yaml"))
def test_each_subject_has_sixty_harmless_changes_around_it(subject: str) -> None:
    folders = {f"{name}/" for name in data("subjects.yaml")[subject]}
    assert len([case for case in EQUIVALENTS if case.name.startswith(tuple(folders))]) >= 60


def test_every_equivalent_is_about_one_subject() -> None:
    folders = [f"{name}/" for names in data("subjects.yaml").values() for name in names]
    assert {case.name for case in EQUIVALENTS if sum(case.name.startswith(name) for name in folders) != 1} == set()
