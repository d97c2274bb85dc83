"""--base: what was so before, what is new, and which of it closes the gate."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.gate.git_repo import GitRepo
from tests.gate.small_suite import Suite

OPEN, CLOSED, SUITE_ERROR, USAGE, NOTHING = 0, 1, 3, 4, 5
AS_OF = ("--as-of", "2026-11-25", "--dns", "off")
FEATURE = """
Feature: Mail
  @MH-1.1
  Scenario: Replicas
    Then main.tf sets replicas to 1

  @MH-1.2
  Scenario: Limits
    Then main.tf sets limit to 10
    And main.tf sets unit to 60
"""
GOOD = "replicas = 1\nlimit = 10\nunit = 60\n"


@pytest.fixture
def mail(suite: Suite, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Suite:
    suite.feature(FEATURE)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
    return suite


def history(suite: Suite, *states: str) -> GitRepo:
    """The infra repo in its states, all but the last of them committed."""
    repo = GitRepo(suite.path / "fixtures" / "infra")
    for state in states[:-1]:
        repo.write("main.tf", state)
        repo.commit()
    repo.write("main.tf", states[-1])
    return repo


def test_without_a_difference_nothing_is_said_of_it(mail: Suite) -> None:
    base = history(mail, GOOD, GOOD).git("rev-parse", "HEAD")
    outcome = mail.run(*AS_OF, "--base=main", "--report-dir=reports")
    assert outcome.text.splitlines()[0] == (
        f"judging fixtures/infra (at {base[:12]}, clean) as of 2026-11-25, DNS from off, against main ({base[:12]})"
    )
    assert "was" not in outcome.text
    assert outcome.code == OPEN
    assert mail.last_report()["base"] == base
    assert [(s["before"], s["old"]) for s in mail.scenarios()] == [("passed", False)] * 2


def test_what_a_promise_that_is_kept_showed_before(mail: Suite) -> None:
    """As the requirements under "Not changing" want it."""
    history(mail, GOOD.replace("replicas = 1", "replicas = 2"), GOOD)
    outcome = mail.run(*AS_OF, "--base=main", "--report-dir=reports")
    at = outcome.lines.index("  passed        MH-1.1  Replicas")
    assert outcome.lines[at + 1 : at + 7] == [
        "      replicas: ok",
        "        expected  1",
        "        found     1",
        "        was       2",
        "        at        main.tf:1",
        "                  1 | replicas = 1",
    ]
    assert outcome.lines[at + 7] == "  passed        MH-1.2  Limits"
    replicas, limits = mail.scenarios()
    assert (replicas["before"], replicas["findings"][0]["was"]) == ("failed", "2")
    assert [finding["was"] for finding in limits["findings"]] == [None, None]


@pytest.mark.parametrize(
    ("before", "now", "age"),
    [
        ("replicas = 1", "replicas = 2", "new"),
        ("replicas = 2", "replicas = 2", "old"),
        ("replicas = 2", "\n\nreplicas = 2", "old"),
        ("replicas = 3", "replicas = 2", "new"),  # one fault in place of another
        ("replicas = ?", "replicas = 2", "new"),  # whether it was broken is not known
    ],
)
def test_new_and_old(mail: Suite, before: str, now: str, age: str) -> None:
    history(mail, GOOD.replace("replicas = 1", before), GOOD.replace("replicas = 1", now))
    outcome = mail.run(*AS_OF, "--base=main", "--block=new", "--report-dir=reports")
    assert f"  failed        MH-1.1  Replicas ({age})" in outcome.lines
    assert f"failed, {age}: MH-1.1" in outcome.lines
    assert outcome.code == (CLOSED if age == "new" else OPEN)
    assert outcome.lines[-1] == ("gate: closed" if age == "new" else "gate: open, despite 1 old failure (--block new)")
    assert mail.scenarios()[0]["old"] is (age == "old")


def test_old_ones_close_the_gate_too_unless_asked_otherwise(mail: Suite) -> None:
    bad = GOOD.replace("replicas = 1", "replicas = 2")
    history(mail, bad, bad)
    outcome = mail.run(*AS_OF, "--base=main")
    assert "failed, old: MH-1.1" in outcome.lines
    assert outcome.code == CLOSED


def test_old_ones_stay_in_sight_beside_new_ones(mail: Suite) -> None:
    old = GOOD.replace("replicas = 1", "replicas = 2")
    history(mail, old, old.replace("limit = 10", "limit = 11"))
    outcome = mail.run(*AS_OF, "--base=main", "--block=new")
    assert outcome.lines[-4:] == [
        "2 requirements in force: 2 failed (2 scenarios)",
        "failed, new: MH-1.2", "failed, old: MH-1.1", "gate: closed",
    ]  # fmt: skip


@pytest.mark.parametrize("arguments", [["-n", "2"], ["features/mail.feature::Replicas", "-q"]])
def test_however_it_is_run(mail: Suite, arguments: list[str]) -> None:
    bad = GOOD.replace("replicas = 1", "replicas = 2")
    history(mail, bad, bad)
    outcome = mail.run(*AS_OF, "--base=main", "--block=new", *arguments)
    assert "        found     2" in outcome.lines
    assert "failed, old: MH-1.1" in outcome.lines
    assert outcome.code == OPEN


def test_the_selection_is_the_bases_too(mail: Suite) -> None:
    """What is not asked for may well crash there."""
    history(mail, GOOD.replace("limit = 10", "limit = !"), GOOD)
    assert mail.run(*AS_OF, "--base=main", "-k", "Replicas").code == OPEN
    assert mail.run(*AS_OF, "--base=main", "features/mail.feature::Replicas").code == OPEN
    assert mail.run(*AS_OF, "--base=main", "--deselect=features/mail.feature::Limits").code == OPEN
    assert mail.run(*AS_OF, "--base=main").code == SUITE_ERROR


def test_a_base_that_could_not_be_judged_excuses_nothing(mail: Suite) -> None:
    history(mail, GOOD.replace("limit = 10", "limit = !"), GOOD.replace("replicas = 1", "replicas = 2"))
    outcome = mail.run(*AS_OF, "--base=main", "--block=new", "--report-dir=reports")
    assert "  failed        MH-1.1  Replicas (new)" in outcome.lines
    assert outcome.lines[-3] == "the run at the base ended with exit status 3"
    assert outcome.lines[-2].startswith("Limits: KeyError: 'replicas' (conftest.py:")
    assert outcome.lines[-1] == "gate: closed (the base could not be judged)"
    assert outcome.code == SUITE_ERROR
    report = mail.last_report()
    assert report["gate"] == "closed"
    assert report["base_error"].startswith("the run at the base ended with exit status 3\n")
    assert [scenario["before"] for scenario in mail.scenarios()] == [None, None]


def test_a_base_run_that_dies(mail: Suite) -> None:
    history(mail, GOOD, GOOD)
    (mail.path / "conftest.py").write_text(
        (mail.path / "conftest.py").read_text()
        + """

