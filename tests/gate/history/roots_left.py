"""Counts the root modules that a process which judges commits holds, each time that it judges its first scenario (a
pytest plugin).
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tfparse.graph.root import Root

#: Names the file that gets a line with each count.
COUNTED = "DESIGN_POLICY_ROOTS_LEFT"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    if pyfuncitem is pyfuncitem.session.items[0]:
        gc.unfreeze()
        gc.collect()
        with Path(os.environ[COUNTED]).open("a") as file:
            file.write(f"{sum(isinstance(held, Root) for held in gc.get_objects())}\n")
