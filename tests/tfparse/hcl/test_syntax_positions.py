"""Every node knows where it begins: ``tests/spec/syntax/positions.tf`` shows it with carets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tfparse.hcl.syntax import parse_expression, parse_file
from tfparse.hcl.template import parse_template

SOURCE = (Path(__file__).parents[2] / "spec" / "syntax" / "positions.tf").read_text(encoding="utf-8")
CARETS = re.compile(r"#(?P<up>-\d+)?(?P<rest>[ \d]*\^.*)")

Place = tuple[int, int, str]
"""Line, column and tag."""


def shown() -> Iterator[Place]:
    """What the carets say: of the last line above that has none, or as many lines up as stand after the "#"."""
    above = 0
    for number, line in enumerate(SOURCE.splitlines(), 1):
        carets = CARETS.match(line)
        if carets is None:
            above = number
            continue
        for mark in re.finditer(r"\^([a-z_ ]+)", line):
            target = number + int(carets["up"]) if carets["up"] else above
            yield from ((target, mark.start() + 1, tag) for tag in mark[1].split())


def found(node: Any) -> Iterator[Place]:
    if isinstance(node, tuple):
        if len(node) > 2 and isinstance(node[0], str) and isinstance(node[1], int):
            yield node[1], node[2], node[0]
        for child in node:
            yield from found(child)


EXPECTED = sorted(shown())
FOUND = sorted(found(parse_file(SOURCE, "positions.tf")))


@pytest.mark.parametrize("line", sorted({line for line, _, _ in EXPECTED}))
def test_nodes_of_a_line(line: int) -> None:
    assert [place for place in FOUND if place[0] == line] == [place for place in EXPECTED if place[0] == line]


def test_every_kind_of_node_is_shown() -> None:
    assert {tag for _, _, tag in FOUND} == {tag for _, _, tag in EXPECTED}


def test_an_expression_can_begin_anywhere() -> None:
    assert list(found(parse_expression("a +\n  b", "x", line=7, column=20))) == [
        (7, 20, "binary"), (7, 20, "var"), (8, 3, "var"),
    ]  # fmt: skip


def test_a_template_file_begins_at_its_first_character() -> None:
    source = "a\r\nb ${c}\n%{ if d ~}\n  e\n%{ endif }\n"
    assert list(found(parse_template(source, "x.tpl"))) == [
        (1, 1, "template"), (1, 1, "text"), (2, 3, "interp"), (2, 5, "var"), (2, 7, "text"), (3, 1, "if"),
        (3, 7, "var"), (4, 1, "text"), (5, 11, "text"),
    ]  # fmt: skip


def test_a_byte_order_mark_has_no_column() -> None:
    assert list(found(parse_file("\ufeffa = b\n", "x")))[1:] == [(1, 1, "attribute"), (1, 5, "var")]
