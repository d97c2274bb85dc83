"""A plugin that requirements/install.py puts into .venv: pytest does not take a mistyped option's value for its own folder.

``pytest --infra PATH`` runs PATH/conftest.py before it reads the suite's own pytest.ini, which alone says that --infra
takes a value.  What is installed is loaded earlier.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

#: .venv/lib/python3.N/site-packages/this stands in it.
SUITE = Path(__file__).resolve().parents[4]


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Refuse a run in the suite that pytest takes for one elsewhere, for options that it does not know."""
    here, folder = early_config.invocation_params.dir.resolve(), early_config.rootpath.resolve()
    if not here.is_relative_to(SUITE) or folder.is_relative_to(SUITE):
        return
    _, unknown = parser.parse_known_and_unknown_args(args)
    for option, value in zip(args, args[1:], strict=False):
        if option in unknown and option.startswith("--") and "=" not in option and (here / value).exists():
            raise pytest.UsageError(
                f"{option} {value}: pytest takes the value for a folder of tests. Nothing was run. With an equals sign"
                f" it is the option's: {shlex.quote(f'{option}={value}')}"
            )
