"""What a path leads through: values, and the bodies of resources with their nested blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from readers import Malformed, Missing
from readers.account import Certainty, present
from readers.kubernetes import Container, Workload
from readers.kubernetes.typed import LISTS, singulars, snake
from tfparse import Origin, Value
from tfparse.cty.values import Unknown, object_, string, tuple_, unknown
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block, Body


class Child(NamedTuple):
    """What stands under a step; ``there`` is the unknown that hides whether it does, else True."""

    node: Node
    there: Certainty


class Node(Protocol):
    """Something with keys or elements, or neither."""

    @property
    def origin(self) -> Origin | None:
        """The line that declares it."""

    def value(self) -> Value:
        """It as a value, nested blocks as objects.

        Raises:
            UnknownValueError: it cannot be known how many of them there are.
        """

    def keys(self) -> Sequence[str]:
        """The keys that certainly stand here, for hints."""

    def child(self, key: str) -> Child | None:
        """What stands under a key; None where certainly nothing does.

        Raises:
            Malformed: this is a list, and the path does not say which element is meant.
        """

    def elements(self) -> list[Child] | None:
        """The elements of a list, or values of a mapping; None where this is neither."""

    def unseen(self) -> Unknown | None:
        """Why there may be more keys or elements than these, or other ones."""


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A value: what an attribute holds, a decoded document, a part of either."""

    held: Value
    at: Origin | None = None

    @property
    def origin(self) -> Origin | None:
        return self.held.origin or self.at

    def value(self) -> Value:
        return self.held

    def keys(self) -> Sequence[str]:
        return list(self.held.raw) if isinstance(self.held.raw, dict) else []

    def child(self, key: str) -> Child | None:
        if isinstance(self.held.raw, tuple):
            raise Malformed("path", f"{key} is asked of a list: say which element, as [*], [0] or [name]", self.origin)
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


@dataclass(frozen=True, slots=True)
class BodyNode:
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
            return Child(self._blocks(key), _some_there(blocks))
        found = self.body.attribute(key)
        return None if found is None else Child(ValueNode(found, self.origin), True)

    def elements(self) -> list[Child] | None:
        return None

    def unseen(self) -> Unknown | None:
        return self.body.opaque

    def _blocks(self, type_: str) -> BlocksNode:
        return BlocksNode(
            type_, tuple(BodyNode(b.body, b.origin) for b in self.body.blocks(type_)), self.body.blocks(type_)
        )


@dataclass(frozen=True, slots=True)
class BlocksNode:
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


_REPEATED = {
    type_: f"{type_}s"
    for type_ in ("container", "init_container", "port", "rule", "toleration", "volume", "volume_mount")
}
"""Blocks of the provider that are a list of the API, by its name, as keys are shown; a path may say either."""


@dataclass(frozen=True, slots=True)
class KubernetesNode:
    """The body of a typed Kubernetes resource, by the keys that the Kubernetes API has for its arguments and blocks.

    Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs (its arguments are the API's keys
    in snake case, its blocks the singular of the API's lists)

    The environment of a container of a ``workload`` is the effective one.
    """

    body: Body
    at: Origin | None = None
    workload: Workload | None = None
    container: Container | None = None

    @property
    def origin(self) -> Origin | None:
        return self.body.origin or self.at

    def value(self) -> Value:
        if self.body.opaque is not None:
            return unknown(self.body.opaque.reason, self.body.opaque.origin)
        found = {key: child.node.value() for key in self.keys() if (child := self.child(key)) is not None}
        return object_(found, self.origin)

    def keys(self) -> Sequence[str]:
        types = dict.fromkeys(block.type for block in self.body.blocks())
        names = [*self.body.attribute_names(), *(_REPEATED.get(type_, type_) for type_ in types)]
        return [_camel(name) for name in names]

    def child(self, key: str) -> Child | None:
        if key == "env" and self.container is not None:
            return Child(EnvironmentNode(self.container), True)
        name = snake(key)
        for type_ in (name, *singulars(name)):
            blocks = self.body.blocks(type_)
            if blocks:
                nodes = tuple(self._nested(block) for block in blocks)
                node = BlocksNode(type_, nodes, blocks, is_list=type_ != name or name in LISTS)
                return Child(node, True if node.is_list else _some_there(blocks))
        found = self.body.attribute(name)
        return None if found is None else Child(ValueNode(found, self.origin), True)

    def elements(self) -> list[Child] | None:
        return None

    def unseen(self) -> Unknown | None:
        return self.body.opaque

    def _nested(self, block: Block) -> KubernetesNode:
        workload = self.workload
        holds_pods = workload is not None and block.type in ("container", "init_container")
        pods = (*workload.containers, *workload.init_containers) if workload is not None and holds_pods else ()
        container = next((container for container in pods if container.block is block), None)
        return KubernetesNode(block.body, block.origin, workload, container)


@dataclass(frozen=True, slots=True)
class ManifestNode(ValueNode):
    """The manifest of a workload, or a part of it under the keys ``gone``.

    The environment of a container of it is the effective one.
    """

    workload: Workload | None = None
    gone: tuple[str, ...] = ()
    container: Container | None = None

    def child(self, key: str) -> Child | None:
        if key == "env" and self.container is not None:
            return Child(EnvironmentNode(self.container), True)
        found = ValueNode.child(self, key)
        if found is None or self.container is not None:
            return found
        return Child(ManifestNode(found.node.value(), found.node.origin, self.workload, (*self.gone, key)), found.there)

    def elements(self) -> list[Child] | None:
        found = ValueNode.elements(self)
        if found is None or self.workload is None or self.gone[:-1] != ("spec", "template", "spec"):
            return found
        of = {"containers": self.workload.containers, "initContainers": self.workload.init_containers}
        containers = of.get(self.gone[-1], ())
        if len(containers) != len(found):
            return found
        pairs = zip(found, containers, strict=True)
        return [Child(ManifestNode(c.node.value(), c.node.origin, None, (), own), c.there) for c, own in pairs]


@dataclass(frozen=True, slots=True)
class EnvironmentNode:
    """The effective environment of a container, as a list of names with values."""

    container: Container

    @property
    def origin(self) -> Origin | None:
        return self.container.origin

    def value(self) -> Value:
        blocks = self.container.body.blocks("env")
        return tuple_(tuple(BodyNode(block.body, block.origin).value() for block in blocks), self.origin)

    def keys(self) -> Sequence[str]:
        return []

    def child(self, key: str) -> Child | None:
        problem = f"{key} is asked of an environment: say which variable, as env[NAME].value"
        raise Malformed("path", problem, self.origin)

    def elements(self) -> list[Child] | None:
        return [Child(BodyNode(b.body, b.origin), present(b.repetition)) for b in self.container.body.blocks("env")]

    def unseen(self) -> Unknown | None:
        return None

    def named(self, name: str) -> Child | None:
        """The variable of that name, wherever it is set; None where nothing sets it."""
        try:
            found = self.container.environment(name)
        except Missing:
            return None
        except UnknownValueError as error:
            hidden = unknown(error.reason, error.origin)
            return Child(ValueNode(object_({"name": string(name), "value": hidden}), self.origin), True)
        held = object_({"name": string(name, found.origin), "value": found.value.at(found.origin)}, found.origin)
        return Child(ValueNode(held, found.origin), True)


def _some_there(blocks: Sequence[Block]) -> Certainty:
    """Whether any of the blocks is there."""
    certain = [present(block.repetition) for block in blocks]
    return True if True in certain else certain[0]


def _camel(snake: str) -> str:
    first, *rest = snake.split("_")
    return first + "".join(word.capitalize() for word in rest)
