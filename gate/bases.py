"""What each verdict rests on, kept between runs: after a change only that is judged again which it touches.

What a basis says of a repo may be a secret of it.  Each is sealed with a key made of the very content of the places
that it names, as the answers of roots are (:mod:`tfparse.graph.stored_answers`).
"""

from __future__ import annotations

import json
import marshal
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import Struct

from gate.redaction import redacted_line
from tfparse import Infra
from tfparse.graph.basis import Basis, Held
from tfparse.own_file import read_own, sealed, write_own
from tfparse.secrets.secrecy import find_secrets
from tfparse.source.snapshot import Snapshot

_MAX_SIZE = 16 * 2**20
_STATE = 16
"""Bytes that tell one state of the places from another; those that follow make the key."""
Row = list[dict[str, Any]]
"""The findings of a scenario as they are kept."""
Name = tuple[str, str]
"""A scenario: the digest of its feature, and its own name."""


class _Kept(Struct, frozen=True):
    """The places that a verdict rests on, by number; what tells their state; and the rest with its salt, sealed."""

    places: tuple[int, ...]
    state: bytes
    salt: bytes
    data: bytes


class Bases:
    """What the verdicts on one repo rest on, by what else decides them: ``key``, which takes its time."""

    def __init__(self, file: Path, key: Callable[[], str], snapshot: Snapshot) -> None:
        self._file, self._key, self._snapshot = file, key, snapshot
        self._stands: dict[Name, bool] = {}
        self._new: dict[Name, Basis] = {}

    @cached_property
    def _magic(self) -> bytes:
        return f"design-policy bases 1 {self._key()}\n".encode()

    @cached_property
    def _held(self) -> tuple[list[str], dict[Name, _Kept]]:
        payload = read_own(self._file, self._magic, _MAX_SIZE + 2**10) if self._file.exists() else None
        if payload is None:
            return [], {}
        places, kept = marshal.loads(payload)  # noqa: S302 - it is ours and whole, as just checked
        return places, {name: _Kept(*parts) for name, parts in kept.items()}

    @property
    def places(self) -> set[str]:
        """All places that those verdicts rest on which were found to stand."""
        every, kept = self._held
        return {every[number] for name, stands in self._stands.items() if stands for number in kept[name].places}

    def stands(self, name: Name, row: Row, infra: Infra) -> bool:
        """Whether all that the verdict on a scenario rests on is as it was when it was kept with this row."""
        if name not in self._stands:
            self._stands[name] = False
            # What is raised here will be seen by the scenario, which is then judged.
            with suppress(Exception), infra.aside():
                self._stands[name] = self._is_as_before(name, row, infra)
        return self._stands[name]

    def _is_as_before(self, name: Name, row: Row, infra: Infra) -> bool:
        every, kept = self._held
        if name not in kept:
            return False
        one = kept[name]
        now = self._state(every[number] for number in one.places)
        if now[:_STATE] != one.state:
            return False
        shown, rest = marshal.loads(sealed(one.data, self._magic + now[_STATE:] + one.salt))  # noqa: S302 - checked with its file, see _held
        now_shown = _shown(row, infra.tree.root, find_secrets(infra).digest_of_texts())
        return bool(shown == now_shown) and infra.holds(Held(_places_of(one, every), *rest))

    def learn(self, name: Name, basis: Basis) -> None:
        """Take what a verdict of this run rests on."""
        self._new[name] = basis

    def save(self, rows: Mapping[Name, Row], infra: Infra) -> None:
        """Keep what these rows rest on, which all are as if they were judged now."""
        every, before = self._held
        kept = {name: before[name] for name in rows if name in before and name not in self._new}
        numbers = {place: number for number, place in enumerate(every)} if kept else {}
        texts, known = find_secrets(infra).digest_of_texts(), dict[Any, Any]()
        for name, basis in self._new.items():
            held = infra.held(basis, known) if name in rows else None
            if held is not None:
                state, salt = self._state(held.places), os.urandom(_STATE)
                said = marshal.dumps((_shown(rows[name], infra.tree.root, texts), held[1:]))
                data = sealed(said, self._magic + state[_STATE:] + salt)
                places = tuple(numbers.setdefault(place, len(numbers)) for place in held.places)
                kept[name] = _Kept(places, state[:_STATE], salt, data)
        parts = {name: (one.places, one.state, one.salt, one.data) for name, one in kept.items()}
        payload = marshal.dumps((list(numbers), parts))
        if len(payload) <= _MAX_SIZE:
            write_own(self._file, self._magic, payload)

    def _state(self, places: Iterable[str]) -> bytes:
        return self._snapshot.together(places, _STATE + 32)


def _places_of(one: _Kept, every: Sequence[str]) -> list[str]:
    return [every[number] for number in one.places]


def _shown(row: Row, root: Path, texts: bytes) -> tuple[bytes, bytes, tuple[bool, ...]]:
    """The findings in short, and what decides which words of them are shown; ``texts`` tells the secret ones."""
    points = tuple(bool(one["file"] and redacted_line(root, one["file"], one["line"] or 0)) for one in row)
    return _digest(row), texts, points


def _digest(row: Row) -> bytes:
    return blake2b(json.dumps(row).encode(), digest_size=16).digest()
