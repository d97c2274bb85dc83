"""What the names in expressions stand for: ``var``, ``local``, ``module``, resources, ``path`` ...

Source: https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from tfparse.configs.module import Section
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import DYNAMIC, NUMBER, STRING
from tfparse.cty.values import EPHEMERAL, Unknown, Value, object_, string, tuple_, unknown
from tfparse.diagnostics import Diagnostic, Origin, UndeclaredError
from tfparse.graph.body import UNKNOWN_LABEL, Expanded
from tfparse.graph.repetition import RepetitionData, Repetitions
from tfparse.lang import Lazy, looked_into
from tfparse.lang.traversal import Namespace, Reference, element_of

if TYPE_CHECKING:
    from tfparse.graph.instance import ModuleInstance

META_ARGUMENTS = frozenset({"count", "for_each", "provider", "depends_on"})
_NONE: frozenset[str] = frozenset()
BUILT_IN = {("resource", "terraform_data"): frozenset({"input", "triggers_replace"})}
"""Of the resources of Terraform's built-in provider, the arguments, whose ``output`` is that ``input``."""
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "_"})


class Instances(Reference):
    """What repeats (a resource, a module call): reached by index or key, or, unrepeated, directly."""

    __slots__ = ("_what", "_repetitions", "_repeated", "_pick")

    def __init__(
        self, what: str, repetitions: Repetitions, repeated: str | None, pick: Callable[[RepetitionData], Reference]
    ) -> None:
        self._what = what
        self._repetitions = repetitions
        self._repeated = repeated
        self._pick = pick

    def attribute(self, name: str, origin: Origin) -> Lazy:
        if self._repeated is None:
            return self._pick(self._repetitions[0]).attribute(name, origin)
        if self._repeated == "count":
            raise ConversionError(
                f'because {self._what} has "count" set, its attributes must be accessed on specific '
                f"instances, as {self._what}[0].{name}"
            )
        return self._keyed(name, origin)

    def index(self, key: Value, origin: Origin) -> Lazy:
        if self._repeated is None:
            return self._pick(self._repetitions[0]).index(key, origin)
        if isinstance(key.raw, Unknown):
            return Value(DYNAMIC, key.raw, key.origin, marks=key.marks)
        if key.is_null:
            raise ConversionError("can't use a null value as an indexing key")
        if key.marks:
            return element_of(self.value(), key)
        return self._keyed(convert(key, NUMBER if self._repeated == "count" else STRING).raw, origin)

    def _keyed(self, key: object, origin: Origin) -> Lazy:
        data = self._repetitions.find(key)
        if data is None:
            raise ConversionError(f"{self._what} has no such instance: {key if isinstance(key, str) else f'[{key}]'}")
        if data.repetition is not None:
            # There may be no such instance: what is picked out of it may yet be an error.
            looked_into(Value(DYNAMIC, data.repetition))
        return self._pick(data)

    def value(self) -> Value:
        if self._repeated is None:
            return self._pick(self._repetitions[0]).value()
        vague = next((t.repetition for t in self._repetitions if t.repetition is not None), None)
        certain = [t for t in self._repetitions if t.repetition is None]
        if self._repeated == "count":
            if vague is not None:
                return unknown(vague.reason, vague.origin)
            return tuple_(tuple(self._pick(t).value() for t in certain))
        return object_({str(t.key): self._pick(t).value() for t in certain}, None, vague)


