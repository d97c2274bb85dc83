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
        note("late" if "pytest_bdd.plugin" in sys.modules else "early")
    elif os.getpid() == me and event == "subprocess.Popen" and "unshare" in str(arguments[0]):
        note("a program")

if "pytest" in sys.orig_argv:
    sys.addaudithook(watch)
    threading.Thread.start = started
"""


Begun = Callable[..., list[str]]
second_processor = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is no second processor")


@pytest.fixture
def begun(home: Home, tmp_path: Path) -> Begun:
    """Runs pytest, and says what was begun."""
    watches, told = tmp_path / "watches", tmp_path / "begun.json"
    watches.mkdir()
    (watches / "sitecustomize.py").write_text(WATCHES)

    def run(*arguments: str, **environment: str) -> list[str]:
        told.write_text("[]")
        home.run(*arguments, PYTHONPATH=str(watches), BEGUN=str(told), **environment)
        said: list[str] = json.loads(told.read_text())
        return said

    return run


@pytest.mark.skipif(next(installed("promtool"), None) is None, reason="promtool is not installed")
def test_programs_are_begun_before_the_first_scenario_runs(home: Home, begun: Begun) -> None:
    assert {"ahead", "a program"} <= set(begun(str(home.features)))
    assert {"ahead", "a program"} & set(begun("--fresh", str(home.features))) == {"a program"}


@second_processor
@pytest.mark.parametrize(
    ("arguments", "options", "at_first", "again"),
    [
        ([], "", ["early"], ["early"]),
        (["-k", "Rspamd"], "-q", ["early"], ["early"]),
        (["--fresh"], "", ["late"], []),
        ([], "--fresh", ["early"], []),
        ([], "--as-of=2026-11-01", ["early", "late"], ["early", "late"]),
        (["--collect-only"], "", [], []),
        (["-h"], "", [], []),
        (["--no-such-option"], "", [], []),
        (["tests/tfparse/hcl/test_table.py"], "", [], []),
    ],
)
def test_a_second_process_is_begun_before_all_is_loaded(
    arguments: list[str], options: str, at_first: list[str], again: list[str], home: Home, begun: Begun
) -> None:
    """``options`` are read later than the command line is; where they ask for something else, that is ended."""
    features = [] if arguments and arguments[0].startswith("tests/") else [str(home.features)]
    for expected in (at_first, again):
        said = begun(*arguments, *features, PYTEST_ADDOPTS=options)
        assert [what for what in said if what in ("early", "late")] == expected


@second_processor
def test_nobody_looks_for_a_run_that_takes_nothing_over(home: Home, begun: Begun) -> None:
    features = str(home.features)
    begun(features)
    assert not {"early", "late"} & set(begun("--fresh", features))
    assert "late" not in begun(features, PYTEST_ADDOPTS="--fresh")


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


@second_processor
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


SAVES = """
import os, sys, time

if "pytest" in sys.orig_argv:
    from gate import reuse
    from tfparse.source import beforehand, snapshot

    save, ready, begin, begun = reuse.Memory.save, snapshot._AllAhead.__init__, beforehand.begin, []
    beforehand.begin = lambda *given: begun.append(begin(*given)) or begun[-1]

    def waits(self, said):
        ready(self, said)
        until(lambda: begun[-1]._process.is_over)
        before()

    def until(true):
        while not true():
            time.sleep(0.01)

    def watched(self):
        looked, signature = [], snapshot.Snapshot._signature
        snapshot.Snapshot._signature = lambda self, *place: looked.append(place) or signature(self, *place)
        save(self)
        with open(os.environ["LOOKED"], "w") as file:
            file.writelines(" ".join(place) + chr(10) for place in looked)

    def before():
        if "CHANGED" in os.environ:
            with open(os.environ["CHANGED"], "a") as file:
                file.write("# a word")

    reuse.Memory.save, snapshot._AllAhead.__init__ = watched, waits
"""


@pytest.fixture
def saves(tmp_path: Path) -> dict[str, str]:
    """Has a first run begin once the second process has looked at all."""
    watches = tmp_path / "watches"
    watches.mkdir()
    (watches / "sitecustomize.py").write_text(SAVES)
    return {"PYTHONPATH": f"{watches}:{ROOT}", "LOOKED": str(tmp_path / "looked")}


@second_processor
def test_a_second_process_looks_at_what_a_first_run_reads(home: Home, saves: dict[str, str]) -> None:
    home.judge(**saves)
    looked = Path(saves["LOOKED"]).read_text().splitlines()
    files = [place.removeprefix("file ") for place in looked if place.startswith("file ")]
    assert files  # what is sought there, and absent
    assert [file for file in files if (home.infra / file).exists()] == []
    assert taken_over(home.judge()) > 30


@second_processor
def test_nothing_is_kept_of_a_repo_that_changes_after_it_was_looked_at(home: Home, saves: dict[str, str]) -> None:
    changed = home.infra / "stacks/mailserver/modules/mailserver/main.tf"
    found = home.judge(**saves, CHANGED=str(changed))
    assert changed.read_text().endswith("# a word")
    assert [*(home.folder / "cache" / "design-policy").glob("*.verdicts")] == []
    assert seen(found) == seen(home.judge())


CHANGES = """
import os, sys

if "pytest" in sys.orig_argv:
    from gate import reuse

    os.sched_getaffinity = lambda process: {0}  # so that nothing was looked at before
    changed_since = reuse.changed_since

    def changed(root, moment):
        found = changed_since(root, moment)
        with open(os.environ["CHANGED"], "a") as file:
            file.write("# a word")
        return found

    reuse.changed_since = changed
"""


def test_what_changes_while_it_is_kept_is_judged_again(home: Home, tmp_path: Path) -> None:
    watches = tmp_path / "watches"
    watches.mkdir()
    (watches / "sitecustomize.py").write_text(CHANGES)
    changed = home.infra / "stacks/mailserver/modules/mailserver/main.tf"
    home.judge(PYTHONPATH=f"{watches}:{ROOT}", CHANGED=str(changed))
    assert changed.read_text().endswith("# a word")
    assert taken_over(home.judge()) < taken_over(home.judge())
