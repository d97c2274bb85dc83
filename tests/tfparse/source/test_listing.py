"""What is part of a repo: what git tracks, wherever it lies, and what it would take in; not what it ignores."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import Infra, load
from tfparse.diagnostics import TerraformError

FILES: dict[str, str | bytes] = {
    "main.tf": "",
    "override.tf": "",
    "new.tf": "",
    "node_modules/x/main.tf": "",
    "node_modules/y/main.tf": "",
    ".venv/main.tf": "",
    "a/.terraform/modules/main.tf": "",
    "a-b/main.tf": "",
    "a/main.tf": "",
    ".gitignore": "override.tf\nsecret.txt\n.terraform/\nignored/\n",
    "secret.txt": "ignored",
    "ignored/main.tf": "",
    "tracked.txt": "tracked",
}


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    """A repo in which some files are tracked, some ignored, and some neither."""
    made = repo(tmp_path, FILES)
    tracked = ["main.tf", "a", "a-b", "node_modules/x", ".venv", ".gitignore", "tracked.txt"]
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "--force", "--", *tracked], cwd=tmp_path, check=True)
    return made


def test_what_git_tracks_is_read_wherever_it_lies(infra: Infra) -> None:
    assert infra.files == (
        ".gitignore", "main.tf", "new.tf", "tracked.txt", ".venv/main.tf", "a/main.tf", "a/.terraform/modules/main.tf",
        "a-b/main.tf", "node_modules/x/main.tf",
    )  # fmt: skip
    assert infra.root_paths == ("", ".venv", "a", "a-b", "node_modules/x")


def test_what_git_ignores_is_not_the_repos(infra: Infra) -> None:
    root = infra.root("")
    assert root.evaluate('fileexists("secret.txt") ? "there" : fileexists("tracked.txt")').as_string() == "true"
    assert "secret.txt" not in [v.raw for v in root.evaluate('fileset("", "*")').elements()]
    assert infra.tree.names("") == [".gitignore", "main.tf", "new.tf", "tracked.txt"]
    assert not infra.tree.is_directory("ignored")
    with pytest.raises(TerraformError, match="there is no file secret.txt in the repo: git ignores it"):
        root.evaluate('file("secret.txt")')


def test_what_git_keeps_for_itself_is_never_read(infra: Infra) -> None:
    for call in ('file(".git/config")', 'filebase64("a/../.git/HEAD")'):
        with pytest.raises(TerraformError, match="there is no file"):
            infra.root("").evaluate(call)


def test_a_folder_that_is_no_repository(infra: Infra) -> None:
    shutil.rmtree(infra.path / ".git")
    again = load(infra.path)
    assert again.root_paths == ("", "a", "a-b", "ignored")
    assert again.root("").evaluate('file("secret.txt")').as_string() == "ignored"


def test_a_folder_that_an_outer_repository_ignores(infra: Infra) -> None:
    """It is no part of that one: what stands in it is read."""
    assert load(infra.path / "ignored").root_paths == ("",)


def test_a_submodule_is_read_as_it_is_checked_out(infra: Infra, tmp_path: Path) -> None:
    inner = infra.path / "a" / "inner"
    repo(inner, {"main.tf": "locals {\n  x = 1\n}\n"})
    commit = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "commit",
        "--quiet",
        "--message=.",
        "--no-gpg-sign",
    ]
    for arguments in (["init", "--quiet"], ["add", "."], commit):
        subprocess.run(["git", *arguments], cwd=inner, check=True)
    subprocess.run(["git", "add", "a/inner"], cwd=infra.path, check=True, capture_output=True)
    assert load(infra.path).root("a/inner").evaluate("local.x").as_number() == 1
