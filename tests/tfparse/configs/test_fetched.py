"""Modules that ``terraform init`` has fetched are read where they are the ones that are asked for.

What stands in modules.json is what Terraform 1.11 writes there.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.gate.git_repo import GitRepo
from tests.repo import repo
from tfparse import Infra, load
from tfparse.configs.fetched import admits, normal_source

CALL = 'module "web" {\n  source  = "acme/site/aws"\n  version = "~> 4.1"\n  name    = "x"\n}\n'
MODULE = """\
variable "name" {}
module "inner" { source = "./inner" }
resource "aws_s3_bucket" "this" { bucket = var.name }
"""
MODULES = [
    {"Key": "", "Source": "", "Dir": "."},
    {
        "Key": "web",
        "Source": "registry.terraform.io/acme/site/aws",
        "Version": "4.1.3",
        "Dir": ".terraform/modules/web",
    },
    {"Key": "web.inner", "Source": "./inner", "Dir": ".terraform/modules/web/inner"},
]


def fetched(folder: Path, modules: object = MODULES, call: str = CALL) -> Infra:
    files: dict[str, str | bytes] = {
        "prod/main.tf": call,
        "prod/.terraform/modules/modules.json": json.dumps({"Modules": modules}),
        "prod/.terraform/modules/web/main.tf": MODULE,
        "prod/.terraform/modules/web/inner/main.tf": 'resource "aws_sqs_queue" "this" {}\n',
        ".gitignore": ".terraform\n",
    }
    repo(folder, files)
    git = GitRepo(folder)
    git.git("add", "--all")  # and nothing that is ignored
    git.git("commit", "-q", "-m", "as it is")
    return load(folder)


def test_what_was_fetched_is_read(tmp_path: Path) -> None:
    root = fetched(tmp_path).root("prod")
    assert [r.address for r in root.resources()] == [
        "module.web.aws_s3_bucket.this",
        "module.web.module.inner.aws_sqs_queue.this",
    ]
    bucket = root.resources()[0].body.attribute("bucket")
    assert bucket is not None
    assert (bucket.raw, str(bucket.origin)) == ("x", "prod/main.tf:4")
    assert not root.unseen("cloudflare")


@pytest.mark.parametrize("tracked", ["prod/.terraform/modules/web/main.tf", "prod/.terraform/modules/modules.json"])
def test_what_git_tracks_was_not_fetched(tmp_path: Path, tracked: str) -> None:
    """A change could have any module declare nothing."""
    fetched(tmp_path)
    GitRepo(tmp_path).git("add", "--force", tracked)
    root = load(tmp_path).root("prod")
    assert not list(root.resources())
    assert root.unseen("aws")


def test_a_link_to_what_git_tracks_was_not_fetched(tmp_path: Path) -> None:
    fetched(tmp_path)
    (tmp_path / "prod/.terraform").rename(tmp_path / "kept")
    (tmp_path / "prod/.terraform").symlink_to("../kept")
    (tmp_path / ".gitignore").unlink()
    GitRepo(tmp_path).commit()
    root = load(tmp_path).root("prod")
    assert not list(root.resources())
    assert root.unseen("aws")


def test_where_git_cannot_be_asked_nothing_was_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not list(load(tmp_path).root("prod").resources())
    shutil.rmtree(tmp_path / ".git")
    assert list(load(tmp_path).root("prod").resources())


OTHERS = {
    "another version": [MODULES[0], {**MODULES[1], "Version": "5.0.0"}],
    "another source": [MODULES[0], {**MODULES[1], "Source": "registry.terraform.io/acme/shop/aws"}],
    "a folder elsewhere": [MODULES[0], {**MODULES[1], "Dir": "../../secrets"}],
    "no such call": [MODULES[0], {**MODULES[1], "Key": "other"}],
    "another form": {"web": "x"},
    "no text": [{"Key": 1, "Source": 2, "Dir": ".terraform/modules/x"}],
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_does_not_fit_is_not(tmp_path: Path, name: str) -> None:
    root = fetched(tmp_path, OTHERS[name]).root("prod")
    assert not root.resources()
    assert [why.reason for why in root.unseen("aws")] == [
        'module "web" comes from acme/site/aws, which is not in this repo'
    ]


def test_a_version_that_is_not_known(tmp_path: Path) -> None:
    root = fetched(tmp_path, call=CALL.replace('"~> 4.1"', "var.version")).root("prod")
    assert root.unseen("aws")


@pytest.mark.parametrize(
    ("constraint", "version", "holds"),
    [
        ("4.1.3", "4.1.3", True), ("= 4.1.3", "4.1.4", False), ("~> 4.1", "4.9.0", True), ("~> 4.1", "5.0.0", False),
        ("~> 4.1.0", "4.1.9", True), ("~> 4.1.0", "4.2.0", False), (">= 4, < 5", "4.1.3", True), ("> 4.1.3", "4.1.3", False),
        ("!= 4.1.3", "4.1.3", False), ("<= 4", "4.0.0", True), ("~> 4", "9.0.0", True), ("", "4.1.3", False),
        ("4.1.3-beta", "4.1.3-beta", True), (">= 4.0", "4.1.3-beta", False),
    ],
)  # fmt: skip
def test_versions(constraint: str, version: str, holds: bool) -> None:
    assert admits(constraint, version) is holds


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("acme/site/aws//modules/x", "registry.terraform.io/acme/site/aws//modules/x"),
        ("app.example.org/acme/site/aws", "app.example.org/acme/site/aws"),
        ("github.com/acme/site?ref=v1", "git::https://github.com/acme/site.git?ref=v1"),
        ("github.com/acme/site.git//sub?ref=v1", "git::https://github.com/acme/site.git//sub?ref=v1"),
        ("git@github.com:acme/site.git", "git::ssh://git@github.com/acme/site.git"),
        ("git::https://example.org/site.git?ref=v1", "git::https://example.org/site.git?ref=v1"),
    ],
)
def test_sources(written: str, normal: str) -> None:
    assert normal_source(written) == normal
