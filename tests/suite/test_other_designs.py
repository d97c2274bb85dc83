"""Promises of other designs, in the general words: kept by a small repo of our own, broken by each deciding line."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml

from tests.suite.cases import Case
from tests.suite.gate_run import ROOT, GateRun
from tests.suite.workbench import Workbench, plain

FOLDER = ROOT / "tests/suite/words/designs"
EDITS: Mapping[str, list[Mapping[str, str]]] = yaml.safe_load((FOLDER / "edits.yaml").read_text())
FEATURES = tuple(file.relative_to(ROOT).as_posix() for file in sorted(FOLDER.glob("*.feature")))


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return Workbench(tmp_path_factory.mktemp("designs"), FOLDER / "infra")


def judged(designs: Workbench, *edits: Mapping[str, str]) -> GateRun:
    return designs.judge(Case("designs", edits), FEATURES)


def test_the_repo_keeps_each_promise(designs: Workbench) -> None:
    run = judged(designs)
    assert plain(run) == dict.fromkeys(EDITS, "passed"), run.output


@pytest.mark.parametrize("round_", range(max(map(len, EDITS.values()))))
def test_its_deciding_line_breaks_it(round_: int, designs: Workbench) -> None:
    """One line of each promise is changed, of those that have so many: just these are broken."""
    edits = {promise: lines[round_] for promise, lines in EDITS.items() if len(lines) > round_}
    run = judged(designs, *edits.values())
    assert plain(run) == {promise: "failed" if promise in edits else "passed" for promise in EDITS}, run.output
