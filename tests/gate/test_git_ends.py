"""No git outlives the gate for long: the kernel ends it, whoever has asked and was killed since."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gate.checkout import checkout as state_of
from gate.git import Entry, GitError, Repository
from gate.history.objects import Objects
from tests.gate.git_repo import GitRepo
from tfparse.source import git
from tfparse.source.git import Checkout, checkout, filters_of_folder

#: It is limited a moment after it has begun.
GIT = """#!/bin/sh
case "$*" in *rev-parse*|*hash-object*) exec {real} "$@";; esac
sleep 0.3; ulimit -t >> {limits}
"""
NO_OBJECT = "0" * 40


def found(folder: Path) -> Checkout:
    held = checkout(folder)
    assert held is not None
    return held


ASKING: dict[str, Callable[[Path], object]] = {
    "listing": lambda folder: found(folder).listed(),
    "filters": lambda folder: found(folder).filters(["a"]),
    "ciphertext": lambda folder: list(found(folder)._encrypted([NO_OBJECT])),
    "filters of a folder": lambda folder: filters_of_folder(folder, ["a"]),
    "differences": state_of,
    "entries": lambda folder: Repository(folder).entries("HEAD"),
    "contents": lambda folder: list(Repository(folder).contents([NO_OBJECT])),
    "plain": lambda folder: Repository(folder).plain(Entry("100644", NO_OBJECT, b"a"), b"", folder),
    "history": lambda folder: Objects(folder).commits("HEAD"),
}
"""Each way in which git is asked."""


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit(2) is Linux'")
@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
def test_every_git_has_so_much_of_the_processor(
    ask: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a", "x")
    repo.commit()
    program, limits = tmp_path / "bin" / "git", tmp_path / "limits"
    program.parent.mkdir()
    program.write_text(GIT.format(real=shutil.which("git"), limits=limits))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    with suppress(GitError, ValueError):  # what it says is no answer
        ask(repo.path)
    assert set(limits.read_text().split()) == {str(git._MOST_PROCESSOR)}


def test_a_base_with_a_pattern_that_git_never_comes_to_the_end_of_is_refused(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a" * 200 + "3", git.GIT_CRYPT + b"x")
    repo.commit()
    (entry,) = Repository(repo.path).entries("HEAD")
    room = tmp_path / "room"  # of its attributes: git itself would not come to the end of a commit
    room.mkdir()
    (room / ".gitattributes").write_text("*a" * 40 + "b filter=git-crypt\n")
    with pytest.raises(GitError, match=r"git does not come to an end with a+3: see its \.gitattributes"):
        Repository(repo.path).plain(entry, b"", room)
