"""What waivers make of a run: what they set aside, what they do not, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gate.small_suite import Suite

OPEN, CLOSED, SUITE_ERROR, USAGE = 0, 1, 3, 4
AS_OF = ("--as-of", "2026-11-25", "--dns", "off")
FEATURE = """
Feature: Mail
  @MH-1.1
  Scenario: Bad
    Then replicas is 2

  @MH-1.1
  Scenario: Good
    Then replicas is 1

  @MH-1.2
  Scenario: Dark
    Given an unknown value

  @MH-1.3
  Scenario: Broken
    When the step crashes
"""


def waiver(requirement: str, scenario: str | None = None, expires: str = "2026-12-31") -> str:
    named = f"  scenario: {scenario}\n" if scenario else ""
    return f"- requirement: {requirement}\n{named}  reason: It moves.\n  owner: mail team\n  expires: {expires}\n"


def waive(suite: Suite, *waivers: str, file: str = "fixtures/infra/.policy-waivers.yml") -> None:
    suite.write(file, "".join(waivers))


@pytest.fixture
def mail(suite: Suite) -> Suite:
    suite.feature(FEATURE.partition("  @MH-1.3")[0])
    return suite


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_what_is_waived_is_shown_and_does_not_close_the_gate(mail: Suite, processes: list[str]) -> None:
    waive(mail, waiver("MH-1.1", "Bad"), waiver("MH-1.2"))
    outcome = mail.run(*AS_OF, "--report-dir=reports", *processes)
    assert outcome.verdicts == {"Bad": "waived", "Good": "passed", "Dark": "waived"}
    assert outcome.code == OPEN
    start = outcome.lines.index("  waived        MH-1.1  Bad") + 1
    assert outcome.lines[start : start + 10] == [
        "      waiver: until 2026-12-31",
        "        reason    It moves.",
        "        owner     mail team",
        "        at        .policy-waivers.yml:1",
        "                  1 | - requirement: MH-1.1",
        "      replicas: failed",
        "        expected  2",
        "        found     1",
        "        at        main.tf:3",
        '                  3 | replicas = "1"',
    ]
    assert outcome.lines[-3:] == [
        "2 requirements in force: 2 waived (3 scenarios)",
        "waived: MH-1.1, MH-1.2",
        "gate: open",
    ]
    bad, good, dark = mail.scenarios()
    assert bad["waiver"] == {
        "requirement": "MH-1.1",
        "scenario": "Bad",
        "reason": "It moves.",
        "owner": "mail team",
        "expires": "2026-12-31",
        "file": ".policy-waivers.yml",
        "line": 1,
    }
    assert bad["reason"] == "replicas: expected 2, found 1"
    assert good["waiver"] is None
    assert (dark["waiver"]["line"], dark["verdict"]) == (6, "waived")
    assert [requirement["verdict"] for requirement in mail.last_report()["requirements"]] == ["waived", "waived"]


def test_one_waived_scenario_does_not_hide_another(mail: Suite) -> None:
    waive(mail, waiver("MH-1.1", "Good"), waiver("MH-1.2"))
    outcome = mail.run(*AS_OF)
    assert outcome.verdicts == {"Bad": "failed", "Good": "passed", "Dark": "waived"}
    assert "failed: MH-1.1" in outcome.lines
    assert outcome.code == CLOSED


@pytest.mark.parametrize(("as_of", "code"), [("2026-12-30", OPEN), ("2026-12-31", CLOSED), ("2027-05-01", CLOSED)])
def test_an_expired_one_closes_the_gate_and_says_when(mail: Suite, as_of: str, code: int) -> None:
    waive(mail, waiver("MH-1.1"), waiver("MH-1.2"))
    outcome = mail.run("--as-of", as_of, "--dns=off", "--report-dir=reports")
    assert outcome.code == code
    expired = outcome.lines.count("      waiver: expired on 2026-12-31")
    assert expired == (0 if code == OPEN else 2)
    ended = [scenario["expired_waiver"] and scenario["expired_waiver"]["expires"] for scenario in mail.scenarios()]
    assert ended == ([None] * 3 if code == OPEN else ["2026-12-31", None, "2026-12-31"])


def test_of_two_that_cover_a_scenario_one_that_holds_is_enough(mail: Suite) -> None:
    waive(mail, waiver("MH-1.1", expires="2026-11-01"), waiver("MH-1.1", "Bad"), waiver("MH-1.2"))
    assert mail.run(*AS_OF).verdicts["Bad"] == "waived"


def test_who_waives_one_requirement_of_a_scenario_has_not_waived_the_other(suite: Suite) -> None:
    suite.scenario("Then replicas is 2", tags="@MH-1.1 @MH-1.2")
    waive(suite, waiver("MH-1.1"))
    assert suite.run(*AS_OF).verdicts == {"The one": "failed"}
    waive(suite, waiver("MH-1.1"), waiver("MH-1.2", expires="2026-11-25"))
    outcome = suite.run(*AS_OF)
    assert outcome.verdicts == {"The one": "failed"}
    assert "      waiver: expired on 2026-11-25" in outcome.lines
    waive(suite, waiver("MH-1.1"), waiver("MH-1.2", "The one"))
    assert suite.run(*AS_OF).verdicts == {"The one": "waived"}


def test_an_outline_is_waived_in_all_its_rows(suite: Suite) -> None:
    suite.feature(
        "Feature: Mail\n  @MH-1.1\n  Scenario Outline: Each\n    Then <what> is 2\n    Examples:\n"
        "      | what |\n      | a    |\n      | b    |\n"
    )
    waive(suite, waiver("MH-1.1", "Each"))
    assert suite.run(*AS_OF).verdicts == {"Each[a]": "waived", "Each[b]": "waived"}


def test_an_error_of_the_suite_is_never_waived(suite: Suite) -> None:
    suite.feature(FEATURE)
    waive(suite, waiver("MH-1.1"), waiver("MH-1.2"), waiver("MH-1.3"))
    outcome = suite.run(*AS_OF)
    assert outcome.verdicts == {"Bad": "waived", "Good": "passed", "Dark": "waived", "Broken": "error"}
    assert outcome.code == SUITE_ERROR


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_file_that_is_not_in_order_closes_the_gate_and_the_rest_is_judged(mail: Suite, processes: list[str]) -> None:
    waive(mail, waiver("MH-1.1"), waiver("MH-1.2"), waiver("MH-7.7"))
    outcome = mail.run(*AS_OF, "-q", "--report-dir=reports", *processes)
    assert outcome.verdicts == {"Bad": "waived", "Dark": "waived"}
    assert outcome.code == CLOSED
    assert outcome.lines[-2:] == [
        ".policy-waivers.yml:9: no feature has a requirement 'MH-7.7'",
        "gate: closed (the waivers are not in order)",
    ]
    report = mail.last_report()
    assert report["problems"] == [
        {"file": ".policy-waivers.yml", "line": 9, "message": "no feature has a requirement 'MH-7.7'"}
    ]
    assert (report["gate"], report["reason"]) == ("closed", "the waivers are not in order")


def test_names_are_those_of_all_features_whatever_is_selected(mail: Suite) -> None:
    mail.feature("Feature: Other\n  @MH-2.1\n  Scenario: Unharmed\n    Then replicas is 1\n", "other")
    waive(mail, waiver("MH-1.1", "Bad"), waiver("MH-1.2"))
    for selection in (["-k", "Unharmed"], ["features/other.feature"], ["-m", "MH-2.1"]):
        outcome = mail.run(*AS_OF, *selection)
        assert outcome.lines[-1] == "gate: open for the selected scenarios"
        assert "stale" not in outcome.text


def test_a_stale_one_is_told(mail: Suite) -> None:
    mail.feature(FEATURE.partition("  @MH-1.2")[0])
    waive(mail, waiver("MH-1.1", "Bad"), waiver("MH-1.1", "Good"))
    outcome = mail.run(*AS_OF, "--report-dir=reports")
    assert outcome.code == OPEN
    assert outcome.lines[-2] == (".policy-waivers.yml:6: stale: nothing needs the waiver for MH-1.1, scenario 'Good'")
    assert [stale["line"] for stale in mail.last_report()["stale_waivers"]] == [6]


@pytest.mark.parametrize(
    ("steps", "tags", "is_stale"),
    [
        ("Then replicas is 1", "@MH-1.1", True),
        ("Then replicas is 2", "@MH-1.1", False),
        ("Then replicas is 1", "@MH-1.1 @since(2027-01-01)", False),  # it may yet be needed
        ("Then replicas is 1", "@MH-1.1 @until(2026-01-01)", False),  # nothing was judged
        ("Then promtool agrees", "@MH-1.1", False),  # it is not known
    ],
)
def test_what_is_stale(suite: Suite, steps: str, tags: str, is_stale: bool) -> None:
    suite.scenario(steps, tags=tags)
    waive(suite, waiver("MH-1.1"))
    assert bool(suite.report(*AS_OF)["stale_waivers"]) is is_stale


@pytest.mark.parametrize(("lifetime", "is_stale"), [("@until(2026-01-01)", True), ("@since(2027-01-01)", False)])
def test_a_scenario_that_is_over_needs_no_waiver(suite: Suite, lifetime: str, is_stale: bool) -> None:
    suite.feature(
        f"Feature: Mail\n  @MH-1.1\n  Scenario: One\n    Then replicas is 1\n"
        f"  @MH-1.1 {lifetime}\n  Scenario: Two\n    Then replicas is 2\n"
    )
    waive(suite, waiver("MH-1.1"))
    assert bool(suite.report(*AS_OF)["stale_waivers"]) is is_stale


@pytest.mark.parametrize("arguments", [["-k", "Good"], ["features/mail.feature::Good"], ["-x"]])
def test_what_was_not_all_judged_makes_nothing_stale(suite: Suite, arguments: list[str]) -> None:
    suite.feature(
        "Feature: Mail\n"
        + "".join(
            f"  @{requirement}\n  Scenario: {title}\n    Then replicas is {number}\n"
            for requirement, title, number in [("MH-1.1", "Good", 1), ("MH-1.2", "Ends it", 2), ("MH-1.1", "Bad", 2)]
        )
    )
    waive(suite, waiver("MH-1.1"))
    assert suite.report(*AS_OF, *arguments)["stale_waivers"] == []


def test_a_file_of_ones_own(mail: Suite) -> None:
    waive(mail, waiver("MH-9.9"))
    waive(mail, waiver("MH-1.1"), waiver("MH-1.2"), file="own/waivers.yml")
    outcome = mail.run(*AS_OF, "--waivers=own/waivers.yml")
    assert outcome.code == OPEN
    assert "        at        own/waivers.yml:1" in outcome.lines
    missing = mail.run(*AS_OF, "--waivers=own/waiver.yml")
    assert missing.errors[0] == "ERROR: --waivers: 'own/waiver.yml' is not a file"
    assert missing.code == USAGE


def test_a_link_out_of_the_infra_repo_is_not_followed(mail: Suite) -> None:
    waive(mail, waiver("MH-1.1"), waiver("MH-1.2"), file="elsewhere.yml")
    link = mail.path / "fixtures" / "infra" / ".policy-waivers.yml"
    link.symlink_to(mail.path / "elsewhere.yml")
    outcome = mail.run(*AS_OF)
    assert outcome.verdicts == {"Bad": "failed", "Good": "passed", "Dark": "undetermined"}
    assert ".policy-waivers.yml:1: cannot be read: it leads out of the repo that it is a part of" in outcome.lines
    link.unlink()
    link.symlink_to("nowhere")
    assert ".policy-waivers.yml:1: cannot be read: No such file or directory" in mail.run(*AS_OF).lines


def test_a_waiver_does_not_steer_the_terminal(mail: Suite) -> None:
    waive(mail, waiver("MH-1.1").replace("It moves.", '"\\e[2Jred"'), waiver("MH-1.2"))
    outcome = mail.run(*AS_OF)
    assert "        reason    \\x1b[2Jred" in outcome.lines


def test_pytest_too_takes_it_for_no_failure(mail: Suite) -> None:
    waive(mail, waiver("MH-1.1"), waiver("MH-1.2"))
    mail.run(*AS_OF, "--junitxml=junit.xml")
    assert 'failures="0" skipped="2"' in (Path(mail.path) / "junit.xml").read_text()
    assert mail.run(*AS_OF, "-x").code == OPEN
    assert (
        json.loads(
            (mail.path / ".pytest_cache/v/cache/lastfailed").read_text()
            if (mail.path / ".pytest_cache/v/cache/lastfailed").exists()
            else "{}"
        )
        == {}
    )
