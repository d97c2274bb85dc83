"""The names in expressions, without evaluating them: which there are, and whether something declares them.

Terraform refuses a module for a name that nothing declares, be it in a branch that is never taken.
Source: https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tfparse.configs.module import Located, LocatedBlock, Module, Section
from tfparse.diagnostics import Origin
from tfparse.hcl.ast import place_of
from tfparse.hcl.walking import INDEX, Path, items_of, references, word_of


class Name(NamedTuple):
    """A reference, and where it stands."""

    path: Path
    at: Origin


class Place(NamedTuple):
    """An expression, and which names mean something there that mean nothing elsewhere."""

    expression: Located
    special: frozenset[str]
    later: str = ""
    """In what it stands that is looked at when the resource is there: a provisioner, a condition, ``depends_on``."""
    content: bool = False
    """Whether it stands in the content of a ``dynamic`` block: Terraform looks at it once a block is made of that."""


_META: Final = {"module": frozenset({"source", "version", "providers"}), "resource": frozenset({"provider"})}
_META["output"] = frozenset({"type"})
_META["data"] = _META["ephemeral"] = _META["import"] = _META["resource"]
_HERE: Final = frozenset({"self"})
_NONE: Final[frozenset[str]] = frozenset()


def names(place: Place) -> Iterator[Name]:
    """The references in an expression to what is outside of it."""
    for path, node in references(place.expression.node, place.special - _SPECIAL):
        yield Name(path, Origin(place.expression.file, *place_of(node)))


_SPECIAL: Final = frozenset({"count", "each", "self"})


def places(kind: str, section: Section) -> Iterator[Place]:
    """The expressions in a top-level block that are evaluated with the names of the module."""
    special = frozenset(n for a, n in (("count", "count"), ("for_each", "each")) if a in section.attributes)
    for name, located in section.attributes.items():
        if name in _META.get(kind, _NONE) or (kind == "variable" and name != "default"):
            continue
        if name == "depends_on":
            yield from (Place(Located(located.file, entry), special, "depends_on") for entry in items_of(located.node))
        else:
            yield Place(located, _NONE if name in ("count", "for_each") else special)
    for block in section.blocks:
        yield from _inside(block, special)


def _inside(block: LocatedBlock, special: frozenset[str], later: str = "", *, content: bool = False) -> Iterator[Place]:
    """The expressions in a nested block; ``special`` has the iterators of ``dynamic`` blocks, too."""
    attributes, dynamic = block.attributes, block.type == "dynamic" and bool(block.labels)
    if block.type in ("provisioner", "connection", "postcondition"):
        special = special | _HERE
    if block.type == "provisioner":
        for keyword in ("when", "on_failure"):  # whose values are words, not references
            attributes.pop(keyword, None)
    if block.type in ("provisioner", "connection", "precondition", "postcondition"):
        later = block.type
    if block.type == "action_trigger":
        attributes.pop("events", None)  # words, too
    if block.type == "data":
        attributes.pop("provider", None)
    if dynamic:
        named = attributes.pop("iterator", None)
        iterator = (named and word_of(named.node)) or block.labels[0]
        if "for_each" in attributes:
            yield Place(attributes.pop("for_each"), special)
        special = special | {iterator}
    attributes.pop("ignore_changes", None)
    yield from (Place(located, special, later, content and not dynamic) for located in attributes.values())
    for inner in block.blocks:
        yield from _inside(inner, special, later, content=content or dynamic)


Complaint = tuple[str, str]


def complaint(module: Module, name: Name, special: frozenset[str]) -> Complaint | None:
    """What Terraform has against a reference: a summary and a sentence."""
    root, *rest = name.path
    if root in _SPECIAL:
        return None if root in special else _out_of_place(root)
    if root in ("path", "terraform"):
        known = ("module", "root", "cwd") if root == "path" else ("workspace", "applying")
        if not rest:
            return "Invalid reference", f'The "{root}" object cannot be accessed directly.'
        return None if rest[0] in known else (f'Invalid "{root}" attribute', f'"{root}" has no attribute "{rest[0]}".')
    if root in ("var", "local", "module"):
        if not rest:
            return "Invalid reference", f'The "{root}" object cannot be accessed directly.'
        what, table = {
            "var": ("input variable", module.variables),
            "local": ("local value", module.locals),
            "module": ("module", module.calls),
        }[root]
        declared = rest[0] in table  # type: ignore[operator]  # three tables of different content
        return None if declared else (f"Reference to undeclared {what}", f'There is no {what} named "{rest[0]}".')
    return _resource_complaint(module, name.path)


def _out_of_place(root: str) -> Complaint:
    if root == "self":
        return 'Invalid "self" reference', 'The "self" object is not available in this context.'
    context = "non-counted context" if root == "count" else "context without for_each"
    return f'Reference to "{root}" in {context}', f'The "{root}" object cannot be used here.'


def resource_key(path: Path) -> tuple[str, str, str] | None:
    """Which resource a reference is to: mode, type and name."""
    mode = path[0] if path[0] in ("resource", "data", "ephemeral", "action") else ""
    rest = path[1:] if mode else path
    return (mode or "resource", rest[0], rest[1]) if len(rest) > 1 and INDEX not in rest[:2] else None


def _resource_complaint(module: Module, path: Path) -> Complaint | None:
    key = resource_key(path)
    if key is None:
        return "Invalid reference", "A resource type must be followed by the name of a resource."
    if key[0] in ("ephemeral", "action"):
        return None
    section = module.resources.get(key)
    if section is None:
        shown = ".".join(key[1:] if key[0] == "resource" else key)
        return "Reference to undeclared resource", f"There is no resource {shown}."
    after = path[3 if path[0] in ("resource", "data") else 2 :]
    repeated = next((a for a in ("count", "for_each") if a in section.attributes), None)
    if after and after[0] != INDEX and repeated:
        shown = ".".join(section.labels)
        return "Missing resource instance key", f'{shown} has "{repeated}" set: attributes are of an instance.'
    if after and after[0] == INDEX and not repeated:
        return "Unexpected resource instance key", f'{".".join(section.labels)} has neither "count" nor "for_each" set.'
    return None
