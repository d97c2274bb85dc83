"""The processes that judge: each is asked for some commits, one after the other, and says what is otherwise at each.

One begins with the oldest commit and another with the newest, and they meet: each goes from a commit to its neighbour,
where little is to be judged again.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from gate.base import OUTSIDERS
from gate.history.judge import ANSWERS, QUESTIONS
from gate.history.objects import Commit

_AHEAD = 4
"""So many commits are asked for at once."""
_NOT_ITS_OWN = ("PYTEST_ADDOPTS", "INFRA_ROOT", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")
_TELLING_LINES = 12

State = dict[str, Any]
"""A scenario at a commit: ``verdict``, ``reason`` and ``findings``."""


class HistoryError(Exception):
    """The history could not be judged; the message says why."""


class Asked(Struct, frozen=True):
    """What is judged, and how: the folder of the repo, and the arguments for pytest."""

    suite: Path
    repository: Path
    arguments: Sequence[str]
    places: Sequence[Path]


class Judged(Struct):
    """A commit, judged: the states of the scenarios by number, or why it could not be."""

    commit: Commit
    states: tuple[State, ...] = ()
    unknown: str | None = None
    #: How many scenarios had to be judged for that.
    runs: int = 0


class Worker:
    """One process."""

    def __init__(self, asked: Asked, folder: Path) -> None:
        (folder / "nothing").mkdir(exist_ok=True)
        self._log = tempfile.NamedTemporaryFile(dir=folder, suffix=".log")  # noqa: SIM115  (closed with the process)
        questions, self._asking = os.pipe()
        self._answering, answers = os.pipe()
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(asked.suite / "pytest.ini"),
            "--rootdir", str(asked.suite), *OUTSIDERS, "-p", "gate.history.judge",
            "--history-of", str(asked.repository), f"--infra={folder / 'nothing'}", *asked.arguments,
            *(f"--features={place}" for place in asked.places), *map(str, asked.places),
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_ITS_OWN}
        # What runs is this very suite; what is judged is data to it.
        self._run = subprocess.Popen(  # noqa: S603  (see above)
            command, cwd=asked.suite, pass_fds=(questions, answers), stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=subprocess.STDOUT, start_new_session=True,
            env=environment | {QUESTIONS: str(questions), ANSWERS: str(answers), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        os.close(questions)
        os.close(answers)
        self.waiting: deque[Commit] = deque()
        self._states: dict[int, State] = {}
        self._held = b""

    def fileno(self) -> int:
        return self._answering

    def ask(self, commit: Commit, *, anew: bool = False) -> None:
        """Have a commit judged, or judged as if no other had been."""
        self.waiting.append(commit)
        asked = {"commit": commit.id, "day": commit.day.isoformat(), "anew": anew}
        with suppress(BrokenPipeError):  # whoever waits for the answer is told
            os.write(self._asking, json.dumps(asked).encode() + b"\n")

    def said(self) -> Iterator[dict[str, Any]]:
        """What it has answered.  HistoryError where it has ended instead."""
        piece = os.read(self._answering, 2**20)
        if not piece:
            raise HistoryError("\n".join(["a process that judges has ended:", *self._last_words()]))
        *lines, self._held = (self._held + piece).split(b"\n")
        yield from map(json.loads, lines)

    def judged(self, answer: dict[str, Any]) -> Judged:
        """The next of the commits that it was asked about, by its answer."""
        commit = self.waiting.popleft()
        if "unknown" in answer:
            self._states.clear()
            return Judged(commit, unknown=answer["unknown"])
        self._states |= {int(number): state for number, state in answer["states"].items()}
        return Judged(commit, tuple(self._states[number] for number in sorted(self._states)), runs=answer["judged"])

    def _last_words(self) -> list[str]:
        said = Path(self._log.name).read_text(encoding="utf-8", errors="replace").strip().split("\n")
        return said[-_TELLING_LINES:]

    def end(self) -> None:
        """End it, whatever it does."""
        os.close(self._asking)
        os.close(self._answering)
        with suppress(ProcessLookupError):
            os.killpg(self._run.pid, signal.SIGKILL)
        self._run.wait()
        self._log.close()


class Workers(Struct):
    """Processes that share the commits among them."""

    asked: Asked
    number: int
    folder: Path
    #: The scenarios by number, as the processes tell them.
    scenarios: list[dict[str, Any]] = field(default_factory=list)
    _workers: list[Worker] = field(default_factory=list)

    def judge(self, commits: Sequence[Commit]) -> Iterator[Judged]:
        """Judge commits that follow one another, in whatever order they are done.  HistoryError."""
        left = deque(commits)
        ends = [left.popleft, left.pop]
        self._workers = [Worker(self.asked, self.folder) for _ in range(min(self.number, max(1, len(commits))))]
        try:
            done = 0
            while done < len(commits):
                for worker in select.select(self._workers, [], [])[0]:
                    take = ends[self._workers.index(worker) % 2]
                    for answer in worker.said():
                        if "scenarios" in answer:
                            self.scenarios = answer["scenarios"]
                        else:
                            done += 1
                            yield worker.judged(answer)
                        while left and len(worker.waiting) < _AHEAD:
                            worker.ask(take())
        finally:
            for worker in self._workers:
                worker.end()
            self._workers.clear()
