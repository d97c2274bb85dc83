"""Programs begun before their answers are needed: a first run looks ahead for what it will ask them.

Before the first scenario runs, those whose steps ask programs are run as far as answers are there, and once more if one
comes meanwhile.  What they find is dropped: it is found when they run.  What they evaluate on the way is kept, so that
it costs little to evaluate it again.  A run that has verdicts of an earlier one finds most answers kept, and does
without.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_bdd.steps import StepFunctionContext

from gate.collect import scenario_of, steps_of
from gate.evidence import Evidence
from gate.features import Step
from gate.options import settings
from gate.reuse import lasts, memory
from gate.run import begin_anew
from gate.vocabulary import definitions
from gate.words import may_ask_programs

_SWITCH = 0.0005
"""Seconds after which a thread that has something to do gets its turn: who starts a program has little, many times."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Look ahead in a run that nobody watches, where nothing is known of an earlier one."""
    if session.testsfailed or not any(map(scenario_of, session.items)):
        return  # so that ordinary tests need no repo
    known = memory(session.config)
    if known is not None and known.is_blank:
        session.config.pluginmanager.register(_Ahead(session), "gate-ahead")


class _Ahead:
    def __init__(self, session: pytest.Session) -> None:
        self._new = _askers(session)
        self._looks = False
        self._usual = sys.getswitchinterval()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        new, self._new = self._new, []
        if new:
            sys.setswitchinterval(_SWITCH)
        waiting: dict[Future[Any], pytest.Function] = {}
        for one in new:
            if one is item:
                continue
            if (answer := self._look(one, item)) is not None:
                waiting.setdefault(answer, one)
            for come in [answer for answer in waiting if answer.done()]:
                self._look(waiting.pop(come), item)

    def pytest_sessionfinish(self) -> None:
        sys.setswitchinterval(self._usual)

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step_func: Callable[..., object]) -> None:
        """What is published is asked when the scenario runs, and no sooner."""
        if self._looks and not lasts(request.config, step_func):
            pytest.skip("not ahead of its time")

    def _look(self, one: pytest.Function, upcoming: pytest.Item) -> Future[Any] | None:
        """Run a scenario as far as answers are there; the first is returned that is not there yet."""
        from readers.sandbox.begun import NotAnsweredYet  # which most runs do without

        evidence = _Passing()
        begin_anew(one, evidence)
        state = one.session._setupstate  # noqa: SLF001  (pytest's own runner uses it, and there is no other way)
        state.teardown_exact(one)
        self._looks = True
        try:
            with warnings.catch_warnings(record=True):
                _run_through(one)
        except NotAnsweredYet as broken_off:
            evidence.awaited.append(broken_off.answer)
        except (Exception, pytest.skip.Exception, pytest.fail.Exception):  # noqa: BLE001  (it is raised again)
            pass
        finally:
            self._looks = False
            state.teardown_exact(upcoming)
            begin_anew(one)
            inside: Any = one
            inside._request, inside.funcargs = False, None  # noqa: SLF001  (as pytest's own runner does)
        return evidence.awaited[0] if evidence.awaited else None


class _Passing(Evidence):
    """Evidence that is dropped; a finding for which an answer is ``awaited`` does not hold up the others."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited: list[Future[Any]] = []

    @contextmanager
    def about(self, what: str, expected: str) -> Iterator[None]:
        from readers.sandbox.begun import NotAnsweredYet  # likewise

        try:
            with super().about(what, expected):
                yield
        except NotAnsweredYet as broken_off:
            self.awaited.append(broken_off.answer)


def _run_through(item: pytest.Function) -> None:
    """Run a scenario as pytest does, but for its hooks."""
    from readers.sandbox.begun import looking_ahead

    inside: Any = item
    inside._initrequest()  # noqa: SLF001  (see tests/gate/test_internals.py)
    item.session._setupstate.setup(item)  # noqa: SLF001  (likewise)
    inside._request._fillfixtures()  # noqa: SLF001  (likewise)
    infra = inside._request.getfixturevalue("infra")  # noqa: SLF001  (likewise)
    with looking_ahead(), infra.asking():
        item.obj(**{name: item.funcargs[name] for name in inside._fixtureinfo.argnames})  # noqa: SLF001  (likewise)


def _askers(session: pytest.Session) -> list[pytest.Function]:
    """The scenarios in force with a step that may ask a program."""
    found = [item for item in session.items if isinstance(item, pytest.Function) and scenario_of(item) is not None]
    known = [context for context in definitions(found[0]) if may_ask_programs(context)] if found else []
    return [item for item in found if _is_in_force(item) and any(_matches(step, known) for step in steps_of(item))]


def _is_in_force(item: pytest.Item) -> bool:
    scenario = scenario_of(item)
    return scenario is not None and not scenario.lifetime.absence(settings(item.config).as_of)


def _matches(step: Step, known: Iterable[StepFunctionContext]) -> bool:
    return any(context.parser.is_matching(step.text) for context in known)
