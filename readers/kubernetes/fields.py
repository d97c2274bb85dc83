"""The fields of a Kubernetes object."""

from __future__ import annotations

from readers import Malformed, Missing
from readers.account import Certainty, Setting, as_text, every, present, same, undetermined
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, STRING
from tfparse.cty.values import Value, string
from tfparse.graph.model import Block, Body, IgnoredPath


def named(block: Block, name: str) -> Certainty:
    """Whether a block is there and has this ``name``."""
    value = block.body.attribute("name")
    return every(present(block.repetition), False if value is None else same(value, name))


def single(body: Body, type: str) -> Block | None:
    """The one nested block of a type that may stand once; None where there is none."""
    blocks = body.blocks(type)
    for block in blocks:
        if block.repetition is not None:
            raise undetermined(f"whether there is a {type} block cannot be known", block.repetition, block.origin)
    if len(blocks) > 1:
        raise Malformed(f"{type} block", f"one is allowed, there are {len(blocks)}", blocks[1].origin)
    return blocks[0] if blocks else None


def required(body: Body, type: str, holder: str) -> Block:
    """The one nested block of a type, or :class:`readers.Missing` from ``holder``."""
    block = single(body, type)
    if block is None:
        raise Missing(f"{type} block", holder, body.origin)
    return block


def flag(body: Body, name: str) -> bool:
    """A bool attribute, false where it is not set."""
    value = body.attribute(name)
    if value is None:
        return False
    try:
        return convert(value.known(), BOOL).as_bool()
    except ConversionError as error:
        raise Malformed(name, f"not a bool: {error}", value.origin) from error


def field(body: Body, name: str, source: str, ignored: IgnoredPath | None = None) -> Setting | None:
    """What an attribute is set to, None where it is not.  The provider takes an empty string for unset."""
    value = body.attribute(name)
    if value is None or value.raw == "":
        return None
    return Setting(name, as_text(value, name), source, value.origin or body.origin, ignored)


def field_or(body: Body, name: str, default: str, source: str, ignored: IgnoredPath | None = None) -> Setting:
    """What an attribute is set to, or what the cluster takes where it is not."""
    found = field(body, name, source, ignored)
    return found or Setting(name, string(default, body.origin), f"{source}, by default", body.origin, ignored)


def member(map: Value | None, key: str, what: str) -> Value | None:
    """What a map attribute has under a key, as text; None where it has nothing there.

    In a map that is not wholly known, a key that is not listed is unknown rather than absent.
    """
    if map is None:
        return None
    if map.unknown is not None:
        return Value(STRING, map.unknown, map.origin, marks=map.marks)
    if not isinstance(map.raw, dict):
        raise Malformed(what, "not a map", map.origin)
    found = map.get(key)
    return None if found is None else as_text(found, f"{key} of {what}").marked(map.marks)


def covering(entries: tuple[IgnoredPath, ...], path: tuple[str | int, ...]) -> IgnoredPath | None:
    """The ``ignore_changes`` entry that covers an attribute: its own path, one above it, or ``all``."""
    return next((entry for entry in entries if entry.path == path[: len(entry.path)]), None)
