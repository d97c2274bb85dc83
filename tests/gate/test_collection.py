"""Feature files are test files, and what would check less than it says is not collected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.small_suite import DATA, Suite

REFUSED = sorted((DATA / "refused").glob("*.feature"))

TWO = """
Feature: Mail
  @MH-1.1
  Scenario: Replicas, one
    Then replicas is 1

  @MH-1.2 @MH-2.1
  Scenario Outline: Table
    Then <name> is <value>

    Examples:
      | name | value |
      | a    | 1     |
      | b    | 2     |
"""
NODES = [
    "features/mail.feature::Replicas, one",
    "features/mail.feature::Table[a-1]",
    "features/mail.feature::Table[b-2]",
]


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refuses(suite: Suite, path: Path) -> None:
    suite.feature(path.read_text(encoding="utf-8"), path.stem)
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    outcome = suite.run()
    said = [line for line in outcome.lines if line.startswith(f"features/{path.stem}.feature:")]
    assert said == [f"features/{path.stem}.feature:{line}" for line in expected]
    assert "Traceback" not in outcome.text
    assert outcome.lines.count("gate: closed (not every feature could be read)") == 1
    assert outcome.code == pytest.ExitCode.INTERRUPTED


def test_refuses_a_step_that_two_definitions_match(suite: Suite) -> None:
    suite.write("features/conftest.py", "from pytest_bdd import given\n\n@given('a stack')\ndef _(): pass\n")
    suite.scenario("Given a stack")
    outcome = suite.run()
    (said,) = (line for line in outcome.lines if line.startswith("features/mail.feature:"))
    found = "(defined in conftest.py:29 and features/conftest.py:3)"
    assert said == f"features/mail.feature:4: ambiguous step: Given a stack {found}"
    assert outcome.code == pytest.ExitCode.INTERRUPTED


def test_refuses_what_is_not_utf_8(suite: Suite) -> None:
    (suite.path / "features").mkdir(exist_ok=True)
    (suite.path / "features" / "latin.feature").write_bytes("Feature: Größe\n".encode("latin-1"))
    outcome = suite.run()
    assert "features/latin.feature:1: cannot be read: 'utf-8' codec can't decode" in outcome.text


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_refuses_a_name_that_is_not_utf_8(suite: Suite, processes: list[str]) -> None:
    suite.feature(TWO, "good")
    (suite.path / "features" / "m\udcffil.feature").write_text(TWO, encoding="utf-8")
    outcome = suite.run(*processes)
    said = r"features/m\udcffil.feature:1: the file's name is not UTF-8: rename it"
    assert said in outcome.lines
    assert outcome.verdicts == {"Replicas, one": "passed", "Table[a-1]": "passed", "Table[b-2]": "failed"}
    assert "INTERNALERROR" not in outcome.text


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
@pytest.mark.parametrize(
    "bad", ["Feature: Nothing\n", "Feature: Don't\n  @MH-1.1\n  Scenario: It runs\n    Then it runs\n"]
)
def test_one_bad_file_keeps_the_gate_closed_and_nobody_from_reporting(
    suite: Suite, bad: str, processes: list[str]
) -> None:
    suite.feature(TWO, "good")
    suite.feature(bad, "bad")
    outcome = suite.run("-k", "one or it", "--report-dir=reports", *processes)
    assert outcome.verdicts == {"Replicas, one": "passed"}
    assert "gate: closed (not every feature could be read)" in outcome.lines
    assert "Traceback" not in outcome.text
    assert outcome.code == pytest.ExitCode.INTERRUPTED
    report = suite.last_report()
    assert (report["gate"], report["reason"]) == ("closed", "not every feature could be read")
    assert [r["verdict"] for r in report["requirements"]] == ["passed"]


def test_a_description_is_prose(suite: Suite) -> None:
    suite.feature("""
Feature: Mail
  Given the choice, we would not send any.
  Then again, we must.

  Background: how it stands
    The stack is there.

    Given a stack

  Rule: Of replicas
    When there are two, mail is lost.

    @MH-1.1
    Scenario: One
      The design asks for one. They all do.
      # Thne a comment is no prose

      Then replicas is 1
