"""Running a scenario again and again: what pytest and pytest-bdd would work out each time is worked out once.

Nobody sees what pytest would report of it.  tests/gate/test_internals.py holds what is used here of the inside of both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache, partial
from importlib import import_module
from io import StringIO
from traceback import clear_frames
from typing import Any, Literal, TypeVar

import pytest
from pytest_bdd.compat import inject_fixture
from pytest_bdd.parser import ScenarioTemplate, Step

from gate import vocabulary
from gate.record import Record
from gate.run import begin_anew, judged

T = TypeVar("T")


class Runner:
    """Runs the scenarios of a session."""

    def __init__(self, session: pytest.Session) -> None:
        self._state: Any = session._setupstate  # noqa: SLF001  (pytest's own runner uses it, and there is no other way)
        self._session = session
        self._shared = list(_shared_fixtures(session))
        self._given = _Given()
        _work_steps_out_once(self._given)

    def run(self, item: pytest.Function) -> Record:
        """Run a scenario as pytest does, but for reports, and say what came of it; what its teardown says comes last.

        Plugins that watch phases are not asked; what is printed is dropped, for it may quote what is judged.
        """
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return self._run(item)

    def _run(self, item: pytest.Function) -> Record:
        begin_anew(item, told=False)
        item._initrequest()  # noqa: SLF001  (as pytest does for an item that runs again)
        setup = _phase("setup", partial(self._state.setup, item))
        call = setup if setup.excinfo else _phase("call", item.runtest)
        record = judged(item, call)
        # What is left set up is the session: which scenario comes next is not known.
        end = _phase("teardown", partial(self._state.teardown_exact, self._session))
        item.funcargs = None  # type: ignore[assignment]  # all that they were found in would stay
        self._given.forget()
        self._forget(item)
        record = judged(item, end) if end.excinfo else record
        for phase in (setup, call, end):
            _let_go(phase)
        return record

    def _forget(self, item: pytest.Item) -> None:
        """Have shared fixtures know no more of a scenario that used them, and has run: each would keep all that was
        found in it, for it was to end with them.
        """
        for fixture in self._shared:
            ends = fixture._finalizers  # noqa: SLF001  (pytest tells it to nobody)
            if ends:
                ends[:] = [end for end in ends if not isinstance(end, partial) or not _is_of(item, end)]


class _Given:
    """What steps give, by the fixtures that pytest-bdd made of it: each is made once, and given another value."""

    def __init__(self) -> None:
        self._made: dict[tuple[pytest.Item, str], Any] = {}
        self._used: list[Any] = []

    def __call__(self, request: Any, name: str, value: object) -> None:
        """Give a scenario a value by a name, as pytest-bdd does."""
        fixtures, key = request._fixture_defs, (request.node, name)  # noqa: SLF001  (pytest-bdd writes there, too)
        fixture = self._made.get(key)
        if fixture is None or fixtures.get(name, fixture) is not fixture:
            inject_fixture(request, name, value)
            by_node = request._fixturemanager._arg2node2fixturedefs.get(name, {})  # noqa: SLF001  (likewise)
            if fixtures[name] in by_node.get(request.node, ()):  # and no other's, which the name may be, too
                self._made[key] = fixtures[name]
            return
        fixtures[name] = fixture
        fixture.cached_result = value, None, None
        self._used.append(fixture)

    def forget(self) -> None:
        """Hold none of what was given any more."""
        for fixture in self._used:
            fixture.cached_result = None
        self._used.clear()


def _work_steps_out_once(given: _Given) -> None:
    """A scenario has the same steps each time that it is judged, and these the same definitions: pytest-bdd would fill
    the steps in, and seek each definition among all fixtures, each time.
    """
    running: Any = import_module("pytest_bdd.scenario")  # by its name the package has a function
    giving: Any = vocabulary
    templates: Any = ScenarioTemplate
    running.get_step_function = _once(running.get_step_function, _of_step)
    running.signature = cache(running.signature)
    running.get_required_args = cache(running.get_required_args)
    running.inject_fixture = giving.inject_fixture = given
    templates.render = _once(ScenarioTemplate.render, _of_row)


def _of_step(request: pytest.FixtureRequest, step: Step) -> Hashable:
    return request.node, step.type, step.name


def _of_row(template: ScenarioTemplate, context: Mapping[str, object]) -> Hashable:
    return id(template), *context.items()  # which lives as long as the session


def _once(work: Callable[..., T], key: Callable[..., Hashable]) -> Callable[..., T]:
    known: dict[Hashable, T] = {}

    def answer(*arguments: Any, **named: Any) -> T:
        about = key(*arguments, **named)
        if about not in known:
            known[about] = work(*arguments, **named)
        return known[about]

    return answer


def _shared_fixtures(session: pytest.Session) -> Iterator[pytest.FixtureDef[object]]:
    """The fixtures that last as long as the session does."""
    manager: Any = session._fixturemanager  # noqa: SLF001  (pytest tells it to nobody)
    for places in (*manager._arg2node2fixturedefs.values(), *manager._arg2nodeid2fixturedefs.values()):  # noqa: SLF001  (likewise)
        for fixtures in places.values():
            yield from (fixture for fixture in fixtures if fixture.scope == "session")


def _is_of(item: pytest.Item, finish: partial[object]) -> bool:
    return getattr(finish.keywords.get("request"), "node", None) is item


def _let_go(phase: pytest.CallInfo[None]) -> None:
    """Hold no more what was at hand where something was raised: it holds the error, in circles."""
    if phase.excinfo is not None:
        clear_frames(phase.excinfo.tb)
        phase.excinfo.value.__traceback__ = phase.excinfo.value.__context__ = None
        phase.excinfo = None


def _phase(when: Literal["setup", "call", "teardown"], run: Callable[[], None]) -> pytest.CallInfo[None]:
    return pytest.CallInfo.from_call(run, when, reraise=(pytest.exit.Exception, KeyboardInterrupt))
