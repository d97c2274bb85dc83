"""What one line of a plain file may hold (see :mod:`tfparse.hcl.plain`): how it is taken apart, and the nodes of it."""

from __future__ import annotations

import re
from sys import intern
from typing import Final

from tfparse.cty.normal import normalized
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.tokens import KEYWORDS
from tfparse.patterns import pattern

_NAME = r"(?>[A-Za-z_][A-Za-z0-9_-]*)"  # never less of it, which would be tried in vain
_QUOTED = r'"[^"\\$%\r\n]*"'
_WORD = rf"{_NAME} (?: \. {_NAME} | \[ (?: [0-9]+ | {_QUOTED} ) ] ){{0,20}}"
_NUMBER = r"[0-9]+ (?: \. [0-9]+ )?"
_PLAIN = rf"(?: ({_QUOTED}) | ({_WORD}) | ({_NUMBER}) ) [ \t]*"
_KEY_AND_SIGN = rf"(?: ({_NAME}) | ({_QUOTED}) ) ([ \t]* (?: = | (:) ) [ \t]*)"
_TYPE_AND_LABELS = rf"({_NAME}) ((?: [ \t]* {_QUOTED} )* [ \t]*) \{{ [ \t]*"
_COMMENT = r"(?: \# | // ) [^\n]*"
_REST_OF_LINE = rf"(?: \n | {_COMMENT} \n )"

LINE = pattern(
    rf"""([ \t]*) (?:
          {_KEY_AND_SIGN} {_PLAIN} (?: (,) [ \t]* )? {_REST_OF_LINE}
        | {_REST_OF_LINE}
        | (}}) [ \t]* {_REST_OF_LINE}
        | {_TYPE_AND_LABELS} {_REST_OF_LINE}
        | ([^\n]) [^\n]* \n )""",
    re.VERBOSE,
)
Row = tuple[str, str, str, str, str, str, str, str, str, str, str, str, str]
"""A line: its indentation; a name or a quoted key, the sign after it (and whether that is a colon), a value (a string,
a word or a number) and a comma; or a closing brace; or a type of block and its labels; or how any other begins."""

PLAIN_VALUE = pattern(
    rf"""{_PLAIN} (?= [,)\]}}\#] | // | \Z )
       | ({_NAME}) \( [ \t]*
       | ([\[{{]) [ \t]* (?! for (?! [A-Za-z0-9_-] ) )""",
    re.VERBOSE,
)
KEY = pattern(_KEY_AND_SIGN, re.VERBOSE)
HEADER = pattern(_TYPE_AND_LABELS, re.VERBOSE)
MARK = pattern(r"[,)\]}][ \t]*")
REST = pattern(rf"[ \t]* (?: {_COMMENT} )? \Z", re.VERBOSE)
_LABEL = pattern(_QUOTED)
_STEP = pattern(rf"\. ({_NAME}) | \[ (?: ([0-9]+) | ({_QUOTED}) ) ]", re.VERBOSE)
_CONSTANTS: Final = {"null": None, "true": True, "false": False}


class NotPlain(Exception):
    """The file, or the value at hand, is not as it would have to be: or it is wrong."""


def labels_of(labels: str) -> tuple[str, ...]:
    return tuple([_text(label) for label in _LABEL.findall(labels)]) if '"' in labels else ()


def key_of(name: str, quoted: str, line: int, column: int) -> Expression:
    """The key of an element: a word is a string here."""
    if name in KEYWORDS:
        raise NotPlain
    return (ast.STRING, line, column, intern(name) if name else _text(quoted))


def plain_value(string: str, word: str, number: str, line: int, column: int) -> Expression:
    """What is one of these: a quoted string, a reference or constant, or a number."""
    if string:
        return (ast.STRING, line, column, _text(string))
    if word:
        return _reference(word, line, column)
    return (ast.NUMBER, line, column, number)


def _text(quoted: str) -> str:
    return normalized(intern(quoted[1:-1]))


def _reference(word: str, line: int, column: int) -> Expression:
    """A name with what follows it, such as ``a.b[0]``, or a constant."""
    if word in _CONSTANTS:
        return (ast.LITERAL, line, column, _CONSTANTS[word])
    root, *names = word.partition("[")[0].split(".")
    if root in KEYWORDS:
        raise NotPlain
    node: Expression = (ast.VAR, line, column, intern(root))
    for name in names:
        node = (ast.ATTR, line, column, node, intern(name))
    if "[" in word:
        for found in _STEP.finditer(word, word.index("[")):
            name, number, string = found.groups()
            if name:
                node = (ast.ATTR, line, column, node, intern(name))
            else:
                key = plain_value(string, "", number, line, column + found.start() + 1)
                node = (ast.INDEX, line, column, node, key)
    return node
