"""The first plugin of the gate that pytest loads: the options, and a second process that works ahead of a run
(:mod:`tfparse.second_process`), begun once it is known what is judged.

That is long before pytest has loaded all plugins (what judges, too, is another: :mod:`gate.plugin`), so the command
line is read here beforehand.  Where it turns out to mean something else after all, what was begun is ended: what it has
found is right in any case, and only of no use.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec import Struct

from gate import garbage
from gate.imports import plain_imports
from gate.options import Settings, absolute, add_options, settings, settings_of
from gate.reuse import Memory, foresee, is_foreseen, memory
from tfparse.configs.file_names import SOURCE
from tfparse.second_process import SecondProcess
from tfparse.source import beforehand
from tfparse.source.beforehand import Beforehand
from tfparse.source.sources import SourceTree

_SUITE = Path(__file__).parents[1]
_BEGUN, _IS_SURE = pytest.StashKey["_Begun"](), pytest.StashKey[bool]()
#: Options under which nothing is judged, or by others, or nothing that an earlier run has kept counts.
_OTHERWISE = ("base", "collectonly", "fresh", "help", "history_of", "showfixtures", "show_fixtures_per_test", "version")


class _Begun(Struct):
    """What was begun for some settings: a parser of a repo that was never read, or who looks at one that was."""

    asked: Settings
    parser: Beforehand | None
    looks: SecondProcess | None

    def end(self) -> None:
        if self.parser is not None:
            self.parser.end()
        if self.looks is not None:
            self.looks.end()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    garbage.pass_over()  # what was loaded for it: other plugins are still to come
    add_options(parser)
    config = pluginmanager.get_plugin("pytestconfig")
    if isinstance(config, pytest.Config):
        begin_early(config, parser)


def begin_early(config: pytest.Config, parser: pytest.Parser) -> None:
    """Begin for what the command line seems to say."""
    with suppress(pytest.UsageError):  # which pytest is about to say
        told, unknown = parser.parse_known_and_unknown_args(config.invocation_params.args)
        if unknown or any(getattr(told, name, None) for name in _OTHERWISE) or not _are_features(config, told):
            return
        asked = settings_of(_SUITE, lambda name: getattr(told, name, None))
        _begin(config, asked, foresee(config, asked))


def _are_features(config: pytest.Config, told: argparse.Namespace) -> bool:
    """Whether nothing else is asked for."""
    places = [_SUITE / "features", *(absolute(Path(place)) for place in told.features or ())]
    asked = [absolute(config.invocation_params.dir / path.partition("::")[0]) for path in told.file_or_dir]
    return bool(asked) and all(any(path.is_relative_to(place) for place in places) for path in asked)


def begin(config: pytest.Config) -> None:
    """Begin, unless that is done: the repo will be read."""
    if _IS_SURE in config.stash or not config.pluginmanager.has_plugin("gate"):
        return
    config.stash[_IS_SURE] = True
    with suppress(pytest.UsageError):  # which is said once the scenarios need it
        asked, begun = settings(config), config.stash.get(_BEGUN, None)
        alone = not config.getoption("numprocesses", None)
        if begun is not None and not (alone and begun.asked == asked and (begun.parser or is_foreseen(config))):
            begun.end()
            del config.stash[_BEGUN]
        if alone and _BEGUN not in config.stash:
            _begin(config, asked, memory(config))


def _begin(config: pytest.Config, asked: Settings, known: Memory | None) -> None:
    with plain_imports():
        parser = known.parse_ahead(SOURCE, _learn) if known else beforehand.begin(asked.infra, SOURCE, _learn)
    looks = known.look_ahead() if known is not None and parser is None else None
    config.stash[_BEGUN] = begun = _Begun(asked, parser, looks)
    config.add_cleanup(begun.end)


def _learn(tree: SourceTree, folder: str) -> None:
    """Work out what finding the secrets of a repo asks of each folder."""
    from tfparse.secrets.beginnings import learn  # which the first process may do without

    learn(tree, folder)


def parsed_beforehand(config: pytest.Config) -> Beforehand | None:
    """Who parses the repo, if somebody does."""
    begun = config.stash.get(_BEGUN, None)
    return begun.parser if begun is not None else None
