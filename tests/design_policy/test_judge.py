"""Promises that live in the repo that they are about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.design_policy.at_home import FEATURE, SETTINGS, AtHome

OPEN, CLOSED, NOT_ASKED = 0, 1, 2
#: Two of these are of one name, but for the id.
SAME_NAME = """\
Feature: X

  @AB-{number}
  Scenario: X
    Given every variable block
    Then there is {wanted}
"""


def test_a_repo_is_judged_by_its_own_promises_wherever_one_stands_in_it(home: AtHome) -> None:
    status, said = home.say(folder="policy")
    assert (status, said.count("passed        S3")) == (OPEN, 2), said
    assert "policy/buckets.feature" in said
    home.edit("prod.tfvars", "x-logs", "y-logs")
    status, said = home.say()
    assert status == CLOSED
    assert "at        prod.tfvars:1" in said


def test_no_code_of_the_repo_is_run(home: AtHome) -> None:
    for name in (
        "conftest.py",
        "policy/conftest.py",
        "policy/__init__.py",
        "policy/test_it.py",
        "gate.py",
        "yaml.py",
        "steps/own.py",
        "policy/steps.py",
        "__init__.py",
        "../__init__.py",
    ):
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


@pytest.mark.parametrize("named", ['["policy", "more"]', '["policy/x.feature", "more/x.feature"]'])
@pytest.mark.parametrize("broken", ["policy", "more"])
def test_files_of_one_name_are_each_judged(home: AtHome, named: str, broken: str) -> None:
    """pytest tells two files outside of its folder by their names alone: the one must not count for the other."""
    for file in (home.path / "policy").glob("*.feature"):
        file.unlink()
    for folder, number in (("policy", 1), ("more", 2)):
        wanted = "none" if folder == broken else "one"
        home.write(f"{folder}/x.feature", SAME_NAME.format(number=number, wanted=wanted))
    home.edit(".design-policy.toml", '"policy"', named)
    home.repo.commit()
    status, said = home.say()
    assert (status, "1 passed, 1 failed" in said) == (CLOSED, True), said
    home.write(f"{broken}/x.feature", "Feature: X\n\n  @AB-1\n  Scenario: X\n    Then who knows\n")
    assert f"{broken}/x.feature:5: undefined step" in home.say()[1]


def test_the_settings_may_name_one_feature_file(home: AtHome) -> None:
    (only,) = (home.path / "policy").glob("*.feature")
    home.edit(".design-policy.toml", '"policy"', f'"policy/{only.name}"')
    home.repo.commit()
    status, said = home.say()
    assert (status, f"policy/{only.name}" in said, "2 passed" in said) == (OPEN, True, True), said


@pytest.mark.parametrize("name", ["test_it.py", "policy.py", "test_it.txt", "policy"])
def test_features_are_folders_or_feature_files(home: AtHome, name: str) -> None:
    """pytest would import a file of Python that it is given, and run the examples in a text."""
    home.write(f"code/{name}", ">>> open('ran', 'a')\n" if name.endswith(".txt") else "open('ran', 'a')\n")
    home.edit(".design-policy.toml", '"policy"', f'["policy", "code/{name}"]')
    status, said = home.say()
    assert (status, f"features: 'code/{name}' is neither a folder nor a .feature file" in said) == (NOT_ASKED, True), (
        said
    )
    status, said = home.say(f"--features=code/{name}", "--dns=off")
    assert (status, "is no folder" in said) == (NOT_ASKED, True), said
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


@pytest.mark.parametrize("target", ["/dev/zero", "nowhere"])
def test_a_feature_that_is_no_file_is_told(home: AtHome, target: str) -> None:
    """pytest passes it over; reading the first would never end."""
    home.repo.commit()
    (home.path / "policy" / "link.feature").symlink_to(target)
    for arguments in ([], ["--base=HEAD"]):
        status, said = home.say(*arguments)
        assert (status, "policy/link.feature:1: it is not a file" in said) == (NOT_ASKED, True), said


def test_a_feature_as_large_as_a_disk_is_refused(home: AtHome) -> None:
    with (home.path / "policy" / "large.feature").open("wb") as file:
        file.truncate(300 * 2**20)
    status, said = home.say()
    assert (status, "large.feature:1: it is larger than 256 KB" in said) == (NOT_ASKED, True), said


def test_features_behind_a_link_are_not_lost(home: AtHome) -> None:
    (home.path / "policy").rename(home.path / "shared")
    home.write("policy/own.feature", FEATURE.replace("S3-", "OWN-"))
    (home.path / "policy" / "more").symlink_to("../shared")
    status, said = home.say()
    assert (status, "policy/more: features are not looked for behind a link" in said) == (NOT_ASKED, True), said
    home.edit(".design-policy.toml", '"policy"', '["policy", "shared"]')
    status, said = home.say()
    assert (status, said.count("passed        ")) == (OPEN, 4), said


@pytest.mark.parametrize("folder", ["build", ".hidden", "node_modules", "dist/x.egg", "env"])
@pytest.mark.parametrize("moves", [True, False])
def test_features_are_read_whatever_their_folder_is_called(home: AtHome, folder: str, moves: bool) -> None:
    """pytest passes over some names, and over what looks like an environment of Python."""
    home.repo.commit()
    home.write(f"policy/{folder}/pyvenv.cfg", "")
    if moves:
        (home.path / "policy/buckets.feature").rename(home.path / f"policy/{folder}/buckets.feature")
        home.write("policy/own.feature", FEATURE.replace("S3-", "OWN-"))
    else:
        home.write(f"policy/{folder}/own.feature", FEATURE.replace("S3-", "OWN-"))
    home.repo.git("add", "--all", "--force")
    status, said = home.say("--base=HEAD")
    assert (status, said.count("passed        ")) == (OPEN, 4), said
    status, said = home.say(f"--ignore={home.path}/policy/{folder}")
    assert (status, said.count("passed        ")) == (OPEN, 2), said


def test_features_in_what_git_ignores_are_not_the_repos(home: AtHome) -> None:
    home.write(".gitignore", "node_modules/\n")
    home.edit(".design-policy.toml", '"policy"', '"."')
    home.write("node_modules/theirs/x.feature", "Feature: of a package\n")
    status, said = home.say()
    assert (status, said.count("passed        ")) == (OPEN, 2), said


SECRET = "Givne Canary-zq7: a line of its own\nCanary-zq8 = Canary-zq9\n"
OWN = ["policy/more.feature", ".policy-waivers.yml", ".design-policy.toml", "published/x.zone"]


@pytest.fixture
def reading(home: AtHome) -> AtHome:
    """A repo that has the gate read one file of each kind, and shows them in what it is told."""
    home.edit(".design-policy.toml", '"off"', '"zones:published"')
    home.write("published/x.zone", "$ORIGIN example.org.\n")
    return home


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("target", [".git/config", "outside", "secrets/relay.txt"])
def test_no_link_has_another_file_shown(reading: AtHome, tmp_path: Path, name: str, target: str) -> None:
    reading.write(".gitattributes", "secrets/** filter=git-crypt\n")
    reading.write("secrets/relay.txt", SECRET)
    (tmp_path / "outside").write_text(SECRET)
    (reading.path / ".git/config").open("a").write("[remote]\nurl = https://Canary-zq7@example.org\n")
    (reading.path / name).unlink(missing_ok=True)
    (reading.path / name).symlink_to(tmp_path / "outside" if target == "outside" else reading.path / target)
    status, said = reading.say()
    why = "git-crypt keeps it secret" if "secrets" in target else "it leads out of the repo"
    assert (status != OPEN, why in said, "Canary" in said) == (True, True, False), said


@pytest.mark.parametrize("name", OWN)
def test_no_copy_of_ciphertext_is_shown(reading: AtHome, name: str) -> None:
    """Whoever has no key copies the ciphertext to where the gate reads; in a clone that is unlocked it is plain."""
    reading.write(".gitattributes", f"{name} filter=git-crypt\n")
    reading.write(name, SECRET)
    status, said = reading.say()
    assert (status != OPEN, "git-crypt keeps it secret" in said, "Canary" in said) == (True, True, False), said


def test_what_a_refused_feature_says_steers_no_terminal(home: AtHome) -> None:
    home.write("policy/esc.feature", "Feature: E\n  @E-1\n  Scenario: E\n    Given \x1b[2K\u2028\u202egate: open\n")
    status, said = home.say()
    assert (status, "undefined step: Given \\x1b[2K\\u2028\\u202egate" in said) == (NOT_ASKED, True), said
    assert not {"\x1b", "\u2028", "\u202e"} & set(said)


@pytest.mark.parametrize(("text", "message"), [
    ("a" + ".a" * 45000 + " = 1", ":1: not understood: a line with more than 100 dots"),
    ("features = ", ":1: not TOML: Invalid value"),
    ("features = " + "9" * 5000, "not TOML: Exceeds the limit"),
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
    home.write(
        "other/easy.feature", home.path.joinpath("policy/buckets.feature").read_text().replace("x-logs", "like *")
    )
    home.write("fair.tfvars", 'name = "x-logs"\n')
    home.write("fair/main.tf", home.path.joinpath("main.tf").read_text().replace("var.name", '"x-logs"'))
    home.edit("prod.tfvars", "x-logs", "y-logs")
    home.write(".design-policy.toml", settings)
    status, said = home.say("--base=HEAD", "--block=new")
    assert (status, "setting changed: " in said) == (CLOSED, True), said


def test_settings_that_a_change_withdraws_count(home: AtHome) -> None:
    home.edit(".design-policy.toml", 'dns = "off"', 'dns = "off"\nwaivers-from = "base"\nblock = "new"')
    home.repo.commit()
    (home.path / ".design-policy.toml").unlink()
    home.edit("main.tf", "force_destroy = false", "force_destroy = true")
    home.write(".policy-waivers.yml", "- {requirement: S3-1.2, reason: r, owner: o, expires: 2026-12-24}\n")
    status, said = home.say("--features=policy", "--base=HEAD", "--as-of=2026-11-25")
    assert status == CLOSED, said
    assert "passed        S3-1.1" in said
    assert "failed        S3-1.2" in said
    assert "setting changed: waivers-from is not set, and was base; before it is merged, what it was counts" in said


@pytest.mark.parametrize(("old", "new", "said"), [
    ('"prod.tfvars"', '"fair.tfvars"', "variable-files is"), ('infra = "tf"', 'infra = "fair"', "infra is fair, and was tf"),
])  # fmt: skip
def test_a_setting_whose_old_place_is_gone_is_told_to_count(home: AtHome, old: str, new: str, said: str) -> None:
    home.write(".design-policy.toml", 'infra = "tf"\n' + SETTINGS)
    for name in ("main.tf", "prod.tfvars"):
        home.write(f"tf/{name}", (home.path / name).read_text())
    home.repo.commit()
    for name in ("main.tf", "fair.tfvars"):
        home.write(f"fair/{name}", (home.path / name.replace("fair.", "prod.")).read_text())
    (home.path / "tf/prod.tfvars").rename(home.path / "tf/fair.tfvars")
    if "infra" in old:
        (home.path / "tf").rename(home.path / "real")
        home.write("fair/prod.tfvars", 'name = "x-logs"\n')
    home.edit(".design-policy.toml", old, new)
    _, output = home.say("--base=HEAD", "--block=new")
    (line,) = [line for line in output.splitlines() if f"setting changed: {said}" in line]
    assert "what it was is gone, so what it is counts already" in line


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
