"""Judges edited copies of the good repo, one after the other, in this process."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from readers import NotProven
from readers.sandbox.program import Program
from tests.gate.git_repo import GitRepo
from tests.suite.cases import PUBLISHED, Case, State, make, read_state
from tests.suite.gate_run import ROOT, GateRun

#: What pytest brings along that judging needs none of, and that costs time or meddles with the run around it.
_UNWANTED = (
    "cacheprovider",
    "faulthandler",
    "hypothesispytest",
    "logging",
    "pytester",
    "threadexception",
    "unraisableexception",
    "warnings",
    "xdist",
)


class Workbench:
    """A folder where the fixture is put anew for every case, always in the same place: what was parsed of it is
    then at hand for the next."""

    def __init__(
        self,
        folder: Path,
        good: Path = ROOT / "fixtures" / "infra",
        zones: Path = ROOT / "fixtures" / "zones" / "infra",
        zone: str = "viktorbarzin.me.zone",
    ) -> None:
        self._good, self._published, self._zone = good, zones, zone
        self._infra, self._zones, self._reports = (folder / name for name in ("infra", "zones", "reports"))
        self._before: dict[str, GateRun] = {}

    def judge(self, case: Case, features: Sequence[str] = ("features",)) -> GateRun:
        """The gate's run on the fixture in the case's state, edited; of all features or of some."""
        return self.judge_in(read_state(case.state), case, features)

    def judge_in(
        self, state: State, case: Case, features: Sequence[str] = ("features",), *, tracked: bool = False
    ) -> GateRun:
        """Likewise in a state that need not be one of tests/states; ``tracked``: all of it by git."""
        return self._run(state, [*state.edits, *case.edits], case.needs, features, tracked=tracked)

    def before(self, name: str) -> dict[str, str]:
        """The verdicts in a state, nothing edited."""
        return plain(self._unedited(name))

    def in_force(self, name: str) -> dict[str, list[str]]:
        """By requirement, the names of its scenarios that are in force in a state."""
        found = self._unedited(name).scenarios()
        return {id_: [s for s, verdict in own.items() if verdict != "not in force"] for id_, own in found.items()}

    def scenarios(self) -> list[list[str]]:
        """The names of all scenarios, of each requirement."""
        return [list(own) for own in self._unedited("today").scenarios().values()]

    def _unedited(self, name: str) -> GateRun:
        if name not in self._before:
            state = read_state(name)
            self._before[name] = self._run(state, state.edits)
        return self._before[name]

    def line(self, place: str, number: int) -> str:
        """A line of the copy that was judged last."""
        return (self._infra / place).read_text(errors="replace").splitlines()[number - 1]

    def files(self) -> dict[str, str]:
        """The text files of the copy that was judged last, by their places, and its published zone."""
        infra = {file.relative_to(self._infra).as_posix(): file for file in sorted(self._infra.rglob("*"))}
        found = {PUBLISHED: self._zones / self._zone, **infra}
        return {place: text for place, file in found.items() if (text := _text(file)) is not None}

    def _run(
        self,
        state: State,
        edits: Iterable[Mapping[str, Any]],
        programs: Sequence[str] = (),
        features: Sequence[str] = ("features",),
        *,
        tracked: bool = False,
    ) -> GateRun:
        for folder, original in ((self._infra, self._good), (self._zones, self._published)):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(original, folder, symlinks=True)
        for edit in edits:
            make(edit, self._infra, self._zones / self._zone)
        if tracked:
            GitRepo(self._infra).commit()
        report = self._reports / "report.json"
        report.unlink(missing_ok=True)
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), _only(programs):
            code = pytest.main(self._options(state, features))
        # The gate puts what it read out of the collector's sight when it ends, which is to be soon; here it is not.
        gc.unfreeze()
        gc.collect()
        return GateRun(code, output.getvalue(), json.loads(report.read_text()) if report.exists() else None)

    def _options(self, state: State, features: Sequence[str]) -> list[str]:
        reports, zones = str(self._reports), f"zones:{self._zones}"
        return [
            *(str(ROOT / place) for place in features),
            *("--rootdir", str(ROOT), "-c", str(ROOT / "pytest.ini"), "-s"),
            *(word for plugin in _UNWANTED for word in ("-p", f"no:{plugin}")),
            *("--infra", str(self._infra), "--dns", zones, "--as-of", state.as_of, "--report-dir", reports),
        ]


def _text(file: Path) -> str | None:
    with contextlib.suppress(UnicodeDecodeError, OSError):
        return file.read_text(encoding="utf-8")
    return None


def _only(programs: Sequence[str]) -> contextlib.AbstractContextManager[object]:
    """Keeps all other programs from being asked: what they prove is tested elsewhere, and they are slow."""
    ask = Program.run

    def answer(self: Program, *question: Any) -> Any:
        if self.name in programs:
            return ask(self, *question)
        raise NotProven(self.name, "is not asked here")

    def start(self: Program, *question: Any) -> None:
        """Nothing is begun early: it would not be asked for."""

    return mock.patch.multiple(Program, run=answer, start=start)


def plain(run: GateRun) -> dict[str, str]:
    """The verdicts of a run, where what only a program could prove counts as proven."""
    return {id_: "passed" if found == "not proven" else found for id_, found in run.verdicts().items()}
