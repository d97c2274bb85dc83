"""Reports that others make, of what pytest and pytest-bdd tell them, are red where the gate is closed."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.gate.small_suite import Suite

FEATURE = """
Feature: Mail
  @MH-1.1
  Scenario: passed
    Then replicas is 1

  @MH-1.2
  Scenario: failed
    Given a stack
    Then replicas is 2
    And pods is 1

  @MH-1.3
  Scenario: missing
    Given a missing deployment
    Then replicas is 1

  @MH-1.4
  Scenario: undetermined
    Then nobody looks

  @MH-1.5
  Scenario: nothing looked at
    Given a stack

  @MH-1.6
  Scenario: not proven
    Then replicas is 1
    And promtool agrees

  @MH-1.7
  Scenario: waived
    Given a missing deployment

  @MH-1.8 @since(2030-01-01)
  Scenario: not in force
    Then replicas is 2
"""
WAIVERS = """
- requirement: MH-1.7
  reason: known
  owner: us
  expires: 2026-05-01
"""
RED = {"failed", "missing", "undetermined", "nothing looked at"}
#: Looks where Allure does: at the call, before anything is made of it.
WATCHER = """
import json
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    if call.when == "call":
        with open("calls.jsonl", "a") as file:
            print(json.dumps([item.name, str(call.excinfo and call.excinfo.exconly())]), file=file)
    return (yield)
"""
AS_OF = ("--as-of", "2026-04-12", "--dns", "off")


@pytest.fixture
def mail(suite: Suite) -> Suite:
    suite.feature(FEATURE)
    suite.write("fixtures/infra/.policy-waivers.yml", WAIVERS)
    return suite


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_what_closes_the_gate_is_raised_in_the_call(mail: Suite, processes: list[str]) -> None:
    mail.write("watcher.py", WATCHER)
    outcome = mail.run("-p", "watcher", *AS_OF, *processes)
    calls = dict(map(json.loads, (mail.path / "calls.jsonl").read_text().splitlines()))
    assert {name for name, raised in calls.items() if raised != "None"} == RED
    assert calls["failed"].startswith(
        "Failed: failed: replicas: expected 2, found 1\nreplicas: failed\n  expected  2\n"
    )
    assert outcome.verdicts == {
        "passed": "passed", "failed": "failed", "missing": "failed", "undetermined": "undetermined",
        "nothing looked at": "undetermined", "not proven": "not proven", "waived": "waived",
        "not in force": "not in force",
    }  # fmt: skip


def test_what_proof_is_required_for_is_raised_too(mail: Suite) -> None:
    mail.write("watcher.py", WATCHER)
    mail.run("-p", "watcher", "--require-proof", *AS_OF)
    calls = dict(map(json.loads, (mail.path / "calls.jsonl").read_text().splitlines()))
    assert {name for name, raised in calls.items() if raised != "None"} == {*RED, "not proven"}


def test_cucumber_json_is_red_at_the_steps_that_are(mail: Suite) -> None:
    outcome = mail.run("--cucumberjson=cucumber.json", *AS_OF)
    (feature,) = json.loads((mail.path / "cucumber.json").read_text())
    steps = {e["name"]: [s["result"]["status"] for s in e["steps"]] for e in feature["elements"]}
    assert steps == {
        "passed": ["passed"], "failed": ["passed", "failed", "passed"], "missing": ["failed", "failed"],
        "undetermined": ["failed"], "nothing looked at": ["failed"], "not proven": ["passed", "passed"],
        "waived": ["skipped"],
    }  # fmt: skip
    assert "MH-1.2" in outcome.text


def test_cucumber_json_is_not_left_empty(mail: Suite) -> None:
    outcome = mail.run("--cucumberjson=cucumber.json", "-n", "2", *AS_OF)
    assert outcome.errors[0] == (
        "ERROR: --cucumberjson: pytest-bdd writes nothing there under -n; leave one of them out"
    )
    assert outcome.code == pytest.ExitCode.USAGE_ERROR


def test_junit_counts_what_closes_the_gate_once(mail: Suite) -> None:
    mail.run("--junitxml=junit.xml", *AS_OF)
    text = (mail.path / "junit.xml").read_text(encoding="utf-8")
    assert 'failures="4"' in text
    assert Counter(text.split()).get("<error") is None
