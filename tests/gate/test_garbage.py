"""While a run judges, Python seldom looks for garbage; but it does, and afterwards all is as it was."""

from __future__ import annotations

import gc
import weakref

import pytest

from gate import garbage
from gate.garbage import rare_gc
from tests.gate.small_suite import Suite

NOTE = """

@when("the pace is noted")
def _(evidence: Evidence) -> None:
    import gc
    evidence.check("pace", expected="any", actual=str(gc.get_threshold()[0]), ok=True)
"""


class Knot:
    """Garbage, once nobody else knows it."""

    def __init__(self) -> None:
        self.itself = self


def test_a_run_sets_the_pace_and_sets_it_back(suite: Suite) -> None:
    usual = gc.get_threshold()
    conftest = suite.path / "conftest.py"
    conftest.write_text(conftest.read_text() + NOTE)
    suite.scenario("When the pace is noted", "Then x is 1")
    suite.report()
    ((pace, _),) = (scenario["findings"] for scenario in suite.scenarios())
    assert int(pace["actual"]) > 100 * usual[0]
    assert gc.get_threshold() == usual


def test_garbage_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_OBJECTS", 20_000)  # so that it is soon reached
    with rare_gc():
        knots = [weakref.ref(Knot()) for _ in range(40_000)]
        assert sum(knot() is not None for knot in knots) < 22_000


def test_what_there_is_afterwards_is_passed_over_until_the_next_time() -> None:
    with rare_gc():
        knot = Knot()
        known = weakref.ref(knot)
    del knot
    gc.collect()
    assert known() is not None
    with rare_gc():
        gc.collect()
        assert known() is None


def test_an_error_sets_the_pace_back() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="boom"), rare_gc():
        raise ValueError("boom")
    assert gc.get_threshold() == usual
