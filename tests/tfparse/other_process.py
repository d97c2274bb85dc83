"""A program in a process of its own, with one thread, which that of the tests is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def said_by(program: str, *arguments: Path, **environment: str) -> str:
    """What a Python program prints that complains of nothing."""
    known = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | environment
    command = [sys.executable, "-c", program, *map(str, arguments)]
    run = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=60)
    assert run.stderr == "", run.stderr
    return run.stdout.strip()
