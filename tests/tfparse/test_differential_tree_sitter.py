"""Every block and attribute of a ``.tf`` file, as another parser of HCL sees them: tree-sitter-hcl.

The fixtures are always compared; name any folder in the environment variable ``TFPARSE_CORPUS`` to compare that too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from tfparse import ast
from tfparse.syntax import parse_file

FOLDERS = [Path(__file__).parents[2] / "fixtures", *map(Path, filter(None, [os.environ.get("TFPARSE_CORPUS")]))]
FILES = sorted(file for folder in FOLDERS for file in folder.rglob("*.tf") if file.is_file())

QUOTE = '"'
Item = tuple[int, int, str]
"""Line, column, and the path of an attribute or block: the types and labels it is in, and its own."""


def ours(body: ast.Node, path: str = "") -> Iterator[Item]:
    _, _, _, attributes, blocks = body
    for _, line, column, name, _ in attributes:
        yield line, column, f"{path}{name}"
    for _, line, column, type_, labels, inner in blocks:
        here = f"{path}{' '.join((type_, *labels))} / "
        yield line, column, here
        yield from ours(inner, here)


def theirs(body: Node, source: list[bytes], path: str = "") -> Iterator[Item]:
    for item in body.named_children:
        if item.type == "attribute":
            yield *position(item, source), f"{path}{text(item.named_children[0])}"
        elif item.type == "block":
            header = [text(node) for node in item.named_children if node.type in ("identifier", "string_lit")]
            here = f"{path}{' '.join(word.strip(QUOTE) for word in header)} / "
            yield *position(item, source), here
            for inner in item.named_children:
                if inner.type == "body":
                    yield from theirs(inner, source, here)


def position(node: Node, source: list[bytes]) -> tuple[int, int]:
    """Line and column in characters, from 1; tree-sitter counts columns in bytes."""
    row, column = node.start_point
    return row + 1, len(source[row][:column].decode().removeprefix("\ufeff")) + 1


def text(node: Node) -> str:
    return (node.text or b"").decode()


def test_there_is_something_to_compare() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=str)
def test_blocks_and_attributes_are_where_tree_sitter_sees_them(file: Path) -> None:
    source = file.read_bytes()
    root = Parser(Language(tree_sitter_hcl.language())).parse(source).root_node
    bodies = [node for node in root.named_children if node.type == "body"]
    expected = sorted(item for body in bodies for item in theirs(body, source.split(b"\n")))
    assert not root.has_error
    assert sorted(ours(parse_file(source, file.name))) == expected
