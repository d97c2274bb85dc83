"""Which state of the infra repo is judged: its commit, and whether the files differ from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from gate.git import GitError, Repository

_SHORT = 12
_SECONDS = 20
#: Nothing that a folder inside the repo says is followed, no program is started that watches files, nothing is written.
_STATUS = (
    "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit", "--no-optional-locks", "--literal-pathspecs",
    "status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=all", "--no-renames", "--", ".",
)  # fmt: skip


def described(folder: Path) -> str:
    """The state of the files in a folder: ``at 0123456789ab, clean``, or why that cannot be said."""
    try:
        commit = Repository(folder).commit("HEAD")
    except GitError:
        return "in no git repository with a commit"
    return f"at {commit[:_SHORT]}, {_differences(folder)}"


def _differences(folder: Path) -> str:
    program = shutil.which("git")
    assert program is not None, "git has just been asked"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"LC_ALL": "C"}
    try:
        # What runs is git, without a shell, and nothing of its command line comes from what is judged.
        done = subprocess.run(  # noqa: S603  (see above)
            [os.path.abspath(program), "-C", str(folder), *_STATUS], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"git did not say within {_SECONDS} s whether its files are those of the commit"
    if done.returncode:
        return "and git does not say whether its files are those of the commit"
    changed = done.stdout.count(b"\0")
    if not changed:
        return "clean"
    return "1 path changed" if changed == 1 else f"{changed} paths changed"
