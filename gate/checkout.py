"""Which state of the infra repo is judged: its name, its commit, and whether the files differ from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from msgspec import Struct

from gate.git import GitError, Repository
from gate.source import printable
from tfparse.patterns import pattern
from tfparse.source.git import answer, limited

_SHORT = 12
_SECONDS = 20
_NAMED = 3
"""Submodules that are named."""
_URL = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#]*@)?(?P<host>[^/?#@:]+)(?::\d*)?/(?P<path>[^?#]*)(?:[?#].*)?")
#: ``user@host:path``, as ssh and scp have it.
_SCP = pattern(r"(?:[^@/:]*@)?(?P<host>[^@/:]{2,}):(?!//)(?P<path>[^?#]*)")
#: Nothing that a folder inside the repo says is followed, no program is started that watches files, nothing is written.
_STATUS = (
    "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit", "--no-optional-locks", "--literal-pathspecs",
    "status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=all", "--no-renames", "--", ".",
)  # fmt: skip


class Checkout(Struct, frozen=True):
    """The state of the files in a folder.

    ``name`` is the repository's (``example.org/owner/repo``: where it was cloned from, never with credentials), else
    None; ``commit`` in full, None where there is none; ``state`` says how the files stand to it.
    """

    name: str | None
    commit: str | None
    state: str

    def __str__(self) -> str:
        return f"at {self.commit[:_SHORT]}, {self.state}" if self.commit else self.state


def checkout(folder: Path) -> Checkout:
    """Which state of which repository the files in a folder are."""
    try:
        repository = Repository(folder)
        commit = repository.commit("HEAD")
    except GitError:
        return Checkout(None, None, "in no git repository with a commit")
    url, state = repository.remote(), _differences(folder)
    if unseen := repository.absent_submodules():
        more = f" and {len(unseen) - _NAMED} more" if len(unseen) > _NAMED else ""
        state += (
            f", without its submodules {', '.join(map(printable, unseen[:_NAMED]))}{more}: what lies there is not seen"
        )
    return Checkout(remote_name(url) if url else None, commit, state)


def remote_name(url: str) -> str:
    """What a repository is called, given the URL or the path that it was cloned from: its host and path, without what
    authenticates (``https://user:token@host/owner/repo.git?key=1`` is ``host/owner/repo``)."""
    parts = _URL.fullmatch(url) or _SCP.fullmatch(url)
    name = f"{parts['host']}/{parts['path'].strip('/')}" if parts else os.path.basename(url.rstrip("/"))
    return name.rpartition("@")[2].removesuffix("/").removesuffix(".git")


def _differences(folder: Path) -> str:
    program = shutil.which("git")
    assert program is not None, "git has just been asked"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"LC_ALL": "C"}
    # What runs is git, without a shell, and nothing of its command line comes from what is judged.
    with limited(subprocess.Popen(  # noqa: S603  (see above)
        [os.path.abspath(program), "-C", str(folder), *_STATUS], env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )) as git:  # fmt: skip
        said = answer(git, folder, None, _SECONDS)
    if git.returncode:
        return "and git does not say whether its files are those of the commit"
    changed = said.count(b"\0")
    if not changed:
        return "clean"
    return "1 path changed" if changed == 1 else f"{changed} paths changed"