class ResourceInstance(Reference):
    """One instance of a resource: what its configuration says is known, the rest Terraform finds out."""

    __slots__ = ("_address", "_mode", "_origin", "_expanded", "_unset")

    def __init__(
        self, address: str, mode: str, origin: Origin, expanded: Expanded, unset: frozenset[str] = frozenset()
    ) -> None:
        self._address = address
        self._mode = mode
        self._origin = origin
        self._expanded = expanded
        self._unset = unset
        """Arguments that are null where they are not set, which no provider fills in."""

    def attribute(self, name: str, origin: Origin) -> Lazy:
        if name in self._unset and name not in self._expanded.arguments():
            return Value(DYNAMIC, None, self._origin)
        if name == "output" and self._unset and self._is_null("input"):
            return Value(DYNAMIC, None, self._origin)
        if name in self._expanded.arguments():
            value = self._kept(name)
            # A null argument may be one that the provider fills in.
            return self._computed(name) if value is None else value
        # (A provider may compute the blocks of a type of which a "dynamic" block makes none.)
        if name in self._expanded.block_types() and self._expanded.nested(name):
            return BlockList(self._expanded, name, self._address)
        return self._computed(name)

    def _kept(self, name: str) -> Value | None:
        """What references see of an argument: one that takes an ephemeral value is write-only, and so null."""
        value = self._expanded.argument(name)
        if value.all_marks() & EPHEMERAL and name not in self._unset:
            return Value(DYNAMIC, None, value.origin)
        return None if value.is_null and name not in self._unset else value

    def _is_null(self, name: str) -> bool:
        return name not in self._expanded.arguments() or self._expanded.argument(name).is_null

    def _computed(self, name: str) -> Value:
        what = f"{self._address}.{name}"
        type_ = STRING if name == "id" and self._unset else DYNAMIC
        return Value(type_, Unknown(self._why(what), self._origin, what), self._origin)

    def _why(self, what: str) -> str:
        return f"{what} is read when Terraform runs" if self._mode == "data" else f"{what} is known after apply"

    def value(self) -> Value:
        kept = {name: self._kept(name) for name in self._expanded.arguments()}
        known = {name: value for name, value in kept.items() if value is not None}
        for name in self._unset - known.keys():
            known[name] = Value(DYNAMIC, None, self._origin)
        for name in self._expanded.block_types():
            if self._expanded.nested(name):
                known[name] = BlockList(self._expanded, name, self._address).value()
        rest = Unknown(self._why(f"the rest of {self._address}"), self._origin)
        return object_(known, self._origin, rest)


class BlockList(Reference):
    """The nested blocks of one type, as references see them: a list, ``metadata[0].name``, or by labels a map."""

    __slots__ = ("_expanded", "_type", "_address")

    def __init__(self, expanded: Expanded, type_: str, address: str) -> None:
        self._expanded = expanded
        self._type = type_
        self._address = address

    def attribute(self, name: str, origin: Origin) -> Lazy:
        return self._labelled(name) if self._has_labels() else self._block(0, origin).attribute(name, origin)

    def _has_labels(self) -> bool:
        return any(block.labels for block in self._expanded.nested(self._type))

    def _labelled(self, label: str) -> Lazy:
        blocks = self.value()
        if isinstance(blocks.raw, dict) and label not in blocks.raw:
            raise ConversionError(f"there is no block of type {self._type} with the label {label}")
        return blocks.raw[label] if isinstance(blocks.raw, dict) else blocks

    def index(self, key: Value, origin: Origin) -> Lazy:
        if isinstance(key.raw, Unknown):
            return unknown(key.raw.reason, key.raw.origin)
        if isinstance(key.raw, str) and self._has_labels():
            return self._labelled(key.raw)
        if isinstance(key.raw, str) and key.raw.isdigit():
            return self._block(int(key.raw), origin)
        if not isinstance(key.raw, int):
            raise ConversionError(f"blocks of type {self._type} are numbered")
        return self._block(key.raw, origin)

    def _block(self, number: int, origin: Origin) -> Reference:
        blocks = self._expanded.nested(self._type)
        for position, block in enumerate(blocks):
            if block.repetition is not None:
                return _Vague(block.repetition)
            if position == number:
                return ResourceInstance(f"{self._address}.{self._type}[{number}]", "managed", block.origin, block)
        raise ConversionError(f"there are only {len(blocks)} blocks of type {self._type}")

    def value(self) -> Value:
        blocks = self._expanded.nested(self._type)
        vague = next((b.repetition for b in blocks if b.repetition is not None), None)
        if vague is not None:
            return unknown(vague.reason, vague.origin)
        picked = [
            ResourceInstance(f"{self._address}.{self._type}[{i}]", "managed", b.origin, b).value()
            for i, b in enumerate(blocks)
        ]
        if self._has_labels():
            labels = [b.labels[0] if b.labels else UNKNOWN_LABEL for b in blocks]
            if UNKNOWN_LABEL in labels:
                return unknown(f"a label of {self._address}.{self._type} is not known", blocks[0].origin)
            return object_(dict(zip(labels, picked, strict=True)))
        return tuple_(tuple(picked))


class _Vague(Reference):
    """Something picked out of an unknown number of blocks."""

    __slots__ = ("_why",)

    def __init__(self, why: Unknown) -> None:
        self._why = why

    def attribute(self, name: str, origin: Origin) -> Lazy:
        return self

    def index(self, key: Value, origin: Origin) -> Lazy:
        return self

    def value(self) -> Value:
        return unknown(self._why.reason, self._why.origin)


class CalledModule(Reference):
    """One instance of a called module: its outputs."""

    __slots__ = ("_child",)

    def __init__(self, child: ModuleInstance) -> None:
        self._child = child

    def attribute(self, name: str, origin: Origin) -> Lazy:
        return self._child.output(name, origin)

    def value(self) -> Value:
        outputs = self._child.module.outputs
        return object_({n: self._child.output(n, s.header.origin) for n, s in outputs.items()})


