"""Promises that live in the repo that they are about."""

from __future__ import annotations

import json

import pytest

from tests.design_policy.at_home import AtHome

OPEN, CLOSED, NOT_ASKED = 0, 1, 2


def test_a_repo_is_judged_by_its_own_promises_wherever_one_stands_in_it(home: AtHome) -> None:
    status, said = home.say(folder="policy")
    assert (status, said.count("passed        S3")) == (OPEN, 2), said
    assert "policy/buckets.feature" in said
    home.edit("prod.tfvars", "x-logs", "y-logs")
    status, said = home.say()
    assert status == CLOSED
    assert "at        prod.tfvars:1" in said


def test_no_code_of_the_repo_is_run(home: AtHome) -> None:
    for name in ("conftest.py", "policy/conftest.py", "policy/__init__.py", "policy/test_it.py", "gate.py", "yaml.py",
                 "steps/own.py", "policy/steps.py"):
        home.write(name, "open('ran', 'a').write(__file__)\nraise SystemExit('ran')\n")
    home.write("pytest.ini", "[pytest]\naddopts = --no-such-option\n")
    home.write("policy/pytest.ini", "[pytest]\npython_files = *.py\n")
    home.write("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "--no-such-option"\n')
    home.repo.commit()
    for arguments in ([], ["--base=HEAD"]):
        status, said = home.say(*arguments)
        assert status == OPEN, said
        assert "2 passed" in said
    assert not list(home.path.rglob("ran"))


def test_steps_of_ones_own_come_from_whoever_runs_the_suite(home: AtHome, tmp_path_factory) -> None:
    home.write("policy/own.feature", "Feature: Own\n  @OWN-1\n  Scenario: Ours\n    Then the moon is up\n")
    status, said = home.say()
    assert (status, "undefined step: Then the moon is up" in said) == (NOT_ASKED, True)
    steps = tmp_path_factory.mktemp("operator")
    (steps / "moon.py").write_text(
        "from pytest_bdd import then\n\n@then('the moon is up')\ndef up(evidence):\n"
        "    evidence.check('the moon', expected='up', actual='up', ok=True)\n"
    )
    assert home.say(f"--steps={steps}")[0] == OPEN
    assert home.say(DESIGN_POLICY_STEPS=str(steps))[0] == OPEN
    assert home.say("--steps=nowhere")[0] == NOT_ASKED


def test_a_feature_that_leads_out_of_the_repo_is_refused(home: AtHome, tmp_path) -> None:
    (tmp_path / "elsewhere.feature").write_text("Feature: a line of this machine\n")
    (home.path / "policy" / "link.feature").symlink_to(tmp_path / "elsewhere.feature")
    status, said = home.say()
    assert (status, "it leads out of the repo" in said, "line of this machine" in said) == (NOT_ASKED, True, False)


@pytest.mark.parametrize(("text", "message"), [
    ("features = ", ":1: not TOML: Invalid value"),
    ('features = "policy"\n\ndsn = "off"\n', ":3: there is no setting 'dsn' (did you mean 'dns'?)"),
    ('features = "policy"\nsteps = "steps"\n', ":2: steps are code, and code of the repo that is judged is not run"),
    ('features = "../policy"\n', ":1: features: '../policy' leads out of the folder of this file"),
    ('features = "policies"\n', ":1: features: there is no 'policies' beside it"),
    ('dns = "off"\n', ":1: features is missing"),
    ('features = "policy"\ndns = "of"\n', "dns: 'of' is none of zones:DIR, system"),
    ('features = "policy"\nblock = "some"\n', ":2: block: 'some' is none of all, new"),
    ('features = "policy"\n[variable-files]\n"." = "prod.env"\n', ":2: variable-files: .: 'prod.env' is no variable"),
    ('features = "policy"\ninfra = "main.tf"\n', "infra: 'main.tf' is not a folder of this repo"),
])  # fmt: skip
def test_a_slip_in_the_settings_is_named(home: AtHome, text: str, message: str) -> None:
    home.write(".design-policy.toml", text)
    status, said = home.say()
    assert (status, f".design-policy.toml{message}" in said or message in said) == (NOT_ASKED, True), said
    assert "Traceback" not in said


def test_a_repo_without_settings_is_told_how_to_begin(home: AtHome) -> None:
    (home.path / ".design-policy.toml").unlink()
    status, said = home.say()
    assert (status, "design-policy init" in said, "Feature" in said) == (NOT_ASKED, True, False)
    assert len(said.splitlines()) <= 4
    assert home.say("--features=policy", "--dns=off")[0] == CLOSED, "the variable file is not named now"


def test_a_withdrawn_promise_is_told_and_judged(home: AtHome) -> None:
    home.repo.commit()
    at = home.path / "policy/buckets.feature"
    at.write_text(at.read_text().partition("  @S3-1.2")[0])
    status, said = home.say("--base=HEAD", "--block=new")
    assert status == OPEN, said
    assert "promise withdrawn, or another in its place: S3-1.2" in said
    home.edit("main.tf", "force_destroy = false", "force_destroy = true")
    status, said = home.say("--base=HEAD", "--block=new", "--report-dir=out")
    assert status == CLOSED
    assert "failed        S3-1.2  The logs' bucket stays (new)" in said
    for report in ("summary.md", "spec.html", "junit.xml", "results.sarif", "report.json"):
        assert "promise withdrawn" in (home.path / "out" / report).read_text(), report
    (told,) = json.loads((home.path / "out" / "report.json").read_text())["altered"]
    assert (told["file"], told["line"]) == ("policy/buckets.feature", 11)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("x-logs |", "like * |", "its steps or tables are others"),
    ("@S3-1.1", "@S3-1.1 @until(2020-01-01)", "its tags were @S3-1.1, and are @S3-1.1 @until(2020-01-01)"),
    ("@S3-1.1", "@S3-9.9", "its tags were @S3-1.1, and are @S3-9.9"),
])  # fmt: skip
def test_a_loosened_promise_opens_nothing(home: AtHome, old: str, new: str, said: str) -> None:
    home.repo.commit()
    home.edit("policy/buckets.feature", old, new)
    home.edit("prod.tfvars", "x-logs", "y-logs")
    status, output = home.say("--base=HEAD", "--block=new")
    assert (status, said in output) == (CLOSED, True), output


