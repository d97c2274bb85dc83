"""What a run was asked for: which features, all of them or some, and what besides."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path

import pytest
from msgspec import Struct

from gate.home import EXAMPLE
from gate.options import absolute, settings
from gate.own_files import is_kept

#: pytest's own options that leave some of the scenarios out.
_NARROWING = ("keyword", "markexpr", "lf", "stepwise", "deselect", "ignore", "ignore_glob")

#: What a feature's path is followed by where it is judged as the base has it.
AT_BASE = " (as at the base)"

_PROMISES = pytest.StashKey[Path]()
_SHOWN = pytest.StashKey[dict[Path, str]]()


def feature_places(config: pytest.Config) -> tuple[Path, ...]:
    """Where the features are that are judged: those that were named, else the suite's own (the ini's ``testpaths``);
    and those of the base that the change took away."""
    own = [config.rootpath / place for place in config.getini("testpaths")]
    named = config.getoption("features") or [EXAMPLE]
    places = [place for name in named for place in (own if name == EXAMPLE else [absolute(Path(name))])]
    return (*places, *filter(None, [base_promises(config)]))


def base_promises(config: pytest.Config) -> Path | None:
    """The folder of the base's features of which the change has others, if there is one."""
    named = config.getoption("base_promises")
    return config.stash.get(_PROMISES, None) or (Path(named) if named else None)


def set_base_promises(config: pytest.Config, folder: Path) -> None:
    """Have the features in a folder judged too, as the base's."""
    config.stash[_PROMISES] = folder
    config.stash[_SHOWN] = {}


def shown_feature(config: pytest.Config, path: Path) -> str:
    """A feature's path as reports show it: the same for each of its scenarios."""
    known = config.stash.setdefault(_SHOWN, {})
    if path not in known:
        known[path] = _shown_feature(config, path)
    return known[path]


def _shown_feature(config: pytest.Config, path: Path) -> str:
    folder = base_promises(config)
    if folder is not None and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix() + AT_BASE
    return settings(config).shown_feature(path)


class Extent(Struct, frozen=True):
    """What a run was asked for.  ``places`` are where the features live (the ini's ``testpaths``).

    ``judges``: features are among it; ``alone``: nothing else is; ``selected``: not all of them are.
    """

    places: tuple[Path, ...]
    judges: bool
    alone: bool
    selected: bool


def extent(config: pytest.Config) -> Extent:
    """What this run was asked for, as far as its arguments say."""
    places = feature_places(config)
    asked = [absolute(config.invocation_params.dir / argument.partition("::")[0]) for argument in config.args]
    inside = [any(path.is_relative_to(place) for place in places) or path.suffix == ".feature" for path in asked]
    around = [any(place.is_relative_to(path) for place in places) for path in asked]
    narrowed = any(config.getoption(name, None) for name in _NARROWING)
    return Extent(
        places=places, judges=any(inside) or any(around), alone=all(inside), selected=narrowed or not all(around)
    )


def is_searched(folder: Path, config: pytest.Config) -> bool:
    """Whether features are looked for in a folder of the judged repo whatever its name is: pytest passes over those
    called ``build`` or ``.x``, and what lies there would be lost.  Not so where the command line leaves it out, nor
    what programs leave behind."""
    if folder in map(absolute, map(Path, config.getoption("ignore") or ())):
        return False
    if any(fnmatch(str(folder), str(absolute(Path(glob)))) for glob in config.getoption("ignore_glob") or ()):
        return False
    return is_kept(settings(config).home, folder)


def refuse_features_elsewhere(config: pytest.Config) -> None:
    """pytest.UsageError for a folder asked for that holds features of which none would be judged."""
    places = extent(config).places
    for argument in config.args:
        folder = absolute(config.invocation_params.dir / argument.partition("::")[0])
        known = any(folder.is_relative_to(place) or place.is_relative_to(folder) for place in places)
        if known or not folder.is_dir() or next(folder.rglob("test_*.py"), None):
            continue
        if feature := next(folder.rglob("*.feature"), None):
            raise pytest.UsageError(
                f"{argument}: no feature of this folder would be judged: put it below"
                f" {' or '.join(config.getini('testpaths'))}/, or name each file"
                f" ({os.path.relpath(feature, config.invocation_params.dir)})"
            )


def selection(config: pytest.Config) -> list[str]:
    """What of the features this run was asked for, as arguments for another; what only this run's cache knows
    (``--lf``) left out."""
    places = extent(config).places
    chosen = []
    for argument in config.args:
        path, colons, rest = argument.partition("::")
        place = absolute(config.invocation_params.dir / path)
        if place.suffix == ".feature" or any(place.is_relative_to(other) for other in places):
            chosen.append(f"{place}{colons}{rest}")
        else:
            chosen += [str(other) for other in places if other.is_relative_to(place)]
    for option, name in (("-k", "keyword"), ("-m", "markexpr")):
        if value := config.getoption(name):
            chosen += [option, value]
    for option in ("deselect", "ignore", "ignore_glob"):
        chosen += [f"--{option.replace('_', '-')}={value}" for value in config.getoption(option) or ()]
    return chosen
