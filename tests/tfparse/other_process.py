"""A program in a process of its own, with one thread, which that of the tests is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def said_by(program: str, *arguments: Path, **environment: str) -> str:
    """What a Python program prints that complains of nothing."""
    known = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | environment
    command = [sys.executable, "-c", program, *map(str, arguments)]
    run = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=60)
    assert run.stderr == "", run.stderr
    return run.stdout.strip()


def until(true: Callable[[], object]) -> None:
    """Wait for what is to come, in such a program, however busy the machine is."""
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    raise SystemExit("it does not come")
