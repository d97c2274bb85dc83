"""The content of a block at work: its arguments as values, its nested blocks, ``dynamic`` ones expanded.

Source: https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tfparse.configs.module import Located, LocatedBlock, Section
from tfparse.cty.types import DYNAMIC, STRING
from tfparse.cty.values import Unknown, Value, object_, unknown
from tfparse.diagnostics import Origin, TerraformError, kept
from tfparse.graph.model import Argument, Block, Body
from tfparse.hcl import ast
from tfparse.hcl.walking import word_of
from tfparse.lang import Lazy, collection_unknown, fail, iterate
from tfparse.lang.core import as_unknown

if TYPE_CHECKING:
    from tfparse.graph.instance import ModuleInstance

_BLOCK_COST = 120
"""A block is worth so many steps: it takes its place in memory."""
UNKNOWN_LABEL = "?"


class Expanded:
    """A body whose expressions are evaluated when asked for; an error in one is raised then.

    ``label`` names the body in the message about a cycle; ``names`` are ``each`` and iterators.
    """

    # A repo has tens of thousands of these: fields are cheap, closures over them are not.
    __slots__ = (
        "type", "labels", "origin", "repetition", "_instance", "_label", "_arguments", "_blocks", "_names", "_held",
        "_nested",
    )  # fmt: skip

    def __init__(
        self,
        instance: ModuleInstance,
        label: str,
        arguments: Mapping[str, Located],
        blocks: list[LocatedBlock],
        names: Mapping[str, Lazy],
        origin: Origin,
        header: tuple[str, tuple[str, ...]] = ("", ()),
        repetition: Unknown | None = None,
    ) -> None:
        self.type, self.labels = header
        self.origin = origin
        self.repetition = repetition
        self._instance = instance
        self._label = label
        self._arguments = arguments
        self._blocks = blocks
        self._names = names
        self._held: dict[str, Value | TerraformError] = {}
        self._nested: list[Expanded] | None = None

    @property
    def names(self) -> Mapping[str, Lazy]:
        """What its expressions may name besides what the module declares; the iterators of ``dynamic`` blocks too."""
        return self._names

    def located(self) -> Collection[Located]:
        """Its arguments as they are written."""
        return self._arguments.values()

    def arguments(self) -> Collection[str]:
        """The names of its arguments, in source order."""
        return self._arguments.keys()

    def argument(self, name: str) -> Value:
        """The value of one of them.

        Raises:
            TerraformError: its expression cannot be evaluated.
        """
        held = self._held.get(name)
        if held is None:
            with self._instance.root.working_on(f"{self._label}.{name}"):
                try:
                    held = self._instance.evaluate(self._arguments[name], self._names)
                except TerraformError as error:
                    held = kept(error)
            self._held[name] = held
        if isinstance(held, TerraformError):
            raise kept(held)
        return held

    def made_of(self, name: str, function: str) -> Value | None:
        """What the value of one of them is made of by a function, if all of it is written as a call of that.

        Raises:
            TerraformError: that cannot be evaluated.
        """
        file, node = self._arguments[name]
        match node:
            case (ast.CALL, _, _, called, (given,), False) if called == function:
                with self._instance.root.working_on(f"{self._label}.{name}"):
                    return self._instance.evaluate(Located(file, given), self._names)
        return None

    def block_types(self) -> tuple[str, ...]:
        """The types of its nested blocks as written, ``dynamic`` ones by what they make."""
        return tuple(dict.fromkeys(b.labels[0] if _is_dynamic(b) else b.type for b in self._blocks))

    def nested(self, type_: str | None = None) -> list[Expanded]:
        """The nested blocks, in source order.

        Raises:
            TerraformError: how many there are cannot be evaluated.
        """
        if self._nested is None:
            nested: list[Expanded] = []
            for block in self._blocks:
                if _is_dynamic(block):
                    nested.extend(_dynamic(self._instance, self._label, block, self._names))
                else:
                    nested.append(_static(self._instance, self._label, Section.of(block), block.type, self._names))
            self._nested = nested
        return self._nested if type_ is None else [b for b in self._nested if b.type == type_]


def _is_dynamic(block: LocatedBlock) -> bool:
    return block.type == "dynamic" and bool(block.labels)


def _static(
    instance: ModuleInstance,
    label: str,
    section: Section,
    type_: str,
    names: Mapping[str, Lazy],
    repetition: Unknown | None = None,
    labels: tuple[str, ...] | None = None,
) -> Expanded:
    header = (type_, section.labels if labels is None else labels)
    inner = f"{label}.{type_}@{section.header.origin.line}.{id(names)}"
    origin = section.header.origin
    return Expanded(instance, inner, section.attributes, section.blocks, names, origin, header, repetition)


def _dynamic(instance: ModuleInstance, label: str, block: LocatedBlock, names: Mapping[str, Lazy]) -> list[Expanded]:
    """The blocks that one ``dynamic`` block makes."""
    section = Section.of(block)
    scope = instance.scope(block.file, names)
    content, for_each = section.block("content"), section.attributes.get("for_each")
    if content is None or for_each is None:
        detail = "A dynamic block needs for_each and content."
        raise instance.fail(block.origin, "Missing dynamic block content", detail)
    type_ = section.labels[0]
    named = section.attributes.get("iterator")
    iterator = (named and word_of(named.node)) or type_
    inside = Section.of(content)
    collection = instance.evaluate(for_each, names)
    why = collection_unknown(collection)
    expanded: list[Expanded] = []
    if why is None or isinstance(collection.raw, dict):
        if collection.is_null:
            fail(scope, for_each.node, "Invalid dynamic for_each value", "Cannot use a null value in for_each.")
        for key, value in iterate(collection, for_each.node, scope):
            scope.context.spend(_BLOCK_COST)
            turn = {**names, iterator: object_({"key": key, "value": value})}
            expanded.append(_static(instance, label, inside, type_, turn, None, _labels(instance, section, turn)))
    if why is not None:
        pair = {"key": Value(STRING, why, collection.origin), "value": Value(DYNAMIC, why, for_each.origin)}
        turn = {**names, iterator: object_(pair)}
        expanded.append(_static(instance, label, inside, type_, turn, why, _labels(instance, section, turn)))
    return expanded


def _labels(instance: ModuleInstance, section: Section, names: Mapping[str, Lazy]) -> tuple[str, ...]:
    located = section.attributes.get("labels")
    if located is None:
        return ()
    value = instance.evaluate(located, names)
    return tuple(v.raw if isinstance(v.raw, str) else UNKNOWN_LABEL for v in value.elements())


def readable(expanded: Expanded, report: Callable[[TerraformError], None]) -> Body:
    """The body as readers see it: what is in error is unknown, with the error as the reason."""
    arguments = dict.fromkeys(expanded.arguments(), _Readable(expanded, report))
    return Body(arguments, partial(_readable_blocks, expanded, report), expanded.origin)


class _Readable(Argument):
    __slots__ = ("_expanded", "_report")

    def __init__(self, expanded: Expanded, report: Callable[[TerraformError], None]) -> None:
        self._expanded = expanded
        self._report = report

    def __call__(self, name: str) -> Value:
        try:
            return self._expanded.argument(name)
        except TerraformError as error:
            self._report(error)
            why = as_unknown(error)
            return unknown(why.reason, why.origin)

    def made_of(self, name: str, function: str) -> Value | None:
        try:
            return self._expanded.made_of(name, function)
        except TerraformError:
            return None  # of which whoever asks for the whole is told


def _readable_blocks(expanded: Expanded, report: Callable[[TerraformError], None]) -> tuple[Block, ...]:
    try:
        nested = expanded.nested()
    except TerraformError as error:
        report(error)
        why = as_unknown(error)
        # Any block may be among those that could not be worked out.
        return tuple(
            Block(t, (), Body({}, (), expanded.origin, why), expanded.origin, why) for t in expanded.block_types()
        )
    return tuple(Block(b.type, b.labels, readable(b, report), b.origin, b.repetition) for b in nested)
