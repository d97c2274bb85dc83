"""Python's search for garbage, seldom while a run judges.

What is read of an infra repo is kept to the end of the run, and what is dropped on the way is dropped by itself, all
but a little.  Python nevertheless looks through all of it again and again, and pytest and Python do once more as
they end: of a run on a big repo, that was half.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 1_000_000
"""How many objects may be made before Python looks among them: a bound, should there be garbage after all."""


def pass_over() -> None:
    """Let Python look for garbage no more among what there is: until :func:`rare_gc`."""
    gc.freeze()


@contextmanager
def rare_gc() -> Iterator[None]:
    """Within it Python seldom looks for garbage, and after it no more among what there is by then."""
    gc.unfreeze()  # what was there before, in a process that does this several times
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.freeze()
