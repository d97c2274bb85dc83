"""Deep recursion has room for its frames."""

from __future__ import annotations

import resource
import sys

import pytest

from tfparse.frames import roomy

_DEEP = 400


def _down(levels: int) -> None:
    """Recursion that goes to and fro at each of its depths."""
    for _ in range(20):
        _leaf()
    if levels:
        _down(levels - 1)


def _leaf() -> None:
    pass


@roomy
def _with_room(levels: int) -> None:
    _down(levels)


def _pages_taken() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


@pytest.mark.skipif(sys.implementation.name != "cpython" or sys.platform != "linux", reason="CPython's frames on Linux")
def test_no_memory_is_taken_again_and_again_for_the_same_frames() -> None:
    _down(_DEEP), _with_room(_DEEP)
    before = _pages_taken()
    _down(_DEEP)
    bare = _pages_taken() - before
    before = _pages_taken()
    _with_room(_DEEP)
    assert _pages_taken() - before < bare / 2


def test_the_function_is_what_it_was() -> None:
    @roomy
    def summed(*numbers: int, start: int = 1) -> int:
        """Adds."""
        return sum(numbers, start)

    assert (summed(1, 2, start=3), summed.__name__, summed.__doc__) == (6, "summed", "Adds.")
