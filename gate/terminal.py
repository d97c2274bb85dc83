"""The terminal: the features as they are judged, in place of pytest's dots and tracebacks.

Ordinary tests in the same run keep pytest's own output.
"""

from __future__ import annotations

import warnings
from itertools import groupby

import pytest

from gate.checkout import described
from gate.extent import Extent, extent
from gate.judgement import Judgement
from gate.options import Settings
from gate.record import Record, attached
from gate.render import diagnosis
from gate.reports.view import Run, plural
from gate.source import printable, printable_lines
from gate.verdict import Verdict
from gate.waivers import subject

_COLOUR = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.ERROR: "red",
    Verdict.UNDETERMINED: "yellow",
    Verdict.NOT_PROVEN: "cyan",
    Verdict.PENDING: "cyan",
    Verdict.WAIVED: "cyan",
    Verdict.NOT_IN_FORCE: "light",
}
_QUIET = (Verdict.PASSED, Verdict.NOT_IN_FORCE)
_INDENT = "      "
_WIDTH = max(map(len, Verdict))
_SHORT = 12
_AGES = _NEW, _OLD = "new", "old"


class GateReporter(pytest.TerminalReporter):  # type: ignore[misc]  # final, and yet what its own plugins replace it by
    """pytest's reporter, silent about scenarios; and about all but errors where a run holds nothing else."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self._alone = extent(config).alone

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
        judged = attached(report) is not None
        if not judged and (report.failed or not _is_scenario(report.nodeid)):
            super().pytest_runtest_logreport(report)

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

    Quiet, it keeps to what was judged and what did not pass; verbose, it shows the evidence of what did.
    """

    def __init__(self, terminal: pytest.TerminalReporter, judgement: Judgement, settings: Settings) -> None:
        self._terminal = terminal
        self._judgement = judgement
        self._settings = settings
        self._quiet = terminal.verbosity < 0
        self._verbose = terminal.verbosity > 0

    def show(self, asked: Extent) -> None:
        if not asked.alone:
            self._terminal.write_sep("=", "gate")
        records = [record for record in self._judgement.records if not self._quiet or _wanting(record)]
        self._heading()
        for (path, title), of_feature in groupby(records, key=lambda record: (record.feature, record.feature_title)):
            self._terminal.write(printable(f"Feature: {title}"), bold=True)
            self._terminal.write_line(printable(f"  {path}"))
            for record in of_feature:
                self._scenario(record)
            self._terminal.write_line("")
        self._result(asked)

    def _heading(self) -> None:
        judged, dns = self._settings.shown(self._settings.infra), self._settings.dns_shown
        base = self._judgement.base
        against = f", against {self._settings.base} ({base[:_SHORT]})" if base else ""
        state = described(self._settings.infra)
        line = f"judging {judged} ({state}) as of {self._settings.as_of}, DNS from {dns}{against}"
        self._terminal.write_line(printable(line))
        if self._judgement.base_ahead:
            lacks = plural(self._judgement.base_ahead, "commit")
            said = f"HEAD lacks {lacks} of {self._settings.base}: this is not what a merge would give, merge them first"
            self._terminal.write_line(printable(said), bold=True, yellow=True)
        run = Run(self._judgement, self._settings)
        for told in (*run.altered, *(w._replace(text=f"new waiver: {w.text}") for w in run.new_waivers)):
            self._terminal.write_line(printable(f"{told.text} ({told.file}:{told.line})"), bold=True, yellow=True)
        if not self._quiet:
            self._terminal.write_line("")

    def _scenario(self, record: Record) -> None:
        self._terminal.write(f"  {record.verdict:<{_WIDTH}}  ", **{_COLOUR[record.verdict]: True})
        aside = record.reason if record.verdict is Verdict.NOT_IN_FORCE else self._age(record)
        heading = printable(f"{' '.join(record.requirements)}  {record.name}")
        self._terminal.write_line(heading + (f" ({aside})" if aside else ""))
        if self._verbose or record.has_changed or _wanting(record):
            lines = diagnosis(record, self._settings.infra, everything=self._verbose, trace=self._settings.trace)
            for line in lines:
                self._terminal.write_line(_INDENT + line)

    def _age(self, record: Record) -> str | None:
        """Whether what closes the gate, or would, is new or old; None where nothing was compared."""
        if self._judgement.base is None or not record.verdict.closes or record.verdict is Verdict.ERROR:
            return None
        return _OLD if record.is_old else _NEW

    def _result(self, asked: Extent) -> None:
        counts = self._judgement.counts
        if counts and not self._quiet:
            tally = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
            self._terminal.write_line(f"{plural(counts.total(), 'scenario')}: {tally}")
        for heading, held in self._requirements().items():
            self._terminal.write_line(f"{heading}: {', '.join(held)}")
        self._beside()
        if self._judgement.open:
            extent = " for the selected scenarios" if asked.selected else ""
            old = sum(record.verdict.closes for record in self._judgement.records)
            despite = f", despite {plural(old, 'old failure')} (--block new)" if old else ""
            self._terminal.write_line(f"gate: open{extent}{despite}", bold=True, green=True)
        else:
            shortfall = f" ({self._judgement.shortfall})" if self._judgement.shortfall else ""
            self._terminal.write_line(f"gate: closed{shortfall}", bold=True, red=True)

    def _requirements(self) -> dict[str, list[str]]:
        """The requirements whose verdict is worth a word, under it: the gravest first, new before old."""
        held: dict[tuple[Verdict, str], list[str]] = {}
        for requirement, records in self._judgement.requirements.items():
            verdict = self._judgement.verdicts[requirement]
            ages = {self._age(record) for record in records if record.verdict is verdict}
            held.setdefault((verdict, next((age for age in _AGES if age in ages), "")), []).append(requirement)
        headings = [(verdict, age) for verdict in reversed(Verdict) for age in (*_AGES, "") if verdict not in _QUIET]
        return {", ".join(filter(None, heading)): held[heading] for heading in headings if heading in held}

    def _beside(self) -> None:
        """What is to be said besides the verdicts: of the waivers, and of the base."""
        for problem in self._judgement.problems:
            self._terminal.write_line(printable(str(problem)), red=True)
        for waiver in self._judgement.stale:
            text = f"{waiver.file}:{waiver.line}: stale: nothing needs the waiver for {subject(waiver)}"
            self._terminal.write_line(printable(text), yellow=True)
        for line in printable_lines(self._judgement.base_error) if self._judgement.base_error else ():
            self._terminal.write_line(line, red=True)


def _wanting(record: Record) -> bool:
    return record.verdict not in _QUIET
