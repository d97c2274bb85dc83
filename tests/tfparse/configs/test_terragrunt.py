"""What Terragrunt adds to a root: generated files, inputs and variable files.

Expectations follow https://terragrunt.gruntwork.io/docs/reference/ and Terraform's own order of precedence.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import Origin, UndeclaredError, Unknown
from tfparse.secrets.presentation import as_json

INCLUDE = 'include "root" {\n  path = find_in_parent_folders()\n}\n'


def test_locals_of_a_generate_block_are_the_roots(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "terragrunt.hcl": """
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
            """,
            "stacks/mail/terragrunt.hcl": INCLUDE,
            "stacks/mail/main.tf": 'output "tier" {\n  value = local.tiers.edge\n}\n',
        },
    )
    assert infra.root_paths == ("stacks/mail",)
    value = infra.root("stacks/mail").evaluate("local.tiers")
    assert {key: tier.as_string() for key, tier in value.mapping().items()} == {"core": "0-core", "edge": "3-edge"}
    # The line to edit is the one in terragrunt.hcl.
    assert value.mapping()["core"].origin == Origin("terragrunt.hcl", 10, 12)


def test_a_generated_file_takes_the_place_of_one_of_its_name(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "a/terragrunt.hcl": 'generate "x" {\n  path = "x.tf"\n  if_exists = "overwrite"\n'
            '  contents = "locals {\\n  x = 2\\n}\\n"\n}\n',
            "a/x.tf": "locals {\n  x = 1\n}\n",
            "a/main.tf": "",
        },
    )
    assert infra.root("a").evaluate("local.x").as_number() == 2


def test_inputs_yield_to_variable_files(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "terragrunt.hcl": 'inputs = {\n  a = "included"\n  b = "included"\n  c = "included"\n}\n',
            "s/terragrunt.hcl": INCLUDE + 'inputs = {\n  b = "own"\n}\n',
            "s/main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" {\n  default = "default"\n}\n',
            "s/terraform.tfvars": 'c = "tfvars"\n',
        },
    )
    root = infra.root("s")
    assert [root.evaluate(f"var.{name}").as_string() for name in "abc"] == ["included", "own", "tfvars"]


def test_files_and_arguments_of_the_command_line_win(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "terragrunt.hcl": """
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
            """,
            "config.tfvars": 'a = "config"\nb = "config"\nc = "config"\n',
            "s/terragrunt.hcl": INCLUDE,
            "s/main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" {}\nvariable "d" {}\n',
            "s/z.auto.tfvars": 'a = "auto"\n',
        },
    )
    root = infra.root("s")
    assert [root.evaluate(f"var.{name}").as_string() for name in "abc"] == ["config", "config", "argument"]
    assert root.evaluate("var.a").origin == Origin("config.tfvars", 1, 5)
    path = root.evaluate("var.d")
    assert isinstance(path.raw, Unknown)
    assert path.text_parts()[-1].text == "/kube"


def test_path_relative_to_include(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "terragrunt.hcl": 'locals {\n  name = replace(path_relative_to_include(), "stacks/", "")\n}\n'
            "inputs = {\n  name = local.name\n}\n",
            "stacks/mail/terragrunt.hcl": INCLUDE,
            "stacks/mail/main.tf": 'variable "name" {}\n',
        },
    )
    assert infra.root("stacks/mail").evaluate("var.name").as_string() == "mail"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ('get_env("HOME")', "get_env() is read when Terragrunt runs"),
        ('run_cmd("id")', "run_cmd() is read when Terragrunt runs"),
        ("dependency.vpc.outputs.id", "dependency is read when Terragrunt runs"),
        ('read_terragrunt_config("x.hcl")', "read_terragrunt_config() is read when Terragrunt runs"),
    ],
)
def test_what_only_terragrunt_can_know(tmp_path: Path, expression: str, why: str) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": f"inputs = {{\n  a = {expression}\n  b = 1\n}}\n",
            "s/main.tf": 'variable "a" {}\nvariable "b" {\n  type = number\n}\n',
        },
    )
    value = infra.root("s").evaluate("var.a")
    assert isinstance(value.raw, Unknown)
    assert value.raw == Unknown(why, Origin("s/terragrunt.hcl", 2, 7))
    assert infra.root("s").evaluate("var.b").as_number() == 1


def test_a_terragrunt_file_that_does_not_parse_leaves_inputs_unknown(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {"s/terragrunt.hcl": "inputs = {\n", "s/main.tf": 'variable "a" {\n  default = "x"\n}\nlocals {\n  b = 1\n}\n'},
    )
    root = infra.root("s")
    assert root.evaluate("var.a").is_unknown
    assert root.evaluate("local.b").as_number() == 1
    assert root.diagnostics[0].origin is not None
    assert root.diagnostics[0].origin.file == "s/terragrunt.hcl"


def test_a_generated_file_that_does_not_parse_is_named(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": 'generate "x" {\n  path = "x.tf"\n  if_exists = "overwrite"\n  contents = "locals {"\n}\n',
            "s/main.tf": "locals {\n  b = local.from_x\n}\n",
        },
    )
    root = infra.root("s")
    assert root.incomplete[0].reason.startswith("s/x.tf does not parse")
    assert root.evaluate("local.b").is_unknown


def test_the_source_of_a_root_may_be_elsewhere_in_the_repo(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "live/terragrunt.hcl": 'terraform {\n  source = "../modules//app"\n}\ninputs = {\n  a = 1\n}\n',
            "modules/app/main.tf": 'variable "a" {\n  type = number\n}\n',
        },
    )
    assert infra.root_paths == ("live",)
    assert infra.root("live").evaluate("var.a").as_number() == 1


def test_without_terragrunt_roots_are_what_nobody_calls(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "main.tf": 'module "a" {\n  source = "./parts/a"\n}\n',
            "parts/a/main.tf": "",
            "other/main.tf": "",
            "other/modules/stale/main.tf": "",
        },
    )
    assert infra.root_paths == ("", "other")


def test_a_name_that_nothing_declares(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"main.tf": ""})
    with pytest.raises(UndeclaredError, match="Reference to undeclared local value"):
        infra.root("").evaluate("local.nope")


SIGNED = "# Generated by Terragrunt. Sig: nIlQXj57tbuaRZEa\n"


@pytest.mark.parametrize(
    ("if_exists", "there", "value"),
    [
        ("overwrite", "", 2),
        ("overwrite_terragrunt", SIGNED, 2),
        ("skip", "", 1),
        ("overwrite_terragrunt", "", None),
        ("error", SIGNED, None),
    ],
)
def test_a_file_that_is_there_already(tmp_path: Path, if_exists: str, there: str, value: int | None) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": f'generate "x" {{\n  path = "x.tf"\n  if_exists = "{if_exists}"\n'
            '  contents = "locals {\\n  x = 2\\n}\\n"\n}\n',
            "s/x.tf": there + "locals {\n  x = 1\n}\n",
        },
    )
    found = infra.root("s").evaluate("local.x")
    assert (None if found.is_unknown else found.as_number()) == value
    assert [d.summary for d in infra.root("s").diagnostics] == (["File exists"] if value is None else [])


def test_files_generated_by_an_attribute(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": 'generate = {\n  x = {\n    path = "x.tf"\n    if_exists = "skip"\n'
            '    contents = "locals {\\n  x = 2\\n}\\n"\n  }\n}\n',
            "s/main.tf": "",
        },
    )
    assert infra.root("s").evaluate("local.x").as_number() == 2


@pytest.mark.parametrize("path", ['"${get_env("X")}.tf"', 'run_cmd("x")'])
def test_a_generated_file_of_unknown_name_may_declare_anything(tmp_path: Path, path: str) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": f'generate "x" {{\n  path = {path}\n  if_exists = "skip"\n  contents = ""\n}}\n',
            "s/main.tf": "",
        },
    )
    assert infra.root("s").evaluate("local.x").is_unknown
    assert infra.root("s").incomplete


@pytest.mark.parametrize(
    ("strategy", "values"),
    [
        ("shallow", ['"child"', '{"y": 2}', '"parent"']),
        ("no_merge", ['"child"', '{"y": 2}', None]),
        ("deep", ['"child"', None, '"parent"']),
    ],
)
def test_merge_strategies_of_includes(tmp_path: Path, strategy: str, values: list[str | None]) -> None:
    infra = repo(
        tmp_path,
        {
            "terragrunt.hcl": 'inputs = {\n  a = "parent"\n  m = { x = 1 }\n  p = "parent"\n}\n',
            "s/terragrunt.hcl": 'include "root" {\n  path = find_in_parent_folders()\n'
            f'  merge_strategy = "{strategy}"\n}}\ninputs = {{\n  a = "child"\n  m = {{ y = 2 }}\n}}\n',
            "s/main.tf": 'variable "a" {}\nvariable "m" {\n  type = map(number)\n}\nvariable "p" {}\n',
        },
    )
    found = [infra.root("s").evaluate(f"var.{name}") for name in "amp"]
    assert [None if value.is_unknown else as_json(value) for value in found] == values


@pytest.mark.parametrize(
    ("type_", "shown"),
    [
        (None, ['"1"', '"true"', '"x"', r'"{\"k\":[1]}"']),
        ("string", ['"1"', '"true"', '"x"', None]),
        ("any", ["1", "true", None, '{"k": [1]}']),
    ],
)
def test_inputs_reach_terraform_as_text(tmp_path: Path, type_: str | None, shown: list[str | None]) -> None:
    declared = "".join(f'variable "{n}" {{\n{f"type = {type_}" if type_ else ""}\n}}\n' for n in "abcd")
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": 'inputs = {\n  a = 1\n  b = true\n  c = "x"\n  d = { k = [1] }\n}\n',
            "s/main.tf": declared,
        },
    )
    root = infra.root("s")
    for name, expected in zip("abcd", shown, strict=True):
        if expected is not None:  # else Terraform refuses it
            assert as_json(root.evaluate(f"var.{name}")) == expected


def test_arguments_and_environment_of_the_command_line(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": """
            inputs = {
              e = "inputs"
            }
            terraform {
              extra_arguments "x" {
                commands  = ["plan"]
                env_vars  = { TF_VAR_e = "environment", TF_VAR_f = "environment", d = "x" }
                arguments = ["-var", "a=[1, 2]", "-var=b=x=y", "-lock=false", "-var-file", "x.tfvars"]
              }
            }
            """,
            "s/x.tfvars": 'c = "file"\n',
            "s/terraform.tfvars": 'f = "tfvars"\n',
            "s/main.tf": 'variable "a" {\n  type = list(number)\n}\n'
            + "".join(f'variable "{n}" {{\n  default = "default"\n}}\n' for n in "bcdef"),
        },
    )
    root = infra.root("s")
    assert [as_json(root.evaluate(f"var.{n}")) for n in "abcdef"] == [
        "[1, 2]",
        '"x=y"',
        '"file"',
        '"default"',
        '"environment"',
        '"tfvars"',
    ]


@pytest.mark.parametrize("arguments", ['[get_env("X")]', 'run_cmd("x")', '["-var", get_env("X")]'])
def test_unknown_arguments_may_set_anything(tmp_path: Path, arguments: str) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": 'terraform {\n  extra_arguments "x" {\n    commands = ["plan"]\n'
            f"    arguments = {arguments}\n  }}\n}}\n",
            "s/main.tf": 'variable "a" {\n  default = 1\n}\n',
        },
    )
    assert infra.root("s").evaluate("var.a").is_unknown
