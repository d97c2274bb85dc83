"""The gate's own tests run pytest within pytest; and nothing is skipped unsaid where all that they need can be had."""

from __future__ import annotations

from collections.abc import Generator

import pytest

pytest_plugins = ["pytester"]

#: What no package index has, and what a machine may lack: these alone may be missing under ``--no-skips``.
EXCUSED = ("terraform", "IPv6")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that is skipped for want of a program fails")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("no_skips") and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(excused in reason for excused in EXCUSED):
            report.outcome, report.longrepr = "failed", f"not skipped under --no-skips: {reason}"
    return report
