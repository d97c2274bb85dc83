"""Which files git-crypt encrypts, as git itself tells by ``git check-attr`` in the same folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.growth import assert_in_proportion
from tests.repo import repo
from tfparse import load
from tfparse.source.git import GIT_CRYPT, checkout
from tfparse.source.git_crypt import encrypted

FILES = [
    "a.tfvars",
    "deep/b.tfvars",
    "deep/er/c.tfvars",
    "d.tfvars.json",
    "secrets/x",
    "secrets/y/z",
    "deep/secrets/x",
    "stacks/a/secrets/k",
    "stacks/secrets/k",
    "stacks/a/b/secrets/k/l",
    "kubeconfig",
    "deep/kubeconfig",
    ".config",
    "my.kubeconfig",
    "a1.hujson",
    "ab.hujson",
    "b/a1.hujson",
    "plain.txt",
    "deep/plain.txt",
    "deep/open.tfvars",
    "x y",
]
ATTRIBUTES = {
    "as in a real repo": (
        ".gitattributes !filter !diff\n*.tfvars filter=git-crypt diff=git-crypt\n"
        "secrets/** filter=git-crypt diff=git-crypt\nstacks/**/secrets/** filter=git-crypt diff=git-crypt\n"
        "# *.txt filter=git-crypt\n.config filter=git-crypt\n*.kubeconfig filter=git-crypt diff=git-crypt\n"
    ),
    "the last one counts": "*.tfvars filter=git-crypt\ndeep/*.tfvars !filter\n/a.tfvars -filter\n*.txt filter=lfs\n",
    "sets and questions": "a[0-9].hujson filter=git-crypt\n?.tfvars filter=git-crypt-team\n[!a]*.tfvars -filter\n",
    "anchored": "/secrets/* filter=git-crypt\ndeep/er/** filter=git-crypt\n**/kubeconfig filter=git-crypt\n",
    "macros": "[attr]crypt filter=git-crypt diff=git-crypt\n*.tfvars crypt\na.tfvars !crypt\nd.tfvars.json -crypt\n",
    "quoted": '"x y" filter=git-crypt\n"deep/pl\\141in.txt" filter=git-crypt\n',
    "escaped": "deep/pla\\in.txt filter=git-crypt\n\\a.tfvars filter=git-crypt\n",
    "classes": "a[[:digit:]].hujson filter=git-crypt\n[[:alpha:]].tfvars filter=git-crypt\n[^a]b.hujson filter=git-crypt\n",
    "a folder alone matches nothing": "secrets filter=git-crypt\nsecrets/ filter=git-crypt\n",
}


@pytest.mark.parametrize("is_repository", [True, False])
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_as_git_has_it(name: str, is_repository: bool, tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x")
    (tmp_path / ".gitattributes").write_text(ATTRIBUTES[name])
    (tmp_path / "deep" / ".gitattributes").write_text("plain.txt filter=git-crypt\nopen.tfvars -filter\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    asked = subprocess.run(
        ["git", "check-attr", "-z", "--stdin", "filter"],
        cwd=tmp_path,
        input="\0".join(FILES),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    by_git = {file for file, value in zip(asked[::3], asked[2::3], strict=False) if value.startswith("git-crypt")}
    if not is_repository:
        shutil.rmtree(tmp_path / ".git")
    infra = load(tmp_path)
    assert encrypted(infra.tree, infra.files) == by_git
    assert by_git


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path, files: dict[str, bytes]) -> Path:
    """A repository with one commit."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message=.", "--no-gpg-sign")
    return folder


def secrets_of(folder: Path) -> set[str]:
    infra = load(folder)
    return encrypted(infra.tree, infra.files)


def test_a_file_that_is_committed_as_ciphertext(tmp_path: Path) -> None:
    """Unlocked, whatever the attributes have come to say; a file of another length is none for that."""
    top = committed(
        tmp_path, {"leak.cf": GIT_CRYPT + b"0123456789ab-secret", "open.cf": b"in the open", "gone.cf": b"x"}
    )
    (top / "leak.cf").write_bytes(b"-secret")
    (top / "open.cf").write_bytes(b"in the open, and changed")
    (top / "gone.cf").unlink()
    assert secrets_of(top) == {"leak.cf"}


def test_a_folder_of_a_repository(tmp_path: Path) -> None:
    """The attributes above it count, and its paths are its own."""
    files = {
        ".gitattributes": b"infra/*.cf filter=git-crypt\n",
        "infra/a.cf": b"a",
        "infra/b.txt": b"b",
        "infra/c": GIT_CRYPT,
    }
    top = committed(tmp_path, files)
    (top / "infra/c").write_bytes(b"unlocked")
    assert secrets_of(top / "infra") == {"a.cf", "c"}


def test_a_revision_by_its_own_attributes(tmp_path: Path) -> None:
    top = committed(tmp_path, {".gitattributes": b"*.cf filter=git-crypt\n", "a.cf": b"a"})
    (top / ".gitattributes").write_bytes(b"# nothing\n")
    there = checkout(top)
    assert there is not None
    assert there.filters(["a.cf", "b"]) == {}
    assert there.filters(["a.cf", "b"], "HEAD") == {"a.cf": "git-crypt"}
    assert there.filters(["a.cf"], "no-such-revision") is None


def test_a_work_tree_of_its_own(tmp_path: Path) -> None:
    top = committed(tmp_path / "main", {".gitattributes": b"*.cf filter=git-crypt\n", "a.cf": b"a"})
    git(top, "worktree", "add", "--quiet", "--detach", str(tmp_path / "other"))
    assert secrets_of(tmp_path / "other") == {"a.cf"}


