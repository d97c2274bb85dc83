"""A branch of a scratch repo that holds the bundled example, and the zone that is published while it is open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.suite.edits import replaced
from tests.suite.gate_run import ROOT, GateRun, run_gate

DAY = "2026-11-25"
ZONES = ROOT / "fixtures" / "zones" / "infra"
CLOUDFLARE = "stacks/cloudflared/modules/cloudflared/cloudflare.tf"
MAILSERVER = "stacks/mailserver/modules/mailserver/main.tf"


class PullRequest:
    """A branch of a scratch repo, and the zone that is published while it is open."""

    def __init__(self, folder: Path) -> None:
        self.infra, self.zones, self._reports = folder / "infra", folder / "zones", folder / "reports"
        shutil.copytree(ROOT / "fixtures" / "infra", self.infra, symlinks=True)
        shutil.copytree(ZONES, self.zones)
        self.git("init", "-q", "-b", "main")
        self.commit("The design done")
        self.git("checkout", "-q", "-b", "change")

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.infra, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> None:
        self.git("add", "--all", "--force")
        self.git("commit", "-q", "-m", message)

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.infra / name
        file.write_text(replaced(file.read_text(), old, new, every=True))

    def publish(self, old: str, new: str) -> None:
        file = self.zones / "viktorbarzin.me.zone"
        file.write_text(replaced(file.read_text(), old, new, every=True))

    def judge(self, *arguments: str, select: str = "features", as_of: str = DAY) -> GateRun:
        return run_gate(
            self._reports,
            "--infra",
            str(self.infra),
            "--dns",
            f"zones:{self.zones}",
            "--as-of",
            as_of,
            *arguments,
            select=select,
        )
