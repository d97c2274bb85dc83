"""What Terragrunt adds to a root: generated files, inputs and variable files.

Expectations follow https://terragrunt.gruntwork.io/docs/reference/ and Terraform's own order of precedence.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from repo import repo

from tfparse import Origin, UndeclaredError, Unknown

INCLUDE = 'include "root" {\n  path = find_in_parent_folders()\n}\n'


def test_locals_of_a_generate_block_are_the_roots(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "terragrunt.hcl": '''
            locals {
              edge = "3-edge"
            }
            generate "tiers" {
              path      = "tiers.tf"
              if_exists = "overwrite_terragrunt"
              contents  = <<EOF
            locals {
              tiers = {
                core = "0-core"
                edge = "${local.edge}"
              }
            }
            EOF
            }
            ''',
        "stacks/mail/terragrunt.hcl": INCLUDE,
        "stacks/mail/main.tf": "output \"tier\" {\n  value = local.tiers.edge\n}\n",
    })
    assert infra.root_paths == ("stacks/mail",)
    value = infra.root("stacks/mail").evaluate("local.tiers")
    assert {key: tier.as_string() for key, tier in value.mapping().items()} == {"core": "0-core", "edge": "3-edge"}
    # The line to edit is the one in terragrunt.hcl.
    assert value.mapping()["core"].origin == Origin("terragrunt.hcl", 10, 12)


def test_a_generated_file_takes_the_place_of_one_of_its_name(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "a/terragrunt.hcl": 'generate "x" {\n  path = "x.tf"\n  if_exists = "overwrite"\n'
                            '  contents = "locals {\\n  x = 2\\n}\\n"\n}\n',
        "a/x.tf": "locals {\n  x = 1\n}\n",
        "a/main.tf": "",
    })
    assert infra.root("a").evaluate("local.x").as_number() == 2


def test_inputs_yield_to_variable_files(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "terragrunt.hcl": 'inputs = {\n  a = "included"\n  b = "included"\n  c = "included"\n}\n',
        "s/terragrunt.hcl": INCLUDE + 'inputs = {\n  b = "own"\n}\n',
        "s/main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" {\n  default = "default"\n}\n',
        "s/terraform.tfvars": 'c = "tfvars"\n',
    })
    root = infra.root("s")
    assert [root.evaluate(f"var.{name}").as_string() for name in "abc"] == ["included", "own", "tfvars"]


def test_files_and_arguments_of_the_command_line_win(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "terragrunt.hcl": '''
            terraform {
              extra_arguments "common" {
                commands           = get_terraform_commands_that_need_vars()
                required_var_files = ["${get_repo_root()}/config.tfvars"]
                arguments          = ["-var", "c=argument", "-var", "d=${get_repo_root()}/kube"]
              }
              extra_arguments "other" {
                commands  = ["destroy"]
                arguments = ["-var", "a=destroyed"]
              }
            }
            ''',
        "config.tfvars": 'a = "config"\nb = "config"\nc = "config"\n',
        "s/terragrunt.hcl": INCLUDE,
        "s/main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" {}\nvariable "d" {}\n',
        "s/z.auto.tfvars": 'a = "auto"\n',
    })
    root = infra.root("s")
    assert [root.evaluate(f"var.{name}").as_string() for name in "abc"] == ["config", "config", "argument"]
    assert root.evaluate("var.a").origin == Origin("config.tfvars", 1, 5)
    path = root.evaluate("var.d")
    assert isinstance(path.raw, Unknown)
    assert path.text_parts()[-1].text == "/kube"


def test_path_relative_to_include(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "terragrunt.hcl": 'locals {\n  name = replace(path_relative_to_include(), "stacks/", "")\n}\n'
                          'inputs = {\n  name = local.name\n}\n',
        "stacks/mail/terragrunt.hcl": INCLUDE,
        "stacks/mail/main.tf": 'variable "name" {}\n',
    })
    assert infra.root("stacks/mail").evaluate("var.name").as_string() == "mail"


@pytest.mark.parametrize(("expression", "why"), [
    ('get_env("HOME")', "get_env() is read when Terragrunt runs"),
    ('run_cmd("id")', "run_cmd() is read when Terragrunt runs"),
    ("dependency.vpc.outputs.id", "dependency is read when Terragrunt runs"),
    ('read_terragrunt_config("x.hcl")', "read_terragrunt_config() is read when Terragrunt runs"),
])
def test_what_only_terragrunt_can_know(tmp_path: Path, expression: str, why: str) -> None:
    infra = repo(tmp_path, {
        "s/terragrunt.hcl": f"inputs = {{\n  a = {expression}\n  b = 1\n}}\n",
        "s/main.tf": 'variable "a" {}\nvariable "b" {}\n',
    })
    value = infra.root("s").evaluate("var.a")
    assert isinstance(value.raw, Unknown)
    assert value.raw == Unknown(why, Origin("s/terragrunt.hcl", 2, 7))
    assert infra.root("s").evaluate("var.b").as_number() == 1


def test_a_terragrunt_file_that_does_not_parse_leaves_inputs_unknown(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "s/terragrunt.hcl": "inputs = {\n",
        "s/main.tf": 'variable "a" {\n  default = "x"\n}\nlocals {\n  b = 1\n}\n',
    })
    root = infra.root("s")
    assert root.evaluate("var.a").is_unknown
    assert root.evaluate("local.b").as_number() == 1
    assert root.diagnostics[0].origin is not None
    assert root.diagnostics[0].origin.file == "s/terragrunt.hcl"


def test_a_generated_file_that_does_not_parse_is_named(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "s/terragrunt.hcl": 'generate "x" {\n  path = "x.tf"\n  if_exists = "overwrite"\n  contents = "locals {"\n}\n',
        "s/main.tf": "locals {\n  b = local.from_x\n}\n",
    })
    root = infra.root("s")
    assert root.incomplete[0].reason.startswith("s/x.tf does not parse")
    assert root.evaluate("local.b").is_unknown


def test_the_source_of_a_root_may_be_elsewhere_in_the_repo(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "live/terragrunt.hcl": 'terraform {\n  source = "../modules//app"\n}\ninputs = {\n  a = 1\n}\n',
        "modules/app/main.tf": 'variable "a" {}\n',
    })
    assert infra.root_paths == ("live",)
    assert infra.root("live").evaluate("var.a").as_number() == 1


def test_without_terragrunt_roots_are_what_nobody_calls(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "main.tf": 'module "a" {\n  source = "./parts/a"\n}\n',
        "parts/a/main.tf": "",
        "other/main.tf": "",
        "other/modules/stale/main.tf": "",
    })
    assert infra.root_paths == ("", "other")


def test_a_name_that_nothing_declares(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"main.tf": ""})
    with pytest.raises(UndeclaredError, match="Reference to undeclared local value"):
        infra.root("").evaluate("local.nope")

