"""What else has a root applied otherwise than it reads: its source, options, hooks, skips; and what is harmless.

Expectations follow https://terragrunt.gruntwork.io/docs/reference/hcl/.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import Root

MAIN = 'variable "a" { default = "own" }\noutput "a" { value = var.a }\n'


def root_of(tmp_path: Path, hcl: str, **files: str) -> Root:
    named = {path.replace("__", "/").replace("_tf", ".tf"): text for path, text in files.items()}
    infra = repo(tmp_path, {"live/app/terragrunt.hcl": hcl, "live/app/main.tf": MAIN, **named})
    return infra.root("live/app")


@pytest.mark.parametrize(
    ("hcl", "doubt"),
    [
        ('terraform { source = "git::https://git.example/x.git//m?ref=v1" }', "takes the root module from git::https"),
        (
            'terraform { source = "tfr:///terraform-aws-modules/vpc/aws?version=5.0" }',
            "takes the root module from tfr:",
        ),
        ('terraform { source = get_env("SOURCE") }', "takes the root module from somewhere that cannot be known"),
        (
            'terraform {\n extra_arguments "x" {\n commands = ["apply"]\n arguments = ["-chdir=other"]\n }\n}',
            "-chdir=other",
        ),
        (
            'terraform {\n extra_arguments "x" {\n commands = ["plan"]\n env_vars = { TF_CLI_ARGS_plan = "-generate=x" }\n }\n}',
            "-generate=x",
        ),
    ],
)
def test_what_may_apply_another_root_is_a_doubt(tmp_path: Path, hcl: str, doubt: str) -> None:
    root = root_of(tmp_path, hcl)
    assert [doubt in why.reason for why in root.doubts] == [True]
    assert root.doubts[0].origin.file == "live/app/terragrunt.hcl"
    assert root.incomplete[0] is root.doubts[0]


@pytest.mark.parametrize(
    ("hcl", "note"),
    [
        (
            'terraform {\n before_hook "x" {\n commands = ["apply"]\n execute = ["sed", "-i", "s/a/b/", "main.tf"]\n }\n}',
            "a before_hook runs sed, which may change what is applied",
        ),
        (
            'terraform {\n after_hook "x" {\n commands = ["apply"]\n execute = ["/opt/bin/kubectl", "apply"]\n }\n}',
            "an after_hook runs kubectl, which may change what is applied",
        ),
        (
            'terraform {\n extra_arguments "x" {\n commands = ["apply"]\n arguments = ["-target=aws_x.y"]\n }\n}',
            "Terraform is run with -target=aws_x.y: not all is applied",
        ),
        (
            'terraform {\n extra_arguments "x" {\n commands = ["apply"]\n env_vars = { TF_CLI_ARGS = "-no-color -destroy" }\n }\n}',
            "Terraform is run with -destroy: not all is applied",
        ),
        ("skip = true", "skip: Terragrunt may leave this root out"),
        (
            'exclude {\n if = get_env("CI") == "true"\n actions = ["all"]\n}',
            "exclude: Terragrunt may leave this root out",
        ),
        (
            'terraform {\n source = "."\n exclude_from_copy = ["*.tf"]\n}',
            "exclude_from_copy: not all files of the repo are where Terraform runs",
        ),
    ],
)
def test_what_may_change_what_is_applied_is_noted(tmp_path: Path, hcl: str, note: str) -> None:
    root = root_of(tmp_path, hcl)
    assert [why.reason for why in root.notes] == [note]
    assert root.doubts == ()


@pytest.mark.parametrize(
    "hcl",
    [
        'terraform {\n before_hook "x" {\n commands = ["plan"]\n execute = ["tflint", "--recursive"]\n }\n}',
        'terraform {\n before_hook "x" {\n commands = ["plan"]\n execute = ["terraform", "fmt", "-check"]\n }\n}',
        'terraform {\n extra_arguments "x" {\n commands = ["apply"]\n arguments = ["-lock-timeout=20m", "-backup=-", "-parallelism=2"]\n }\n}',
        'terraform {\n extra_arguments "x" {\n commands = ["init"]\n arguments = ["-chdir=other", "-target=x"]\n }\n}',
        'terraform {\n extra_arguments "x" {\n commands = ["apply"]\n env_vars = { TF_LOG = "DEBUG", AWS_PROFILE = "x" }\n }\n}',
        "skip = false",
        "prevent_destroy = true",
        'exclude {\n if = false\n actions = ["all"]\n}',
    ],
)
def test_what_changes_nothing_is_silent(tmp_path: Path, hcl: str) -> None:
    root = root_of(tmp_path, hcl)
    assert (root.doubts, root.notes, root.incomplete, root.diagnostics) == ((), (), [], [])
    assert root.output("a").as_string() == "own"


def test_variables_of_the_command_lines_environment_count(tmp_path: Path) -> None:
    hcl = 'terraform {\n extra_arguments "x" {\n commands = ["plan"]\n env_vars = { TF_CLI_ARGS_plan = "-var a=\'from there\'" }\n }\n}'
    assert root_of(tmp_path, hcl).output("a").as_string() == "from there"


def test_the_roots_own_files_are_laid_over_those_of_its_source(tmp_path: Path) -> None:
    root = root_of(
        tmp_path,
        'terraform { source = "../../modules//app" }',
        modules__app__main_tf='output "a" { value = "module" }\n',
        modules__app__more_tf='output "b" { value = "module" }\n',
    )
    assert root.output("a").as_string() == "own"
    assert root.output("b").as_string() == "module"
    assert root.output("a").origin.file == "live/app/main.tf"
    assert root.doubts == ()


def test_another_configuration_of_the_repo_is_read(tmp_path: Path) -> None:
    infra = repo(tmp_path, {
        "live/env.hcl": 'locals {\n region = "north"\n name = "${local.region}-1"\n secret = get_env("X")\n}\n',
        "live/app/terragrunt.hcl": '''
            locals {
              env = read_terragrunt_config(find_in_parent_folders("env.hcl"))
            }
            inputs = {
              a = local.env.locals.name
              b = local.env.locals.secret
              c = read_terragrunt_config("nowhere.hcl").locals.x
            }
            ''',
        "live/app/main.tf": "".join(f'variable "{n}" {{}}\noutput "{n}" {{ value = var.{n} }}\n' for n in "abc"),
    })  # fmt: skip
    root = infra.root("live/app")
    assert root.output("a").as_string() == "north-1"
    assert root.output("b").unknown.reason == "get_env() is read when Terragrunt runs"
    assert root.output("c").unknown.reason == "read_terragrunt_config() is read when Terragrunt runs"
    assert root.diagnostics == []
