"""Running a scenario and drawing its verdict (a pytest plugin).

What a step raises about the infra repo becomes evidence; anything else that it raises is an error of the suite.
The verdict is stamped on pytest's own report, so that exit code, ``--lf``, ``-x``, JUnit and xdist follow from it; and
one that closes the gate is raised in the call, which is where other reporters (Allure, Cucumber) look.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct, field
from msgspec.structs import replace
from pytest_bdd.parser import Scenario as RunningScenario
from pytest_bdd.parser import Step
from pytest_bdd.reporting import scenario_reports_registry
from pytest_bdd.types import THEN

from gate.collect import (
    FeatureFile,
    feature_of,
    heading_of,
    known_findings,
    requirements_of,
    row_of,
    scenario_of,
    steps_of,
)
from gate.evidence import REPORTED_ERRORS, Evidence, Finding, conclude
from gate.extent import shown_feature
from gate.lifetime import is_lifetime
from gate.options import settings
from gate.own_steps import load_steps
from gate.record import Record, attach
from gate.redaction import redacted, redacted_findings
from gate.render import diagnosis, finding_lines
from gate.reuse import lasts, memory
from gate.source import encodable, printable
from gate.verdict import Verdict
from gate.waiving import waive

if TYPE_CHECKING:
    from tfparse.graph.basis import Basis


class _Run(Struct):
    """A scenario being judged: its evidence, its steps and the one it is at."""

    evidence: Evidence = field(default_factory=Evidence)
    steps: list[Step] = field(default_factory=list)
    at: Step | None = None
    found_before: int = 0
    #: The steps of which a finding closes the gate.
    closing: list[Step] = field(default_factory=list)
    #: What came of it, and what was raised for it where that closes the gate.
    record: Record | None = None
    raised: BaseException | None = None
    seconds: float = 0
    #: Whether the same would be found again, as long as what it was found in is the same; and what that is.
    lasts: bool = True
    basis: Basis | None = None
    #: Whether anybody is told what pytest says of it.
    told: bool = True

    def enter(self, step: Step) -> None:
        self.at, self.found_before = step, len(self.evidence.findings)

    def leave(self, step: Step, closes: Callable[[Verdict], bool]) -> None:
        """A ``Then`` that looked at nothing (an empty list, say) must not pass for one that held."""
        if step.type == THEN and len(self.evidence.findings) == self.found_before:
            self.evidence.undetermined(_text(step), "something is checked", "nothing was checked")
        if any(closes(finding.verdict) for finding in self.evidence.findings[self.found_before :]):
            self.closing.append(step)

    def stopped(self, error: Exception) -> None:
        """Record what ended the scenario, and the steps that it therefore did not reach."""
        rest = self.steps[self.steps.index(self.at) + 1 :] if self.at else self.steps
        note = f"not reached: {'; '.join(map(_text, rest))}" if rest else None
        self.evidence.told(error, _text(self.at) if self.at else "the scenario", note=note)


_RUN = pytest.StashKey[_Run]()
_RECORD = pytest.StashKey[Record]()


def _run(item: pytest.Item) -> _Run:
    return item.stash.setdefault(_RUN, _Run())


def _text(step: Step) -> str:
    return f"{step.keyword} {step.name}"


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """The findings of the scenario that runs."""
    return _run(request.node).evidence


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str) -> bool | None:
    """A lifetime is no marker: its name could not be registered.  Every other tag is pytest-bdd's to apply."""
    return True if is_lifetime(tag) else None


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: RunningScenario) -> None:
    _run(request.node).steps = scenario.steps


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Step, step_func: Callable[..., object]) -> None:
    _run(request.node).enter(step)
    _run(request.node).lasts &= lasts(request.config, step_func)


