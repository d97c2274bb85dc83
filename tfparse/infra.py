"""An infra repo: its root modules."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from tfparse.configs.module import is_configuration, load_module
from tfparse.configs.terragrunt import FILE, read_settings
from tfparse.cty.values import string
from tfparse.diagnostics import Diagnostic, TerraformError
from tfparse.graph.root import Root
from tfparse.hcl.walking import string_of
from tfparse.source.cache import ParseCache
from tfparse.source.listing import ordered, walk
from tfparse.source.sources import SourceTree

P = ParamSpec("P")
R = TypeVar("R")

_FRAMES = 5_000
"""Python's own limit while such a chain is followed, of which each link takes some nine calls."""


class Infra:
    """An infra repo on disk."""

    def __init__(
        self, path: Path, cache: ParseCache | None = None, variable_files: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.path = path
        self._variable_files = variable_files or {}
        self.tree = SourceTree(path, cache or ParseCache())
        self._roots: dict[str, Root] = {}
        self._answers: dict[Hashable, Any] = {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The paths of all files that are part of the repo; those of a folder come together."""
        listing, top = self.tree.listing, str(self.tree.root)
        if listing is None:
            return tuple(walk(top))
        found = [path for path in listing.files if os.path.lexists(os.path.join(top, path))]
        found += [f"{inner}/{path}" for inner in listing.inner for path in walk(os.path.join(top, inner))]
        return tuple(ordered(found))

    @cached_property
    def directories(self) -> dict[str, list[str]]:
        """Every directory that holds Terraform or Terragrunt source, with the names of those files."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            directory, _, name = path.rpartition("/")
            if is_configuration(name) or name == FILE:
                found.setdefault(directory, []).append(name)
        return found

    @cached_property
    def root_paths(self) -> tuple[str, ...]:
        """The directories in which somebody runs Terraform, sorted.

        In a Terragrunt repo those with a terragrunt.hcl that have (or point to) source of their own;
        elsewhere those that are in no ``modules`` directory and that no other module calls.
        """
        with_terragrunt = [d for d, names in self.directories.items() if FILE in names]
        if with_terragrunt:
            return tuple(d for d in with_terragrunt if self._is_terragrunt_root(d))
        candidates = [d for d in self.directories if "modules" not in d.split("/")]
        called = {target for d in candidates for target in self._called_from(d)}
        return tuple(d for d in candidates if d not in called)

    def _is_terragrunt_root(self, directory: str) -> bool:
        if any(is_configuration(name) for name in self.directories[directory]):
            return True
        return read_settings(self.tree, directory).source is not None

    def _called_from(self, directory: str) -> Iterator[str]:
        module = load_module(self.tree, directory)
        for section in module.calls.values():
            source = section.attributes.get("source")
            text = string_of(source.node) if source is not None else None
            if text is not None and text.startswith("."):
                yield posixpath.normpath(posixpath.join(directory, text))

    def root(self, path: str) -> Root:
        """The root module in ``path``, read once."""
        if path not in self._roots:
            settings = read_settings(self.tree, path)
            settings.applied.variable_files += [string(file) for file in self._variable_files.get(path, ())]
            self._roots[path] = Root(self.tree, path, settings)
        return self._roots[path]

    @cached_property
    def roots(self) -> tuple[Root, ...]:
        return tuple(self.root(path) for path in self.root_paths)

    def kept(self, question: Hashable, answer: Callable[[], R]) -> R:
        """The answer to a question about this repo, worked out once."""
        if question not in self._answers:
            self._answers[question] = answer()
        found: R = self._answers[question]
        return found


def kept(function: Callable[Concatenate[Infra, P], R]) -> Callable[Concatenate[Infra, P], R]:
    """Have a function's answers kept with the repo that it is asked about, and for as long as that is."""

    @wraps(function)
    def answer(infra: Infra, /, *arguments: P.args, **named: P.kwargs) -> R:
        return infra.kept((function, arguments, *sorted(named.items())), lambda: function(infra, *arguments, **named))

    return answer


def load(
    path: Path, cache: ParseCache | None = None, variable_files: Mapping[str, Sequence[str]] | None = None
) -> Infra:
    """The infra repo in a directory.  Nothing is read until it is asked for.  ``variable_files`` are given to a root
    module on the command line (``-var-file``), by its path.

    Raises TerraformError where ``path`` is no directory.
    """
    if not path.is_dir():
        raise TerraformError(Diagnostic("No infra repo", f"{path} is not a directory"))
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))
    return Infra(path, cache, variable_files)
