"""Makes the suite and the workbench of tests/suite importable, under pytest and by themselves."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

for folder in (ROOT / "tests" / "suite", ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
