"""A history from its question to its answer: which commits, which of them are known, the rest judged, the spans."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from gate.git import GitError
from gate.history.objects import Commit, Objects
from gate.history.spans import Point, Requirement, requirements
from gate.history.store import Store, store_file
from gate.history.workers import Asked, Workers
from gate.identity import key_of
from gate.lifetime import iso_date
from gate.own_steps import VARIABLE
from tfparse.patterns import pattern
from tfparse.source.own_folder import OwnFolder

_SAVE_EVERY = 10
"""Seconds between two times that what is known is written."""
_DAY = pattern(r"\d{4}-\d{2}-\d{2}")

Progress = Callable[[int, int, float], None]
"""Is told how many of how many commits are done, and the seconds since the beginning."""


class Question(Struct, frozen=True):
    """What is asked.  ``since`` is a day or a revision; ``arguments`` are for pytest (DNS, settings)."""

    suite: Path
    repository: Path
    places: tuple[Path, ...]
    arguments: tuple[str, ...] = ()
    since: str | None = None
    until: str = "HEAD"
    every: bool = False
    keeps: bool = True
    processes: int = 2
    #: What else decides verdicts: the settings' text, say, and steps of one's own.
    also: tuple[str, ...] = ()

    @property
    def asked(self) -> Asked:
        """What the processes that judge are told."""
        return Asked(self.suite, self.repository, self.arguments, self.places)


def question_of(suite: Path, repository: Path, places: Iterable[Path], settings_file: Path | None) -> Question:
    """The question that the promises in some places are, of a repo with these settings."""
    steps = os.environ.get(VARIABLE)
    own = [path.read_text(encoding="utf-8") for path in sorted(Path(steps).glob("*.py"))] if steps else []
    says = settings_file.read_text(encoding="utf-8", errors="replace") if settings_file is not None else ""
    return Question(
        suite=suite, repository=repository, places=tuple(places), also=(*own, says),
        arguments=("--dns=off", *([f"--settings={settings_file}"] if settings_file is not None else ())),
    )  # fmt: skip


class History(Struct, frozen=True):
    """The answer: the points, one for each commit, and the requirements with their spans."""

    question: Question
    points: tuple[Point, ...]
    requirements: tuple[Requirement, ...]
    judged: int = 0
    #: Whether commits came before the first of these.
    goes_further: bool = False

    @property
    def commits(self) -> list[Commit]:
        return [point.commit for point in self.points]


def history(question: Question, progress: Progress = lambda done, all_, seconds: None) -> History:
    """Judge what is not known yet.

    Raises:
        GitError: there is no such repository or revision.
        HistoryError: a process that judges has failed; what it had judged by then is kept.
        KeyboardInterrupt: likewise.
    """
    objects = Objects(question.repository)
    commits, further = asked_commits(objects, question)
    store = store_of(question, objects)
    todo = [commit for commit in commits if store.states(commit.id) is None]
    unknown = _Judging(question, store, progress).judge(todo) if todo else {}
    points = [Point(commit, store.states(commit.id) or (), unknown.get(commit.id)) for commit in commits]
    return History(question, tuple(points), tuple(requirements(store.scenarios, points)), len(todo), further)


def file_of(objects: Objects) -> Path:
    """Where the history of the repository is kept."""
    return store_file(Path(objects.git_folder) / objects.prefix)


def store_of(question: Question, objects: Objects) -> Store:
    """What is known of the repository by now."""
    file = file_of(objects) if question.keeps else None
    return Store(file, key_of(question.suite, question.places, (*question.arguments, *question.also)))


class _Judging(Struct):
    question: Question
    store: Store
    progress: Progress
    began: float = field(default_factory=time.monotonic)

    def judge(self, commits: Sequence[Commit]) -> dict[str, str]:
        """Judge commits; why some could not be, by their names."""
        question, unknown, saved = self.question, {}, self.began
        with OwnFolder("history") as folder:
            workers = Workers(question.asked, question.processes, Path(folder))
            try:
                for done, judged in enumerate(workers.judge(commits), 1):
                    self.store.scenarios = workers.scenarios
                    if judged.unknown is not None:
                        unknown[judged.commit.id] = judged.unknown
                    else:
                        self.store.keep(Point(judged.commit, judged.states))
                    now = time.monotonic()
                    self.progress(done, len(commits), now - self.began)
                    if now - saved > _SAVE_EVERY:
                        self.store.save()
                        saved = now
            finally:
                self.store.save()
        return unknown


def asked_commits(objects: Objects, question: Question) -> tuple[list[Commit], bool]:
    """The commits that are asked about, the oldest first, and whether others came before.

    The last one before the beginning is among them: what was so by then is not news.
    """
    until = objects.resolve(question.until)
    if until is None:
        raise GitError(f"{question.until!r} is no commit of {question.repository}")
    commits = objects.commits(until, every=question.every)
    if question.since is None:
        return commits, False
    start = _start(objects, commits, question.since)
    return commits[start:], start > 0


def _start(objects: Objects, commits: Sequence[Commit], since: str) -> int:
    if _DAY.fullmatch(since):
        day: date = iso_date(since)
        return max(next((n for n, commit in enumerate(commits) if commit.day >= day), len(commits)) - 1, 0)
    found = objects.resolve(since)
    if found is None:
        raise GitError(f"--since: {since!r} is neither a day (YYYY-MM-DD) nor a commit of this repository")
    at = next((n for n, commit in enumerate(commits) if commit.id == found), None)
    if at is None:
        raise GitError(f"--since: {since} is none of the commits that led here (--all looks beyond first parents)")
    return at


class TerminalProgress:
    """A line on standard error, where that is a terminal: how far it is, and how long it will take."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()
        self._shown = 0.0

    def __call__(self, done: int, all_: int, seconds: float) -> None:
        if not self._shows or (seconds - self._shown < 0.2 and done < all_):
            return
        self._shown = seconds
        left = seconds / done * (all_ - done)
        bar = "█" * (24 * done // all_)
        sys.stderr.write(f"\r\033[K{done} of {all_} commits ▕{bar:<24}▏ {_duration(left)} left")
        if done == all_:
            sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
