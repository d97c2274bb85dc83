"""The files of a repo, as holders of Kubernetes objects."""

from __future__ import annotations

import posixpath
from functools import cached_property

from msgspec import Struct, field

from readers.manifests.documents import Documents, Filling, objects_of, read_documents, verbatim
from tfparse.cty.values import Unknown, Value, string
from tfparse.diagnostics import Origin
from tfparse.source.sources import SourceTree


class Built(Struct):
    """Objects, and why there may be others."""

    objects: list[Value] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    """The command of the program that made it, by the kind and name of an object."""

    def add(self, other: Built) -> None:
        """Take over what another has."""
        self.objects += other.objects
        self.doubts += other.doubts
        self.made |= other.made


class Files(Struct, dict=True):
    """The files of a repo, or of a folder that is no part of it."""

    tree: SourceTree
    prefix: str = ""
    """What stands before the paths of its files where it is no part of the repo."""
    fill: Filling = verbatim
    """What is put into each file before it is read."""

    @cached_property
    def files(self) -> frozenset[str]:
        """The paths of all files."""
        self.tree.reads.below.add("")
        return frozenset(self.tree.place.every())

    def shown(self, path: str) -> str:
        """A path as it is told."""
        return posixpath.join(self.prefix, path) or "."

    def text(self, path: str) -> Value:
        """The text of a file.  Raises OSError, OutsideRoot or UnicodeDecodeError."""
        return string(self.tree.read_bytes(path).decode(), Origin(self.shown(path), 1), verbatim=True)

    def documents(self, path: str) -> Documents:
        """The documents of a file."""
        return read_documents(self.tree, path, self.shown(path), self.fill)

    def file(self, path: str) -> Built:
        """What a file declares."""
        found = self.documents(path)
        return Built([one for held in found.maps for one in objects_of(held)], list(found.doubts))
