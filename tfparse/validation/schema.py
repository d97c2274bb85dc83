"""What Terraform's own blocks may hold: labels, arguments and nested blocks.

Source: hashicorp/terraform, ``internal/configs`` (the ``hcl.BodySchema`` of each block), version 1.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tfparse.configs.file_names import is_override
from tfparse.configs.module import Located, LocatedBlock, Module
from tfparse.hcl import ast
from tfparse.hcl.ast import tag_of
from tfparse.hcl.walking import references, string_of


@dataclass(frozen=True, slots=True)
class Schema:
    """``labels`` by what they name.  In an ``open`` block other arguments and blocks are somebody else's."""

    labels: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    blocks: Mapping[str, Schema] = field(default_factory=dict)
    open: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANYTHING: Final = Schema(open=True)
_CHECK: Final = Schema(required=_words("condition error_message"))
_CONDITIONS: Final = {"precondition": _CHECK, "postcondition": _CHECK}
_LIFECYCLE: Final = Schema(
    optional=_words("create_before_destroy prevent_destroy ignore_changes replace_triggered_by"), blocks=_CONDITIONS
)
_NAMED: Final = Schema(("type",), open=True)
_RESOURCE: Final = Schema(
    ("type", "name"),
    open=True,
    blocks={"lifecycle": _LIFECYCLE, "connection": _ANYTHING, "provisioner": _NAMED, "_": _ANYTHING},
)

BLOCKS: Final[Mapping[str, Schema]] = {
    "variable": Schema(
        ("name",), optional=_words("description default type sensitive ephemeral nullable"),
        blocks={"validation": _CHECK},
    ),
    "locals": Schema(open=True),
    "output": Schema(
        ("name",), _words("value"), _words("description depends_on sensitive ephemeral"),
        blocks={"precondition": _CHECK},
    ),
    "module": Schema(("name",), _words("source"), open=True),
    "resource": _RESOURCE,
    "data": _RESOURCE,
    "ephemeral": _RESOURCE,
    "provider": Schema(("name",), open=True),
    "terraform": Schema(
        optional=_words("required_version experiments language"),
        blocks={"backend": _NAMED, "cloud": _ANYTHING, "required_providers": _ANYTHING,
                "provider_meta": Schema(("provider",), open=True)},
    ),
    "moved": Schema(required=_words("from to")),
    "removed": Schema(
        required=_words("from"),
        blocks={"lifecycle": Schema(optional=_words("destroy")), "connection": _ANYTHING, "provisioner": _NAMED},
    ),
    "import": Schema(required=_words("id to"), optional=_words("provider for_each")),
    "check": Schema(("name",), blocks={"data": _RESOURCE, "assert": _CHECK}),
}  # fmt: skip

_REPEATED: Final = _words("module resource data ephemeral")
_ONCE: Final = _words("lifecycle connection _ backend cloud")
_RESERVED: Final = _words("source version providers count for_each lifecycle depends_on locals")

Problem = tuple[Located | LocatedBlock, str, str]
"""Where, in a few words, and in a sentence."""


def problems(module: Module) -> Iterator[Problem]:
    """What Terraform would not take in the blocks of a module as they are written."""
    seen: set[tuple[str, ...]] = set()
    for block in module.blocks:
        kind, labels = block.type, block.labels
        schema = BLOCKS.get(kind)
        if schema is None or len(labels) != len(schema.labels):
            continue
        overriding = is_override(block.file.rsplit("/", 1)[-1])
        yield from _names(block)
        yield from _content(block, schema, overriding=overriding)
        yield from _overrides(block) if overriding else ()
        if kind in ("check", "provider") and not overriding:
            key = (kind, *labels, _alias(block))
            if key in seen:
                yield block, f"Duplicate {kind} configuration", f'There is another {kind} "{labels[0]}".'
            seen.add(key)
        yield from _ARGUMENTS.get(kind, _nothing)(block)


def _alias(block: LocatedBlock) -> str:
    located = block.attributes.get("alias")
    return (located and string_of(located.node)) or ""


