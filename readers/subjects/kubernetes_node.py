"""Workloads and other Kubernetes objects as nodes of a path: by the API's keys, with their effective environment."""

from __future__ import annotations

from collections.abc import Sequence

from readers import Malformed, Missing
from readers.account import present, some
from readers.docker_mailserver.variables import effective
from readers.kubernetes import Container, Workload
from readers.kubernetes.environment import Environment
from readers.kubernetes.typed import LISTS, singulars, snake
from readers.subjects.besides import NOTHING, Besides, of_container, of_workload
from readers.subjects.node import AccountedNode, BlocksNode, BodyNode, Child, Node, ValueNode
from readers.subjects.path import Step
from readers.subjects.roundcube import unread
from tfparse import Origin, Value
from tfparse.cty.values import Unknown, object_, string, tuple_, unknown
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block, Body

_REPEATED = {
    type_: f"{type_}s"
    for type_ in ("container", "init_container", "port", "rule", "toleration", "volume", "volume_mount")
}
"""Blocks of the provider that are a list of the API, by its name, as keys are shown; a path may say either."""

_RENAMED = {"storage_provisioner": "provisioner"}
"""Arguments of the provider that are called otherwise than the API's keys, with these."""
_SOURCE = "persistent_volume_source"
"""A block of the provider that the API has not: what is in it stands beside it."""


class KubernetesNode(Node, frozen=True):
    """The body of a typed Kubernetes resource, by the keys that the Kubernetes API has for its arguments and blocks.

    Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs (its arguments are the API's keys
    in snake case, its blocks the singular of the API's lists)

    The environment of a container of a ``workload`` is the effective one.  ``is_whole``: it is all of the workload.
    """

    body: Body
    at: Origin | None = None
    workload: Workload | None = None
    container: Container | None = None
    is_whole: bool = False

    @property
    def origin(self) -> Origin | None:
        return self.body.origin or self.at

    def besides(self, steps: tuple[Step, ...], condition: str) -> Besides:
        """What else decides what stands further on, where a condition is asked of it."""
        return _besides(self.workload if self.is_whole else None, self.container, steps, condition)

    def value(self) -> Value:
        if self.body.opaque is not None:
            return unknown(self.body.opaque.reason, self.body.opaque.origin)
        return Node.value(self)

    def keys(self) -> Sequence[str]:
        types = dict.fromkeys(block.type for block in self.body.blocks())
        names = [*self.body.attribute_names(), *(_REPEATED.get(type_, type_) for type_ in types if type_ != _SOURCE)]
        return [
            *(_camel(_RENAMED.get(name, name)) for name in names),
            *(key for node in self._sources for key in list(node.keys())),
        ]

    def child(self, key: str) -> Child | None:
        if key == "env" and self.container is not None:
            return Child(EnvironmentNode(self.container), True)
        name = snake(key)
        for type_ in (name, *singulars(name)):
            blocks = self.body.blocks(type_)
            if blocks:
                nodes = tuple(self._nested(block) for block in blocks)
                node = BlocksNode(type_, nodes, blocks, is_list=type_ != name or name in LISTS)
                return Child(node, node.is_list or some(present(block.repetition) for block in blocks))
        own = next((ours for ours, theirs in _RENAMED.items() if theirs == name), name)
        found = self.body.attribute(name if self.body.attribute(name) is not None else own)
        if found is not None:
            return Child(ValueNode(found, self.origin), True)
        return next((child for node in self._sources if (child := node.child(key)) is not None), None)

    @property
    def _sources(self) -> list[KubernetesNode]:
        return [self._nested(block) for block in self.body.blocks(_SOURCE)]

    def unseen(self) -> Unknown | None:
        return self.body.opaque

    def _nested(self, block: Block) -> KubernetesNode:
        workload = self.workload
        holds_pods = workload is not None and block.type in ("container", "init_container")
        pods = (*workload.containers, *workload.init_containers) if workload is not None and holds_pods else ()
        container = next((container for container in pods if container.block is block), None)
        return KubernetesNode(block.body, block.origin, workload, container)


_POD = ("spec", "template", "spec")
_PODS = {"cron job": ("spec", "jobTemplate", *_POD), "pod": ("spec",)}
"""Where a manifest has the spec of its pods, by kind."""


class ManifestNode(ValueNode, frozen=True):
    """The manifest of a workload, or a part of it under the keys ``gone``.

    The environment of a container of it is the effective one.
    """

    workload: Workload | None = None
    gone: tuple[str, ...] = ()
    container: Container | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the workload."""
        return self.workload is not None and not self.gone

    def besides(self, steps: tuple[Step, ...], condition: str) -> Besides:
        """As :meth:`KubernetesNode.besides`."""
        return _besides(self.workload if self.is_whole else None, self.container, steps, condition)

    def child(self, key: str) -> Child | None:
        if key == "env" and self.container is not None:
            return Child(EnvironmentNode(self.container), True)
        found = ValueNode.child(self, key)
        if found is None or self.container is not None:
            return found
        return Child(ManifestNode(found.node.value(), found.node.origin, self.workload, (*self.gone, key)), found.there)

    def elements(self) -> list[Child] | None:
        found = ValueNode.elements(self)
        if found is None or self.workload is None or self.gone[:-1] != _PODS.get(self.workload.object.kind, _POD):
            return found
        of = {"containers": self.workload.containers, "initContainers": self.workload.init_containers}
        containers = of.get(self.gone[-1], ())
        if len(containers) != len(found):
            return found
        pairs = zip(found, containers, strict=True)
        return [Child(ManifestNode(c.node.value(), c.node.origin, None, (), own), c.there) for c, own in pairs]


class EnvironmentNode(Node, frozen=True):
    """The effective environment of a container, as a list of names with values."""

    container: Container

    @property
    def origin(self) -> Origin | None:
        return self.container.origin

    def value(self) -> Value:
        blocks = self.container.body.blocks("env")
        return tuple_(tuple(BodyNode(block.body, block.origin).value() for block in blocks), self.origin)

    def child(self, key: str) -> Child | None:
        problem = f"{key} is asked of an environment: say which variable, as env[NAME].value"
        raise Malformed("path", problem, self.origin)

    def elements(self) -> list[Child] | None:
        return [Child(BodyNode(b.body, b.origin), present(b.repetition)) for b in self.container.body.blocks("env")]

    @property
    def names(self) -> list[str]:
        """The names of variables that are certainly set, for hints."""
        return list(Environment(self.container).names())

    def named(self, name: str) -> Child | None:
        """The variable of that name, wherever it is set; None where nothing sets it."""
        try:
            found = effective(self.container, name)
        except Missing:
            return None
        except UnknownValueError as error:
            hidden = unknown(error.reason, error.origin)
            return Child(ValueNode(object_({"name": string(name), "value": hidden}), self.origin), True)
        held = object_({"name": string(name, found.origin), "value": found.value.at(found.origin)}, found.origin)
        account = found.account + unread(self.container, name)
        return Child(AccountedNode(held, found.origin, account, found.ignored, found.source), True)


def _besides(
    workload: Workload | None, container: Container | None, steps: tuple[Step, ...], condition: str
) -> Besides:
    if container is not None:
        return of_container(container, steps, condition)
    return of_workload(workload, steps) if workload is not None else NOTHING


def _camel(snake: str) -> str:
    first, *rest = snake.split("_")
    return first + "".join(word.capitalize() for word in rest)
