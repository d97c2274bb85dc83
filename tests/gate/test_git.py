"""A revision read from git's objects: exactly its files, and nothing that they ask for."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from gate.git import GitError, Repository, export
from tests.gate.git_repo import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def exported(folder: Path, revision: str = "HEAD") -> Path:
    """The files of a folder at a revision, in a new folder."""
    target = folder.parent / f"exported-{folder.name}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    repository = Repository(folder)
    export(repository, repository.commit(revision), target)
    return target


def state(folder: Path) -> dict[str, bytes | str]:
    """Every file with its content, every link with its target."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.split("/")[0] != ".git" and (path.is_symlink() or not path.is_dir()):
            found[name] = os.readlink(path) if path.is_symlink() else path.read_bytes()
    return found


def test_the_files_of_a_revision(repo: GitRepo) -> None:
    repo.write("main.tf", "a = 1\r\n")
    repo.write("with space/ünï\ncode", b"\xff\0\x01")
    repo.write("deep/er/x", "")
    (repo.path / "deep" / "link").symlink_to("er/x")
    (repo.path / "out").symlink_to("/etc/passwd")
    repo.commit()
    then = state(repo.path)
    repo.write("main.tf", "a = 2\n")
    repo.write("new", "")
    repo.commit()
    shutil.rmtree(repo.path / "deep")
    before = state(repo.path), (repo.path / ".git" / "index").read_bytes()
    assert state(exported(repo.path, "HEAD~1")) == then
    assert (state(repo.path), (repo.path / ".git" / "index").read_bytes()) == before


def test_only_the_folder_that_is_judged(repo: GitRepo) -> None:
    repo.write("infra/stacks/main.tf", "a = 1\n")
    repo.write("other/main.tf", "a = 2\n")
    repo.commit()
    assert state(exported(repo.path / "infra")) == {"stacks/main.tf": b"a = 1\n"}
    (repo.path / "new").mkdir()
    with pytest.raises(GitError, match=r"there is no folder new/ in [0-9a-f]{12}"):
        exported(repo.path / "new")


def test_attributes_decide_nothing(repo: GitRepo, tmp_path: Path) -> None:
    """They choose filters, line ends and what an archive leaves out: a pull request writes them."""
    repo.git("config", "filter.evil.smudge", f"touch {tmp_path / 'ran'}; cat")
    repo.write("main.tf", "a = 1\n$Id$\n")
    repo.write(".gitattributes", "* filter=evil ident export-subst\nmain.tf export-ignore eol=crlf\n")
    repo.commit()
    assert state(exported(repo.path)) == state(repo.path)
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_looks_like_a_repository_is_none(repo: GitRepo, tmp_path: Path) -> None:
    """Its config could name programs to run."""
    inner = GitRepo(tmp_path / "inner")
    inner.commit()
    shutil.copytree(inner.path / ".git", repo.path / "infra")
    repo.write("infra/main.tf", "a = 1\n")
    repo.commit()
    with pytest.raises(
        GitError, match=r"infra is in no git repository that can be read: fatal: cannot use bare repository"
    ):
        Repository(repo.path / "infra")


def test_the_folder_says_which_repository(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of another repository has variables set that would say otherwise."""
    other = GitRepo(tmp_path / "other")
    other.commit()
    repo.write("main.tf", "a = 1\n")
    repo.commit()
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    assert state(exported(repo.path)) == {"main.tf": b"a = 1\n"}


def test_replaced_objects_are_read_as_they_were(repo: GitRepo) -> None:
    repo.write("main.tf", "a = 1\n")
    repo.commit()
    blob, other = repo.git("rev-parse", "HEAD:main.tf"), repo.git("hash-object", "-w", "--stdin", stdin=b"a = 2\n")
    repo.git("replace", blob, other)
    assert state(exported(repo.path)) == {"main.tf": b"a = 1\n"}


@pytest.mark.parametrize("name", ["..", ".", ".git", ".GIT"])
def test_a_tree_that_leads_out_of_itself_is_refused(repo: GitRepo, name: str) -> None:
    repo.commit()
    blob = bytes.fromhex(repo.git("hash-object", "-w", "--stdin", stdin=b"x"))
    inner = raw_tree(repo, b"100644 x\0" + blob)
    commit = repo.git(
        "commit-tree", "-m", "x", raw_tree(repo, b"40000 " + name.encode() + b"\0" + bytes.fromhex(inner))
    )
    with pytest.raises(GitError, match="holds a path that none should"):
        exported(repo.path, commit)


def raw_tree(repo: GitRepo, content: bytes) -> str:
    """A tree object as its bytes say: git's own commands would refuse to make it."""
    return repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=content)