""")
    outcome = suite.run()
    assert outcome.verdicts == {"One": "passed"}


def test_node_ids(suite: Suite) -> None:
    suite.feature(TWO)
    assert suite.run("--collect-only", "-q").lines[:3] == NODES


@pytest.mark.parametrize("node", NODES)
def test_a_node_id_selects_its_scenario(suite: Suite, node: str) -> None:
    suite.feature(TWO)
    assert list(suite.run(node).verdicts) == [node.split("::")[1]]


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["-k", "one"], ["Replicas, one"]),
        (["-k", "MH-2.1 and b-2"], ["Table[b-2]"]),
        (["-m", "MH-1.1"], ["Replicas, one"]),
        (["-m", "not MH-1.1"], ["Table[a-1]", "Table[b-2]"]),
        (["features/mail.feature"], ["Replicas, one", "Table[a-1]", "Table[b-2]"]),
        (["features/mail.feature::Table"], ["Table[a-1]", "Table[b-2]"]),
        (["fixtures/../features"], ["Replicas, one", "Table[a-1]", "Table[b-2]"]),
    ],
)
def test_selection(suite: Suite, arguments: list[str], titles: list[str]) -> None:
    suite.feature(TWO)
    assert list(suite.run(*arguments).verdicts) == titles


def test_last_failed(suite: Suite) -> None:
    suite.feature(TWO)
    suite.run()
    assert suite.run("--lf").verdicts == {"Table[b-2]": "failed"}


@pytest.mark.parametrize("step", ["Then replicas is 2", "Given an unknown value", "Given a stack"])
def test_whatever_closes_the_gate_is_a_failure_to_pytest(suite: Suite, step: str) -> None:
    suite.feature(f"Feature: Mail\n  @MH-1.1\n  Scenario: One\n    {step}\n{TWO.partition('Mail')[2]}")
    assert list(suite.run("-x").verdicts) == ["One"]
    assert list(suite.run("--lf").verdicts) == ["One"]
    suite.run("-k", "One", "--junitxml=junit.xml")
    assert 'failures="1"' in (suite.path / "junit.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("id_", ["MH-1.1", "ADR-19", "ADR-0019", "SEC-12.3.1", "DB-HA-2a", "S3-1.1", "Sec-4"])
@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_ids_are_what_the_design_calls_them(suite: Suite, id_: str, processes: list[str]) -> None:
    suite.scenario("Then replicas is 1", tags=f"@{id_}")
    assert suite.run("-m", id_, *processes).verdicts == {"The one": "passed"}
    assert [r["id"] for r in suite.report(*processes)["requirements"]] == [id_]


@pytest.mark.parametrize("tag", ["MH1.1", "ADR", "ADR-", "mh-1.1", "MH-1.", "MH-1..1", "MH-x", "-1.1", "MH_1.1", "1.1"])
def test_what_is_no_id_is_refused(suite: Suite, tag: str) -> None:
    suite.scenario("Then replicas is 1", tags=f"@MH-1.1 @{tag}")
    assert f"features/mail.feature:2: unknown tag @{tag}: neither a requirement id" in suite.run().text


def test_ids_may_stand_on_examples(suite: Suite) -> None:
    suite.feature("""
Feature: Mail
  Scenario Outline: Table
    Then <name> is 1

    @MH-1.1
    Examples:
      | name |
      | a    |

    @MH-1.2
    Examples:
      | name |
      | b    |
""")
    assert suite.run("-m", "MH-1.2").verdicts == {"Table[b]": "passed"}


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Table", ["Table[a-1]", "Table[b-1]"]),
        ("<name> is in it", ["a is in it[a-1]", "b is in it[b-1]"]),
        ("<name>, then <value>", ["a, then 1", "b, then 1"]),
    ],
)
def test_a_row_is_told_by_its_values(suite: Suite, title: str, told: list[str]) -> None:
    """In their places in the title where all of them have one there, else behind it as well."""
    rows = "\n".join(f"      | {name} | 1 |" for name in "ab")
    suite.feature(f"""
Feature: Mail
  @MH-1.1
  Scenario Outline: {title}
    Then <name> is <value>

    Examples:
      | name | value |
{rows}
""")
    lines = suite.run().lines
    assert [line.split("  ")[-1] for line in lines if "MH-1.1  " in line] == told


def test_a_registered_tag_is_allowed(suite: Suite) -> None:
    with (suite.path / "pytest.ini").open("a", encoding="utf-8") as ini:
        ini.write("markers = slow(reason): takes its time\n")
    suite.scenario("Then replicas is 1", tags="@MH-1.1 @slow")
    assert suite.run("-m", "slow").verdicts == {"The one": "passed"}


def test_a_feature_elsewhere_is_data_unless_it_is_asked_for(suite: Suite) -> None:
    suite.write("tests/data/mail.feature", TWO)
    suite.scenario("Then replicas is 1")
    assert list(suite.run(".").verdicts) == ["The one"]
    assert list(suite.run("tests/data/mail.feature").verdicts) == ["Replicas, one", "Table[a-1]", "Table[b-2]"]


def test_places_point_into_the_feature(suite: Suite) -> None:
    suite.feature(TWO)
    suite.run("--junitxml", "junit.xml", "-o", "junit_family=xunit1")
    junit = (suite.path / "junit.xml").read_text(encoding="utf-8")
    assert 'name="Replicas, one" file="features/mail.feature" line="3"' in junit  # pytest counts these from 0
