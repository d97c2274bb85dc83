"""The terminal: the features as they are judged, in place of pytest's dots and tracebacks.

Ordinary tests in the same run keep pytest's own output.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from itertools import groupby

import pytest

from gate.extent import Extent, extent
from gate.record import Record, attached
from gate.render import diagnosed
from gate.reports.view import Run, plural
from gate.screen import Screen
from gate.source import excerpt, printable, printable_lines
from gate.verdict import Verdict
from gate.waivers import subject

_COLOUR = {
    Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.ERROR: "red", Verdict.UNDETERMINED: "yellow",
    Verdict.NOT_PROVEN: "cyan", Verdict.PENDING: "cyan", Verdict.WAIVED: "cyan", Verdict.NOT_IN_FORCE: "light",
}  # fmt: skip
_QUIET = (Verdict.PASSED, Verdict.NOT_IN_FORCE)
_INDENT = "      "
_WIDTH = max(map(len, Verdict))
#: The one command that proves what only a program can.
TO_PROVE = "`make prove` in the suite installs what is missing (on Debian, as root) and proves it"
_AGES = _NEW, _OLD = "new", "old"


class GateReporter(pytest.TerminalReporter):  # type: ignore[misc]  # final, and yet what its own plugins replace it by
    """pytest's reporter, silent about scenarios; and about all but errors where a run holds nothing else."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self._alone = extent(config).alone
        self._judged = 0

    @property
    def showheader(self) -> bool:
        return not self._alone and super().showheader

    def pytest_collection(self) -> None:
        if not self._alone:
            super().pytest_collection()

    def report_collect(self, final: bool = False) -> None:
        if not self._alone:
            super().report_collect(final)

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        if not _is_scenario(nodeid):
            super().pytest_runtest_logstart(nodeid, location)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = attached(report)
        if record is not None:
            self._progress(record)
        elif report.failed or not _is_scenario(report.nodeid):
            super().pytest_runtest_logreport(report)

    def _progress(self, record: Record) -> None:
        """On a terminal, one line that says how far the run is; the features take its place."""
        self._judged += 1
        asked = self._session.testscollected if self._session else 0
        of = f" of {asked}" if asked >= self._judged else ""
        self._rewritten(f"judged {self._judged}{of}: {' '.join(record.requirements)}")

    def _rewritten(self, text: str) -> None:
        if self._alone and self.isatty and self.verbosity >= 0:
            self.rewrite(printable(text)[: self._tw.fullwidth - 1], erase=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int | pytest.ExitCode
    ) -> Generator[None, None, None]:
        if self._judged:
            self._rewritten("")
        return (yield from super().pytest_sessionfinish(session, exitstatus))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        """What a library warns of while a scenario runs may quote what is judged, and is nothing to act on here."""
        if not _is_scenario(nodeid):
            super().pytest_warning_recorded(warning_message, nodeid)

    def summary_stats(self) -> None:
        if not self._alone:
            super().summary_stats()


def _is_scenario(nodeid: str) -> bool:
    return nodeid.partition("::")[0].endswith(".feature")


