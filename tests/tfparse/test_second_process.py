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
from tests.tfparse.other_process import until
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
until(lambda: process.is_over)
ahead = seen()
print(looked == [], ahead == Snapshot(infra).signatures(places))
process.end()
"""
    assert said(infra, program) == "True True"


@pytest.mark.parametrize("ready", [0, 1, 47, 48, 100, 48 * 7])
def test_what_is_not_ready_is_looked_at(ready: int, infra: Path) -> None:
    program = f"""
process = snapshot_of.look_ahead(places)
until(lambda: process.is_over)
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
until(lambda: process.is_over)
process.end()
print(seen() == Snapshot(infra).signatures(places), len(looked) // 8)
"""
    assert said(infra, program) == "True 2"


BUSY = """
def slow(*wait):
    for seconds in wait:
        time.sleep(seconds)
    return b"found"
"""


@pytest.mark.parametrize(
    ("then", "until", "came"),
    [
        ("lambda: b'found'", "process.is_over", b"found"),
        ("lambda: b'x' * 3_000_000", "process.is_over", b"x" * 3_000_000),
        ("bytes", "process.is_over", b""),
        ("lambda: slow(0.1)", "os.fstat(process.memory).st_size", b"found"),
        ("lambda: slow(50)", "os.fstat(process.memory).st_size", b""),
        ("lambda: 1 / 0", "os.fstat(process.memory).st_size", b""),
        ("lambda: os.abort()", "process.is_over", b""),
    ],
)
def test_what_follows_is_waited_for_but_not_for_long(then: str, until: str, came: bytes, infra: Path) -> None:
    program = f"""{BUSY}
snapshot._PATIENCE = 30 if "0.1" in {then!r} else 0.3
process = snapshot_of.look_ahead(places, {then})
until(lambda: {until} and os.fstat(process.memory).st_size >= 48 * len(places))
began = time.monotonic()
print(snapshot_of.followed == {came!r}, time.monotonic() - began < 20)
process.end()
print(snapshot_of.followed)
"""
    if len(came) > 1000:
        program = program.replace(repr(came), f"b'x' * {len(came)}")
    assert said(infra, program) == "True True\nb''"


def test_one_that_has_not_looked_at_all_is_not_waited_for(infra: Path) -> None:
    program = """
snapshot._PATIENCE = 30
Snapshot._signature = lambda *place: time.sleep(50)
process = snapshot_of.look_ahead(places, lambda: b"found")
began = time.monotonic()
print(snapshot_of.followed, time.monotonic() - began < 10)
process.end()
"""
    assert said(infra, program) == "b'' True"


def test_nothing_follows_where_there_is_no_second_process(infra: Path) -> None:
    assert said(infra, "print(snapshot_of.followed)") == "b''"
