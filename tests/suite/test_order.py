"""What a verdict rests on does not depend on which scenario was judged before: what several of them share is worked out
once, and each rests on all that it took.

A scenario that came later and rested on less would be taken over after a change that it should have seen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.suite.gate_run import ROOT

# It is a module of the gate's by its name: a plugin of others would have nothing kept.  Nobody looks ahead, for who does
# so would be the first for all.
WATCHES = """
import json, sys
import pytest
import gate.ahead, gate.bases

del gate.ahead.pytest_runtestloop
order, out, *arguments = sys.argv[1:]
rests_on, learn = {}, gate.bases.Bases.learn

def told(part):
    return getattr(part, "__qualname__", None) or (part if isinstance(part, str) else type(part).__name__)

def note(bases, name, basis):
    rests_on[name[1]] = {
        "said": sorted(" ".join(map(told, (question, *about))) for question, about, *_ in basis.said),
        "roots": sorted(basis.roots),
        "are roots": sorted(basis.are_roots),
        "files": sorted(basis.reads.files),
        "folders": sorted(basis.reads.folders),
        "below": sorted(basis.reads.below),
        "all roots": basis.root_paths,
    }
    learn(bases, name, basis)

class Watches:
    __name__ = "gate.watches"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        if order == "backwards":
            items.reverse()

gate.bases.Bases.learn = note
pytest.main(arguments, plugins=[Watches()])
with open(out, "w") as file:
    json.dump(rests_on, file)
"""


def rests_on(order: str, tmp_path: Path) -> dict[str, Any]:
    """What each verdict on the fixture rests on, by the scenario's name."""
    out = tmp_path / f"{order}.json"
    command = [
        sys.executable, "-c", WATCHES, order, str(out), "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest",
        "-p", "no:xdist", "-c", str(ROOT / "pytest.ini"), "--rootdir", str(ROOT), "-p", "conftest", "--noconftest",
        f"--infra={ROOT / 'fixtures/infra'}", "--dns=off", str(ROOT / "features"),
    ]  # fmt: skip
    mine = os.environ | {"XDG_CACHE_HOME": str(tmp_path / order), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=mine, capture_output=True, text=True, check=False)
    assert out.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_a_verdict_rests_on_the_same_in_whatever_order_scenarios_are_judged(tmp_path: Path) -> None:
    forwards, backwards = rests_on("forwards", tmp_path), rests_on("backwards", tmp_path)
    assert len(forwards) > 30
    assert list(backwards) == [*reversed(forwards)]
    assert backwards == forwards
