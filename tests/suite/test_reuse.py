"""What an earlier run has judged is taken over where all that it rests on is as it was, and nowhere else: a gate that
took over more would open on what it did not see.

Each case is judged after the good repo, whose verdicts are at hand, then once more, then as if nothing were known: the
verdicts and the evidence are the same.  ``REUSE_CASES=all`` takes every violation and equivalent, in place of a sample.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readers.sandbox.installed import installed
from tests.suite.cases import PUBLISHED, TESTS, Case, cases, make
from tests.suite.gate_run import ROOT

EVERY = [*cases(TESTS / "violations"), *cases(TESTS / "equivalents")]
KINDS = ("MH-1.1", "MH-2.", "MH-3.5", "MH-4.", "MH-5.1", "MH-7.", "env/", "services/", "source/")


def chosen() -> list[Case]:
    """One case of each kind, or all."""
    fit = [case for case in EVERY if case.state == "today"]
    if os.environ.get("REUSE_CASES") == "all":
        return fit
    found = [next((case for case in fit if case.name.startswith(kind)), None) for kind in KINDS]
    published = next(case for case in fit if any(edit["in"] == PUBLISHED for edit in case.edits))
    return [*filter(None, found), published]


class Home:
    """A copy of the fixture, a zone of its own, and a cache."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.infra, self.zones = folder, folder / "infra", folder / "zones"
        self.features = folder / "features"
        self.before: tuple[str, ...] = ()
        """The command that runs the command."""
        shutil.copytree(ROOT / "features", self.features)
        self.good()

    def good(self) -> None:
        for to, name in ((self.infra, "infra"), (self.zones, "zones/infra")):
            shutil.rmtree(to, ignore_errors=True)
            shutil.copytree(ROOT / "fixtures" / name, to, symlinks=True)

    def edit(self, case: Case) -> None:
        for edit in case.edits:
            make(edit, self.infra, self.zones / "viktorbarzin.me.zone")

    def judge(self, *arguments: str, **environment: str) -> dict[str, Any]:
        """The report of a run."""
        report = self.folder / "reports" / "report.json"
        report.unlink(missing_ok=True)
        done = self.run(f"--report-dir={report.parent}", *arguments, str(self.features), **environment)
        assert report.exists(), done.stdout + done.stderr
        held: dict[str, Any] = json.loads(report.read_text())
        return held

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [
            *self.before, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist",
            "-c", str(ROOT / "pytest.ini"), "--rootdir", str(ROOT), "-p", "conftest", "--noconftest",
            f"--features={self.features}", f"--infra={self.infra}", f"--dns=zones:{self.zones}", *arguments,
        ]  # fmt: skip
        mine = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")} | environment
        return subprocess.run(command, cwd=ROOT, env=mine, capture_output=True, text=True, check=False)


def taken_over(report: dict[str, Any]) -> int:
    found: int = report["time"]["taken_over"]
    return found


def seen(report: dict[str, Any]) -> object:
    """All that a run says, but for how long it took."""
    told = {key: value for key, value in report.items() if key != "time"}
    return json.loads(json.dumps(told), object_hook=lambda held: {k: v for k, v in held.items() if k != "seconds"})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.mark.parametrize("case", chosen(), ids=lambda case: case.name)
def test_after_the_good_repo_each_case_is_judged_as_if_it_were_the_first(case: Case, home: Home) -> None:
    assert taken_over(home.judge()) == 0
    home.edit(case)
    after_good, again, anew = home.judge(), home.judge(), home.judge("--fresh")
    assert seen(after_good) == seen(again) == seen(anew)
    assert taken_over(after_good) <= taken_over(again)
    assert (taken_over(again) > 30, taken_over(anew)) == (True, 0)


def test_who_looks_ahead_finds_what_who_does_not(home: Home) -> None:
    assert seen(home.judge()) == seen(home.judge("--fresh"))


