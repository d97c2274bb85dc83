"""YAML text as Terraform writes it: block style, every string double-quoted or (of several lines) literal.

Source: zclconf/go-cty-yaml, ``encode.go`` and ``emitterc.go``.
"""

from __future__ import annotations

import re
from typing import Final

from tfparse.cty.convert import format_number
from tfparse.cty.text import Encoded
from tfparse.cty.types import Primitive
from tfparse.cty.values import Part, Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.documents._json_writer import assembled, mark, unordered

_WIDTH: Final = 80
_MAX_SIMPLE_KEY: Final = 128
_BREAK: Final = "\n\r\x85\u2028\u2029"
# Python compiles a class in a time that grows with the characters of it that it holds or, as here, holds out.
_UNPRINTABLE: Final = "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\U00010000-\U0010ffff]"
_NEEDS_ESCAPE: Final = f'["\\\\{_BREAK}]|{_UNPRINTABLE}'
_ESCAPES: Final = {
    0: "0", 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 34: '"', 92: "\\", 0x85: "N",
    0xA0: "_", 0x2028: "L", 0x2029: "P",
}  # fmt: skip


def encode(value: Value, origin: Origin | None = None) -> Value:
    """The YAML text of a value: known around what is unknown in it."""
    emitter = _Emitter()
    if unordered(value) or value.is_unknown:
        emitter.hole(value)
        return assembled(emitter.pieces, origin)
    emitter.node(value, 0, 2)
    emitter.end(value)
    return assembled(emitter.pieces, origin)


def _escape(char: str) -> str:
    code = ord(char)
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _escaped(content: str) -> str:
    if content.isascii() and content.isprintable() and '"' not in content and "\\" not in content:
        return content  # most are, which is told without the regular expression
    return re.sub(_NEEDS_ESCAPE, lambda match: _escape(match[0]), content)


def _fits_literal(content: str) -> bool:
    """Whether a text can stand as a literal block: nothing to escape, no space that a line break would hide."""
    if content.isascii() and content.replace("\n", "").isprintable():
        return not content.endswith(" ") and " \n" not in content  # likewise
    return not re.search(_UNPRINTABLE, content) and not content.endswith(" ") and not re.search(f" [{_BREAK}]", content)


