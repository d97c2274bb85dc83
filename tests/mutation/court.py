"""Judges mutants: on all cores, in the processes themselves, and each only once as long as the suite is the same."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.mutators import Mutant
from tests.suite.cases import PUBLISHED, Case
from tests.suite.workbench import Workbench, plain
from tfparse import ParseCache

ROOT = Path(__file__).parents[2]
#: What decides about a verdict.
_DECIDING = (
    "conftest.py",
    "pytest.ini",
    "features",
    "steps",
    "readers",
    "tfparse",
    "gate",
    "fixtures",
    "tests/states",
    "tests/suite",
    "requirements",
)
SECONDS = 60
"""How long one mutant may take: it takes a quarter of a second."""

#: The verdict of every requirement; None where the gate could not be asked (a zone that no server loads, say).
Verdicts = Mapping[str, str] | None

#: Passes on the verdicts as they come; the number says how many there will be.
Show = Callable[[Iterable[Any], int], Iterator[Any]]


@dataclass(frozen=True)
class Design:
    """A good repo, the features that it keeps, and the published zone that is mutated."""

    good: Path
    zones: Path
    zone: str
    features: tuple[str, ...]


_CLOUD = ROOT / "fixtures" / "cloud"
DESIGNS = {
    "infra": Design(ROOT / "fixtures" / "infra", ROOT / "fixtures" / "zones" / "infra", "viktorbarzin.me.zone",
                    ("features",)),
    "cloud": Design(_CLOUD, _CLOUD / "dns", "shop.example.zone", tuple(
        file.relative_to(ROOT).as_posix() for file in sorted((_CLOUD / "policy").glob("*.feature")))),
}  # fmt: skip

_bench: Workbench | None = None
_design = DESIGNS["infra"]


@dataclass(frozen=True)
class Charge:
    """A mutant, the text that it changes, and the feature files that are to notice (none: all)."""

    mutant: Mutant
    text: str
    features: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for two mutants that come to the same text."""
        whole = (self.mutant.state, self.mutant.file, self.mutant.applied(self.text), *self.features)
        return hashlib.sha256("\0".join(whole).encode()).hexdigest()[:24]


def digest() -> str:
    """Differs wherever a verdict might."""
    found = hashlib.sha256(sys.version.encode())
    for name in _DECIDING:
        place = ROOT / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and file.suffix != ".pyc":
                found.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


class Court:
    """``store`` is a folder where verdicts are kept, by the suite's digest; ``show`` says how far things are."""

    def __init__(self, store: Path, show: Show, design: str = "infra") -> None:
        self._file, self._show = store / f"{digest()}.jsonl", show
        store.mkdir(parents=True, exist_ok=True)
        for old in set(store.glob("*.jsonl")) - {self._file}:
            old.unlink()
        self._known = dict(map(json.loads, _whole_lines(self._file)))
        self._folder = Path(tempfile.mkdtemp(prefix="mutants"))
        self.judged = 0
        self._pool = multiprocessing.get_context("fork").Pool(
            len(os.sched_getaffinity(0)), _start, (self._folder, design)
        )

    def __enter__(self) -> Court:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.terminate()
        self._pool.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def base(self, state: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The report on a state as it is, and the files it judges, by name; the zone is ``published``."""
        return self._pool.apply(_base, (state,))

    def judge(self, charges: Iterable[Charge]) -> list[Verdicts]:
        """What becomes of each mutant."""
        asked = [(charge.key, charge) for charge in charges]
        new = {key: charge for key, charge in asked if key not in self._known}
        with self._file.open("a") as kept:
            for key, verdicts in self._show(self._pool.imap_unordered(_judge, list(new.items())), len(new)):
                self._known[key] = verdicts
                print(json.dumps((key, verdicts)), file=kept, flush=True)
        self.judged += len(new)
        return [self._known[key] for key, _ in asked]


def _whole_lines(file: Path) -> Sequence[str]:
    """A run that was ended may have left a line half written."""
    return (
        [line for line in file.read_text().splitlines(keepends=True) if line.endswith("]\n")] if file.exists() else []
    )


def _start(folder: Path, design: str) -> None:
    global _bench, _design
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _too_long)
    mine = folder / str(os.getpid())
    os.environ["XDG_CACHE_HOME"] = str(mine / "cache")
    _design = DESIGNS[design]
    _bench = Workbench(mine, _design.good, _design.zones, _design.zone)
    _bench.judge(Case("first", ()), _design.features)
    # What is parsed of a mutant, nobody will see again.
    ParseCache.save = lambda self: None  # type: ignore[method-assign]  # in this process, which does nothing else


def _too_long(*_: object) -> None:
    raise TimeoutError(f"not judged within {SECONDS} seconds")


def _base(state: str) -> tuple[dict[str, Any], dict[str, str]]:
    assert _bench is not None
    report = _bench.judge(Case("base", (), state), _design.features).report
    assert report is not None, f"the state {state} cannot be judged"
    return report, _bench.files()


def _judge(work: tuple[str, Charge]) -> tuple[str, Verdicts]:
    assert _bench is not None
    key, charge = work
    edit = {"in": charge.mutant.file, "text": charge.mutant.applied(charge.text)}
    signal.alarm(SECONDS)
    try:
        run = _bench.judge(Case(key, (edit,), charge.mutant.state), charge.features or _design.features)
    finally:
        signal.alarm(0)
    return key, plain(run) if run.report else None


__all__ = ["DESIGNS", "PUBLISHED", "ROOT", "Court", "Verdicts"]
