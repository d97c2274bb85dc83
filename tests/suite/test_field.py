"""Cases from the field: what public bug reports, real start-ups and hostile changes did, comes out as it should.

Each file of tests/field edits the good repo (as :mod:`tests.suite.cases` says; ``create`` is the whole of a new file) and says in
``expect`` what must come of it:

    closed: [ids]      the gate is closed, and these requirements fail or are undetermined
    open: true         every promise in force passes
    told: REGEX        some finding names it, unless the gate is closed (with ``or_closed``)
    not_failed: true   nothing fails: undetermined at most
    no_error: true     the suite itself does not err
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.suite.cases import TESTS, Case, State
from tests.suite.gate_run import GateRun
from tests.suite.workbench import Workbench, plain

FIELD = sorted((TESTS / "field").glob("*.yaml"))
JUDGED = "2026-11-23"
OPEN = {"passed", "not in force"}


def closes(run: GateRun, ids: list[str]) -> bool:
    verdicts = plain(run)
    wanted = ids or [id_ for id_, verdict in verdicts.items() if verdict not in OPEN][:1]
    return run.code == 1 and bool(wanted) and all(verdicts[id_] in ("failed", "undetermined") for id_ in wanted)


def tells(run: GateRun, pattern: str) -> bool:
    return re.search(pattern, json.dumps(run.report)) is not None


@pytest.mark.parametrize("file", FIELD, ids=lambda file: file.stem)
def test_a_case_from_the_field(file: Path, workbench: Workbench) -> None:
    held: Mapping[str, Any] = yaml.safe_load(file.read_text())
    edits = tuple({"text" if key == "create" else key: text for key, text in edit.items()} for edit in held["edits"])
    state = State(held.get("as_of", JUDGED))
    run = workbench.judge_in(state, Case(file.stem, edits), tracked=held.get("tracked", False))
    verdicts = plain(run)
    not_open = {id_: verdict for id_, verdict in verdicts.items() if verdict not in OPEN}
    expected = held["expect"]
    assert run.code in (0, 1), run.output
    if "closed" in expected:
        assert closes(run, expected["closed"]), f"{held['about']}\n{not_open}"
    if expected.get("open"):
        assert not not_open, f"{held['about']}\n{run.output}"
        assert run.code == 0
    if "told" in expected:
        assert tells(run, expected["told"]) or (expected.get("or_closed") and run.code == 1), held["about"]
    if expected.get("not_failed"):
        assert "failed" not in verdicts.values(), f"{held['about']}\n{run.output}"
