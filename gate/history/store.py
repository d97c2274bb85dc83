"""What was judged of a repo's commits, kept between runs: a history that was stopped goes on, and grows by what is new.

A file of the user's (XDG Base Directory Specification), believed only if it is ours, whole, and made by this very
suite, of these features, with these programs.  It holds what reports show, without secrets.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from gate.history import SUFFIX
from gate.history.spans import Point, State
from tfparse.own_file import cache_directory, read_own, write_own

MAX_SIZE = 16 * 2**20
"""Bytes up to which a history is kept: past it, the oldest commits are left out."""
_MAGIC = b"design-policy history 1\n"
_MOST_RECENT = 1_000


class Store(Struct):
    """The points that are known, by commit and day."""

    file: Path | None
    key: str
    scenarios: list[dict[str, Any]] = field(default_factory=list)
    _states: list[State] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _rows: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)
    _held: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _recent: dict[int, tuple[State, int]] = field(default_factory=dict)
    """The states that were kept last, by identity: from one commit to the next most are the same."""
    _is_new: bool = False

    def __post_init__(self) -> None:
        held = _load(self.file) if self.file is not None else None
        if held is None or held.get("key") != self.key:
            return
        self.scenarios = held["scenarios"]
        for state in held["states"]:
            self._number(state)
        rows = [self._row(tuple(row)) for row in held["rows"]]
        self._held = {commit: rows[row] for commit, row in held["commits"].items()}

    def states(self, commit: str) -> tuple[State, ...] | None:
        """The states of the scenarios at a commit; None where it was not judged."""
        row = self._held.get(commit)
        return None if row is None else tuple(self._states[number] for number in row)

    def keep(self, point: Point) -> tuple[State, ...]:
        """Keep what was seen at a commit; the same, sharing what it has in common with others."""
        row = self._row(tuple(map(self._number, point.states)))
        self._held[point.commit.id] = row
        self._is_new = True
        return tuple(self._states[number] for number in row)

    def save(self) -> None:
        """Write it, if there is anything new.  One that cannot be written is no error."""
        if self.file is None or not self._is_new:
            return
        self._is_new = not write_own(self.file, _MAGIC, self._packed())

    def _packed(self) -> bytes:
        commits = list(self._held.items())
        while True:
            rows = {row: number for number, row in enumerate(dict.fromkeys(row for _, row in commits))}
            held = {
                "key": self.key, "scenarios": self.scenarios, "states": self._states, "rows": list(rows),
                "commits": {commit: rows[row] for commit, row in commits},
            }  # fmt: skip
            data = zlib.compress(json.dumps(held).encode(), 1)
            if len(data) <= MAX_SIZE or not commits:
                return data
            commits = commits[len(commits) // 2 + 1 :]

    def _number(self, state: State) -> int:
        recent = self._recent.get(id(state))
        if recent is None:  # (what is held keeps its identity)
            text = json.dumps(state, sort_keys=True)
            number = self._numbers.setdefault(text, len(self._states))
            if number == len(self._states):
                self._states.append(state)
            if len(self._recent) >= _MOST_RECENT:
                self._recent.clear()
            recent = self._recent[id(state)] = state, number
        return recent[1]

    def _row(self, row: tuple[int, ...]) -> tuple[int, ...]:
        return self._rows.setdefault(row, row)


def store_file(repository: Path) -> Path:
    """Where the history of a repository is kept."""
    return cache_directory() / (hashlib.blake2b(str(repository).encode(), digest_size=12).hexdigest() + SUFFIX)


def _load(file: Path) -> Any:
    payload = read_own(file, _MAGIC, MAX_SIZE + 2**20)
    try:
        return None if payload is None else json.loads(zlib.decompress(payload))
    except (ValueError, zlib.error):
        return None
