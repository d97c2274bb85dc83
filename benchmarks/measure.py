"""What a command costs: wall time, processor time and the most memory that it held."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PATIENCE = 20.0
"""Seconds of repeating after which a measurement is taken to be good enough."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds by the clock, seconds of processors (of all, together), bytes, and what it printed last."""

    wall: float
    cpu: float
    peak: int
    said: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some runs of one command: the best and the median by the clock, else the best."""

    best: float
    median: float
    cpu: float
    peak: int
    runs: int
    said: str

    @staticmethod
    def of(runs: Sequence[Run]) -> Cost:
        walls = [run.wall for run in runs]
        return Cost(min(walls), median(walls), min(run.cpu for run in runs), max(run.peak for run in runs), len(runs),
                    runs[-1].said)


class Failed(Exception):
    """The command ended with a code that it should not, and what it said."""


def cost(command: Sequence[str], times: int, *, cold: bool = False, codes: tuple[int, ...] = (0,)) -> Cost:
    """The cost of a command, run some times; ``cold`` without what earlier runs cached.  Raises :class:`Failed`."""
    with tempfile.TemporaryDirectory() as folder:
        runs: list[Run] = []
        if not cold:
            _run(command, Path(folder), codes)
        while len(runs) < times and sum(run.wall for run in runs) < PATIENCE:
            if cold:
                with tempfile.TemporaryDirectory() as empty:
                    runs.append(_run(command, Path(empty), codes))
            else:
                runs.append(_run(command, Path(folder), codes))
        return Cost.of(runs)


def _run(command: Sequence[str], cache: Path, codes: tuple[int, ...]) -> Run:
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=_environment(cache))
        # Not process.wait(): it does not tell what the process used.
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines() or [""]
    if process.returncode not in codes:
        raise Failed("\n".join(lines[-5:]))
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * kilobyte, lines[-1])


def _environment(cache: Path) -> Mapping[str, str]:
    """Ours, with caches of its own; compiled Python may stay, for no user is without it for long."""
    theirs = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return theirs | {"XDG_CACHE_HOME": str(cache), "LOG_LEVEL": "ERROR", "NO_COLOR": "1"}
