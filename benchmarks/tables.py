"""What the gate costs beside its floor: pytest-bdd, as it comes, with as many scenarios that do nothing.

All rows of a table take turns, on a copy of the repo: cold, unchanged since the run before, and after a change in one
stack.  How cost grows with the repo and with the number of scenarios is measured likewise.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from measure import Command

SUITE = Path(__file__).parents[1]
CODES = (0, 1)
"""Open or closed: either way it has judged."""
_IN_A_FILE = 100
"""Scenarios of a feature: a larger one is refused at some size."""
CHANGED = {
    "the mail stack changed": "stacks/mailserver/modules/mailserver/main.tf",
    "another stack changed": "stacks/blog/main.tf",
}
_WITHOUT = ("cacheprovider", "hypothesispytest", "xdist")
_PYTEST = (sys.executable, "-m", "pytest", "-q", *(f"-pno:{plugin}" for plugin in _WITHOUT))
_NOTHING = """\
from pytest_bdd import given, scenarios, then

scenarios("features")


@given("nothing")
def _():
    pass


@then("all is well")
def _():
    pass
"""


def floor(folder: Path, scenarios: int = 40) -> Command:
    """pytest-bdd with scenarios that do nothing, in a folder that is made for them."""
    (folder / "features").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_nothing.py").write_text(_NOTHING)
    texts = [f"\n  Scenario: {number}\n    Given nothing\n    Then all is well\n" for number in range(scenarios)]
    (folder / "features" / "nothing.feature").write_text("Feature: Nothing\n" + "".join(texts))
    return Command(_PYTEST, folder=folder)


def gate(infra: Path, dns: str, folder: Path) -> dict[str, Command]:
    """The rows of one repo's table: the floor comes first."""
    copy = folder / "infra"
    shutil.copytree(infra, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    same = judged(copy, dns)
    rows = {
        "40 scenarios that do nothing": floor(folder / "floor"),
        "cold": replace(same, cold=True),
        "unchanged": same,
    }
    changed = {what: copy / file for what, file in CHANGED.items() if (copy / file).is_file()}
    return rows | {what: replace(same, before=_change(file)) for what, file in changed.items()}


def judged(infra: Path, dns: str, features: Path = SUITE / "features") -> Command:
    """The gate on a repo."""
    where = ("-c", str(SUITE / "pytest.ini"), "--rootdir", str(SUITE), "--noconftest", "-p", "conftest")
    asked = (f"--features={features}", f"--infra={infra}", f"--dns={dns}", str(features))
    return Command((*_PYTEST, *where, *asked), codes=CODES, folder=SUITE)


def _change(file: Path) -> Callable[[], object]:
    """Makes the file another one each time: a comment more or less changes no verdict."""
    text, numbers = file.read_text(encoding="utf-8"), count()
    return lambda: file.write_text(f"{text}\n# {next(numbers)}\n", encoding="utf-8")


def growing_repo(infra: Path, dns: str, folder: Path) -> dict[str, Command]:
    """The gate, cold, on a repo whose other stacks stand there once, twice, four and eight times."""
    rows = {}
    for times in (1, 2, 4, 8):
        copy = folder / f"{times} times"
        shutil.copytree(infra, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        stacks = [place for place in sorted((copy / "stacks").iterdir()) if place.is_dir()]
        for stack in (stack for stack in stacks if stack.name != "mailserver"):
            for number in range(1, times):
                shutil.copytree(stack, stack.with_name(f"{stack.name}-{number}"), symlinks=True)
        rows[f"{times} times its stacks, cold"] = replace(judged(copy, dns), cold=True)
    return rows


def growing_features(infra: Path, dns: str, folder: Path) -> dict[str, Command]:
    """The gate, cold and unchanged, by 100 to 1,000 scenarios."""
    rows = {}
    for scenarios in (100, 300, 1000):
        place = folder / f"{scenarios} scenarios"
        place.mkdir(parents=True)
        for first in range(0, scenarios, _IN_A_FILE):
            texts = map(_scenario, range(first, min(first + _IN_A_FILE, scenarios)))
            (place / f"from-{first}.feature").write_text(f"Feature: Many, from {first}\n{''.join(texts)}")
        same = judged(infra, dns, place)
        rows |= {f"{scenarios} scenarios, cold": replace(same, cold=True), f"{scenarios} scenarios, unchanged": same}
    return rows


def _scenario(number: int) -> str:
    return f"""
  @MANY-{number + 1}
  Scenario: Rspamd is on, {number}
    Given the "mailserver" stack
    And the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    Then it has:
      | path                     | is |
      | env[ENABLE_RSPAMD].value | 1  |
"""