class Spec:
    """Prints the features with their verdicts, the counts, and the state of the gate.

    What several scenarios hang on is told once, below them all.  Quiet, it keeps to what was judged and what did not
    pass; verbose, it shows the evidence of what did, and each finding where it belongs.
    """

    def __init__(self, terminal: pytest.TerminalReporter, run: Run) -> None:
        self._screen = Screen(terminal)
        self._run = run
        self._judgement = run.judgement
        self._settings = run.settings
        self._quiet = terminal.verbosity < 0
        self._verbose = terminal.verbosity > 0
        self._causes = () if self._verbose else run.told_once
        # An open gate fits a screen.
        self._spaced = self._verbose or not run.judgement.open

    def show(self, asked: Extent) -> None:
        if not asked.alone:
            self._screen.separator("gate")
        records = [record for record in self._judgement.records if not self._quiet or _wanting(record)]
        self._heading()
        for (path, title), of_feature in groupby(records, key=lambda record: (record.feature, record.feature_title)):
            self._screen.headed(printable(f"Feature: {title}"), printable(f"  {path}"), bold=True)
            for record in of_feature:
                self._scenario(record)
            if self._spaced:
                self._screen.line()
        self._result(asked)

    def _heading(self) -> None:
        self._screen.line(printable(f"judging {self._run.about}"))
        if self._judgement.base_ahead:
            lacks = plural(self._judgement.base_ahead, "commit")
            said = f"HEAD lacks {lacks} of {self._settings.base}: this is not what a merge would give, merge them first"
            self._screen.line(printable(said), bold=True, yellow=True)
        for told in self._run.brought:
            self._screen.line(printable(f"{told.text} ({told.file}:{told.line})"), bold=True, yellow=True)
        if not self._quiet:
            self._screen.line()

    def _scenario(self, record: Record) -> None:
        aside = record.reason if record.verdict is Verdict.NOT_IN_FORCE else self._age(record)
        aside = ", ".join(filter(None, (aside, self._since(record))))
        heading = printable(f"{' '.join(record.requirements)}  {record.heading}") + (f" ({aside})" if aside else "")
        self._screen.headed(f"  {record.verdict:<{_WIDTH}}  ", heading, **{_COLOUR[record.verdict]: True})
        if self._verbose or record.has_changed or _wanting(record):
            told = [f for f in record.findings if f.was is None and any(cause.explains(f) for cause in self._causes)]
            lines = diagnosed(
                record, self._settings.infra, everything=self._verbose, trace=self._settings.trace, told=told
            )
            for line, finding in lines:
                self._screen.compared(_INDENT + line, finding)

    def _age(self, record: Record) -> str | None:
        """Whether what closes the gate, or would, is new or old; None where nothing was compared."""
        if self._judgement.base is None or not record.verdict.closes or record.verdict is Verdict.ERROR:
            return None
        return _OLD if record.is_old else _NEW

    def _since(self, record: Record) -> str | None:
        """Since when what failed, or is undetermined, is so."""
        known = (since for id_ in record.requirements if (since := self._judgement.since.get(id_)) is not None)
        since = next((since for since in known if since.verdict is record.verdict), None)
        return None if since is None else str(since)

    def _result(self, asked: Extent) -> None:
        if self._judgement.counts and not self._quiet:
            self._screen.line(self._run.tally)
        if self._run.taken_over and not self._quiet:
            told = f"{plural(self._run.taken_over, 'scenario')} as judged before: nothing that they rest on has changed"
            self._screen.line(f"{told} (--fresh judges anew)")
        if self._verbose:
            spent = ", ".join(f"{seconds:.1f} s {what}" for what, seconds in self._run.spent.items())
            self._screen.line(printable(f"took {self._run.seconds:.1f} s: {spent}"))
        for verdict, of_verdict in groupby(self._requirements(), key=lambda held: held[0]):
            for _, age, held in of_verdict:
                self._screen.line(f"{', '.join(filter(None, (verdict, age)))}: {', '.join(held)}")
            self._because(verdict)
        self._beside()
        if self._judgement.open:
            extent = " for the selected scenarios" if asked.selected else ""
            old = sum(record.verdict.closes for record in self._judgement.records)
            despite = f", despite {plural(old, 'old failure')} (--block new)" if old else ""
            self._screen.line(f"gate: open{extent}{despite}", bold=True, green=True)
        else:
            shortfall = f" ({self._judgement.shortfall})" if self._judgement.shortfall else ""
            self._screen.line(f"gate: closed{shortfall}", bold=True, red=True)

    def _because(self, verdict: Verdict) -> None:
        """The causes that several hang on, or that a program lacks; each is told once."""
        for cause in self._causes:
            if cause.verdict is not verdict or cause.is_lack:
                continue
            place = f" ({cause.file}:{cause.line})" if cause.file else ""
            self._screen.line(printable(f"  {cause.text}{place}: {', '.join(cause.requirements)}"))
            cause_told = excerpt(self._settings.infra, cause.file, cause.line or 0) if cause.file else None
            if cause_told:
                self._screen.line(f"    {cause.line} | {cause_told}")
        lacks = [cause.text for cause in self._causes if cause.verdict is verdict and cause.is_lack]
        if lacks:
            self._screen.line(printable(f"  {'; '.join(lacks)}: {TO_PROVE}"))

    def _requirements(self) -> list[tuple[Verdict, str, list[str]]]:
        """The requirements whose verdict is worth a word, under it: the gravest first, new before old."""
        held: dict[tuple[Verdict, str], list[str]] = {}
        verdicts = self._judgement.verdicts
        for requirement, records in self._judgement.requirements.items():
            verdict = verdicts[requirement]
            ages = {self._age(record) for record in records if record.verdict is verdict}
            held.setdefault((verdict, next((age for age in _AGES if age in ages), "")), []).append(requirement)
        headings = [(verdict, age) for verdict in reversed(Verdict) for age in (*_AGES, "") if verdict not in _QUIET]
        return [(*heading, held[heading]) for heading in headings if heading in held]

    def _beside(self) -> None:
        """What is to be said besides the verdicts: of the waivers, and of the base."""
        for problem in self._judgement.problems:
            self._screen.line(printable(str(problem)), red=True)
        for waiver in self._judgement.stale:
            text = f"{waiver.file}:{waiver.line}: stale: nothing needs the waiver for {subject(waiver)}"
            self._screen.line(printable(text), yellow=True)
        for told in self._run.design:
            self._screen.line(printable(told.text + (f" ({told.file}:{told.line})" if told.line else "")))
        for line in printable_lines(self._judgement.base_error) if self._judgement.base_error else ():
            self._screen.line(line, red=True)


def _wanting(record: Record) -> bool:
    return record.verdict not in _QUIET
