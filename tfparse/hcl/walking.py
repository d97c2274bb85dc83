"""Going through expressions without evaluating them: which names and functions stand in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfparse.hcl.ast import Node

INDEX: Final = "[]"
"""A step by index, whatever the index is."""

Path = tuple[str, ...]
"""A reference step by step: ``("module", "m", INDEX, "out")``."""


def references(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Path, Node]]:
    """The references in an expression to what neither it nor ``bound`` declares, each with its first node."""
    waiting: list[tuple[Node, frozenset[str]]] = [(node, bound)]
    while waiting:
        node, bound = waiting.pop()
        tag = node[0]
        if tag in ("var", "attr", "index"):
            path: list[str] = []
            while node[0] in ("attr", "index"):
                path.append(node[4] if node[0] == "attr" else INDEX)
                if node[0] == "index":
                    waiting.append((node[4], bound))
                node = node[3]
            if node[0] != "var":
                waiting.append((node, bound))
            elif node[3] not in bound:
                yield (node[3], *reversed(path)), node
        elif tag in ("for_tuple", "for_object", "for"):
            waiting.append((node[5], bound))
            inner = bound | {node[4]} | ({node[3]} if node[3] is not None else set())
            waiting.extend((part, inner) for part in children(node[6:]))
        else:
            waiting.extend((part, bound) for part in children(node[3:]))


def calls(node: Node) -> Iterator[Node]:
    """The function calls in an expression."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node[0] == "call":
            yield node
        waiting.extend(children(node[3:]))


def logical(node: Node) -> bool:
    """Whether ``&&`` or ``||`` stands in an expression."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node[0] == "binary" and node[3] in ("&&", "||"):
            return True
        waiting.extend(children(node[3:]))
    return False


def children(parts: tuple[object, ...]) -> Iterator[Node]:
    """The nodes among what a node is made of: those that stand in lists and pairs, too."""
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple) and part:
            if isinstance(part[0], str) and len(part) > 2 and isinstance(part[1], int):
                yield part
            else:
                waiting.extend(part)
