"""Annotations, read as the runner reads them, and the summary of the job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.reports import github, summary
from gate.reports.view import Run
from gate.verdict import Verdict
from gate.waivers import Problem
from tests.reports.runs import HOSTILE_FILE, WAIVER, every_verdict, finding, hostile, record, run


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def parse(line: str) -> Command | None:
    """What the runner makes of a line: ``TryParseV2`` in ActionCommand.cs of actions/runner, in its order."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    info, _, data = line[2:].partition("::")
    name, _, listed = info.partition(" ")
    pairs = [pair.split("=", 1) for pair in listed.strip().split(",") if pair]
    unescape = (("%0D", "\r"), ("%0A", "\n"))
    return Command(
        name,
        {
            pair[0]: _replace(pair[1], (*unescape, ("%3A", ":"), ("%2C", ","), ("%25", "%")))
            for pair in pairs
            if len(pair) == 2
        },
        _replace(data, (*unescape, ("%25", "%"))),
    )


def _replace(text: str, mapping: tuple[tuple[str, str], ...]) -> str:
    for token, meaning in mapping:
        text = text.replace(token, meaning)
    return text


def commands(run: Run) -> list[Command]:
    return [command for line in github.annotate(run) if (command := parse(line))]


def test_an_annotation_stands_at_its_line(tmp_path: Path) -> None:
    (command,) = commands(run(tmp_path, record(findings=(finding(note="50%, set: in main.tf", was="7"),))))
    assert command == Command(
        "error",
        {"file": "main.tf", "line": "3", "title": "MH-1.1 failed: MH-1.1 holds"},
        "replicas: expected 2, found 1\n50%, set: in main.tf\nwas 7",
    )


def test_levels(tmp_path: Path) -> None:
    found = {command.properties["title"].split(": ")[0]: command.name for command in commands(every_verdict(tmp_path))}
    assert found == {
        "MH-1.4 pending": "notice",
        "MH-1.5 waived": "notice",
        "MH-1.6 undetermined": "error",
        "MH-1.7 failed": "error",
        "MH-1.8 error": "error",
    }


def test_what_was_wrong_before_warns_where_only_new_failures_close(tmp_path: Path) -> None:
    records = record(before=Verdict.FAILED), record("MH-2.1", line=9)
    error, warning = commands(run(tmp_path, *records, block="new"))
    assert (error.name, warning.name) == ("error", "warning")
    assert warning.data.splitlines()[-1] == "failed at the base already"
    assert [command.name for command in commands(run(tmp_path, *records))] == ["error", "error"]


def test_stale_waivers_are_noticed(tmp_path: Path) -> None:
    (command,) = commands(run(tmp_path, record(verdict=Verdict.PASSED), status=0, stale=(WAIVER,)))
    assert command == Command(
        "notice",
        {"file": ".policy-waivers.yml", "line": "4", "title": "Stale waiver"},
        "Nothing needs this waiver of MH-3.1 any more.",
    )


def test_the_gravest_come_first_and_every_scenario_before_a_second_finding(tmp_path: Path) -> None:
    """GitHub shows ten of a kind."""
    failed = record("MH-1.1", findings=tuple(finding(f"f{n}") for n in range(12)))
    records = record("MH-2.1", Verdict.UNDETERMINED, line=1), failed, record("MH-3.1", Verdict.ERROR, reason="boom")
    titles = [command.properties["title"].split(":")[0] for command in commands(run(tmp_path, *records))]
    assert titles == ["MH-3.1 error", "MH-1.1 failed", "MH-2.1 undetermined", *["MH-1.1 failed"] * 11]


def test_paths_are_relative_to_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = run(tmp_path, record())
    assert commands(judged)[0].properties["file"] == "main.tf"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "infra"))
    assert commands(judged)[0].properties["file"] == "main.tf"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert commands(judged)[0].properties["file"] == "infra/main.tf"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "other"))
    assert "file" not in commands(judged)[0].properties


def test_a_checkout_behind_a_symbolic_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = run(tmp_path, record())
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "link"))
    assert commands(judged)[0].properties["file"] == "infra/main.tf"


@pytest.mark.parametrize("file", [None, "fixtures/zones/x.zone", "/etc/passwd"])
def test_a_finding_elsewhere_has_no_place(tmp_path: Path, file: str | None) -> None:
    (command,) = commands(run(tmp_path, record(findings=(finding(file=file),))))
    assert set(command.properties) == {"title"}


def test_a_reason_without_findings_is_said(tmp_path: Path) -> None:
    nothing = record(verdict=Verdict.UNDETERMINED, findings=(), reason="nothing was checked")
    assert [command.data for command in commands(run(tmp_path, nothing))] == ["nothing was checked"]


def test_hostile_text_makes_no_command(tmp_path: Path) -> None:
    lines = github.annotate(run(tmp_path, hostile(), hostile(Verdict.WAIVED, "MH-6.7")))
    assert len(lines) == 2
    assert not [line for line in lines if len(line.splitlines()) != 1]
    error, notice = map(parse, lines)
    assert (error.name, notice.name) == ("error", "notice")
    assert set(error.properties) == {"file", "line", "title"}
    assert error.properties["file"] == HOSTILE_FILE.replace("\u202e", "\\u202e")
    assert "\n::stop-commands::z" in error.data
    assert " %0A ]]>" in error.data


def test_the_fence_cannot_be_guessed() -> None:
    one, other = github.Fence(), github.Fence()
    assert parse(one.begin) == Command("stop-commands", {}, one.token)
    assert parse(one.end) == Command(one.token, {}, "")
    assert one.token != other.token
    assert len(one.token) == 32


def test_the_summary_is_added_to_the_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged, path = run(tmp_path, hostile()), tmp_path / "step"
    path.write_text("# Before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    github.add_to_step_summary(judged)
    assert path.read_text("utf-8") == "# Before\n"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    github.add_to_step_summary(judged)
    assert path.read_text("utf-8") == "# Before\n" + summary.render(judged)


def test_what_closes_the_gate_and_is_no_scenario_is_an_error(tmp_path: Path) -> None:
    judged = run(tmp_path, record(verdict=Verdict.PASSED), status=0)
    judged.judgement.problems = (Problem(".policy-waivers.yml", 4, "owner is missing"),)
    assert commands(judged) == [
        Command(
            "error", {"file": ".policy-waivers.yml", "line": "4", "title": "The gate is closed"}, "owner is missing"
        )
    ]
