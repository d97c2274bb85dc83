"""What a path leads through: values, and the bodies of resources with their nested blocks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from msgspec import Struct

from readers import Malformed
from readers.account import NO_ACCOUNT, Account, Certainty, present, some
from tfparse import Origin, Value
from tfparse.cty.values import Unknown, object_, tuple_, unknown
from tfparse.graph.model import Block, Body, IgnoredPath


class Child(NamedTuple):
    """What stands under a step; ``there`` is the unknown that hides whether it does, else True."""

    node: Node
    there: Certainty


class Node(Struct, frozen=True):
    """Something with keys or elements, or neither."""

    @property
    def origin(self) -> Origin | None:
        """The line that declares it."""
        raise NotImplementedError

    def value(self) -> Value:
        """It as a value, nested blocks as objects.

        Raises:
            UnknownValueError: it cannot be known how many of them there are.
        """
        held = {key: child.node.value() for key in self.keys() if (child := self.child(key)) is not None}
        return object_(held, self.origin)

    def keys(self) -> Sequence[str]:
        """The keys that certainly stand here, for hints."""
        return ()

    def child(self, key: str) -> Child | None:
        """What stands under a key; None where certainly nothing does.

        Raises:
            Malformed: this is a list, and the path does not say which element is meant; or it is a single value.
        """
        raise NotImplementedError

    def elements(self) -> list[Child] | None:
        """The elements of a list, or values of a mapping; None where this is neither."""
        return None

    def unseen(self) -> Unknown | None:
        """Why there may be more keys or elements than these, or other ones."""
        return None


class ValueNode(Node, frozen=True):
    """A value: what an attribute holds, a decoded document, a part of either."""

    held: Value
    at: Origin | None = None

    @property
    def origin(self) -> Origin | None:
        return self.held.origin or self.at

    def value(self) -> Value:
        return self.held

    def keys(self) -> Sequence[str]:
        held = self.held.raw
        return [key for key, value in held.items() if not value.is_null] if isinstance(held, dict) else []

    def child(self, key: str) -> Child | None:
        if isinstance(self.held.raw, tuple):
            raise Malformed("path", f"{key} is asked of a list: say which element, as [*], [0] or [name]", self.origin)
        if isinstance(self.held.raw, (str, bool, int, Fraction)):
            problem = f'{key} is asked of a single value; a key that holds dots is written in quotes: "a.b/c"'
            raise Malformed("path", problem, self.origin)
        if not isinstance(self.held.raw, dict):
            return None
        found = self.held.raw.get(key)
        return None if found is None or found.is_null else Child(self._part(found), True)

    def elements(self) -> list[Child] | None:
        raw = self.held.raw
        parts = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, tuple) else None
        return None if parts is None else [Child(self._part(part), True) for part in parts]

    def unseen(self) -> Unknown | None:
        return self.held.unknown or self.held.rest

    def _part(self, part: Value) -> ValueNode:
        return ValueNode(part.marked(self.held.marks), self.origin)


class AccountedNode(ValueNode, frozen=True):
    """A value, with what else could decide it, the ``ignore_changes`` entry by which Terraform lets it drift, and who
    sets it."""

    account: Account = NO_ACCOUNT
    ignored: IgnoredPath | None = None
    source: str = ""

    def _part(self, part: Value) -> ValueNode:
        return AccountedNode(part.marked(self.held.marks), self.origin, self.account, self.ignored, self.source)


class ChartValuesNode(ValueNode, frozen=True):
    """Values that are merged over a chart's own: a key that they leave out is the chart's to decide.

    A list replaces the chart's whole, so what stands in one is all there is; a null takes the chart's own key away.
    """

    def lacks(self, key: str) -> bool:
        """Whether a key is certainly not set, whatever the chart has."""
        found = self.held.raw.get(key) if isinstance(self.held.raw, dict) else None
        return found is not None and found.is_null

    def unseen(self) -> Unknown | None:
        known = ValueNode.unseen(self)
        if known is not None or not isinstance(self.held.raw, dict):
            return known
        return Unknown("left to the chart, which is not in the repo", self.origin)

    def _part(self, part: Value) -> ValueNode:
        kind = ChartValuesNode if isinstance(self.held.raw, dict) else ValueNode
        return kind(part.marked(self.held.marks), self.origin)


class BodyNode(Node, frozen=True):
    """The body of a resource or nested block, by its arguments' own names."""

    body: Body
    at: Origin | None = None

    @property
    def origin(self) -> Origin | None:
        return self.body.origin or self.at

    def value(self) -> Value:
        if self.body.opaque is not None:
            return unknown(self.body.opaque.reason, self.body.opaque.origin)
        held = {name: found for name in self.body.attribute_names() if (found := self.body.attribute(name)) is not None}
        types = dict.fromkeys(block.type for block in self.body.blocks())
        return object_(held | {type_: self._blocks(type_).value() for type_ in types}, self.origin)

    def keys(self) -> Sequence[str]:
        return [*self.body.attribute_names(), *dict.fromkeys(block.type for block in self.body.blocks())]

    def child(self, key: str) -> Child | None:
        blocks = self.body.blocks(key)
        if blocks:
            return Child(self._blocks(key), some(present(block.repetition) for block in blocks))
        found = self.body.attribute(key)
        return None if found is None else Child(ValueNode(found, self.origin), True)

    def unseen(self) -> Unknown | None:
        return self.body.opaque

    def _blocks(self, type_: str) -> BlocksNode:
        blocks = self.body.blocks(type_)
        return BlocksNode(type_, tuple(BodyNode(block.body, block.origin) for block in blocks), blocks)


class BlocksNode(Node, frozen=True):
    """The nested blocks of one type.  A single one needs no index: ``versioning_configuration.status``."""

    type: str
    nodes: tuple[Node, ...]
    blocks: tuple[Block, ...]
    is_list: bool = False

    @property
    def origin(self) -> Origin | None:
        return self.blocks[0].origin

    def value(self) -> Value:
        why = self.unseen()
        if why is not None:
            return unknown(why.reason, why.origin)
        if len(self.nodes) == 1 and not self.is_list:
            return self.nodes[0].value()
        return tuple_(tuple(node.value() for node in self.nodes), self.origin)

    def keys(self) -> Sequence[str]:
        return self.nodes[0].keys() if len(self.nodes) == 1 and not self.is_list else []

    def child(self, key: str) -> Child | None:
        if len(self.nodes) > 1 or self.is_list:
            count = f"{len(self.nodes)} {self.type} blocks stand here" if len(self.nodes) > 1 else "this is a list"
            raise Malformed("path", f"{key} is asked, and {count}: say which, as [*], [0] or [name]", self.origin)
        return self.nodes[0].child(key)

    def elements(self) -> list[Child] | None:
        return [Child(node, present(block.repetition)) for node, block in zip(self.nodes, self.blocks, strict=True)]

    def unseen(self) -> Unknown | None:
        return next((block.repetition for block in self.blocks if block.repetition is not None), None)
