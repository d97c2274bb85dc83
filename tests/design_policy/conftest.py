from __future__ import annotations

from pathlib import Path

import pytest

from tests.design_policy.at_home import AtHome


@pytest.fixture
def home(tmp_path: Path) -> AtHome:
    return AtHome(tmp_path / "repo")
