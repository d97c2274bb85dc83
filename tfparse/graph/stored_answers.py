"""What each root module has answered in earlier runs, taken over as long as all that it read is as it was.

A root is a function of what it read of the repo, and of what it was told of secrets.  The answers may hold secrets, and
they outlive the run: those of each root are sealed with a key made of the very content that they came of, as syntax
trees are (:mod:`tfparse.source.cache`).  A file that is not ours and whole is not read, and of ours only plain data is.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, field

from tfparse.cty.identity import identical
from tfparse.cty.plain_data import NotPlainError, packed, unpacked
from tfparse.own_file import read_own, sealed, write_own
from tfparse.source.secret_places import SecretsTold
from tfparse.source.snapshot import Snapshot

_MAX_SIZE = 32 * 2**20
_MOST = 64 * 2**10
"""Bytes of the largest answer that is kept."""
_STATE = 16
"""Bytes that tell one state of what a root has read from another; those that follow make the key."""
_SAME = 2
"""The last format of ``marshal`` in which equal data is equal bytes, whoever else holds parts of it."""
_Sealed = tuple[tuple[str, ...], bytes, bytes, bytes]
"""Of a root: the places that it looked at, what they said, and the rest with its salt, sealed."""
_NOTHING = marshal.dumps(packed([]), _SAME)
Question = Callable[..., Sequence[Any]]


class RestsOn(NamedTuple):
    """What an answer rests on: places that were looked at, what was told of secrets, and the texts made of these."""

    places: frozenset[str]
    told: dict[tuple[str, ...], Any]
    made: frozenset[str]


class _Stored(Struct):
    """What a root answered, as bytes by question, and what all of that rests on."""

    places: frozenset[str] = frozenset()
    told: dict[tuple[str, ...], Any] = field(default_factory=dict)
    made: frozenset[str] = frozenset()
    answers: dict[bytes, bytes] = field(default_factory=dict)
    is_new: bool = True


class StoredAnswers:
    """The answers of the roots of one repo, by what else decides them: ``key``, which takes its time."""

    def __init__(self, file: Path, key: Callable[[], str], snapshot: Snapshot) -> None:
        self._file, self._key, self._snapshot = file, key, snapshot
        self._of: dict[str, _Stored | None] = {}
        self._new: dict[str, dict[bytes, bytes]] = {}

    @cached_property
    def _magic(self) -> bytes:
        return f"design-policy answers 1 {self._key()}\n".encode()

    @cached_property
    def _held(self) -> dict[str, _Sealed]:
        payload = read_own(self._file, self._magic, _MAX_SIZE + 2**10) if self._file.exists() else None
        if payload is None:
            return {}
        held: dict[str, _Sealed] = marshal.loads(payload)  # noqa: S302 - it is ours and whole, as just checked
        return held

    @property
    def is_blank(self) -> bool:
        """Whether no earlier run has kept anything."""
        return not self._held

    @property
    def places(self) -> set[str]:
        """All that the answers rest on which were taken over."""
        return {place for path in self._of for place in self.places_of(path)}

    def places_of(self, path: str) -> list[str]:
        """What those of one root rest on."""
        stored = self._of.get(path)
        return [] if stored is None else sorted(stored.places)

    def said(self, path: str, asked: bytes | None, secrets: SecretsTold) -> list[Any] | None:
        """What the root in ``path`` said to a question (:func:`question_key`); None where it is to be asked."""
        stored = self._of[path] if path in self._of else self._of.setdefault(path, self._believed(path, secrets))
        data = None if stored is None or asked is None else stored.answers.get(asked)
        return None if data is None else _loaded(data)

    def learn(self, path: str, asked: bytes | None, said: Sequence[Any]) -> None:
        """Take what a root has said, if it is plain data."""
        data = None if asked is None else dumped(said)
        if asked is not None and data is not None:
            self._new.setdefault(path, {})[asked] = data

    def take_over(self, path: str, asked: bytes, data: bytes) -> list[Any]:
        """Take what another process has learned of a root (:func:`dumped`), all of which it :meth:`rests_on`."""
        self._new.setdefault(path, {})[asked] = data
        return _loaded(data)

    def rests_on(self, path: str, more: RestsOn, secrets: SecretsTold) -> None:
        """What another process has learned of a root rests on more."""
        before = self._of.get(path) or _Stored()
        for text in more.made:
            secrets.remember(text)
        places, told, made = before.places | more.places, before.told | more.told, before.made | more.made
        self._of[path] = _Stored(places, told, made, before.answers)

    def digest(self, asked: bytes | None, said: Iterable[tuple[str, Sequence[Any]]]) -> bytes | None:
        """In short what roots have said to a question, each by its path; None where that is more than plain data."""
        digest = blake2b(digest_size=_STATE)
        for path, answers in said:
            data = None if asked is None else self._data(path, asked) or dumped(answers)
            if data is None:
                return None
            digest.update(data)
        return digest.digest()

    def _data(self, path: str, asked: bytes) -> bytes | None:
        stored = self._of.get(path)
        return self._new.get(path, {}).get(asked) or (None if stored is None else stored.answers.get(asked))

    def _believed(self, path: str, secrets: SecretsTold) -> _Stored | None:
        if path not in self._held:
            return None
        places, state, salt, data = self._held[path]
        now = self._state(places)
        if now[:_STATE] != state:
            return None
        told, made, answers = marshal.loads(sealed(data, self._magic + now[_STATE:] + salt))  # noqa: S302 - checked with its file, see _held
        if any(secrets.told(*asked) != said for asked, said in told.items()):
            return None
        for text in made:
            secrets.remember(text)
        return _Stored(frozenset(places), told, made, answers, is_new=False)

    def _state(self, places: Iterable[str]) -> bytes:
        return self._snapshot.together(sorted(places), _STATE + 32)

    def save(self, rests_on: Callable[[str], tuple[Iterable[str], Iterable[SecretsTold]]]) -> None:
        """Keep what is known, and what is new: ``rests_on`` says what a root has looked at by now, as places, and what
        it was told of secrets.
        """
        kept = {path: held for path, held in self._held.items() if self._of.get(path, self) is not None}
        for path, answers in self._new.items():
            before = self._of.get(path) or _Stored()
            places, secrets = rests_on(path)
            told, made = dict(before.told), set(before.made)
            for one in secrets:
                told |= one.asked
                made |= one.made
            every = tuple(sorted({*before.places, *places}))
            state = self._state(every)
            data = marshal.dumps((told, frozenset(made), before.answers | answers))
            salt = os.urandom(_STATE)  # for a seal seals one text only, and there may be more answers another time
            kept[path] = every, state[:_STATE], salt, sealed(data, self._magic + state[_STATE:] + salt)
        # Where there is no room for all, it begins anew with those of this run.
        for some in (kept, {path: kept[path] for path in self._new}) if self._new else ():
            payload = marshal.dumps(some)
            if len(payload) <= _MAX_SIZE:
                write_own(self._file, self._magic, payload)
                break


def question_key(question: Question, about: Sequence[Hashable]) -> bytes | None:
    """A question as a short text; None of one that cannot be told from others so."""
    try:
        name = repr(packed((question, *about)))
    except NotPlainError:
        return None
    return blake2b(name.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def dumped(said: Sequence[Any]) -> bytes | None:
    """Answers as bytes; None where they would not be the same once read again."""
    if not said:
        return _NOTHING  # which most roots say to most questions
    try:
        data = marshal.dumps(packed(list(said)), _SAME)
        return data if len(data) <= _MOST and identical(_loaded(data), list(said)) else None
    except (NotPlainError, RecursionError, ValueError):
        return None


def _loaded(data: bytes) -> list[Any]:
    if data == _NOTHING:
        return []
    found: list[Any] = unpacked(marshal.loads(data))  # noqa: S302 - checked with its file, see _held
    return found
