"""Texts within subjects, read as what they are: YAML, JSON, TOML, settings, lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from readers import Malformed
from readers.manifests.documents import split
from tfparse import Origin, Value
from tfparse.cty.text import flat, from_flat, runs
from tfparse.cty.values import HOLE, REDACTED, Unknown, boolean, number, object_, string, tuple_, unknown
from tfparse.diagnostics import TerraformError
from tfparse.documents import decode_json, decode_yaml
from tfparse.patterns import pattern

_SETTING = pattern(r'(?P<key>[^\s=:#;"]+)\s*(?:[=:]|\s)\s*(?P<value>.*)|(?P<flag>[^\s=:]+)')
_SECTION = pattern(r"\[(?P<name>[^\]]+)\]")
_COMMENT = pattern(r"\s*(?:#|;|//)")


def read_text(text: Value, form: str, what: str) -> Value:
    """A text as a value; what it holds is as sensitive as the text.

    Raises:
        Malformed: it cannot be read so; the message names the line.
    """
    if text.unknown is not None and text.parts is None:
        return text
    try:
        read = FORMS[form](text)
    except TerraformError as error:
        first = error.diagnostics[0]
        said = REDACTED if text.secret else f"{first.summary} {first.detail}".strip()
        problem = f"it cannot be read as {form}: {said}"
        raise Malformed(what, problem, first.origin or text.origin) from error
    # JSON and YAML say of each value which stretches of the text it is made of.
    return read.marked(text.whole_marks() if form in ("JSON", "YAML") else text.marks)


_SAYS = pattern(r"^[^\S\n]*[^#\s]", re.MULTILINE)
_ON = pattern(r"^(on|On|ON|yes|Yes|YES|y|Y)\s*:", re.MULTILINE)
"""A key that older YAML takes for true: that of a GitHub workflow."""


def _yaml(text: Value) -> Value:
    """A document; of a stream of several, a list of them."""
    documents = [(line, one) for line, one in split(text.raw) if _SAYS.search(one)] if isinstance(text.raw, str) else []
    if len(documents) > 1 and (place := text.origin) is not None:
        lines = (place._replace(line=place.line + line - 1) for line, _ in documents)
        pieces = (string(one, at, verbatim=True) for (_, one), at in zip(documents, lines, strict=True))
        return tuple_(tuple(_document(piece).marked(text.all_marks()) for piece in pieces), place)
    return _document(text)


def _document(text: Value) -> Value:
    read = decode_yaml(text)
    if not isinstance(read.raw, dict) or "true" not in read.raw:
        return read
    if (word := _ON.search("".join(runs(text)))) is None:
        return read
    held = {word[1] if key == "true" else key: value for key, value in read.raw.items()}
    return object_(held, read.origin, read.rest)


def _toml(text: Value) -> Value:
    import tomllib  # few texts are TOML

    if text.unknown is not None:
        return unknown(text.unknown.reason, text.unknown.origin)
    try:
        return _from_python(tomllib.loads(text.as_string()), text.origin)
    except tomllib.TOMLDecodeError as error:
        raise Malformed("text", f"it cannot be read as TOML: {error}", text.origin) from error


def _from_python(held: Any, origin: Origin | None) -> Value:
    match held:
        case dict():
            return object_({key: _from_python(value, origin) for key, value in held.items()}, origin)
        case list():
            return tuple_(tuple(_from_python(element, origin) for element in held), origin)
        case bool():
            return boolean(held, origin)
        case int():
            return number(held, origin)
        case _:
            return string(str(held), origin)


def _lines(text: Value) -> Value:
    """The lines that say something, comments left out; of one that is unknown in part the known parts are kept."""
    return tuple_(tuple(line for line, _ in _said(text)), text.origin)


def _said(text: Value) -> list[tuple[Value, Origin | None]]:
    found: list[tuple[Value, Origin | None]] = []
    for line in text.lines():
        if line.text.strip() and not _COMMENT.match(line.text):
            found.append((_held(line.text.strip(), line.unknown, line.origin), line.origin))
    return found


def _held(written: str, why: Unknown | None, origin: Origin | None) -> Value:
    """A stretch of a line as a value, its known parts kept."""
    if why is None or HOLE not in written:
        return string(written, origin)
    return from_flat(written, why, origin)


def _settings(text: Value) -> Value:
    """``key value``, ``key = value`` or ``key: value``, a line each; the last of a key counts, ``[section]`` nests."""
    top: dict[str, Value] = {}
    sections: dict[str, dict[str, Value]] = {}
    here, rest = top, None
    for line, origin in _said(text):
        written = flat(line)
        section = _SECTION.fullmatch(written)
        found = _SETTING.fullmatch(written) if section is None else None
        key, value = (None, "") if found is None else (found["key"] or found["flag"], found["value"] or "")
        if line.unknown is not None and HOLE in (section["name"] if section is not None else key or HOLE):
            # What is set here cannot be known, nor whether more is: of what stands above, any may be set anew.
            rest = rest or line.unknown
            why = unknown(line.unknown.reason, origin)
            for held in (top, *sections.values()):
                held.update(dict.fromkeys(held, why))
        elif section is not None:
            here = sections.setdefault(section["name"].strip(), {})
        elif key is None:
            raise Malformed("text", f'"{line.as_string()}" is no setting', origin)
        else:
            here[key] = _held(value.strip().strip("\"'"), line.unknown, origin)
    nested = {name: object_(held, text.origin, rest) for name, held in sections.items()}
    return object_(top | nested, text.origin, rest)


FORMS: dict[str, Callable[[Value], Value]] = {
    "YAML": _yaml, "JSON": decode_json, "TOML": _toml, "settings": _settings, "lines": _lines,
}  # fmt: skip
"""The forms that a text may be read as."""
