"""Which files of a folder are part of a module, for Terraform and for OpenTofu, and in which order they are read.

Sources: https://developer.hashicorp.com/terraform/language/files/override, https://opentofu.org/docs/language/files/
"""

from __future__ import annotations

import re
from collections.abc import Set

_TOFU = (".tofu", ".tofu.json")
SOURCE = (".tf", ".tf.json", *_TOFU, ".tfvars", ".tfvars.json", ".hcl", ".hcl.json")
"""How the files end that are Terraform's, OpenTofu's or Terragrunt's."""

SOMEWHERE = "(a name that is not known).tf"
"""Stands for the name of a generated file of which only that much is known."""


def is_configuration(name: str) -> bool:
    """Whether Terraform, or OpenTofu, reads a file of this name as part of a module."""
    if name.startswith((".", "#")) or name.endswith("~"):
        return False
    return name.endswith((".tf", ".tf.json", *_TOFU))


def is_override(name: str) -> bool:
    """Whether a file of this name changes what the others declare."""
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def in_order(names: Set[str]) -> list[str]:
    """The files of a module as they are read: override files last, and ``x.tofu`` in the place of ``x.tf``."""
    return sorted(names - _replaced(names), key=lambda name: (is_override(name), name))


def read_by_one(names: Set[str]) -> set[str]:
    """The files that only one of the programs reads; none where it is certain which of them is meant."""
    tofu = {name for name in names if name.endswith(_TOFU)}
    return set() if tofu == names else tofu | _replaced(names)


def _replaced(names: Set[str]) -> set[str]:
    """Terraform's files in the place of which OpenTofu reads one of its own."""
    if not any(name.endswith(_TOFU) for name in names):
        return set()
    return {name for name in names if not name.endswith(_TOFU) and re.sub(r"\.tf(\.json)?$", r".tofu\1", name) in names}
