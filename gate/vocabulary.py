"""The step definitions that a feature can use, and the steps that it runs.

pytest-bdd looks a step up only when it runs it, and of two matching definitions takes the last one registered.
What is imported here is internal to it: tests/gate/test_internals.py holds it to what is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs, inject_fixture
from pytest_bdd.gherkin_parser import DataTable
from pytest_bdd.parser import Feature, ScenarioTemplate, Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from gate.own_steps import load_steps


def definitions(node: pytest.Item | pytest.Collector) -> list[StepFunctionContext]:
    """The step definitions that can be used at a node."""
    load_steps(node)
    return [context for context in _visible(node) if not _is_foreign(context)]


def _visible(node: pytest.Item | pytest.Collector) -> list[StepFunctionContext]:
    """The step definitions that can be used at a node, in the order in which pytest-bdd tries them."""
    manager = node.session._fixturemanager  # noqa: SLF001  (pytest has no public way to list fixtures)
    return [
        context
        for name in get_fixture_names(manager)
        for fixture in getfixturedefs(manager, name, node) or ()
        if (context := step_function_context_registry.get(fixture.func)) is not None
    ]


@contextmanager
def gathered() -> Iterator[None]:
    """Within it what pytest-bdd asks anew for each step is found once: the definitions that can be used at a place,
    the one of them that a text matches, and what it takes; a table in which nothing is filled in is not copied.
    """
    running: Any = import_module("pytest_bdd.scenario")  # by its name the package has a function
    visible, usual, render = cache(_visible), running.get_step_function, Step.render_datatable

    @cache
    def of_text(place: pytest.Item | pytest.Collector, type_: str, name: str) -> list[StepFunctionContext]:
        return [context for context in visible(place) if _is_of(type_, name, context)]

    def find(request: pytest.FixtureRequest, step: Step) -> StepFunctionContext | None:
        place = request.node.parent or request.node  # of what a scenario has for itself, nothing is a step
        if place.path.suffix == ".feature":  # nor of what its file has
            place = place.parent
        found = of_text(place, step.type, step.name)
        return found[0] if len(found) == 1 else usual(request, step)

    def rendered_table(table: DataTable, row: Mapping[str, object]) -> DataTable:
        return render(table, row) if row else table

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "get_step_function", find)
        patch.setattr(running, "signature", cache(running.signature))
        patch.setattr(running, "get_required_args", cache(running.get_required_args))
        patch.setattr(Step, "render_datatable", staticmethod(rendered_table))
        yield


def give(request: pytest.FixtureRequest, name: str, value: object) -> None:
    """Give a scenario a subject beside the one that the step itself gives; who only looks at one has no scenario."""
    if isinstance(request, pytest.FixtureRequest):
        inject_fixture(request, name, value)


def _is_foreign(context: StepFunctionContext) -> bool:
    """Whether a definition is pytest-bdd's own: its ``trace`` stops the run for a debugger."""
    return context.step_func.__module__.partition(".")[0] == "pytest_bdd"


def rendered(feature: Feature) -> Iterator[list[Step]]:
    """The steps of each scenario that a feature runs: those of its backgrounds first, each row of an outline apart."""
    for scenario in feature.scenarios.values():
        yield from rendered_scenario(scenario)


def rendered_scenario(scenario: ScenarioTemplate) -> Iterator[list[Step]]:
    """Likewise of one scenario."""
    for row in [row for table in scenario.examples for row in table.as_contexts()] or [{}]:
        yield steps_of_row(scenario, row)


def steps_of_row(scenario: ScenarioTemplate, row: Mapping[str, object]) -> list[Step]:
    """The steps of a scenario, those of its backgrounds first, the values of a row filled in.

    Where there are none to fill in, pytest-bdd would copy each table, and that takes its time.
    """
    return scenario.render(row).steps if row else scenario.steps


def steps(feature: Feature) -> Iterator[Step]:
    """All the steps that a feature runs."""
    return chain.from_iterable(rendered(feature))


def matches(step: Step, known: list[StepFunctionContext]) -> list[StepFunctionContext]:
    """The definitions that match a step: exactly one, in a feature that is collected."""
    return [context for context in known if _is_of(step.type, step.name, context)]


def _is_of(type_: str, name: str, context: StepFunctionContext) -> bool:
    return context.type in (None, type_) and context.parser.is_matching(name)
