"""The gate as a pytest plugin: collection of ``.feature`` files, and what is said at the end.

Its options are those of :mod:`gate.beginning`, which pytest loads before.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from gate import garbage, reports
from gate.base import Base, BaseError, open_base, set_base_tree, set_worker_base_tree
from gate.beginning import begin
from gate.collect import FeatureFile, markers
from gate.design import documents
from gate.extent import extent, feature_places, is_searched, refuse_features_elsewhere, selection, set_base_promises
from gate.git import GitError
from gate.history.known import since_known
from gate.imports import load_mako, plain_imports
from gate.judgement import FINISHED, SUITE_ERROR, Judgement
from gate.options import settings
from gate.own_files import forget_listings, unread_features
from gate.promises import altered, forget_promises, keep_base_features
from gate.record import attached, pack, unpack
from gate.redaction import forget_all_secrets
from gate.reports import github
from gate.reports.view import Run
from gate.reuse import memory, settle
from gate.source import forget_what_was_shown, printable
from gate.terminal import GateReporter, Spec
from gate.vocabulary import gathered
from gate.waiving import new_waivers, stale, waivers

pytest_plugins = ("gate.run", "gate.ahead")


def pytest_addoption() -> None:
    load_mako()  # before pytest-bdd does


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Take the place of pytest's reporter as soon as there is one, before others (xdist) get hold of it."""
    if type(plugin) is pytest.TerminalReporter and _judges(plugin.config):
        manager.unregister(plugin)
        manager.register(GateReporter(plugin.config), "terminalreporter")


def pytest_configure(config: pytest.Config) -> None:
    refuse_features_elsewhere(config)
    if config.getoption("cucumber_json_path") and config.getoption("numprocesses", None):
        raise pytest.UsageError("--cucumberjson: pytest-bdd writes nothing there under -n; leave one of them out")
    if _judges(config):
        config.pluginmanager.register(_Gate(config), "gate")


def _judges(config: pytest.Config) -> bool:
    """Whether this process gives the verdict: features are run, and not on behalf of another one (xdist, history)."""
    shows = any(config.getoption(name) for name in ("collectonly", "showfixtures", "show_fixtures_per_test"))
    helps = hasattr(config, "workerinput") or config.getoption("history_of")
    return extent(config).judges and not shows and not helps


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if extent(session.config).alone:
        begin(session.config)


