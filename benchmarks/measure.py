"""What a command costs: wall time, processor time and the most memory that it held."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PATIENCE = 60.0
"""Seconds of repeating a command after which its measurement is taken to be good enough."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds by the clock, seconds of processors (of all, together), bytes, and what it printed last."""

    wall: float
    cpu: float
    peak: int
    said: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some runs of one command: the best and the median by the clock, the median of the processors, the highest
    peak."""

    best: float
    median: float
    cpu: float
    peak: int
    runs: int
    said: str

    @staticmethod
    def of(runs: Sequence[Run]) -> Cost:
        walls = [run.wall for run in runs]
        return Cost(
            min(walls),
            median(walls),
            median(run.cpu for run in runs),
            max(run.peak for run in runs),
            len(runs),
            runs[-1].said,
        )


class Failed(Exception):
    """The command ended with a code that it should not, and what it said."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: ``cold`` without what earlier runs cached; ``codes`` are the exit codes of one that has worked.
    ``before`` is done ahead of each run, which is not measured.
    """

    arguments: Sequence[str]
    cold: bool = False
    codes: tuple[int, ...] = (0,)
    folder: Path | None = None
    before: Callable[[], object] = int


def costs(commands: Mapping[str, Command], times: int) -> dict[str, Cost | str]:
    """What each command costs, or why it failed.

    They take turns, so that a machine that others use as well is as slow to the one as to the other.
    """
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(times + 1):
            for name, command in commands.items():
                first, patient = turn == 0, sum(run.wall for run in runs[name]) < PATIENCE
                if name in failures or (command.cold and first) or not patient:
                    continue
                try:
                    run = _fresh(command) if command.cold else _run(command, Path(folder))
                except Failed as failure:
                    failures[name] = f"failed: {failure}"
                    continue
                if command.cold or not first:  # the first only fills the cache
                    runs[name].append(run)
    return {name: failures.get(name) or Cost.of(runs[name]) for name in commands}


def _fresh(command: Command) -> Run:
    with tempfile.TemporaryDirectory() as empty:
        return _run(command, Path(empty))


def _run(command: Command, cache: Path) -> Run:
    with tempfile.TemporaryFile() as output:
        command.before()
        begun = time.perf_counter()
        process = subprocess.Popen(
            command.arguments, stdout=output, stderr=subprocess.STDOUT, cwd=command.folder, env=_environment(cache)
        )
        # Not process.wait(): it does not tell what the process used.
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines() or [""]
    if process.returncode not in command.codes:
        raise Failed("\n".join(lines[-5:]))
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * kilobyte, lines[-1])


def _environment(cache: Path) -> Mapping[str, str]:
    """Ours, with caches of its own; compiled Python may stay, for no user is without it for long."""
    theirs = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return theirs | {"XDG_CACHE_HOME": str(cache), "LOG_LEVEL": "ERROR", "NO_COLOR": "1"}
