"""A second process that works ahead of this one, from the other end: nobody waits for it, and it may fail, or be
stopped, at any time.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from tfparse.frames import roomy

_IS_HERE: list[bool] = []
"""Whether this is such a process."""


class LeftToTheFirstError(BaseException):
    """What a second process does not do; no handler of errors holds it up."""


def leave_to_the_first() -> None:
    """What follows is done by no second process.

    Raises:
        LeftToTheFirstError: this is one.
    """
    if _IS_HERE:
        raise LeftToTheFirstError


class SecondProcess:
    """One that is under way.  ``memory`` is the file in memory that it writes to."""

    def __init__(self, memory: int, process: int) -> None:
        self.memory, self._process, self.is_ended = memory, process, False

    @property
    def is_over(self) -> bool:
        """Whether it does nothing any more."""
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return True

    def end(self) -> None:
        """Nobody wants any more."""
        if self.is_ended:
            return
        self.is_ended = True
        with suppress(ChildProcessError):  # somebody else has waited for it: the number may be another's by now
            if os.waitpid(self._process, os.WNOHANG) == (0, 0):
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
        os.close(self.memory)


def begin(work: Callable[[int, Callable[[], bool]], None]) -> SecondProcess | None:
    """Have some work done, if there is a second processor.  It is handed the memory, and what tells whether anybody is
    there who wants it.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return None
    if threading.active_count() > 1:
        return None  # what another thread holds at a fork nobody ever gives back to the child
    parent, memory = os.getpid(), os.memfd_create("ahead")
    process = os.fork()
    if process:
        return SecondProcess(memory, process)
    try:
        gc.disable()
        _IS_HERE.append(True)
        _do(work, memory, lambda: os.getppid() == parent)
    finally:
        os._exit(0)  # whatever came of it: what the parent has opened and begun is the parent's to close and end


@roomy
def _do(work: Callable[[int, Callable[[], bool]], None], memory: int, is_wanted: Callable[[], bool]) -> None:
    work(memory, is_wanted)
