"""What becomes of each rule of the grammar: one method a rule, named like it, from its children to a node.

Children are tokens, nodes, and what other methods return.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tfparse.cty.normal import normalized
from tfparse.hcl import ast, parts
from tfparse.hcl.ast import Expression, place_of, tag_of
from tfparse.hcl.parts import Sequence
from tfparse.hcl.tokens import Invalid, Token, text_of
from tfparse.patterns import pattern

_NUMBER: Final = pattern(r"[0-9]+\.?[0-9]*(?:[eE][+-]?0*[0-9]{1,9})?")  # Go reads no larger exponent
_LITERALS: Final = {"NULL": None, "TRUE": True, "FALSE": False}
_WORDS: Final = {None: "null", True: "true", False: "false"}

Children = list[Any]
Pair = tuple[Expression, Expression]
Arguments = tuple[tuple[Expression, ...], bool]
"""The arguments of a call, and whether the last is expanded."""
Step = tuple[str, Any]
"""What follows a term: the tag of the node that both make, and its last element."""


class ForIntro(NamedTuple):
    """What stands before the colon of a ``for``: the names of key and value, and the collection."""

    key: str | None
    value: str
    collection: Expression


class Builder:
    """The parser's callbacks."""

    # -- structure -----------------------------------------------------------------------------

    def body(self, children: Children) -> ast.Body:
        attributes: dict[str, ast.Attribute] = {}
        blocks: list[ast.Block] = []
        for child in children:
            tag = tag_of(child)
            if tag == ast.BLOCK:
                blocks.append(child)
            elif tag == ast.ATTRIBUTE:
                _, line, column, name, _ = child
                if name in attributes:
                    first, _ = place_of(attributes[name])
                    detail = f'The argument "{name}" was already set on line {first}.'
                    raise Invalid(line, column, "Attribute redefined", detail)
                attributes[name] = child
        line, column = place_of(children[0]) if children else (1, 1)
        return (ast.BODY, line, column, tuple(attributes.values()), tuple(blocks))

    def attribute(self, children: Children) -> ast.Attribute:
        (_, line, column, name), _, value = children
        return (ast.ATTRIBUTE, line, column, name, value)

    def block(self, children: Children) -> ast.Block:
        (_, line, column, type), *labels, brace, (_, _, _, attributes, blocks), _ = children
        for label in labels:
            if tag_of(label) not in (ast.STRING, "NAME"):
                detail = "Template sequences are not allowed in this string."
                raise Invalid(*place_of(label), "Invalid string literal", detail)
        body: ast.Body = (ast.BODY, *place_of(brace), attributes, blocks)
        return (ast.BLOCK, line, column, type, tuple(map(text_of, labels)), body)

    # -- terms ---------------------------------------------------------------------------------

    def parentheses(self, children: Children) -> ast.Parentheses:
        opener, inner, _ = children
        return (ast.PAREN, *place_of(opener), inner)

    def variable(self, children: list[Token]) -> ast.Variable:
        ((_, line, column, name),) = children
        return (ast.VAR, line, column, name)

    def int_lit(self, children: list[Token]) -> ast.Number:
        ((_, line, column, text),) = children
        if not _NUMBER.fullmatch(text):
            raise Invalid(line, column, "Invalid number literal", f"{text} is not a number.")
        return (ast.NUMBER, line, column, text)

    float_lit = int_lit

    def literal_value(self, children: list[Token]) -> ast.Constant:
        ((type, line, column, _),) = children
        return (ast.LITERAL, line, column, _LITERALS[type])

    def tuple(self, children: Children) -> ast.Tuple:
        opener, *items, _ = children
        return (ast.TUPLE, *place_of(opener), tuple(item for item in items if tag_of(item) != "COMMA"))

    def object(self, children: Children) -> ast.Object:
        opener, *elements = children
        return (ast.OBJECT, *place_of(opener), tuple(child for child in elements if len(child) == 2))

    def object_elem(self, children: Children) -> Pair:
        key, _, value = children
        return key, value

    def object_elem_key(self, children: list[Expression]) -> Expression:
        (key,) = children
        match key:
            case (ast.VAR, line, column, name):
                return (ast.STRING, line, column, normalized(name))
            case (ast.LITERAL, line, column, constant):
                return (ast.STRING, line, column, _WORDS[constant])
        return key

    def function_call(self, children: Children) -> ast.Call:
        parenthesis = next(i for i, child in enumerate(children) if tag_of(child) == "LPAR")
        name = "".join(map(text_of, children[:parenthesis]))
        arguments, expand = children[-2] if len(children) - parenthesis == 3 else ((), False)
        return (ast.CALL, *place_of(children[0]), name, arguments, expand)

    def arguments(self, children: Children) -> Arguments:
        given = tuple(child for child in children if tag_of(child) not in ("COMMA", "ELLIPSIS"))
        return given, tag_of(children[-1]) == "ELLIPSIS"

    # -- operators -----------------------------------------------------------------------------

    def conditional(self, children: Children) -> ast.Conditional:
        condition, _, then, _, otherwise = children
        return (ast.CONDITIONAL, *place_of(condition), condition, then, otherwise)

    def binary_term(self, children: Children) -> Children:
        return children

    def binary_op(self, children: Children) -> ast.Binary:
        left, (operator, right) = children
        return (ast.BINARY, *place_of(left), text_of(operator), left, right)

    def unary_op(self, children: Children) -> ast.Unary:
        (_, line, column, operator), operand = children
        return (ast.UNARY, line, column, operator, operand)

    # -- steps: what follows a term ------------------------------------------------------------

    def index_expr_term(self, children: Children) -> Expression:
        source, step = children
        return _step(source, step)

    get_attr_expr_term = attr_splat_expr_term = full_splat_expr_term = index_expr_term

    def braces_index(self, children: Children) -> Step:
        return ast.INDEX, children[1]

    def short_index(self, children: Children) -> Step:
        return ast.INDEX, self.int_lit(children[1:])

    def get_attr(self, children: Children) -> Step:
        return ast.ATTR, text_of(children[1])

    def attr_splat(self, children: Children) -> Step:
        return ast.SPLAT, _steps(children[0], children[2:])

    def full_splat(self, children: Children) -> Step:
        return ast.SPLAT, _steps(children[0], children[3:])

    # -- for -----------------------------------------------------------------------------------

    def for_intro(self, children: Children) -> ForIntro:
        names = [text_of(child) for child in children[1:-3] if tag_of(child) == "NAME"]
        return ForIntro(names[0] if len(names) > 1 else None, names[-1], children[-2])

    def for_cond(self, children: Children) -> Expression:
        _, condition = children
        checked: Expression = condition
        return checked

    def for_tuple_expr(self, children: Children) -> ast.ForTuple:
        opener, (key_name, value_name, collection), value, *rest, _ = children
        condition = rest[-1] if rest else None
        return (ast.FOR_TUPLE, *place_of(opener), key_name, value_name, collection, value, condition)

    def for_object_expr(self, children: Children) -> ast.ForObject:
        opener, (key_name, value_name, collection), key, _, value, *rest, _ = children
        grouping = bool(rest) and tag_of(rest[0]) == "ELLIPSIS"
        condition = rest[-1] if len(rest) > grouping else None
        return (ast.FOR_OBJECT, *place_of(opener), key_name, value_name, collection, key, value, condition, grouping)

    # -- templates -----------------------------------------------------------------------------

    def string(self, children: Children) -> Expression:
        if len(children) == 1:
            ((_, line, column, text),) = children
            return (ast.STRING, line, column, normalized(text))
        opener, *inner, _ = children
        return parts.quoted(opener, inner)

    def heredoc_template(self, children: Children) -> ast.Template:
        return parts.heredoc(children[0], children[1:-1], flush=False)

    def heredoc_template_trim(self, children: Children) -> ast.Template:
        return parts.heredoc(children[0], children[1:-1], flush=True)

    def template(self, children: Children) -> Expression:
        return parts.file(children)

    def interpolation(self, children: Children) -> Sequence:
        return _sequence(children, ast.INTERP, (children[1],))

    def template_if_start(self, children: Children) -> Sequence:
        return _sequence(children, ast.IF, (children[2],))

    def template_for_start(self, children: Children) -> Sequence:
        return _sequence(children, ast.FOR, self.for_intro(children[1:]))

    def template_else(self, children: Children) -> Sequence:
        return _sequence(children, text_of(children[1]))

    template_endif = template_endfor = template_else


def _sequence(children: Children, kind: str, content: tuple[object, ...] = ()) -> Sequence:
    (_, line, column, opener), *_, (_, _, _, closer) = children
    return Sequence(kind, line, column, opener.endswith("~"), closer == "~}", content)


def _step(source: Expression, step: Step) -> Expression:
    kind, what = step
    made: Any = (kind, *place_of(source), source, what)
    taken: Expression = made
    return taken


def _steps(opener: Token, steps: list[Step]) -> Expression:
    """What a splat takes of each item: the steps after it, over the item."""
    item: Expression = (ast.ITEM, *place_of(opener))
    for step in steps:
        item = _step(item, step)
    return item
