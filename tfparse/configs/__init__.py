"""What is written: modules, variable files, Terragrunt."""

from __future__ import annotations
