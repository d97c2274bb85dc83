"""The syntax tree: plain nested tuples, so that ``marshal`` can keep them.

A node is ``(tag, line, column, ...)``, line and column being those of its first character, from 1.  What follows:

===============  ===========================================================================================
``literal``      ``None``, ``True`` or ``False``
``number``       the source text (``"1.5e3"``)
``string``       the text of a quoted string without sequences, unescaped; also a bare word as an object key
``template``     parts, verbatim
``paren``        the expression in parentheses, or alone in a template (``"${x}"`` has the type of x)
``var``          name: the root of a reference
``attr``         object, name
``index``        object, key (also of the legacy ``a.0``)
``splat``        source, item: what is taken of each, an expression over ``item``
``item``         nothing: the element at hand, inside a splat
``call``         name (``"core::max"`` too), arguments, whether the last is expanded (``f(xs...)``)
``conditional``  condition, then, else
``binary``       operator, left, right
``unary``        operator, operand
``tuple``        items
``object``       pairs of key and value, both expressions
``for_tuple``    key variable or None, value variable, collection, value, condition or None
``for_object``   key variable or None, value variable, collection, key, value, condition or None, whether grouping
``body``         attributes, blocks
``attribute``    name, expression
``block``        type, labels (strings), body
===============  ===========================================================================================

The parts of a template:

===============  ===========================================================================================
``text``         the text, escapes resolved and strip markers applied
``interp``       the expression
``if``           condition, then parts, else parts
``for``          key variable or None, value variable, collection, parts
===============  ===========================================================================================

A template is ``verbatim`` if it is a heredoc or a file: each newline in one of its texts then begins the next line
of the source, where a text of a quoted template stays on its line.  All text is in Unicode normal form C.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Node: TypeAlias = tuple[Any, ...]

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