def pytest_bdd_after_step(request: pytest.FixtureRequest, step: Step) -> None:
    _run(request.node).leave(step, settings(request.config).closes)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run nothing of a scenario that is not in force, nor of one whose findings are known."""
    if _absence(pyfuncitem) or known_findings(pyfuncitem) is not None:
        return True
    if scenario_of(pyfuncitem) is not None:
        load_steps(pyfuncitem)
    return None


@pytest.hookimpl(wrapper=True, specname="pytest_pyfunc_call")
def pytest_judge_in_the_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Judge a scenario once it has run, and raise a verdict that closes the gate."""
    if scenario_of(pyfuncitem) is None:
        return (yield)
    run = _run(pyfuncitem)
    try:
        # What a library warns of may quote what is judged, be it no text, and is nothing to act on here.
        with warnings.catch_warnings(record=True), _judging(pyfuncitem) as run.basis:
            yield
    except REPORTED_ERRORS as error:
        run.stopped(error)
    except pytest.FixtureLookupError as error:
        # To show it, pytest would read the feature as if it were Python.
        raise LookupError(f"there is no fixture {error.argname!r}") from None
    except pytest.exit.Exception:
        raise
    except Exception as error:
        if pyfuncitem.config.getoption("usepdb"):
            raise
        # Other reporters show what was at hand where it was raised, secrets and all.
        run.record = _broken(pyfuncitem, pytest.ExceptionInfo.from_exception(error))
        run.raised = pytest.fail.Exception(_failure(pyfuncitem, run.record), pytrace=False)
        raise run.raised from None
    run.record = _verdict(pyfuncitem)
    _remember(pyfuncitem, run)
    if settings(pyfuncitem.config).closes(run.record.verdict):
        _show_failed_steps(pyfuncitem)
        run.raised = pytest.fail.Exception(_failure(pyfuncitem, run.record), pytrace=False)
        raise run.raised
    return True


def _judging(item: pytest.Function) -> AbstractContextManager[Basis | None]:
    """What a scenario reads of the repo meanwhile, where that is kept."""
    known, request = memory(item.config), item.funcargs.get("request")
    if known is None or _absence(item) or not isinstance(request, pytest.FixtureRequest):
        return nullcontext()
    return known.judging(*_named(item), lambda: request.getfixturevalue("infra"))


def _named(item: pytest.Item) -> tuple[str, str]:
    """A scenario by the digest of its feature, and its own name."""
    assert isinstance(item.parent, FeatureFile)
    return item.parent.digest, item.name


def _remember(item: pytest.Item, run: _Run) -> None:
    known = memory(item.config)
    if known is not None and run.record is not None and run.basis is not None and run.lasts:
        known.learn(*_named(item), run.record.findings, run.basis)


def _show_failed_steps(item: pytest.Item) -> None:
    """Tell pytest-bdd's own reports (``--cucumberjson``) which steps failed: to it a step fails that raises."""
    kept = scenario_reports_registry.get(item)
    if kept is None or not kept.step_reports:
        return
    closing = [report for report in kept.step_reports if report.step in _run(item).closing]
    for report in closing or kept.step_reports[-1:]:
        report.failed = True


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_step_error(exception: Exception) -> None:
    """Keep secrets from those who report each step (allure-pytest-bdd): they show what was raised in it."""
    said = str(exception)
    if not isinstance(exception, REPORTED_ERRORS) and (shown := redacted(said)) != said:
        exception.args = (shown,)


