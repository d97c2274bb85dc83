"""report.json, version 1, and what JUnit is told."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from gate.version import version
from tests.gate.small_suite import Suite

FEATURE = """
Feature: Mail
  @MH-1.1
  Scenario: Good
    Then replicas is 1

  @MH-1.1 @MH-1.10
  Scenario: Bad
    Then replicas is 2
    And promtool agrees

  @MH-1.1 @MH-1.9 @since(2026-03-08)
  Scenario: Later
    Then replicas is 1
"""
OK = {
    "what": "replicas",
    "expected": "1",
    "actual": "1",
    "ok": True,
    "verdict": "passed",
    "file": "main.tf",
    "line": 3,
    "note": "set in main.tf",
    "was": None,
    "account": None,
    "cause": None,
    "says": None,
    "new": False,
}
# Nothing was compared, and nothing waived.
PLAIN = {"before": None, "old": False, "waiver": None, "expired_waiver": None, "gone": [], "seconds": 0.0}
GOOD = {
    "name": "Good",
    "feature": "features/mail.feature",
    "line": 4,
    "verdict": "passed",
    "reason": None,
    **PLAIN,
    "findings": [OK],
}
BAD = {
    "name": "Bad",
    "feature": "features/mail.feature",
    "line": 8,
    "verdict": "failed",
    "reason": "replicas: expected 2, found 1",
    **PLAIN,
    "findings": [
        OK | {"expected": "2", "ok": False, "verdict": "failed"},
        {
            "what": "the rule",
            "expected": "it fires",
            "ok": False,
            "verdict": "not proven",
            "file": None,
            "line": None,
            "note": None,
            "was": None,
            "account": None,
            "new": False,
            "cause": "promtool is not installed (Debian package prometheus)",
            "says": None,
            "actual": "not proven: promtool is not installed (Debian package prometheus)",
        },
    ],
}
LATER = {
    "name": "Later",
    "feature": "features/mail.feature",
    "line": 13,
    "verdict": "not in force",
    "reason": "since 2026-03-08",
    **PLAIN,
    "findings": [],
}
BESIDES = {
    "block": "all",
    "base": None,
    "base_error": None,
    "problems": [],
    "new_waivers": [],
    "altered": [],
    "waivers_from": "change",
    "design": [],
    "stale_waivers": [],
}
ABOUT = {"suite": version(), "repo": None, "commit": None, "state": "in no git repository with a commit", "time": None}
REPORT = {
    "version": 1,
    **ABOUT,
    "in_force": {"failed": 2},
    "infra": "fixtures/infra",
    "as_of": "2026-02-23",
    "dns": "off",
    "gate": "closed",
    "reason": None,
    **BESIDES,
    "requirements": [
        {"id": "MH-1.1", "verdict": "failed", "since": None, "scenarios": [GOOD, BAD, LATER]},
        {"id": "MH-1.9", "verdict": "not in force", "since": None, "scenarios": [LATER]},
        {"id": "MH-1.10", "verdict": "failed", "since": None, "scenarios": [BAD]},
    ],
}
AS_OF = ("--as-of", "2026-02-23", "--dns", "off")


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_report(suite: Suite, processes: list[str]) -> None:
    suite.feature(FEATURE)
    report = suite.report(*AS_OF, *processes)
    took = report["time"]["seconds"]
    assert datetime.fromisoformat(report["time"]["began"]) <= datetime.now(UTC)
    assert set(report["time"]["spent"]) == {"features/mail.feature", "starting and reporting"}
    assert timeless(report) == REPORT
    assert all(0 <= scenario["seconds"] <= took for scenario in suite.scenarios())


def timeless(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what is another each time."""
    for requirement in (plain := copy.deepcopy(report) | {"time": None})["requirements"]:
        for scenario in requirement["scenarios"]:
            scenario["seconds"] = 0.0
    return plain


def test_open(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    report = suite.report()
    assert report["gate"] == "open"
    assert [requirement["verdict"] for requirement in report["requirements"]] == ["passed"]


def test_a_folder_is_made(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    suite.run("--report-dir=a/b")
    assert json.loads((suite.path / "a" / "b" / "report.json").read_text(encoding="utf-8"))["gate"] == "open"


def test_the_report_of_an_earlier_run_does_not_stay(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    assert suite.report()["gate"] == "open"
    suite.feature("Feature: Not any more\n")
    assert timeless(suite.report()) | {"as_of": None} == {
        "version": 1,
        **ABOUT,
        "in_force": {},
        "infra": "fixtures/infra",
        "as_of": None,
        "dns": "system",
        "gate": "closed",
        "reason": "not every feature could be read",
        **BESIDES,
        "requirements": [],
    }


def test_a_run_that_dies_leaves_no_report_of_an_earlier_one(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    assert suite.report()["gate"] == "open"
    suite.scenario("When the process dies")
    assert suite.run_apart("--report-dir", "reports").code == 70
    assert list((suite.path / "reports").iterdir()) == []


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_what_cannot_be_encoded_is_reported_all_the_same(suite: Suite, processes: list[str]) -> None:
    suite.scenario("Then an odd value turns up")
    (scenario,) = suite.report(*processes)["requirements"][0]["scenarios"]
    assert scenario["findings"][0]["actual"] == "\udcff \x1b naïve"


@pytest.mark.parametrize("told", ["logged", "warned of", "raised"])
@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_what_cannot_be_encoded_may_be_said_by_anybody(suite: Suite, told: str, processes: list[str]) -> None:
    suite.feature("Feature: Other\n  @MH-2.1\n  Scenario: Unharmed\n    Then replicas is 1\n", "other")
    suite.scenario(f"When what is odd is {told}", "Then replicas is 2")
    outcome = suite.run_apart("--junitxml=junit.xml", *processes)
    assert outcome.verdicts == {"Unharmed": "passed", "The one": "error" if told == "raised" else "failed"}
    assert "INTERNALERROR" not in outcome.text


def test_junit(suite: Suite) -> None:
    suite.feature(FEATURE)
    suite.run("--junitxml=junit.xml", *AS_OF)
    good, bad, later = ElementTree.parse(suite.path / "junit.xml").iter("testcase")
    assert good.attrib["classname"] == "features.mail.feature"
    assert [(p.attrib["name"], p.attrib["value"].split("\n")) for p in bad.iter("property")] == [
        ("requirement", ["MH-1.1"]),
        ("requirement", ["MH-1.10"]),
        ("verdict", ["failed"]),
        (
            "finding",
            [
                "replicas: failed",
                "  expected  2",
                "  found     1",
                "  at        main.tf:3",
                "  note      set in main.tf",
            ],
        ),
        (
            "finding",
            [
                "the rule: not proven",
                "  expected  it fires",
                "  found     not proven: promtool is not installed (Debian package prometheus)",
            ],
        ),
    ]
    assert [element.tag for element in good] == ["properties"]
    (failure,) = bad.iter("failure")
    assert failure.text.startswith("failed: replicas: expected 2, found 1\nreplicas: failed\n")
    (skipped,) = later.iter("skipped")
    assert skipped.attrib["message"] == "not in force: since 2026-03-08"
