"""Runs the gate as a user does: pytest on the features, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class GateRun:
    code: int
    output: str
    report: dict[str, Any] | None

    def verdicts(self) -> dict[str, str]:
        """The verdict of every requirement, by id."""
        assert self.report is not None, self.output
        return {requirement["id"]: requirement["verdict"] for requirement in self.report["requirements"]}

    def scenarios(self) -> dict[str, dict[str, str]]:
        """By requirement, the verdict of each of its scenarios, by name."""
        assert self.report is not None, self.output
        return {r["id"]: {s["name"]: s["verdict"] for s in r["scenarios"]} for r in self.report["requirements"]}

    def with_verdict(self, verdict: str) -> set[str]:
        return {id_ for id_, found in self.verdicts().items() if found == verdict}

    def findings(self, id_: str) -> list[dict[str, Any]]:
        """All findings of a requirement."""
        assert self.report is not None, self.output
        (requirement,) = [r for r in self.report["requirements"] if r["id"] == id_]
        return [finding for scenario in requirement["scenarios"] for finding in scenario["findings"]]


def run_gate(reports: Path, *arguments: str, select: str = "features") -> GateRun:
    """``select`` is what pytest runs; ``reports`` a directory for report.json."""
    environment = {k: v for k, v in os.environ.items() if k not in ("INFRA_ROOT", "PYTEST_ADDOPTS")}
    # A user has no hypothesis: it takes a fifth of a second to load, and most tests here start a process.
    plugins = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    command = [sys.executable, "-m", "pytest", *plugins, select, "--report-dir", str(reports), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    file = reports / "report.json"
    report = json.loads(file.read_text()) if file.exists() else None
    return GateRun(done.returncode, done.stdout + done.stderr, report)
