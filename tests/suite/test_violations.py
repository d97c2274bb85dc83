"""Every requirement is seen broken, in all the ways of tests/violations, and nothing else is said to be."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from tests.suite.cases import TESTS, Case, cases
from tests.suite.edits import stands_in
from tests.suite.workbench import Workbench, plain

VIOLATIONS = list(cases(TESTS / "violations"))


@pytest.mark.parametrize("case", VIOLATIONS, ids=lambda case: case.name)
def test_a_violation_is_found_out(case: Case, workbench: Workbench) -> None:
    absent = [program for program in case.needs if shutil.which(program, path="/usr/bin:/usr/sbin") is None]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")
    before, run = workbench.before(case.state), workbench.judge(case)
    assert run.code == 1, run.output
    found = plain(run)
    changed = {id_: found[id_] for id_ in before if found[id_] != before[id_]}
    seen = {id_: [_seen(finding, workbench) for finding in run.findings(id_) if not finding["ok"]] for id_ in changed}
    assert changed == case.verdicts, _told(seen)
    for id_, names in case.scenarios.items():
        assert {name for name, verdict in run.scenarios()[id_].items() if verdict == case.verdicts[id_]} == set(names)
    for id_, wanted in case.findings.items():
        assert any(_is(finding, wanted, case.edited) for finding in seen[id_]), f"no {wanted} in\n{_told(seen)}"


def _seen(finding: Mapping[str, Any], workbench: Workbench) -> dict[str, str]:
    """A finding's text, its file and the line that it names."""
    file, line = finding["file"], finding["line"]
    said = " ".join(str(finding[part]) for part in ("what", "actual", "note") if finding[part])
    return {"says": said, "in": file or "", "at": workbench.line(file, line) if file and line else ""}


def _told(seen: Mapping[str, list[dict[str, str]]]) -> str:
    return "\n".join(
        f"{id_}  {says}  [{place}: {line}]"
        for id_, findings in seen.items()
        for says, place, line in (finding.values() for finding in findings)
    )


def _is(seen: Mapping[str, str], wanted: Mapping[str, str], edited: set[str]) -> bool:
    files = {wanted["in"]} if "in" in wanted else edited
    placed = "at" not in wanted or (stands_in(wanted["at"], seen["at"]) and seen["in"] in files)
    return wanted.get("says", "") in seen["says"] and placed


@pytest.mark.parametrize("state", sorted(file.stem for file in (TESTS / "states").glob("*.yaml")))
def test_a_state_is_good(state: str, workbench: Workbench) -> None:
    assert set(workbench.before(state).values()) <= {"passed", "not in force"}


def test_every_requirement_is_broken_often_enough(workbench: Workbench) -> None:
    broken = Counter(case.requirement for case in VIOLATIONS)
    assert {id_: broken[id_] for id_ in workbench.before("today")} == {
        id_: max(4, broken[id_]) for id_ in workbench.before("today")
    }


@pytest.mark.parametrize("case", VIOLATIONS, ids=lambda case: case.name)
def test_a_case_says_how_its_requirement_is_seen_broken(case: Case) -> None:
    assert case.requirement in case.verdicts
    assert case.findings.get(case.requirement)