def forge(home: Home, change: Callable[[bytes], bytes]) -> None:
    (file,) = (home.folder / "cache" / "design-policy").glob("*.verdicts")
    file.write_bytes(change(file.read_bytes()))


def append(name: str, text: str) -> Callable[[Home], None]:
    def change(home: Home) -> None:
        (home.folder / name).parent.mkdir(exist_ok=True)
        with (home.folder / name).open("a") as file:
            file.write(text)

    return change


DEPLOYMENT = """
resource "kubernetes_deployment" "more" {
  metadata {
    name = "more"
    namespace = "blog"
  }
}
"""
OTHERWISE: dict[str, Callable[[Home], None]] = {
    "a feature": append("features/mailserver_hardening/1_rspamd.feature", "\n# a word\n"),
    "the zone": append("zones/viktorbarzin.me.zone", "\n; a word\n"),
    "a secret": append("infra/stacks/blog/main.tf", '\nvariable "p" {\n  sensitive = true\n  default = "hunter-2000"\n}\n'),
    "damage": lambda home: forge(home, lambda data: data[:-1] + b"x"),
    "a shorter file": lambda home: forge(home, lambda data: data[:-1]),
    "another's hand": lambda home: [f.chmod(0o666) for f in (home.folder / "cache" / "design-policy").glob("*.verdicts")],
}  # fmt: skip


ELSEWHERE: dict[str, tuple[Callable[[Home], None], int]] = {
    "a comment": (append("infra/stacks/blog/main.tf", "\n# a word\n"), 38),
    "a file more": (append("infra/stacks/blog/more.tf", ""), 38),
    "a root more": (append("infra/stacks/blog/inner/main.tf", 'resource "terraform_data" "one" {}\n'), 0),
    "a workload": (append("infra/stacks/blog/main.tf", DEPLOYMENT), 38),
    "of the mail stack": (append("infra/stacks/mailserver/modules/mailserver/main.tf", "\n# a word\n"), 3),
}


@pytest.mark.parametrize(("change", "least"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_after_a_change_only_that_is_judged_again_which_it_touches(
    home: Home, change: Callable[[Home], None], least: int
) -> None:
    home.judge()
    change(home)
    after, again, anew = home.judge(), home.judge(), home.judge("--fresh")
    assert seen(after) == seen(again) == seen(anew)
    assert least <= taken_over(after) <= taken_over(again)


@pytest.mark.parametrize("forged", ["damage", "another's hand"])
def test_no_basis_is_believed_that_is_not_ours_and_whole(home: Home, forged: str) -> None:
    home.judge()
    ELSEWHERE["a comment"][0](home)
    (file,) = (home.folder / "cache" / "design-policy").glob("*.bases")
    file.write_bytes(file.read_bytes()[:-1] + b"x") if forged == "damage" else file.chmod(0o666)
    assert taken_over(home.judge()) == 0


def test_what_is_seen_in_passing_from_state_to_state_is_what_each_state_shows(home: Home) -> None:
    """Each verdict rests on what it did when it was judged last, however many changes ago."""
    home.judge()
    for case in chosen()[:4]:
        home.good()
        home.edit(case)
        assert seen(home.judge()) == seen(home.judge("--fresh"))


@pytest.mark.parametrize("change", OTHERWISE.values(), ids=OTHERWISE)
def test_what_is_otherwise_is_judged(home: Home, change: Callable[[Home], None]) -> None:
    home.judge()
    assert taken_over(home.judge()) > 30
    change(home)
    assert taken_over(home.judge()) <= (38 if change is OTHERWISE["a feature"] else 0)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["--base=HEAD"], {}), ([], {"DESIGN_POLICY_STEPS": "steps"}), (["-p", "tests.repo"], {}), (["--dns=off"], {})],
    ids=["base", "steps", "plugin", "dns"],
)
def test_what_may_decide_otherwise_is_judged(home: Home, arguments: list[str], environment: dict[str, str]) -> None:
    (home.folder / "steps").mkdir()
    for line in ("init -q", "add .", "-c user.name=a -c user.email=a@example.org commit -qm first"):
        subprocess.run(["git", *line.split()], cwd=home.infra, check=True)
    home.judge()
    known = {name: str(home.folder / place) for name, place in environment.items()}
    assert taken_over(home.judge(*arguments, **known)) == 0


