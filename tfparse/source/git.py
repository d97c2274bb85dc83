"""What git says of a folder: which files are its repository's, which of them a filter changes, what the commits hold.

This module alone starts a program, and that program is git: read-only, without a shell, without a network, and with
whatever the repository's own settings could make it run switched off.
Source: git-ls-files(1), git-check-attr(1), gitattributes(5), git-config(1).
"""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from tfparse.patterns import pattern
from tfparse.source.own_folder import OwnFolder

GIT_CRYPT = b"\0GITCRYPT\0"
"""How a file that git-crypt keeps encrypted begins (https://github.com/AGWA/git-crypt)."""
ATTRIBUTES = ".gitattributes"
_SECONDS = 60
"""After which git is believed to hang."""
_PATIENCE = 2
"""After so many seconds it is asked why it takes so long."""
_MANY_STARS = pattern(rb"(?:\*+[^*/\s]+){4}\*?")
"""A name with so many stars.  Git tries all ways in which each of them could fit."""
_NO_FILTER = frozenset({b"unspecified", b"unset", b"set", b""})
"""What git says of a file without a filter."""
_READ = 2**20
_MOST_PROCESSOR = 120
"""Seconds of the processor after which the kernel ends git, even where nobody is left to wait for it."""
#: What says where a repository is, or where attributes come from.  A hook of git runs with them set.
_ELSEWHERE = frozenset({
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_ATTR_SOURCE",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
})  # fmt: skip
_SETTINGS = (
    "core.fsmonitor=false",  # may name a program
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",  # what a partial clone does not have stays away
    "safe.directory=*",  # in a container the files are often another user's; nothing of theirs is run here
)


class Checkout(Struct, frozen=True):
    """A folder in the work tree of a git repository.  ``prefix`` leads to it from the top, with a final slash."""

    program: str
    top: Path
    prefix: str

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self.top / self.prefix

    def listed(self) -> dict[str, bool] | None:
        """The paths below the folder that git tracks (True), and those that it neither tracks nor ignores (False).

        A submodule is one path.  None where git does not answer.
        """
        said = self.ask("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")
        if said is None:
            return None
        lines = [line for line in said.split(b"\0") if line]
        return {os.fsdecode(line[2:]).rstrip("/"): line[:1] != b"?" for line in lines}

    def filters(self, paths: Iterable[str], revision: str | None = None) -> dict[str, str] | None:
        """The filter of each path below the folder that has one, by the attributes in the work tree.

        With a ``revision``, by the attributes that stand there.  None where git does not answer.
        """
        full = [self.prefix + path for path in paths]
        if revision is None:
            said = self.ask("check-attr", "-z", "--stdin", "filter", given=full, folder=self.top)
        else:
            with OwnFolder() as room:
                index = {"GIT_INDEX_FILE": os.path.join(room, "index")}
                if self.ask("read-tree", revision, more=index) is None:
                    return None
                question = ("check-attr", "--cached", "-z", "--stdin", "filter")
                said = self.ask(*question, given=full, folder=self.top, more=index)
        return None if said is None else _filters(said, self.prefix)

    def ciphertext(self, revision: str = "HEAD") -> set[str] | None:
        """The files below the folder that git-crypt has encrypted in a commit, whatever attributes say.

        Only those are looked at that are not as long in the work tree: ciphertext is longer than what it hides.
        None where git does not answer; none in a repository without a commit.
        """
        tree = f"{revision}:{self.prefix}" if self.prefix else revision
        said = self.ask("ls-tree", "-r", "-l", "-z", "--full-tree", tree)
        if said is None:
            return None
        suspects: dict[str, list[str]] = {}
        for line in said.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            _, kind, object_, size = about.split()
            path = os.fsdecode(name)
            if kind == b"blob" and int(size) >= len(GIT_CRYPT) and _size(self.folder / path) != int(size):
                suspects.setdefault(object_.decode(), []).append(path)
        return {path for object_ in self._encrypted(suspects) for path in suspects[object_]}

    def _encrypted(self, objects: Iterable[str]) -> Iterator[str]:
        """Those of the blobs that begin as git-crypt's ciphertext does."""
        wanted = list(objects)
        if not wanted:
            return
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{object_}\n" for object_ in wanted).encode())
            asked.seek(0)
            # What runs is git, and what it is asked for are names of objects, on its input.
            with limited(subprocess.Popen(  # noqa: S603  (see above)
                [*self._command(self.folder), "cat-file", "--batch"], env=_environment(), stdin=asked,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )) as git:  # fmt: skip
                assert git.stdout is not None
                while header := git.stdout.readline():
                    name, *about = header.decode().split()
                    left = int(about[1]) + 1 if len(about) == 2 else 0
                    if left and git.stdout.read(min(left, len(GIT_CRYPT))) == GIT_CRYPT:
                        yield name
                    left -= min(left, len(GIT_CRYPT))
                    while left > 0 and (skipped := git.stdout.read(min(left, 2**20))):
                        left -= len(skipped)

    def ask(
        self, *arguments: str, given: Iterable[str] = (), folder: Path | None = None, more: dict[str, str] | None = None
    ) -> bytes | None:
        """What a command of git prints; None where it fails."""
        return _run([*self._command(folder or self.folder), *arguments], self.top, given, more or {})

    def _command(self, folder: Path) -> list[str]:
        return [*_command(self.program), "-C", str(folder)]


