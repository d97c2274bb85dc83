"""The files of an infra repo: read inside its root only, parsed at most once."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from tfparse.cty.values import Part, Value
from tfparse.diagnostics import EXCERPT, Diagnostic, Origin, TerraformError, UnsupportedError, once
from tfparse.hcl.ast import Body, Expression
from tfparse.source.at_hand import AtHand
from tfparse.source.cache import ParseCache, Tree, digest_of
from tfparse.source.git import GIT_CRYPT, Checkout
from tfparse.source.parsers import parse_template_file, parser_of
from tfparse.source.places import MAX_FILE, FileTooLarge, Folder, OutsideRoot, Place
from tfparse.source.pools import MAX_READ, MAX_SOURCE, Pools, weight
from tfparse.source.reads import Changes, Reads
from tfparse.source.relocation import places_in, relocated
from tfparse.source.secret_places import SecretPlaces, SecretsTold

Made = TypeVar("Made")
CHECKOUT = "/\ufffc"
"""Stands for the absolute path of the repo's checkout, which only whoever runs Terraform knows."""


class SourceTree(Struct, dict=True):
    """The files of an infra repo.  Paths are relative to its root, with ``/`` and without ``.`` and ``..``.

    ``reads`` keeps what is looked at; a :meth:`view` is the same tree that keeps it apart.
    """

    root: Path
    cache: ParseCache = field(default_factory=ParseCache)
    place: Place = None  # type: ignore[assignment]  # set below, where none is given
    reads: Reads = field(default_factory=Reads)
    find_secrets: Callable[[], SecretPlaces] = SecretPlaces
    """Says where secrets are read, once that is asked."""
    made_of_secrets: set[str] = field(default_factory=set)
    """The texts that functions have made of secrets so far."""
    _parsed: dict[str, Body | TerraformError] = field(default_factory=dict)
    _generated: dict[tuple[str, str, tuple[Part, ...]], Body | TerraformError] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict)
    _made: dict[Hashable, tuple[Any, Reads, SecretsTold | None]] = field(default_factory=dict)
    _led: dict[str, str] = field(default_factory=dict)
    """Where the paths lead of which something is at hand."""
    pools: Pools = field(default_factory=Pools)
    sizes: dict[str, int] = field(default_factory=dict)
    weights: dict[int, int] = field(default_factory=dict)
    """What was taken from the pools for each file that was read, and for each source that was parsed."""
    _digests: dict[str, bytes] = field(default_factory=dict)
    at_hand: AtHand = field(default_factory=AtHand)

    def __post_init__(self) -> None:
        self.root = self.root.resolve()
        if self.place is None:
            self.place = Folder(self.root)

    @property
    def checkout(self) -> Checkout | None:
        """The git checkout that the repo is; None of a folder that is none, and of a commit."""
        return self.place.checkout if isinstance(self.place, Folder) else None

    def view(self) -> SourceTree:
        """The same tree, for somebody whose reads are kept apart."""
        view = copy(self)
        view.reads = Reads()
        vars(view).pop("secrets", None)  # what one is told is kept apart, too
        return view

    def forget(self, changes: Changes) -> None:
        """Drop what was read of files that have changed.  What a run may use up begins anew."""
        behind = {path for path, real in self._led.items() if changes.redirects or real in changes.paths}
        for path in (*self._parsed, *self._lines) if changes.redirects else behind | changes.paths:
            self._parsed.pop(path, None)
            self._lines.pop(path, None)
        for path in behind:
            del self._led[path]
        for what in [what for what, (_, reads, _) in self._made.items() if reads.touched(changes)]:
            del self._made[what]
        for held in (self._generated, self.sizes, self.weights, self._digests):
            held.clear()
        self.pools.refill()

    def put_away(self) -> None:
        """Hold no syntax tree that nobody else does, where it can be taken from the cache another time."""
        if self.cache.has_file:
            self._parsed.clear()
            self._made.clear()
            self.cache.shrink(0)

    def once(self, what: Hashable, make: Callable[[SourceTree], Made]) -> Made:
        """What is made of files alone, the first time that anybody asks; whoever asks has looked at what that took, and
        was told of secrets what that was told.  (Where they are asked for, ``what`` says who tells.)
        """
        if what not in self._made:
            tree = self.view()
            self._made[what] = make(tree), tree.reads, vars(tree).get("secrets")
        made, reads, told = self._made[what]
        self.reads.add(reads)
        if told is not None:
            self.secrets.add(told)
        result: Made = made
        return result

    @cached_property
    def secrets(self) -> SecretsTold:
        """Where what must not be shown is read."""
        return SecretsTold(self.find_secrets(), self.made_of_secrets)

    def locate(self, directory: str, path: str) -> str:
        """``path`` as seen from ``directory``, as a path of this tree.

        Raises:
            OutsideRoot: it leads out of the root.
        """
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

    def resolve(self, path: str) -> str:
        """Where ``path`` leads, symbolic links followed.

        Raises:
            OutsideRoot: it leads out of the root.
        """
        return self._followed(path, self.reads.files)

    def _followed(self, path: str, reads: set[str]) -> str:
        reads.add(path)
        real = self.place.resolve(path)
        reads.add(real)
        return real

    def _looked_at(self, path: str) -> None:
        """Note that a file is used of which the content may be at hand already."""
        if path not in self._led:
            with suppress(OutsideRoot):
                self._led[path] = self.resolve(path)
            return
        self.reads.files |= {path, self._led[path]}

    def read_bytes(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            OSError: it cannot be read.
            OutsideRoot: it leads out of the root.
        """
        if path in self.at_hand.contents:
            self._looked_at(path)
            return self.at_hand.contents[path]
        place, real = self.place, self.resolve(path)
        if not place.is_file(real):
            # A device or a pipe in a pull request must not be opened: reading it may never end.
            raise FileNotFoundError(f"{path} is not a file" if place.exists(real) else f"there is no file {path}")
        if not place.is_ours(real):
            raise FileNotFoundError(f"there is no file {path} in the repo: git ignores it")
        size = place.size(real)
        if size > MAX_FILE:
            raise FileTooLarge(f"{path} is larger than {MAX_FILE // 1024 // 1024} MB")
        if real not in self.sizes and not self.pools.read.take(size, size):
            raise FileTooLarge(f"{path}: the files that are read have more than {MAX_READ // 1024 // 1024} MB together")
        self.sizes[real] = size
        return self.at_hand.kept(path, place.read(real))

    def names(self, directory: str) -> list[str]:
        """The names in a directory of all but directories, sorted; none where there is no such directory.

        A link that leads nowhere is among them: whoever reads it is told, and nobody takes it for absent.
        """
        try:
            return self.place.names(self._followed(directory, self.reads.folders))
        except OutsideRoot:
            return []

    def glob(self, directory: str, pattern: str) -> Iterator[tuple[str, bool]]:
        """What is in a directory (``*``), or anywhere below it (``**/*``), relative to it; whether each is a file."""
        self.reads.searched.add(directory)
        return self.place.glob(self._followed(directory, self.reads.below), pattern)

    def every(self) -> list[str]:
        """The paths of all files that are part of the repo; those of a folder come together."""
        self.reads.below.add("")
        return self.place.every()

    @property
    def reads_what_is_ignored(self) -> bool:
        """Whether something was read though git ignores it."""
        return isinstance(self.place, Folder) and bool(self.place.fetched)

    def reads_fetched(self, folder: str) -> bool:
        """Whether there is a folder of what was fetched for the repo, which is then read though git ignores it.

        What git tracks there is the word of whoever committed it, and not what was fetched.

        Raises:
            OutsideRoot: it leads out of the repo.
        """
        real = self._followed(folder, self.reads.below)
        if not isinstance(self.place, Folder) or not self.place.is_folder(real) or self.place.may_be_tracked(real):
            return False
        self.place.fetched.add(real[len(str(self.place.root)) :].lstrip("/"))
        return True

    def is_directory(self, path: str) -> bool:
        try:
            real = self._followed(path, self.reads.below)
            return self.place.is_folder(real) and self.place.is_ours(real)
        except OutsideRoot:
            return False

    def is_file(self, path: str) -> bool:
        try:
            real = self.resolve(path)
            return self.place.is_file(real) and self.place.is_ours(real)
        except OutsideRoot:
            return False

    def parse(self, path: str) -> Body:
        """The body of a ``.tf``, ``.tf.json``, ``.tfvars`` or ``.hcl`` file.

        Raises:
            TerraformError: it cannot be read or parsed.
        """
        self._looked_at(path)
        return once(self._parsed, path, lambda: self._parse(path))

    def _parse(self, path: str) -> Body:
        try:
            data = self.read_bytes(path)
        except (OSError, OutsideRoot) as error:
            raise TerraformError(Diagnostic("Failed to read file", str(error), Origin(path, 1))) from None
        if data.startswith(GIT_CRYPT):
            raise TerraformError(Diagnostic("Encrypted file", f"{path} is git-crypt ciphertext", Origin(path, 1)))
        return self._tree(data, path, parser_of(path))

    def _tree(self, data: bytes, name: str, parser: Callable[[bytes, str], Tree]) -> Tree:
        """The syntax tree of a text, if what one run may parse is not used up.

        Raises:
            UnsupportedError: it is larger than what is read.
        """
        if not self._takes(data):
            detail = f"The files that are parsed have more than {MAX_SOURCE} words and marks together."
            raise UnsupportedError(Diagnostic("Too much source", detail, Origin(name, 1)))
        return self.cache.parsed(data, name, parser)

    def _takes(self, data: bytes, own: int | None = None) -> bool:
        """Whether a source may be parsed in this run.  ``own``: what it weighs, where that is known."""
        key = hash(data)
        if key not in self.weights:
            own = weight(data) if own is None else own
            if not self.pools.source.take(own, own):
                return False
            self.weights[key] = own
        return True

    def told(self, paths: Sequence[str], about: bytes, work: Callable[[], Any]) -> Any:
        """What ``work`` makes of some Terraform files, as plain data, kept between runs if it has parsed them all and
        each is in order.  ``about`` is what decides it besides, ``paths`` among it.

        So much may be parsed in this run besides as if these files were parsed.
        """
        try:
            sources = [self.read_bytes(path) for path in paths]
        except (OSError, OutsideRoot):
            return work()
        digests = [self._digest(path, data) for path, data in zip(paths, sources, strict=True)]
        fresh: list[Any] = []

        def anew() -> Any:
            with self.at_hand.holding(zip(paths, sources, strict=True)):  # so that it is of what the digests are of
                fresh.append(work())
            weights = [self.weights.get(hash(data)) for data in sources]
            in_order = all(isinstance(self._parsed.get(path), tuple) for path in paths)
            return (fresh[0], weights) if in_order and None not in weights else None

        held = self.cache.told(digests, about, anew)
        if not fresh and not all(map(self._takes, sources, held[1])):
            return work()
        return fresh[0] if fresh else held[0]

    def told_of_texts(self, paths: Sequence[str], about: bytes, work: Callable[[], Any]) -> Any:
        """What ``work`` makes of the texts of some files of source, as plain data, kept between runs.  ``about`` is
        what decides it besides.  Whoever asks has looked at each of them before.
        """
        if not self.cache.has_file:
            return work()
        try:
            digests = [self._digests.get(path) or self._digest(path, self.read_bytes(path)) for path in paths]
        except (OSError, OutsideRoot):
            return work()
        return self.cache.told(digests, about, work)

    def _digest(self, path: str, data: bytes) -> bytes:
        digest = self._digests[path] = digest_of(data, path, parser_of(path))
        return digest

    def parse_generated(self, name: str, contents: Value, file: str) -> Body:
        """The body of the file ``name`` that some program writes, the text of which stands in ``file``.

        What every root includes is the same for most of them.

        Raises:
            TerraformError: it cannot be parsed.
        """
        parts = contents.text_parts()
        return once(self._generated, (name, file, parts), lambda: self._parse_generated(name, contents, file))

    def _parse_generated(self, name: str, contents: Value, file: str) -> Body:
        tree = self._tree(contents.as_string().encode(), name, parser_of(name))
        return relocated(tree, places_in(contents, file))

    def parse_template(self, contents: Value, file: str) -> Expression:
        """The template that ``contents``, a known string that stands in ``file``, is.

        Raises:
            TerraformError: it cannot be read or parsed.
        """
        tree = self._tree(contents.as_string().encode(), file, parse_template_file)
        first, *others = contents.text_parts() or (Part("", None),)
        if not others and (first.origin is None or (first.verbatim and first.origin.line == 1)):
            return tree
        return relocated(tree, places_in(contents, file))

    def excerpt(self, origin: Origin) -> str:
        """The source line at ``origin``, or as much of it as one wants to see; empty where there is none to show."""
        self._looked_at(origin.file)
        if origin.file not in self._lines:
            try:
                text = self.read_bytes(origin.file).decode("utf-8", "replace")
            except (OSError, OutsideRoot):
                text = ""
            self._lines[origin.file] = text.split("\n")
        lines = self._lines[origin.file]
        return lines[origin.line - 1][:EXCERPT].rstrip("\r") if 0 < origin.line <= len(lines) else ""
