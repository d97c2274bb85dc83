"""Every word of the vocabulary is used: a step definition that no feature uses says nothing to anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_bdd.feature import get_feature

from gate.vocabulary import definitions, matches, steps

ROOT = Path(__file__).parents[1]


def test_every_step_definition_is_used(request: pytest.FixtureRequest) -> None:
    ours = [
        context
        for context in definitions(request.node)
        if Path(context.step_func.__code__.co_filename).parent == ROOT / "steps"
    ]
    assert ours, "no step definition found: is this test looking in the right place?"
    features = [get_feature(str(path.parent), path.name) for path in sorted((ROOT / "features").rglob("*.feature"))]
    used = {id(match) for feature in features for step in steps(feature) for match in matches(step, ours)}
    unused = [
        f"steps/{Path(code.co_filename).name}:{code.co_firstlineno}: {context.parser.name}"
        for context in ours
        if id(context) not in used and (code := context.step_func.__code__)
    ]
    assert unused == []
