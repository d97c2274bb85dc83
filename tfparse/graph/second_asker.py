"""Questions to all roots of a repo of which nothing is known, asked by two processes: a second one puts each of them to
the last roots, while this one puts it to the first.

It is begun with the first question, and so knows all that this one does. What it says of a root is taken as what an
earlier run has kept (:mod:`tfparse.graph.stored_answers`): with all that the root has looked at, was told of secrets
and has used up until then, be it for answers that this process never took. A root of which anything else comes (what is
no plain data, an error, a program that is to be run) is left to this process, which asks it itself; so is every root
once the second process fails, or is late.
"""

from __future__ import annotations

import marshal
import os
import select
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from mmap import mmap
from typing import Any, Final, NamedTuple

from msgspec.structs import astuple

from tfparse import second_process
from tfparse.cty.plain_data import NotPlainError, packed, unpacked
from tfparse.graph.root import Root
from tfparse.graph.stored_answers import RestsOn, StoredAnswers, dumped
from tfparse.second_process import LeftToTheFirstError, SecondProcess
from tfparse.source.snapshot import places_of
from tfparse.source.sources import SourceTree
from tfparse.source.spending import Spending, Spent, give_back, take

_LEAST: Final = 16
"""Roots to ask, for which a second process is worth its beginning."""
_PATIENCE: Final = 0.5
"""Seconds without a word of it after which the second process is late."""
_OFTEN: Final = 0.001
"""Seconds for which it gathers what it says."""
_MOST_SAID: Final = 2**20
"""Bytes that it says before it waits until they are read: as many as Linux lets anybody have in a pipe."""
_AT_ONCE: Final = 2**16
_LENGTH: Final = struct.Struct("=I")
_FREE, _FIRST, _SECOND = range(3)
"""Who asks a root: each process looks before it begins with one.  (Where both do, one does it for nothing.)"""


class _Said(NamedTuple):
    """What the second process says of a root, None where that is left to the first; and what is new of what that rests
    on.
    """

    data: bytes | None
    rests_on: RestsOn | None = None
    spent: Spent | None = None


class SecondAsker:
    """A second process that asks the last roots of a tree."""

    def __init__(self, tree: SourceTree, stored: StoredAnswers) -> None:
        self._tree, self._stored = tree, stored
        self._numbers: dict[str, int] = {}
        self._whose: mmap | bytearray = bytearray()
        """Who asks a root, by its number: both processes see it."""
        self._process: SecondProcess | None = None
        self._questions = self._answers = -1
        self._asked: set[bytes] = set()
        self._said: dict[int, dict[bytes, _Said]] = defaultdict(dict)
        """What it says of each root, by its number, in the order in which it asks."""
        self._unread = bytearray()
        self._spent: dict[int, list[Spent]] = {}
        self._is_over = False

    def put(
        self, key: bytes | None, question: tuple[Any, tuple[Hashable, ...]], paths: Sequence[str],
        made: Iterable[str], make: Callable[[str], Root],
    ) -> None:  # fmt: skip
        """Have a question put to the roots in some ``paths``, but for those that are ``made`` already."""
        if self._is_over or key is None or key in self._asked:
            return
        if self._process is None and not self._begin(paths, set(made), make):
            self._is_over = True
            return
        with suppress(NotPlainError):
            data = marshal.dumps((key, packed(question)))
            if len(data) > select.PIPE_BUF:
                return  # so that it is written as a whole or not at all
            try:
                os.write(self._questions, data)
                self._asked.add(key)
            except OSError:
                self.end()

    def _begin(self, paths: Sequence[str], made: set[str], make: Callable[[str], Root]) -> bool:
        if len(set(paths) - made) < _LEAST or not self._stored.is_blank:
            return False
        self._numbers = {path: number for number, path in enumerate(paths)}
        self._whose = mmap(-1, len(paths))
        for path in made & self._numbers.keys():
            self._whose[self._numbers[path]] = _FIRST
        asked, said = os.pipe(), os.pipe()
        self._process = second_process.begin(partial(self._serve, make, asked, said))
        (theirs, self._questions), (self._answers, saying) = asked, said
        os.close(theirs)
        os.close(saying)
        if self._process is None:
            os.close(self._questions)
            os.close(self._answers)
            return False
        os.set_blocking(self._questions, False)
        return True

    def _serve(
        self, make: Callable[[str], Root], asked: tuple[int, int], said: tuple[int, int], memory: int,
        is_wanted: Callable[[], bool],
    ) -> None:  # fmt: skip
        """What the second process does.  (Its questions end where there is nobody who wants to know.)"""
        self._is_over = True  # for it has no other
        os.close(asked[1])
        os.close(said[0])
        import fcntl  # which not every system has

        with suppress(OSError):
            fcntl.fcntl(said[1], fcntl.F_SETPIPE_SZ, _MOST_SAID)
        _Asking(self._tree, make, self._numbers, self._whose).serve(asked[0], said[1])

    def said(self, path: str, key: bytes | None) -> list[Any] | None:
        """What a root says to a question, where the second process has asked it; None where this one is to ask."""
        number = self._numbers.get(path)
        if self._is_over or number is None or key not in self._asked or self._whose[number] != _SECOND:
            return None
        while key not in self._said[number]:
            if self._whose[number] != _SECOND:
                return None
            if not self._listens():
                self.end()
                return None
        data = self._counts(path, number, key)
        if data is None:
            self.leaves(path)
            return None
        return self._stored.take_over(path, key, data)

    def _counts(self, path: str, number: int, key: bytes) -> bytes | None:
        """What a root has answered, once it is counted what that used up, and looked at: with what it was asked before,
        be that ever taken or not.  None where nothing is said, or so much is not left.
        """
        every = self._said[number]
        for asked in list(every):
            data, rests_on, spent = every[asked]
            if data is None or (spent is not None and not take(self._tree, spent)):
                return None
            if spent is not None:
                self._spent.setdefault(number, []).append(spent)
            if rests_on is not None:
                self._stored.rests_on(path, rests_on, self._tree.secrets)
            if asked == key:
                break
            every[asked] = _Said(data)
        return every.pop(key).data

    def leaves(self, path: str) -> None:
        """This process makes a root itself: it asks it from now on, and uses up what that takes."""
        if not self._is_over and path in self._numbers:
            self._whose[self._numbers[path]] = _FIRST
        for spent in self._spent.pop(self._numbers.get(path, -1), ()):
            give_back(self._tree, spent)

    def _listens(self) -> bool:
        """Wait for what the second process says next; whether it says anything."""
        ready, _, _ = select.select([self._answers], [], [], _PATIENCE)
        data = os.read(self._answers, _AT_ONCE) if ready else b""
        self._unread += data
        while len(self._unread) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._unread)[0]
            if len(self._unread) < end:
                break
            for key, number, said, rests_on, spent in marshal.loads(self._unread[_LENGTH.size : end]):  # noqa: S302 - it comes of our own process
                self._said[number][key] = _Said(said, rests_on and RestsOn(*rests_on), spent and Spent(*spent))
            del self._unread[:end]
        return bool(data)

    def dismiss(self) -> None:
        """Nobody asks any more: a second process that waits for a question ends beside what this one goes on with."""
        if not self._is_over and self._process is not None:
            os.close(self._questions)
            os.close(self._answers)
        self._is_over = True
        self._said.clear()

    def end(self) -> None:
        """The same, and it is over."""
        self.dismiss()
        if self._process is not None:
            self._process.end()


