"""Resources, data sources and module calls as subjects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import normpath

from msgspec import field

from readers import Missing, nearest
from readers.account import Certainty, present
from readers.kubernetes.fields import covering
from readers.kubernetes.stacks import EveryStack, Stack
from readers.subjects.node import BlocksNode, BodyNode, Child, Node, ValueNode
from readers.subjects.subject import Subject, Subjects
from tfparse import IgnoredPath, Infra, Origin, Resource, Value
from tfparse.cty.values import Unknown, object_
from tfparse.diagnostics import TerraformError
from tfparse.graph.instance import ModuleInstance
from tfparse.graph.model import Block, Body


class ResourceNode(BodyNode, frozen=True):
    """The body of a resource, its provisioners by their labels (``provisioner.local-exec.command``), and what its
    ``lifecycle`` says but for the attributes of others (``lifecycle.prevent_destroy``).
    """

    meta: Body = field(default_factory=lambda: Body({}))

    def value(self) -> Value:
        held = BodyNode.value(self)
        own = {key: child.node.value() for key in _META if (child := self._meta(key)) is not None}
        return object_({**held.raw, **own}, self.origin) if own and isinstance(held.raw, dict) else held

    def keys(self) -> Sequence[str]:
        return [*BodyNode.keys(self), *(key for key in _META if self.meta.blocks(key))]

    def child(self, key: str) -> Child | None:
        return self._meta(key) or BodyNode.child(self, key)

    def _meta(self, key: str) -> Child | None:
        blocks = self.meta.blocks(key) if key in _META else ()
        if not blocks:
            return None
        if key == "provisioner":
            return Child(LabelledNode(blocks), True)
        return Child(ValueNode(_lifecycle(blocks[0]), blocks[0].origin), True)


def _lifecycle(block: Block) -> Value:
    """What a lifecycle block says of itself: of what others hold (``ignore_changes``) see the ``note`` of a finding."""
    found = {name: block.body.attribute(name) for name in _SWITCHES}
    return object_({name: value for name, value in found.items() if value is not None}, block.origin)


_META = ("provisioner", "lifecycle")
_SWITCHES = ("create_before_destroy", "prevent_destroy")


class LabelledNode(Node, frozen=True):
    """Blocks by their label."""

    blocks: tuple[Block, ...]

    @property
    def origin(self) -> Origin:
        return self.blocks[0].origin

    def keys(self) -> Sequence[str]:
        return list(dict.fromkeys(label for block in self.blocks for label in block.labels))

    def child(self, key: str) -> Child | None:
        own = tuple(block for block in self.blocks if key in block.labels)
        nodes = tuple(BodyNode(block.body, block.origin) for block in own)
        return Child(BlocksNode(key, nodes, own), True) if own else None


def resource_subject(resource: Resource, stack: Stack) -> Subject:
    """A resource, by its arguments' own names."""

    def ignored(path: str) -> IgnoredPath | None:
        return covering(resource.ignore_changes, tuple(path.split(".")))

    node = ResourceNode(resource.body, resource.origin, meta=resource.meta)
    return Subject(f"{resource.address} of {stack.label}", node, stack.account, ignored)


def find_resource(stack: Stack, address: str) -> Subject:
    """The resource or data source of that address: ``aws_s3_bucket.logs``, ``module.web.aws_instance.a[0]``.

    Raises:
        Missing: the root certainly declares none; the message names the nearest.
        UnknownValueError: it may, or there may be none of it.
    """
    type_ = _type_of(address)
    mode = "data" if "data" in address.split(".")[:-2] or address.startswith("data.") else "managed"
    found = stack.root.resources(type_.__eq__, mode)
    named = tuple(resource for resource in found if resource.address == address)
    label = f"{address} of {stack.label}"
    unseen = stack.unseen_of_type(type_)
    if not named and unseen is None:
        every = [resource.address for resource in found] or [r.address for r in stack.root.resources(mode=mode)]
        raise Missing(address, stack.label, None, (address, every))
    return Subjects.of(label, _each(named, stack), unseen).one()


def resources_of_type(stacks: Sequence[Stack], type_: str, label: str) -> Subjects:
    """Every resource (or, of ``data.TYPE``, data source) of a type that some roots reach."""
    mode = "data" if type_.startswith("data.") else "managed"
    wanted = type_.removeprefix("data.")
    found = [one for stack in stacks for one in _each(stack.root.resources(wanted.__eq__, mode), stack)]
    unseen = next((why for stack in stacks if (why := stack.unseen_of_type(wanted))), None)
    others = () if found else (one.type for stack in stacks for one in stack.root.resources(mode=mode))
    return Subjects.of(label, found, unseen, nearest(wanted, dict.fromkeys(others)))


def _each(resources: Iterable[Resource], stack: Stack) -> list[tuple[Subject, Certainty]]:
    """The resources, and whether they certainly are there."""
    return [(resource_subject(resource, stack), present(resource.repetition)) for resource in resources]


def _type_of(address: str) -> str:
    parts = address.split(".")
    return parts[-2] if len(parts) > 1 else address


class CallNode(Node, frozen=True):
    """A module at work, by its variables: what the call gives them, else their defaults."""

    instance: ModuleInstance
    at: Origin

    @property
    def origin(self) -> Origin:
        return self.at

    def keys(self) -> Sequence[str]:
        return list(self.instance.module.variables)

    def child(self, key: str) -> Child | None:
        if key not in self.instance.module.variables:
            return None
        try:
            found = self.instance.variable(key, self.at)
        except TerraformError as error:
            first = error.diagnostics[0]
            why = Unknown(f"{first.summary}: {first.detail}", first.origin)
            return Child(ValueNode(Value(object_({}).type, why, first.origin), self.at), True)
        return None if found.is_null else Child(ValueNode(found, self.at), present(self.instance.repetition))

    def unseen(self) -> Unknown | None:
        return self.instance.module.broken


def calls_of(stacks: Sequence[Stack], directory: str, label: str) -> Subjects:
    """Every call of the module in a directory of the repo (``.``: its root), whoever calls it."""
    called = [(stack, instance) for stack in stacks for instance in stack.root.instances if instance.parent is not None]
    wanted = normpath(directory).removeprefix(".")
    found = [_call_subject(instance, stack) for stack, instance in called if instance.module.directory == wanted]
    unseen = next((why for stack in stacks for why in stack.root.incomplete), None)
    others = () if found else dict.fromkeys(instance.module.directory or "." for _, instance in called)
    return Subjects.of(label, found, unseen, nearest(directory, others))


def find_call(stack: Stack, address: str) -> Subject:
    """The module call of that address: ``module.frame``, ``module.web.module.ingress["a"]``.

    Raises:
        Missing: the root has no such call, or calls a module that is not in the repo.
    """
    for instance in stack.root.instances:
        if instance.address == address and instance.parent is not None:
            return Subjects.of(address, [_call_subject(instance, stack)]).one()
    known = [instance.address for instance in stack.root.instances if instance.address]
    raise Missing(f"module call {address}", stack.label, None, (address, known))


def _call_subject(instance: ModuleInstance, stack: Stack) -> tuple[Subject, Certainty]:
    assert instance.parent is not None  # a root is called by nobody
    name = instance.address.rpartition("module.")[2].partition("[")[0]
    node = CallNode(instance, instance.parent.module.calls[name].header.origin)
    return Subject(f"{instance.address} of {stack.label}", node, stack.account), present(instance.repetition)


def root_stacks(infra: Infra) -> EveryStack:
    """Every root of a repo as a stack, and what else may declare something."""
    return EveryStack(infra)
