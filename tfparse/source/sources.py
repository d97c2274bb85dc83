"""The files of an infra repo: read inside its root only, parsed at most once."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from tfparse.cty.values import Part, Value
from tfparse.diagnostics import EXCERPT, Diagnostic, Origin, TerraformError, UnsupportedError, kept
from tfparse.hcl.ast import Body, Expression
from tfparse.hcl.json_syntax import parse_json_file
from tfparse.hcl.syntax import parse_file
from tfparse.hcl.template import parse_template
from tfparse.source.cache import ParseCache, Tree
from tfparse.source.git import GIT_CRYPT, Checkout, checkout
from tfparse.source.listing import Listing, listed
from tfparse.source.pools import MAX_READ, MAX_SOURCE, Pools, weight

MAX_FILE = 16 * 1024 * 1024
"""Bytes of the largest file that is read."""

CHECKOUT = "/\ufffc"
"""Stands for the absolute path of the repo's checkout, which only whoever runs Terraform knows."""


_Key = TypeVar("_Key")


class OutsideRoot(ValueError):
    """A path that leads out of the infra repo, by ``..`` or by a symbolic link, or that none can be."""


class FileTooLarge(OSError):
    """A file of more than :data:`MAX_FILE` bytes, or one too many for a run."""


@dataclass
class SourceTree:
    """An infra repo on disk.  Paths are relative to its root, with ``/`` and without ``.`` and ``..``."""

    root: Path
    cache: ParseCache = field(default_factory=ParseCache)
    _places: dict[str, str] = field(default_factory=dict)
    _parsed: dict[str, Body | TerraformError] = field(default_factory=dict)
    _generated: dict[tuple[str, str, tuple[Part, ...]], Body | TerraformError] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict)
    pools: Pools = field(default_factory=Pools)
    _read: set[str] = field(default_factory=set)
    _weighed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.root = self.root.resolve()

    @cached_property
    def checkout(self) -> Checkout | None:
        """The git checkout that the repo is; None of a folder that is none."""
        return checkout(self.root)

    @cached_property
    def listing(self) -> Listing | None:
        """What git takes for the repo's; None where all that stands in the folder is."""
        return listed(self.checkout) if self.checkout is not None else None

    def locate(self, directory: str, path: str) -> str:
        """``path`` as seen from ``directory``, as a path of this tree.  Raises OutsideRoot."""
        if path.startswith(CHECKOUT):
            directory, path = "", path.removeprefix(CHECKOUT).lstrip("/") or "."
        if "\0" in path:
            raise OutsideRoot("no path has a null character in it")
        if posixpath.isabs(path):
            raise OutsideRoot(f"the absolute path {path} is outside of the infra repo")
        joined = posixpath.normpath(posixpath.join(directory or ".", path))
        if joined == ".." or joined.startswith("../"):
            raise OutsideRoot(f"{path} leads out of the infra repo")
        return "" if joined == "." else joined

    def on_disk(self, path: str) -> str:
        """Where ``path`` is, symbolic links resolved.  Raises OutsideRoot."""
        folder, _, name = path.rpartition("/")
        place = os.path.join(self._folder(folder), name) if name else self._folder(path)
        if os.path.islink(place):
            place = os.path.realpath(place)
        root = str(self.root)
        if place != root and not place.startswith(os.path.join(root, "")):
            raise OutsideRoot(f"{path} is a symbolic link out of the infra repo")
        return place

    def _is_ours(self, place: str) -> bool:
        """Whether what is at a place on disk is part of the repo: it is not where git ignores it, or keeps its own."""
        path = place[len(str(self.root)) :].lstrip("/")
        return ".git" not in path.split("/") and (self.listing is None or self.listing.holds(path))

    def _folder(self, path: str) -> str:
        """Where a directory is.  Most questions are about the same few: each link on the way costs a system call."""
        if path not in self._places:
            self._places[path] = os.path.realpath(self.root / path)
        return self._places[path]

    def read_bytes(self, path: str) -> bytes:
        """The content of a file.  Raises OSError, or OutsideRoot."""
        place = self.on_disk(path)
        if not os.path.isfile(place):
            # A device or a pipe in a pull request must not be opened: reading it may never end.
            raise FileNotFoundError(f"{path} is not a file" if os.path.exists(place) else f"there is no file {path}")
        if not self._is_ours(place):
            raise FileNotFoundError(f"there is no file {path} in the repo: git ignores it")
        size = os.path.getsize(place)
        if size > MAX_FILE:
            raise FileTooLarge(f"{path} is larger than {MAX_FILE // 1024 // 1024} MB")
        if place not in self._read and not self.pools.read.take(size, size):
            raise FileTooLarge(f"{path}: the files that are read have more than {MAX_READ // 1024 // 1024} MB together")
        self._read.add(place)
        return Path(place).read_bytes()

    def names(self, directory: str) -> list[str]:
        """The names in a directory of all but directories, sorted; none where there is no such directory.

        A link that leads nowhere is among them: whoever reads it is told, and nobody takes it for absent.
        """
        try:
            place = self.on_disk(directory)
            entries = os.scandir(place)
        except (OSError, OutsideRoot):
            return []
        with entries:
            names = sorted(e.name for e in entries if not e.is_dir(follow_symlinks=False))
        return [name for name in names if self._is_ours(os.path.join(place, name))]

    def is_directory(self, path: str) -> bool:
        try:
            place = self.on_disk(path)
            return os.path.isdir(place) and self._is_ours(place)
        except OutsideRoot:
            return False

    def is_file(self, path: str) -> bool:
        try:
            place = self.on_disk(path)
            return os.path.isfile(place) and self._is_ours(place)
        except OutsideRoot:
            return False

    def parse(self, path: str) -> Body:
        """The body of a ``.tf``, ``.tf.json``, ``.tfvars`` or ``.hcl`` file.  Raises TerraformError."""
        return _once(self._parsed, path, lambda: self._parse(path))

    def _parse(self, path: str) -> Body:
        try:
            data = self.read_bytes(path)
        except (OSError, OutsideRoot) as error:
            raise TerraformError(Diagnostic("Failed to read file", str(error), Origin(path, 1))) from None
        if data.startswith(GIT_CRYPT):
            raise TerraformError(Diagnostic("Encrypted file", f"{path} is git-crypt ciphertext", Origin(path, 1)))
        return self._tree(data, path, _parser(path))

    def _tree(self, data: bytes, name: str, parser: Callable[[bytes, str], Tree]) -> Tree:
        """The syntax tree of a text, if what one run may parse is not used up.  Raises UnsupportedError."""
        key = hash(data)
        if key not in self._weighed:
            own = weight(data)
            if not self.pools.source.take(own, own):
                detail = f"The files that are parsed have more than {MAX_SOURCE} words and marks together."
                raise UnsupportedError(Diagnostic("Too much source", detail, Origin(name, 1)))
            self._weighed.add(key)
        return self.cache.parsed(data, name, parser)

    def parse_generated(self, name: str, contents: Value, file: str) -> Body:
        """The body of the file ``name`` that some program writes, the text of which stands in ``file``.

        What every root includes is the same for most of them.  Raises TerraformError.
        """
        parts = contents.text_parts()
        return _once(self._generated, (name, file, parts), lambda: self._parse_generated(name, contents, file))

    def _parse_generated(self, name: str, contents: Value, file: str) -> Body:
        tree = self._tree(contents.as_string().encode(), name, _parser(name))
        return _relocated(tree, _places(contents, file))

    def parse_template(self, contents: Value, file: str) -> Expression:
        """The template that ``contents``, a known string that stands in ``file``, is.  Raises TerraformError."""
        tree = self._tree(contents.as_string().encode(), file, _parse_template)
        first, *others = contents.text_parts() or (Part("", None),)
        if not others and (first.origin is None or (first.verbatim and first.origin.line == 1)):
            return tree
        return _relocated(tree, _places(contents, file))

    def excerpt(self, origin: Origin) -> str:
        """The source line at ``origin``, or as much of it as one wants to see; empty where there is none to show."""
        if origin.file not in self._lines:
            try:
                text = self.read_bytes(origin.file).decode("utf-8", "replace")
            except (OSError, OutsideRoot):
                text = ""
            self._lines[origin.file] = text.split("\n")
        lines = self._lines[origin.file]
        return lines[origin.line - 1][:EXCERPT].rstrip("\r") if 0 < origin.line <= len(lines) else ""


