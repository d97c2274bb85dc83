"""Terragrunt's functions that tell where files and folders are.

Expectations follow https://terragrunt.gruntwork.io/docs/reference/hcl/functions/.
"""

from __future__ import annotations

from pathlib import Path

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