def test_what_the_settings_of_the_repo_would_run_is_not_run(tmp_path: Path) -> None:
    top = committed(tmp_path, {".gitattributes": b"*.cf filter=git-crypt\n", "a.cf": b"a", "b.cf": GIT_CRYPT})
    (top / "b.cf").write_bytes(b"unlocked")
    trap = top / ".git" / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {top}/.git/sprung\n")
    trap.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "filter.git-crypt.clean",
        "filter.git-crypt.smudge",
        "filter.git-crypt.process",
        "diff.git-crypt.textconv",
        "alias.ls-files",
        "core.editor",
    ):
        git(top, "config", name, str(trap))
    (top / ".git/sprung").unlink(missing_ok=True)
    assert secrets_of(top) == {"a.cf", "b.cf"}
    assert not (top / ".git/sprung").exists()


def test_where_git_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = committed(tmp_path, {".gitattributes": b"*.cf filter=git-crypt\n", "a.cf": b"a", "b": b"b"})
    monkeypatch.setenv("PATH", "")
    assert secrets_of(top) == {"a.cf"}


@pytest.mark.skipif(shutil.which("git-crypt") is None, reason="git-crypt is not installed")
def test_what_git_crypt_itself_has_encrypted(tmp_path: Path) -> None:
    """Unlocked, whatever the attributes say by now; locked, it is ciphertext, and nothing is known of it."""
    committed(tmp_path, {"main.tf": b'locals { it = filemd5("a.key") }\n'})
    subprocess.run(["git-crypt", "init"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / ".gitattributes").write_text("[attr]crypt filter=git-crypt diff=git-crypt\n*.ke[[:alpha:]] crypt\n")
    (tmp_path / "a.key").write_text("Canary\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=.", "--no-gpg-sign")
    assert (
        b"Canary"
        not in subprocess.run(["git", "show", "HEAD:a.key"], cwd=tmp_path, check=True, capture_output=True).stdout
    )
    assert secrets_of(tmp_path) == {"a.key"}
    assert load(tmp_path).root("").evaluate("local.it").secret
    (tmp_path / ".gitattributes").write_text("# nothing\n")
    assert secrets_of(tmp_path) == {"a.key"}
    git(tmp_path, "checkout", "--quiet", ".gitattributes")
    subprocess.run(["git-crypt", "lock"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "a.key").read_bytes().startswith(GIT_CRYPT)
    assert load(tmp_path).root("").evaluate("local.it").is_unknown


def test_a_pipe_in_the_place_of_attributes_is_not_waited_for(tmp_path: Path) -> None:
    """What it would say could be anything: every file may be secret."""
    infra = repo(tmp_path, {"main.tf": "", "a/b.txt": "x"})
    os.mkfifo(tmp_path / "a" / ".gitattributes")
    assert encrypted(infra.tree, ["main.tf", "a/b.txt", "a/.gitattributes"]) >= {"main.tf", "a/b.txt"}


@pytest.mark.parametrize("name", [".gitignore", "a/.gitignore"])
def test_git_is_not_waited_for_where_it_waits_for_a_pipe(name: str, tmp_path: Path) -> None:
    top = committed(tmp_path, {"main.tf": b"", "a/b.txt": b"x"})
    os.mkfifo(top / name)
    listed = load(top).files
    assert {"main.tf", "a/b.txt"} <= set(listed)


STARS = "*a" * 40 + "b"


def test_git_is_not_waited_for_where_it_tries_all_ways_to_fit_a_pattern(tmp_path: Path) -> None:
    files = {
        "a" * 200 + "3": b"",
        ".gitattributes": f"{STARS} filter=git-crypt\n*3 filter=git-crypt\n".encode(),
        "main.tf": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    git(tmp_path, "init", "--quiet")
    assert secrets_of(tmp_path) == {"a" * 200 + "3"}
    (tmp_path / ".gitattributes").rename(tmp_path / ".gitignore")
    assert set(load(tmp_path).files) >= {"a" * 200 + "3", "main.tf"}


@pytest.mark.parametrize("stars", [4, 12])
def test_patterns_with_stars_take_work_in_proportion(
    stars: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without git, where they are read here."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def asked(length: int) -> Callable[[], object]:
        folder = tmp_path / str(length)
        names = ["a" * length + f"{number}.txt" for number in range(40)]
        pattern = "*a" * stars + "b"
        attributes = (
            f"{pattern} filter=git-crypt\n{pattern}/**/{pattern}/** filter=git-crypt\n*3.txt filter=git-crypt\n"
        )
        infra = repo(folder, {".gitattributes": attributes} | dict.fromkeys(names, ""))
        paths = [*infra.files, *(f"{name}/" * 10 + "x" for name in names)]
        found = {name for name in names if name.endswith("3.txt")}
        assert {path for path in encrypted(infra.tree, paths) if "/" not in path} == found
        return lambda: encrypted(infra.tree, paths)

    assert_in_proportion(asked, 60)


@pytest.mark.parametrize(
    "line", ["[attr]c filter=git-crypt", '"x y" filter=git-crypt', "x\\y filter=git-crypt", "[[:alpha:]] x"]
)
def test_what_is_not_understood_without_git_could_be_any_file(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    infra = repo(tmp_path, {".gitattributes": f"{line}\n", "main.tf": ""})
    assert encrypted(infra.tree, infra.files) == {".gitattributes", "main.tf"}
