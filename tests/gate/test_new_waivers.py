"""Waivers that the change itself brings: told at the top of every report, and not counted where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.gate.git_repo import GitRepo
from tests.gate.small_suite import Suite

OPEN, CLOSED, USAGE = 0, 1, 4
AS_OF = ("--as-of", "2026-11-25", "--dns", "off", "--base=main")
NAME = ".policy-waivers.yml"
OLDER = "- {requirement: MH-1.1, reason: r, owner: o, expires: 2026-12-01}\n"
LATER = OLDER.replace("2026-12-01", "2026-12-02")
ONE = OLDER.replace("reason", "scenario: The one, reason")
OTHER = OLDER.replace("MH-1.1", "MH-1.2")
SAID = "new waiver: MH-1.1, until 2026-12-01, by o: r"


@pytest.fixture
def repo(suite: Suite) -> GitRepo:
    suite.feature("""Feature: Mail
  @MH-1.1
  Scenario: The one
    Then main.tf sets replicas to 1

  @MH-1.2
  Scenario: The other
    Then main.tf sets limit to 10
""")
    repo = GitRepo(suite.path / "fixtures" / "infra")
    repo.write("main.tf", "replicas = 1\nlimit = 10\n")
    return repo


def bring(repo: GitRepo, before: str | None, now: str | None, name: str = NAME) -> None:
    """A change that breaks MH-1.1, with a file of waivers at the base and one now."""
    if before is not None:
        repo.write(name, before)
    repo.commit()
    repo.write("main.tf", "replicas = 2\nlimit = 10\n")
    (repo.path / name).unlink(missing_ok=True)
    if now is not None:
        repo.write(name, now)


@pytest.mark.parametrize(
    ("before", "now", "new", "counts"),
    [
        (None, OLDER, ["MH-1.1"], False),
        ("", OLDER, ["MH-1.1"], False),
        (OTHER, OTHER + OLDER, ["MH-1.1"], False),
        (OLDER, OLDER, [], True),
        (OLDER, OTHER + OLDER, ["MH-1.2"], True),
        (LATER, OLDER, [], True),  # it ends earlier
        (OLDER, LATER, ["MH-1.1"], True),  # that of the base holds today, however long
        (OLDER, ONE, [], True),  # it waives less
        (ONE, OLDER, ["MH-1.1"], True),  # it waives more, but this scenario was waived
        (ONE.replace("The one", "The other"), OLDER, ["MH-1.1"], False),
        (OLDER.replace("2026-12-01", "2026-11-25"), LATER, ["MH-1.1"], False),  # it had expired
        (OLDER, None, [], False),  # after the merge there is none
        ("- what\n", OLDER, ["MH-1.1"], False),
    ],
)
def test_which_are_new_and_which_count(
    suite: Suite, repo: GitRepo, before: str | None, now: str | None, new: list[str], counts: bool
) -> None:
    bring(repo, before, now)
    outcome = suite.run(*AS_OF, "--report-dir=reports")
    assert outcome.code == (CLOSED if now is None else OPEN)
    report = suite.last_report()
    assert ([waiver["requirement"] for waiver in report["new_waivers"]], report["waivers_from"]) == (new, "change")
    assert len([line for line in outcome.lines if line.startswith("new waiver: ")]) == len(new)
    outcome = suite.run(*AS_OF, "--report-dir=reports", "--waivers-from=base")
    assert outcome.code == (OPEN if counts else CLOSED)
    report = suite.last_report()
    assert ([waiver["requirement"] for waiver in report["new_waivers"]], report["waivers_from"]) == (new, "base")


@pytest.mark.parametrize("more", [["-q"], ["-n", "2"], ["features/mail.feature::The one"]])
def test_however_it_is_run_it_is_said_at_the_top(suite: Suite, repo: GitRepo, more: list[str]) -> None:
    bring(repo, None, OLDER)
    lines = [line for line in suite.run(*AS_OF, *more).lines if line]
    at = lines.index(f"{SAID} ({NAME}:1)")
    assert lines[at - 1].startswith("judging ")
    outcome = suite.run(*AS_OF, "--waivers-from=base", *more)
    assert f"{SAID} (it does not count before it is in the base) ({NAME}:1)" in outcome.lines
    assert outcome.code == CLOSED


def test_every_report_says_so(suite: Suite, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repo.path))
    bring(repo, None, OLDER.replace("reason: r", 'reason: "<b>\\e[31m"'))
    outcome = suite.run(*AS_OF, "--report-dir=reports")
    folder = suite.path / "reports"
    said = "MH-1.1, until 2026-12-01, by o: <b>\\x1b[31m"
    assert f"::warning file={NAME},line=1,title=New waiver::{said}" in outcome.lines
    summary = (folder / "summary.md").read_text(encoding="utf-8").split("\n### ")
    assert summary[1] == f"New waivers\nThis change itself brings them.\n\n- `{said}` (`{NAME}:1`)\n"
    page = (folder / "spec.html").read_text(encoding="utf-8")
    assert said.replace("<b>", "&lt;b&gt;") in page[: page.index("<main")]
    (run,) = json.loads((folder / "results.sarif").read_text(encoding="utf-8"))["runs"]
    (notification,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert (notification["level"], notification["message"]["text"]) == ("warning", f"new waiver: {said}")
    assert run["invocations"][0]["executionSuccessful"]
    values = ElementTree.parse(folder / "junit.xml").findall("testsuite[@name='the gate']/properties/property")
    assert [(value.get("name"), value.get("value")) for value in values] == [("new waiver", said)]


FLOODS = {
    "unknown scenarios": "".join(OTHER.replace("reason", f"scenario: s{n}, reason") for n in range(1500)),
    "a long reason": OTHER.replace("reason: r", f"reason: {'r' * 100_000}"),
    "a long name": OTHER.replace("MH-1.2", "M" * 100_000),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_them_leaves_room_for_what_failed(suite: Suite, repo: GitRepo, flood: str) -> None:
    bring(repo, None, flood)
    suite.run(*AS_OF, "--report-dir=reports")
    summary = (suite.path / "reports" / "summary.md").read_text(encoding="utf-8")
    assert "replicas: failed" in summary


@pytest.mark.parametrize("where", ["waivers.yml", "infra/waivers.yml"])
def test_another_file_of_the_repository(suite: Suite, repo: GitRepo, where: str) -> None:
    """Beside the folder that is judged, too."""
    repo.write("infra/main.tf", "replicas = 1\nlimit = 10\n")
    bring(repo, OTHER, OTHER + OLDER, where)
    repo.write("infra/main.tf", "replicas = 2\nlimit = 10\n")
    arguments = (*AS_OF, f"--infra={repo.path / 'infra'}", f"--waivers={repo.path / where}", "--report-dir=reports")
    assert suite.run(*arguments).code == OPEN
    assert [waiver["requirement"] for waiver in suite.last_report()["new_waivers"]] == ["MH-1.1"]
    assert suite.run(*arguments, "--waivers-from=base").code == CLOSED


def test_a_file_of_whoever_runs_the_gate_counts(suite: Suite, repo: GitRepo, tmp_path: Path) -> None:
    bring(repo, None, None)
    (tmp_path / "own.yml").write_text(OLDER)
    outcome = suite.run(*AS_OF, f"--waivers={tmp_path / 'own.yml'}", "--waivers-from=base", "--report-dir=reports")
    assert outcome.code == OPEN
    assert suite.last_report()["new_waivers"] == []


def test_a_base_whose_file_leads_elsewhere_has_none(suite: Suite, repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(OLDER)
    (repo.path / NAME).symlink_to(tmp_path / "own.yml")
    bring(repo, None, OLDER)
    assert suite.run(*AS_OF, "--waivers-from=base").code == CLOSED


def test_whose_waivers_count_shows_only_against_a_base(suite: Suite, repo: GitRepo) -> None:
    bring(repo, None, OLDER)
    outcome = suite.run(*AS_OF[:-1], "--waivers-from=base")
    assert outcome.code == USAGE
    assert outcome.errors[0].startswith(
        "ERROR: --waivers-from base: which waivers stand there shows only with a --base"
    )
