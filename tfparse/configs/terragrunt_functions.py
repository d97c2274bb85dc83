"""The functions that Terragrunt adds to Terraform's: where files stand; what else they tell is known only to it.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/functions/
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Protocol

from tfparse.configs.files import FileContext
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import string_of
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import CHECKOUT, SourceTree

FILES = ("terragrunt.hcl", "terragrunt.hcl.json")
STACK = "terragrunt.stack.hcl"
"""How Terragrunt's configuration of a folder is called; the first that is there counts."""
READ_CONFIG = "read_terragrunt_config() of "
"""Begins the name, which no source can have either, for what another configuration of the repo says."""
NOT_FOUND = "find_in_parent_folders() -> nothing"
"""A name that no source can have, for what is not found: it is resolved to an unknown."""

_COMMANDS_THAT_NEED_VARS = ("apply", "console", "destroy", "import", "plan", "push", "refresh")


class _Included(Protocol):
    """A configuration that another includes."""

    @property
    def file(self) -> str:
        """Where it stands."""


class DependsOnRootError(Exception):
    """What a configuration says to whatever root includes it is asked for, and depends on which it is."""


class TerragruntFunctions(FileContext):
    """Terragrunt's own functions, which stand in expressions beside Terraform's.

    ``directory`` is that of the root which the configuration is for: None where it is for whichever includes it.
    """

    def __init__(self, tree: SourceTree, path: str, directory: str | None, includes: Mapping[str, _Included]) -> None:
        super().__init__(tree, directory or "")
        self.path = path
        self.includes = includes
        self._directory = directory

    @property
    def directory(self) -> str:
        """The directory of the root.

        Raises:
            DependsOnRootError: it may be any.
        """
        if self._directory is None:
            raise DependsOnRootError
        return self._directory

    def locate(self, path: str) -> str:
        _ = self.directory  # from where it is seen
        return super().locate(path)

    def prepared(self, node: Expression) -> Expression:
        """The expression with calls of Terragrunt's functions replaced by what they give."""
        prepared: Expression = self._prepared(node)
        return prepared

    def _prepared(self, part: Any) -> Any:
        """A node, or a tuple of what one is made of, so prepared."""
        match part:
            case (ast.CALL, int(), int(), *_):
                return self._called(part) or self._within(part)
            case tuple():
                return self._within(part)
        return part

    def _within(self, part: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([self._prepared(inner) if isinstance(inner, tuple) else inner for inner in part])

    def _called(self, call: ast.Call) -> Expression | None:
        _, line, column, name, arguments, _ = call
        texts = list(map(string_of, map(self._prepared, arguments)))
        if name == "read_terragrunt_config" and texts and texts[0] is not None and self._is_file(texts[0]):
            return (ast.VAR, line, column, f"{READ_CONFIG}{texts[0]}")
        if name in _RUN_TIME or (None in texts and name in self._simple):
            # Only Terragrunt can answer: a name that is resolved to an unknown.
            return (ast.VAR, line, column, f"{name}()")
        if None in texts:
            return None
        if name in self._simple:
            found = self._simple[name](*texts)
            return (ast.STRING, line, column, found) if found is not None else (ast.VAR, line, column, NOT_FOUND)
        if name == "get_terraform_commands_that_need_vars":
            return (ast.TUPLE, line, column, tuple((ast.STRING, line, column, c) for c in _COMMANDS_THAT_NEED_VARS))
        return None

    def _is_file(self, path: str) -> bool:
        try:
            return self.tree.is_file(self.locate(path))
        except OutsideRoot:
            return False

    @cached_property
    def _simple(self) -> Mapping[str, Callable[..., str | None]]:
        return {
            "path_relative_to_include": lambda label="": posixpath.relpath(self._here, self._including(label) or "."),
            "path_relative_from_include": lambda label="": posixpath.relpath(self._including(label) or ".", self._here),
            "get_repo_root": lambda: CHECKOUT,
            "get_path_to_repo_root": lambda: posixpath.relpath(".", self._here),
            "get_path_from_repo_root": lambda: self._here,
            "get_terragrunt_dir": lambda: _absolute(self.directory),
            "get_original_terragrunt_dir": lambda: _absolute(self.directory),
            "get_parent_terragrunt_dir": lambda label="": _absolute(self._including(label)),
            "find_in_parent_folders": self._in_parent_folders,
        }

    @property
    def _here(self) -> str:
        return self.directory or "."

    def _including(self, label: str) -> str:
        """The directory of what is included: this file, or one that it includes itself; else its own."""
        named = self.includes.get(label) or (None if label else next(iter(self.includes.values()), None))
        own = posixpath.dirname(self.path)
        return own if own != self.directory or named is None else posixpath.dirname(named.file)

    def _in_parent_folders(self, name: str = "", fallback: str | None = None) -> str | None:
        folder = self.directory
        while folder:
            folder = posixpath.dirname(folder)
            for candidate in (posixpath.join(folder, one) for one in ([name] if name else FILES)):
                if self.tree.is_file(candidate) or self.tree.is_directory(candidate):
                    return _absolute(candidate)
        return fallback


_RUN_TIME = frozenset({
    "get_env", "run_cmd", "sops_decrypt_file", "read_terragrunt_config", "get_aws_account_id",
    "get_aws_account_alias", "get_aws_caller_identity_arn", "get_aws_caller_identity_user_id", "get_platform",
    "get_terraform_command", "get_terraform_cli_args", "get_default_retryable_errors", "get_working_dir",
    "read_tfvars_file", "mark_as_read", "get_terragrunt_source_cli_flag",
})  # fmt: skip


def configuration_in(tree: SourceTree, directory: str) -> str | None:
    """The path of Terragrunt's configuration in a folder; None where there is none."""
    return next((path for name in FILES if tree.is_file(path := posixpath.join(directory, name))), None)


def _absolute(path: str) -> str:
    return f"{CHECKOUT}/{path}" if path else CHECKOUT