@pytest.hookimpl(wrapper=True, trylast=True, specname="pytest_runtest_makereport")
def pytest_redact_what_was_said(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep secrets from all who read pytest's report: what was printed and logged.  The last phase has that of all."""
    report = yield
    if scenario_of(item) is not None:
        report.sections = [(name, encodable(redacted(text))) for name, text in report.sections]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    run, error = _run(item), call.excinfo
    said = None
    if error and error.value is run.raised:  # pytest would look at each place on the way, and shows none
        said, error.traceback = str(error.value), error.traceback[-1:]
    report = yield
    if scenario_of(item) is not None:
        run.seconds += call.duration
        if call.when == "call" or error:
            _stamp(report, item, replace(judged(item, call), seconds=run.seconds), said)
    return report


def _absence(item: pytest.Item) -> str | None:
    """Why a scenario is not in force; None where it is, or where the item is an ordinary test."""
    scenario = scenario_of(item)
    return scenario.lifetime.absence(settings(item.config).as_of) if scenario else None


def judged(item: pytest.Item, call: pytest.CallInfo[None]) -> Record:
    """What a scenario has come to, by a phase of it."""
    run, error = _run(item), call.excinfo
    if call.when == "call" and run.record is not None and (error is None or error.value is run.raised):
        return run.record
    if error and isinstance(error.value, REPORTED_ERRORS) and call.when != "teardown":
        run.stopped(error.value)
        error = None
    return _broken(item, error) if error else _verdict(item)


def _broken(item: pytest.Item, error: pytest.ExceptionInfo[BaseException]) -> Record:
    """The suite itself has failed."""
    if (known := memory(item.config)) is not None:
        known.distrust()
    reason, trace = _describe(error, item.config.rootpath)
    return replace(_record(item, Verdict.ERROR, redacted(reason), _findings(item)), trace=trace)


def _verdict(item: pytest.Item) -> Record:
    """What the findings of a scenario come to, or that it is not in force."""
    if absence := _absence(item):
        return _record(item, Verdict.NOT_IN_FORCE, absence, _findings(item))
    scenario = scenario_of(item)
    assert scenario is not None
    found = _findings(item)
    return waive(_record(item, *conclude(found), found), scenario.title, item.config)


def begin_anew(item: pytest.Item, evidence: Evidence | None = None, *, told: bool = True) -> None:
    """Forget what came of a scenario: it is to be judged once more, and what it finds goes to ``evidence``; ``told``:
    somebody is shown what pytest says of it.
    """
    item.stash[_RUN] = _Run(evidence or Evidence(), told=told)
    item.user_properties.clear()
    # What its steps have given stands there as fixtures of its own, all that they were found in included.
    manager = item.session._fixturemanager  # noqa: SLF001  (pytest-bdd puts them there, and takes them from nowhere)
    for of_nodes in manager._arg2node2fixturedefs.values():  # noqa: SLF001  (likewise)
        of_nodes.pop(item, None)


def told_again(item: pytest.Item) -> Record:
    """The verdict on a scenario that has run, with the secrets left out that are known by now."""
    return _verdict(item)


def _findings(item: pytest.Item) -> tuple[Finding, ...]:
    """What the scenario found, without secrets."""
    if (known := known_findings(item)) is not None:
        return known
    run = _run(item)
    cells = [str(cell) for step in run.steps if step.datatable for row in step.datatable.raw() for cell in row]
    return redacted_findings(run.evidence.findings, [item.name, *cells, *(step.name for step in run.steps)])


def _record(item: pytest.Item, verdict: Verdict, reason: str | None, findings: tuple[Finding, ...]) -> Record:
    if _RECORD not in item.stash:  # a history judges it many times
        item.stash[_RECORD] = _blank_record(item)
    is_known = known_findings(item) is not None
    return replace(item.stash[_RECORD], verdict=verdict, reason=reason, findings=findings, taken_over=is_known)


def _blank_record(item: pytest.Item) -> Record:
    """What a record says of a scenario, whatever comes of it."""
    feature, scenario = feature_of(item), scenario_of(item)
    assert feature is not None
    assert scenario is not None
    return Record(
        feature=shown_feature(item.config, item.path), feature_title=feature.title,
        feature_description=feature.description, rule=scenario.rule, name=item.name, description=scenario.description,
        line=scenario.line, row=row_of(item), requirements=requirements_of(item), verdict=Verdict.ERROR, reason=None,
        findings=(), title=scenario.title, heading=heading_of(item), steps=steps_of(item),
    )  # fmt: skip


def _describe(excinfo: pytest.ExceptionInfo[BaseException], suite: Path) -> tuple[str, tuple[str, ...]]:
    """An error of the suite in one line: the exception, and the last place in the suite that it came through; and all
    of these places."""
    here = [entry for entry in excinfo.traceback if Path(entry.path).suffix == ".py" and _within(suite, entry.path)]
    places = [f"{Path(entry.path).relative_to(suite).as_posix()}:{entry.lineno + 1}" for entry in here]
    trace = tuple(f"{place}: in {entry.name}" for place, entry in zip(places, here, strict=True))
    return excinfo.exconly(tryshort=True) + (f" ({places[-1]})" if places else ""), trace


def _within(suite: Path, path: Path | str) -> bool:
    return Path(path).is_relative_to(suite) and "site-packages" not in Path(path).parts


def _failure(item: pytest.Item, record: Record) -> str:
    if not _run(item).told:
        return ""
    return "\n".join([printable(f"{record.verdict}: {record.reason}"), *diagnosis(record, settings(item.config).infra)])


def _stamp(report: pytest.TestReport, item: pytest.Item, record: Record, failure: str | None) -> None:
    """Make pytest's report say what the record says, in the words that were raised for it, if any were."""
    attach(report, record)
    # pytest.xfail() in a step would otherwise turn the failure into an expected one.
    report.__dict__.pop("wasxfail", None)
    if record.verdict is Verdict.PASSED:
        report.outcome, report.longrepr = "passed", None
    elif settings(item.config).closes(record.verdict):
        report.outcome, report.longrepr = "failed", _failure(item, record) if failure is None else failure
    else:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), record.line, printable(f"{record.verdict}: {record.reason}"))
    # pytest writes to JUnit what stands on the item, once the item is torn down.
    item.user_properties[:] = [
        *(("requirement", requirement) for requirement in record.requirements),
        ("verdict", str(record.verdict)),
        *(("finding", "\n".join(finding_lines(finding))) for finding in record.findings),
    ]
