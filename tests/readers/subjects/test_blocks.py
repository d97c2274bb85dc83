"""Top-level blocks and values of expressions are subjects too."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.kubernetes.stacks import find_stack
from readers.subjects.blocks import blocks_of_type, value_of
from readers.subjects.subject import Row, Subject, shown
from readers.subjects.terraform import root_stacks
from tests.repo import repo
from tfparse import Infra
from tfparse.diagnostics import TerraformError

MAIN = """\
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
  backend "s3" {
    bucket  = "state"
    encrypt = true
  }
}

provider "aws" {
  region = var.region
  default_tags { tags = local.tags }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

variable "region" {
  type    = string
  default = "eu-west-1"
}
variable "password" {
  sensitive = true
  default   = "hunter2-is-long"
}
variable "given" {}

locals {
  tags = { team = "edge", given = var.given }
}
output "url" {
  value       = "https://${var.region}.example.org"
  description = "where it is"
}
module "web" { source = "./web" }
module "more" { source = "./web" }
"""


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    return repo(tmp_path, {"main.tf": MAIN, "web/main.tf": 'variable "size" { type = number }\n'})


def blocks(infra: Infra, type_: str, *where: tuple[str, str]) -> list[Subject]:
    found = blocks_of_type(root_stacks(infra), type_, type_).where([Row.of(*row) for row in where])
    assert not found.doubtful
    return list(found.certain)


def at(subject: Subject, path: str) -> list[tuple[str, str]]:
    return [(shown(one), str(one.origin)) for one in subject.at(path)]


@pytest.mark.parametrize(("type_", "where", "path", "found"), [
    ("terraform", (), "required_version", [('">= 1.9"', "main.tf:2")]),
    ("terraform", (), "required_providers.aws.version", [('"~> 5.0"', "main.tf:6")]),
    ("terraform", (), "backend.s3.encrypt", [('"true"', "main.tf:11")]),
    ("terraform", (), "backend.gcs", [("not set (it has s3)", "main.tf:9")]),
    ("provider", (("alias", "us"),), "region", [('"us-east-1"', "main.tf:22")]),
    ("provider", (("alias", "not set"),), "region", [('"eu-west-1"', "main.tf:27")]),
    ("provider", (("alias", "not set"), ("label", "aws")), "default_tags.tags.team", [('"edge"', "main.tf:36")]),
    ("variable", (("label", "region"),), "default", [('"eu-west-1"', "main.tf:27")]),
    ("variable", (("label", "given"),), "default", [("not set (it has label)", "main.tf:33")]),
    ("output", (), "description", [('"where it is"', "main.tf:40")]),
])  # fmt: skip
def test_what_stands_in_a_block(
    type_: str, where: tuple[tuple[str, str], ...], path: str, found: list[tuple[str, str]], infra: Infra
) -> None:
    (subject,) = blocks(infra, type_, *where)
    assert at(subject, path) == found


def test_a_module_that_is_called_twice_is_judged_once(infra: Infra) -> None:
    assert [subject.label for subject in blocks(infra, "variable", ("label", "size"))] == [
        'variable "size" of module.web of the root module'
    ]


def test_none_of_a_type_is_told_with_the_types_there_are(infra: Infra) -> None:
    found = blocks_of_type(root_stacks(infra), "moved", "moved block")
    assert not found.certain
    assert "module" in found.near


@pytest.mark.parametrize(("expression", "path", "found"), [
    ("local.tags", "team", '"edge"'),
    ("local.tags", "given", "(unknown: variable given has no default, and no file of the repo gives it a value)"),
])  # fmt: skip
def test_what_stands_in_a_value(expression: str, path: str, found: str, infra: Infra) -> None:
    assert [shown(one) for one in value_of(find_stack(infra, "."), expression).at(path)] == [found]


@pytest.mark.parametrize("expression", ["var.no", "local.no", "1 +", "module.no.x"])
def test_what_is_no_value(expression: str, infra: Infra) -> None:
    with pytest.raises(TerraformError):
        value_of(find_stack(infra, "."), expression)
