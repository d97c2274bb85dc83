"""A resource at work: the instances that ``count`` and ``for_each`` make of what a module declares."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tfparse.configs.module import Section
from tfparse.cty.numbers import whole
from tfparse.cty.values import Unknown
from tfparse.diagnostics import TerraformError, origin_at
from tfparse.graph.body import readable
from tfparse.graph.model import Block, Body, IgnoredPath, Resource
from tfparse.graph.providers import provider_of
from tfparse.graph.references import meta_blocks
from tfparse.graph.repetition import UNKNOWN_COUNT, RepetitionData, Repetitions
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, place_of
from tfparse.hcl.walking import items_of, string_of, word_of
from tfparse.lang.core import as_unknown

if TYPE_CHECKING:
    from tfparse.graph.instance import ModuleInstance


class DeclaredResource:
    """A resource, or a data source, that an instance of a module declares."""

    def __init__(self, type: str, instance: ModuleInstance, section: Section) -> None:
        self.type = type
        self._instance = instance
        self._section = section

    def written(self, key: str, *arguments: str) -> str | None:
        """The text that certainly stands under a key of the first of some arguments that it has, whatever else stands
        there: told from what is written alone, as it may be of an object, and of the YAML that is made of one.
        """
        given = self._section.attributes
        located = next((given[argument] for argument in arguments if argument in given), None)
        return None if located is None or self._section.block("_") is not None else _written(located.node, key)

    @cached_property
    def provider(self) -> str:
        """The provider configuration that it goes through."""
        return provider_of(self._instance, self._section)

    @cached_property
    def resources(self) -> list[Resource]:
        """Its instances."""
        instance, section = self._instance, self._section
        type_, name = section.labels
        mode = "data" if section.header.type == "data" else "managed"
        prefix = f"{instance.address}." if instance.address else ""
        address = f"{prefix}{'data.' if mode == 'data' else ''}{type_}.{name}"
        ignoring = partial(_ignore_changes, section)
        return [
            Resource(
                address=address + data.suffix,
                mode=mode,
                type=type_,
                name=name,
                key=data.key,
                body=readable(instance.body(section, data), self._report_of(data.repetition or instance.repetition)),
                origin=section.header.origin,
                ignoring=ignoring,
                repetition=data.repetition or instance.repetition,
                provider=self.provider,
                meta=Body({}, partial(_meta, instance, section, data), section.header.origin),
            )
            for data in self._repetitions()
        ]

    def _repetitions(self) -> Repetitions:
        try:
            return self._instance.repetitions(self._section)
        except TerraformError as error:
            self._instance.root.report(error)
            return Repetitions([RepetitionData(None, UNKNOWN_COUNT[0].names, as_unknown(error))])

    def _report_of(self, repetition: Unknown | None) -> Callable[[TerraformError], None]:
        """What becomes of errors in the body of an instance: where it may not be there, they may be none."""
        return self._instance.root.report if repetition is None else _passed_over


def _written(node: Expression, key: str) -> str | None:
    match node:
        case (ast.CALL, _, _, "yamlencode", (encoded,), False):
            return _written(encoded, key)
        case (ast.OBJECT, _, _, pairs):
            under = {string_of(name): value for name, value in pairs}
            return string_of(under[key]) if key in under and None not in under else None
    return None


def declared_resources(instance: ModuleInstance) -> dict[str, list[DeclaredResource]]:
    """What the module of an instance declares of each mode ("resource", "data")."""
    found: dict[str, list[DeclaredResource]] = {"resource": [], "data": []}
    for (kind, type_, _), section in instance.module.resources.items():
        found[kind].append(DeclaredResource(type_, instance, section))
    return found


def _meta(instance: ModuleInstance, section: Section, data: RepetitionData) -> tuple[Block, ...]:
    return readable(meta_blocks(instance, section, data), _passed_over).blocks()


def _passed_over(error: TerraformError) -> None:
    """What only shows where something is that may not be there."""


def _ignore_changes(section: Section) -> tuple[IgnoredPath, ...]:
    lifecycle = section.block("lifecycle")
    located = lifecycle.attributes.get("ignore_changes") if lifecycle is not None else None
    if located is None:
        return ()
    match located.node:
        case (ast.VAR, _, _, "all"):
            return (IgnoredPath((), located.origin),)
    file = located.file
    return tuple([IgnoredPath(_path(e), origin_at((file, *place_of(e)))) for e in items_of(located.node)])


def _path(node: Expression) -> tuple[str | int, ...]:
    """The steps of an entry; one that cannot be read is a question mark."""
    match node:
        case (ast.ATTR, _, _, source, name):
            return (*_path(source), name)
        case (ast.INDEX, _, _, source, (ast.NUMBER, _, _, digits)):
            return (*_path(source), whole(digits) if digits.isdigit() else digits)
        case (ast.INDEX, _, _, source, key):
            return (*_path(source), string_of(key) or "?")
    return (word_of(node) or "?",)
