"""The short way to a syntax tree: of a file that is laid out plainly, as ``terraform fmt`` leaves it.

One regular expression takes a file apart line by line: arguments with a plain value, the first and last lines of
blocks, comments and blank lines, which is nine lines in ten.  What other lines hold is read from left to right:
lists, objects and calls.  A value that is anything else (a template, an operator, a ``for``) goes to the scanner and
the parser, each by itself.  The nodes are those that :mod:`tfparse.hcl.builder` makes.

It says of no file that it is wrong.  Whatever is not as it knows it ends the attempt, and the parser reads the whole
file: so errors and limits are the parser's.  What is known is known to be read the same way there:

* A line begins where no token has begun: each one before it was read to its end, on this way too.
* A plain value ends before a comma, a closing bracket, a comment or the end of the line, so that no token of it could
  go on, and no operator follows.  In ``( )`` and ``[ ]``, where an operator may stand on the next line, what follows
  has to be a comma or the closing bracket.
* A word that may be a keyword is none here, but for ``true``, ``false`` and ``null`` alone.
* An expression is one wherever it stands, and the parser is in the same state before each: but for ``for``, after an
  opening bracket.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate, islice
from sys import intern
from typing import Final

from tfparse.diagnostics import UnsupportedError
from tfparse.hcl import ast
from tfparse.hcl.ast import Attribute, Block, Body, Expression, tag_of
from tfparse.hcl.lines import HEADER, KEY, LINE, MARK, PLAIN_VALUE, REST, NotPlain, Row, key_of, labels_of, plain_value
from tfparse.hcl.scanner import Scanner
from tfparse.hcl.tokens import KEYWORDS, MAX_TOKENS, Invalid, Token

LEVELS: Final = 30
"""How many blocks and brackets may be around a value.  Each makes a tree three tuples deeper."""

Content = tuple[tuple[Attribute, ...], tuple[Block, ...]]
"""The arguments and the blocks of a body."""


def plain_body(text: str, parse: Callable[[list[Token]], Expression]) -> Body | None:
    """The body of a file that is plain, else None.  ``parse`` makes an expression of the tokens of one.

    :func:`tfparse.hcl.syntax.parse_file` says what else there is to a file.
    """
    if "\r" in text or len(text) > MAX_TOKENS // 2:  # no character is two tokens
        return None
    try:
        return (ast.BODY, 1, 1, *_Reader(text, parse).body(0))
    except (NotPlain, Invalid, UnsupportedError):
        return None


class _Reader:
    """Goes through the lines of a file, and where need be through what is in them.

    ``line``, ``source`` and ``at`` say where it is: on which line, from 1, the text of that, and the offset in it.
    """

    def __init__(self, text: str, parse: Callable[[list[Token]], Expression]) -> None:
        self.text = text
        self.parse = parse
        self.lines = text.split("\n")
        self.rows = enumerate(LINE.findall(text if text.endswith("\n") else f"{text}\n"), 1)
        self.line = 0
        self.source = ""
        self.at = 0
        self.scanner: Scanner | None = None
        self.lengths: list[int] = []  # of the first lines together, their newlines aside

    # -- structure -----------------------------------------------------------------------------

    def body(self, depth: int) -> Content:
        """The body that begins with the next line, with ``depth`` blocks around it, to its closing brace or the end."""
        if depth > LEVELS:
            raise NotPlain
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        row: Row
        for line, row in self.rows:
            indent, name, quoted, sign, colon, string, word, number, comma, closer, type, labels, other = row
            column = len(indent) + 1
            if sign:
                if quoted or colon or comma or name in attributes:
                    raise NotPlain
                value = plain_value(string, word, number, line, column + len(name) + len(sign))
                attributes[name] = (ast.ATTRIBUTE, line, column, intern(name), value)
            elif type:
                body: Body = (ast.BODY, line, column + len(type) + len(labels), *self.body(depth + 1))
                blocks.append((ast.BLOCK, line, column, intern(type), labels_of(labels), body))
            elif closer:
                if not depth:
                    raise NotPlain
                break
            elif other:
                self.go_to(line, len(indent))
                self.statement(depth, attributes, blocks)
        else:
            if depth:
                raise NotPlain
        return tuple(attributes.values()), tuple(blocks)

    def statement(self, depth: int, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
        """An argument with any value, a block that ends on the line on which it begins, or a comment."""
        if self.source.startswith("/*", self.at):
            self.comment()
        elif HEADER.match(self.source, self.at):
            blocks.append(self.block(depth))
        else:
            attribute = self.attribute(depth)
            _, _, _, name, _ = attribute
            if name in attributes:
                raise NotPlain
            attributes[name] = attribute
        if not self.at_end():
            raise NotPlain

    def comment(self) -> None:
        end = self.source.find("*/", self.at + 2)
        while end < 0:
            self.next_line()
            end = self.source.find("*/")
        self.at = end + 2

    def block(self, depth: int) -> Block:
        """A block on one line, which holds one argument at most."""
        line, column = self.line, self.at + 1
        type, labels = self.take(HEADER)
        brace = column + len(type) + len(labels)
        inner = () if self.char() == "}" else (self.attribute(depth + 1),)
        if self.char() != "}":
            raise NotPlain
        self.take(MARK)
        return (ast.BLOCK, line, column, intern(type), labels_of(labels), (ast.BODY, line, brace, inner, ()))

    def attribute(self, depth: int) -> Attribute:
        """An argument, whatever its value is: one that is not plain in parts is read by the parser whole."""
        line, column = self.line, self.at + 1
        name, quoted, _, colon = self.take(KEY)
        if quoted or colon:
            raise NotPlain
        start = self.at
        try:
            value = self.value(depth)
            if self.char() != "}" and not self.at_end():
                raise NotPlain
        except NotPlain:
            value = self.general(line, start, depth)
        return (ast.ATTRIBUTE, line, column, intern(name), value)

    # -- values --------------------------------------------------------------------------------

    def value(self, depth: int) -> Expression:
        """A value in so many blocks and brackets."""
        line, column = self.line, self.at + 1
        found = PLAIN_VALUE.match(self.source, self.at)
        if found is None:
            try:
                return self.general(line, self.at, depth)
            except Invalid:
                raise NotPlain from None
        self.at = found.end()
        string, word, number, function, opener = found.groups()
        if not function and not opener:
            return plain_value(string, word, number, line, column)
        if depth >= LEVELS or function in KEYWORDS:
            raise NotPlain
        if function:
            return (ast.CALL, line, column, intern(function), self.items(")", depth + 1), False)
        if opener == "[":
            return (ast.TUPLE, line, column, self.items("]", depth + 1))
        return (ast.OBJECT, line, column, self.elements(depth + 1))

    def items(self, closer: str, depth: int) -> tuple[Expression, ...]:
        """What stands in brackets, with commas between, and maybe one after the last."""
        items: list[Expression] = []
        while self.char_on_any_line() != closer:
            items.append(self.value(depth))
            char = self.char_on_any_line()
            if char == ",":
                self.take(MARK)
            elif char != closer:
                raise NotPlain
        self.take(MARK)
        return tuple(items)

    def elements(self, depth: int) -> tuple[tuple[Expression, Expression], ...]:
        """What stands in braces: a comma or the end of the line is between two elements, or both."""
        pairs: list[tuple[Expression, Expression]] = []
        while True:
            if self.at_end():
                self.plain_elements(pairs)
            if self.char() == "}":
                self.take(MARK)
                return tuple(pairs)
            line, column = self.line, self.at + 1
            name, quoted, _, _ = self.take(KEY)
            pairs.append((key_of(name, quoted, line, column), self.value(depth)))
            if self.char() == ",":
                self.take(MARK)
            elif self.char() != "}" and not self.at_end():
                raise NotPlain

    def plain_elements(self, pairs: list[tuple[Expression, Expression]]) -> None:
        """Add the elements on the next lines that are plain, and go to the first that is not."""
        row: Row
        for line, row in self.rows:
            indent, name, quoted, sign, _, string, word, number, _, closer, type, _, other = row
            self.line = line
            if sign:
                column = len(indent) + 1
                start = column + len(name) + len(quoted) + len(sign)
                pairs.append((key_of(name, quoted, line, column), plain_value(string, word, number, line, start)))
            elif closer or type or other:
                self.go_to(line, len(indent))
                return
        raise NotPlain

    def general(self, line: int, at: int, depth: int) -> Expression:
        """The value that begins there, on this line or on one that was read before, by the parser.

        It ends with its line, as an argument's does.  In brackets it may go on, and what is next is then no comma.

        :raises Invalid: for what is wrong.
        """
        if self.scanner is None:
            self.scanner = Scanner(self.text)
            self.lengths = list(accumulate(map(len, self.lines), initial=0))
        scanner, start = self.scanner, self.lengths[line - 1] + line - 1
        tokens = scanner.value(start + at, line, start, depth)
        if tag_of(tokens[0]) == "FOR":
            raise NotPlain
        value = self.parse(tokens)
        if scanner.line < self.line:
            raise NotPlain
        read = scanner.line - self.line
        next(islice(self.rows, read, read), None)
        self.go_to(scanner.line, scanner.pos - scanner.line_start)
        return value

    # -- where it is ---------------------------------------------------------------------------

    def go_to(self, line: int, at: int) -> None:
        self.line, self.source, self.at = line, self.lines[line - 1], at

    def next_line(self) -> None:
        for line, (indent, *_) in self.rows:
            self.go_to(line, len(indent))
            return
        raise NotPlain

    def char(self) -> str:
        """The next character, or nothing at the end of the line."""
        return self.source[self.at : self.at + 1]

    def char_on_any_line(self) -> str:
        """The next character, on a later line if nothing but a comment is left of this one."""
        while self.at_end():
            self.next_line()
        return self.char()

    def at_end(self) -> bool:
        """Whether nothing but a comment is left of the line."""
        char = self.char()
        return not char or (char in " \t#/" and REST.match(self.source, self.at) is not None)

    def take(self, expected: re.Pattern[str]) -> Sequence[str]:
        """Go on after what is expected here; the groups of it."""
        found = expected.match(self.source, self.at)
        if found is None:
            raise NotPlain
        self.at = found.end()
        return found.groups()
