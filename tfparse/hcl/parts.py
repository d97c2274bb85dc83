"""Templates: the text around ``${ }`` and ``%{ }`` sequences, and what becomes of it.

Follows hashicorp/hcl, hclsyntax/parser_template.go, in its order: escapes, strip markers, the flush of ``<<-``, the
nesting of directives.  A strip marker works on one literal: in a quoted string the whole stretch of text up to the
next sequence, in a heredoc or template file one line of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

from tfparse.cty import graphemes
from tfparse.cty.normal import normalized
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, place_of
from tfparse.hcl.scanner import SPACE
from tfparse.hcl.tokens import Invalid, Token
from tfparse.patterns import pattern


class Literal:
    """A literal, at the place in the source of its first character."""

    __slots__ = ("line", "column", "text")

    def __init__(self, line: int, column: int, text: str) -> None:
        self.line = line
        self.column = column
        self.text = text

    def drop(self, count: int) -> None:
        """Take ``count`` characters from the beginning."""
        self.text = self.text[count:]
        self.column += count


class Sequence(NamedTuple):
    """A sequence: an interpolation or one directive, ``kind`` being its keyword.

    ``content`` is what its node will hold before any parts; the strip markers are its ``~``, before and after.
    """

    kind: str
    line: int
    column: int
    strip_before: bool
    strip_after: bool
    content: tuple[Any, ...] = ()


Part = Literal | Sequence

# HCL's scanner cuts a line once more, just before its end, where a lone blank stands between "$" or "%" and that.
_LINES: Final = pattern(r"(?>[^\n$%]*)\n|[^\n]*(?:[$%][ \t\v\f]|(?<![$%])[$%]\r)(?=\r?\n)|[^\n]*\n|[^\n]+")
_DOUBLED: Final = pattern(r"([$%])\1\{")
_ESCAPES: Final = pattern(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|([$%])\1\{")
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def quoted(opener: Token, parts: list[Token | Sequence]) -> Expression:
    """What stands between two quotes: a string, an expression alone, or a template."""
    _, line, column, _ = opener
    content = [p if isinstance(p, Sequence) else Literal(*place_of(p), _unescape(p)) for p in parts]
    if not content:
        return (ast.STRING, line, column, "")
    if len(content) == 1:
        (only,) = content
        if isinstance(only, Literal):
            return (ast.STRING, line, column, normalized(only.text))
        if only.kind == ast.INTERP:
            return (ast.PAREN, line, column, *only.content)
    _strip(content)
    return (ast.TEMPLATE, line, column, _nest(_texts(content)), False)


def heredoc(opener: Token, parts: list[Token | Sequence], flush: bool) -> ast.Template:
    """A heredoc: always a template."""
    content = list(_lines(parts, by_line=flush))
    _strip(content)
    if flush:
        _flush(content)
    return (ast.TEMPLATE, *place_of(opener), _nest(_texts(content)), True)


def file(parts: list[Token | Sequence]) -> Expression:
    """A template file; as in Terraform one that is a single ``${ }`` has its type."""
    content = list(_lines(parts))
    if len(content) == 1 and isinstance(content[0], Sequence) and content[0].kind == ast.INTERP:
        return (ast.PAREN, 1, 1, *content[0].content)
    _strip(content)
    return (ast.TEMPLATE, 1, 1, _nest(_texts(content)), True)


def _lines(parts: list[Token | Sequence], *, by_line: bool = False) -> Iterator[Part]:
    """The parts of verbatim text, in literals that strip markers work on; ``by_line``: one for each line."""
    for part in parts:
        if isinstance(part, Sequence):
            yield part
            continue
        _, line, column, text = part
        for piece in _pieces(text, by_line=by_line):
            yield Literal(line, column, _DOUBLED.sub(r"\1{", piece) if "{" in piece else piece)
            line, column = (line + piece.count("\n"), 1) if piece.endswith("\n") else (line, column + len(piece))


def _pieces(text: str, *, by_line: bool) -> Iterator[str]:
    """The lines of a text; else its first and its last, which a strip marker may work on, and all between as one."""
    first, last = text.find("\n") + 1, text.rfind("\n", 0, -1) + 1
    if by_line or first >= last:
        return iter(_LINES.findall(text))
    return chain(_LINES.findall(text[:first]), (text[first:last],), _LINES.findall(text[last:]))


def _unescape(token: Token) -> str:
    """The text of a quoted literal: backslash escapes, ``$${`` and ``%%{`` resolved."""
    _, line, column, text = token

    def resolve(found: re.Match[str]) -> str:
        if found[1]:
            return found[1] + "{"
        selector = found[0][1:]
        if selector in _ESCAPED:
            return _ESCAPED[selector]
        if len(selector) == 1:
            wrong = f"The symbol {selector!r} is not a valid escape sequence selector."
            if selector in "uU":
                wrong = f"\\{selector} must be followed by {4 if selector == 'u' else 8} hexadecimal digits."
        else:
            code = int(selector[1:], 16)
            if code < 0xD800 or 0xDFFF < code <= 0x10FFFF:
                return chr(code)
            wrong = f"Cannot encode character U+{code:04x} in UTF-8."
        raise Invalid(line, column + found.start(), "Invalid escape sequence", wrong)

    return _ESCAPES.sub(resolve, text)


def _strip(parts: list[Part]) -> None:
    """Apply the strip markers, each to the literal next to it, if there is one."""
    for index, part in enumerate(parts):
        if isinstance(part, Literal):
            continue
        if part.strip_before and index and isinstance(before := parts[index - 1], Literal):
            before.text = before.text.rstrip(SPACE)
        if part.strip_after and index + 1 < len(parts) and isinstance(after := parts[index + 1], Literal):
            after.drop(len(after.text) - len(after.text.lstrip(SPACE)))


def _flush(parts: list[Part]) -> None:
    """Take from each line the indentation that all have in common.

    What counts is the literal at the beginning of a line, as the strip markers left it: a line that lost its
    newline is one with the next.  Blank lines neither count nor change; a line that begins with a sequence has none.
    """
    indented: list[Literal] = []
    widths: list[int] = []
    at_start = True
    for part in parts:
        if isinstance(part, Sequence):
            if at_start:
                widths.append(0)
            at_start = False
            continue
        content = part.text.lstrip(SPACE)
        ends_line = part.text.endswith("\n")
        if at_start and (content or not ends_line):
            indented.append(part)
            widths.append(len(part.text) - len(content))
        at_start = ends_line
    common = min(widths, default=0)
    for literal in indented:
        literal.drop(_characters(literal.text, common))


def _characters(text: str, count: int) -> int:
    """The length of the first ``count`` characters of a text as a reader counts them, all but the last blanks."""
    if text[count : count + 1].isascii():
        return count
    return next((start for start in graphemes.starts(text) if start >= count), len(text))


def _texts(parts: Iterable[Part]) -> Iterator[ast.Text | Sequence]:
    """The parts, with each run of literals joined to one text.

    A run follows the source line by line: what strip markers take away is at either end of it.
    """
    run: list[Literal] = []
    for part in parts:
        if isinstance(part, Literal):
            if part.text:
                run.append(part)
            continue
        if run:
            yield _text(run)
            run = []
        yield part
    if run:
        yield _text(run)


def _text(run: list[Literal]) -> ast.Text:
    return (ast.TEXT, run[0].line, run[0].column, normalized("".join(literal.text for literal in run)))


def _nest(parts: Iterable[ast.Text | Sequence]) -> tuple[ast.Part, ...]:
    """The parts of a template, with those inside ``if`` and ``for`` within them."""
    outermost: list[Any] = []
    current = outermost
    opened: list[tuple[Sequence, list[list[Any]], list[Any]]] = []  # with its lists of parts, and what it is in
    for part in parts:
        if not isinstance(part, Sequence):
            current.append(part)
        elif part.kind == ast.INTERP:
            current.append((ast.INTERP, part.line, part.column, *part.content))
        elif part.kind in (ast.IF, ast.FOR):
            opened.append((part, [[]], current))
            current = opened[-1][1][0]
        elif not opened or part.kind not in (f"end{opened[-1][0].kind}", "else"):
            raise _unbalanced(part)
        elif part.kind == "else":
            begin, branches, _ = opened[-1]
            if begin.kind != ast.IF or len(branches) > 1:
                raise _unbalanced(part)
            current = []
            branches.append(current)
        else:
            begin, branches, current = opened.pop()
            inner = [tuple(branch) for branch in branches]
            if begin.kind == ast.IF and len(inner) == 1:
                inner.append(())
            current.append((begin.kind, begin.line, begin.column, *begin.content, *inner))
    if opened:
        begin = opened[-1][0]
        missing = f"The {begin.kind} directive that begins here is missing its corresponding end{begin.kind} directive."
        raise Invalid(begin.line, begin.column, "Unexpected end of template", missing)
    return tuple(outermost)


def _unbalanced(part: Sequence) -> Invalid:
    detail = "The control directives within this template are unbalanced."
    return Invalid(part.line, part.column, f"Unexpected {part.kind} directive", detail)
