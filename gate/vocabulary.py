"""The step definitions that a feature can use, and the steps that none or several of them match.

pytest-bdd looks a step up only when it runs it, and of two matching definitions takes the last one registered.
What is imported here is internal to it: tests/gate/test_internals.py holds it to what is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.parser import Feature, Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from gate.features import Problem


def definitions(node: pytest.Item | pytest.Collector) -> list[StepFunctionContext]:
    """The step definitions that can be used at a node."""
    manager = node.session._fixturemanager  # noqa: SLF001  (pytest has no public way to list fixtures)
    return [
        context
        for name in get_fixture_names(manager)
        for fixture in getfixturedefs(manager, name, node) or ()
        if (context := step_function_context_registry.get(fixture.func)) is not None and not _is_foreign(context)
    ]


def _is_foreign(context: StepFunctionContext) -> bool:
    """Whether a definition is pytest-bdd's own: its ``trace`` stops the run for a debugger."""
    return context.step_func.__module__.partition(".")[0] == "pytest_bdd"


def steps(feature: Feature) -> Iterator[Step]:
    """The steps that a feature runs: those of its backgrounds, and of every row of its outlines."""
    for scenario in feature.scenarios.values():
        for row in [row for table in scenario.examples for row in table.as_contexts()] or [{}]:
            yield from scenario.render(row).steps


def matches(step: Step, known: list[StepFunctionContext]) -> list[StepFunctionContext]:
    """The definitions that match a step: exactly one, in a feature that is collected."""
    return [context for context in known if context.type in (None, step.type) and context.parser.is_matching(step.name)]


def unmatched(feature: Feature, known: list[StepFunctionContext], suite: Path) -> list[Problem]:
    """The steps of a feature that do not match exactly one definition, which is shown relative to the suite."""
    problems = []
    for step in steps(feature):
        text, found = f"{step.keyword} {step.name}", matches(step, known)
        if not found:
            problems.append(Problem(step.line_number, f"undefined step: {text}"))
        elif len(found) > 1:
            places = " and ".join(sorted(_place(context, suite) for context in found))
            problems.append(Problem(step.line_number, f"ambiguous step: {text} (defined in {places})"))
    return list(dict.fromkeys(problems))


def _place(context: StepFunctionContext, suite: Path) -> str:
    code = context.step_func.__code__
    return f"{os.path.relpath(code.co_filename, suite)}:{code.co_firstlineno}"
