"""What git keeps of an infra repo: its commits, what differs between two trees, and blobs.  Nothing is checked out.

Read-only, without a network: what a partial clone does not have stays away, and is told as missing.
Source: git-diff-tree(1), git-cat-file(1), git-log(1).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_hex
from typing import IO

from msgspec import Struct

from gate.git import GitError
from tfparse.source.git import limited
from tfparse.source.places import MAX_FILE
from tfparse.source.reads import Change, Changes

_SETTINGS = (
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never", "safe.directory=*", "core.pager=cat",
    "log.showSignature=false", "diff.renames=false", "core.quotePath=false",
)  # fmt: skip
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE",
              "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")  # fmt: skip
_BLOBS, _LARGEST = 128, 2**18
"""So many blobs are kept at hand, of at most so many bytes each."""
EMPTY_TREE = ""
"""Stands for the tree that holds nothing."""


class MissingObjectError(Exception):
    """An object that this clone does not have."""


class Commit(Struct, frozen=True):
    """A commit: its full name, the moment it was committed, the first line of its message."""

    id: str
    time: datetime
    subject: str

    @property
    def day(self) -> date:
        """The day by which it is judged, as the gate takes a day."""
        return self.time.astimezone(UTC).date()


class Objects:
    """The objects of the repository that a folder is in, or that it is (a bare one)."""

    def __init__(self, folder: Path) -> None:
        """GitError where there is no git, or no repository."""
        program = shutil.which("git")
        if program is None:
            raise GitError("git is not installed (Debian package git)")
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        how = [os.path.abspath(program), "--no-pager", "--no-replace-objects", "--literal-pathspecs", *settings]
        self._environment = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE} | {
            "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1",
        }  # fmt: skip
        bare = all((folder / name).exists() for name in ("HEAD", "objects", "refs"))
        self._command = [*how, f"--git-dir={folder}"] if bare else [*how, "-C", str(folder)]
        found = self._ask("rev-parse", "--absolute-git-dir", "--show-prefix")
        if found is None:
            raise GitError(f"{folder} is in no git repository that can be read")
        #: The folder, relative to the top: empty, or with a final slash.
        self.git_folder, self.prefix = (*os.fsdecode(found).split("\n"), "")[:2]
        self._empty = (self._ask("hash-object", "-t", "tree", "/dev/null") or b"").decode().strip()
        self._blobs: OrderedDict[str, bytes | int | None] = OrderedDict()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        #: A line that is not in any path: whoever made one would have to guess it.
        self._end = token_hex(16)

    def resolve(self, revision: str) -> str | None:
        """The full name of the commit that a revision means; None where there is none such."""
        if revision.startswith("-"):
            return None
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return None if found is None else found.decode().strip()

    def commits(self, until: str, *, every: bool = False) -> list[Commit]:
        """The commits that led to one, the oldest first: its first parents, or ``every`` one.  GitError."""
        how = ["--topo-order"] if every else ["--first-parent"]
        said = self._ask("log", *how, "--reverse", "-z", "--format=%H%x09%ct%x09%s", "--end-of-options", until)
        if said is None:
            raise GitError(f"the commits that led to {until[:12]} cannot be listed")
        lines = [line.split("\t", 2) for line in said.decode("utf-8", "replace").split("\0") if line]
        return [Commit(id_, datetime.fromtimestamp(int(time), UTC), subject) for id_, time, subject in lines]

    def tree(self, commit: str) -> str:
        """The tree of the folder at a commit; EMPTY_TREE where there was no such folder."""
        out = self._put("cat-file", "--batch-check", name=f"{commit}:{self.prefix.rstrip('/')}")
        name, *about = out.readline().decode().split()
        if not self.prefix and about[:1] != ["tree"]:
            raise MissingObjectError(f"the tree of commit {commit[:12]}")
        return name if about[:1] == ["tree"] else EMPTY_TREE

    def changes(self, before: str, after: str) -> Changes:
        """What differs between two trees.  MissingObjectError where one of what they hold is not there."""
        pair = f"{before or self._empty} {after or self._empty}"
        out = self._put("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", name=f"{pair}\n{self._end}")
        said, end = b"", f"{self._end}\n".encode()
        while not said.endswith(end):
            piece = out.readline()
            if not piece:
                self._stop("diff-tree")
                raise MissingObjectError(f"a tree below {after[:12]}")
            said += piece
        return Changes(_changes(said[: -len(end)]))

    def blob(self, name: str) -> bytes | int | None:
        """The content of a blob; of one that is too large to be read, its size; None where it is missing."""
        if name in self._blobs:
            self._blobs.move_to_end(name)
            return self._blobs[name]
        held = self._blob(name)
        if not isinstance(held, bytes) or len(held) <= _LARGEST:
            self._blobs[name] = held
            if len(self._blobs) > _BLOBS:
                self._blobs.popitem(last=False)
        return held

    def _blob(self, name: str) -> bytes | int | None:
        out = self._put("cat-file", "--batch", name=name)
        about = out.readline().decode().split()
        if about[1:2] != ["blob"]:
            self._stop("cat-file") if not about else None
            return None
        size = int(about[2])
        if size > MAX_FILE:
            left = size + 1
            while left > 0 and (skipped := out.read(min(left, 2**20))):
                left -= len(skipped)
            return size
        return out.read(size + 1)[:-1]

    def close(self) -> None:
        """End what runs."""
        for command in list(self._running):
            self._stop(command)

    def _ask(self, *arguments: str) -> bytes | None:
        # What runs is git, without a shell; what a user chose stands behind --end-of-options.
        with limited(subprocess.Popen(  # noqa: S603  (see above)
            [*self._command, *arguments], env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )) as git:  # fmt: skip
            said, _ = git.communicate()
        return said if git.returncode == 0 else None

    def _put(self, *command: str, name: str) -> IO[bytes]:
        """Put a question to a git that stays: what it answers on."""
        key = " ".join(command[:2]) if command[0] == "cat-file" else command[0]
        if key not in self._running:
            # What runs is git, and what it is asked for are names of objects, on its input.
            self._running[key] = subprocess.Popen(  # noqa: S603  (see above)
                [*self._command, *command], env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        git = self._running[key]
        assert git.stdin is not None
        assert git.stdout is not None
        with suppress(BrokenPipeError):  # then it answers nothing
            git.stdin.write(f"{name}\n".encode())
            git.stdin.flush()
        return git.stdout

    def _stop(self, command: str) -> None:
        for key in [key for key in self._running if key.startswith(command)]:
            git = self._running.pop(key)
            for stream in (git.stdin, git.stdout):
                with suppress(OSError):
                    stream.close() if stream is not None else None
            git.kill()
            git.wait()


def _changes(said: bytes) -> Iterator[Change]:
    """Each record: ``:MODE MODE OBJECT OBJECT STATUS``, a NUL, the path, a NUL; the first line names the trees."""
    parts: Sequence[bytes] = said.partition(b"\n")[2].split(b"\0")
    for about, path in zip(parts[::2], parts[1::2], strict=False):
        before, after, _, blob, _ = about.decode().lstrip(":").split(" ")
        yield Change(os.fsdecode(path), before, after, blob)
