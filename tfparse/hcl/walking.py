"""Going through expressions without evaluating them: which names and functions stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, Node

INDEX: Final = "[]"
"""A step by index, whatever the index is."""

Path = tuple[str, ...]
"""A reference step by step: ``("module", "m", INDEX, "out")``."""


def references(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Path, Node]]:
    """The references in an expression to what neither it nor ``bound`` declares, each with its first node."""
    waiting: list[tuple[Node, frozenset[str]]] = [(node, bound)]
    while waiting:
        node, bound = waiting.pop()
        match node:
            case (ast.VAR | ast.ATTR | ast.INDEX, *_):
                steps, root, keys = _steps(node)
                waiting.extend((key, bound) for key in keys)
                match root:
                    case (ast.VAR, _, _, name):
                        if name not in bound:
                            yield (name, *reversed(steps)), root
                    case _:
                        waiting.append((root, bound))
            case (ast.FOR_TUPLE | ast.FOR_OBJECT | ast.FOR, _, _, key, value, collection, *rest):
                waiting.append((collection, bound))
                inner = bound | {value} | ({key} if key is not None else set())
                waiting.extend((part, inner) for part in _nodes_among(rest))
            case _:
                waiting.extend((part, bound) for part in children(node))


def _steps(node: Expression) -> tuple[list[str], Expression, list[Expression]]:
    """The steps of a reference from its last to its first, what they begin at, and the keys of those by index."""
    steps: list[str] = []
    keys: list[Expression] = []
    while True:
        match node:
            case (ast.ATTR, _, _, node, name):
                steps.append(name)
            case (ast.INDEX, _, _, node, key):
                steps.append(INDEX)
                keys.append(key)
            case _:
                return steps, node, keys


def calls(node: Node) -> Iterator[ast.Call]:
    """The function calls in an expression."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        match node:
            case (ast.CALL, *_):
                yield node
        waiting.extend(children(node))


def logical(node: Node) -> bool:
    """Whether ``&&`` or ``||`` stands in an expression."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        match node:
            case (ast.BINARY, _, _, "&&" | "||", _, _):
                return True
        waiting.extend(children(node))
    return False


def children(node: Node) -> Iterator[Node]:
    """The nodes that a node is made of."""
    _, _, _, *parts = node
    return _nodes_among(parts)


def _nodes_among(parts: Iterable[object]) -> Iterator[Node]:
    """The nodes among what a node is made of: those that stand in lists and pairs, too."""
    waiting: list[Any] = list(parts)
    while waiting:
        part = waiting.pop()
        match part:
            case (str(), int(), int(), *_):
                yield part
            case tuple():
                waiting.extend(part)


def string_of(node: Expression) -> str | None:
    """The text of a quoted string without sequences; None of any other expression."""
    match node:
        case (ast.STRING, _, _, text):
            return text
    return None


def word_of(node: Expression) -> str | None:
    """A single name, be it written bare or in quotes; None of any other expression."""
    match node:
        case (ast.VAR | ast.STRING, _, _, name):
            return name
    return None


def items_of(node: Expression) -> tuple[Expression, ...]:
    """The items of a tuple constructor; none of any other expression."""
    match node:
        case (ast.TUPLE, _, _, items):
            return items
    return ()
