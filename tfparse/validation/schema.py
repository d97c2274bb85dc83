"""What Terraform's own blocks may hold: labels, arguments and nested blocks.

Source: hashicorp/terraform, ``internal/configs`` (the ``hcl.BodySchema`` of each block), version 1.11; what later
versions take besides (up to 1.15) is taken, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from tfparse.configs.file_names import is_override
from tfparse.configs.module import Located, LocatedBlock, Module
from tfparse.hcl import ast
from tfparse.hcl.ast import tag_of
from tfparse.hcl.walking import INDEX, items_of, references, string_of, word_of
from tfparse.validation.names import resource_key


class Schema(Struct, frozen=True):
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
    optional=_words("create_before_destroy prevent_destroy ignore_changes replace_triggered_by"),
    blocks=_CONDITIONS | {"action_trigger": Schema(optional=_words("events condition actions"))},
)
_NAMED: Final = Schema(("type",), open=True)
_RESOURCE: Final = Schema(
    ("type", "name"),
    open=True,
    blocks={"lifecycle": _LIFECYCLE, "connection": _ANYTHING, "provisioner": _NAMED, "_": _ANYTHING},
)

BLOCKS: Final[Mapping[str, Schema]] = {
    "variable": Schema(
        ("name",), optional=_words("description default type sensitive ephemeral nullable deprecated const"),
        blocks={"validation": _CHECK},
    ),
    "locals": Schema(open=True),
    "output": Schema(
        ("name",), _words("value"), _words("description depends_on sensitive ephemeral deprecated type"),
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
                "provider_meta": Schema(("provider",), open=True), "state_store": _NAMED},
    ),
    "moved": Schema(required=_words("from to")),
    "removed": Schema(
        required=_words("from"),
        blocks={"lifecycle": Schema(optional=_words("destroy")), "connection": _ANYTHING, "provisioner": _NAMED},
    ),
    "import": Schema(required=_words("to"), optional=_words("id identity provider for_each")),
    "action": Schema(
        ("type", "name"), optional=_words("count for_each provider depends_on"), blocks={"config": _ANYTHING}
    ),
    "check": Schema(("name",), blocks={"data": _RESOURCE, "assert": _CHECK}),
}  # fmt: skip

_ONCE_A_MODULE: Final = {
    "backend": "Duplicate backend configuration",
    "cloud": "Duplicate cloud configurations",
    "required_providers": "Duplicate required providers configuration",
}
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
    yield from _once_a_module(module)
    yield from _history(module)


def _once_a_module(module: Module) -> Iterator[Problem]:
    """What only one ``terraform`` block of a module may hold."""
    seen: set[str] = set()
    for block in module.blocks:
        if block.type != "terraform" or is_override(block.file.rsplit("/", 1)[-1]):
            continue
        for inner in block.blocks:
            if inner.type in seen and inner.type in _ONCE_A_MODULE:
                yield inner, _ONCE_A_MODULE[inner.type], f"Only one {inner.type} block is allowed in a module."
            seen.add(inner.type)
            if {"backend", "cloud"} <= seen and inner.type in ("backend", "cloud"):
                summary = "Both a backend and cloud configuration are present"
                yield inner, summary, "A module may hold one of them."


def _history(module: Module) -> Iterator[Problem]:
    """``moved`` and ``removed`` blocks about what is still there."""
    for block in module.blocks:
        if block.type not in ("moved", "removed"):
            continue
        places = {name: _address(block.attributes.get(name)) for name in ("from", "to")}
        (key, indexed), (target, _) = places["from"], places["to"]
        if key is None:
            continue
        if block.type == "removed" and indexed:
            yield (
                block.attributes["from"],
                "Resource instance keys not allowed",
                "Only a whole resource can be removed.",
            )
        elif key in module.resources and not indexed and key != target:
            what = "Moved object" if block.type == "moved" else "Removed resource"
            yield block, f"{what} still exists", f"There is still {'.'.join(key[1:])}."


def _address(located: Located | None) -> tuple[tuple[str, str, str] | None, bool]:
    """Which resource of the module an address is of, and whether it is that of an instance."""
    path = next((path for path, _ in references(located.node)), ()) if located is not None else ()
    key = resource_key(path) if path and path[0] != "module" else None
    return key, INDEX in path


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
        for name, located in inner.attributes.items():
            if inner is block and name == "language":
                yield from _language(located)
            elif inner is block and name == "experiments":
                detail = "Experimental features are available only in alpha releases of Terraform."
                yield located, "Module uses experimental features", detail
            elif next(references(located.node), None) is not None:
                yield located, "Variables not allowed", "Variables may not be used here."
        waiting.extend(b for b in inner.blocks if b.type != "required_providers")


def _language(located: Located) -> Iterator[Problem]:
    match located.node:
        case (ast.VAR, _, _, "TF2021"):
            pass
        case (ast.VAR, *_):
            yield located, "Unsupported language edition", "There is only TF2021."
        case _:
            yield located, "Invalid language edition", "The language argument expects a bare language edition keyword."


def _provider(block: LocatedBlock) -> Iterator[Problem]:
    for name in ("count", "depends_on", "for_each", "source"):
        if name in block.attributes:
            yield block.attributes[name], "Reserved argument name in provider block", f'The name "{name}" is reserved.'
    alias = block.attributes.get("alias")
    if alias is not None and not _is_name(string_of(alias.node) or word_of(alias.node) or ""):
        yield alias, "Invalid provider configuration alias", "An alias must be a valid name."


def _resource(block: LocatedBlock) -> Iterator[Problem]:
    if not _is_name(block.labels[0]):
        yield block, "Invalid resource type name", "Names are of letters, digits, underscores and dashes."
    for lifecycle in (inner for inner in block.blocks if inner.type == "lifecycle"):
        yield from _lifecycle(lifecycle.attributes)


def _lifecycle(attributes: Mapping[str, Located]) -> Iterator[Problem]:
    for name in ("create_before_destroy", "prevent_destroy"):
        if name in attributes and next(references(attributes[name].node), None) is not None:
            yield attributes[name], "Variables not allowed", "Variables may not be used here."
    ignored = attributes.get("ignore_changes")
    if ignored is None or word_of(ignored.node) == "all":
        return
    if tag_of(ignored.node) != ast.TUPLE:
        yield ignored, "Invalid expression", "A static list expression is required."
    elif any(string_of(item) == "*" for item in items_of(ignored.node)):
        yield ignored, "Invalid ignore_changes wildcard", 'Use "ignore_changes = all" instead.'


_ARGUMENTS: Final[Mapping[str, Callable[[LocatedBlock], Iterator[Problem]]]] = {
    "variable": _variable,
    "module": _module,
    "terraform": _terraform,
    "provider": _provider,
    "resource": _resource,
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
    yield from _dependencies(depends_on) if depends_on is not None else ()
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
        if nested is None or (kind == "locals" and block.type in _REPEATED):
            yield from _unexpected(block, inner, schema)
            continue
        if kind in seen and kind in _ONCE:
            yield inner, f"Duplicate {kind} block", f"Only one {kind} block is allowed."
        seen.add(kind)
        yield from _content(inner, nested)


def _dependencies(located: Located) -> Iterator[Problem]:
    """A resource is depended on as a whole, or an instance of it."""
    for item in items_of(located.node):
        for path, _ in references(item):
            steps = path[3 if path[0] in ("resource", "data") else 2 :]
            if path[0] not in ("module", "local", "var") and resource_key(path) and steps not in ((), (INDEX,)):
                at = Located(located.file, item)
                yield at, "Invalid depends_on reference", "References in depends_on must be to a whole object."


def _unexpected(block: LocatedBlock, inner: LocatedBlock, schema: Schema) -> Iterator[Problem]:
    kind = inner.type
    if kind == "locals" and block.type in ("resource", "data"):
        yield inner, f"Reserved block type name in {block.type} block", 'The block type name "locals" is reserved.'
    elif block.type == "locals":
        yield inner, f'Unexpected "{kind}" block', "Blocks are not allowed here."
    elif not schema.open or block.type == "module":
        yield inner, "Unsupported block type", f'Blocks of type "{kind}" are not expected here.'
