"""What becomes of each rule of the grammar: one method a rule, named like it, from its children to a node.

Children are tokens, nodes, and what other methods return.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from tfparse.cty.normal import normalized
from tfparse.hcl import ast, parts
from tfparse.hcl.ast import Node
from tfparse.hcl.parts import Sequence
from tfparse.hcl.scanner import Invalid, Token

_NUMBER: Final = re.compile(r"[0-9]+\.?[0-9]*(?:[eE][+-]?0*[0-9]{1,9})?")  # Go reads no larger exponent
_LITERALS: Final = {"NULL": None, "TRUE": True, "FALSE": False}
_WORDS: Final = {None: "null", True: "true", False: "false"}

Children = list[Any]
Pair = tuple[Node, Node]
Arguments = tuple[tuple[Node, ...], bool]
"""The arguments of a call, and whether the last is expanded."""
Step = tuple[str, Any]
"""What follows a term: the tag of the node that both make, and its last element."""


class ForIntro(NamedTuple):
    """What stands before the colon of a ``for``: the names of key and value, and the collection."""

    key: str | None
    value: str
    collection: Node


class Builder:
    """The parser's callbacks."""

    # -- structure -----------------------------------------------------------------------------

    def body(self, children: Children) -> Node:
        attributes: dict[str, Node] = {}
        blocks = []
        for child in children:
            if child[0] == ast.BLOCK:
                blocks.append(child)
            elif child[0] == ast.ATTRIBUTE:
                _, line, column, name, _ = child
                if name in attributes:
                    detail = f'The argument "{name}" was already set on line {attributes[name][1]}.'
                    raise Invalid(line, column, "Attribute redefined", detail)
                attributes[name] = child
        line, column = children[0][1:3] if children else (1, 1)
        return (ast.BODY, line, column, tuple(attributes.values()), tuple(blocks))

    def attribute(self, children: Children) -> Node:
        name, _, value = children
        return (ast.ATTRIBUTE, name[1], name[2], name[3], value)

    def block(self, children: Children) -> Node:
        (_, line, column, type), *labels, brace, body, _ = children
        for label in labels:
            if label[0] not in (ast.STRING, "NAME"):
                detail = "Template sequences are not allowed in this string."
                raise Invalid(label[1], label[2], "Invalid string literal", detail)
        body = (ast.BODY, *brace[1:3], *body[3:])
        return (ast.BLOCK, line, column, type, tuple(label[3] for label in labels), body)

    # -- terms ---------------------------------------------------------------------------------

    def expr_term(self, children: Children) -> Node:
        term: Node = children[0]
        if term[0] == "NAME":
            return (ast.VAR, *term[1:])
        if term[0] == "LPAR":
            return (ast.PAREN, term[1], term[2], children[1])
        return term

    def int_lit(self, children: list[Token]) -> Node:
        _, line, column, text = children[0]
        if not _NUMBER.fullmatch(text):
            raise Invalid(line, column, "Invalid number literal", f"{text} is not a number.")
        return (ast.NUMBER, line, column, text)

    float_lit = int_lit

    def literal_value(self, children: list[Token]) -> Node:
        type, line, column, _ = children[0]
        return (ast.LITERAL, line, column, _LITERALS[type])

    def tuple(self, children: Children) -> Node:
        opener = children[0]
        items = tuple(child for child in children[1:-1] if child[0] != "COMMA")
        return (ast.TUPLE, opener[1], opener[2], items)

    def object(self, children: Children) -> Node:
        opener = children[0]
        items = tuple(child for child in children if len(child) == 2)
        return (ast.OBJECT, opener[1], opener[2], items)

    def object_elem(self, children: Children) -> Pair:
        key, _, value = children
        return key, value

    def object_elem_key(self, children: list[Node]) -> Node:
        (key,) = children
        tag, line, column = key[:3]
        if tag == ast.VAR:
            return (ast.STRING, line, column, normalized(key[3]))
        if tag == ast.LITERAL:
            return (ast.STRING, line, column, _WORDS[key[3]])
        return key

    def function_call(self, children: Children) -> Node:
        _, line, column, _ = children[0]
        parenthesis = next(i for i, child in enumerate(children) if child[0] == "LPAR")
        name = "".join(child[3] for child in children[:parenthesis])
        arguments, expand = children[-2] if len(children) - parenthesis == 3 else ((), False)
        return (ast.CALL, line, column, name, arguments, expand)

    def arguments(self, children: Children) -> Arguments:
        given = tuple(child for child in children if child[0] not in ("COMMA", "ELLIPSIS"))
        return given, children[-1][0] == "ELLIPSIS"

    # -- operators -----------------------------------------------------------------------------

    def conditional(self, children: Children) -> Node:
        condition, _, then, _, otherwise = children
        return (ast.CONDITIONAL, condition[1], condition[2], condition, then, otherwise)

    def binary_term(self, children: Children) -> Children:
        return children

    def binary_op(self, children: Children) -> Node:
        left, (operator, right) = children
        return (ast.BINARY, left[1], left[2], operator[3], left, right)

    def unary_op(self, children: Children) -> Node:
        operator, operand = children
        return (ast.UNARY, operator[1], operator[2], operator[3], operand)

    # -- steps: what follows a term ------------------------------------------------------------

    def index_expr_term(self, children: Children) -> Node:
        source, step = children
        return _step(source, step)

    get_attr_expr_term = attr_splat_expr_term = full_splat_expr_term = index_expr_term

    def braces_index(self, children: Children) -> Step:
        return ast.INDEX, children[1]

    def short_index(self, children: Children) -> Step:
        return ast.INDEX, self.int_lit(children[1:])

    def get_attr(self, children: Children) -> Step:
        return ast.ATTR, children[1][3]

    def attr_splat(self, children: Children) -> Step:
        return ast.SPLAT, _steps(children[0], children[2:])

    def full_splat(self, children: Children) -> Step:
        return ast.SPLAT, _steps(children[0], children[3:])

    # -- for -----------------------------------------------------------------------------------

    def for_intro(self, children: Children) -> ForIntro:
        names = [child[3] for child in children[1:-3] if child[0] == "NAME"]
        return ForIntro(names[0] if len(names) > 1 else None, names[-1], children[-2])

    def for_cond(self, children: Children) -> Children:
        return children[1:]

    def for_tuple_expr(self, children: Children) -> Node:
        opener, intro, value, *condition, _ = children
        return (ast.FOR_TUPLE, opener[1], opener[2], *intro, value, condition[0][0] if condition else None)

    def for_object_expr(self, children: Children) -> Node:
        opener, intro, key, _, value, *rest, _ = children
        grouping = bool(rest) and rest[0][0] == "ELLIPSIS"
        conditions = rest[1:] if grouping else rest
        condition = conditions[0][0] if conditions else None
        return (ast.FOR_OBJECT, opener[1], opener[2], *intro, key, value, condition, grouping)

    # -- templates -----------------------------------------------------------------------------

    def string(self, children: Children) -> Node:
        opener = children[0]
        if opener[0] == "QUOTED":
            return (ast.STRING, opener[1], opener[2], normalized(opener[3]))
        return parts.quoted(opener, children[1:-1])

    def heredoc_template(self, children: Children) -> Node:
        return parts.heredoc(children[0], children[1:-1], flush=False)

    def heredoc_template_trim(self, children: Children) -> Node:
        return parts.heredoc(children[0], children[1:-1], flush=True)

    def template(self, children: Children) -> Node:
        return parts.file(children)

    def interpolation(self, children: Children) -> Sequence:
        return _sequence(children, ast.INTERP, (children[1],))

    def template_if_start(self, children: Children) -> Sequence:
        return _sequence(children, ast.IF, (children[2],))

    def template_for_start(self, children: Children) -> Sequence:
        return _sequence(children, ast.FOR, self.for_intro(children[1:]))

    def template_else(self, children: Children) -> Sequence:
        return _sequence(children, children[1][3])

    template_endif = template_endfor = template_else


def _sequence(children: Children, kind: str, content: tuple[object, ...] = ()) -> Sequence:
    (_, line, column, opener), closer = children[0], children[-1]
    return Sequence(kind, line, column, opener.endswith("~"), closer[3] == "~}", content)


def _step(source: Node, step: Step) -> Node:
    kind, what = step
    return (kind, source[1], source[2], source, what)


def _steps(opener: Token, steps: list[Step]) -> Node:
    """What a splat takes of each item: the steps after it, over the item."""
    item: Node = (ast.ITEM, opener[1], opener[2])
    for step in steps:
        item = _step(item, step)
    return item
