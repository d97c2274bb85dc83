"""results.sarif, against the schema of SARIF 2.1.0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gate.reports import sarif
from gate.reports.view import Run
from gate.verdict import Verdict
from gate.waivers import Problem
from tests.reports.runs import SOURCE, WAIVER, every_verdict, finding, hostile, record, run
from tests.reports.schemas import SARIF


def log_of(run: Run) -> dict[str, Any]:
    """The one run of the log, once it is valid."""
    log = json.loads(sarif.render(run))
    SARIF.validate(log)
    (only,) = log["runs"]
    return only


def results(run: Run) -> list[dict[str, Any]]:
    return log_of(run)["results"]


def fingerprints(run: Run) -> list[str]:
    return [result["partialFingerprints"]["requirementFinding/v1"] for result in results(run)]


def test_the_validator_can_refuse() -> None:
    with pytest.raises(jsonschema.ValidationError):
        SARIF.validate({"version": "2.1.0", "runs": [{"results": []}]})


def test_levels(tmp_path: Path) -> None:
    levels = {result["properties"]["verdict"]: result["level"] for result in results(every_verdict(tmp_path))}
    assert levels == {
        "not proven": "note",
        "pending": "note",
        "waived": "error",
        "undetermined": "error",
        "failed": "error",
    }


def test_missing_proof_is_an_error_where_it_is_required(tmp_path: Path) -> None:
    (result,) = results(run(tmp_path, record(verdict=Verdict.NOT_PROVEN), require_proof=True))
    assert result["level"] == "error"


def test_an_error_of_the_suite_is_no_result(tmp_path: Path) -> None:
    log = log_of(run(tmp_path, record(verdict=Verdict.ERROR, reason="ValueError: boom (steps/x.py:3)")))
    assert log["results"] == []
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"] == "ValueError: boom (steps/x.py:3)"
    assert told["associatedRule"] == {"id": "MH-1.1"}


def test_a_rule_helps_with_the_story(tmp_path: Path) -> None:
    (rule,) = log_of(run(tmp_path, record(title="It | holds")))["tool"]["driver"]["rules"]
    assert rule["id"] == "MH-1.1"
    assert rule["shortDescription"] == {"text": "It | holds"}
    assert rule["help"]["text"].split("\n\n") == [
        "Feature: Mail is safe\nIt was not.",
        "Scenario: It | holds",
        "Why it matters.",
        "Given a stack\nThen these hold:\n  | name | n |\n  | a    | 1 |",
    ]
    assert rule["help"]["markdown"].split("\n\n") == [
        "**Mail is safe**",
        "It was not\\.",
        "**It \\| holds**",
        "Why it matters\\.",
        "```text\nGiven a stack\nThen these hold:\n  | name | n |\n  | a    | 1 |\n```",
    ]


def test_the_rows_of_an_outline_are_one_story(tmp_path: Path) -> None:
    rows = [record(title="Each", name=f"Each[{row}]", row=row) for row in (0, 1)]
    (rule,) = log_of(run(tmp_path, *rows))["tool"]["driver"]["rules"]
    assert rule["help"]["text"].count("Scenario: Each") == 1


def test_a_result_names_its_place(tmp_path: Path) -> None:
    (result,) = results(run(tmp_path, record(findings=(finding(note="set in main.tf", was="7"),))))
    assert result["ruleId"] == "MH-1.1"
    assert result["ruleIndex"] == 0
    assert result["message"]["text"] == ("replicas: expected 2, found 1\nset in main.tf\nwas 7 at the base")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "main.tf", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3},
            }
        }
    ]


def test_a_finding_without_a_place_in_the_repo_points_at_its_scenario(tmp_path: Path) -> None:
    astray = (finding(file=None, line=None), finding(file="fixtures/zones/x.zone"), finding(file="/etc/x"))
    for result in results(run(tmp_path, record(findings=astray))):
        assert result["locations"] == [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "features/mail.feature", "uriBaseId": "SUITE"},
                    "region": {"startLine": 7},
                }
            }
        ]


def test_paths_are_encoded_and_relative_to_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "a b/ü#?%:\udcff.tf"
    judged = run(tmp_path, record(findings=(finding(file=odd),)))
    path = tmp_path / "infra" / odd
    path.parent.mkdir()
    path.write_text(SOURCE, "utf-8")
    encoded = "a%20b/%C3%BC%23%3F%25%3A%FF.tf"
    assert results(judged)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == encoded
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert results(judged)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"infra/{encoded}"


def test_a_scenario_of_two_requirements_is_a_result_of_each(tmp_path: Path) -> None:
    found = results(run(tmp_path, record(requirements=("MH-1.1", "MH-1.10"))))
    assert [(result["ruleId"], result["ruleIndex"]) for result in found] == [("MH-1.1", 0), ("MH-1.10", 1)]
    assert len({result["partialFingerprints"]["requirementFinding/v1"] for result in found}) == 2


def test_fingerprints_survive_line_shifts(tmp_path: Path) -> None:
    before = fingerprints(run(tmp_path, record()))
    judged = run(tmp_path, record(findings=(finding(line=5, actual="3"),), line=70))
    (tmp_path / "infra" / "main.tf").write_text("# a\n# b\n" + SOURCE.replace("  replicas", "\treplicas"), "utf-8")
    assert fingerprints(judged) == before


@pytest.mark.parametrize(
    "change",
    [
        {"requirements": ("MH-1.2",)},
        {"name": "Another"},
        {"findings": (finding("memory"),)},
        {"findings": (finding(line=2),)},
        {"findings": (finding(file="other.tf"),)},
    ],
)
def test_fingerprints_tell_findings_apart(tmp_path: Path, change: dict[str, Any]) -> None:
    assert fingerprints(run(tmp_path, record(**change))) != fingerprints(run(tmp_path, record()))


def test_findings_alike_are_numbered(tmp_path: Path) -> None:
    first, second = fingerprints(run(tmp_path, record(findings=(finding(), finding()))))
    assert first.endswith(":1")
    assert second == first[:-1] + "2"


def test_what_is_waived_is_suppressed(tmp_path: Path) -> None:
    waived = record(verdict=Verdict.WAIVED, waiver=WAIVER, unwaived=Verdict.FAILED, findings=(finding(),))
    first, second = results(run(tmp_path, waived, record("MH-2.1", line=9)))
    assert first["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "until the relay moves (waived by viktor until 2026-12-01)",
            "location": {
                "physicalLocation": {
                    "artifactLocation": {"uri": ".policy-waivers.yml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 4},
                }
            },
        }
    ]
    assert second["suppressions"] == []


def test_the_merge_base_tells_old_from_new(tmp_path: Path) -> None:
    records = (
        record(before=Verdict.FAILED),
        record("MH-2.1", line=9, before=Verdict.PASSED, findings=(finding(is_new=True),)),
        record("MH-3.1", line=11),
    )
    judged = results(run(tmp_path, *records, base="0" * 40, block="new"))
    assert [(result["baselineState"], result["level"]) for result in judged] == [
        ("unchanged", "warning"),
        ("new", "error"),
        ("new", "error"),
    ]
    assert all("baselineState" not in result for result in results(run(tmp_path, *records)))


def test_undetermined_without_a_finding_gives_its_reason(tmp_path: Path) -> None:
    nothing = record(verdict=Verdict.UNDETERMINED, findings=(), reason="nothing was checked")
    (result,) = results(run(tmp_path, nothing))
    assert result["message"]["text"] == "nothing was checked"


def test_hostile_text_is_text(tmp_path: Path) -> None:
    judged = run(tmp_path, hostile(), hostile(Verdict.WAIVED, "MH-6.7"))
    for result in results(judged):
        assert "](" not in result["message"]["text"]
        assert "\x1b" not in result["message"]["text"]
    sarif.render(judged).encode()  # no lone surrogate is left


def test_what_closes_the_gate_and_is_no_scenario_is_a_notification(tmp_path: Path) -> None:
    judged = run(tmp_path, record(verdict=Verdict.PASSED), status=0)
    judged.judgement.problems = (Problem(".policy-waivers.yml", 4, "owner is missing"), Problem("/elsewhere", 1, "x"))
    judged.judgement.base_error = "it did not finish"
    (invocation,) = log_of(judged)["invocations"]
    assert invocation["executionSuccessful"] is False
    first, second, third = invocation["toolConfigurationNotifications"]
    assert first["message"]["text"] == "owner is missing"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ".policy-waivers.yml"
    assert "locations" not in second
    assert third["message"]["text"] == "the base could not be judged: it did not finish"
