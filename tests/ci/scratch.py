"""An infra repo in git, its origin, and clones of it as CI makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAIN = "stacks/mailserver/modules/mailserver/main.tf"
#: Breaks MH-7.4, and MH-1.1.
OLD = ('replicas = "1"', "replicas = 2")
NEW = ('ENABLE_RSPAMD                          = "1"', 'ENABLE_RSPAMD                          = "0"')


class Scratch:
    """``origin`` has main, on which one promise is broken, then some commits; ``change`` leaves main early on."""

    def __init__(self, folder: Path, commits: int = 12) -> None:
        self.origin, self.folder = folder / "origin", folder
        shutil.copytree(ROOT / "fixtures" / "infra", self.origin, symlinks=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.replace(*OLD)
        self.commit("what is wrong already")
        self.fork = self.git("rev-parse", "HEAD")
        self.git("branch", "change")
        self.several("main", commits)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        identity = {
            f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | identity
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.origin, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def replace(self, old: str, new: str) -> None:
        file = self.origin / MAIN
        assert file.read_text().count(old) == 1, old
        file.write_text(file.read_text().replace(old, new))

    def several(self, branch: str, commits: int) -> None:
        """Commits that change nothing that is promised."""
        self.git("checkout", "--quiet", branch)
        for number in range(commits):
            (self.origin / f"{branch}.txt").write_text(f"{number}\n")
            self.commit(f"{branch} {number}")

    def break_it(self, branch: str) -> None:
        self.git("checkout", "--quiet", branch)
        self.replace(*NEW)
        self.commit("what this change breaks")

    def clone(self, ref: str, depth: int = 2) -> Path:
        """A shallow clone, with no more than ``ref`` checked out."""
        checkout = self.folder / "checkout"
        checkout.mkdir()
        self.git("init", "--quiet", cwd=checkout)
        self.git("remote", "add", "origin", f"file://{self.origin}", cwd=checkout)
        self.git("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", ref, cwd=checkout)
        self.git("checkout", "--quiet", "--detach", "FETCH_HEAD", cwd=checkout)
        return checkout
