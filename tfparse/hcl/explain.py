"""Why a token has no place where it stands, in the words of HCL's own parser (hashicorp/hcl, hclsyntax/parser.go)."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Any, Final

from tfparse.hcl.builder import ForIntro
from tfparse.hcl.tokens import Token
from tfparse.patterns import pattern

Why = tuple[str, str]
"""A headline and a sentence."""

_FOR: Final = "Invalid 'for' expression"
_CLOSING: Final = "Expected a closing brace to end the sequence, but found extra characters."

# By what stands before the token.
_AFTER: Final[dict[str, Why]] = {
    "DOT": ("Invalid attribute name", "An attribute name is required after a dot."),
    "COLONS": ("Missing function name", "Function scope resolution symbol :: must be followed by a function name."),
    "ASTERISK": ("Missing close bracket on splat index", 'A full splat operator must be closed with a bracket ("]").'),
    "ELLIPSIS": (
        "Missing closing parenthesis",
        "An expanded function argument (with ...) must be immediately followed by closing parentheses.",
    ),
    "DIRECTIVE_START": (
        "Invalid template directive",
        'A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.',
    ),
    "ELSE": ("Extra characters in else marker", _CLOSING),
    "ENDIF": ("Extra characters in endif marker", _CLOSING),
    "ENDFOR": ("Extra characters in endfor marker", _CLOSING),
    "RBRACE": ("Missing newline after block definition", "A block definition must end with a newline."),
}

# By what the token is inside of, where it should go on or end.
_INSIDE: Final[dict[str, Why]] = {
    "body": ("Argument or block definition required", "An argument or block definition is required here."),
    "header": (
        "Invalid block definition",
        'A block definition must have block content delimited by "{" and "}", starting on the same line.',
    ),
    "nested_block": (
        "Argument definition required",
        "A single-line block definition can contain only a single argument, and no block.",
    ),
    "argument": ("Missing newline after argument", "An argument definition must end with a newline."),
    "single_argument": (
        "Invalid single-argument block definition",
        "A single-line block holds a single argument and must be closed on the same line.",
    ),
    "scope": ("Missing open parenthesis", "Function selector must be followed by an open parenthesis."),
    "call": ("Missing argument separator", "A comma is required to separate each function argument from the next."),
    "parentheses": ("Unbalanced parentheses", "Expected a closing parenthesis to terminate the expression."),
    "index": ("Missing close bracket on index", 'The index operator must end with a closing bracket ("]").'),
    "tuple": ("Missing item separator", "Expected a comma to mark the beginning of the next item."),
    "key": ("Missing key/value separator", 'Expected an equals sign ("=") to mark the beginning of the value.'),
    "element": ("Missing attribute separator", "Expected a newline or comma to mark the beginning of the next."),
    "conditional": (
        "Missing false expression in conditional",
        "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
    ),
    "for": (_FOR, 'Expected its end, after one value in brackets, or after a "key => value" in braces.'),
    "for_intro": (_FOR, "For expression requires names, the 'in' keyword, a collection expression and a colon."),
    "for_directive": (
        "Invalid 'for' directive",
        "For directive requires names, the 'in' keyword and a collection expression.",
    ),
    "for_marker": ("Extra characters in for marker", _CLOSING),
    "if_marker": ("Extra characters in if marker", _CLOSING),
    "interpolation": (
        "Extra characters after interpolation expression",
        'Expected a closing brace. If this is meant for another language, write "$${" instead of "${".',
    ),
}

# What the parser's stack says about that: the last of these to be found in its tags.
_CONTEXT: Final = pattern(
    r"""(?<! \S ) (?:
          QMARK [ ] \S+ [ ] COLON              # a conditional that may end at any time
        | (?P<conditional> QMARK )
        | (?P<header> \[NAME] (?: [ ] \[? (?: NAME | QUOTED | string ) ]? )+ $ )
        | (?P<nested_block> {block} [ ] (?: NAME | \[NAME] ) $ )
        | (?P<single_argument> {block} [ ] (?: \[NAME] [ ] EQ | attribute ) )
        | (?P<body> {block} )
        | (?P<argument> \[NAME] [ ] EQ | attribute $ )
        | (?P<element> [a-z_]+ [ ] (?: EQ | COLON ) )
        | (?P<key> LBRACE )
        | (?P<scope> COLONS [ ] NAME $ | \[COLONS] $ )
        | (?P<call> (?: NAME | \[COLONS] ) [ ] LPAR )
        | (?P<parentheses> LPAR )
        | (?P<index> [a-z_]+ [ ] LSQB )
        | (?P<tuple> LSQB )
        | (?P<for_marker> DIRECTIVE_START [ ] FOR [ ] (?: NAME [ ] COMMA [ ] )? NAME [ ] IN )
        | (?P<for_directive> DIRECTIVE_START [ ] FOR )
        | (?P<if_marker> DIRECTIVE_START [ ] IF )
        | (?P<for_intro> FOR )
        | (?P<for> for )
        | (?P<interpolation> INTERP_START )
    ) (?! \S )""".replace("{block}", r"\[NAME] (?: [ ] \[ (?: NAME | string ) ] )? [ ] LBRACE"),
    re.VERBOSE,
)


def explain(token: Token, expected: Container[str], values: Sequence[Any]) -> Why:
    """Why ``token`` cannot follow ``values``, the parser's stack, where any of ``expected`` could."""
    kind, _, _, text = token
    tags = [_tag(value) for value in values]
    last = tags[-1] if tags else ""
    if "NOT" in expected:
        return "Invalid expression", "Expected the start of an expression, but found an invalid expression token."
    if last == "DOT" and kind == "FLOAT_LITERAL":
        indexes = "][".join(text.split("."))
        return "Invalid legacy index syntax", f"Use the proper index syntax instead, like [{indexes}]."
    if last == "DOT" and kind == "ASTERISK":
        detail = "A splat expression (*) cannot be used inside another attribute-only splat expression."
        return "Nested splat expression not allowed", detail
    if last == "DIRECTIVE_START" and kind == "NAME":
        return "Invalid template control keyword", f'"{text}" is not a valid template control keyword.'
    if last in _AFTER:
        return _AFTER[last]
    inside = _inside(tags)
    if inside == "argument" and kind == "COMMA":
        return "Unexpected comma after argument", "Argument definitions must be separated by newlines, not commas."
    if inside == "key" and kind in ("COMMA", "NL_OR_COMMENT"):
        return "Missing attribute value", 'Expected an attribute value, introduced by an equals sign ("=").'
    if inside == "body" and kind in ("QUOTED", "DBLQUOTE"):
        return "Invalid argument name", "Argument names must not be quoted."
    return _INSIDE[inside]


def _tag(value: Any) -> str:
    """What a value on the stack is: a token's type, a node's tag, or in brackets what a list begins with."""
    match value:
        case [first, *_] if isinstance(value, list):
            return f"[{_tag(first)}]"
        case ForIntro():
            return "for"
        case (str() as tag, *_):
            return tag
    return "pair"


def _inside(tags: Sequence[str]) -> str:
    """What the top of the stack is inside of: the name of the last context in it."""
    contexts = [found.lastgroup for found in _CONTEXT.finditer(" ".join(tags)) if found.lastgroup]
    return contexts[-1] if contexts else "body"
