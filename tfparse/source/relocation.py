"""Text that a program writes into a file: where it really stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfparse.cty.values import Value
from tfparse.source.cache import Tree


def places_in(contents: Value, file: str) -> dict[int, int]:
    """In which line of ``file`` each line of a text stands."""
    return {
        number: line.origin.line
        for number, line in enumerate(contents.lines(), 1)
        if line.origin is not None and line.origin.file == file
    }


def relocated(tree: Tree, lines: Mapping[int, int]) -> Tree:
    """A syntax tree as if its line ``n`` stood at ``lines[n]``: for text that another file generates."""

    def moved(part: Any) -> Any:
        match part:
            case (str(), int(), int(), *_):
                tag, line, column, *inner = part
                return (tag, lines.get(line, line), column, *map(moved, inner))
            case tuple():
                return tuple(map(moved, part))
        return part

    result: Tree = moved(tree)
    return result
