"""Which steps there are: the suite's own, which are loaded when one is needed, and those of whoever runs the suite.

Steps of one's own stand in a folder that is named, and never in the repo that is judged.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

VARIABLE = "DESIGN_POLICY_STEPS"

_OFFERED = pytest.StashKey[tuple[str, ...]]()


def offer_steps(config: pytest.Config, modules: Sequence[str]) -> None:
    """Have the suite's own steps loaded once a scenario needs one (:func:`load_steps`)."""
    config.stash[_OFFERED] = tuple(modules)


def load_steps(config: pytest.Config) -> None:
    """Load the steps that were offered, if that is not done."""
    for name in config.stash.get(_OFFERED, ()):
        if not config.pluginmanager.has_plugin(name):
            config.pluginmanager.register(import_module(name), name)


def are_the_suites_own(config: pytest.Config) -> bool:
    """Whether all steps are the suite's own, of which it is known what they look at."""
    return bool(config.stash.get(_OFFERED, ())) and not os.environ.get(VARIABLE)


def operators_steps() -> list[str]:
    """The names of the modules in the folder that the environment names, which can be imported from now on.

    Raises:
        ValueError: there is no such folder, or a module in it has the name of another.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        return []
    place = Path(os.path.abspath(folder))
    if not place.is_dir():
        raise ValueError(f"{VARIABLE}: {folder!r} is not a folder")
    names = [path.stem for path in sorted(place.glob("[!_]*.py"))]
    for name in names:
        found = sys.modules.get(name)
        if name in sys.stdlib_module_names or (found and Path(found.__file__ or "").parent != place):
            raise ValueError(f"{VARIABLE}: {folder}/{name}.py has the name of another module: call it otherwise")
    if str(place) not in sys.path:
        sys.path.append(str(place))
    return names
