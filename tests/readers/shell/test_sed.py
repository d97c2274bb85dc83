"""Whatever a real sed makes of Postfix' files, the reader says the same or that it cannot know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.readers.shell.random_scripts import NAMES, SED, missing, run, sed_scripts
from tests.readers.shell.test_random_scripts import after, wrong

CASES: list[dict[str, Any]] = json.loads(SED.read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["script"])
def test_as_sed_did_or_not_known(case: dict[str, Any]) -> None:
    assert wrong(case["script"], case) == []


def test_the_answers_are_to_these_scripts() -> None:
    assert [case["script"] for case in CASES] == sed_scripts()


def test_half_of_it_is_known() -> None:
    """Those that need the order of lines, or go on in a place of their own, are not."""
    facts = [after(case["script"]).main for case in CASES]
    known = [found for found in facts if all((fact := found.of(name)) is None or fact.sure for name in NAMES)]
    assert len(known) > len(CASES) / 2


@pytest.mark.skipif(missing() is not None, reason=f"compared with recorded answers only: {missing()}")
@pytest.mark.parametrize("case", CASES[::20], ids=lambda case: case["script"])
def test_sed_still_says_so(case: dict[str, Any]) -> None:
    assert run(case["script"]) == {"main": case["main"], "master": case["master"]}
