"""What a second process has looked at is what the first would have found; what it has not, the first looks at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.repo import repo
from tests.tfparse.other_process import said_by

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is no second processor"
)

BEGIN = """
import os, sys, time
from pathlib import Path
from tfparse.source.snapshot import Snapshot
from tfparse.source import snapshot

infra = Path(sys.argv[1])
places = ["file a.tf", "file b.tf", "file absent.tf", "folder ", "below ", "below gone", "all ", "git"]
looked = []

def seen():
    looked.clear()
    signature = Snapshot._signature
    Snapshot._signature = lambda self, *place: looked.append(place) or signature(self, *place)
    return snapshot_of.signatures(places)

def until(true):
    while not true():
        time.sleep(0.01)

snapshot_of = Snapshot(infra)
"""


def said(infra: Path, program: str) -> str:
    return said_by(BEGIN + program, infra)


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    made = tmp_path / "infra"
    repo(made, {"a.tf": "a = 1\n", "b.tf": "b = 2\n", ".gitattributes": "*.key filter=git-crypt\n", "x.key": "x"})
    return made


def test_what_is_ready_is_taken(infra: Path) -> None:
    program = """
process = snapshot_of.look_ahead(places)
until(lambda: os.fstat(process.memory).st_size == 48 * len(places))
ahead = seen()
print(looked == [], ahead == Snapshot(infra).signatures(places))
process.end()
"""
    assert said(infra, program) == "True True"


@pytest.mark.parametrize("ready", [0, 1, 47, 48, 100, 48 * 7])
def test_what_is_not_ready_is_looked_at(ready: int, infra: Path) -> None:
    program = f"""
process = snapshot_of.look_ahead(places)
until(lambda: os.fstat(process.memory).st_size == 48 * len(places))
os.ftruncate(process.memory, {ready})
ahead = seen()
print(len(looked), ahead == Snapshot(infra).signatures(places))
process.end()
"""
    assert said(infra, program) == f"{8 - ready // 48} True"


@pytest.mark.parametrize("fails", ["os.abort()", "1 / 0", "time.sleep(60)"])
def test_one_that_fails_or_takes_its_time_is_nobodys_error(fails: str, infra: Path) -> None:
    program = f"""
signature = Snapshot._signature
Snapshot._signature = lambda *place: {fails}
process = snapshot_of.look_ahead(places)
Snapshot._signature = signature
ahead = seen()
process.end()
print(len(looked), ahead == Snapshot(infra).signatures(places))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("gone")
"""
    assert said(infra, program) == "8 True\ngone"


def test_what_is_ended_is_not_asked(infra: Path) -> None:
    program = """
process = snapshot_of.look_ahead(places)
until(lambda: os.fstat(process.memory).st_size == 48 * len(places))
process.end()
print(seen() == Snapshot(infra).signatures(places), len(looked) // 8)
"""
    assert said(infra, program) == "True 2"
