"""Verdicts of an earlier run, taken over where all that they rest on is as it was: no step runs, and none is loaded.

A verdict rests on the suite's code, the feature, Python, libraries, programs and options (:mod:`gate.identity`), and on
what was read of the infra repo: each file, the names in a folder, what was sought and is absent, what git says of it.
Where all that the run before has read is as it was, all verdicts stand; otherwise each by itself (:mod:`gate.bases`).
What is published is asked each time, and so is what a program would prove that cannot be started.  A run that anything
else may have changed (steps or plugins of others, a base) takes nothing over and keeps nothing.
"""

from __future__ import annotations

import marshal
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import asdict

from gate.evidence import Finding
from gate.identity import import_path, key_of_settings
from gate.imports import plain_imports
from gate.options import Settings, settings
from gate.own_files import is_kept
from gate.own_steps import are_the_suites_own
from gate.source import excerpts, show_again
from gate.verdict import Verdict
from tfparse.own_file import cache_directory, keep_newest, own_name, read_own, write_own
from tfparse.source import beforehand
from tfparse.source.snapshot import Snapshot, changed_since, places_of

if TYPE_CHECKING:
    from gate.bases import Bases, Row
    from tfparse import Infra
    from tfparse.graph.basis import Basis
    from tfparse.graph.stored_answers import StoredAnswers
    from tfparse.second_process import SecondProcess
    from tfparse.secrets.secrecy import Secrets
    from tfparse.source.beforehand import Beforehand
    from tfparse.source.sources import SourceTree

_MAGIC = f"design-policy verdicts 2 {marshal.version}\n".encode()
_MAX_SIZE = 16 * 2**20
_MOST_FILES = 64
"""So many repos, and ways to ask for their verdicts, are remembered."""
_SUFFIX, _ANSWERS, _BASES = ".verdicts", ".roots", ".bases"
_MARGIN = 0.05
"""Seconds by which the clock of a file system may be behind: Linux sets it four times in a hundredth of a second."""
#: Whose plugins change no verdict, by the first word of their modules.
_HARMLESS = (
    "_hypothesis_pytestplugin",
    "_pytest",
    "gate",
    "hypothesis",
    "platformdirs",
    "pluggy",
    "pytest",
    "pytest_bdd",
    "xdist",
)
#: Options under which each scenario is run, for somebody watches its steps.
_WATCHING = ("cucumber_json_path", "gherkin_terminal_reporter", "usepdb", "trace", "setupplan", "setupshow", "fresh")

_MEMORY, _FORESEEN = pytest.StashKey["Memory | None"](), pytest.StashKey["Memory"]()
_Rows = dict[str, dict[str, "Row | None"]]


def memory(config: pytest.Config) -> Memory | None:
    """What this run may take over, and keeps for the next; None where it does neither."""
    if _MEMORY not in config.stash:
        config.stash[_MEMORY] = _memory(config) if _may_remember(config) else None
    return config.stash[_MEMORY]


def _memory(config: pytest.Config) -> Memory:
    foreseen, asked = config.stash.get(_FORESEEN, None), settings(config)
    return foreseen if foreseen is not None and foreseen.asked == asked else Memory(asked)


def foresee(config: pytest.Config, asked: Settings) -> Memory:
    """What the run may take over if it judges by some settings, as it seems to."""
    config.stash[_FORESEEN] = Memory(asked)
    return config.stash[_FORESEEN]


def is_foreseen(config: pytest.Config) -> bool:
    """Whether the run has the memory that was foreseen."""
    return memory(config) is config.stash.get(_FORESEEN, None) is not None


def settle(config: pytest.Config) -> None:
    """Take nothing over after all, where what was loaded to collect the features may change a verdict."""
    if config.stash.get(_MEMORY, None) is not None and not _may_remember(config):
        config.stash[_MEMORY] = None


def _may_remember(config: pytest.Config) -> bool:
    asked = settings(config)
    watched = any(config.getoption(name, None) for name in (*_WATCHING, "numprocesses"))
    judges = config.pluginmanager.has_plugin("gate") and are_the_suites_own(config)
    harmless = all(_is_harmless(config, plugin) for _, plugin in config.pluginmanager.list_name_plugin())
    return judges and asked.base is None and not watched and harmless and _is_all_of_the_repo(asked)


def _is_all_of_the_repo(asked: Settings) -> bool:
    """Whether the manifests that are judged are part of the repo: what was rendered elsewhere is not watched."""
    places = (said.partition(":")[0] for said in asked.manifests)
    return all(not place.startswith("/") and is_kept(asked.infra, asked.infra / place) for place in places)


def _is_harmless(config: pytest.Config, plugin: object) -> bool:
    if plugin is None:
        return True  # one that is left out
    module = str(getattr(plugin, "__name__", None) or type(plugin).__module__)
    if module == "conftest":
        return Path(getattr(plugin, "__file__", None) or "") == config.rootpath / "conftest.py"
    return module.partition(".")[0] in _HARMLESS


