"""A revision of a git repository, read from its objects: no checkout, no index, nothing changed.

What the repository holds decides nothing about how it is read: neither its attributes nor a folder in it that looks
like a repository with settings of its own.  Only ciphertext of git-crypt goes through a filter, the one that whoever
unlocked the clone has set up there.  Which one it is, the attributes of that very revision say: those in the work tree
belong to the change that is judged, and would let it make its base unreadable.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from tfparse.patterns import pattern
from tfparse.source.git import ATTRIBUTES, GIT_CRYPT, answer, limited
from tfparse.source.own_folder import OwnFolder

_MOST_BYTES = 16 * 2**20
"""What the judge reads of a file; a larger one is made as long, and hollow."""
_CHUNK = 2**20
_SECONDS = 60
"""After which git is believed to hang."""

#: What says where a repository is.  A hook of git runs with them set, and the infra root is to say it.
_ELSEWHERE = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_ATTR_SOURCE"}
)
_OBJECT = pattern(r"[0-9a-f]{40,64}")
_BACK = pattern(r"(?P<start>.*?)(?P<steps>(?:~\d*|\^\d*)+)")


class GitError(Exception):
    """A revision that cannot be read; the message says why, and what to do."""


class Entry(NamedTuple):
    """One path of a tree, relative to it; ``mode`` as git writes it (``120000`` is a symbolic link)."""

    mode: str
    object: str
    path: bytes


class Repository:
    """The git repository that a folder is in."""

    def __init__(self, folder: Path) -> None:
        """GitError where there is no git, or no repository that it agrees to read."""
        program = shutil.which("git")
        if program is None:
            raise GitError("git is not installed (Debian package git)")
        self._program = [
            os.path.abspath(program), "-c", "safe.bareRepository=explicit", "--no-replace-objects",
            "--literal-pathspecs",
        ]  # fmt: skip
        self._command = [*self._program, "-C", str(folder)]
        self._folder = os.fsencode(folder)
        self._environment = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE} | {"LC_ALL": "C"}
        found = self._run(
            "rev-parse", "--show-toplevel", "--show-prefix", "--is-shallow-repository", "--absolute-git-dir"
        )
        if found.returncode:
            raise GitError(f"{folder} is in no git repository that can be read: {_complaint(found)}")
        top, prefix, shallow, self._git_folder = os.fsdecode(found.stdout).split("\n")[:4]
        self.top = Path(top)
        #: The folder, relative to the top: empty, or with a final slash.
        self.prefix = prefix
        self.is_shallow = shallow == "true"

    def commit(self, revision: str) -> str:
        """The full name of the commit that a revision means.  GitError, with a way out, where it is not there."""
        found = self._resolve(f"{revision}^{{commit}}")
        if found is None:
            raise GitError(f"{revision!r} is not a commit of {self.top}{self._way_out(revision)}")
        return found

    def tree(self, commit: str) -> str:
        """The tree of the folder at a commit.  GitError where it was not there."""
        found = self._resolve(f"{commit}:{self.prefix}" if self.prefix else f"{commit}^{{tree}}")
        if found is None:
            raise GitError(f"there is no folder {self.prefix} in {commit[:12]}")
        return found

    def lacks(self, commit: str) -> int:
        """How many commits that lead to one are not in HEAD."""
        counted = self._run("rev-list", "--count", f"HEAD..{commit}")
        return int(counted.stdout or 0)

    def remote(self) -> str | None:
        """The URL that the repository was cloned from: of ``origin``, else of its first remote; None where it has
        none.  It may hold credentials."""
        listed = self._run("config", "--local", "--null", "--get-regexp", r"^remote\..*\.url$")
        urls = dict(entry.split("\n", 1) for entry in os.fsdecode(listed.stdout).split("\0") if "\n" in entry)
        return urls.get("remote.origin.url") or next(iter(urls.values()), None)

    def absent_submodules(self) -> list[str]:
        """The submodules in the folder that git tracks, and that are not checked out."""
        listed = self._run("ls-files", "--stage", "-z").stdout.split(b"\0")
        paths = [line.partition(b"\t")[2] for line in listed if line.startswith(b"160000 ")]
        return [os.fsdecode(path) for path in paths if not os.path.lexists(os.path.join(self._folder, path, b".git"))]

    def file(self, commit: str, path: str) -> bytes | None:
        """What a file of the repository holds at a commit; None where there is none."""
        found = self._run("cat-file", "blob", f"{commit}:{path}")
        return None if found.returncode else found.stdout

    def entries(self, tree: str) -> list[Entry]:
        """All paths of a tree and what is below it.  GitError for one that would lead out of it."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", tree)
        if listed.returncode:
            raise GitError(f"tree {tree} cannot be read: {_complaint(listed)}")
        entries = []
        for line in listed.stdout.split(b"\0")[:-1]:
            about, _, path = line.partition(b"\t")
            mode, _, object = about.decode().split(" ")
            if {b"", b".", b".."} & set(path.split(b"/")) or b".git" in path.lower().split(b"/"):
                raise GitError(f"tree {tree} holds a path that none should: {path!r}")
            entries.append(Entry(mode, object, path))
        return entries

    def contents(self, objects: Iterable[str]) -> Iterator[bytes | int]:
        """The content of each blob, in that order; of one that is too large to be judged, its size in bytes."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as complaints:
            asked.write("".join(f"{object}\n" for object in objects).encode())
            asked.seek(0)
            # What runs is git, and what it is asked for are names of objects, on its input.
            with limited(subprocess.Popen(  # noqa: S603  (see above)
                [*self._command, "cat-file", "--batch"], env=self._environment, stdin=asked, stdout=subprocess.PIPE,
                stderr=complaints,
            )) as git:  # fmt: skip
                assert git.stdout is not None
                while header := git.stdout.readline():
                    name, kind, *size = header.decode().split()
                    if kind != "blob":
                        raise GitError(f"object {name} is {kind}")
                    yield _content(git.stdout, int(size[0]))

    def attributes(self, commit: str, room: Path) -> None:
        """Write the files of attributes of a commit into ``room``.  GitError where it cannot be read."""
        wanted = [
            entry
            for entry in self.entries(f"{commit}^{{tree}}")
            if os.path.basename(entry.path) == b".gitattributes" and entry.mode.startswith("100")
        ]
        for entry, content in zip(wanted, self.contents(entry.object for entry in wanted), strict=True):
            place = os.path.join(os.fsencode(room), entry.path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            _write(content, place)

    def plain(self, entry: Entry, ciphertext: bytes, room: Path) -> bytes:
        """What ciphertext is to a clone that is unlocked, by the attributes in ``room``; to any other, ciphertext."""
        place = (f"--git-dir={self._git_folder}", f"--work-tree={room}", "-C", str(room))
        question = ("cat-file", "--filters", f"--path={self.prefix}{os.fsdecode(entry.path)}", entry.object)
        # Without an index, whose attributes would count where the work tree has none.
        environment = self._environment | {"GIT_INDEX_FILE": str(room / ".git" / "none")}
        with limited(subprocess.Popen(  # noqa: S603  (what runs is git, without a shell)
            [*self._program, *place, *question], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )) as git:  # fmt: skip
            said = answer(git, room, None, _SECONDS)
        if git.returncode < 0:
            raise GitError(f"git does not come to an end with {os.fsdecode(entry.path)}: see its .gitattributes")
        return ciphertext if git.returncode else said

    def share(self, top: Path, commit: str) -> None:
        """Make a folder a repository at a commit of this one, with the same objects.  GitError where git does not."""
        form = os.fsdecode(self._run("rev-parse", "--show-object-format").stdout).strip()
        self._must("init", "--quiet", "--template=", f"--object-format={form}", str(top))
        room = top / ".git"
        (room / "objects" / "info").mkdir(exist_ok=True)
        objects = self._run("rev-parse", "--path-format=absolute", "--git-path", "objects").stdout
        (room / "objects" / "info" / "alternates").write_bytes(objects)
        (room / "HEAD").write_text(f"{commit}\n")
        place = [f"--prefix={self.prefix}"] if self.prefix else []
        self._must(f"--git-dir={room}", "read-tree", *place, self.tree(commit))

    def _must(self, *arguments: str) -> None:
        done = _ran([*self._program, *arguments], self._environment)
        if done.returncode:
            raise GitError(f"what the base holds cannot be made a repository: {_complaint(done)}")

    def _resolve(self, name: str) -> str | None:
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        said = found.stdout.decode().strip()
        return said if _OBJECT.fullmatch(said) else None  # of ^REV it says ^ and the name: all but that

    def _way_out(self, revision: str) -> str:
        """What to do where a commit is not there, but could be."""
        back = _BACK.fullmatch(revision)
        start, steps = (back["start"] or "HEAD", _steps(back["steps"])) if back else (revision, 0)
        branch = start.removeprefix("origin/")
        fetch = f"origin {branch}:refs/remotes/{start}" if branch != start else f"origin {start}"
        if not self.is_shallow:
            return f": git fetch {fetch}" if branch != start else ""
        if not steps or self._resolve(f"{start}^{{commit}}") is None:
            return f", which is a shallow clone: git fetch --depth={steps + 1} {fetch}"
        held = self._depth(start)
        return (
            f", which is a shallow clone of depth {held}: {revision} takes a depth of {steps + 1}"
            f" (in CI), or git fetch --deepen={max(steps + 1 - held, 1)}"
        )

    def _depth(self, revision: str) -> int:
        counted = self._run("rev-list", "--count", "--first-parent", "--end-of-options", revision)
        return int(counted.stdout or 0)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return _ran([*self._command, *arguments], self._environment)


def export(repository: Repository, commit: str, target: Path) -> None:
    """Write the files of the folder at a commit into another, which exists and is empty; a symbolic link stays one.

    GitError where that cannot be: a submodule that is checked out, whose state in the tree is not known; a tree that
    no file system can hold.
    """
    entries = repository.entries(repository.tree(commit))
    root = os.fsencode(target)
    try:
        # All folders come first: where a link stands in the place of one, nothing is written through it.
        for entry in entries:
            os.makedirs(os.path.dirname(os.path.join(root, entry.path)), mode=0o700, exist_ok=True)
        _make_modules(repository, entries, root)
        with OwnFolder() as room:
            repository.attributes(commit, Path(room))
            _make_files(repository, entries, root, Path(room))
    except (OSError, ValueError) as error:
        raise GitError(f"what it holds cannot be written to {target}: {error}") from error


def make_repository(repository: Repository, commit: str, top: Path) -> None:
    """Make the files that were exported below ``top`` a repository at that commit, with the objects of the other one:
    whoever reads them asks git what is tracked, and what is secret by attributes that stand above them, too.

    GitError where git does not do so.
    """
    for above in Path(repository.prefix).parents:
        held = repository.file(commit, (above / ATTRIBUTES).as_posix())
        if held is not None:
            _write(held, os.fsencode(top / above / ATTRIBUTES))
    repository.share(top, commit)


def _make_modules(repository: Repository, entries: Iterable[Entry], root: bytes) -> None:
    for entry in entries:
        if entry.mode == "160000":
            path = repository.prefix + os.fsdecode(entry.path)
            if os.path.lexists(repository.top / path / ".git"):
                raise GitError(f"{path} is a submodule that is checked out: what it held then is not read")
            os.mkdir(os.path.join(root, entry.path), mode=0o700)


def _make_files(repository: Repository, entries: Iterable[Entry], root: bytes, room: Path) -> None:
    blobs = [entry for entry in entries if entry.mode != "160000"]
    for entry, content in zip(blobs, repository.contents(entry.object for entry in blobs), strict=True):
        place = os.path.join(root, entry.path)
        if entry.mode == "120000" and isinstance(content, bytes):
            os.symlink(content, place)
        elif isinstance(content, bytes) and content.startswith(GIT_CRYPT):
            _write(repository.plain(entry, content, room), place)
        else:
            _write(content, place)


def _write(content: bytes | int, place: bytes) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        if isinstance(content, int):
            file.truncate(content)
        else:
            file.write(content)


def _content(stream: IO[bytes], size: int) -> bytes | int:
    content = stream.read(size) if size <= _MOST_BYTES else size
    left = 0 if isinstance(content, bytes) else size
    while left > 0 and (skipped := stream.read(min(left, _CHUNK))):
        left -= len(skipped)
    if stream.read(1) != b"\n" or (isinstance(content, bytes) and len(content) != size):
        raise GitError("git broke off in the middle of an object")
    return content


def _steps(text: str) -> int:
    """How many commits back ``~2^`` leads; a second parent (``^2``) is one back too."""
    return sum(int(number or 1) if kind == "~" else number != "0" for kind, number in re.findall(r"([~^])(\d*)", text))


def _ran(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    # What runs is git, without a shell; what a user chose stands behind --end-of-options.
    with limited(subprocess.Popen(  # noqa: S603  (see above)
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )) as git:  # fmt: skip
        said, complaint = git.communicate()
    return subprocess.CompletedProcess(command, git.returncode, said, complaint)


def _complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    """What git said, in one line: where it trusts a folder not, what to do about it too."""
    said = " ".join(done.stderr.decode(errors="replace").split())
    return said or f"git ended with exit status {done.returncode}"
