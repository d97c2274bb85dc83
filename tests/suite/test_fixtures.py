"""The two bundled infra repos: the design done, and the state before it.

The lists are the design's own: what it changes is red before it, what it keeps is green.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.test_report import timeless
from tests.suite.gate_run import GateRun, run_gate

CHANGED = {
    "MH-1.1",
    "MH-1.2",
    "MH-1.3",
    "MH-1.7",
    "MH-2.1",
    "MH-2.2",
    "MH-3.1",
    "MH-3.2",
    "MH-3.3",
    "MH-4.1",
    "MH-4.2",
    "MH-4.4",
    "MH-5.1",
    "MH-5.2",
    "MH-5.3",
    "MH-6.1",
    "MH-6.2",
}
KEPT = {
    "MH-1.4",
    "MH-1.5",
    "MH-1.6",
    "MH-2.3",
    "MH-3.4",
    "MH-3.5",
    "MH-3.6",
    "MH-6.3",
    "MH-7.1",
    "MH-7.2",
    "MH-7.3",
    "MH-7.4",
    "MH-7.5",
    "MH-7.6",
}
LATER = {"MH-4.3", "MH-8.1", "MH-8.2", "MH-8.3"}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> GateRun:
    return run_gate(tmp_path_factory.mktemp("before"), "--infra", "fixtures/infra_before", "--as-of", "2026-02-23")


def test_the_design_done_is_open(tmp_path: Path) -> None:
    done = run_gate(tmp_path)
    assert done.code == 0, done.output
    assert done.verdicts().keys() == CHANGED | KEPT | LATER
    assert set(done.verdicts().values()) <= {"passed", "not proven", "not in force"}
    assert done.with_verdict("not in force") == {"MH-8.2"}


def test_an_open_gate_fits_a_screen(tmp_path: Path) -> None:
    assert len(run_gate(tmp_path).output.splitlines()) <= 60


def test_before_the_design_exactly_what_it_changes_is_red(before: GateRun) -> None:
    assert before.code == 1
    assert before.with_verdict("failed") == CHANGED
    assert before.with_verdict("passed") == KEPT
    assert before.with_verdict("not in force") == LATER


@pytest.mark.parametrize(
    ("requirement", "file", "text"),
    [
        ("MH-1.2", "main.tf", "ENABLE_OPENDKIM"),
        ("MH-2.1", "cloudflare.tf", "p=none"),
        ("MH-2.1", "terraform.tfvars", "p=none"),
        ("MH-5.1", "roundcubemail.tf", ":latest"),
        ("MH-6.1", "terraform.tfvars", "sendgrid.net"),
    ],
)
def test_a_finding_names_the_line_that_decides(before: GateRun, requirement: str, file: str, text: str) -> None:
    infra = Path(__file__).parents[2] / "fixtures" / "infra_before"
    places = [(f["file"], f["line"]) for f in before.findings(requirement) if not f["ok"] and f["file"]]
    lines = {(place, line): (infra / place).read_text().splitlines()[line - 1] for place, line in places}
    assert any(place.endswith(file) and text in shown for (place, _), shown in lines.items()), lines


def test_workers_judge_the_same(tmp_path: Path) -> None:
    alone, shared = run_gate(tmp_path / "one"), run_gate(tmp_path / "two", "-n", "2")
    assert alone.report is not None
    assert shared.report is not None
    assert timeless(shared.report) == timeless(alone.report)
    assert shared.code == alone.code
