"""The terminal: the features as they are judged, in place of pytest's dots and tracebacks.

Ordinary tests in the same run keep pytest's own output.
"""

from __future__ import annotations

from itertools import groupby

import pytest

from gate.judgement import Judgement
from gate.options import Extent, Settings, extent
from gate.record import Record, attached
from gate.render import diagnosis
from gate.source import printable
from gate.verdict import Verdict

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

    def summary_stats(self) -> None:
        if not self._alone:
            super().summary_stats()


def _is_scenario(nodeid: str) -> bool:
    return nodeid.partition("::")[0].endswith(".feature")


class Spec:
    """Prints the features with their verdicts, the counts, and the state of the gate.

    Quiet, it keeps to the scenarios that did not pass; verbose, it shows the evidence of those that did.
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
        if not self._quiet:
            judged, dns = self._settings.shown(self._settings.infra), self._settings.dns_shown
            self._terminal.write_line(f"judging {judged} as of {self._settings.as_of}, DNS from {dns}\n")
        for (path, title), of_feature in groupby(records, key=lambda record: (record.feature, record.feature_title)):
            self._terminal.write(printable(f"Feature: {title}"), bold=True)
            self._terminal.write_line(f"  {path}")
            for record in of_feature:
                self._scenario(record)
            self._terminal.write_line("")
        self._result(asked)

    def _scenario(self, record: Record) -> None:
        self._terminal.write(f"  {record.verdict:<{_WIDTH}}  ", **{_COLOUR[record.verdict]: True})
        absent = f" ({record.reason})" if record.verdict is Verdict.NOT_IN_FORCE else ""
        self._terminal.write_line(printable(f"{' '.join(record.requirements)}  {record.name}") + absent)
        if self._verbose or _wanting(record):
            for line in diagnosis(record, self._settings.infra, everything=self._verbose):
                self._terminal.write_line(_INDENT + line)

    def _result(self, asked: Extent) -> None:
        counts, verdicts = self._judgement.counts, self._judgement.verdicts
        if counts and not self._quiet:
            tally = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
            self._terminal.write_line(f"{_plural(counts.total(), 'scenario')}: {tally}")
        for verdict in reversed(Verdict):
            held = [requirement for requirement, of_all in verdicts.items() if of_all is verdict]
            if held and verdict not in _QUIET:
                self._terminal.write_line(f"{verdict}: {', '.join(held)}")
        if self._judgement.open:
            extent = " for the selected scenarios" if asked.selected else ""
            self._terminal.write_line(f"gate: open{extent}", bold=True, green=True)
        else:
            shortfall = f" ({self._judgement.shortfall})" if self._judgement.shortfall else ""
            self._terminal.write_line(f"gate: closed{shortfall}", bold=True, red=True)


def _wanting(record: Record) -> bool:
    return record.verdict not in _QUIET


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
