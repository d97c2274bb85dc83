"""The command line: what it defaults to, and what it refuses before anything is judged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gate.small_suite import Suite

USAGE = 4


@pytest.fixture
def mail(suite: Suite) -> Suite:
    suite.scenario("Then replicas is 1")
    return suite


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--infra", "nowhere"], "--infra: 'nowhere' is not a folder"),
        (["--infra", "pytest.ini"], "--infra: 'pytest.ini' is not a folder"),
        (["--infra", ""], "--infra: '' is not a folder"),
        (["--as-of", "yesterday"], "--as-of: 'yesterday' is not a date of the form YYYY-MM-DD"),
        (["--as-of", "20260308"], "--as-of: '20260308' is not a date of the form YYYY-MM-DD"),
        (["--as-of", "2026-02-30"], "--as-of: '2026-02-30': day is out of range for month"),
        (["--as-of", ""], "--as-of: '' is not a date of the form YYYY-MM-DD"),
        (["--dns", "zones:nowhere"], "--dns: 'nowhere' is not a folder of zone files"),
        (["--report-dir", "pytest.ini"], "--report-dir: [Errno 17] File exists: "),
    ],
)
@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_refuses(mail: Suite, arguments: list[str], message: str, processes: list[str]) -> None:
    outcome = mail.run(*arguments, *processes)
    assert outcome.errors[0].startswith(f"ERROR: {message}")
    assert "Traceback" not in "\n".join(outcome.errors)
    assert outcome.code == USAGE


@pytest.mark.parametrize(
    "mode",
    [
        "",
        "zones:",
        "zones",
        "sytem",
        "server:",
        "server:ns1",
        "server:192.0.2.1:0",
        "server:192.0.2.1:99999",
        "server:192.0.2",
        "off:",
    ],
)
def test_refuses_dns_modes(mail: Suite, mode: str) -> None:
    outcome = mail.run("--dns", mode)
    assert outcome.errors[0].startswith(f"ERROR: --dns: {mode!r} is none of zones:DIR, system, server:IP[:PORT], ")
    assert outcome.code == USAGE


@pytest.mark.parametrize(
    "mode",
    [
        "system",
        "off",
        "authoritative",
        "server:192.0.2.1",
        "server:192.0.2.1:5353",
        "server:2001:db8::1",
        "server:[2001:db8::1]:5353",
        "server:[2001:db8::1]",
        "zones:features",
    ],
)
def test_takes_dns_modes(mail: Suite, mode: str) -> None:
    assert mail.report("--dns", mode)["dns"] == mode


def test_defaults(mail: Suite) -> None:
    report = mail.report()
    assert report["infra"] == "fixtures/infra"
    assert report["dns"] == "system"
    assert report["as_of"] == datetime.now(UTC).date().isoformat()


def test_a_fixture_comes_with_its_zones(mail: Suite) -> None:
    mail.write("fixtures/zones/infra/example.zone", "")
    mail.write("fixtures/zones/other/example.zone", "")
    mail.write("elsewhere/infra/main.tf", "")
    mail.write("fixtures/bare/main.tf", "")
    assert mail.report()["dns"] == "zones:fixtures/zones/infra"
    assert mail.report("--infra", "fixtures/../fixtures/infra/")["dns"] == "zones:fixtures/zones/infra"
    assert mail.report("--infra", "elsewhere/infra")["dns"] == "system"
    assert mail.report("--infra", "fixtures/bare")["dns"] == "system"


def test_the_infra_repo_may_come_from_the_environment(mail: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    mail.write("other/main.tf", "")
    monkeypatch.setenv("INFRA_ROOT", "other")
    assert mail.report()["infra"] == "other"
    assert mail.report("--infra", "fixtures/infra")["infra"] == "fixtures/infra"
    monkeypatch.setenv("INFRA_ROOT", "nowhere")
    assert mail.run().errors[0] == "ERROR: INFRA_ROOT: 'nowhere' is not a folder"
    monkeypatch.setenv("INFRA_ROOT", "")
    outcome = mail.run()
    assert outcome.errors[0] == (
        "ERROR: INFRA_ROOT is set, and empty: name the infra repo, or unset it to judge the example"
    )
    assert outcome.code == USAGE
    assert mail.report("--infra", "fixtures/infra")["infra"] == "fixtures/infra"


@pytest.mark.parametrize("beside", [[], ["features"]], ids=["alone", "beside"])
def test_a_folder_of_features_elsewhere_is_refused(mail: Suite, beside: list[str]) -> None:
    mail.write("policy/deep/lb.feature", "Feature: LB\n  @LB-1.1\n  Scenario: One\n    Then replicas is 2\n")
    outcome = mail.run("policy", *beside)
    assert outcome.errors[0] == (
        "ERROR: policy: no feature of this folder would be judged: put it below features/, or name each file"
        " (policy/deep/lb.feature)"
    )
    assert outcome.code == USAGE
    assert mail.run("policy/deep/lb.feature", *beside).verdicts["One"] == "failed"


def test_the_example_is_the_features_of_the_suite(mail: Suite) -> None:
    assert mail.run("--features=example").verdicts == mail.run().verdicts != {}


def test_a_folder_of_tests_may_hold_features_as_data(mail: Suite) -> None:
    mail.write("tests/data/lb.feature", "Feature: LB\n")
    mail.write("tests/test_x.py", "def test_x(): pass\n")
    assert mail.run("tests", "features").code == 0


@pytest.fixture
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An infra repo outside the suite, that would have its own say."""
    infra = tmp_path_factory.mktemp("their") / "repo"
    infra.mkdir()
    (infra / "conftest.py").write_text("raise SystemExit('the judged repo ran code')\n")
    (infra / "pytest.ini").write_text("[pytest]\naddopts = -p the_judged_repo_ran_code\n")
    return infra


@pytest.mark.parametrize("arguments", [["--infra={}"], ["features", "--infra", "{}"], ["features", "--infra={}"]])
@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_nothing_of_the_infra_repo_is_run(
    mail: Suite, theirs: Path, arguments: list[str], processes: list[str]
) -> None:
    report = mail.report(*(argument.format(theirs) for argument in arguments), *processes)
    assert report["infra"] == str(theirs)
    assert report["gate"] == "open"


def test_ordinary_tests_need_no_infra_repo(mail: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    mail.write("tests/test_x.py", "def test_x(): pass\n")
    monkeypatch.setenv("INFRA_ROOT", "nowhere")
    outcome = mail.run("tests")
    assert outcome.code == 0
    assert "gate:" not in outcome.text
