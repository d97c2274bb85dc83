"""Terragrunt's functions that tell where files and folders are.

Expectations follow https://terragrunt.gruntwork.io/docs/reference/hcl/functions/.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repo import repo

INCLUDE = 'include "root" {\n  path = find_in_parent_folders()\n}\n'


def test_functions_that_tell_places(tmp_path: Path) -> None:
    """As in an include, so in the file itself: most are about the root that Terragrunt runs in."""
    calls = {
        "to": "path_relative_to_include()",
        "from": "path_relative_from_include()",
        "up": "get_path_to_repo_root()",
        "here": "get_path_from_repo_root()",
        "mine": "trimprefix(get_terragrunt_dir(), get_repo_root())",
        "parent": "trimprefix(get_parent_terragrunt_dir(), get_repo_root())",
        "found": 'trimprefix(find_in_parent_folders("common.tfvars"), get_repo_root())',
        "fallback": 'find_in_parent_folders("nowhere", "fallback")',
    }
    inputs = "".join(f"  {{}}_{name} = {call}\n" for name, call in calls.items())
    infra = repo(
        tmp_path,
        {
            "live/terragrunt.hcl": f"inputs = {{\n{inputs.replace('{}', 'parent')}}}\n",
            "live/common.tfvars": "",
            "live/stacks/common.tfvars": "",
            "live/stacks/s/terragrunt.hcl": f"{INCLUDE}inputs = {{\n{inputs.replace('{}', 'own')}}}\n",
            "live/stacks/s/main.tf": "".join(
                f'variable "{o}_{name}" {{}}\n' for o in ("parent", "own") for name in calls
            ),
        },
    )
    root = infra.root("live/stacks/s")
    for owner in ("parent", "own"):
        assert {name: root.evaluate(f"var.{owner}_{name}").as_string() for name in calls} == {
            "to": "stacks/s",
            "from": "../..",
            "up": "../../..",
            "here": "live/stacks/s",
            "mine": "/live/stacks/s",
            "parent": "/live",
            "found": "/live/stacks/common.tfvars",
            "fallback": "fallback",
        }


def test_a_file_that_is_not_found_is_unknown(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "s/terragrunt.hcl": 'inputs = {\n  a = find_in_parent_folders("nowhere")\n}\n',
            "s/main.tf": 'variable "a" {}\n',
        },
    )
    assert infra.root("s").evaluate("var.a").is_unknown


LOCAL = 'unit "mail" {\n  source = "../units/mail"\n  path   = "mail"\n}\n'
ELSEWHERE = LOCAL.replace("../units/mail", "git::https://example.org/units.git//mail")


@pytest.mark.parametrize(
    ("stack", "doubt"),
    [
        (LOCAL, None),
        (LOCAL.replace('"../units/mail"', '"${get_repo_root()}//units/mail"'), None),
        (ELSEWHERE, "unit mail from git::https://example.org/units.git//mail"),
        (ELSEWHERE.replace("unit", "stack", 1), "stack mail from git::https://example.org/units.git//mail"),
        (LOCAL.replace("../units", "../nowhere"), "unit mail from ../nowhere/mail"),
        (LOCAL.replace('"../units/mail"', "values.where"), "unit mail from somewhere that cannot be known"),
        (LOCAL.replace("source", "sauce"), "unit mail from somewhere that cannot be known"),
    ],
)
def test_units_of_a_stack_that_are_not_in_the_repo_are_told(stack: str, doubt: str | None, tmp_path: Path) -> None:
    files = {"live/terragrunt.stack.hcl": stack, "units/mail/terragrunt.hcl": "", "units/mail/main.tf": ""}
    infra = repo(tmp_path, files)
    if doubt is None:
        assert infra.root_paths == ("units/mail",)
        return
    assert set(infra.root_paths) == {"live", "units/mail"}
    said = [str(why.reason) for why in infra.root("live").doubts]
    assert said == [f"Terragrunt takes {doubt}, which is not in this repo"]


def test_a_stack_that_does_not_parse_is_told(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"live/terragrunt.stack.hcl": 'unit "mail" {{{\n', "a/terragrunt.hcl": "", "a/main.tf": ""})
    assert "live" in infra.root_paths
    assert infra.root("live").diagnostics