class _Asking:
    """The work of the second process."""

    def __init__(
        self, tree: SourceTree, make: Callable[[str], Root], numbers: Mapping[str, int], whose: mmap | bytearray
    ) -> None:
        self._tree, self._make, self._numbers, self._whose = tree, make, numbers, whose
        self._roots: dict[str, Root] = {}
        self._known: dict[str, _Known] = {}
        self._spending = Spending(tree)
        self._reads_what_is_ignored = tree.reads_what_is_ignored

    def serve(self, asked: int, said: int) -> None:
        """Answer questions until there are no more."""
        with os.fdopen(asked, "rb") as questions, suppress(EOFError):
            paths: Iterable[str] = self._begun()
            while True:
                key, packed_question = marshal.load(questions)  # noqa: S302 - it comes of our own process
                question, about = unpacked(packed_question)
                _tell(said, ((key, self._numbers[path], *self._ask(path, question, about)) for path in paths))
                paths = [*reversed(self._roots)]  # which is the order in which the first process asks

    def _begun(self) -> Iterator[str]:
        """The roots that the first process has not begun with, from the last."""
        for path, number in reversed([*self._numbers.items()]):
            if self._whose[number] == _FREE:
                self._whose[number] = _SECOND
                yield path

    def _ask(self, path: str, question: Callable[..., Sequence[Any]], about: Iterable[Hashable]) -> _Said:
        try:
            if path not in self._roots:
                self._roots[path] = self._make(path)
            data = dumped(list(question(self._roots[path], *about)))
        except (Exception, LeftToTheFirstError):  # noqa: BLE001  (the first process asks, and raises it)
            data = None
        if self._tree.pools.is_short or self._tree.reads_what_is_ignored != self._reads_what_is_ignored:
            raise LeftToTheFirstError  # the first process is to see it
        if data is None:
            self._roots.pop(path, None)
            self._whose[self._numbers[path]] = _FIRST
            self._spending.is_in_vain()
            return _Said(None)
        return _Said(data, self._rests_on(path), self._spending.since())

    def _rests_on(self, path: str) -> RestsOn | None:
        """What a root has looked at and was told of secrets, where that is more than the first process knows."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = _Known(self._roots[path])
        amount = [*map(len, known.parts)]
        if amount == known.amount:
            return None
        known.amount = amount
        trees = self._roots[path].trees
        places = {place for tree in trees for place in places_of(tree.reads, tree.root)}
        new, known.places = places - known.places, places
        told = {asked: said for tree in trees for asked, said in tree.secrets.asked.items()}
        return RestsOn(frozenset(new), told, frozenset().union(*(tree.secrets.made for tree in trees)))


class _Known:
    """What the first process knows of what a root rests on: the places, and how much there is of each ``part``."""

    __slots__ = ("amount", "parts", "places")

    def __init__(self, root: Root) -> None:
        every = ((tree.reads, tree.secrets) for tree in root.trees)
        self.parts = [part for read, told in every for part in (*astuple(read), told.asked, told.made)]
        self.places: set[str] = set()
        self.amount: list[int] = []


def _tell(out: int, said: Iterable[tuple[Any, ...]]) -> None:
    """Say what is said: at once, but for what follows within no time."""
    gathered: list[tuple[Any, ...]] = []
    told = time.monotonic()
    for key, number, data, rests_on, spent in said:
        gathered.append((key, number, data, rests_on and tuple(rests_on), spent and tuple(spent)))
        if time.monotonic() - told > _OFTEN:
            _write(out, gathered)
            gathered, told = [], time.monotonic()
    _write(out, gathered)


def _write(out: int, gathered: list[tuple[Any, ...]]) -> None:
    data = marshal.dumps(gathered)
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(out, rest) :]
