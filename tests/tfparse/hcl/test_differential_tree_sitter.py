"""Every block and attribute of a ``.tf`` file, as another parser of HCL sees them: tree-sitter-hcl.

The fixtures and the specs are always compared; name any folder in the environment variable ``TFPARSE_CORPUS`` to compare that too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from tfparse import TerraformError
from tfparse.hcl import ast
from tfparse.hcl.syntax import parse_file

SUITE = Path(__file__).parents[3]
FOLDERS = [SUITE / "fixtures", SUITE / "tests" / "spec", *map(Path, filter(None, [os.environ.get("TFPARSE_CORPUS")]))]
FILES = sorted(file for folder in FOLDERS for file in folder.rglob("*.tf") if file.is_file())

MODULES = SUITE / "tests" / "spec" / "terraform" / "modules"
RECORDED = json.loads((MODULES.parent / "own_modules.json").read_text(encoding="utf-8"))["cases"]
REFUSED = {case["case"] for case in RECORDED if "errors" in case}
"""What Terraform itself refuses, one of us may."""
BEYOND_TREE_SITTER = {"functions/builtin_provider", "text/null_byte", "text/unicode"}
"""What Terraform accepts and tree-sitter-hcl does not."""

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
    case = "/".join(file.relative_to(MODULES).parts[:2]) if file.is_relative_to(MODULES) else ""
    try:
        body = parse_file(source, file.name)
    except TerraformError:
        assert case in REFUSED
        return
    if root.has_error:
        assert case in REFUSED | BEYOND_TREE_SITTER
        return
    assert sorted(ours(body)) == expected
