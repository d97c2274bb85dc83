"""What works ahead does so in a run as people start it: programs that a first run will ask, and a second process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from readers.sandbox.installed import installed
from tests.suite.test_reuse import Home, home

__all__ = ["home"]

# Python runs this as it starts: a plugin of pytest would be one that the suite does not know.
WATCHES = """
import json, os, sys, threading

main, begun, me = threading.main_thread().ident, [], os.getpid()

def looks_ahead():
    frame = sys._current_frames().get(main)
    while frame is not None:
        if frame.f_code.co_filename.endswith(os.path.join("gate", "ahead.py")):
            return True
        frame = frame.f_back
    return False

def watch(event, arguments):
    if os.getpid() == me and (event == "os.fork" or event == "subprocess.Popen" and "unshare" in str(arguments[0])):
        begun.append("a second process" if event == "os.fork" else "ahead" if looks_ahead() else "a program")
        with open(os.environ["BEGUN"], "w") as file:
            json.dump(begun, file)

if "pytest" in sys.orig_argv:
    sys.addaudithook(watch)
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
    assert "ahead" in begun()
    assert begun("--fresh") & {"ahead", "a program"} == {"a program"}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is no second processor")
def test_a_second_process_works_ahead(begun: Callable[..., set[str]]) -> None:
    assert "a second process" in begun()
    assert begun() == {"a second process"}
    assert "a second process" not in begun("--fresh")