def pytest_collection_finish(session: pytest.Session) -> None:
    settle(session.config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect the features in their places, and any that is asked for by name: tests keep others as data."""
    inside = any(file_path.is_relative_to(place) for place in extent(parent.config).places)
    if file_path.suffix == ".feature" and (inside or parent.session.isinitpath(file_path)):
        begin(parent.config)
        return FeatureFile.at(file_path, parent)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
    """A report is about to go to another process (xdist)."""
    packed = yield
    if packed is not None:
        pack(packed)
    return packed


@pytest.hookimpl(tryfirst=True)
def pytest_report_from_serializable(data: dict[str, Any]) -> None:
    """A report has come from another process."""
    unpack(data)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    forget_all_secrets()
    forget_what_was_shown()
    forget_listings()
    forget_promises()


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A folder of features is no package of Python, nor is one above it: no code of the judged repo is run."""
    is_above = any(place.is_relative_to(path) for place in feature_places(parent.config))
    return pytest.Dir.from_parent(parent, path=path) if is_above or _is_foreign(path, parent.config) else None


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Nothing but features is collected there."""
    if not _is_foreign(collection_path, config):
        return None
    if not collection_path.is_dir():
        return None if collection_path.suffix == ".feature" else True
    if collection_path.is_symlink():
        return True
    return False if is_searched(collection_path, config) else None


def _is_foreign(path: Path, config: pytest.Config) -> bool:
    suite = config.rootpath
    return any(
        path.is_relative_to(place) and not place.is_relative_to(suite / "features")
        for place in feature_places(config)
        if place != suite / "features"
    )


class _Gate:
    """Gathers the verdicts of a run that judges features, in the one process that reports."""

    def __init__(self, config: pytest.Config) -> None:
        self._settings = settings(config)
        self._extent = extent(config)
        self._judgement = Judgement(self._settings)
        self._run = Run(self._judgement, self._settings)
        self._unwritten: list[str] = []
        try:
            self._base = self._prepare(config)
        except (GitError, OSError) as error:
            # No fence holds it: it goes to standard error, which a runner reads beside the output.
            raise pytest.UsageError(github.disarmed(str(error))) from error
        # From here on whatever is printed may hold what the judged repo says.
        # A feature that is refused keeps the gate closed, and the others from nothing.
        config.option.continue_on_collection_errors |= self._extent.alone
        self._fence = github.Fence() if github.is_here() else None
        if self._fence:
            sys.stdout.write(f"{self._fence.begin}\n")
            sys.stdout.flush()
        set_base_tree(config, self._tree)
        if self._base is not None:
            self._take_promises(config, self._base)
            self._base.judge(selection(config), feature_places(config))

    def _take_promises(self, config: pytest.Config, base: Base) -> None:
        """Have the promises of the base judged that the change has no longer, or has otherwise."""
        places = feature_places(config)
        if not keep_base_features(self._settings, places, base.home, base.promises):
            return
        self._judgement.altered = tuple(altered(places, base.promises, markers(config)))
        if self._judgement.altered:
            set_base_promises(config, base.promises)
            if not self._extent.selected or all(place in config.args for place in map(str, places)):
                config.args.append(str(base.promises))

    def _prepare(self, config: pytest.Config) -> Base | None:
        """The base, and the folder of the reports.  GitError or OSError where one of them cannot be had."""
        if unread := list(unread_features(self._settings.home, feature_places(config))):
            raise OSError("\n".join(map(printable, unread)))
        base = open_base(self._settings)
        if base is not None:
            config.add_cleanup(base.close)
        if self._settings.report_dir is not None:
            reports.prepare(self._settings.report_dir)
        return base

    @property
    def _tree(self) -> Path | None:
        return self._base.tree if self._base is not None else None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        """xdist is about to start a process."""
        set_worker_base_tree(node, self._tree)

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        with garbage.rare_gc():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        with garbage.rare_gc(), plain_imports(), gathered():
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = attached(report)
        if record is not None:
            self._judgement.add(report.nodeid, record)
        elif report.failed:
            self._judgement.besides += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.nodeid.endswith(".feature"):
            self._judgement.refused += report.failed
        else:
            self._judgement.besides += report.failed

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        cut_short = bool(session.shouldfail or session.shouldstop)
        self._judgement.problems = waivers(session.config).problems
        self._judgement.new_waivers = new_waivers(session.config)
        if self._base is not None and exitstatus in FINISHED:
            self._compare(self._base)
        if not (cut_short or self._extent.selected):
            places = (self._settings.infra, self._settings.home)
            self._judgement.design = tuple(documents(self._judgement.records, places))
        session.exitstatus = self._judgement.conclude(exitstatus, cut_short=cut_short)
        if not (cut_short or self._extent.selected):
            self._judgement.stale = stale(waivers(session.config).entries, self._judgement.records)
        self._tell_since(session.config)
        self._remember(session.config, exitstatus)
        self._unwritten = reports.write(self._run)
        if self._unwritten:
            session.exitstatus = SUITE_ERROR

    @staticmethod
    def _remember(config: pytest.Config, exitstatus: int) -> None:
        known = memory(config)
        if known is not None and exitstatus in FINISHED:
            known.save()

    def _tell_since(self, config: pytest.Config) -> None:
        """Say of what failed and of what is undetermined since when, as far as that is known, or was asked for."""
        wanting = self._judgement.wanting
        if wanting and not config.getoption("features_home"):
            self._judgement.since = since_known(self._settings, feature_places(config), wanting)

    def _compare(self, base: Base) -> None:
        self._judgement.base, self._judgement.base_ahead = base.commit, base.ahead
        try:
            self._judgement.compare(base.scenarios(), base.tree)
        except BaseError as error:
            self._judgement.base_error = str(error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._fence:
            end, self._fence = self._fence.end, github.Fence()
            for line in (end, *github.annotate(self._run), self._fence.begin):
                terminalreporter.write_line(line)
        Spec(terminalreporter, self._run).show(self._extent)
        for said in self._unwritten:
            terminalreporter.write_line(printable(f"error of the suite: {said}"), bold=True, red=True)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        if self._fence:
            config.get_terminal_writer().line(self._fence.end)
