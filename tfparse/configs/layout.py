"""Where the root modules of a repo are: the folders in which somebody runs Terraform."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from tfparse.configs.file_names import is_configuration
from tfparse.configs.module import Module, load_module
from tfparse.configs.terragrunt import FILES, STACK, read_settings
from tfparse.diagnostics import Diagnostic, TerraformError
from tfparse.hcl.walking import string_of
from tfparse.source.sources import SourceTree

MAX_ROOTS = 3_000
"""How many root modules are read: each takes some milliseconds, and a promise may be about all of them."""
MAX_LINKED = 10_000


class Layout:
    """The folders of a repo that hold source, and which of them are roots.

    In a Terragrunt repo those with a terragrunt.hcl that have (or point to) source of their own, and those that have
    none, configure a backend or a provider, and are called by nobody; elsewhere those that are in no ``modules``
    directory and that no other module calls.  What is behind a symbolic link counts where it seems to stand, unless it
    is a root where it really is.
    """

    def __init__(self, tree: SourceTree, files: Sequence[str]) -> None:
        self._tree = tree
        self._real: dict[str, list[str]] = {}
        for path in files:
            directory, _, name = path.rpartition("/")
            if is_configuration(name) or name in (*FILES, STACK):
                self._real.setdefault(directory, []).append(name)
        links = tree.place.linked(files) if self._real else {}
        self.linked = dict(islice(_behind(links, self._real), MAX_LINKED + 1))
        """The folders with source that stand behind a symbolic link, each with where it really is."""

    @cached_property
    def directories(self) -> dict[str, list[str]]:
        """The folders that hold Terraform or Terragrunt source, with the names of those files."""
        return self._real | {path: self._real[real] for path, real in self.linked.items() if real not in self._at_home}

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The roots, sorted.

        Raises:
            TerraformError: there are too many of them.
        """
        found = self._at_home if self._is_terragrunts else self._uncalled(self.directories)
        if len(found) > MAX_ROOTS or len(self.linked) > MAX_LINKED:
            detail = f"No more than {MAX_ROOTS} are read, or {MAX_LINKED} folders behind symbolic links."
            raise TerraformError(Diagnostic("Too many root modules", detail))
        return tuple(found)

    @cached_property
    def _is_terragrunts(self) -> bool:
        return any(map(_is_configured, self._real.values()))

    @cached_property
    def _at_home(self) -> dict[str, None]:
        """The roots where they really are."""
        if self._is_terragrunts:
            configured = (d for d, names in self._real.items() if _is_configured(names))
            found = [*filter(self._has_source, configured), *self._beside_terragrunt()]
        else:
            found = [*self._uncalled(self._real)]
        return dict.fromkeys([*found, *filter(self._has_unread_units, self._real)])

    def _has_source(self, directory: str) -> bool:
        if any(is_configuration(name) for name in self._real[directory]):
            return True
        return read_settings(self._tree, directory).source is not None

    def _has_unread_units(self, directory: str) -> bool:
        """Whether a stack of Terragrunt's there says that it has what cannot be read."""
        if STACK not in self._real[directory]:
            return False
        settings = read_settings(self._tree, directory)
        return bool(settings.applied.doubts or settings.diagnostics)

    def _beside_terragrunt(self) -> list[str]:
        """The roots of a Terragrunt repo for which Terragrunt is not needed."""
        without = (d for d, names in self._real.items() if not _is_configured(names) and "modules" not in d.split("/"))
        found = [d for d in without if _is_set_up(load_module(self._tree, d))]
        if not found:
            return []
        used = {target for d in self._real for target in self._called_from(d)}
        sources = {read_settings(self._tree, d).source for d, names in self._real.items() if _is_configured(names)}
        return [d for d in found if d not in used | sources]

    def _uncalled(self, directories: Iterable[str]) -> dict[str, None]:
        """Those that are in no ``modules`` directory and that none of them calls."""
        candidates = [d for d in directories if "modules" not in d.split("/")]
        called = {target for d in candidates for target in self._called_from(d)}
        return dict.fromkeys(d for d in candidates if d not in called)

    def _called_from(self, directory: str) -> Iterator[str]:
        for section in load_module(self._tree, directory).calls.values():
            source = section.attributes.get("source")
            text = string_of(source.node) if source is not None else None
            if text is not None and text.startswith("."):
                yield posixpath.normpath(posixpath.join(directory, text))


def _is_set_up(module: Module) -> bool:
    """Whether a module is meant to be run by itself: it says where its state goes, or configures a provider."""
    state = (inner.type for block in module.blocks if block.type == "terraform" for inner in block.blocks)
    return any(block.type == "provider" for block in module.blocks) or not {"backend", "cloud"}.isdisjoint(state)


def _is_configured(names: Iterable[str]) -> bool:
    return any(name in FILES for name in names)


def _behind(links: Mapping[str, str], directories: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The paths by which folders are reached through symbolic links, each with the folder's own."""
    inside: dict[str, list[str]] = {}
    for link, folder in links.items():
        below = f"{folder}/"
        if folder not in inside:  # most lead to the same few
            inside[folder] = [d for d in directories if d == folder or d.startswith(below)]
        if not link.startswith(below):  # it would go on for ever
            yield from ((link + directory[len(folder) :], directory) for directory in inside[folder])
