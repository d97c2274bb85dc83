"""What a person reads: the features as they are judged."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import termios
from contextlib import suppress

import pytest

from tests.gate.git_repo import GitRepo
from tests.gate.small_suite import DATA, ROOT, Outcome, Suite

TERMINAL = DATA / "terminal"
AS_OF = ("--as-of", "2026-04-12", "--dns", "off")


def expected(name: str) -> str:
    return (TERMINAL / name).read_text(encoding="utf-8").rstrip("\n")


@pytest.fixture
def spec(suite: Suite) -> Suite:
    shutil.copytree(TERMINAL / "features", suite.path / "features", dirs_exist_ok=True)
    return suite


def test_the_features_as_they_are_judged(spec: Suite) -> None:
    outcome = spec.run(*AS_OF)
    assert outcome.text == expected("ordinary.txt")
    assert outcome.code == 3


def test_quiet_shows_what_did_not_pass(spec: Suite) -> None:
    lines = expected("ordinary.txt").splitlines()
    quiet = [line for line in lines if not line.startswith(("  passed", "  not in force", "9 requirements in force"))]
    relay = quiet.index("Feature: The relay stays  features/10_relay.feature")
    del quiet[relay : relay + 2]
    del quiet[1]
    assert spec.run("-q", *AS_OF).text == "\n".join(quiet).strip("\n")


def test_quiet_and_open_says_what_was_judged(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    assert suite.run("-q", *AS_OF).lines[-2:] == [
        "judging fixtures/infra (in no git repository with a commit) as of 2026-04-12, DNS from off",
        "gate: open",
    ]


def test_the_commit_that_is_judged_is_told(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    infra = suite.path / "fixtures" / "infra"
    commit = GitRepo(infra).commit()[:12]
    told = f"judging fixtures/infra (at {commit}, {{}}) as of 2026-04-12, DNS from off"
    assert told.format("clean") in suite.run("-q", *AS_OF).lines
    suite.write("fixtures/infra/new.tf", "")
    assert told.format("1 path changed") in suite.run(*AS_OF).lines
    suite.write("fixtures/infra/main.tf", "# changed\n")
    assert told.format("2 paths changed") in suite.run("-n", "2", *AS_OF).lines


def test_verbose_shows_the_evidence_of_what_passed(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    outcome = suite.run("-v", *AS_OF)
    assert outcome.text.splitlines()[2:-4] == [
        "Feature: Mail  features/mail.feature",
        "  passed        MH-1.1  The one",
        "      replicas: ok",
        "        expected  1",
        "        found     1",
        "        at        main.tf:3",
        '                  3 | replicas = "1"',
        "        note      set in main.tf",
    ]


@pytest.mark.parametrize("verbosity", [[], ["-q"], ["-v"]])
def test_two_processes_say_the_same(spec: Suite, verbosity: list[str]) -> None:
    alone = spec.run(*verbosity, *AS_OF)
    both = spec.run("-n", "2", *verbosity, *AS_OF)
    assert untimed(both).endswith(untimed(alone))
    assert len(both.text.splitlines()) - len(alone.text.splitlines()) <= 6  # what xdist says of its processes
    assert both.code == alone.code == 3


def untimed(outcome: Outcome) -> str:
    return re.sub(r"\ntook .*", "", outcome.text)


def test_colour_only_colours(spec: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = spec.run(*AS_OF)
    assert "\x1b[31m  failed        \x1b[0mMH-2.2  Some of it is not" in coloured.text
    monkeypatch.setenv("NO_COLOR", "1")
    assert spec.run(*AS_OF).text == expected("ordinary.txt")


def test_a_selection_is_said_to_be_one(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    assert suite.run().lines[-1] == "gate: open"
    assert suite.run("features").lines[-1] == "gate: open"
    for selection in (["-k", "one"], ["-m", "MH-1.1"], ["--lf"], ["features/mail.feature"], ["--deselect", "x"]):
        assert suite.run(*selection).lines[-1] == "gate: open for the selected scenarios"


def test_what_is_judged_does_not_steer_the_terminal(suite: Suite) -> None:
    suite.scenario("Then \x1b[2Jreplicas is \x1b]0;title\x07", title="\x1b[31mred")
    assert "\x1b" not in suite.run().text


def test_ordinary_tests_keep_their_output(spec: Suite) -> None:
    spec.write("tests/test_x.py", "def test_good(): pass\ndef test_bad(): assert not 'quite'\n")
    alone = spec.run("tests")
    assert "tests/test_x.py .F" in alone.text
    assert "gate:" not in alone.text
    assert alone.code == 1
    both = spec.run("tests", "features", *AS_OF)
    assert "tests/test_x.py .F" in both.text
    assert "AssertionError: assert not 'quite'" in both.text
    assert "= gate =" in both.text
    assert expected("ordinary.txt") in both.text
    assert "1 failed, 1 passed" in both.text
    assert both.code == 3


def test_an_ordinary_test_that_fails_beside_closes_the_gate(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    suite.write("tests/test_x.py", "def test_bad(): assert False\n")
    outcome = suite.run("tests", "features")
    assert "gate: closed (something besides the scenarios failed)" in outcome.lines
    assert outcome.code == 1


def test_collecting_only_judges_nothing(spec: Suite) -> None:
    outcome = spec.run("--collect-only", "-q")
    assert "gate:" not in outcome.text
    assert outcome.code == 0


UNKNOWN = "Given an unknown value"


def test_what_several_scenarios_hang_on_is_told_once(suite: Suite) -> None:
    one = "  @MH-1.{0}\n  Scenario: {0}\n    {1}\n"
    suite.feature("Feature: Mail\n" + "".join(one.format(number, UNKNOWN) for number in (1, 2, 3)))
    outcome = suite.run(*AS_OF)
    reason = "data.vault_kv_secret_v2.secrets is read at plan time"
    assert outcome.text.count(reason) == 1
    assert outcome.lines[-5:] == [
        "3 requirements in force: 3 undetermined (3 scenarios)",
        "undetermined: MH-1.1, MH-1.2, MH-1.3",
        f"  {reason} (main.tf:3): MH-1.1, MH-1.2, MH-1.3",
        '    3 | replicas = "1"',
        "gate: closed",
    ]
    assert suite.run("-v", *AS_OF).text.count(f"found     unknown: {reason}") == 3


def test_a_failure_is_never_told_elsewhere(suite: Suite) -> None:
    one = f"  @MH-1.{{0}}\n  Scenario: {{0}}\n    {UNKNOWN}\n    Then replicas is 2\n"
    two = "  @MH-1.{0}\n  Scenario: {0}\n    Then replicas is 2\n"
    suite.feature("Feature: Mail\n" + one.format(1) + two.format(2) + two.format(3))
    assert suite.run(*AS_OF).text.count("replicas: failed") == 2


def test_a_screen_folds_between_words_under_where_the_text_began(spec: Suite) -> None:
    shown = on_a_screen(60, spec)
    lines = [line.rpartition("\r")[2] for line in shown.replace("\r\n", "\n").splitlines()]
    assert max(map(len, lines)) <= 60
    at = lines.index("        found     unknown: data.vault_kv_secret_v2.secrets")
    assert lines[at + 1] == "                  is read at plan time"


def test_a_screen_shows_how_far_the_run_is(spec: Suite) -> None:
    assert "\rjudged 3 of 11: MH-2." in on_a_screen(120, spec)
    assert "judged" not in spec.run(*AS_OF).text


def test_a_screen_colours_from_where_the_two_differ(suite: Suite) -> None:
    suite.scenario("Then replicas is 12")
    shown = on_a_screen(120, suite, color="yes")
    assert "expected  1\x1b[32m2\x1b[0m" in shown
    assert "found     1\r\n" in shown


def on_a_screen(width: int, suite: Suite, color: str = "no") -> str:
    """What a real terminal of that width is sent."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, width))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--color={color}", *AS_OF]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "CI")}
    with subprocess.Popen(command, cwd=suite.path, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=theirs) as run:
        os.close(theirs)
        sent = b""
        with suppress(OSError):  # what Linux says once nobody holds the other side
            while part := os.read(ours, 1 << 16):
                sent += part
        run.wait()
    os.close(ours)
    return sent.decode()