class _Emitter:
    """Writes block by block; ``column`` and ``fresh`` say where on the line it is, ``place`` where what it writes comes
    from."""

    def __init__(self) -> None:
        self.pieces: list[str | Part] = []
        self.column = 0
        self.fresh = True  # nothing but indentation on this line yet
        self.place: Origin | None = None

    def write(self, content: str) -> None:
        self.pieces.append(Part(content, self.place))
        self.column += len(content)
        self.fresh = False

    def newline(self, indent: int) -> None:
        if not self.fresh or self.column > indent:
            self.pieces.append("\n")
            self.column = 0
        if self.column < indent:
            self.pieces.append(" " * (indent - self.column))
            self.column = indent
        self.fresh = True

    def end(self, value: Value) -> None:
        self.newline(0)
        if not isinstance(value.raw, (str, tuple, dict)):
            # A bare scalar could go on: its end is marked.
            self.pieces.append("...\n")

    def node(self, value: Value, indent: int, scalar_indent: int) -> None:
        """A node at the present column, its further lines at ``indent``."""
        start = len(self.pieces)
        self.content(value, indent, scalar_indent)
        mark(self.pieces, start, value.marks)

    def content(self, value: Value, indent: int, scalar_indent: int) -> None:
        """What a node holds."""
        raw = value.raw
        if unordered(value):
            self.hole(value)
        elif isinstance(raw, tuple):
            self.sequence(raw, indent)
        elif isinstance(raw, dict):
            self.mapping(raw, indent)
        else:
            self.scalar(value, scalar_indent, simple_key=False)

    def sequence(self, elements: tuple[Value, ...], indent: int) -> None:
        if not elements:
            self.write("[]")
        for element in elements:
            self.newline(indent)
            self.place = element.origin
            self.write("- ")
            self.fresh = True
            self.node(element, indent + 2, indent + 2)

    def mapping(self, items: dict[str, Value], indent: int) -> None:
        if not items:
            self.write("{}")
        for key, item in items.items():
            self.newline(indent)
            self.place = item.origin
            name = Value(item.type, key)
            if any(char in _BREAK for char in key) or len(key.encode()) > _MAX_SIMPLE_KEY:
                self.write("? ")
                self.scalar(name, indent + 2, simple_key=False)
                self.newline(indent)
                self.write(": ")
                self.fresh = True
                self.node(item, indent + 2, indent + 2)
                continue
            self.scalar(name, indent + 2, simple_key=True)
            self.write(":")
            self.value(item, indent)

    def value(self, item: Value, indent: int) -> None:
        """The value after a simple key: a block begins on its own line."""
        start = len(self.pieces)
        self.written(item, indent)
        mark(self.pieces, start, item.marks)

    def written(self, item: Value, indent: int) -> None:
        """What stands after a simple key."""
        if unordered(item) or (item.is_unknown and not isinstance(item.type, Primitive)):
            # Of a block not even the space would be here.
            self.hole(item)
        elif item.raw and isinstance(item.raw, dict):
            self.mapping(item.raw, indent + 2)
        elif item.raw and isinstance(item.raw, tuple):
            # A sequence stands no deeper than the key that it belongs to.
            self.sequence(item.raw, indent)
        else:
            self.write(" ")
            self.node(item, indent + 2, indent + 2)

    def hole(self, value: Value) -> None:
        self.pieces.append(Part(Encoded.of(value), value.origin))
        self.column += 1
        self.fresh = False

    def scalar(self, value: Value, indent: int, *, simple_key: bool) -> None:
        raw = value.raw
        if not simple_key:
            self.place = value.origin or self.place
        if raw is None:
            self.write("null")
        elif isinstance(raw, bool):
            self.write("true" if raw else "false")
        elif isinstance(raw, str):
            if "\n" in raw and not simple_key and _fits_literal(raw):
                self.literal(value, raw, indent)
            else:
                self.double_quoted(raw, indent, may_fold=not simple_key)
        elif isinstance(raw, Unknown):
            # Even a string of which most is known may be written in several ways.
            self.hole(value)
        else:
            assert not isinstance(raw, (tuple, dict))
            self.write(format_number(raw))

    def literal(self, value: Value, content: str, indent: int) -> None:
        places = [line.origin for line in value.lines()]
        hint = "2" if content[0] == " " or content[0] in _BREAK else ""
        chomp = "-"
        if content[-1] in _BREAK:
            chomp = "+" if len(content) == 1 or content[-2] in _BREAK else ""
        self.write(f"|{hint}{chomp}\n")
        self.column, self.fresh = 0, True
        number = 0
        for line in re.findall(f"[^{_BREAK}]+|[{_BREAK}]", content):
            if line in _BREAK:
                self.pieces.append(line)
                self.column, self.fresh = 0, True
                number += line == "\n"
            else:
                self.newline(indent)
                self.place = places[number]
                self.write(line)

    def double_quoted(self, content: str, indent: int, *, may_fold: bool) -> None:
        if content.startswith("\ufeff"):
            # go-yaml asks of each character whether the whole text begins with a byte order mark.
            self.write(f'"{"".join(map(_escape, content))}"')
        elif may_fold and len(content) + 1 + self.column > _WIDTH and " " in content:
            self.write('"')
            self.folded(content, indent)
            self.write('"')
        else:
            self.write(f'"{_escaped(content)}"')

    def folded(self, content: str, indent: int) -> None:
        """Long text, broken at a space beyond the 80th column."""
        spaces, end = False, 0
        for some in re.findall(" |[^ ]+", content):
            at, end = end, end + len(some)
            if some != " ":
                self.write(_escaped(some))
            elif not spaces and self.column > _WIDTH and 0 < at < len(content) - 1:
                self.newline(indent)
                if content[at + 1] == " ":
                    self.write("\\")
            else:
                self.write(" ")
            spaces = some == " "