def pytest_configure(config):
    if "design-policy-base-" in config.getoption("infra", "") :
        os._exit(7)
"""
    )
    outcome = mail.run(*AS_OF, "--infra=fixtures/infra", "--base=main")
    assert "the run at the base ended with exit status 7" in outcome.lines
    assert outcome.code == SUITE_ERROR


def test_what_closes_whatever_is_new(mail: Suite) -> None:
    """Errors of the suite, waivers that are not in order, a run cut short, what is no scenario."""
    repo = history(mail, GOOD.replace("replicas = 1", "replicas = 2"), GOOD.replace("replicas = 1", "replicas = 2"))
    run = (*AS_OF, "--base=main", "--block=new")
    assert mail.run(*run).code == OPEN
    assert "gate: closed (the run was cut short)" in mail.run(*run, "-x").lines
    repo.write(".policy-waivers.yml", "- what\n")
    assert mail.run(*run).lines[-1] == "gate: closed (the waivers are not in order)"
    (repo.path / ".policy-waivers.yml").unlink()
    mail.write("tests/test_x.py", "def test_bad(): assert False\n")
    outcome = mail.run(*run, "tests", "features")
    assert "gate: closed (something besides the scenarios failed)" in outcome.lines
    assert outcome.code == CLOSED


def test_a_waiver_at_the_base_changes_nothing(mail: Suite) -> None:
    """What failed there failed, be it waived: when the waiver expires, that is no news of this change."""
    bad = GOOD.replace("replicas = 1", "replicas = 2")
    repo = history(mail, bad, bad)
    repo.write(".policy-waivers.yml", "- {requirement: MH-1.1, reason: r, owner: o, expires: 2026-12-01}\n")
    repo.commit()
    outcome = mail.run("--as-of=2026-11-30", "--dns=off", "--base=main", "--block=new")
    assert outcome.verdicts["Replicas"] == "waived"
    outcome = mail.run("--as-of=2026-12-01", "--dns=off", "--base=main", "--block=new")
    assert "  failed        MH-1.1  Replicas (old)" in outcome.lines
    assert "      waiver: expired on 2026-12-01" in outcome.lines
    assert outcome.code == OPEN
    assert mail.run("--as-of=2026-12-01", "--dns=off", "--base=main").code == CLOSED
    (repo.path / ".policy-waivers.yml").unlink()
    assert "  failed        MH-1.1  Replicas (old)" in mail.run("--as-of=2026-11-30", "--dns=off", "--base=main").lines


def test_what_was_not_in_force_is_judged_by_the_same_day(mail: Suite) -> None:
    mail.scenario("Then main.tf sets replicas to 1", tags="@MH-1.1 @since(2026-11-25)")
    bad = GOOD.replace("replicas = 1", "replicas = 2")
    history(mail, bad, bad)
    outcome = mail.run(*AS_OF, "--base=main", "--block=new")
    assert "failed, old: MH-1.1" in outcome.lines


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_steps_can_see_the_base(mail: Suite, processes: list[str]) -> None:
    mail.scenario("Then the base sets replicas to 5")
    history(mail, GOOD.replace("replicas = 1", "replicas = 5"), GOOD)
    assert mail.run(*AS_OF, "--base=main", *processes).verdicts == {"The one": "passed"}
    assert mail.run(*AS_OF, *processes).verdicts == {"The one": "failed"}


def test_nothing_stays_behind(mail: Suite) -> None:
    repo = history(mail, GOOD, GOOD)
    mail.run(*AS_OF, "--base=main")
    assert not list(Path(tempfile.gettempdir()).glob("design-policy-base-*"))
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("worktree", "list").count("\n") == 0
    # Nor where the run does not come to its end.
    mail.scenario("When pytest is told to exit")
    mail.run(*AS_OF, "--base=main")
    mail.run(*AS_OF, "--base=main", "--report-dir=pytest.ini")
    assert not list(Path(tempfile.gettempdir()).glob("design-policy-base-*"))


def test_nothing_stays_behind_a_run_that_is_cancelled(mail: Suite, tmp_path: Path) -> None:
    """A job that CI cancels is sent SIGTERM."""
    history(mail, GOOD, GOOD)
    mail.scenario("When the step waits")
    command = [sys.executable, "-m", "pytest", *AS_OF, "--base=main"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=mail.path, env=environment, stdout=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        while not (mail.path / "waits").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        (folder,) = tmp_path.glob("design-policy-base-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=60)
    assert run.returncode == 2
    assert "gate: closed (the run did not finish)" in said
    assert not list(tmp_path.glob("design-policy-base-*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--base=nowhere"], "--base: 'nowhere' is not a commit of "),
        (["--base="], "--base: '' is not a revision"),
        (["--base=-h"], "--base: '-h' is not a revision"),
        (["--base=main", "--infra=plain"], "--base: "),
        (["--block=new"], "--block new: what is new shows only against a --base"),
    ],
)
@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_refuses(mail: Suite, arguments: list[str], message: str, processes: list[str]) -> None:
    history(mail, GOOD, GOOD)
    mail.write("plain/main.tf", GOOD)
    outcome = mail.run(*AS_OF, *arguments, *processes)
    assert outcome.errors[0].startswith(f"ERROR: {message}")
    assert "Traceback" not in "\n".join(outcome.errors)
    assert outcome.code == USAGE


def test_what_is_set_for_this_run_is_not_for_the_base(mail: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The base run has no base of its own, and messages for CI are not its."""
    history(mail, GOOD, GOOD)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--base=main")
    monkeypatch.setenv("INFRA_ROOT", "fixtures/infra")
    outcome = mail.run(*AS_OF)
    assert outcome.code == OPEN
    assert ", against main (" in outcome.text.splitlines()[0]