def _overrides(block: LocatedBlock) -> Iterator[Problem]:
    """What an override file may not change."""
    kind = block.type
    if kind in ("moved", "import", "removed", "check"):
        yield block, f"Cannot override {kind!r} blocks", f"Blocks of type {kind!r} can appear only in normal files."
    depends_on = block.attributes.get("depends_on")
    if depends_on is not None:
        yield depends_on, "Unsupported override", "The depends_on argument may not be overridden."
    for inner in block.blocks:
        if inner.type in ("validation", "precondition", "postcondition"):
            yield inner, f"Can't override {inner.type} blocks", "Override files cannot override them."


def _nothing(block: LocatedBlock) -> Iterator[Problem]:
    return iter(())


def _variable(block: LocatedBlock) -> Iterator[Problem]:
    (name,) = block.labels
    for inner in block.blocks:
        condition = inner.attributes.get("condition")
        if inner.type != "validation" or condition is None:
            continue
        if not any(path[:2] == ("var", name) for path, _ in references(condition.node)):
            yield (
                condition,
                "Invalid variable validation condition",
                f'The condition for variable "{name}" must refer to var.{name}.',
            )


def _module(block: LocatedBlock) -> Iterator[Problem]:
    attributes = block.attributes
    source, version = attributes.get("source"), attributes.get("version")
    if source is not None and tag_of(source.node) not in (ast.STRING, ast.TEMPLATE):
        yield source, "Variables not allowed", "The source of a module must be a plain string."
    elif source is not None and version is not None and (string_of(source.node) or "").startswith("."):
        yield source, "Invalid registry module source address", "A module in this repo has no version."


def _terraform(block: LocatedBlock) -> Iterator[Problem]:
    waiting = [block]
    while waiting:
        inner = waiting.pop()
        for located in inner.attributes.values():
            if next(references(located.node), None) is not None:
                yield located, "Variables not allowed", "Variables may not be used here."
        waiting.extend(b for b in inner.blocks if b.type != "required_providers")


_ARGUMENTS: Final[Mapping[str, Callable[[LocatedBlock], Iterator[Problem]]]] = {
    "variable": _variable,
    "module": _module,
    "terraform": _terraform,
}


def _names(block: LocatedBlock) -> Iterator[Problem]:
    kind, labels = block.type, block.labels
    what = {"module": "module instance", "data": "data resource", "check": "check block"}.get(kind, kind)
    for label in labels[-1:]:
        if not _is_name(label):
            yield block, f"Invalid {what} name", "Names are of letters, digits, underscores and dashes."
        elif kind == "variable" and label in _RESERVED:
            yield block, "Invalid variable name", f'The variable name "{label}" is reserved.'
    if kind == "locals":
        for name, located in block.attributes.items():
            if not _is_name(name):
                yield located, "Invalid local value name", "A name must start with a letter or underscore."


def _is_name(label: str) -> bool:
    return bool(label) and label.replace("-", "_").isidentifier() and not label.startswith("-")


def _content(block: LocatedBlock, schema: Schema, *, overriding: bool = False) -> Iterator[Problem]:
    attributes = block.attributes
    for name, located in attributes.items():
        if not schema.open and name not in schema.required and name not in schema.optional:
            yield located, "Unsupported argument", f'An argument named "{name}" is not expected here.'
    for name in sorted(schema.required - attributes.keys()):
        if not overriding:
            yield block, "Missing required argument", f'The argument "{name}" is required, but no definition was found.'
    depends_on = attributes.get("depends_on")
    if depends_on is not None and tag_of(depends_on.node) != ast.TUPLE:
        yield depends_on, "Invalid expression", "A static list expression is required."
    if "count" in attributes and "for_each" in attributes and block.type in _REPEATED:
        yield (
            attributes["for_each"],
            'Invalid combination of "count" and "for_each"',
            'The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used.',
        )
    seen: set[str] = set()
    for inner in block.blocks:
        kind = inner.type
        nested = schema.blocks.get(kind)
        if nested is None:
            yield from _unexpected(block, inner, schema)
            continue
        if kind in seen and kind in _ONCE:
            yield inner, f"Duplicate {kind} block", f"Only one {kind} block is allowed."
        seen.add(kind)
        yield from _content(inner, nested)


def _unexpected(block: LocatedBlock, inner: LocatedBlock, schema: Schema) -> Iterator[Problem]:
    kind = inner.type
    if block.type == "locals":
        yield inner, f'Unexpected "{kind}" block', "Blocks are not allowed here."
    elif not schema.open or block.type == "module":
        yield inner, "Unsupported block type", f'Blocks of type "{kind}" are not expected here.'