def checkout(folder: Path) -> Checkout | None:
    """The git checkout that a folder is in; None where it is in none, or git is not installed."""
    place = folder.resolve()
    top = next((above for above in (place, *place.parents) if (above / ".git").exists()), None)
    program = shutil.which("git") if top is not None else None
    if top is None or program is None:
        return None
    prefix = place.relative_to(top).as_posix()
    return Checkout(os.path.abspath(program), top, "" if prefix == "." else f"{prefix}/")


def filters_of_folder(folder: Path, paths: Iterable[str]) -> dict[str, str] | None:
    """As :meth:`Checkout.filters`, for a folder that is in no repository.  None where git is not installed."""
    program = shutil.which("git")
    if program is None:
        return None
    with OwnFolder() as room:
        # The least that git takes for a repository.
        for name in ("objects", "refs"):
            os.mkdir(os.path.join(room, name))
        Path(room, "HEAD").write_text("ref: refs/heads/none\n")
        command = [*_command(program), f"--git-dir={room}", f"--work-tree={folder}", "-C", str(folder)]
        said = _run([*command, "check-attr", "-z", "--stdin", "filter"], folder, paths, {})
    return None if said is None else _filters(said, "")


def _command(program: str) -> list[str]:
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    how = ("--no-pager", "--no-replace-objects", "--no-optional-locks", "--literal-pathspecs")
    return [os.path.abspath(program), *how, *settings]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | {"LC_ALL": "C"}


def _run(command: list[str], folder: Path, given: Iterable[str], more: dict[str, str]) -> bytes | None:
    asked = b"".join(os.fsencode(path) + b"\0" for path in given)
    try:
        # What runs is git, without a shell; what the judged repo says goes to its input.
        with limited(subprocess.Popen(  # noqa: S603  (see above)
            command, env=_environment() | more, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )) as git:  # fmt: skip
            said = answer(git, folder, asked, _SECONDS)
    except OSError:
        return None
    return said if git.returncode == 0 else None


def limited(git: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """The git that was just started, which the kernel ends once it has used up its time of the processor.

    Whoever waits for it may be killed before.  Source: setrlimit(2).
    """
    if sys.platform == "linux":
        with suppress(OSError):  # it has ended by now
            resource.prlimit(git.pid, resource.RLIMIT_CPU, (_MOST_PROCESSOR, _MOST_PROCESSOR))
    return git


def answer(git: subprocess.Popen[bytes], folder: Path, given: bytes | None, seconds: float) -> bytes:
    """What git prints, given its input; nothing where it would not end within some seconds, and it is ended.

    Where a file that it reads is a pipe, or a pattern that it never comes to the end of, it is not waited for.
    """
    try:
        return git.communicate(given, min(_PATIENCE, seconds))[0]
    except subprocess.TimeoutExpired:
        with suppress(subprocess.TimeoutExpired):
            if not _never_ends(folder):
                return git.communicate(timeout=seconds)[0]
    git.kill()
    git.communicate()
    return b""


def _never_ends(folder: Path) -> bool:
    """Whether git would wait for ever for a pipe, or try for ever whether a name fits a pattern."""
    return any(
        is_pipe_or_device(file) or _has_many_stars(file)
        for place, _, names in os.walk(folder)
        for file in (Path(place, name) for name in (ATTRIBUTES, ".gitignore") if name in names)
    )


def _has_many_stars(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return _MANY_STARS.search(opened.read(_READ)) is not None
    except OSError:
        return False


def _filters(said: bytes, prefix: str) -> dict[str, str]:
    words = said.split(b"\0")
    found = ((path, name) for path, name in zip(words[::3], words[2::3], strict=False) if name not in _NO_FILTER)
    return {os.fsdecode(path).removeprefix(prefix): os.fsdecode(name) for path, name in found}


def is_pipe_or_device(path: str | Path) -> bool:
    """Whether something is there that is no file, folder or link: whoever reads it may wait for ever."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))


def _size(path: Path) -> int | None:
    try:
        about = path.lstat()
    except (OSError, ValueError):
        return None
    return about.st_size if stat.S_ISREG(about.st_mode) else None
