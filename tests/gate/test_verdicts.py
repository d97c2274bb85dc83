"""Every verdict, what brings it about, and what it makes of the gate."""

from __future__ import annotations

import re

import pytest

from tests.gate.small_suite import Suite

OPEN, CLOSED, INTERRUPTED, SUITE_ERROR, USAGE, NOTHING = 0, 1, 2, 3, 4, 5


@pytest.mark.parametrize(
    ("steps", "verdict", "reason", "code"),
    [
        (["Then replicas is 1"], "passed", None, OPEN),
        (["Then replicas is 2"], "failed", "replicas: expected 2, found 1", CLOSED),
        (["Then replicas is 2", "And pods is 3"], "failed", "replicas: expected 2, found 1 (and 1 more)", CLOSED),
        (
            ["Given a missing deployment", "Then replicas is 1"],
            "failed",
            "Given a missing deployment: expected it exists, found missing: no deployment in stacks/mailserver",
            CLOSED,
        ),
        (
            ["Given an unknown value"],
            "undetermined",
            "Given an unknown value: unknown: data.vault_kv_secret_v2.secrets is read at plan time",
            CLOSED,
        ),
        (
            ["Given source in error"],
            "undetermined",
            "Given source in error: unreadable: Unclosed block: The block is never closed. (and 1 more)",
            CLOSED,
        ),
        (
            ["Given broken values"],
            "undetermined",
            "Given broken values: unreadable: Helm values of prometheus: not YAML",
            CLOSED,
        ),
        (["Given a stack"], "undetermined", "nothing was checked", CLOSED),
        (
            ["Then replicas is 1", "And promtool agrees"],
            "not proven",
            "the rule: not proven: promtool is not installed (Debian package prometheus)",
            OPEN,
        ),
        (
            ["Then promtool agrees"],
            "not proven",
            "the rule: not proven: promtool is not installed (Debian package prometheus)",
            NOTHING,
        ),
        # The gravest counts, whatever came first.
        (["Then promtool agrees", "And replicas is 2"], "failed", "replicas: expected 2, found 1", CLOSED),
        (["Then replicas is 2", "Given an unknown value"], "failed", "replicas: expected 2, found 1", CLOSED),
        (
            ["Then promtool agrees", "Given an unknown value"],
            "undetermined",
            "Given an unknown value: unknown: data.vault_kv_secret_v2.secrets is read at plan time",
            CLOSED,
        ),
    ],
)
def test_verdict(suite: Suite, steps: list[str], verdict: str, reason: str | None, code: int) -> None:
    suite.scenario(*steps)
    outcome = suite.run("--report-dir", "reports")
    assert outcome.verdicts == {"The one": verdict}
    assert outcome.code == code
    assert outcome.lines[-1].startswith("gate: open" if code == OPEN else "gate: closed")
    assert "Traceback" not in outcome.text
    assert [reason] == [scenario["reason"] for scenario in suite.scenarios()]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (["When the step crashes"], "ValueError: boom\nand more (conftest.py:"),
        (["When the step asserts"], "assert (1 + 1) == 3 (conftest.py:"),
        (["When pytest is told to skip", "Then replicas is 1"], "Skipped: told so (conftest.py:"),
        (["When pytest is told to xfail", "Then replicas is 1"], "told so (conftest.py:"),
        (["When pytest is told to fail", "Then replicas is 1"], "Failed: told so (conftest.py:"),
        (["Given a leaking fixture", "Then replicas is 1"], "RuntimeError: the port is still open (conftest.py:"),
        (["Given a crashing fixture", "Then replicas is 1"], "LookupError: the suite has a fault (conftest.py:"),
        (["Then a reader crashes", "And replicas is 1"], "KeyError: 'replicas' (conftest.py:"),
        (["Then it asks for what nobody gives", "And replicas is 1"], "LookupError: there is no fixture 'nonesuch'"),
    ],
)
@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_anything_else_is_an_error_of_the_suite(
    suite: Suite, steps: list[str], reason: str, processes: list[str]
) -> None:
    suite.scenario(*steps)
    suite.feature("Feature: Other\n  @MH-2.1\n  Scenario: Unharmed\n    Then replicas is 1\n", "other")
    outcome = suite.run("--report-dir", "reports", *processes)
    assert outcome.verdicts == {"The one": "error", "Unharmed": "passed"}
    assert outcome.code == SUITE_ERROR
    assert "gate: closed" in outcome.lines
    assert "Traceback" not in outcome.text
    assert "through" not in outcome.text
    (said,) = (scenario["reason"] for scenario in suite.scenarios() if scenario["verdict"] == "error")
    assert reason in said
    assert suite.run("-x").verdicts == {"The one": "error"}  # pytest too takes it for a failure


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_where_an_error_came_through_is_told_on_request(suite: Suite, processes: list[str]) -> None:
    suite.scenario("Then a reader crashes")
    outcome = suite.run("--tb=short", *processes)
    because = next(n for n, line in enumerate(outcome.lines) if line.startswith("        because   KeyError"))
    said = "\n".join(outcome.lines[because : because + 3])
    assert re.fullmatch(
        r"        because   KeyError: 'replicas' \(conftest.py:(\d+)\)\n"
        r"        through   conftest.py:\d+: in _\n"
        r"                  conftest.py:\1: in _read",
        said,
    ), said