def resolve(instance: ModuleInstance, name: str, origin: Origin) -> Lazy:
    """What ``name`` stands for in a module, at the start of a reference."""
    if name == "var":
        return Namespace(instance.variable)
    if name == "local":
        return Namespace(instance.local)
    if name == "module":
        return Namespace(lambda n, o: _call(instance, n, o))
    if name == "data":
        return Namespace(lambda type_, o: Namespace(lambda n, o2: resource(instance, "data", type_, n, o2)))
    if name == "resource":
        return Namespace(lambda type_, o: Namespace(lambda n, o2: resource(instance, "resource", type_, n, o2)))
    if name == "ephemeral":
        return unknown("ephemeral values are known only while Terraform runs", origin).marked(EPHEMERAL)
    if name == "action":
        return unknown("an action runs when Terraform does", origin)
    if name == "path":
        return _paths(instance, origin)
    if name == "terraform":
        why = "the workspace is chosen when Terraform runs"
        return object_({"workspace": unknown(why, origin, STRING), "applying": unknown(why, origin)})
    if name in ("each", "count", "self"):
        detail = f'The "{name}" object cannot be used here.'
        raise UndeclaredError(
            Diagnostic(f'Reference to "{name}" in context without it', detail, origin, instance.tree.excerpt(origin))
        )
    return Namespace(lambda n, o: resource(instance, "resource", name, n, o))


def _paths(instance: ModuleInstance, origin: Origin) -> Value:
    module = posixpath.relpath(instance.module.directory or ".", instance.root.directory or ".")
    cwd = unknown("the working directory is that of whoever runs Terraform", origin, STRING)
    return object_({"module": string(module, origin), "root": string(".", origin), "cwd": cwd})


def _call(instance: ModuleInstance, name: str, origin: Origin) -> Lazy:
    section = instance.module.calls.get(name)
    if section is None:
        return instance.undeclared("module", name, origin)
    source = instance.source_of(section)
    if isinstance(source, Unknown):
        return unknown(source.reason, source.origin)
    instance.referred_to.add(name)
    children = instance.children(name, section)
    repetitions = instance.repetitions(section)
    return Instances(f"module.{name}", repetitions, _repeated(section), lambda t: CalledModule(children[t.key]))


def _repeated(section: Section) -> str | None:
    return next((a for a in ("count", "for_each") if a in section.attributes), None)


def resource(instance: ModuleInstance, mode: str, type_: str, name: str, origin: Origin) -> Lazy:
    """A resource of the module, by reference."""
    section = instance.module.resources.get((mode, type_, name))
    if section is None:
        what = f"{type_}.{name}" if mode == "resource" else f"data.{type_}.{name}"
        return instance.undeclared("resource", what, origin)
    label = instance.address_of(mode, type_, name)
    # (What is ignored may be as it was before.)
    lifecycle = section.block("lifecycle")
    kept = lifecycle is not None and "ignore_changes" in lifecycle.attributes
    unset = BUILT_IN.get((mode, type_), _NONE) if not kept else _NONE

    def pick(data: RepetitionData) -> Reference:
        origin = section.header.origin
        return ResourceInstance(label + data.suffix, mode, origin, instance.body(section, data), unset)

    return Instances(label, instance.repetitions(section), _repeated(section), pick)


def expanded_resource(instance: ModuleInstance, section: Section, data: RepetitionData) -> Expanded:
    """The body of one instance of a resource, its meta-arguments left out."""
    attributes = {n: s for n, s in section.attributes.items() if n not in META_ARGUMENTS}
    blocks = [b for b in section.blocks if b.type not in META_BLOCKS]
    if (escaped := section.block("_")) is not None:
        # Its arguments are the resource's own, though they may be called like meta-arguments.
        attributes |= escaped.attributes
        blocks += escaped.blocks
    label = instance.address_of(section.header.type, *section.labels) + data.suffix
    return Expanded(instance, label, attributes, blocks, data.names, section.header.origin)


def meta_blocks(instance: ModuleInstance, section: Section, data: RepetitionData) -> Expanded:
    """The blocks of one instance of a resource that are Terraform's own, as a body that holds nothing else."""
    blocks = [block for block in section.blocks if block.type in ("lifecycle", "provisioner")]
    label = f"{instance.address_of(section.header.type, *section.labels)}{data.suffix}.meta"
    return Expanded(instance, label, {}, blocks, data.names, section.header.origin)
