"""Who looks ahead begins what it would ask of programs, and waits for none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import BoundedSemaphore, Event

import pytest

from readers.sandbox import begun
from readers.sandbox.answers import Output
from readers.sandbox.begun import NotAnsweredYet, answered, begin, forget_the_rest, looking_ahead

SAID = Output(0, "said", "")


@pytest.fixture(autouse=True)
def nothing_begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(begun, "_BEGUN", {})
    monkeypatch.setattr(begun, "_AT_ONCE", BoundedSemaphore(1))
    yield
    forget_the_rest()


class Slow:
    """A program that answers when it is let."""

    def __init__(self) -> None:
        self.asked, self.began, self.may_end = 0, Event(), Event()

    def __call__(self) -> Output:
        self.asked += 1
        self.began.set()
        assert self.may_end.wait(10)
        return SAID


def test_it_is_broken_off_at_an_answer_that_is_not_there_and_goes_on_once_it_is() -> None:
    slow = Slow()
    with looking_ahead():
        with pytest.raises(NotAnsweredYet) as broken_off:
            answered("question", slow, breaks_off=True)
        with pytest.raises(NotAnsweredYet):
            answered("question", slow, breaks_off=True)
        slow.may_end.set()
        assert broken_off.value.answer.result(10) == SAID
        assert answered("question", slow, breaks_off=True) == SAID
    assert answered("question", slow, breaks_off=True) == SAID
    assert slow.asked == 1


def test_no_handler_of_errors_takes_it_for_one() -> None:
    assert not issubclass(NotAnsweredYet, Exception)


def test_what_is_part_of_the_judged_is_waited_for() -> None:
    with looking_ahead():
        assert answered("question", lambda: SAID, breaks_off=False) == SAID


def test_an_error_is_raised_to_who_looks_ahead_and_to_who_asks() -> None:
    def fails() -> Output:
        raise ValueError("no")

    assert isinstance(begin("question", fails).exception(10), ValueError)
    with looking_ahead(), pytest.raises(ValueError, match="no"):
        answered("question", fails, breaks_off=True)
    with pytest.raises(ValueError, match="no"):
        answered("question", fails, breaks_off=True)


def test_what_is_waited_for_does_not_stand_behind_the_rest() -> None:
    first, second = Slow(), Slow()
    second.may_end.set()
    under_way = begin("first", first)
    assert first.began.wait(10)
    begin("second", second)
    assert answered("second", second, breaks_off=True) == SAID
    first.may_end.set()
    assert under_way.result(10) == SAID
    assert second.asked == 1


def test_what_nobody_asked_for_is_not_begun_after_the_run() -> None:
    first, second = Slow(), Slow()
    under_way = begin("first", first)
    assert first.began.wait(10)
    queued = begin("second", second)
    forget_the_rest()
    first.may_end.set()
    assert under_way.result(10) == SAID
    assert queued.cancelled()
    assert second.asked == 0


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/proc/self/autogroup").exists(),
    reason="sessions have no share of their own here, or only root may set it as often as it likes",
)
def test_the_session_of_what_nobody_waits_for_gives_way() -> None:
    def niceness() -> Output:
        with subprocess.Popen(["sleep", "60"], start_new_session=True) as started:
            begun.give_way(started.pid)
            said = Path(f"/proc/{started.pid}/autogroup").read_text()
            started.kill()
        return Output(0, said.split()[-1], "")

    assert begin("ahead", niceness).result(10).out == "5"
    assert answered("waited for", niceness, breaks_off=True).out == "0"


def test_what_has_ended_at_once_need_not_give_way() -> None:
    def ended() -> Output:
        begun.give_way(2**22 + 1)  # there are none of such numbers
        return SAID

    assert begin("ended", ended).result(10) == SAID
