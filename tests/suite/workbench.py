"""Judges edited copies of the good repo, one after the other, in this process."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from cases import Case, State, make, read_state
from gate_run import ROOT, GateRun

from readers import NotProven
from readers.programs.program import Program

#: What pytest brings along that judging needs none of, and that costs time or meddles with the run around it.
_UNWANTED = (
    "cacheprovider", "faulthandler", "hypothesispytest", "logging", "pytester", "threadexception",
    "unraisableexception", "warnings", "xdist",
)


class Workbench:
    """A folder where the fixture is put anew for every case, always in the same place: what was parsed of it is
    then at hand for the next."""

    def __init__(self, folder: Path) -> None:
        self._infra, self._zones, self._reports = (folder / name for name in ("infra", "zones", "reports"))
        self._before: dict[str, dict[str, str]] = {}

    def judge(self, case: Case) -> GateRun:
        """The gate's run on the fixture in the case's state, edited."""
        state = read_state(case.state)
        return self._run(state, [*state.edits, *case.edits], case.needs)

    def before(self, name: str) -> dict[str, str]:
        """The verdicts in a state, nothing edited."""
        if name not in self._before:
            state = read_state(name)
            self._before[name] = plain(self._run(state, state.edits, ()))
        return self._before[name]

    def line(self, place: str, number: int) -> str:
        """A line of the copy that was judged last."""
        return (self._infra / place).read_text(errors="replace").splitlines()[number - 1]

    def _run(self, state: State, edits: Iterable[Mapping[str, Any]], programs: tuple[str, ...]) -> GateRun:
        for folder, original in ((self._infra, "infra"), (self._zones, "zones/infra")):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(ROOT / "fixtures" / original, folder, symlinks=True)
        for edit in edits:
            make(edit, self._infra, self._zones / "viktorbarzin.me.zone")
        report = self._reports / "report.json"
        report.unlink(missing_ok=True)
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), _only(programs):
            code = pytest.main([
                str(ROOT / "features"), "--rootdir", str(ROOT), "-c", str(ROOT / "pytest.ini"), "-s",
                *(word for plugin in _UNWANTED for word in ("-p", f"no:{plugin}")),
                "--infra", str(self._infra), "--dns", f"zones:{self._zones}", "--as-of", state.as_of,
                "--report-dir", str(self._reports),
            ])
        return GateRun(code, output.getvalue(), json.loads(report.read_text()) if report.exists() else None)


def _only(programs: tuple[str, ...]) -> contextlib.AbstractContextManager[object]:
    """Keeps all other programs from being asked: what they prove is tested elsewhere, and they are slow."""
    ask = Program.run

    def answer(self: Program, *question: Any) -> Any:
        if self.name in programs:
            return ask(self, *question)
        raise NotProven(self.name, "is not asked here")

    return mock.patch.object(Program, "run", answer)


def plain(run: GateRun) -> dict[str, str]:
    """The verdicts of a run, where what only a program could prove counts as proven."""
    return {id_: "passed" if found == "not proven" else found for id_, found in run.verdicts().items()}
