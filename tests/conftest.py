"""The gate's own tests run pytest within pytest.  Slow ones run on a sample; and nothing is skipped unsaid."""

from __future__ import annotations

import os
import sys
import zlib
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from gate.git import GitError, Repository

pytest_plugins = ["pytester"]

# Where requirements/helm.py puts what no Debian package has.
os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), os.path.join(sys.prefix, "bin")))

#: What no package index has, and what a machine may lack: these alone may be missing under ``--no-skips``.
EXCUSED = ("terraform", "IPv6")
#: What the tests run besides the programs that prove: Debian packages.
PACKAGES = ("bind9", "chromium", "git-crypt", "knot", "libatomic1", "nsd")
#: Slow, and seldom the first to break: many cases of one kind, each of which judges a whole repo or starts programs.
SLOW = (
    "ci/test_at_home.py::test_a_change",
    "ci/test_commands.py",
    "ci/test_documents.py",
    "ci/test_templates.py::test_lint",
    "design_policy/test_history.py",
    "design_policy/test_judge.py",
    "design_policy/test_manifests.py",
    "design_policy/test_sources.py",
    "design_policy/test_walk.py::test_every_command",
    "design_policy/test_walk.py::test_init",
    "design_policy/test_walk.py::test_see",
    "design_policy/test_walk.py::test_words",
    "gate/history/test_judge.py",
    "gate/test_base.py",
    "gate/test_new_waivers.py",
    "gate/test_proof.py",
    "gate/test_report.py",
    "mutation/test_court.py",
    "readers/docker_mailserver/test_start_script.py",
    "readers/kubernetes/test_soundness.py",
    "readers/postfix/test_main_cf.py",
    "readers/sandbox/test_gate_keeps_files.py",
    "readers/sandbox/test_what_programs_see.py",
    "readers/sandbox/test_without_namespaces.py",
    "readers/shell/test_environment.py",
    "readers/shell/test_random_scripts.py",
    "readers/shell/test_sed.py",
    "readers/test_broken_inputs.py",
    "readers/test_hostile_text.py",
    "reports/test_history_page.py",
    "reports/test_page.py",
    "reports/test_page_for_everybody.py",
    "reports/test_real_run.py",
    "suite/test_alert_words.py",
    "suite/test_bad_input.py",
    "suite/test_dns_words.py",
    "suite/test_edits.py::test_every_case_finds_its_places[equivalents/beside/",
    "suite/test_equivalents.py",
    "suite/test_field.py",
    "suite/test_fixtures.py",
    "suite/test_hostile_cases.py",
    "suite/test_hostile_change.py",
    "suite/test_misleading_features.py",
    "suite/test_not_enforced.py",
    "suite/test_pull_request.py",
    "suite/test_reuse.py",
    "suite/test_second_design.py",
    "suite/test_secrets.py",
    "suite/test_violations.py",
    "tfparse/hcl/test_differential_",
    "tfparse/hcl/test_syntax_errors.py::test_h",
    "tfparse/lang/test_differential_",
    "tfparse/source/test_git_crypt.py::test_git_is_not_waited_for",
    "tfparse/test_hostile.py",
    "tfparse/test_infra_moves.py::test_what_is_worked_out",
    "tfparse/test_soundness.py",
)
#: Parts of names: what is run by itself, and again in several processes; and what is timed with ever more of its input.
SLOW_NAMES = ("[xdist", "_in_proportion", "::test_two_processes")
_SAMPLE = 32


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that is skipped for want of a program fails")
    parser.addoption(
        "--slow", choices=("all", "sample", "none"), default="all",
        help=f"of the slow tests run all, or one in {_SAMPLE} (others with each commit), or none",
    )  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what ``--slow`` leaves out."""
    wanted = config.getoption("slow")
    if wanted == "all":
        return
    seed = _commit(config.rootpath) if wanted == "sample" else None
    kept = [item for item in items if not _is_slow(item.nodeid) or (seed is not None and _is_drawn(item.nodeid, seed))]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept


def _is_slow(test: str) -> bool:
    return test.removeprefix("tests/").startswith(SLOW) or any(name in test for name in SLOW_NAMES)


def _is_drawn(test: str, seed: str) -> bool:
    return zlib.crc32(f"{seed}{test}".encode()) % _SAMPLE == 0


def _commit(suite: Path) -> str:
    """What decides which are drawn: the same for the same commit."""
    try:
        return Repository(suite).commit("HEAD")
    except GitError:
        return ""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not tested, and how to have it."""
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    left_out = config.getoption("slow") != "all"
    if not (skipped or left_out):
        return
    terminalreporter.section("not tested here")
    for reason, number in sorted(skipped.items()):
        terminalreporter.write_line(f"{number:5} {reason}")
    if skipped:
        terminalreporter.write_line("what Debian has of it, as root: requirements/programs.sh " + " ".join(PACKAGES))
        terminalreporter.write_line("helm and kubectl: .venv/bin/python requirements/helm.py")
    if left_out:
        # How many is known to the processes that run the tests alone.
        number = len(terminalreporter.stats.get("deselected", ())) or "most"
        terminalreporter.write_line(f"{number:>5} slow tests, of which each commit draws others: make test-all")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("no_skips") and not hasattr(report, "wasxfail"):
        reason = _reason(report)
        if not any(excused in reason for excused in EXCUSED):
            report.outcome, report.longrepr = "failed", f"not skipped under --no-skips: {reason}"
    return report


def _reason(report: pytest.TestReport) -> str:
    found = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    return found.removeprefix("Skipped: ")
