"""What a root module declares, evaluated: resources with their bodies, block by block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from msgspec import Struct, field

from tfparse.cty.values import Unknown, Value, unknown
from tfparse.diagnostics import Origin


class Argument(ABC):
    """Works out arguments of a block once they are asked for."""

    @abstractmethod
    def __call__(self, name: str) -> Value:
        """The value of the argument of a name."""

    @abstractmethod
    def made_of(self, name: str, function: str) -> Value | None:
        """What it is made of by a function, if all of it is written as a call of that with one argument; None too where
        that is in error.
        """


class Body:
    """The content of a block: attributes (evaluated when asked for) and nested blocks, in source order.

    An attribute whose expression is in error is an unknown value whose reason quotes the diagnostic.
    In a body of which nothing is known (``opaque`` says why) every attribute is unknown.
    """

    __slots__ = ("_attributes", "_blocks", "_kept", "origin", "opaque")

    def __init__(
        self,
        attributes: Mapping[str, Value | Argument],
        blocks: tuple[Block, ...] | Callable[[], tuple[Block, ...]] = (),
        origin: Origin | None = None,
        opaque: Unknown | None = None,
    ) -> None:
        self.opaque = opaque
        self._attributes = dict(attributes)
        self._blocks = blocks
        self.origin = origin
        self._kept: dict[Hashable, Any] | None = None

    @property
    def kept(self) -> dict[Hashable, Any]:
        """What its readers have found out of it, and of nothing else."""
        if self._kept is None:
            self._kept = {}
        return self._kept

    def attribute_names(self) -> tuple[str, ...]:
        return tuple(self._attributes)

    def attribute(self, name: str) -> Value | None:
        """The value of an attribute, None where the body does not set it (which a null also means)."""
        held = self._attributes.get(name)
        if held is None:
            return None if self.opaque is None else unknown(self.opaque.reason, self.opaque.origin)
        if not isinstance(held, Value):
            held = self._attributes[name] = held(name)
        return None if held.is_null else held

    def made_of(self, name: str, function: str) -> Value | None:
        """What an attribute that was not asked for yet is made of: see :meth:`Argument.made_of`."""
        held = self._attributes.get(name)
        return held.made_of(name, function) if isinstance(held, Argument) else None

    def blocks(self, type: str | None = None) -> tuple[Block, ...]:
        """The nested blocks, or those of one type.  Look at :attr:`Block.repetition` before counting."""
        if callable(self._blocks):
            self._blocks = self._blocks()
        return self._blocks if type is None else tuple(b for b in self._blocks if b.type == type)


class Block(Struct, frozen=True):
    """A nested block.  ``repetition`` is set where a ``dynamic`` block's ``for_each`` is not known: then
    there is some number of these, perhaps none, and what differs between them is unknown in ``body``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    origin: Origin
    repetition: Unknown | None = None


class IgnoredPath(Struct, frozen=True):
    """An entry of ``lifecycle.ignore_changes``: ``("spec", 0, "replicas")``; of ``all``, the empty path."""

    path: tuple[str | int, ...]
    origin: Origin


class Resource(Struct, frozen=True):
    """One instance of a resource (or data source).

    ``key`` is its ``count`` index or ``for_each`` key.  ``repetition`` is set where ``count`` or
    ``for_each`` is not known: then there is some number of these, perhaps none.  ``provider`` is the provider
    configuration that it goes through, as the root names it; ``meta`` holds its ``provisioner`` and
    ``lifecycle`` blocks.
    """

    address: str
    mode: str
    type: str
    name: str
    key: str | int | None
    body: Body
    origin: Origin
    ignoring: Callable[[], tuple[IgnoredPath, ...]] = tuple
    repetition: Unknown | None = None
    provider: str = ""
    meta: Body = field(default_factory=lambda: Body({}))

    @property
    def ignore_changes(self) -> tuple[IgnoredPath, ...]:
        """The entries of its ``ignore_changes``, which are seldom asked for (``ignoring`` reads them)."""
        return self.ignoring()
