"""JSON text as Terraform writes it: compact, keys sorted, ``<``, ``>`` and ``&`` escaped.

Source: zclconf/go-cty, ``cty/json``; Go's ``encoding/json``.
"""

from __future__ import annotations

import json

from tfparse.cty.convert import format_number
from tfparse.cty.text import MAX_TEXT, Encoded
from tfparse.cty.types import Set
from tfparse.cty.values import Part, Unknown, Value, text
from tfparse.diagnostics import Diagnostic, Origin, UnsupportedError
from tfparse.patterns import pattern

_HTML = pattern("[<>&\u2028\u2029]")


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
    """A string of pieces, each with its place; those of one place, and plain text with what is before it, as one."""
    parts: list[Part] = []
    run: list[str] = []
    place, size, marks = origin, 0, 0
    for piece in pieces:
        known, at, _, marked = (piece, None, False, 0) if isinstance(piece, str) else piece
        moves = at is not None and at != place
        if run and (moves or marked != marks or not isinstance(known, str)):
            parts.append(Part("".join(run), place, False, marks))
            run = []
        marks = marked
        if isinstance(known, str):
            place = at if moves else place
            run.append(known)
            size += len(known)
        elif isinstance(piece, Part):
            parts.append(piece)
    if size > MAX_TEXT:
        detail = f"As JSON or YAML, the result is longer than {MAX_TEXT} characters."
        raise UnsupportedError(Diagnostic("Text too long", detail, origin))
    if run or not parts:
        parts.append(Part("".join(run), place, False, marks))
    return text(tuple(parts), origin)


def mark(pieces: list[str | Part], start: int, marks: int) -> None:
    """Adds marks to the pieces from an index on."""
    if marks:
        plain = (Part(piece, None) if isinstance(piece, str) else piece for piece in pieces[start:])
        pieces[start:] = [piece._replace(marks=piece.marks | marks) for piece in plain]


def _write(value: Value, out: list[str | Part]) -> None:
    start = len(out)
    _write_content(value, out)
    mark(out, start, value.marks)


def _write_content(value: Value, out: list[str | Part]) -> None:
    raw = value.raw
    if raw is None:
        out.append(Part("null", value.origin))
    elif isinstance(raw, str):
        out.append(Part(quoted(raw), value.origin))
    elif isinstance(raw, bool):
        out.append(Part("true" if raw else "false", value.origin))
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
            out.append("," if index else "{")
            out.append(Part(f"{quoted(key)}:", item.origin))
            _write(item, out)
        out.append("}" if raw else "{}")
    else:
        out.append(Part(format_number(raw), value.origin))


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
