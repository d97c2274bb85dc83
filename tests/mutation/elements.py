"""What a file is made of: blocks, arguments, elements of objects and tuples, lines of text, each within another.

Terraform's language is cut up by tfparse's own syntax tree, all other text (a heredoc, a template, YAML, a zone) by
its lines: what is indented below a line is part of what the line begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.mutation.source import Source
from tfparse.hcl import ast
from tfparse.hcl.ast import Node
from tfparse.hcl.syntax import parse_file

LANGUAGE = (".tf", ".tfvars", ".hcl")
_TAGS = {value for name, value in vars(ast).items() if name.isupper()}
_REFERENCES = (ast.VAR, ast.ATTR, ast.INDEX, ast.SPLAT)
_COMMENTS = re.compile(r"\s*(?:#|;|//)")
_CLOSING = re.compile(r"\s*[]})]+[;,]?\s*$")
_DIRECTIVE = re.compile(r"\s*%\{.*\}\s*$")


@dataclass(frozen=True)
class Leaf:
    """A piece of the source that says one thing.

    ``kind`` is ``string`` (the whole expression), ``text`` (what a string says), ``number``, ``bool``,
    ``reference``, ``call`` or ``name`` (of a block, an argument or a key).
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Element:
    """``kind`` is ``file``, ``block``, ``argument`` (an object's element too), ``item`` (a tuple's) or ``line``.

    ``start`` and ``end`` are offsets.  ``line`` is where it begins, from 1.  ``leaves`` are its own, those of its
    ``children`` apart.
    """

    kind: str
    start: int
    end: int
    line: int
    children: tuple[Element, ...] = ()
    leaves: tuple[Leaf, ...] = field(default=(), compare=False)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()


def read_elements(name: str, text: str) -> Element:
    """The whole file as one element.

    :raises TerraformError: where Terraform could not read it either.
    """
    if name.endswith(LANGUAGE):
        tree = parse_file(text, name)
        children = tuple(_Language(text).body(tree))
    else:
        children = tuple(_lines(text, 0, len(text)))
    return Element("file", 0, len(text), 1, children)


class _Language:
    def __init__(self, text: str) -> None:
        self._source = Source(text)

    def body(self, node: Node) -> Iterator[Element]:
        _, _, _, attributes, blocks = node
        for attribute in attributes:
            yield self._argument(attribute, (), attribute[4])
        for block in blocks:
            start, end = self._source.block(block)
            names = tuple(Leaf("name", *label) for label in self._source.labels(block)[-1:])
            yield Element("block", start, end, block[1], tuple(self.body(block[5])), names)

    def _argument(self, named: Node, key: tuple[Leaf, ...], value: Node) -> Element:
        start, end = self._source.statement(named)
        if not key:
            key = (Leaf("name", start, start + len(named[3])),)
        leaves = (*key, *self._leaves(value, (), whole=True))
        return Element("argument", start, end, named[1], tuple(self._inside(value)), leaves)

    def _inside(self, node: Node) -> Iterator[Element]:
        """The nearest elements below an expression."""
        if node[0] == ast.OBJECT:
            for key, value in node[3]:
                yield self._argument(key, tuple(self._keys(key)), value)
        elif node[0] == ast.TUPLE:
            for item in node[3]:
                start, end = self._source.statement(item)
                leaves = tuple(self._leaves(item, (), whole=True))
                yield Element("item", start, end, item[1], tuple(self._inside(item)), leaves)
        elif lines := node[0] in (ast.TEMPLATE, ast.STRING) and self._source.heredoc(node):
            yield from _lines(self._source.text, *lines)
        else:
            for child in _below(node[3:]):
                yield from self._inside(child)

    def _keys(self, key: Node) -> Iterator[Leaf]:
        """A key that is written out: quoted, or a bare word."""
        if key[0] == ast.STRING:
            start, end = self._source.term(key)
            quoted = self._source.text[start] == '"'
            yield Leaf("name", start + quoted, end - quoted)

    def _leaves(self, node: Node, above: tuple[str, ...], *, whole: bool = False) -> Iterator[Leaf]:
        """``above`` are the tags of the nodes around it; ``whole``: nothing is."""
        tag = node[0]
        if tag in (ast.OBJECT, ast.TUPLE) or self._source.token(node)[0].startswith("HEREDOC"):
            return
        if tag in (ast.STRING, ast.TEMPLATE):
            yield Leaf("string", *self._source.term(node))
            yield from (Leaf("text", *text) for text in self._source.texts(node))
        elif tag == ast.NUMBER:
            yield Leaf("number", *self._source.term(node))
        elif tag == ast.LITERAL:
            yield Leaf("bool", *self._source.term(node))
        elif tag in _REFERENCES and not set(above) & set(_REFERENCES):
            yield Leaf("reference", *self._source.term(node))
            return
        elif tag == ast.CALL and (whole or ast.CALL not in above):
            yield Leaf("call", *self._source.term(node))
        for child in _below(node[3:]):
            yield from self._leaves(child, (*above, tag))


def _below(parts: Any) -> Iterator[Node]:
    """The nodes nearest below, wherever a node's parts hold them."""
    for part in parts:
        if isinstance(part, tuple):
            if len(part) > 2 and part[0] in _TAGS and isinstance(part[1], int):
                yield part
            else:
                yield from _below(part)


def _lines(text: str, start: int, end: int) -> Iterator[Element]:
    """The lines of a text between two offsets, each with those that are indented below it."""
    lines = []
    for piece in text[start:end].splitlines(keepends=True):
        said = piece.rstrip("\r\n")
        if said.strip() and not _COMMENTS.match(said) and not _DIRECTIVE.match(said):
            lines.append((start, start + len(said), len(said) - len(said.lstrip())))
        start += len(piece)
    yield from _nested(text, lines)


def _nested(text: str, lines: list[tuple[int, int, int]]) -> Iterator[Element]:
    if not lines:
        return
    indent = lines[0][2]
    closing = [bool(_CLOSING.match(text[start:end])) for start, end, _ in lines]
    lines = [line for line, closes in zip(lines, closing, strict=True) if line[2] >= indent or not closes]
    heads = [i for i, line in enumerate(lines) if line[2] <= indent and not _CLOSING.match(text[line[0] : line[1]])]
    if not heads:
        return
    for head, after in pairwise([*heads, len(lines)]):
        first, end = lines[head][:2]
        start = first + lines[head][2]
        children = tuple(_nested(text, lines[head + 1 : after]))
        line = text.count("\n", 0, start) + 1
        yield Element("line", start, lines[after - 1][1], line, children, (Leaf("line", start, end),))
