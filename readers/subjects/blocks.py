"""Top-level blocks of Terraform other than resources, and values of expressions, as subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import field

from readers import nearest
from readers.account import Certainty, present
from readers.kubernetes.stacks import Stack
from readers.subjects.node import BodyNode, Child, ValueNode
from readers.subjects.subject import Subject, Subjects
from readers.subjects.terraform import LabelledNode
from tfparse import Origin, Value
from tfparse.configs.module import Section
from tfparse.cty.values import object_, string
from tfparse.graph.body import Expanded, readable
from tfparse.graph.expressions import evaluate_expression
from tfparse.graph.instance import ModuleInstance
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import string_of, word_of

TYPES = ("terraform", "provider", "variable", "output", "moved", "import", "removed", "check")
"""The types of top-level blocks that are asked by their arguments."""
_ABOUT_ADDRESSES = ("moved", "import", "removed")


class TopBlockNode(BodyNode, frozen=True):
    """A top-level block: its arguments, its nested blocks (by their labels, where they have some), its own ``label``.

    ``terraform`` has ``backend.s3.bucket``, ``provider "aws"`` the label ``aws``.
    """

    label: str = ""
    addresses: Mapping[str, Value] = field(default_factory=dict)

    def value(self) -> Value:
        held = BodyNode.value(self)
        return object_({**held.raw, **self.addresses}, self.origin) if isinstance(held.raw, dict) else held

    def keys(self) -> Sequence[str]:
        return [*(["label"] if self.label else []), *BodyNode.keys(self)]

    def child(self, key: str) -> Child | None:
        if key == "label" and self.label:
            return Child(ValueNode(string(self.label, self.origin)), True)
        if key in self.addresses:
            return Child(ValueNode(self.addresses[key]), True)
        blocks = self.body.blocks(key)
        if blocks and all(block.labels for block in blocks):
            return Child(LabelledNode(blocks), True)
        return BodyNode.child(self, key)


def blocks_of_type(stacks: Sequence[Stack], type_: str, label: str) -> Subjects:
    """Every top-level block of a type, of the root modules and of all modules that they reach."""
    found: list[tuple[Subject, Certainty]] = []
    seen: set[Origin] = set()
    for stack in stacks:
        for instance in stack.root.instances:
            for section in _sections(instance, type_):
                # A module that several roots call, or one often, is judged once for what stands in it.
                if instance.parent is None or section.header.origin not in seen:
                    seen.add(section.header.origin)
                    found.append((_subject(stack, instance, section), present(instance.repetition)))
    unseen = next((why for stack in stacks for why in [*stack.root.incomplete, *stack.root.elsewhere]), None)
    others = () if found else (block.type for stack in stacks for block in stack.root.instance.module.blocks)
    return Subjects.of(label, found, unseen, nearest(type_, dict.fromkeys(others)))


def _sections(instance: ModuleInstance, type_: str) -> Iterator[Section]:
    """The blocks of a type in a module; of those that override files change, the merged ones."""
    module = instance.module
    merged = {"variable": module.variables, "output": module.outputs}.get(type_)
    if merged is not None:
        yield from merged.values()
    else:
        yield from (Section.of(block) for block in module.blocks if block.type == type_)


def _subject(stack: Stack, instance: ModuleInstance, section: Section) -> Subject:
    header = section.header
    name = " ".join([header.type, *(f'"{label}"' for label in section.labels)])
    of = f"{instance.address} of {stack.label}" if instance.address else stack.label
    expanded = Expanded(instance, name, section.attributes, section.blocks, {}, header.origin)
    body = readable(expanded, lambda _: None)
    node = TopBlockNode(body, header.origin, ".".join(section.labels), _addresses(section))
    return Subject(f"{name} of {of}", node, stack.account)


def _addresses(section: Section) -> Mapping[str, Value]:
    """What a block says of where a resource is or was: an address, and no value."""
    if section.header.type not in _ABOUT_ADDRESSES:
        return {}
    said = {name: section.attributes[name] for name in ("from", "to") if name in section.attributes}
    return {name: string(_address(located.node), located.origin) for name, located in said.items()}


def _address(node: Expression) -> str:
    match node:
        case (ast.ATTR, _, _, source, name):
            return f"{_address(source)}.{name}"
        case (ast.INDEX, _, _, source, (ast.NUMBER, _, _, digits)):
            return f"{_address(source)}[{digits}]"
        case (ast.INDEX, _, _, source, key):
            return f'{_address(source)}["{string_of(key) or "?"}"]'
    return word_of(node) or "?"


def value_of(stack: Stack, expression: str) -> Subject:
    """The value of an expression in a root module: ``local.name``, ``var.region``, ``module.web.url``, ``output.url``.

    Raises:
        TerraformError: Terraform would refuse it.
    """
    value = evaluate_expression(stack.root, expression)
    return Subject(f"{expression} of {stack.label}", ValueNode(value), stack.account)
