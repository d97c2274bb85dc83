""".policy-waivers.yml: what it may say, and every slip that is refused with its line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gate.waiver_file import read_waivers
from gate.waivers import Problem, Waiver, Waivers

DAY = date(2026, 11, 25)
KNOWN = {"MH-1.1": {"The one", "The other: again"}, "MH-1.2": {"The second"}}
GOOD = """\
- requirement: MH-1.1
  reason: It moves
  owner: mail team
  expires: 2026-12-31
"""


def read(folder: Path, text: str | bytes, known: dict[str, set[str]] | None = KNOWN) -> Waivers:
    file = folder / "waivers.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_waivers(file, "w.yml", DAY, known)


def test_reads_what_is_in_order(tmp_path: Path) -> None:
    text = (
        GOOD
        + """
# all of it, over several lines, in another order
- {expires: "2026-11-25", scenario: 'The other: again', owner: 5, requirement: MH-1.1, reason: "so that\n   it rests"}
"""
    )
    assert read(tmp_path, text) == Waivers(
        (
            Waiver("MH-1.1", None, "It moves", "mail team", date(2026, 12, 31), "w.yml", 1),
            Waiver("MH-1.1", "The other: again", "so that it rests", "5", DAY, "w.yml", 7),
        )
    )


@pytest.mark.parametrize("text", ["", "# none any more\n", "[]\n", b"\xef\xbb\xbf[]"])
def test_a_file_without_waivers_is_in_order(tmp_path: Path, text: str | bytes) -> None:
    assert read(tmp_path, text) == Waivers()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        # the file
        (GOOD, "waivers:\n" + GOOD, 1, 'a list of waivers is expected (entries that begin with "- requirement:")'),
        (GOOD, "- MH-1.1\n", 1, "a waiver has requirement, reason, owner, expires and, if need be, scenario"),
        (GOOD, GOOD + "- [\n", 6, "not YAML: expected the node content, but found '<stream end>'"),
        (GOOD, GOOD + "---\n[]\n", 5, "not YAML: but found another document"),
        ("mail team", "*nobody", 3, "not YAML: found undefined alias"),
        ("mail team", "\x07", 1, "cannot be read: unacceptable character #x0007: special characters are not allowed"),
        # keys
        ("mail team", "x\n  owners: mail team", 4, "unknown key 'owners': is 'owner' meant?"),
        ("mail team", "x\n  <<: {owner: y}", 4, "unknown key '<<'"),
        ("mail team", "x\n  ? [a]\n  : y", 4, "unknown key 'a key that is no text'"),
        ("  owner: mail team\n", "  owner: x\n  owner: mail team\n", 4, "a second owner: the first is on line 3"),
        ("  owner: mail team\n", "", 1, "a waiver without owner"),
        ("  reason: It moves\n", "", 1, "a waiver without reason"),
        ("  expires: 2026-12-31\n", "", 1, "a waiver without expires"),
        ("requirement: MH-1.1", "scenario: The one", 1, "a waiver without requirement"),
        # values
        ("mail team", "", 3, "owner is empty"),
        ("mail team", "~", 3, "owner is empty"),
        ("It moves", "'  '", 2, "reason is empty"),
        ("It moves", "[it, moves]", 2, "reason is not text"),
        ("MH-1.1", "MH-1.3", 1, "no feature has a requirement 'MH-1.3'"),
        ("MH-1.1", "mh-1.1", 1, "no feature has a requirement 'mh-1.1'"),
        ("MH-1.1", "MH-1.1\n  scenario: The on", 2, "MH-1.1 has no scenario 'The on': is 'The one' meant?"),
        ("MH-1.1", "MH-1.1\n  scenario: The second", 2, "MH-1.1 has no scenario 'The second'"),
        ("MH-1.1", "MH-1.1\n  scenario:", 2, "scenario is empty"),
        # dates
        ("2026-12-31", "2026-12-32", 4, "expires: '2026-12-32': day is out of range for month"),
        ("2026-12-31", "31.12.2026", 4, "expires: '31.12.2026' is not a date of the form YYYY-MM-DD"),
        (
            "2026-12-31",
            "2026-12-31T00:00:00Z",
            4,
            "expires: '2026-12-31T00:00:00Z' is not a date of the form YYYY-MM-DD",
        ),
        ("2026-12-31", "never", 4, "expires: 'never' is not a date of the form YYYY-MM-DD"),
        (
            "2026-12-31",
            "2027-05-25",
            4,
            "expires: 2027-05-25 is more than 180 days after the day that is judged, 2026-11-25",
        ),
        # twice
        (GOOD, GOOD * 2, 5, "a second waiver for MH-1.1: the first is on line 1"),
    ],
)
def test_refuses_with_the_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    found = read(tmp_path, text)
    (problem, *others) = found.problems
    assert (problem.file, problem.line) == ("w.yml", line)
    assert problem.message.startswith(message)
    assert not others
    assert len(found.entries) == (1 if new == GOOD * 2 else 0), "what is not in order waives nothing"


def test_the_last_day_there_is(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD.replace("2026-12-31", "2027-05-24")).problems == ()
    file = tmp_path / "waivers.yml"
    assert read_waivers(file, "w.yml", date.max, KNOWN).problems == ()


def test_every_problem_is_told_and_the_rest_counts(tmp_path: Path) -> None:
    bad = GOOD.replace("MH-1.1", "MH-9.9").replace("owner: mail team", "ownr: x")
    found = read(tmp_path, bad + GOOD.replace("2026-12-31", "soon") + GOOD)
    assert [(problem.line, problem.message.split(":")[0]) for problem in found.problems] == [
        (3, "unknown key 'ownr'"),
        (1, "a waiver without owner"),
        (8, "expires"),
    ]
    assert [waiver.line for waiver in found.entries] == [9]


def test_names_are_not_held_against_features_that_could_not_be_read(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD.replace("MH-1.1", "MH-9.9"), known=None).problems == ()


@pytest.fixture
def shallow() -> Iterator[None]:
    """As many frames as Python has by itself: YAML of ever more brackets takes the square of their depth."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- \xff\n", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (b"#" * 300_000, "cannot be read: it is larger than 256 KB"),
        (b"[" * 5_000, "cannot be read: maximum recursion depth exceeded"),
        (b"&a [*a]\n", "a waiver has requirement"),
    ],
)
@pytest.mark.usefixtures("shallow")
def test_hostile_files(tmp_path: Path, content: bytes, message: str) -> None:
    (problem,) = read(tmp_path, content).problems
    assert problem.line == 1
    assert problem.message.startswith(message)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    assert read_waivers(tmp_path, "w.yml", DAY, KNOWN).problems == (
        Problem("w.yml", 1, "cannot be read: Is a directory"),
    )


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "waivers.yml")
    (tmp_path / "device.yml").symlink_to("/dev/zero")
    for name in ("waivers.yml", "device.yml"):
        found = read_waivers(tmp_path / name, "w.yml", DAY, KNOWN)
        assert found == Waivers((), (Problem("w.yml", 1, "cannot be read: it is not a file"),))
