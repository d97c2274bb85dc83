"""Zone text in an infra repo: in the variables of root modules, and as the modules and resources there get it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial

from tfparse.cty.text import runs
from tfparse.cty.types import STRING
from tfparse.cty.values import Unknown, Value, unknown
from tfparse.diagnostics import Origin, TerraformError
from tfparse.graph.model import Body
from tfparse.graph.root import Root
from tfparse.patterns import pattern

_ZONE_TEXT = pattern(r"^[^\S\n]*(?:\$(?:ORIGIN|TTL)\b|(?:\S+[^\S\n]+){0,3}SOA\s)", re.MULTILINE | re.IGNORECASE)
"""What tells a zone's text (RFC 1035, section 5.1) from other text: a control entry, or an SOA record."""
_APEX = pattern(r"^[^\S\n]*\$ORIGIN[^\S\n]+(\S+)|^(\S+)[^\S\n]+(?:\S+[^\S\n]+){0,2}SOA\s", re.MULTILINE | re.IGNORECASE)


def zone_texts(root: Root, pattern: str) -> list[tuple[str, Value]]:
    """The zone texts of a root module, each with what holds it.

    A variable's text is one, if it looks like it or the variable's name fits the glob ``pattern``; but where a
    resource of the root gets text of the same zone, that is what is served, and it counts instead.
    """
    texts = list(_of_variables(root, pattern))
    declared = root.instance.module.variables
    known = [text for name, text in texts if name in declared and isinstance(text.raw, str)]
    served = list(_of_resources(root)) if known else []
    zones = {_apex(text) for _, text in served}
    held = [(f"variable {name}", text) for name, text in texts if name not in declared or _apex(text) not in zones]
    return [*held, *_changed(texts, served)]


def _changed(texts: list[tuple[str, Value]], served: list[tuple[str, Value]]) -> Iterator[tuple[str, Value]]:
    """What resources get: of a variable's text that nothing changes on the way, the variable is named."""
    unchanged = {text.raw: (name, text) for name, text in texts if isinstance(text.raw, str)}
    for holder, text in served:
        name, same = unchanged.get(text.raw, ("", text)) if isinstance(text.raw, str) else ("", text)
        yield (f"variable {name}", same) if name else (holder, text)


def _of_variables(root: Root, pattern: str) -> Iterator[tuple[str, Value]]:
    for name, value in _variables(root):
        if isinstance(value.raw, Unknown) and value.parts is None:
            if fnmatchcase(name, pattern):
                yield name, value
        else:
            yield from ((name, text) for text in _strings(value) if _is_zone_text(text))


def _variables(root: Root) -> Iterator[tuple[str, Value]]:
    """The variables of a root module, and values that variable files give to names it does not declare."""
    declared = root.instance.module.variables
    for name, section in declared.items():
        yield name, _evaluated(name, partial(root.instance.variable, name, section.header.origin))
    for name, work in root.instance.arguments.items():
        if name not in declared:
            yield name, _evaluated(name, work)


def _evaluated(name: str, work: Callable[[], Value]) -> Value:
    try:
        return work()
    except TerraformError as error:
        first = error.diagnostics[0]
        return unknown(f"variable {name}: {first.summary}", first.origin or Origin("", 0), STRING)


def _of_resources(root: Root) -> Iterator[tuple[str, Value]]:
    """The zone texts that resources of a root get, however they come by them."""
    for resource in root.resources():
        for text in _texts_of(resource.body):
            yield resource.address, text


def _texts_of(body: Body) -> Iterator[Value]:
    for name in body.attribute_names():
        value = body.attribute(name)
        if value is not None:
            yield from (text for text in _strings(value) if _is_zone_text(text))
    for block in body.blocks():
        yield from _texts_of(block.body)


def _strings(value: Value) -> Iterator[Value]:
    raw = value.raw
    if value.parts is not None or isinstance(raw, str):
        yield value
    elif isinstance(raw, (dict, tuple)):
        for child in raw.values() if isinstance(raw, dict) else raw:
            yield from _strings(child)


def _is_zone_text(text: Value) -> bool:
    return _ZONE_TEXT.search("".join(runs(text))) is not None


def _apex(text: Value) -> str | None:
    """The zone that a text says it is of, by its first $ORIGIN or its SOA record; None where it does not say."""
    if text.unknown is not None and text.parts is None:
        return None
    found = _APEX.search("".join(runs(text)))
    return (found[1] or found[2]).rstrip(".").lower() if found else None