def test_a_promise_that_moves_or_is_renamed_is_the_same(home: AtHome) -> None:
    home.repo.commit()
    home.edit("policy/buckets.feature", "has its name", "is called so")
    (home.path / "policy/buckets.feature").rename(home.path / "policy/storage.feature")
    status, said = home.say("--base=HEAD")
    assert (status, "promise changed" in said or "promise withdrawn" in said) == (OPEN, False), said


@pytest.mark.parametrize("settings", [
    'features = "other"\ndns = "off"\n[variable-files]\n"." = ["prod.tfvars"]\n',
    'features = "policy"\ndns = "off"\n[variable-files]\n"." = ["fair.tfvars"]\n',
    'features = "policy"\ndns = "off"\ninfra = "fair"\n',
])  # fmt: skip
def test_settings_that_a_change_brings_open_nothing(home: AtHome, settings: str) -> None:
    home.repo.commit()
    home.write("other/easy.feature", home.path.joinpath("policy/buckets.feature").read_text().replace("x-logs", "like *"))
    home.write("fair.tfvars", 'name = "x-logs"\n')
    home.write("fair/main.tf", home.path.joinpath("main.tf").read_text().replace("var.name", '"x-logs"'))
    home.edit("prod.tfvars", "x-logs", "y-logs")
    home.write(".design-policy.toml", settings)
    status, said = home.say("--base=HEAD", "--block=new")
    assert (status, "setting changed: " in said) == (CLOSED, True), said


def test_what_the_base_waived_of_a_promise_goes_on_being_waived(home: AtHome) -> None:
    home.edit("main.tf", "force_destroy = false", "force_destroy = true")
    waiver = "- {requirement: S3-1.2, reason: r, owner: o, expires: 2026-12-24}\n"
    home.write(".policy-waivers.yml", waiver)
    home.repo.commit()
    at = home.path / "policy/buckets.feature"
    at.write_text(at.read_text().partition("  @S3-1.2")[0])
    (home.path / ".policy-waivers.yml").unlink()
    status, said = home.say("--base=HEAD", "--as-of=2026-11-25")
    assert (status, "waived        S3-1.2" in said) == (0, True), said


def test_features_are_a_folder(home: AtHome) -> None:
    status, said = home.say("--features=policy/buckets.feature")
    assert (status, "is no folder" in said, "Traceback" in said) == (2, True, False), said
