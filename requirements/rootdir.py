"""A plugin that requirements/install.py puts into .venv: pytest takes no option's value for its own folder.

``pytest --infra PATH`` runs PATH/conftest.py before it reads the suite's own pytest.ini, which alone says that --infra
takes a value.  What is installed is loaded earlier.
"""

from __future__ import annotations

import shlex
from itertools import pairwise
from pathlib import Path

import pytest

#: .venv/lib/python3.N/site-packages/this stands in it.
SUITE = Path(__file__).resolve().parents[4]
#: The suite's options that take a path.  A pytest.ini elsewhere may make them known, and so no mistake of pytest's.
OURS = ("--infra", "--manifests", "--report-dir", "--settings", "--features", "--waivers")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Refuse a run in the suite that pytest takes for one elsewhere, for options that it does not know."""
    here, folder = early_config.invocation_params.dir.resolve(), early_config.rootpath.resolve()
    if not here.is_relative_to(SUITE) or folder.is_relative_to(SUITE):
        return
    _, unknown = parser.parse_known_and_unknown_args(args)
    for option, value in pairwise(args):
        misread = option in OURS or (option in unknown and option.startswith("--") and "=" not in option)
        if misread and (here / value).exists():
            raise pytest.UsageError(
                f"{option} {value}: pytest takes the value for a folder of tests. Nothing was run. With an equals sign"
                f" it is the option's: {shlex.quote(f'{option}={value}')}"
            )