def watch(config: pytest.Config, infra: Infra) -> None:
    """Take what is read of the repo for what this run's verdicts rest on."""
    from tfparse.graph.second_asker import SecondAsker  # which who takes all over does without

    if (known := memory(config)) is not None:
        known.infra = infra
        infra.stored, infra.second = known.stored, SecondAsker(infra.tree, known.stored)
        infra.secrets_ahead = known.secrets_ahead


def lasts(config: pytest.Config, step: Callable[..., object]) -> bool:
    """Whether a step looks at nothing but what is watched: no other's does, nor one that asks what is published, or
    which day it is.
    """
    given = _parameters(step)
    asks = "dns" in given and settings(config).dns.partition(":")[0] not in ("off", "zones")
    return step.__module__.partition(".")[0] == "steps" and not asks and "as_of" not in given


@cache
def _parameters(step: Callable[..., object]) -> frozenset[str]:
    return frozenset(signature(step).parameters)


class Memory:
    """The findings of each scenario, by the digest of its feature and by its name."""

    def __init__(self, asked: Settings) -> None:
        self.asked, self._began = asked, time.time()
        self._snapshot = Snapshot(asked.infra)
        #: The repo, once something is read of it.
        self.infra: Infra | None = None
        self._new: _Rows = {}
        self._is_sound = True
        self._parser: Beforehand | None = None

    @cached_property
    def stored(self) -> StoredAnswers:
        """What each root has answered."""
        from tfparse.graph.stored_answers import StoredAnswers  # which who takes all over does without

        return StoredAnswers(self._file.with_suffix(_ANSWERS), lambda: self._key, self._snapshot)

    @cached_property
    def _bases(self) -> Bases:
        from gate.bases import Bases  # likewise

        return Bases(self._file.with_suffix(_BASES), lambda: self._key, self._snapshot)

    @cached_property
    def _file(self) -> Path:
        asked = self.asked
        return cache_directory() / (own_name(f"{asked.infra}\n{asked.dns}\n{asked.home}") + _SUFFIX)

    @cached_property
    def _key(self) -> str:
        paths, key, _ = self._foretold()
        return key if paths == import_path() else key_of_settings(self.asked)

    @cached_property
    def _earlier(self) -> Mapping[str, Any]:
        """What an earlier run has kept, whatever it judged by."""
        held: dict[str, Any] | None = _load(self._file)
        return held if held is not None else {"key": None, "places": {}}

    @cached_property
    def _held(self) -> Mapping[str, Any]:
        """What an earlier run has kept that judged by the same."""
        held = self._earlier
        is_ours = held["key"] is not None and held["key"] == self._key  # which takes its time
        return held if is_ours else {"rows": {}, "places": {}, "excerpts": {}}

    @cached_property
    def _is_whole(self) -> bool:
        """Whether all that the earlier run has read is as it was."""
        held = self._held
        if held["places"] != self._snapshot.signatures(held["places"]):
            return False
        show_again(self.asked.infra, held["excerpts"])
        return True

    def parse_ahead(self, endings: tuple[str, ...], make: Callable[[SourceTree, str], object]) -> Beforehand | None:
        """Have a repo parsed of which nothing is cached, and then looked at, for which what is kept at the end asks."""
        self._parser = beforehand.begin(self.asked.infra, endings, make, self._foretell)
        self._snapshot.expect(lambda: self._foretold()[-1])
        return self._parser

    def _foretell(self) -> bytes:
        """What is asked for at the end of a first run: what all is kept by, where that is found, and all places."""
        return marshal.dumps((import_path(), self._key, self._snapshot.all_ahead()))

    def _foretold(self) -> tuple[list[str], str, bytes]:
        """The same, as the second process says it; nothing where it does not, yet or ever."""
        said = self._parser.followed() if self._parser is not None else b""
        return marshal.loads(said) if said else ([], "", b"")  # noqa: S302 - it comes of our own process

    def look_ahead(self) -> SecondProcess | None:
        """Have the repo looked at, as far as the earlier run has read it, while this process loads what judges."""
        places = self._earlier["places"]
        return self._snapshot.look_ahead(list(places), self._find_secrets) if places else None

    def _find_secrets(self) -> bytes:
        """The secrets of a repo that is not as it was: what is judged anew will ask for them."""
        asked, places = self.asked, self._earlier["places"]
        if asked.manifests or places == self._snapshot.signatures(places):
            return b""
        with plain_imports():
            from tfparse.secrets.ahead import find_ahead  # which this process may do without

            return find_ahead(asked.infra)

    def secrets_ahead(self, infra: Infra) -> Secrets | None:
        """What the second process has found of the repo's secrets; None where it has not."""
        if not (found := self._snapshot.followed):
            return None
        from tfparse.secrets.ahead import take_over  # likewise

        return take_over(infra, found)

    @property
    def is_blank(self) -> bool:
        """Whether no earlier run has kept anything."""
        return not self._held["rows"]

    def has_read(self, feature: str) -> bool:
        """Whether an earlier run has collected a feature: its steps are right, then."""
        return feature in self._held["rows"]

    @contextmanager
    def judging(self, feature: str, name: str, infra: Callable[[], Infra]) -> Iterator[Basis | None]:
        """What is read of the repo meanwhile, by a scenario that is judged; None of one that is known."""
        if self._is_whole and self._row(feature, name) is not None:
            yield None
            return
        repo = infra()
        if self.findings(feature, name) is not None:
            yield None
            return
        with repo.asking() as basis:
            yield basis

    def findings(self, feature: str, name: str) -> tuple[Finding, ...] | None:
        """What a scenario found when it was judged last; None where it is to be judged."""
        row = self._row(feature, name)
        if row is None or not self._is_still_so(feature, name, row):
            return None
        return tuple(Finding(**one | {"verdict": Verdict(one["verdict"])}) for one in row)

    def _row(self, feature: str, name: str) -> Row | None:
        row: Row | None = self._held["rows"].get(feature, {}).get(name)
        return row

    def _stands(self, feature: str, name: str, row: Row) -> bool:
        return self.infra is not None and self._bases.stands((feature, name), row, self.infra)

    def expect(self, feature: str, names: Iterable[str]) -> None:
        """Take the names of all scenarios of a feature, whether they are to be judged or not."""
        self._new[feature] = dict.fromkeys(names)

    def learn(self, feature: str, name: str, findings: tuple[Finding, ...] | None, basis: Basis) -> None:
        """Take what a scenario that was judged has found, and what that rests on; None where it is to be judged in any
        case.
        """
        if findings and all(one.verdict is not Verdict.NOT_PROVEN or one.lacks_a_program for one in findings):
            self._new[feature][name] = [asdict(one) | {"verdict": one.verdict.value} for one in findings]
            self._bases.learn((feature, name), basis)

    def distrust(self) -> None:
        """Keep nothing of this run: the suite itself has failed."""
        self._is_sound = False

    def save(self) -> None:
        """Keep what is new, if the repo stood still while it was judged.  What cannot be written is no error."""
        infra, root = self.infra, self.asked.infra
        if infra is None or not self._is_sound or not _are_steady() or infra.tree.reads_what_is_ignored:
            return
        rows = self._rows()
        whole = self._held["places"] if self._is_whole else ()
        read = places_of(infra.reads, infra.tree.root)
        places = self._snapshot.signatures(sorted({*whole, *self.stored.places, *self._bases.places, *read}))
        if changed_since(root, self._began - _MARGIN):  # asked once all places were looked at
            return
        if not infra.tree.pools.is_short:
            self._bases.save(
                {(feature, name): row for feature, of in rows.items() for name, row in of.items() if row}, infra
            )
            self.stored.save(infra.rests_on)
        shown = {
            (finding["file"], finding["line"])
            for found in rows.values() for row in found.values() for finding in row or () if finding["file"]
        }  # fmt: skip
        lines = excerpts(root, shown)
        show_again(root, lines)
        held = {"key": self._key, "places": places, "rows": rows, "excerpts": lines}
        data = zlib.compress(marshal.dumps(held), 1)
        if len(data) <= _MAX_SIZE:
            write_own(self._file, _MAGIC, data)
        for suffix in (_SUFFIX, _ANSWERS, _BASES):
            keep_newest(self._file.parent, suffix, _MOST_FILES)

    def _rows(self) -> _Rows:
        """All scenarios that an earlier run or this one has collected, with what they found where that is known."""
        rows: _Rows = {
            feature: {name: row if self._is_still_so(feature, name, row) else None for name, row in of.items()}
            for feature, of in self._held["rows"].items()
        }
        for feature, of in self._new.items():
            known = rows.setdefault(feature, {})
            known |= {name: row for name, row in of.items() if row is not None or name not in known}
        return rows

    def _is_still_so(self, feature: str, name: str, row: Row | None) -> bool:
        return row is not None and (self._is_whole or self._stands(feature, name, row))


def _are_steady() -> bool:
    """Whether every program that was asked came to its end: another time, one that took too long may."""
    asked = sys.modules.get("readers.sandbox.program")
    return asked is None or not asked.BROKEN_OFF


def _load(file: Path) -> Any:
    payload = read_own(file, _MAGIC, _MAX_SIZE + 2**10)
    return None if payload is None else marshal.loads(zlib.decompress(payload))  # noqa: S302 - it is ours and whole, as just checked
