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

from gate.imports import plain_imports

VARIABLE = "DESIGN_POLICY_STEPS"

_OFFERED = pytest.StashKey[tuple[str, ...]]()
_LOADED = pytest.StashKey[bool]()
_NAME = "step_of_the_suite"


def offer_steps(config: pytest.Config, modules: Sequence[str]) -> None:
    """Have the suite's own steps loaded once a scenario needs one (:func:`load_steps`)."""
    config.stash[_OFFERED] = tuple(modules)


def load_steps(node: pytest.Item | pytest.Collector) -> None:
    """Load the steps that were offered, if that is not done: for all, whichever scenario needs one first.

    To find a step pytest-bdd goes through the names of all fixtures, so that these have one name together.
    """
    if node.config.stash.get(_LOADED, False):
        return
    node.config.stash[_LOADED] = True
    from pytest_bdd.steps import step_function_context_registry  # which who only asks whose the steps are does without

    with plain_imports():
        modules = {import_module(name).__name__ for name in node.config.stash.get(_OFFERED, ())}
    for definition, context in list(step_function_context_registry.items()):
        if context.step_func.__module__ in modules:
            pytest.register_fixture(name=_NAME, func=definition, node=node.session)


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