def test_nothing_is_written_through_a_link(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    repo.commit()
    target = bytes.fromhex(repo.git("hash-object", "-w", "--stdin", stdin=os.fsencode(tmp_path / "outside")))
    blob = bytes.fromhex(repo.git("hash-object", "-w", "--stdin", stdin=b"x"))
    inner = bytes.fromhex(raw_tree(repo, b"100644 x\0" + blob))
    commit = repo.git("commit-tree", "-m", "x", raw_tree(repo, b"120000 a\0" + target + b"40000 a\0" + inner))
    with pytest.raises(GitError, match="cannot be written to"):
        exported(repo.path, commit)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_file_too_large_to_be_judged_is_as_long_and_hollow(repo: GitRepo) -> None:
    repo.write("big", b"x" * (17 * 2**20))
    repo.write("small", b"y")
    repo.commit()
    assert state(exported(repo.path)) == {"big": b"\0" * (17 * 2**20), "small": b"y"}


def test_submodules(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.write("x", "")
    inner.commit()
    repo.git("submodule", "--quiet", "add", str(inner.path), "modules/inner")
    repo.commit()
    with pytest.raises(
        GitError, match="modules/inner is a submodule that is checked out: what it held then is not read"
    ):
        exported(repo.path)
    repo.git("submodule", "--quiet", "deinit", "--force", "modules/inner")
    assert (exported(repo.path) / "modules" / "inner").is_dir()


@pytest.mark.parametrize("name", [".gitattributes", "infra/.gitattributes", "infra/deep/.gitattributes"])
@pytest.mark.parametrize("text", ["# nothing\n", "* -filter\n", "* filter=other\n", "[attr]filter\n", None])
@pytest.mark.parametrize("staged", [True, False])
def test_attributes_of_a_change_do_not_make_its_base_unreadable(
    repo: GitRepo, name: str, text: str | None, staged: bool
) -> None:
    for place in ("infra/secret.tfvars", "infra/deep/secret.tfvars"):
        repo.write(place, b'\0GITCRYPT\0A = "X"\n')
    repo.write(".gitattributes", "*.tfvars filter=git-crypt\n")
    repo.commit()
    repo.git("config", "filter.git-crypt.smudge", f"{sys.executable} -c '{SMUDGE}'")
    repo.git("config", "filter.git-crypt.required", "true")
    repo.git("config", "filter.other.smudge", "echo other")
    (repo.path / ".gitattributes").unlink()
    if text is not None:
        repo.write(name, text)
    if staged:
        repo.git("-c", "filter.git-crypt.clean=cat", "add", "--all")
    assert state(exported(repo.path / "infra")) == {"deep/secret.tfvars": b'a = "x"\n', "secret.tfvars": b'a = "x"\n'}


def test_attributes_of_a_change_decrypt_nothing_that_its_base_kept(repo: GitRepo) -> None:
    repo.write("secret.tfvars", b'\0GITCRYPT\0A = "X"\n')
    repo.commit()
    repo.git("config", "filter.git-crypt.smudge", f"{sys.executable} -c '{SMUDGE}'")
    repo.write(".gitattributes", "* filter=git-crypt\n")
    assert state(exported(repo.path))["secret.tfvars"] == b'\0GITCRYPT\0A = "X"\n'


SMUDGE = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data[10:].swapcase())"


@pytest.mark.parametrize("folder", [".", "infra"])
def test_an_unlocked_clone_decrypts_the_base_too(repo: GitRepo, folder: str) -> None:
    repo.write(f"{folder}/secret.tfvars", b'\0GITCRYPT\0A = "X"\n')
    repo.write(f"{folder}/main.tf", b"A = 1\n")
    repo.write(".gitattributes", "* filter=git-crypt\n")
    repo.commit()
    assert state(exported(repo.path / folder))["secret.tfvars"].startswith(b"\0GITCRYPT\0")
    repo.git("config", "filter.git-crypt.smudge", f"{sys.executable} -c '{SMUDGE}'")
    repo.git("config", "filter.git-crypt.required", "true")
    found = state(exported(repo.path / folder))
    assert (found["secret.tfvars"], found["main.tf"]) == (b'a = "x"\n', b"A = 1\n")
    repo.git("config", "filter.git-crypt.smudge", "false")
    assert state(exported(repo.path / folder))["secret.tfvars"].startswith(b"\0GITCRYPT\0")


@pytest.mark.skipif(shutil.which("git-crypt") is None, reason="not installed: git-crypt")
def test_git_crypt_itself(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("crypt", "init")
    repo.git("crypt", "export-key", str(tmp_path / "key"))
    repo.write(".gitattributes", "*.tfvars filter=git-crypt diff=git-crypt\n")
    repo.write("secret.tfvars", "a = 1\n")
    repo.commit()
    repo.write("secret.tfvars", "a = 2\n")
    repo.commit()
    assert state(exported(repo.path, "HEAD~1"))["secret.tfvars"] == b"a = 1\n"
    repo.write(".gitattributes", "# nothing\n")
    assert state(exported(repo.path, "HEAD~1"))["secret.tfvars"] == b"a = 1\n"
    repo.git("checkout", "-q", ".gitattributes")
    repo.git("crypt", "lock")
    assert state(exported(repo.path, "HEAD~1"))["secret.tfvars"].startswith(b"\0GITCRYPT\0")


@pytest.mark.parametrize(
    "revision", ["nowhere", "HEAD~9", "HEAD:main.tf", "main..HEAD", "^HEAD", "--all", "deadbeef" * 5, "@{9}"]
)
def test_what_is_no_commit(repo: GitRepo, revision: str) -> None:
    repo.write("main.tf", "")
    repo.commit()
    with pytest.raises(GitError) as raised:
        Repository(repo.path).commit(revision)
    assert str(raised.value) == f"{revision!r} is not a commit of {repo.path}"


def test_a_branch_of_the_remote_can_be_fetched(repo: GitRepo, tmp_path: Path) -> None:
    wanted = repo.commit()
    repo.git("branch", "release")
    repo.git("clone", "-q", "--single-branch", "--branch=main", repo.path.as_uri(), str(tmp_path / "clone"))
    clone = GitRepo(tmp_path / "clone")
    with pytest.raises(GitError) as raised:
        Repository(clone.path).commit("origin/release")
    said = str(raised.value)
    assert said.endswith(": git fetch origin release:refs/remotes/origin/release")
    clone.git(*said[said.index("git fetch") :].split()[1:])
    assert Repository(clone.path).commit("origin/release") == wanted


@pytest.fixture
def shallow(repo: GitRepo, tmp_path: Path) -> GitRepo:
    """What CI makes: the last two commits of one branch."""
    for number in range(5):
        repo.write("main.tf", f"a = {number}\n")
        repo.commit()
    repo.git("branch", "release", "HEAD~3")
    repo.git("clone", "-q", "--depth=2", "--branch=main", repo.path.as_uri(), str(tmp_path / "clone"))
    return GitRepo(tmp_path / "clone")


@pytest.mark.parametrize(
    ("revision", "way_out"),
    [
        ("HEAD~3", "of depth 2: HEAD~3 takes a depth of 4 (in CI), or git fetch --deepen=2"),
        ("HEAD^^^~", "of depth 2: HEAD^^^~ takes a depth of 5 (in CI), or git fetch --deepen=3"),
        ("main~2", "of depth 2: main~2 takes a depth of 3 (in CI), or git fetch --deepen=1"),
        ("origin/release", "git fetch --depth=1 origin release:refs/remotes/origin/release"),
        ("origin/release~1", "git fetch --depth=2 origin release:refs/remotes/origin/release"),
    ],
)
def test_a_shallow_clone_says_what_it_takes(shallow: GitRepo, revision: str, way_out: str) -> None:
    repository = Repository(shallow.path)
    with pytest.raises(GitError) as raised:
        repository.commit(revision)
    said = str(raised.value)
    assert said.startswith(f"{revision!r} is not a commit of {shallow.path}, which is a shallow clone")
    assert said.endswith(way_out)
    # What it says is so.
    command = said[said.index("git fetch") :].split()[1:]
    shallow.git(*command, *([] if "origin" in command else ["origin"]))
    assert Repository(shallow.path).commit(revision)


def test_a_commit_that_a_shallow_clone_lacks_can_be_fetched(repo: GitRepo, shallow: GitRepo) -> None:
    wanted = repo.git("rev-parse", "release")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    with pytest.raises(GitError) as raised:
        Repository(shallow.path).commit(wanted)
    assert str(raised.value).endswith(f", which is a shallow clone: git fetch --depth=1 origin {wanted}")
    shallow.git("fetch", "-q", "--depth=1", "origin", wanted)
    assert state(exported(shallow.path, wanted)) == {"main.tf": b"a = 1\n"}


def test_a_shallow_clone_has_what_it_has(shallow: GitRepo) -> None:
    assert state(exported(shallow.path, "HEAD~1")) == {"main.tf": b"a = 3\n"}


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitError, match=r"plain is in no git repository that can be read: fatal: not a git repository"):
        Repository(tmp_path / "plain")


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match=r"^git is not installed \(Debian package git\)$"):
        Repository(tmp_path)


def test_a_repository_without_commits(repo: GitRepo) -> None:
    with pytest.raises(GitError, match="'HEAD' is not a commit of"):
        Repository(repo.path).commit("HEAD")


def test_git_that_breaks_off(repo: GitRepo) -> None:
    repo.write("main.tf", "a = 1\n")
    repo.commit()
    blob = repo.git("rev-parse", "HEAD:main.tf")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(GitError, match=f"object {blob} is missing"):
        exported(repo.path)
