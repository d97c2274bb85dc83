"""What works ahead does so in a run as people start it: programs that a first run will ask, and a second process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from readers.sandbox.installed import installed
from tests.suite.cases import TESTS, make
from tests.suite.gate_run import ROOT
from tests.suite.test_reuse import Home, home, seen, taken_over

__all__ = ["home"]

# Python runs this as it starts: a plugin of pytest would be one that the suite does not know.
WATCHES = """
import json, os, sys, threading

begun, me, start = [], os.getpid(), threading.Thread.start

def note(what):
    begun.append(what)
    with open(os.environ["BEGUN"], "w") as file:
        json.dump(begun, file)

def started(thread):
    frame = sys._getframe()
    while frame is not None and not frame.f_code.co_filename.endswith(os.path.join("gate", "ahead.py")):
        frame = frame.f_back
    if frame is not None:
        note("ahead")
    start(thread)

def watch(event, arguments):
    if os.getpid() == me and event == "os.fork":
        note("a second process")
    elif os.getpid() == me and event == "subprocess.Popen" and "unshare" in str(arguments[0]):
        note("a program")

if "pytest" in sys.orig_argv:
    sys.addaudithook(watch)
    threading.Thread.start = started
"""


@pytest.fixture
def begun(home: Home, tmp_path: Path) -> Callable[..., set[str]]:
    """Judges, and says what was begun."""
    watches, told = tmp_path / "watches", tmp_path / "begun.json"
    watches.mkdir()
    (watches / "sitecustomize.py").write_text(WATCHES)

    def judged(*arguments: str) -> set[str]:
        told.write_text("[]")
        home.judge(*arguments, PYTHONPATH=str(watches), BEGUN=str(told))
        return set(json.loads(told.read_text()))

    return judged


@pytest.mark.skipif(next(installed("promtool"), None) is None, reason="promtool is not installed")
def test_programs_are_begun_before_the_first_scenario_runs(begun: Callable[..., set[str]]) -> None:
    assert begun() >= {"ahead", "a program"}
    assert begun("--fresh") & {"ahead", "a program"} == {"a program"}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is no second processor")
def test_a_second_process_works_ahead(begun: Callable[..., set[str]]) -> None:
    assert "a second process" in begun()
    assert begun() == {"a second process"}
    assert "a second process" not in begun("--fresh")


TAKES = """
import os, sys, time

if "pytest" in sys.orig_argv:
    from tfparse.secrets import ahead
    from tfparse.source import snapshot

    take, follows = ahead.take_over, snapshot._Ahead.followed

    def counted(*given):
        found = take(*given)
        with open(os.environ["TAKEN"], "a") as file:
            file.write(f"{found is not None}\\n")
        return found

    def slowly(self):
        while not self._process.is_over:  # however busy the machine is
            time.sleep(0.01)
        return follows(self)

    ahead.take_over, snapshot._Ahead.followed = counted, slowly
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is no second processor")
@pytest.mark.parametrize("name", [None, "literal-in-a-secret", "syntax-error-beside-it", "unlocked-git-crypt"])
def test_of_a_repo_that_has_changed_a_second_process_finds_the_secrets(
    name: str | None, home: Home, tmp_path: Path
) -> None:
    watches, taken = tmp_path / "watches", tmp_path / "taken"
    watches.mkdir()
    (watches / "sitecustomize.py").write_text(TAKES)
    taken.write_text("")
    watched = {"PYTHONPATH": f"{watches}:{ROOT}", "TAKEN": str(taken)}
    home.judge(**watched)
    assert taken_over(home.judge(**watched)) > 30
    assert taken.read_text() == ""
    case = yaml.safe_load((TESTS / f"secrets/{name}.yaml").read_text()) if name is not None else {"secrets": []}
    for edit in case.get("edits", ()):
        make(edit, home.infra, home.infra)
    with (home.infra / "stacks/mailserver/modules/mailserver/main.tf").open("a") as file:
        file.write("# a word\n")
    found = home.judge(**watched)
    assert taken.read_text() == "True\n"
    assert seen(found) == seen(home.judge("--fresh"))
    assert [secret for secret in case["secrets"] if secret in json.dumps(found)] == []
    assert taken_over(home.judge(**watched)) > 30
