"""Every word of the vocabulary is used by a feature, or is a general one that is shown in use beside it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pytest_bdd.feature import get_feature
from pytest_bdd.steps import StepFunctionContext

from gate.usage import Vocabulary
from gate.vocabulary import definitions, matches, rendered_scenario

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "features", *(ROOT / "fixtures").glob("*/policy"), ROOT / "tests" / "suite" / "words")
FEATURES = [path for folder in FOLDERS for path in sorted(folder.rglob("*.feature"))]


@pytest.fixture
def ours(request: pytest.FixtureRequest) -> list[StepFunctionContext]:
    found = [
        context
        for context in definitions(request.node)
        if Path(context.step_func.__code__.co_filename).parent == ROOT / "steps"
    ]
    assert found, "no step definition found: is this test looking in the right place?"
    return found


def test_every_step_says_which_table_it_reads(ours: list[StepFunctionContext]) -> None:
    """A step that reads a table says which columns it has, and its text ends with a colon where it wants one."""
    words = Vocabulary(ours, ROOT).words
    assert [word.text for word in words if word.reads_table != (word.table is not None)] == []
    wants = [word for word in words if word.text.endswith(":") or word.text.startswith("Given every ")]
    assert [word.text for word in words if word.reads_table != (word in wants)] == []


def test_every_subject_that_a_step_needs_can_be_given(ours: list[StepFunctionContext]) -> None:
    words = Vocabulary(ours, ROOT).words
    given = {gift for word in words for gift in (word.gives, *word.gives_also) if gift}
    assert {need for word in words for need in word.needs} <= given
    assert given == {need for word in words for need in word.needs}, "what nobody needs, nobody should give"


@pytest.mark.parametrize("text", [
    'Given the container "<name>" of deployment "<deployment>" in namespace "<namespace>"',
    "Given every <kind><of>",
    'Given the <kind> "<name>"',
    "Then the records of these names are published as declared:",
    "Then there are <bound> <number> of them",
    "Then these files are mounted from <kinds> of the stack:",
    "Then the Postfix parameter <name>, if set, names for every service only $mynetworks and addresses in:",
])  # fmt: skip
def test_patterns_are_shown_as_a_feature_writes_them(ours: list[StepFunctionContext], text: str) -> None:
    assert text in [word.text for word in Vocabulary(ours, ROOT).words]


def test_every_step_is_used_by_several_scenarios_or_says_why_it_is_one(ours: list[StepFunctionContext]) -> None:
    """In the bundled features, those of the second design, and those of the tests of the words."""
    used: Counter[int] = Counter()
    for feature in (get_feature(str(path.parent), path.name) for path in FEATURES):
        for scenario in feature.scenarios.values():
            said = {step.name: step for run in rendered_scenario(scenario) for step in run}
            used.update({id(match) for step in said.values() for match in matches(step, ours)})
    few = [
        f"{used[id(context)]}: {word.text} (@special of gate.words says why)"
        for context in ours
        if used[id(context)] < 2 and not (word := Vocabulary([context], ROOT).words[0]).reason
    ]
    assert few == []


def test_a_step_of_many_scenarios_needs_no_reason_and_there_are_few_steps(ours: list[StepFunctionContext]) -> None:
    assert len(ours) <= 50


def test_what_steps_share_stands_in_conftest() -> None:
    """gate.own_steps takes the steps of a module of steps/, and no other fixture."""
    files = sorted((ROOT / "steps").glob("*.py"))
    assert [file.name for file in files if "pytest.fixture" in file.read_text(encoding="utf-8")] == []
