"""Python's search for garbage, seldom while a run judges (a pytest plugin).

What is read of an infra repo is kept to the end of the run, and what is dropped on the way is dropped by itself, all
but a little.  Python nevertheless looks through all of it again and again, and pytest and Python do once more as
they end: of a run on a big repo, that was a third.
"""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

_OBJECTS = 100_000
"""How many objects may be made before Python looks among them: a bound, should there be garbage after all."""


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    gc.unfreeze()  # what a run before this one left, in a process that runs several
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        return (yield)
    finally:
        gc.set_threshold(*usual)
        gc.freeze()  # from now on it passes over what there is
