"""junit.xml, against the schema of Jenkins' xUnit plugin."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from lxml import etree

from gate.reports import junit
from gate.verdict import Verdict
from gate.waivers import Problem
from tests.reports.runs import every_verdict, finding, hostile, record, run
from tests.reports.schemas import JUNIT


def test_every_verdict_is_valid(tmp_path: Path) -> None:
    JUNIT.assertValid(etree.fromstring(junit.render(every_verdict(tmp_path)).encode()))


def test_a_run_that_judged_nothing_is_valid(tmp_path: Path) -> None:
    JUNIT.assertValid(etree.fromstring(junit.render(run(tmp_path)).encode()))


def test_what_closes_the_gate_is_a_failure_and_the_rest_is_not(tmp_path: Path) -> None:
    (suite,) = ElementTree.fromstring(junit.render(every_verdict(tmp_path)))
    tags = {
        case.find("properties/property[@name='verdict']").get("value"): [
            child.tag for child in case if child.tag not in ("properties", "system-out")
        ]
        for case in suite
    }
    assert tags == {
        "not in force": ["skipped"],
        "passed": [],
        "not proven": ["skipped"],
        "pending": ["skipped"],
        "waived": ["skipped"],
        "undetermined": ["failure"],
        "failed": ["failure"],
        "error": ["error"],
    }
    assert datetime.fromisoformat(suite.attrib.pop("timestamp")) <= datetime.now(UTC)
    assert suite.attrib == {
        "time": "0.000",
        "name": "Mail is safe",
        "file": "features/mail.feature",
        "tests": "8",
        "failures": "2",
        "errors": "1",
        "skipped": "4",
    }


def test_ids_findings_and_reasons_stand_in_their_elements(tmp_path: Path) -> None:
    failed = record(
        requirements=("MH-1.1", "MH-1.10"), findings=(finding(note="set in main.tf"),), before=Verdict.PASSED
    )
    ((case,),) = ElementTree.fromstring(junit.render(run(tmp_path, failed)))
    assert case.attrib == {"classname": "features.mail", "name": "MH-1.1 MH-1.10 MH-1.1 holds", "time": "0.000"}
    assert [tuple(p.attrib.values()) for p in case.find("properties")] == [
        ("requirement", "MH-1.1"),
        ("requirement", "MH-1.10"),
        ("verdict", "failed"),
        ("before", "passed"),
    ]
    failure = case.find("failure")
    assert failure.attrib == {"type": "failed", "message": "failed: replicas: expected 2, found 1; passed at the base"}
    assert failure.text.splitlines() == [
        "replicas: failed",
        "  expected  2",
        "  found     1",
        "  at        main.tf:3",
        '            3 | replicas = "1"',
        "  note      set in main.tf",
    ]


def test_evidence_of_what_passed_is_there(tmp_path: Path) -> None:
    passed = record(verdict=Verdict.PASSED)
    ((case,),) = ElementTree.fromstring(junit.render(run(tmp_path, passed, status=0)))
    assert case.find("system-out").text.startswith("replicas: ok\n  expected  2")


def test_a_waiver_says_who_why_and_until_when(tmp_path: Path) -> None:
    root = ElementTree.fromstring(junit.render(every_verdict(tmp_path)))
    message = root.find(".//testcase[@name='MH-1.5 MH-1.5 holds']/skipped").get("message")
    assert message.endswith("failed, waived until 2026-12-01 by viktor: until the relay moves")


def test_features_are_suites_and_the_root_counts_them(tmp_path: Path) -> None:
    other = record("MH-10.1", feature="features/10_relay.feature", feature_title="The relay stays")
    root = ElementTree.fromstring(junit.render(run(tmp_path, other, record(feature="features/9_mail.feature"))))
    assert [suite.get("name") for suite in root] == ["Mail is safe", "The relay stays"]
    assert float(root.attrib.pop("time")) >= 0
    assert root.attrib == {"name": "gate", "tests": "2", "failures": "2", "errors": "0"}


def test_old_failures_are_skipped_where_only_new_ones_close(tmp_path: Path) -> None:
    old = record(before=Verdict.FAILED)
    ((case,),) = ElementTree.fromstring(junit.render(run(tmp_path, old, block="new")))
    assert case.find("failure") is None
    assert case.find("skipped").get("type") == "failed"
    ((case,),) = ElementTree.fromstring(junit.render(run(tmp_path, old, block="all")))
    assert case.find("failure") is not None


def test_missing_proof_is_a_failure_where_it_is_required(tmp_path: Path) -> None:
    ((case,),) = ElementTree.fromstring(
        junit.render(run(tmp_path, record(verdict=Verdict.NOT_PROVEN), require_proof=True))
    )
    assert case.find("failure") is not None


def test_hostile_text_is_text(tmp_path: Path) -> None:
    text = junit.render(run(tmp_path, hostile()))
    document = etree.fromstring(text.encode())
    JUNIT.assertValid(document)
    assert {element.tag for element in document.iter()} == {
        "testsuites",
        "testsuite",
        "testcase",
        "properties",
        "property",
        "failure",
    }
    assert "\\udcff" in document.find(".//failure").text
    assert "\\x00" in document.find(".//testcase").get("name")


def test_what_closes_the_gate_and_is_no_scenario_is_an_error(tmp_path: Path) -> None:
    judged = run(tmp_path, record(verdict=Verdict.PASSED), status=0)
    judged.judgement.problems = (Problem(".policy-waivers.yml", 4, "owner is missing"),)
    text = junit.render(judged)
    JUNIT.assertValid(etree.fromstring(text.encode()))
    root = ElementTree.fromstring(text)
    assert root.get("errors") == "1"
    assert root.find("testsuite[@name='the gate']//error").get("message") == ".policy-waivers.yml:4: owner is missing"
    (error,) = ElementTree.fromstring(junit.render(run(tmp_path, status=5))).iter("error")
    assert error.get("message") == "nothing was judged"
