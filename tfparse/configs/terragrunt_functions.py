"""The functions that Terragrunt adds to Terraform's: where files stand; what else they tell is known only to it.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/functions/
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Protocol

from tfparse.configs.files import FileContext
from tfparse.hcl.ast import Node
from tfparse.source.sources import CHECKOUT, SourceTree

FILE = "terragrunt.hcl"
NOT_FOUND = "find_in_parent_folders() -> nothing"
"""A name that no source can have, for what is not found: it is resolved to an unknown."""

_COMMANDS_THAT_NEED_VARS = ("apply", "console", "destroy", "import", "plan", "push", "refresh")


class _Included(Protocol):
    """A configuration that another includes."""

    @property
    def file(self) -> str:
        """Where it stands."""


class TerragruntFunctions(FileContext):
    """Terragrunt's own functions, which stand in expressions beside Terraform's."""

    def __init__(self, tree: SourceTree, path: str, directory: str, includes: Mapping[str, _Included]) -> None:
        super().__init__(tree, directory)
        self.path = path
        self.directory = directory
        self.includes = includes

    def prepared(self, node: Node) -> Node:
        """The expression with calls of Terragrunt's functions replaced by what they give."""
        if node and node[0] == "call" and isinstance(node[3], str):
            made = self._called(node)
            if made is not None:
                return made
        return tuple(self.prepared(part) if isinstance(part, tuple) else part for part in node)

    def _called(self, node: Node) -> Node | None:
        name, arguments = node[3], node[4]
        if any(argument[0] != "string" for argument in arguments):
            return _mystery(node) if name in self._simple or name in _RUN_TIME else None
        if name in self._simple:
            found = self._simple[name](*(argument[3] for argument in arguments))
            return ("string", node[1], node[2], found) if found is not None else ("var", node[1], node[2], NOT_FOUND)
        if name == "get_terraform_commands_that_need_vars":
            items = tuple(("string", node[1], node[2], c) for c in _COMMANDS_THAT_NEED_VARS)
            return ("tuple", node[1], node[2], items)
        return _mystery(node) if name in _RUN_TIME else None

    @cached_property
    def _simple(self) -> Mapping[str, Callable[..., str | None]]:
        here = self.directory or "."
        return {
            "path_relative_to_include": lambda label="": posixpath.relpath(here, self._including(label) or "."),
            "path_relative_from_include": lambda label="": posixpath.relpath(self._including(label) or ".", here),
            "get_repo_root": lambda: CHECKOUT,
            "get_path_to_repo_root": lambda: posixpath.relpath(".", here),
            "get_path_from_repo_root": lambda: here,
            "get_terragrunt_dir": lambda: _absolute(self.directory),
            "get_original_terragrunt_dir": lambda: _absolute(self.directory),
            "get_parent_terragrunt_dir": lambda label="": _absolute(self._including(label)),
            "find_in_parent_folders": self._in_parent_folders,
        }

    def _including(self, label: str) -> str:
        """The directory of what is included: this file, or one that it includes itself; else its own."""
        named = self.includes.get(label) or (None if label else next(iter(self.includes.values()), None))
        own = posixpath.dirname(self.path)
        return own if own != self.directory or named is None else posixpath.dirname(named.file)

    def _in_parent_folders(self, name: str = FILE, fallback: str | None = None) -> str | None:
        folder = self.directory
        while folder:
            folder = posixpath.dirname(folder)
            candidate = f"{folder}/{name}" if folder else name
            if self.tree.is_file(candidate) or self.tree.is_directory(candidate):
                return _absolute(candidate)
        return fallback


_RUN_TIME = frozenset({
    "get_env", "run_cmd", "sops_decrypt_file", "read_terragrunt_config", "get_aws_account_id", "get_aws_account_alias",
    "get_aws_caller_identity_arn", "get_aws_caller_identity_user_id", "get_platform", "get_terraform_command",
    "get_terraform_cli_args", "get_default_retryable_errors", "get_working_dir", "read_tfvars_file", "mark_as_read",
    "get_terragrunt_source_cli_flag",
})


def _absolute(path: str) -> str:
    return f"{CHECKOUT}/{path}" if path else CHECKOUT


def _mystery(node: Node) -> Node:
    """A call that only Terragrunt can answer: a name that is resolved to an unknown."""
    return ("var", node[1], node[2], f"{node[3]}()")
