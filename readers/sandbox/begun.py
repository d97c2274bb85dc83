"""Questions to programs that are begun before anybody waits for their answers, beside whatever goes on.

Who looks ahead waits for none: it is broken off at the first answer that is not there yet, which is then under way.
What nobody waits for gives way to what goes on: somebody waits for that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Thread, local

from readers.sandbox.answers import Output
from tfparse.second_process import leave_to_the_first

Ask = Callable[[], Output]

#: What has been begun and nobody has asked for yet, by question.
_BEGUN: dict[object, Future[Output]] = {}
_AT_ONCE = BoundedSemaphore(os.cpu_count() or 1)
_LOOKING: list[bool] = []
_THREAD = local()
_NICER = 5
"""By how much what nobody waits for is nicer, see sched(7): where both have something to do, it has a quarter."""


class NotAnsweredYet(BaseException):
    """Breaks off whoever looks ahead, and no handler of errors holds it up; ``answer`` is under way."""

    def __init__(self, answer: Future[Output]) -> None:
        super().__init__("a program has not answered yet")
        self.answer = answer


@contextmanager
def looking_ahead() -> Iterator[None]:
    """Within it nobody waits for a program: what is asked is begun, and :class:`NotAnsweredYet` raised."""
    _LOOKING.append(True)
    try:
        yield
    finally:
        _LOOKING.pop()


def begin(question: object, ask: Ask) -> Future[Output]:
    """Begin to ask, if that is not done."""
    leave_to_the_first()
    begun = _BEGUN.get(question)
    if begun is None:
        begun = _BEGUN[question] = Future()
        Thread(target=_fulfil, args=(begun, ask)).start()
    return begun


def answered(question: object, ask: Ask, *, breaks_off: bool) -> Output:
    """The answer, which was begun or is asked for now.

    Raises:
        NotAnsweredYet: it is not there, and who asks looks ahead and may be broken off.
    """
    leave_to_the_first()
    if _LOOKING and breaks_off:
        begun = begin(question, ask)
        if not begun.done():
            raise NotAnsweredYet(begun)
        return begun.result()
    begun_before = _BEGUN.pop(question, None)
    # What is waited for does not stand behind what nobody waits for yet.
    return ask() if begun_before is None or begun_before.cancel() else begun_before.result()


def give_way(process: int) -> None:
    """Let a process that has just begun come after what goes on, if nobody waits for it; else nothing."""
    if not getattr(_THREAD, "is_ahead", False):
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process, min(os.getpriority(os.PRIO_PROCESS, 0) + _NICER, 19))
    # A session may have a share of its own, as large as that of the run (autogroup), and is as nice as it says here.
    with suppress(OSError), open(f"/proc/{process}/autogroup", "w") as file:
        file.write(str(_NICER))


def forget_the_rest() -> None:
    """Begin nothing more of what nobody has asked for."""
    for begun in _BEGUN.values():
        begun.cancel()
    _BEGUN.clear()


def _fulfil(begun: Future[Output], ask: Ask) -> None:
    _THREAD.is_ahead = True
    with _AT_ONCE:
        if not begun.set_running_or_notify_cancel():
            return
        try:
            begun.set_result(ask())
        except Exception as error:  # noqa: BLE001  (raised where the answer is asked for)
            begun.set_exception(error)