def test_what_the_ini_file_sets_is_not_for_the_base(mail: Suite) -> None:
    history(mail, GOOD, GOOD)
    ini = mail.path / "pytest.ini"
    ini.write_text(ini.read_text().replace("-p gate.plugin", "-p gate.plugin --base=main"))
    assert mail.run(*AS_OF).code == OPEN


@pytest.mark.parametrize("path", ["x\n::error::pwn\x1b[31m", "\u202e##[error]pwn", "a\u2028::set-output name=a::b"])
def test_the_path_of_a_submodule_gives_no_command(mail: Suite, path: str) -> None:
    """What is wrong with the base is said on standard error, which no fence holds."""
    repo = history(mail, GOOD, GOOD)
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},{path}")
    repo.git("commit", "-q", "-m", "A submodule")
    (repo.path / path / ".git").mkdir(parents=True)
    outcome = mail.run(*AS_OF, "--base=main")
    assert outcome.code == USAGE
    (line,) = filter(None, outcome.errors)
    assert line.startswith("ERROR: --base: ")
    assert line.endswith(" is a submodule that is checked out: what it held then is not read")
    assert line.isprintable()
    assert "##[" not in line
    assert outcome.text == ""


def test_a_branch_that_lacks_commits_of_its_base_is_told_so(mail: Suite) -> None:
    repo = history(mail, GOOD.replace("limit = 10", "limit = 11"), GOOD)
    repo.git("checkout", "-q", "-b", "change")
    repo.git("checkout", "-q", "main")
    repo.write("main.tf", GOOD)
    repo.commit("Mended")
    repo.git("checkout", "-q", "change")
    said = "HEAD lacks 1 commit of main: this is not what a merge would give, merge them first"
    assert mail.run(*AS_OF, "--base=main", "-q").lines.count(said) == 1
    repo.git("merge", "-q", "main")
    assert "HEAD lacks" not in mail.run(*AS_OF, "--base=main").text