def _parser(name: str) -> Callable[[bytes, str], Body]:
    return parse_json_file if name.endswith(".json") else parse_file


def _once(held: dict[_Key, Body | TerraformError], key: _Key, work: Callable[[], Body]) -> Body:
    """What ``work`` gives or raises, the first time."""
    if key not in held:
        try:
            held[key] = work()
        except TerraformError as error:
            held[key] = kept(error)
    result = held[key]
    if isinstance(result, TerraformError):
        raise kept(result)
    return result


def _parse_template(data: bytes, name: str) -> Expression:
    return parse_template(data.decode(), name)


def _places(contents: Value, file: str) -> dict[int, int]:
    """In which line of ``file`` each line of a text stands."""
    return {
        number: line.origin.line
        for number, line in enumerate(contents.lines(), 1)
        if line.origin is not None and line.origin.file == file
    }


def _relocated(tree: Tree, lines: Mapping[int, int]) -> Tree:
    """A syntax tree as if its line ``n`` stood at ``lines[n]``: for text that another file generates."""

    def moved(part: Any) -> Any:
        match part:
            case (str(), int(), int(), *_):
                tag, line, column, *inner = part
                return (tag, lines.get(line, line), column, *map(moved, inner))
            case tuple():
                return tuple(map(moved, part))
        return part

    result: Tree = moved(tree)
    return result
