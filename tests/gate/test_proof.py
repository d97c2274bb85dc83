"""What is not proven leaves the gate as it is, unless proof is required."""

from __future__ import annotations

import pytest

from tests.gate.small_suite import Suite

OPEN, CLOSED, NOTHING = 0, 1, 5


@pytest.mark.parametrize(("steps", "without", "required"), [
    (["Then replicas is 1"], OPEN, OPEN),
    (["Then replicas is 1", "And promtool agrees"], OPEN, CLOSED),
    (["Then promtool agrees"], NOTHING, CLOSED),
    (["Then replicas is 2", "And promtool agrees"], CLOSED, CLOSED),
])  # fmt: skip
def test_proof_that_is_required_closes_the_gate(suite: Suite, steps: list[str], without: int, required: int) -> None:
    suite.scenario(*steps)
    assert suite.run().code == without
    outcome = suite.run("--require-proof", "--report-dir", "reports")
    assert outcome.code == required
    assert suite.last_report()["gate"] == ("open" if required == OPEN else "closed")


def test_it_says_what_is_not_proven_and_why(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", "And promtool agrees")
    lines = suite.run("--require-proof", "-q").lines
    assert lines[-3:] == [
        "not proven: MH-1.1",
        "  promtool is not installed (Debian package prometheus): `make prove` in the suite installs what is missing"
        " (on Debian, as root) and proves it",
        "gate: closed (proof is required)",
    ]


def test_verbose_says_what_is_not_proven_where_it_stands(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", "And promtool agrees")
    lines = suite.run("-v").lines
    assert "        found     not proven: promtool is not installed (Debian package prometheus)" in lines
    assert lines[-2:] == ["not proven: MH-1.1", "gate: open"]


def test_what_fails_besides_is_the_reason(suite: Suite) -> None:
    suite.scenario("Then replicas is 2", "And promtool agrees")
    assert suite.run("--require-proof").lines[-1] == "gate: closed"


def test_pytest_counts_it_as_failed(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", "And promtool agrees")
    suite.run("--require-proof", "--junitxml", "junit.xml")
    assert '<failure message="not proven: ' in (suite.path / "junit.xml").read_text()


def test_across_processes(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", "And promtool agrees")
    assert suite.run_apart("--require-proof", "-n", "2").code == CLOSED
