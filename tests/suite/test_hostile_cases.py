"""Hostile changes as data: each file of tests/hostile edits the good repo, and says what must come of it.

Edits are as :mod:`tests.suite.cases` has them (``create`` is ``text``).  ``expect`` says that

    closed: [ids]   these requirements fail or are undetermined, and the gate is closed
    passed: [ids]   these pass
    open: true      all that is in force does: the harmless neighbour of another case
    told: REGEX     some finding says so
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.suite.cases import TESTS, Case, State
from tests.suite.workbench import Workbench, plain

HOSTILE = sorted((TESTS / "hostile").glob("*.yaml"))
DAY = "2026-11-25"
OPEN = {"passed", "not in force"}


@pytest.mark.parametrize("file", HOSTILE, ids=lambda file: file.stem)
def test_a_hostile_change(file: Path, workbench: Workbench) -> None:
    held = yaml.safe_load(file.read_text())
    edits = tuple({"text" if key == "create" else key: text for key, text in edit.items()} for edit in held["edits"])
    run = workbench.judge_in(State(DAY), Case(file.stem, edits), tracked=held.get("tracked", False))
    verdicts, expected = plain(run), held["expect"]
    not_open = {id_: verdict for id_, verdict in verdicts.items() if verdict not in OPEN}
    assert run.code == (1 if "closed" in expected else 0), f"{held['about']}\n{run.output}"
    assert set(expected.get("closed", ())) <= not_open.keys(), f"{held['about']}\n{not_open}"
    assert {id_: verdicts[id_] for id_ in expected.get("passed", ())} == dict.fromkeys(
        expected.get("passed", ()), "passed"
    )
    assert not (expected.get("open") and not_open), f"{held['about']}\n{run.output}"
    assert re.search(expected.get("told", ""), json.dumps(run.report)), held["about"]
