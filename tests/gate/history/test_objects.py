"""A commit read by git's objects is what a checkout of it would be, and from one to the next likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.git import GitError
from gate.history.objects import EMPTY_TREE, MissingObjectError, Objects
from tests.gate.git_repo import GitRepo
from tfparse.source.committed import CommittedTree
from tfparse.source.places import FileUnknown, Folder, OutsideRoot, Place

ASKED = ["", "a", "a/b", "a/b/c.tf", "a/text", "link", "link/text", "folder", "folder/b/c.tf", "up", "up/text", "nowhere",
         "dangling", "loop", "out", "absolute", "x/y", "ö", "a/link", "deep/er/than", "deep/er/than/all/file"]  # fmt: skip


#: What only a work tree has, and a link out of it: whoever reads that is told so.
BESIDE = (".git", "absolute", "out")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def link(repo: GitRepo, name: str, target: str) -> None:
    place = repo.path / name
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def states(repo: GitRepo) -> list[str]:
    """Commits, each with what makes a tree hard: links to files, folders, out of it and round; types that change."""
    made = []
    for name in ("a/text", "a/b/c.tf", "a/.hidden", "ö", "deep/er/than/all/file"):
        repo.write(name, f"text of {name}")
    made.append(repo.commit())
    for name, target in {"link": "a/text", "folder": "a", "up": "a/b/..", "dangling": "no/where", "loop": "loop",
                         "out": "../../etc", "absolute": "/etc/hostname", "a/link": "../a/b"}.items():  # fmt: skip
        link(repo, name, target)
    made.append(repo.commit())
    link(repo, "link", "a/b")
    repo.git("rm", "-rq", "--cached", "deep")
    for file in sorted((repo.path / "deep").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    (repo.path / "deep").rmdir()
    repo.write("deep", "a file now")
    made.append(repo.commit())
    (repo.path / "folder").unlink()
    repo.write("folder/b/c.tf", "a folder now")
    repo.write("a/text", b"\0binary\xff")
    made.append(repo.commit())
    return made


def seen(place: Place) -> dict[str, object]:
    """What a place says of some paths, in terms of the paths alone."""
    said: dict[str, object] = {"every": place.every()}
    for path in ASKED:
        try:
            real = place.resolve(path)
        except OutsideRoot as error:
            said[path] = str(error)
            continue
        is_file = place.is_file(real)
        said[path] = (
            is_file, place.is_folder(real), place.exists(real), place.read(real) if is_file else None,
            place.size(real) if is_file else None, place.names(real),
            *(sorted(name for name, ends in place.glob(real, pattern) if ends and name not in BESIDE)
              for pattern in ("*", "**/*")),
        )  # fmt: skip
    return said


def test_a_commit_is_what_its_checkout_is(repo: GitRepo, tmp_path: Path) -> None:
    commits = states(repo)
    objects = Objects(repo.path)
    place, now = CommittedTree(objects.blob), EMPTY_TREE
    for commit in [*commits, *reversed(commits), commits[1], commits[3]]:
        there = tmp_path / "there" / commit
        if not there.exists():
            repo.git("worktree", "add", "--detach", "-q", str(there), commit)
        tree = objects.tree(commit)
        place.move(objects.changes(now, tree))
        now = tree
        assert seen(place) == seen(Folder(there))
    objects.close()


def test_commits_are_told_the_oldest_first(repo: GitRepo) -> None:
    first, second = repo.commit("one\ttwo"), repo.commit("three\n\nand more")
    told = Objects(repo.path).commits(second)
    assert [(c.id, c.subject, c.day.isoformat()) for c in told] == [
        (first, "one\ttwo", "2026-11-25"), (second, "three", "2026-11-25"),
    ]  # fmt: skip


def test_first_parents_or_all(repo: GitRepo) -> None:
    first = repo.commit("first")
    repo.git("checkout", "-qb", "side")
    side = repo.commit("side")
    repo.git("checkout", "-q", "main")
    main = repo.commit("main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = repo.git("rev-parse", "HEAD")
    objects = Objects(repo.path)
    assert [c.id for c in objects.commits("HEAD")] == [first, main, merge]
    assert {c.id for c in objects.commits("HEAD", every=True)} == {first, side, main, merge}


def test_a_bare_repository_and_a_folder_in_one(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("infra/main.tf", "")
    before = repo.commit()
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))
    bare, inner = Objects(tmp_path / "bare"), Objects(repo.path / "infra")
    assert [change.path for change in bare.changes(EMPTY_TREE, bare.tree(before)).each] == ["infra/main.tf"]
    assert [change.path for change in inner.changes(EMPTY_TREE, inner.tree(before)).each] == ["main.tf"]
    repo.git("mv", "infra", "moved")
    assert inner.tree(repo.commit()) == EMPTY_TREE


def test_a_blob_that_is_not_in_the_clone_is_unknown_and_no_end(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("main.tf", "a = 1")
    commit = repo.commit()
    blob = repo.git("rev-parse", "HEAD:main.tf")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    objects = Objects(repo.path)
    place = CommittedTree(objects.blob)
    place.move(objects.changes(EMPTY_TREE, objects.tree(commit)))
    assert place.is_file("main.tf")
    with pytest.raises(FileUnknown, match=r"main\.tf is not in this clone: its object is missing"):
        place.read("main.tf")


def test_a_tree_that_is_not_in_the_clone_is_told(repo: GitRepo) -> None:
    repo.write("a/main.tf", "a = 1")
    first = repo.commit()
    tree = repo.git("rev-parse", "HEAD:a")
    repo.write("a/main.tf", "a = 2")
    second = repo.commit()
    (repo.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    objects = Objects(repo.path)
    with pytest.raises(MissingObjectError):
        objects.changes(EMPTY_TREE, objects.tree(first))
    assert [c.path for c in objects.changes(EMPTY_TREE, objects.tree(second)).each] == ["a/main.tf"]


def test_a_path_cannot_end_what_git_says(repo: GitRepo) -> None:
    repo.write("a\n=== that was all ===\n", "text")
    repo.write("z", "text")
    objects = Objects(repo.path)
    assert len(objects.changes(EMPTY_TREE, objects.tree(repo.commit())).each) == 2


def test_what_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is in no git repository that can be read"):
        Objects(tmp_path)


@pytest.mark.parametrize("revision", ["nowhere", "--all", "HEAD:main.tf", ""])
def test_what_is_no_commit(repo: GitRepo, revision: str) -> None:
    repo.write("main.tf", "")
    repo.commit()
    assert Objects(repo.path).resolve(revision) is None
