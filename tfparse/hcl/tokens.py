"""What the scanner makes of a text: tokens.  And what it can be inside of: frames.

A token is ``(type, line, column, text)``: ``type`` names a terminal of python-hcl2's grammar; ``line`` and
``column`` count from 1, in characters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Final, NamedTuple

Token = tuple[str, int, int, str]

text_of: Final[Callable[[Token], str]] = itemgetter(3)

END: Final = "$END"

MAX_TOKENS: Final = 500_000
"""How many tokens a text may have.  A megabyte of ordinary source has some hundred thousand."""


class Invalid(Exception):
    """The source is wrong at a line and column: a headline and a sentence."""

    def __init__(self, line: int, column: int, summary: str, detail: str) -> None:
        super().__init__(summary)
        self.line = line
        self.column = column
        self.summary = summary
        self.detail = detail


class Frame(NamedTuple):
    """Something the scanner can be inside of."""

    closer: str  # what ends it
    unclosed: str  # the headline where nothing does
    newlines: bool = False  # whether they count
    text: bool = False  # whether it is the text of a template, or code


BODY: Final = Frame("}", "Unclosed configuration block", newlines=True)
VALUE: Final = Frame("}", BODY.unclosed, newlines=True)  # from an argument's "=" to the end of its line
OBJECT: Final = Frame("}", "Unterminated object constructor expression", newlines=True)
FOR_OBJECT: Final = Frame("}", "Unterminated 'for' expression")
PARENTHESES: Final = Frame(")", "Unbalanced parentheses")
BRACKETS: Final = Frame("]", "Unterminated tuple constructor expression")
SEQUENCE: Final = Frame("}", "Unclosed template interpolation sequence")
QUOTED: Final = Frame('"', "Unterminated template string", text=True)
HEREDOC: Final = Frame("", "Unterminated template string", text=True)
TEMPLATE: Final = Frame("", "", text=True)
EXPRESSION: Final = Frame("", "")

OPERATORS: Final[Mapping[str, str]] = {
    "==": "DOUBLE_EQ", "!=": "NEQ", "<": "LT", ">": "GT", "<=": "LEQ", ">=": "GEQ", "-": "MINUS", "*": "ASTERISK",
    "/": "SLASH", "%": "PERCENT", "&&": "DOUBLE_AMP", "||": "DOUBLE_PIPE", "+": "PLUS", "!": "NOT", "?": "QMARK",
    "(": "LPAR", ")": "RPAR", "{": "LBRACE", "}": "RBRACE", "~}": "RBRACE", "[": "LSQB", "]": "RSQB", ",": "COMMA",
    ".": "DOT", "=": "EQ", ":": "COLON", "=>": "FOR_OBJECT_ARROW", "...": "ELLIPSIS", "::": "COLONS",
}  # fmt: skip

KEYWORDS: Final = {w: w.upper() for w in ("for", "in", "if", "else", "endif", "endfor", "true", "false", "null")}
"""The types of words that are keywords where the grammar has use for them; elsewhere they are names."""
