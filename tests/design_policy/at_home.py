"""A small infra repo with promises of its own, and the command at work in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.gate.git_repo import GitRepo

ROOT = Path(__file__).parents[2]
COMMAND = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from design_policy import main; sys.exit(main())"

MAIN = """\
variable "name" {}

resource "aws_s3_bucket" "logs" {
  bucket        = var.name
  force_destroy = false
}
"""
FEATURE = """\
Feature: Buckets

  @S3-1.1
  Scenario: The logs' bucket has its name
    Given the resource "aws_s3_bucket.logs" of the root module "."
    Then it has:
      | path   | is     |
      | bucket | x-logs |

  @S3-1.2
  Scenario: The logs' bucket stays
    Given the resource "aws_s3_bucket.logs" of the root module "."
    Then it has:
      | path          | is    |
      | force_destroy | false |
"""
SETTINGS = """\
features = "policy"
dns = "off"

[variable-files]
"." = ["prod.tfvars"]
"""


class AtHome:
    def __init__(self, folder: Path) -> None:
        self.repo = GitRepo(folder)
        self.path = folder
        #: The commits that were made, where a test keeps them.
        self.commits: list[str] = []
        self.write("main.tf", MAIN)
        self.write("prod.tfvars", 'name = "x-logs"\n')
        self.write("policy/buckets.feature", FEATURE)
        self.write(".design-policy.toml", SETTINGS)

    def write(self, name: str, text: str) -> None:
        self.repo.write(name, text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def say(self, *arguments: str, folder: str = ".", **variables: str) -> tuple[int, str]:
        """The exit status of the command, and what it prints."""
        environment = {k: v for k, v in os.environ.items() if k not in ("INFRA_ROOT", "PYTEST_ADDOPTS")} | variables
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments],
            cwd=self.path / folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
