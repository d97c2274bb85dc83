"""What keeps every promise changes no verdict, however it is written."""

from __future__ import annotations

import pytest

from tests.suite.cases import TESTS, Case, cases
from tests.suite.workbench import Workbench, plain

EQUIVALENTS = list(cases(TESTS / "equivalents"))


@pytest.mark.parametrize("case", EQUIVALENTS, ids=lambda case: case.name)
def test_an_equivalent_changes_no_verdict(case: Case, workbench: Workbench) -> None:
    before, run = workbench.before(case.state), workbench.judge(case)
    found = plain(run)
    changed = {id_: found[id_] for id_ in before if found[id_] != before[id_]}
    assert not changed, run.findings(next(iter(changed)))
    assert run.code == 0, run.output


def test_there_are_enough() -> None:
    assert len(EQUIVALENTS) >= 40