def test_a_run_that_a_step_ends_is_not_open(suite: Suite) -> None:
    suite.scenario("When pytest is told to exit")
    outcome = suite.run()
    assert outcome.code == INTERRUPTED
    assert "gate: closed (the run did not finish)" in outcome.lines


def test_the_steps_not_reached_are_named(suite: Suite) -> None:
    suite.scenario("Given a stack", "Given a missing deployment", "Then replicas is 1", "And pods is 1")
    outcome = suite.run()
    assert "        note      not reached: Then replicas is 1; And pods is 1" in outcome.lines


def test_a_step_reports_all_that_it_finds(suite: Suite) -> None:
    suite.scenario(
        "Then these hold:",
        "  | what | is |",
        "  | a | lost    |",
        "  | b | unknown |",
        "  | c | 2       |",
        "  | d | 1       |",
        "And e is 2",
    )
    report = suite.report()
    (scenario,) = report["requirements"][0]["scenarios"]
    assert scenario["verdict"] == "failed"
    assert [(f["what"], f["actual"], f["ok"]) for f in scenario["findings"]] == [
        ("a", "missing: no a in stacks/mailserver", False),
        ("b", "unknown: var.x has no default", False),
        ("c", "1", False),
        ("d", "1", True),
        ("e", "1", False),
    ]


def test_a_then_that_checks_nothing_is_undetermined(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", "And nobody looks")
    report = suite.report()
    (scenario,) = report["requirements"][0]["scenarios"]
    assert scenario["verdict"] == "undetermined"
    assert scenario["reason"] == "And nobody looks: unknown: nothing was checked"


def test_nothing_selected_is_not_open(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    outcome = suite.run("-k", "another")
    assert outcome.code == NOTHING
    assert outcome.lines[-1] == "gate: closed (nothing was judged)"


def test_no_feature_at_all_is_not_open(suite: Suite) -> None:
    outcome = suite.run()
    assert outcome.code == NOTHING
    assert outcome.lines[-1] == "gate: closed (nothing was judged)"


LIVES = """
Feature: Relay
  @MH-7.2 @until(2026-04-12)
  Scenario: The old one
    Then relay is 2

  @MH-7.2 @since(2026-04-12)
  Scenario: The new one
    Then relay is 1
"""


@pytest.mark.parametrize(
    ("as_of", "old", "new", "code"),
    [
        ("2026-04-11", "failed", "not in force", CLOSED),
        ("2026-04-12", "not in force", "passed", OPEN),
        ("2030-01-01", "not in force", "passed", OPEN),
    ],
)
def test_what_is_not_in_force_is_shown_and_not_counted(suite: Suite, as_of: str, old: str, new: str, code: int) -> None:
    suite.feature(LIVES)
    outcome = suite.run("--as-of", as_of)
    assert outcome.verdicts == {"The old one": old, "The new one": new}
    assert outcome.code == code


def test_lifetimes_are_inherited(suite: Suite) -> None:
    suite.feature("""
@since(2026-01-01) @until(2026-12-31)
Feature: Mail
  @until(2026-03-01)
  Rule: Of spring
    @MH-1.1 @since(2026-02-01)
    Scenario: February
      Then replicas is 1
""")
    dates = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    verdicts = [suite.run("--as-of", date).verdicts["February"] for date in dates]
    assert verdicts == ["not in force", "passed", "passed", "not in force"]
    assert "(since 2026-02-01)" in suite.run("--as-of", dates[0]).text
    assert "(until 2026-03-01)" in suite.run("--as-of", dates[3]).text


def test_nothing_in_force_is_not_open(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", tags="@MH-1.1 @since(2026-03-08)")
    outcome = suite.run("--as-of", "2026-03-07")
    assert outcome.verdicts == {"The one": "not in force"}
    assert outcome.lines[-1] == "gate: closed (nothing was judged)"
    assert outcome.code == NOTHING


def test_a_scenario_not_in_force_does_not_run(suite: Suite) -> None:
    suite.scenario("When the step crashes", tags="@MH-1.1 @until(2026-03-08)")
    assert suite.run("--as-of", "2026-03-08").verdicts == {"The one": "not in force"}


def test_a_scenario_whose_process_dies_closes_the_gate(suite: Suite) -> None:
    suite.feature("Feature: Other\n  @MH-2.1\n  Scenario: Unharmed\n    Then replicas is 1\n", "other")
    suite.scenario("When the process dies")
    outcome = suite.run("-n", "2")
    assert outcome.verdicts == {"Unharmed": "passed"}
    assert "crashed while running 'features/mail.feature::The one'" in outcome.text
    assert "gate: closed (something besides the scenarios failed)" in outcome.lines
    assert outcome.code == CLOSED


def test_a_run_cut_short_is_not_open(suite: Suite) -> None:
    suite.feature(LIVES.replace("@until(2026-04-12)", ""))
    outcome = suite.run("-x", "--as-of", "2026-04-12")
    assert outcome.verdicts == {"The old one": "failed"}
    assert outcome.code == CLOSED
