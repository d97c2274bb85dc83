"""How work grows with the input: compared within one run, so that no machine is too slow for it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

AT_MOST = 2.5
"""Times the work for twice the input: in proportion it is 2, for each pair of what the input holds it is 4."""
_TRIES = 12
_LONG_ENOUGH, _OFTEN = 0.004, 64
"""Seconds below which the clock, the caches of the processor and chance decide; how often work is done for that."""


def assert_in_proportion(work: Callable[[int], Callable[[], object]], size: int, *, at_most: float = AT_MOST) -> None:
    """Twice the input is at most some 2.5 times the work.

    ``work(size)`` makes an input and gives what is to be done with it, which is measured in time of the processor.
    Others who use the machine only ever add to that, so the least of some tries counts.
    """
    once, twice = work(size), work(2 * size)
    least_once = least_twice = float("inf")
    times = 1
    while times < _OFTEN and _seconds(once, times) < _LONG_ENOUGH:
        times *= 2
    for _ in range(_TRIES):
        least_once = min(least_once, _seconds(once, times))
        least_twice = min(least_twice, _seconds(twice, times))
        if least_twice <= at_most * least_once:
            return
    raise AssertionError(f"{size}: {least_once:.3f} s of the processor; twice as much: {least_twice:.3f} s")


def _seconds(work: Callable[[], object], times: int) -> float:
    gc.collect()
    begun = time.thread_time()
    for _ in range(times):
        work()
    return time.thread_time() - begun
