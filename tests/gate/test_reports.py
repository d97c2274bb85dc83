"""The reports as a run writes them: all of them or an error of the suite, whatever becomes of one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gate import reports
from tests.gate.small_suite import Suite

FILES = {"report.json", "junit.xml", "results.sarif", "summary.md", "spec.html"}
FEATURE = """
Feature: Mail
  It is <b>read</b>.

  Background:
    Given a stack

  Rule: All of it
    Background:
      Given a stack

    @MH-1.1
    Scenario Outline: Each
      Then these hold:
        | what   | is         |
        | <name> | <expected> |
        | b      | 2          |
      And <name> is <expected>

      Examples:
        | name | expected |
        | x    | 1        |
        | y    | 2        |

    @MH-1.2 @since(2100-01-01)
    Scenario: Later
      Then replicas is 1
"""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, suite: Suite) -> Path:
    """On GitHub: the folder of the checkout."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(suite.path))
    return suite.path


def written(suite: Suite) -> set[str]:
    return {path.name for path in (suite.path / "reports").iterdir()}


def test_all_are_written(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    assert suite.run("--report-dir=reports").code == 0
    assert written(suite) == FILES


def test_steps_are_told_as_they_run(suite: Suite) -> None:
    suite.feature(FEATURE)
    suite.run("--report-dir=reports")
    (rule, later) = json.loads((suite.path / "reports/results.sarif").read_text())["runs"][0]["tool"]["driver"]["rules"]
    assert rule["help"]["text"].split("\n\n")[-1].splitlines() == [
        "Given a stack",
        "Given a stack",
        "Then these hold:",
        "  | what | is |",
        "  | x    | 1  |",
        "  | b    | 2  |",
        "And x is 1",
    ]
    assert later["help"]["text"].endswith("Scenario: Later\n\nGiven a stack\nGiven a stack\nThen replicas is 1")
    page = (suite.path / "reports/spec.html").read_text(encoding="utf-8")
    assert page.count('<li class="background"><b>Given</b> a stack') == 6
    assert "<b>And</b> y is 2" in page
    assert "It is &lt;b&gt;read&lt;/b&gt;." in page


def test_two_processes_write_the_same(suite: Suite) -> None:
    suite.feature(FEATURE)
    suite.run("--report-dir=alone")
    suite.run("--report-dir=both", "-n", "2")
    for name in FILES:
        assert timeless(suite.path / "both" / name) == timeless(suite.path / "alone" / name)


def test_the_same_input_gives_the_same_bytes(suite: Suite) -> None:
    suite.feature(FEATURE)
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest", f"--report-dir={seed}"]
        subprocess.run(
            command,
            cwd=suite.path,
            env=os.environ | {"PYTHONHASHSEED": seed},
            timeout=60,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    for name in FILES:
        assert timeless(suite.path / "1" / name) == timeless(suite.path / "2" / name)


def timeless(file: Path) -> str:
    """A report without what is another each time: when the run began, and how long it and its parts took."""
    text = re.sub(r'"time": \{.*?\},\n  "in_force"', '"in_force"', file.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"(?: · )?[0-9.]+ s</(dd|p)>", r"</\1>", text)
    return re.sub(r'(time(?:stamp)?=|"seconds": )[^ ,/>\n]+', r"\1", text)


def test_a_report_that_cannot_be_written_takes_no_other_with_it(suite: Suite) -> None:
    suite.scenario("When a folder stands at reports/junit.xml", "Then replicas is 2")
    outcome = suite.run("--report-dir=reports")
    assert outcome.code == 3
    assert outcome.lines[-2] == "gate: closed"
    assert outcome.lines[-1].startswith("error of the suite: junit.xml was not written: IsADirectoryError: ")
    assert outcome.verdicts == {"The one": "failed"}
    assert written(suite) == FILES
    assert (suite.path / "reports/junit.xml").is_dir()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_writer_that_fails_takes_no_other_with_it(suite: Suite, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(reports.FORMATS, name, lambda run: 1 / 0)
    suite.scenario("Then replicas is 1")
    outcome = suite.run("--report-dir=reports", "-q")
    assert outcome.code == 3
    assert outcome.lines[-2:] == [
        "gate: open",
        f"error of the suite: {name} was not written: ZeroDivisionError: division by zero",
    ]
    assert written(suite) == FILES - {name}


def test_reports_of_an_earlier_run_do_not_stay(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    suite.run("--report-dir=reports")
    (suite.path / "reports/mine.txt").write_text("stays")
    suite.scenario("When the process dies")
    assert suite.run_apart("--report-dir=reports").code == 70
    assert written(suite) == {"mine.txt"}


def test_a_folder_that_cannot_be_written_to_is_said_before_anything_is_judged(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    suite.write("reports/spec.html/x", "")
    outcome = suite.run("--report-dir=reports")
    assert outcome.code == 4
    assert any("--report-dir" in line for line in outcome.errors)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x/) [y](", "x/", "https://x/\n", "https://x/#a", "https://a b/"]
)
def test_a_link_is_a_web_address(suite: Suite, url: str) -> None:
    suite.scenario("Then replicas is 1")
    outcome = suite.run(f"--link={url}")
    assert outcome.code == 4
    assert any("--link" in line for line in outcome.errors)


@pytest.mark.parametrize("url", ["https://git.example/o/r/src/commit/abc", "http://[::1]:3000/o/r/-/blob/abc/"])
def test_lines_are_links(suite: Suite, url: str) -> None:
    suite.scenario("Then replicas is 2")
    suite.run("--report-dir=reports", f"--link={url}")
    assert f"({url.rstrip('/')}/main.tf#L3)" in (suite.path / "reports/summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("more", [[], ["-ra"], ["-v", "-n", "2"]])
def test_on_github_nothing_that_is_judged_gives_a_command(suite: Suite, github: Path, more: list[str]) -> None:
    suite.scenario("Then an order turns up", "And replicas is 2")
    lines = suite.run(*more).lines
    first, begin = (n for n, line in enumerate(lines) if line.startswith("::stop-commands::"))
    assert (first, lines[begin - 3]) == (0, f"::{lines[0].removeprefix('::stop-commands::')}::")
    assert lines[begin - 2 : begin] == [
        "::error title=MH-1.1 failed%3A The one::order: expected none, found 1%0A::warning::do as I say",
        "::error file=fixtures/infra/main.tf,line=3,title=MH-1.1 failed%3A The one::replicas: expected 2, found 1"
        "%0Aset in main.tf",
    ]
    assert any(line.lstrip().startswith("::warning") for line in lines[begin:])
    assert not [line for line in lines[:begin] if "::warning" in line and not line.startswith("::error")]
    assert lines[-1] == f"::{lines[begin].removeprefix('::stop-commands::')}::"


def test_elsewhere_no_command_is_given(suite: Suite) -> None:
    suite.scenario("Then replicas is 2")
    assert not [line for line in suite.run().lines if line.startswith("::")]


def test_no_report_holds_what_steers_its_reader(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control, format and bidirectional characters, and line breaks that only some readers know, are spelt out."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    suite.scenario("Then what steers a reader turns up")
    outcome = suite.run("--report-dir=reports", "--junitxml=reports/pytest.xml", "-v")
    assert outcome.code == 1
    texts = {name: (suite.path / "reports" / name).read_text(encoding="utf-8") for name in (*FILES, "pytest.xml")}
    for name, text in (texts | {"terminal": "\n".join(outcome.lines)}).items():
        assert {c for c in text if not c.isprintable()} <= {"\n"}, name
    (scenario,) = suite.scenarios()
    assert scenario["findings"][0]["actual"].startswith("a\x7f\x85\xad\u200b\u200e\u2028\u2029\u202e")
    assert scenario["findings"][0]["actual"].endswith("\U000e0001\nb")


def test_the_jobs_summary_without_a_folder_of_reports(
    suite: Suite, github: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(github / "step.md"))
    suite.scenario("Then replicas is 1")
    suite.run()
    assert (github / "step.md").read_text(encoding="utf-8").startswith("## Gate: open\n")


def test_a_jobs_summary_that_cannot_be_written_is_an_error(
    suite: Suite, github: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(github))
    suite.scenario("Then replicas is 1")
    outcome = suite.run()
    assert outcome.code == 3
    assert any("GitHub's step summary was not written" in line for line in outcome.lines)
