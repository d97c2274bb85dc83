"""What a field of a Kubernetes object is set to, and how certain that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from readers import Malformed, Missing
from readers.account import NO_ACCOUNT, Account
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, STRING
from tfparse.cty.values import Part, Unknown, Value, string, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import Block, Body, IgnoredPath

T = TypeVar("T")

Certainty = bool | Unknown
"""True or False where that is certain, else the unknown that hides which."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What one field is set to.

    ``what`` names the field ("ENABLE_RSPAMD", "replicas", a mounted path), ``source`` says who sets it
    ("env", "ConfigMap mailserver.env.config"), ``origin`` is the line to edit.  ``ignored`` is the
    ``ignore_changes`` entry because of which Terraform does not enforce it, if there is one.
    ``value`` is a string, perhaps unknown, perhaps in part.  ``account`` says what else could decide it.
    """

    what: str
    value: Value
    source: str
    origin: Origin | None
    ignored: IgnoredPath | None = None
    account: Account = NO_ACCOUNT

    @property
    def text(self) -> str:
        """The content.  Raises :class:`UnknownValueError` where it cannot be known."""
        return self.value.as_string()

    @property
    def number(self) -> int:
        """The content as a whole number.  Raises :class:`readers.Malformed` on any other text."""
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", self.text):
            raise Malformed(f"{self.what} of {self.source}", f"{self.shown} is not a whole number", self.origin)
        return int(self.text)

    @property
    def sensitive(self) -> bool:
        return self.value.sensitive

    @property
    def shown(self) -> str:
        """The content as a report may show it."""
        if self.value.sensitive:
            return "(sensitive)"
        return f"(unknown: {self.value.unknown.reason})" if self.value.unknown else f'"{self.text}"'


def as_text(value: Value, what: str) -> Value:
    """The value as the provider's string fields take it: ``1`` and ``"1"``, ``true`` and ``"true"`` are one."""
    if value.is_null:
        return unknown(f"{what} is null, and what a null becomes here is up to the provider", value.origin, STRING)
    if value.is_unknown:
        return value
    try:
        return convert(value, STRING)
    except ConversionError as error:
        raise Malformed(what, f"not a string: {error}", value.origin) from error


def same(value: Value, text: str) -> Certainty:
    """Whether a value is this text.  A partly unknown one still cannot be what its known parts rule out."""
    if value.unknown is None:
        return as_text(value, f'"{text}"').raw == text
    return value.unknown if _could_be(value.text_parts(), text) else False


def _could_be(parts: tuple[Part, ...], text: str) -> bool:
    """Whether some content of the unknown parts makes the whole read ``text``."""
    first, last = parts[0].text, parts[-1].text
    start = len(first) if isinstance(first, str) else 0
    end = len(text) - (len(last) if isinstance(last, str) else 0)
    if start > end or not text.startswith(first if isinstance(first, str) else ""):
        return False
    if not text.endswith(last if isinstance(last, str) else ""):
        return False
    # Between the two ends the leftmost place for each known part is never worse than another.
    for part in parts[1:-1]:
        if isinstance(part.text, str):
            found = text.find(part.text, start, end)
            if found < 0:
                return False
            start = found + len(part.text)
    return True


def every(*certainties: Certainty) -> Certainty:
    """Whether all hold: one that certainly does not decides, whatever is unknown beside it."""
    if any(c is False for c in certainties):
        return False
    return next((c for c in certainties if isinstance(c, Unknown)), True)


def told_apart(verdicts: Iterable[tuple[T, Certainty]]) -> tuple[list[T], list[tuple[T, Unknown]]]:
    """The things of which something holds, and those of which it may."""
    certain: list[T] = []
    doubtful: list[tuple[T, Unknown]] = []
    for thing, verdict in verdicts:
        if verdict is True:
            certain.append(thing)
        elif isinstance(verdict, Unknown):
            doubtful.append((thing, verdict))
    return certain, doubtful


def undetermined(question: str, why: Unknown, origin: Origin | None) -> UnknownValueError:
    """The error that says which question an unknown leaves open."""
    return UnknownValueError(f"{question}: {why.reason}", why.origin or origin)


def named(block: Block, name: str) -> Certainty:
    """Whether a block is there and has this ``name``."""
    value = block.body.attribute("name")
    return every(present(block.repetition), False if value is None else same(value, name))


def present(repetition: Unknown | None) -> Certainty:
    """Whether a resource or block exists at all, given how often it is repeated."""
    return True if repetition is None else repetition


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
        return Value(STRING, map.unknown, map.origin, sensitive=map.sensitive)
    if not isinstance(map.raw, dict):
        raise Malformed(what, "not a map", map.origin)
    found = map.get(key)
    return None if found is None else as_text(found, f"{key} of {what}").marked(map.sensitive or found.sensitive)


def covering(entries: tuple[IgnoredPath, ...], path: tuple[str | int, ...]) -> IgnoredPath | None:
    """The ``ignore_changes`` entry that covers an attribute: its own path, one above it, or ``all``."""
    return next((entry for entry in entries if entry.path == path[: len(entry.path)]), None)


def nearest(wanted: str, names: list[str]) -> str:
    """A hint for a name that was not found: `` (it has a, b)``, the likest first; empty where there are none."""
    close = get_close_matches(wanted, names, n=3, cutoff=0.5) or sorted(names)[:5]
    return f" (it has {', '.join(close)})" if close else ""
