"""The syntax tree: plain nested tuples, so that ``marshal`` can keep them.

A node is ``(tag, line, column, ...)``, line and column being those of its first character, from 1.  The types below
say what follows.  A node is taken apart by ``match``, or unpacked where its type is known.

A template is ``verbatim`` if it is a heredoc or a file: each newline in one of its texts then begins the next line
of the source, where a text of a quoted template stays on its line.  All text is in Unicode normal form C.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, Literal, TypeAlias

LITERAL: Final = "literal"
NUMBER: Final = "number"
STRING: Final = "string"
TEMPLATE: Final = "template"
PAREN: Final = "paren"
VAR: Final = "var"
ATTR: Final = "attr"
INDEX: Final = "index"
SPLAT: Final = "splat"
ITEM: Final = "item"
CALL: Final = "call"
CONDITIONAL: Final = "conditional"
BINARY: Final = "binary"
UNARY: Final = "unary"
TUPLE: Final = "tuple"
OBJECT: Final = "object"
FOR_TUPLE: Final = "for_tuple"
FOR_OBJECT: Final = "for_object"
BODY: Final = "body"
ATTRIBUTE: Final = "attribute"
BLOCK: Final = "block"
TEXT: Final = "text"
INTERP: Final = "interp"
IF: Final = "if"
FOR: Final = "for"

# -- expressions ---------------------------------------------------------------------------------

Constant: TypeAlias = tuple[Literal["literal"], int, int, bool | None]
"""``null``, ``true`` or ``false``."""
Number: TypeAlias = tuple[Literal["number"], int, int, str]
"""The source text (``"1.5e3"``)."""
String: TypeAlias = tuple[Literal["string"], int, int, str]
"""The text of a quoted string without sequences, unescaped; also a bare word as an object key."""
Template: TypeAlias = tuple[Literal["template"], int, int, tuple["Part", ...], bool]
"""Parts, and whether it is verbatim."""
Parentheses: TypeAlias = tuple[Literal["paren"], int, int, "Expression"]
"""The expression in parentheses, or alone in a template (``"${x}"`` has the type of x)."""
Variable: TypeAlias = tuple[Literal["var"], int, int, str]
"""The name at the root of a reference."""
GetAttr: TypeAlias = tuple[Literal["attr"], int, int, "Expression", str]
"""An object, and the name of the attribute."""
Index: TypeAlias = tuple[Literal["index"], int, int, "Expression", "Expression"]
"""An object, and the key (also of the legacy ``a.0``)."""
Splat: TypeAlias = tuple[Literal["splat"], int, int, "Expression", "Expression"]
"""What is gone through, and what is taken of each: an expression over :data:`Item`."""
Item: TypeAlias = tuple[Literal["item"], int, int]
"""The element at hand, inside a splat."""
Call: TypeAlias = tuple[Literal["call"], int, int, str, tuple["Expression", ...], bool]
"""Name (``"core::max"`` too), arguments, and whether the last is expanded (``f(xs...)``)."""
Conditional: TypeAlias = tuple[Literal["conditional"], int, int, "Expression", "Expression", "Expression"]
"""Condition, then, else."""
Binary: TypeAlias = tuple[Literal["binary"], int, int, str, "Expression", "Expression"]
"""Operator, left, right."""
Unary: TypeAlias = tuple[Literal["unary"], int, int, str, "Expression"]
"""Operator, operand."""
Tuple: TypeAlias = tuple[Literal["tuple"], int, int, tuple["Expression", ...]]
"""Items."""
Object: TypeAlias = tuple[Literal["object"], int, int, tuple[tuple["Expression", "Expression"], ...]]
"""Pairs of key and value."""
ForTuple: TypeAlias = tuple[
    Literal["for_tuple"], int, int, str | None, str, "Expression", "Expression", "Expression | None"
]
"""Key variable, value variable, collection, value, condition."""
ForObject: TypeAlias = tuple[
    Literal["for_object"], int, int, str | None, str, "Expression", "Expression", "Expression", "Expression | None",
    bool,
]  # fmt: skip
"""Key variable, value variable, collection, key, value, condition, and whether values are grouped by key."""
Expression: TypeAlias = (
    Constant | Number | String | Template | Parentheses | Variable | GetAttr | Index | Splat | Item | Call
    | Conditional | Binary | Unary | Tuple | Object | ForTuple | ForObject
)  # fmt: skip

# -- the parts of a template ---------------------------------------------------------------------

Text: TypeAlias = tuple[Literal["text"], int, int, str]
"""The text, escapes resolved and strip markers applied."""
Interpolation: TypeAlias = tuple[Literal["interp"], int, int, Expression]
"""The expression in ``${ }``."""
If: TypeAlias = tuple[Literal["if"], int, int, Expression, tuple["Part", ...], tuple["Part", ...]]
"""Condition, then parts, else parts."""
For: TypeAlias = tuple[Literal["for"], int, int, str | None, str, Expression, tuple["Part", ...]]
"""Key variable, value variable, collection, parts."""
Part: TypeAlias = Text | Interpolation | If | For

# -- structure -----------------------------------------------------------------------------------

Attribute: TypeAlias = tuple[Literal["attribute"], int, int, str, Expression]
"""Name and expression of an argument."""
Block: TypeAlias = tuple[Literal["block"], int, int, str, tuple[str, ...], "Body"]
"""Type, labels, body."""
Body: TypeAlias = tuple[Literal["body"], int, int, tuple[Attribute, ...], tuple[Block, ...]]
"""Arguments and nested blocks."""
Node: TypeAlias = Expression | Part | Attribute | Block | Body

tag_of: Final[Callable[[tuple[Any, ...]], str]] = itemgetter(0)
"""What kind of node, or token, it is."""
place_of: Final[Callable[[tuple[Any, ...]], tuple[int, int]]] = itemgetter(1, 2)
"""Line and column of the first character of a node, or a token."""
