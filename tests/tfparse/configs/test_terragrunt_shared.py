"""What one file says to all roots that include it is worked out once, and only if it is the same for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import astuple

from tests.repo import repo
from tfparse.configs import terragrunt
from tfparse.configs.terragrunt import Settings, read_settings
from tfparse.cty.identity import identical
from tfparse.diagnostics import TerraformError
from tfparse.infra import Infra
from tfparse.secrets.loading import load

PLACES = (
    "path_relative_to_include()", "path_relative_from_include()", "get_path_to_repo_root()",
    "get_path_from_repo_root()", "get_terragrunt_dir()", "get_original_terragrunt_dir()",
    "get_parent_terragrunt_dir()", 'find_in_parent_folders("near.tfvars")', "local.place", "include.root.locals.place",
    'file("name.txt")', 'fileexists("only-b.txt")', 'fileset(".", "*.txt")', 'templatefile("name.txt", {})',
    'read_terragrunt_config("other.hcl").locals.name', 'abspath("x")', "try(include.second.locals.place, 0)",
)  # fmt: skip
ALIKE = (
    '"x"', "get_env()", "get_repo_root()", "[for i in [1, 2]: upper(local.word)]", '"${local.word}-${get_env("X")}"',
    'upper("squirrel-9-words")',
)  # fmt: skip
NOT_IN_ORDER = ("local.nowhere", "upper()")
IN = {
    "inputs": "inputs = {{\n  x = {}\n}}\n",
    "all inputs": "inputs = {}\n",
    "generate": 'generate "x" {{\n  path = "x.tf"\n  contents = "# ${{jsonencode({})}}"\n}}\n',
    "arguments": 'terraform {{\n  extra_arguments "x" {{\n    commands = ["plan"]\n    env_vars = {{ TF_VAR_x = {} }}\n  }}\n}}\n',
    "hook": 'terraform {{\n  before_hook "x" {{\n    execute = ["sh", {}]\n  }}\n}}\n',
    "skip": "skip = {} == 0\n",
}  # fmt: skip
SECRET = """
resource "kubernetes_secret" "s" {
  data = { key = "hunter-2-hunter", other = file("../a/name.txt") }
}
"""


def made(folder: Path, said: str) -> Path:
    locals_ = 'locals {\n  place = path_relative_to_include()\n  word = "hunter-2-hunter"\n}\n'
    of_root = {
        "main.tf": 'variable "x" {\n  sensitive = true\n}\n',
        "terragrunt.hcl": 'include "root" {\n  path = find_in_parent_folders()\n}\n'
        'include "second" {\n  path = "../second.hcl"\n}\n',
    }
    files = {
        "terragrunt.hcl": locals_ + said,
        "second.hcl": locals_,
        "secret/main.tf": SECRET + 'provider "kubernetes" {}\n',
        "b/near.tfvars": "",
        "near.tfvars": "",
        "b/only-b.txt": "",
    }
    for name in ("a", "b", "c/d"):
        files |= {f"{name}/{file}": text for file, text in of_root.items()}
        files |= {f"{name}/name.txt": f"of-{name}", f"{name}/other.hcl": f'locals {{\n  name = "{name}"\n}}\n'}
    repo(folder, files)
    return folder


def in_parts(settings: Settings) -> object:
    """Settings as far as they can be compared, an error with what it says."""
    errors = {g.name: g.body.diagnostics for g in settings.generated if isinstance(g.body, TerraformError)}
    return errors, repr(settings)


def rests_on(infra: Infra, path: str) -> tuple[Settings, object, object]:
    tree = infra.tree.view()
    settings = read_settings(tree, path)
    told = tree.secrets.asked
    reads = tree.reads
    return settings, (reads.files, reads.folders, reads.below, reads.searched), (told, tree.secrets.made)


@pytest.mark.parametrize("where", IN)
@pytest.mark.parametrize("expression", [*PLACES, *ALIKE, *NOT_IN_ORDER])
def test_each_root_is_told_what_it_would_be_told_alone(
    expression: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "infra", IN[where].format(expression))
    together = load(folder)
    found = {path: rests_on(together, path) for path in together.root_paths}
    assert {*found} == {"a", "b", "c/d", "secret"}
    held = [made for what, (made, *_) in together.tree._made.items() if what[:2] == ("said to all", "terragrunt.hcl")]
    if expression in PLACES or where == "inputs":
        assert {said is None for said in held} == {expression not in ALIKE}
    monkeypatch.setattr(terragrunt, "_said_to_all", lambda path, tree: None)
    for path, of_it in found.items():
        alone = rests_on(load(folder), path)
        assert in_parts(of_it[0]) == in_parts(alone[0])
        assert of_it[1:] == alone[1:]


def test_what_one_root_is_given_is_its_own(tmp_path: Path) -> None:
    infra = load(made(tmp_path / "infra", "".join(IN[where].format('"x"') for where in IN if where != "all inputs")))
    before, changed, after = (read_settings(infra.tree.view(), path) for path in ("a", "a", "a"))
    for held in (changed.generated, changed.inputs, *astuple(changed.applied)):
        held.clear()
    assert before.generated
    assert before.inputs
    assert before.applied.environment
    assert before.applied.notes
    assert identical(before, after)
    assert identical(before, read_settings(infra.tree.view(), "a"))
