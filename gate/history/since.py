"""Since when a requirement is what it is now, and the commit that broke one: a few judgements, and not a history."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gate.git import GitError
from gate.history.objects import Commit, Objects
from gate.history.run import Question, asked_commits, file_of, store_of
from gate.history.spans import UNKNOWN, Point, Requirement, word_at
from gate.history.spans import requirements as spans_of
from gate.history.store import Store
from gate.history.workers import Worker
from gate.identity import features_of
from gate.judgement import Now, Since
from gate.verdict import WORDS, Verdict
from tfparse.source.own_folder import OwnFolder

HELD = ("held", "not in force", "not proven", "waived", "pending")


class OneWorker:
    """A process that is asked about one commit at a time."""

    def __init__(self, question: Question, folder: Path) -> None:
        self._worker = Worker(question.asked, folder)
        #: How many commits it has judged.
        self.judged = 0
        self.scenarios: list[dict[str, Any]] = next(self._answers())["scenarios"]

    def _answers(self) -> Iterator[dict[str, Any]]:
        while True:
            yield from self._worker.said()

    def judge(self, commit: Commit, *, anew: bool = False) -> Point:
        """What there is to be seen at a commit; ``anew``, as if no other had been judged."""
        self._worker.ask(commit, anew=anew)
        self.judged += 1
        judged = self._worker.judged(next(self._answers()))
        return Point(commit, judged.states, judged.unknown)

    def end(self) -> None:
        self._worker.end()


@contextmanager
def one_worker(question: Question) -> Iterator[OneWorker]:
    """A process to ask, until it is left.  HistoryError where it does not begin."""
    with OwnFolder("history") as folder:
        worker = OneWorker(question, Path(folder))
        try:
            yield worker
        finally:
            worker.end()


def numbers_of(scenarios: Sequence[Mapping[str, Any]], id_: str) -> list[int]:
    """The numbers of the scenarios of a requirement."""
    return [number for number, scenario in enumerate(scenarios) if id_ in scenario["requirements"]]


def since_when(question: Question, now: Mapping[str, Now], *, judges: bool) -> dict[str, Since]:
    """Since when requirements are what they are ``now``, as far back as that is so without a break.

    It is told of those that are so at HEAD, too, and of doubts for the same reasons.  What is known is taken from the
    store; ``judges``: the rest is judged, commit by commit from HEAD back, until it is known of each that failed.

    Raises:
        GitError: git cannot be asked.
        HistoryError: there is no history to look through.
    """
    objects = Objects(question.repository)
    if not judges and not file_of(objects).exists():
        return {}
    store, commits = store_of(question, objects), asked_commits(objects, question)[0]
    found: dict[str, Since] = {}
    left, later = dict(now), None
    with _points(question, store) as point_at:
        for commit in reversed(commits):
            failed = any(one.verdict is Verdict.FAILED for one in left.values())
            point = point_at(commit, judges and failed) if left else None
            if point is None:
                break
            for id_ in _otherwise(store.scenarios, point, left, at_head=later is None):
                one = left.pop(id_)
                if later is not None:
                    found[id_] = _since(one, later)
            later = commit
        else:
            found |= {id_: _since(one, commits[0], first=True) for id_, one in left.items()}
    store.save()
    return found


def _since(now: Now, commit: Commit, *, first: bool = False) -> Since:
    return Since(now.verdict, commit.id, commit.day.isoformat(), first)


@contextmanager
def _points(question: Question, store: Store) -> Iterator[Callable[[Commit, bool], Point | None]]:
    """Gives what is known of a commit; what is not is judged, if that is asked for, and kept."""
    with ExitStack() as stack:
        begun: list[OneWorker] = []

        def point_at(commit: Commit, judges: bool) -> Point | None:
            states = store.states(commit.id)
            if states is not None or not judges:
                return None if states is None else Point(commit, states)
            if not begun:
                begun.append(stack.enter_context(one_worker(question)))
                store.scenarios = begun[0].scenarios
            point = begun[0].judge(commit)
            if point.unknown is None:
                store.keep(point)
            return point

        yield point_at


def _otherwise(
    scenarios: Sequence[Mapping[str, Any]], point: Point, left: Mapping[str, Now], *, at_head: bool
) -> list[str]:
    """The requirements that are something else at a commit."""
    numbers = {id_: numbers_of(scenarios, id_) for id_ in left}
    return [id_ for id_, now in left.items() if not _is_so(now, point, numbers[id_], at_head=at_head)]


def _is_so(now: Now, point: Point, numbers: Sequence[int], *, at_head: bool) -> bool:
    if not numbers or word_at(point, numbers) != WORDS[now.verdict]:
        return False
    if not at_head or now.verdict is Verdict.FAILED:
        return True
    # A history asks nobody what is published, and has no key of git-crypt: it has doubts of its own.
    states = (point.states[number] for number in numbers)
    return now.reasons == {state["reason"] for state in states if state["verdict"] == now.verdict}


class Bisected(Struct, frozen=True):
    """The first commit at which a requirement did not hold, with what was seen there and before; and how many were
    judged, of how many.
    """

    requirement: Requirement
    judged: int
    of: int


def bisect(question: Question, id_: str) -> Bisected:
    """The first bad commit of a requirement that holds at one commit (``since``, or one that is sought) and not at a
    later one (``until``), in as many judgements as the range can be halved.

    Raises:
        GitError: it holds at the end, or there is no commit at which it did.
        HistoryError: a process that judges has failed.
    """
    if not any(_is_tagged(file, id_) for file in features_of(question.places)):
        raise GitError(f"--bisect: no scenario is tagged @{id_}")
    commits = asked_commits(Objects(question.repository), question)[0]
    only = replace(question, arguments=(*question.arguments, "-m", id_))
    with one_worker(only) as worker:
        search = _Search(worker, commits, numbers_of(worker.scenarios, id_), id_)
        bad = search.bad(len(commits) - 1)
        good = search.good(None if question.since is None else 0)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if search.holds(middle) else (good, middle)
        seen = [search.points[good], search.points[bad]]
        requirement = next(r for r in spans_of(worker.scenarios, seen) if r.id == id_)
        return Bisected(requirement, worker.judged, len(commits))


def _is_tagged(file: Path, id_: str) -> bool:
    return re.search(rf"(?<!\S)@{re.escape(id_)}(?!\S)", file.read_text(encoding="utf-8", errors="replace")) is not None


class _Search:
    """What is known of some commits, by their numbers."""

    def __init__(self, worker: OneWorker, commits: Sequence[Commit], numbers: Collection[int], id_: str) -> None:
        self._worker, self._commits, self._numbers, self._id = worker, commits, list(numbers), id_
        self.points: dict[int, Point] = {}

    def holds(self, number: int) -> bool:
        if number not in self.points:
            self.points[number] = self._worker.judge(self._commits[number])
        word = word_at(self.points[number], self._numbers)
        if word == UNKNOWN:
            raise GitError(f"--bisect: {self._said(number)} cannot be judged: {self.points[number].unknown}")
        return word in HELD

    def bad(self, number: int) -> int:
        if self.holds(number):
            raise GitError(f"--bisect: {self._id} holds at {self._said(number)}: nothing is to be sought")
        return number

    def good(self, number: int | None) -> int:
        """The commit that is named, or, further and further back, one at which it holds."""
        if number is not None:
            if not self.holds(number):
                raise GitError(
                    f"--bisect: {self._id} does not hold at {self._said(number)} either: name, by --since, a"
                    " commit at which it did"
                )
            return number
        back, last = 1, len(self._commits) - 1
        while not self.holds(max(last - back, 0)):
            if back >= last:
                raise GitError(
                    f"--bisect: {self._id} held at none of the commits that were tried: name one at which it"
                    " did, by --since"
                )
            back *= 2
        return max(last - back, 0)

    def _said(self, number: int) -> str:
        commit = self._commits[number]
        return f"{commit.id[:8]} ({commit.day})"
