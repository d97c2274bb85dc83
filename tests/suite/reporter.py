"""A pytest plugin that keeps all that other reporters see (allure-pytest, allure-pytest-bdd): what was raised in a step
and in a call, with what was at hand there, and what was printed and logged."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest


def _keep(*texts: object) -> None:
    with Path(os.environ["TMPDIR"], f"seen-{os.getpid()}.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for text in texts)


def pytest_bdd_step_error(exception: Exception) -> None:
    _keep(repr(exception), str(exception))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.excinfo is not None:
        _keep(call.excinfo.getrepr(showlocals=True, style="long"))
    _keep(report.longrepr, *report.sections)
    return report
