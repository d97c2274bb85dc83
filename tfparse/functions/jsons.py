"""JSON text as Terraform writes it: compact, keys sorted, ``<``, ``>`` and ``&`` escaped.

Source: zclconf/go-cty, ``cty/json``; Go's ``encoding/json``.
"""

from __future__ import annotations

import json
import re

from tfparse.convert import format_number
from tfparse.diagnostics import Origin
from tfparse.functions._registry import MAX_TEXT, Unsupported
from tfparse.text import Encoded
from tfparse.types import Set
from tfparse.values import Part, Unknown, Value, text

_HTML = re.compile("[<>&\u2028\u2029]")


def quoted(content: str) -> str:
    """A string as Go's ``encoding/json`` writes it."""
    # Python leaves the rest as Go does: \b and \f are short, DEL stands for itself.
    return _HTML.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(content, ensure_ascii=False))


def encode(value: Value, origin: Origin | None = None) -> Value:
    """The JSON text of a value: known around what is unknown in it."""
    pieces: list[str | Part] = []
    _write(value, pieces)
    return assembled(pieces, origin)


def assembled(pieces: list[str | Part], origin: Origin | None) -> Value:
    """A string of pieces, those that are only text run together."""
    parts: list[Part] = []
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
            continue
        if run:
            parts.append(Part("".join(run), origin))
            run = []
        parts.append(piece)
    if not parts:
        content = "".join(run)
        if len(content) > MAX_TEXT:
            raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
        return text((Part(content, origin),), origin)
    if run:
        parts.append(Part("".join(run), origin))
    return text(tuple(parts), origin)


def _write(value: Value, out: list[str | Part]) -> None:
    raw = value.raw
    if raw is None:
        out.append("null")
    elif isinstance(raw, str):
        out.append(quoted(raw))
    elif isinstance(raw, bool):
        out.append("true" if raw else "false")
    elif unordered(value) or (isinstance(raw, Unknown) and value.parts is None):
        out.append(Part(Encoded.of(value), value.origin))
    elif isinstance(raw, Unknown):
        _write_around(value, out)
    elif isinstance(raw, tuple):
        for index, element in enumerate(raw):
            out.append("," if index else "[")
            _write(element, out)
        out.append("]" if raw else "[]")
    elif isinstance(raw, dict):
        for index, (key, item) in enumerate(raw.items()):
            out.append(f"{',' if index else '{'}{quoted(key)}:")
            _write(item, out)
        out.append("}" if raw else "{}")
    else:
        out.append(format_number(raw))


def unordered(value: Value) -> bool:
    """Whether it is not known where in the whole an element or a key stands."""
    if isinstance(value.type, Set) and isinstance(value.raw, tuple):
        return value.first_unknown() is not None
    return value.rest is not None


def _write_around(value: Value, out: list[str | Part]) -> None:
    out.append('"')
    for part in value.text_parts():
        out.append(part if isinstance(part.text, Unknown) else quoted(part.text)[1:-1])
    out.append('"')
