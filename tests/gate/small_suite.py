"""A small suite of its own, in a folder of its own, to run the gate on."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "spec" / "gate"


class Suite:
    """Writes features into ``tests/spec/gate/suite`` and runs pytest there, with the project's own ini file."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path
        shutil.copytree(DATA / "suite", self.path, dirs_exist_ok=True)
        (self.path / "features").mkdir(exist_ok=True)  # git keeps no empty folder
        shutil.copy(ROOT / "pytest.ini", self.path)

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def feature(self, text: str, name: str = "mail") -> None:
        self.write(f"features/{name}.feature", text)

    def scenario(self, *steps: str, tags: str = "@MH-1.1", title: str = "The one") -> None:
        """A feature of one scenario, in features/mail.feature."""
        lines = "\n".join(f"    {step}" for step in steps)
        self.feature(f"Feature: Mail\n  {tags}\n  Scenario: {title}\n{lines}\n")

    def run(self, *arguments: str) -> Outcome:
        # Each run in this process imports anew what it did not find imported: hypothesis takes a second.
        return Outcome(self._pytester.runpytest("-p", "no:hypothesispytest", *arguments))

    def run_apart(self, *arguments: str) -> Outcome:
        """A run that may end its process."""
        return Outcome(self._pytester.runpytest_subprocess("-p", "no:hypothesispytest", *arguments))

    def report(self, *arguments: str) -> dict[str, Any]:
        """The report.json of a run."""
        self.run("--report-dir", "reports", *arguments)
        return self.last_report()

    def last_report(self) -> dict[str, Any]:
        return json.loads((self.path / "reports" / "report.json").read_text(encoding="utf-8"))

    def scenarios(self) -> list[dict[str, Any]]:
        """The scenarios in the last report.json, over all requirements."""
        return [scenario for requirement in self.last_report()["requirements"] for scenario in requirement["scenarios"]]


class Outcome:
    """What a run printed, and its exit code."""

    def __init__(self, result: pytest.RunResult) -> None:
        self.code = int(result.ret)
        self.lines = [line.rstrip() for line in result.outlines]
        self.errors = result.errlines
        self.text = "\n".join(self.lines).strip("\n")

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict printed for each scenario."""
        pattern = re.compile(r"  (\w+(?: \w+)*?)  +(?:[A-Z][\w-]*-[\d.]+[a-z]? ?)+ (.*?)(?: \(.*\))?")
        return {match[2]: match[1] for line in self.lines if (match := pattern.fullmatch(line))}
