"""YAML as Terraform reads it: one document, scalars by the core schema with YAML 1.1's booleans.

Source: zclconf/go-cty-yaml, ``decode.go`` and ``resolve.go``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final

import yaml

from tfparse.cty.convert import convert
from tfparse.cty.normal import normalized
from tfparse.cty.types import DYNAMIC, STRING
from tfparse.cty.values import Origin, Part, Value, string, text
from tfparse.documents._scalars import ScalarError, may_be_typed, resolve
from tfparse.documents._text_reader import Attributes, Reader, SyntaxProblem, TooLarge, tuple_of
from tfparse.patterns import pattern

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALAR, _ALIAS, _MAPPING = yaml.ScalarEvent, yaml.AliasEvent, yaml.MappingStartEvent
_MAPPING_END, _SEQUENCE_END = yaml.MappingEndEvent, yaml.SequenceEndEvent
_SLASH_ESCAPE = pattern(r"(?<!\\)(?:\\\\)*\\/")
_OCTAL = pattern(r"0[0-7]+")
_COLON_PROBLEM: Final = "found unexpected ':'"
_COLON: Final = "\ue03a"
"""Stands for a colon that ends a plain scalar within brackets (``[a:, b]``), which Terraform takes and libyaml does
not."""
_MAX_COLONS: Final = 20
_LONG_TAG = "tag:yaml.org,2002:"


class YamlReader(Reader):
    """Reads from a stream of libyaml's events."""

    language = "YAML"
    flow = 0
    """How many brackets are open."""

    def __init__(self, value: Value, *, octal: bool = False) -> None:
        super().__init__(value)
        self._octal = octal
        """Whether ``0644`` is octal, as in YAML 1.1."""

    def read(self) -> Value:
        content = self.source.text
        for _ in range(_MAX_COLONS):
            try:
                return self._read(content)
            except yaml.MarkedYAMLError as error:
                if error.problem != _COLON_PROBLEM or _COLON in self.source.text:
                    raise SyntaxProblem(_described(error), _place(error)) from None
                at = _place(error)
                content = f"{content[:at]}{_COLON}{content[at + 1 :]}"
            except yaml.YAMLError as error:
                raise SyntaxProblem(str(error), getattr(error, "position", None) or 0) from None
        raise TooLarge(f"more than {_MAX_COLONS} colons that end a plain scalar within brackets", 0)

    def _read(self, content: str) -> Value:
        event: Callable[[], Any] = _LOADER(content).get_event
        self._next = event if content is self.source.text else lambda: _with_colons(event())
        self._names: dict[str, str | None] = {}
        """What plain keys spell, most of which come many times."""
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._pending: set[str] = set()
        self.depth = self.count = self.flow = 0
        return self._document()

    def _document(self) -> Value:
        self._next()
        if not isinstance(self._next(), yaml.DocumentStartEvent):
            raise SyntaxProblem("missing start of document", 0)
        value = self._node(self._next())
        self._next()
        event = self._next()
        if isinstance(event, yaml.DocumentStartEvent):
            raise SyntaxProblem("only a single document is allowed", _offset(event))
        return value

    def _node(self, event: Any) -> Value:
        offset, anchor = _offset(event), event.anchor
        if isinstance(event, _ALIAS):
            return self._alias(str(anchor), offset)
        if anchor:
            self._pending.add(anchor)
        self.counted(offset)
        before = self.count
        if isinstance(event, _SCALAR):
            value = self._scalar(event, offset)
            value = value.marked(self.source.marks(offset, _end(event)))
        else:
            self.enter(offset)
            self.flow += bool(event.flow_style)
            value = self._mapping(event) if isinstance(event, _MAPPING) else self._sequence(event)
            self.flow -= bool(event.flow_style)
            self.leave()
        if anchor:
            self._pending.discard(anchor)
            self._anchors[anchor] = value, self.count - before + 1
        return value

    def _alias(self, name: str, offset: int) -> Value:
        if name in self._pending:
            raise SyntaxProblem(f'cannot refer to anchor "{name}" from inside its own definition', offset)
        if name not in self._anchors:
            raise SyntaxProblem(f'reference to undefined anchor "{name}"', offset)
        value, size = self._anchors[name]
        self.counted(offset, size)
        return value

    def _sequence(self, event: Any) -> Value:
        if event.tag not in (None, _LONG_TAG + "seq"):
            raise SyntaxProblem(f"can't interpret sequence as {event.tag}", _offset(event))
        elements: list[Value] = []
        while not isinstance(item := self._next(), _SEQUENCE_END):
            elements.append(self._node(item))
        return tuple_of(elements, self.source.origin(_offset(event)))

    def _mapping(self, event: Any) -> Value:
        if event.tag not in (None, _LONG_TAG + "map"):
            raise SyntaxProblem(f"can't interpret mapping as {event.tag}", _offset(event))
        attributes, source = Attributes(), self.source
        while not isinstance(key := self._next(), _MAPPING_END):
            if not isinstance(key, _SCALAR):
                raise SyntaxProblem("only strings are allowed as mapping keys", _offset(key))
            attributes.marks |= source.marks(_offset(key), _end(key))
            hole = source.hole(key.value)
            name = None if hole else self._key(key)
            value = self._node(self._next())
            if hole is not None:
                attributes.set_unknown(hole)
            elif name is not None:
                attributes.set(name, value)
            elif isinstance(value.raw, dict):
                attributes.merge(value)
            elif value.unknown is not None:
                attributes.set_unknown(value.unknown)
            else:
                raise SyntaxProblem(f"cannot merge {value.type} into mapping", _offset(key))
        return attributes.made(self.source.origin(_offset(event)))

    def _key(self, event: Any) -> str | None:
        """The name that a mapping key spells; None for the merge key."""
        if self.flow or event.style or event.tag:
            return self._spelt(event)
        content: str = event.value
        if content not in self._names:
            self._names[content] = self._spelt(event)
        return self._names[content]

    def _spelt(self, event: Any) -> str | None:
        resolved = self._resolved(event)
        if isinstance(resolved, str):
            return None if resolved == "<<" and not event.tag else normalized(resolved)
        if resolved.is_null:
            raise SyntaxProblem("mapping key cannot be null", _offset(event))
        if resolved.is_unknown:  # an infinite number, of which the sign is written
            return "-Inf" if event.value.startswith("-") else "+Inf"
        return normalized(convert(resolved, STRING).as_string())

    def _resolved(self, event: Any) -> Value | str:
        """The value of a scalar; of a string, its content."""
        source: str = event.value
        style = event.style
        if self.flow and not style and "?" in source and event.implicit[0]:
            raise SyntaxProblem("did not find expected ',' or ']'", _offset(event))
        tag = event.tag.replace(_LONG_TAG, "!!") if event.tag else ""
        if style == '"' and _SLASH_ESCAPE.search(self.source.text, _offset(event), _end(event)):
            # libyaml knows this escape; Terraform's parser does not.
            raise SyntaxProblem("found unknown escape character", _offset(event))
        quoted = style == "'" or style == '"'
        if self._octal and not quoted and _OCTAL.fullmatch(source):
            source = f"0o{source[1:]}"
        try:
            return resolve(tag, source, quoted=quoted)
        except ScalarError as error:
            raise SyntaxProblem(str(error), _offset(event)) from None

    def _scalar(self, event: Any, offset: int) -> Value:
        origin = self.source.origin(offset)
        hole = self.source.hole(event.value)
        if hole is not None:
            plain = event.implicit[0]
            alone = self.source.unknown(event.value, origin) if plain else None
            if alone is not None:
                return alone
            if plain and may_be_typed(self.source.token.split(event.value)[::2]):
                return Value(DYNAMIC, hole, origin)
            if event.tag not in (None, _LONG_TAG + "str"):
                return Value(DYNAMIC, hole, origin)
            return self._text(event, event.value, origin)
        value = self._resolved(event)
        if isinstance(value, str):
            return self._text(event, value, origin) if event.style == "|" else string(normalized(value), origin)
        if not event.tag and not event.implicit[0]:
            # go-cty-yaml works out even what a block scalar means, and writes it as a string again.
            value = convert(value, STRING)
        return self._text(event, value.raw, origin) if isinstance(value.raw, str) else value.at(origin)

    def _text(self, event: Any, content: str, origin: Origin | None) -> Value:
        """A string; the lines of a literal block each with their own place."""
        if event.style != "|" or "\n" not in content:
            return self.source.scalar(content, origin)
        first = self.source.line(_offset(event)) + 1
        placed = []
        for number, line in enumerate(content.splitlines(keepends=True)):
            # The indentation was never part of the text, and may be all that is left of another part.
            start = self.source.line_start(first + number)
            begins = self.source.text[start : start + 200]
            indent = len(begins) - len(begins.lstrip(" "))
            placed.append((self.source.origin(start + indent), line))
        parts: list[Part] = []
        for _, run in groupby(enumerate(placed), key=lambda item: _series(*item)):
            lines = [placed_line for _, placed_line in run]
            place = lines[0][0]
            block = self.source.parts("".join(line for _, line in lines), place)
            parts.extend(_verbatim(block))
        return text(tuple(parts), origin)


def _with_colons(event: Any) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        event.value = event.value.replace(_COLON, ":")
    return event


def _offset(event: Any) -> int:
    """Where in the text an event begins."""
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    """Where it ends."""
    return int(event.end_mark.index)


def _series(index: int, placed: tuple[Origin | None, str]) -> tuple[str, int] | None:
    """The same for lines that follow one another in a file."""
    origin = placed[0]
    return (origin.file, origin.line - index) if origin else None


def _verbatim(block: tuple[Part, ...]) -> Iterator[Part]:
    """Parts of a run of lines, each moved on to the line where it begins."""
    passed = 0
    for part in block:
        origin = part.origin
        if origin is not None and passed:
            origin = Origin(origin.file, origin.line + passed)
        yield Part(part.text, origin, isinstance(part.text, str))
        if isinstance(part.text, str):
            passed += part.text.count("\n")


def _place(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.index if mark else 0


def _described(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return where + " ".join(filter(None, (error.context, error.problem)))