def test_what_was_judged_on_another_day_counts_as_long_as_it_is_in_force(home: Home) -> None:
    home.judge("--as-of=2026-11-25")
    assert taken_over(home.judge("--as-of=2026-11-26")) > 30
    before, anew = home.judge("--as-of=2026-01-01"), home.judge("--as-of=2026-01-01", "--fresh")
    assert seen(before) == seen(anew)


def hide(home: Home, program: str) -> None:
    """From now on, nobody finds a program."""
    places = list(installed(program))
    home.before = (
        "unshare",
        "--mount",
        "sh",
        "-ec",
        f'{"mount --bind /dev/null $1; shift; " * len(places)}"$@"',
        "sh",
        *places,
    )
    if subprocess.run([*home.before, "true"], check=False).returncode:
        pytest.skip("nothing can be hidden here: no mount namespaces")


def not_proven(report: dict[str, Any]) -> bool:
    return any(s["verdict"] == "not proven" for r in report["requirements"] for s in r["scenarios"])


def test_what_a_missing_program_would_prove_is_asked_once_it_is_there(home: Home) -> None:
    hide(home, "promtool")
    first, second = home.judge(), home.judge()
    assert not_proven(first)
    assert seen(first) == seen(second)
    home.before = ()
    there, again = home.judge(), home.judge()
    assert (taken_over(there), not_proven(there)) == (0, next(installed("promtool"), None) is None)
    assert taken_over(second) == taken_over(again) > 30


@pytest.mark.skipif(next(installed("promtool"), None) is None, reason="promtool is not installed")
def test_what_a_program_would_prove_that_cannot_be_started_is_asked_each_time(home: Home) -> None:
    hide(home, "unshare")
    first, second = home.judge(), home.judge()
    assert not_proven(first)
    assert seen(first) == seen(second)
    assert taken_over(second) > 20
    home.before = ()
    home.judge()
    assert taken_over(second) < taken_over(home.judge())


def test_some_of_the_scenarios_are_judged_and_then_the_rest(home: Home) -> None:
    home.judge("-m", "MH-1.1")
    all_of_them = home.judge()
    assert taken_over(all_of_them) == 1
    assert seen(all_of_them) == seen(home.judge("--fresh"))
    assert taken_over(home.judge()) > 30


def test_so_is_all_where_a_folder_of_features_has_plugins_of_its_own(tmp_path: Path) -> None:
    """pytest loads its conftest.py while it collects, after others have been."""
    suite, report = tmp_path / "suite", tmp_path / "reports" / "report.json"
    for part in ("features", "fixtures", "gate", "readers", "steps", "tfparse"):
        shutil.copytree(ROOT / part, suite / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("conftest.py", "pyproject.toml", "pytest.ini"):
        shutil.copy(ROOT / part, suite)
    more = suite / "features/z/more.feature"
    more.parent.mkdir()
    more.write_text((suite / "features/mailserver_hardening/6_sendgrid.feature").read_text().replace("@MH-", "@Z-"))

    def judge() -> int:
        command = [sys.executable, "-m", "pytest", "-q", f"--report-dir={report.parent}", "features"]
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        done = subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, check=False)
        assert report.exists(), done.stdout + done.stderr
        return taken_over(json.loads(report.read_text()))

    judge()
    assert judge() > 30
    (more.parent / "conftest.py").write_text("def pytest_runtest_setup():\n    pass\n")
    judge()
    assert judge() == 0
