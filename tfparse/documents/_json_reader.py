"""JSON as Go's ``encoding/json`` reads it."""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.normal import normalized
from tfparse.cty.numbers import OutOfReach, parse_number
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, Object, Primitive, Tuple, Type
from tfparse.cty.values import Origin, Unknown, Value
from tfparse.documents._text_reader import Attributes, Reader, SyntaxProblem, tuple_of
from tfparse.patterns import pattern

_SPACE = pattern(r"[ \t\n\r]*")
_LITERAL = pattern(r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|true|false|null")
_SURROGATE = pattern("[\ud800-\udfff]")


def _readable_as(value: Value, wanted: Type) -> bool:
    """Whether Terraform's decoder reads a value as one of a type: that of the last one of the same name."""
    if value.is_null or value.first_unknown() is not None:
        return True
    if isinstance(wanted, Primitive):
        try:
            convert(value, wanted)
        except ConversionError:
            return False
        return True
    if isinstance(wanted, Tuple) and isinstance(value.raw, tuple):
        return len(value.raw) == len(wanted.elements) and all(map(_readable_as, value.raw, wanted.elements))
    if isinstance(wanted, Object) and isinstance(value.raw, dict):
        held = wanted.as_dict()
        return held.keys() == value.raw.keys() and all(_readable_as(item, held[n]) for n, item in value.raw.items())
    return False


class JsonReader(Reader):
    """Reads from ``at``, which always stands before what comes next."""

    language = "JSON"
    at = 0

    def read(self) -> Value:
        self._space()
        value = self._value()
        self._space()
        # Go's decoder is asked whether more follows, and takes a closing bracket for the end.
        if self.at < len(self.source.text) and self.source.text[self.at] not in "]}":
            raise SyntaxProblem("extraneous data after JSON object", self.at)
        return value

    def _space(self) -> str:
        """Skips white space; the character that follows, empty at the end."""
        match = _SPACE.match(self.source.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.source.text[self.at : self.at + 1]

    def _fail(self, where: str) -> SyntaxProblem:
        found = self.source.text[self.at : self.at + 1]
        message = f"invalid character {found!r} {where}" if found else "unexpected end of JSON input"
        return SyntaxProblem(message, self.at)

    def _value(self) -> Value:
        origin = self.source.origin(self.at)
        self.counted(self.at)
        char = self.source.text[self.at : self.at + 1]
        start = self.at
        if char == '"':
            value = self.source.scalar(self._string(), origin)
            return value.marked(self.source.marks(start, self.at))
        if char in ("{", "["):
            self.enter(self.at)
            value = self._object(origin) if char == "{" else self._array(origin)
            self.leave()
            return value
        value = self._literal(origin)
        return value.marked(self.source.marks(start, self.at))

    def _literal(self, origin: Origin | None) -> Value:
        start = self.at
        match = _LITERAL.match(self.source.text, self.at)
        if match:
            self.at = match.end()
        hole = self.source.token.match(self.source.text, self.at) if self.source.holes else None
        if hole:
            # Whatever it is written with, a literal that is partly unknown is not known.
            rest = re.compile(r"[^\s,\]}\"]*").match(self.source.text, hole.end())
            assert rest is not None
            self.at = rest.end()
            alone = self.source.unknown(self.source.text[start : self.at], origin)
            return Value(DYNAMIC, self.source.holes[int(hole[1])], origin) if alone is None else alone
        if match is None:
            raise self._fail("looking for beginning of value")
        if match[1] is None:
            return Value(DYNAMIC, None, origin) if match[0] == "null" else Value(BOOL, match[0] == "true", origin)
        try:
            return Value(NUMBER, parse_number(match[1]), origin)
        except OutOfReach as error:
            return Value(NUMBER, Unknown(str(error), origin), origin)
        except ValueError as error:
            raise SyntaxProblem(str(error), start) from None

    def _string(self) -> str:
        try:
            content, self.at = scanstring(self.source.text, self.at + 1, True)
        except JSONDecodeError as error:
            self.at = min(error.pos, len(self.source.text))
            raise self._fail("in string literal") from None
        return content if content.isascii() else _SURROGATE.sub("\ufffd", content)

    def _object(self, origin: Origin | None) -> Value:
        self.at += 1
        attributes = Attributes()
        if self._space() == "}":
            self.at += 1
            return attributes.made(origin)
        while True:
            if self._space() != '"':
                raise self._fail("looking for beginning of object key string")
            start = self.at
            key = self._string()
            attributes.marks |= self.source.marks(start, self.at)
            if self._space() != ":":
                raise self._fail("after object key")
            self.at += 1
            self._space()
            value = self._value()
            hole: Unknown | None = self.source.hole(key)
            if hole is None:
                earlier = attributes.set(normalized(key), value)
                if earlier is not None and not _readable_as(earlier, value.type):
                    raise SyntaxProblem(f"the values of {key!r} are not of the same type", start)
            else:
                attributes.set_unknown(hole)
            if self._end("}", "after object key:value pair"):
                return attributes.made(origin)

    def _array(self, origin: Origin | None) -> Value:
        self.at += 1
        elements: list[Value] = []
        if self._space() == "]":
            self.at += 1
            return tuple_of(elements, origin)
        while True:
            self._space()
            elements.append(self._value())
            if self._end("]", "after array element"):
                return tuple_of(elements, origin)

    def _end(self, bracket: str, where: str) -> bool:
        """Takes a comma, or the closing bracket: then True."""
        char = self._space()
        if char not in (",", bracket) or not char:
            raise self._fail(where)
        self.at += 1
        return char == bracket
