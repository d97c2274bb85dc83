"""Hostile source comes to an end within seconds and with little memory, in a diagnostic or a value."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import hostile
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from repo import repo

from tfparse import TerraformError, load
from tfparse.console import evaluate_expression
from tfparse.presentation import as_json

SECONDS = 15
"""Of the processor; ours are a few, on a slow one too."""
PATTERNS = {name: pattern for name, (_, pattern) in (hostile.EXPRESSIONS | hostile.FILES).items()}


@pytest.fixture(scope="session")
def outcomes() -> dict[str, Any]:
    """What came of each, by its name: all of it in one process, which has to do with what memory it has."""
    suite = Path(__file__).parents[2]
    command = [sys.executable, str(Path(__file__).parent / "hostile.py")]
    environment = os.environ | {"PYTHONPATH": str(suite)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return {outcome["name"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.xdist_group("hostile")
def test_hostile_source_comes_to_an_end(name: str, outcomes: dict[str, Any]) -> None:
    import re

    outcome = outcomes[name]
    assert re.search(PATTERNS[name], outcome["said"], re.MULTILINE), outcome["said"][:2000]
    assert outcome["seconds"] < SECONDS
