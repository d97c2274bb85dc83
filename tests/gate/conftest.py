from __future__ import annotations

import pytest

from tests.gate.small_suite import ROOT, Suite

#: Where the gate speaks to GitHub as well.
ON_GITHUB = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    for variable in ("INFRA_ROOT", "PYTEST_ADDOPTS", "FORCE_COLOR", "PY_COLORS", *ON_GITHUB):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the processes of xdist
    return Suite(pytester)
