"""A value as the YAML file that a program is given, and the way back from what it says to the infra repo.

Each key and each scalar stands on a line of its own, so that a line tells the origin.  Whatever is not known or that
Terraform calls sensitive is replaced before anything is written: by a placeholder that is valid where it stands.
A secret that it does not call so is given to the program, which checks it; what it says is redacted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Struct

from tfparse.cty.values import SENSITIVE, Part, Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

Path = tuple[str | int, ...]
Placeholder = Callable[[Path], str | int]

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_CONTROL = pattern("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_POSITION = pattern(r"(?:(?:line )?(?P<line>\d+):(?:\d+:)? )+")
_QUOTED = pattern(r'"((?:[^"\\]|\\.)+)"')


class RenderedLine(NamedTuple):
    """``path`` leads to the node that the line shows, ``replaced`` tells that a placeholder stands there.

    ``secret`` tells that no report may show what does.
    """

    text: str
    path: Path
    origin: Origin | None
    scalar: str | None
    replaced: bool
    secret: bool = False


class Rendered(Struct, frozen=True):
    """A file for a program, line by line."""

    lines: tuple[RenderedLine, ...]
    origin: Origin | None

    @property
    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines)

    def at(self, path: Path) -> RenderedLine | None:
        """The line that shows a node."""
        return next((line for line in self.lines if line.path == path), None)

    def spoken_of(self, message: str) -> RenderedLine | None:
        """The line that a message begins with; else that of a scalar that it quotes, or that stands in it."""
        numbered = _POSITION.match(message)
        if numbered and 0 < int(numbered["line"]) <= len(self.lines):
            return self.lines[int(numbered["line"]) - 1]
        quoted = [found[1] for found in _QUOTED.finditer(message)]
        scalars = [(line.scalar, line) for line in self.lines if line.scalar]
        named = [line for text in quoted for scalar, line in scalars if scalar == text]
        within = sorted((len(scalar), index) for index, (scalar, _) in enumerate(scalars) if scalar in message)
        return named[0] if named else scalars[within[-1][1]][1] if within else None

    def replaced_within(self, path: Path) -> bool:
        """Whether a placeholder stands anywhere in a node."""
        return any(line.replaced and line.path[: len(path)] == path for line in self.lines)

    def secret_within(self, path: Path) -> bool:
        """Whether a secret stands anywhere in a node."""
        return any(line.secret and line.path[: len(path)] == path for line in self.lines)

    @property
    def first_redacted(self) -> RenderedLine | None:
        """The first line at which a placeholder stands for what is sensitive."""
        return next((line for line in self.lines if line.replaced and line.secret), None)


def render(value: Value, placeholder: Placeholder, left_out: Iterable[Path] = ()) -> Rendered:
    """A map as YAML, without the nodes ``left_out``."""
    lines: list[RenderedLine] = []
    _write(value, (), placeholder, frozenset(left_out), lines)
    return Rendered(tuple(lines), value.origin)


def _write(
    value: Value, path: Path, placeholder: Placeholder, left_out: frozenset[Path], lines: list[RenderedLine]
) -> None:
    """Write what a map or a list holds: thousands of lines, some of a big release."""
    raw, indent = value.raw, "  " * len(path)
    entries: Iterable[tuple[str | int, Value]] = ()
    if isinstance(raw, dict):
        entries = raw.items()
    elif isinstance(raw, tuple):
        entries = enumerate(raw)
    for key, child in entries:
        below = (*path, key)
        if left_out and below in left_out:
            continue
        head = f"{indent}{as_json(key)}:" if isinstance(key, str) else f"{indent}-"
        origin = child.origin or value.origin
        if child.raw and isinstance(child.raw, (dict, tuple)) and not child.sensitive:
            lines.append(RenderedLine(head, below, origin, None, False))
            _write(child, below, placeholder, left_out, lines)
        else:
            text, replaced = _scalar(child, placeholder, below)
            lines.append(RenderedLine(f"{head} {text}", below, origin, _content(text), replaced, child.secret))


def _scalar(value: Value, placeholder: Placeholder, path: Path) -> tuple[str, bool]:
    raw = value.raw
    if value.sensitive or (value.is_unknown and value.parts is None):
        return as_json(placeholder(path)), True
    if isinstance(raw, str):
        return as_json(raw), False
    if value.is_unknown:
        return as_json("".join(_stretch(part, str(placeholder(path))) for part in value.text_parts())), True
    if raw is None or isinstance(raw, (bool, int)):
        return json.dumps(raw), False
    if isinstance(raw, (dict, tuple)):
        return ("{}" if isinstance(raw, dict) else "[]"), False
    return str(float(value.as_number())), False


def _content(text: str) -> str:
    """What a scalar says."""
    if text[0] != '"':
        return text
    found: str = json.loads(text) if "\\" in text else text[1:-1]
    return found


def _stretch(part: Part, placeholder: str) -> str:
    return part.text if isinstance(part.text, str) else placeholder


def redacted(text: Value) -> Value:
    """A string whose secret stretches are unknown."""
    if not text.sensitive:
        return text
    secret, whole = Unknown("it is sensitive", text.origin), text.whole_marks()
    return Value(
        text.type,
        secret,
        text.origin,
        marks=text.marks,
        parts=tuple(
            part._replace(text=secret) if (part.marks | whole) & SENSITIVE else part for part in text.text_parts()
        ),
    )


def unplaced(message: str) -> str:
    """A message without the place that it begins with: that is one in the file that the program was given."""
    return message[found.end() :] if (found := _POSITION.match(message)) else message


def as_json(content: object) -> str:
    """JSON that is YAML too; a string of it is also one of PromQL."""
    text = _ENCODE(content)
    return text if text.isprintable() else _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
