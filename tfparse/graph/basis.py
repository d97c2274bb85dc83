"""What an answer about a repo rests on: as it is known within a run, and as plain data for the next."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct, field

from tfparse.graph.root import State
from tfparse.source.reads import Reads


class Basis(Struct, eq=False):
    """What something rests on: the ``reads`` of its own, the paths of the roots if it asked for all of them, whether
    some paths ``are_roots``, ``roots`` as a whole, and what all of them ``said`` to a question; None where that was not
    told.
    """

    reads: Reads
    root_paths: tuple[str, ...] | None = None
    are_roots: dict[str, bool] = field(default_factory=dict)
    roots: dict[str, State | None] = field(default_factory=dict)
    said: dict[Any, Any] = field(default_factory=dict)
    _taken: dict[int, Basis] = field(default_factory=dict)
    """What it rests on already, by identity."""

    def add(self, other: Basis) -> None:
        """Rest on all that another rests on, too, which nothing will be added to any more."""
        if id(other) in self._taken:
            return
        self._taken[id(other)] = other
        self.reads.add(other.reads)
        self.root_paths = other.root_paths if self.root_paths is None else self.root_paths
        self.are_roots |= other.are_roots
        for path, state in other.roots.items():
            self.roots[path] = state if self.roots.get(path, state) is state else None
        for asked, said in other.said.items():
            self.said[asked] = said if self.said.get(asked, said) is said else None


class NoBasis(Basis, eq=False):
    """That of somebody who asks often, and of whom nobody wants to know what he rests on."""

    def add(self, other: Basis) -> None:
        """Leave it."""


class Held(NamedTuple):
    """The same as plain data: all ``places`` that were looked at (:func:`tfparse.source.snapshot.places_of`), the
    ``root_paths`` if they were asked for, which paths ``are_roots``, what was ``said`` (each question packed, the root
    that it was not put to, a digest of the answers), and what was ``told`` of secrets.
    """

    places: list[str]
    root_paths: tuple[str, ...] | None
    are_roots: dict[str, bool]
    said: list[tuple[Any, str | None, bytes | None]]
    told: dict[tuple[str, ...], Any]
