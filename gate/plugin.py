"""The gate as a pytest plugin: options, collection of ``.feature`` files, and what is said at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate import report
from gate.collect import FeatureFile
from gate.judgement import Judgement
from gate.options import Extent, Settings, add_options, extent, settings
from gate.record import attached
from gate.terminal import GateReporter, Spec

pytest_plugins = ("gate.run",)


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Take the place of pytest's reporter as soon as there is one, before others (xdist) get hold of it."""
    if type(plugin) is pytest.TerminalReporter and _judges(plugin.config):
        manager.unregister(plugin)
        manager.register(GateReporter(plugin.config), "terminalreporter")


def pytest_configure(config: pytest.Config) -> None:
    if _judges(config):
        config.pluginmanager.register(_Gate(settings(config), extent(config)), "gate")


def _judges(config: pytest.Config) -> bool:
    """Whether this process gives the verdict: features are run, and not on behalf of another one (xdist)."""
    shows = any(config.getoption(name) for name in ("collectonly", "showfixtures", "show_fixtures_per_test"))
    return extent(config).judges and not shows and not hasattr(config, "workerinput")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect the features in ``testpaths``, and any that is asked for by name: tests keep others as data."""
    inside = any(file_path.is_relative_to(place) for place in extent(parent.config).places)
    if file_path.suffix == ".feature" and (inside or parent.session.isinitpath(file_path)):
        return FeatureFile.from_parent(parent, path=file_path)
    return None


class _Gate:
    """Gathers the verdicts of a run that judges features, in the one process that reports."""

    def __init__(self, settings: Settings, extent: Extent) -> None:
        self._settings = settings
        self._extent = extent
        self._judgement = Judgement(settings)
        if settings.report_dir is not None:
            try:
                report.prepare(settings.report_dir)
            except OSError as error:
                raise pytest.UsageError(f"--report-dir: {error}") from error

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = attached(report)
        if record is not None:
            self._judgement.add(report.nodeid, record)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        session.exitstatus = self._judgement.conclude(exitstatus)
        if self._settings.report_dir is not None:
            report.write(self._settings.report_dir, self._judgement, self._settings)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        Spec(terminalreporter, self._judgement, self._settings).show(self._extent)
