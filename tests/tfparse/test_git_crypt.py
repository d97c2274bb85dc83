"""Which files git-crypt encrypts, as git itself tells by ``git check-attr`` in the same folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tfparse import load
from tfparse.git_crypt import encrypted

FILES = [
    "a.tfvars", "deep/b.tfvars", "deep/er/c.tfvars", "d.tfvars.json", "secrets/x", "secrets/y/z", "deep/secrets/x",
    "stacks/a/secrets/k", "stacks/secrets/k", "stacks/a/b/secrets/k/l", "kubeconfig", "deep/kubeconfig", ".config",
    "my.kubeconfig", "a1.hujson", "ab.hujson", "b/a1.hujson", "plain.txt", "deep/plain.txt", "deep/open.tfvars", "x y",
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
    "a folder alone matches nothing": "secrets filter=git-crypt\nsecrets/ filter=git-crypt\n",
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_as_git_has_it(name: str, tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x")
    (tmp_path / ".gitattributes").write_text(ATTRIBUTES[name])
    (tmp_path / "deep" / ".gitattributes").write_text("plain.txt filter=git-crypt\nopen.tfvars -filter\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    asked = subprocess.run(["git", "check-attr", "-z", "--stdin", "filter"], cwd=tmp_path, input="\0".join(FILES),
                           capture_output=True, text=True, check=True).stdout.split("\0")
    by_git = {file for file, value in zip(asked[::3], asked[2::3], strict=False) if value.startswith("git-crypt")}
    infra = load(tmp_path)
    assert set(encrypted(infra.tree, infra.files)) == by_git
    assert by_git
