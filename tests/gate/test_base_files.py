"""The files of the base are read as git has them: what is tracked, what is secret."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gate.base import waivers_beside
from gate.git import Repository, export, make_repository
from tests.gate.git_repo import GitRepo
from tfparse import load
from tfparse.source.own_folder import PREFIX

SMUDGE = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data[10:].swapcase())"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def as_repository(folder: Path, target: Path) -> Path:
    """The folder at HEAD, exported as the base of a run is: in a repository of its own."""
    repository = Repository(folder)
    home = target / repository.prefix
    home.mkdir(parents=True)
    commit = repository.commit("HEAD")
    export(repository, commit, home)
    make_repository(repository, commit, target)
    return home


@pytest.mark.parametrize("folder", [".", "sites/infra"])
def test_the_base_is_read_as_what_git_tracks(repo: GitRepo, folder: str, tmp_path: Path) -> None:
    """Also what lies where programs leave things behind; and what was committed there was not fetched."""
    place = f"{folder}/prod/.terraform/modules"
    repo.write(f"{folder}/prod/main.tf", 'module "web" {\n  source = "acme/site/aws"\n}\n')
    repo.write(f"{place}/modules.json", json.dumps({"Modules": [
        {"Key": "web", "Source": "registry.terraform.io/acme/site/aws", "Version": "1", "Dir": ".terraform/modules/web"}
    ]}))  # fmt: skip
    repo.write(f"{place}/web/main.tf", 'resource "x_y" "z" {}\n')
    repo.write(f"{folder}/node_modules/stack/main.tf", "")
    repo.commit()
    before, now = load(as_repository(repo.path / folder, tmp_path / "base")), load(repo.path / folder)
    assert before.root_paths == now.root_paths
    assert "node_modules/stack" in before.root_paths
    assert before.root("prod").resources() == now.root("prod").resources() == []


def test_attributes_above_the_folder_say_what_is_secret_at_the_base(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "filter.git-crypt.smudge", f"{sys.executable} -c '{SMUDGE}'")
    repo.write("sites/infra/main.tf", 'locals {\n  it = base64encode(file("a.key"))\n}\n')
    repo.write("sites/infra/a.key", b"\0GITCRYPT\0Canary")
    repo.write("sites/.gitattributes", "*.key filter=git-crypt\n")
    repo.commit()
    before = load(as_repository(repo.path / "sites" / "infra", tmp_path / "base"))
    assert before.root("").evaluate("local.it").secret
    assert (tmp_path / "base" / "sites" / "infra" / "a.key").read_bytes() == b"cANARY"


def test_the_waivers_of_the_base_are_kept_beside_its_files(tmp_path: Path) -> None:
    """Not where one of its links leads elsewhere."""
    tree = tmp_path / f"{PREFIX}base-x" / "repo" / "sites" / "infra"
    assert waivers_beside(tree) == tmp_path / f"{PREFIX}base-x" / "waivers.yml"
