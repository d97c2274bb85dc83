"""Trees of files in JSON syntax.  What they come to is compared with Terraform in ``test_syntax_truth.py``."""

from __future__ import annotations

from typing import Any

import pytest

from tfparse.diagnostics import Origin, TerraformError
from tfparse.hcl.ast import Node
from tfparse.hcl.json_syntax import parse_json_file
from tfparse.hcl.syntax import parse_expression


def only_block(source: str) -> Node:
    body = parse_json_file(source, "main.tf.json")
    (block,) = body[4]
    return tuple(block)


def attribute(block: Node, name: str) -> Any:
    return next(node for _, _, _, found, node in block[5][3] if found == name)


def test_places_are_those_of_the_values() -> None:
    block = only_block('{\n  "locals": {\n    "a": ["x",\n      -1, null]\n  }\n}')
    assert block == ("block", 2, 3, "locals", (), ("body", 2, 13, (
        ("attribute", 3, 5, "a", ("tuple", 3, 10, (
            ("string", 3, 11, "x"), ("unary", 4, 7, "-", ("number", 4, 8, "1")), ("literal", 4, 11, None),
        ))),
    ), ()))  # fmt: skip


def test_a_template_stands_where_its_string_begins() -> None:
    block = only_block('{"locals": {\n "a": "x\\n%{ if b }\\n${c}%{ endif }"}}')
    inner = (("text", 2, 7, "\n"), ("interp", 2, 7, ("var", 2, 7, "c")))
    parts = (("text", 2, 7, "x\n"), ("if", 2, 7, ("var", 2, 7, "b"), inner, ()))
    assert attribute(block, "a") == ("template", 2, 7, parts, False)


def test_what_a_provider_may_have_as_a_block_is_both() -> None:
    block = only_block('{"resource": {"a": {"b": {"meta": [{"x": 1}, {"x": 2}], "data": {"k": "v"}, "n": [1]}}}}')
    _, _, _, attributes, blocks = block[5]
    assert block[4] == ("a", "b")
    assert [node[3] for node in attributes] == ["meta", "data", "n"]
    assert [node[3] for node in blocks] == ["meta", "meta", "data"]


def test_what_terraform_knows_as_a_block_is_no_attribute() -> None:
    block = only_block('{"resource": {"a": {"b": {"lifecycle": {"ignore_changes": ["c.d", "e[0]"]}}}}}')
    assert block[5][3] == ()
    (lifecycle,) = block[5][4]
    paths = attribute(lifecycle, "ignore_changes")[3]
    assert [path[:1] for path in paths] == [("attr",), ("index",)]


@pytest.mark.parametrize(("path", "argument", "expected"), [
    ('{"variable": {"v": {"type": "map(string)"}}}', "type", "map(string)"),
    ('{"module": {"m": {"providers": {"a": "b.c"}}}}', "providers", '{"a" = b.c}'),
    ('{"moved": [{"from": "a.b", "to": "c.d"}]}', "to", "c.d"),
    ('{"data": {"a": {"b": {"provider": "c.d"}}}}', "provider", "c.d"),
])  # fmt: skip
def test_some_strings_are_expressions(path: str, argument: str, expected: str) -> None:
    assert bare(attribute(only_block(path), argument)) == bare(parse_expression(expected, "x"))


def bare(node: Any) -> Any:
    if not isinstance(node, tuple):
        return node
    is_node = len(node) > 2 and isinstance(node[1], int)
    return tuple(bare(child) for child in ((node[0], *node[3:]) if is_node else node))


def test_a_block_of_a_provider_may_have_any_name() -> None:
    block = only_block('{"resource": {"a": {"b": {"variable": {"type": "${c}", "locals": [{"depends_on": "${d}"}]}}}}}')
    (variable,) = block[5][4]
    assert bare(attribute(variable, "type")) == ("paren", ("var", "c"))
    (inner,) = variable[5][4]
    assert bare(attribute(inner, "depends_on")) == ("paren", ("var", "d"))
    (spec,) = only_block('{"resource": {"a": {"b": {"spec": {"lifecycle": {"post_start": {"exec": {}}}}}}}}')[5][4]
    assert [node[3] for node in spec[5][4][0][5][4]] == ["post_start"]


def test_no_string_of_a_variable_file_is_a_template() -> None:
    body = parse_json_file('{"a": "${b}", "c": {"${d}": ["%{ if"]}}', "terraform.tfvars.json")
    assert [bare(node)[1:] for node in body[3]] == [
        ("a", ("string", "${b}")), ("c", ("object", ((("string", "${d}"), ("tuple", (("string", "%{ if"),))),))),
    ]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "column"), [
    ('{"locals":\n {"a": tru}}', 2, 8), ('{"locals": {"a": 1,}}', 1, 20), ('{"locals": {"a": 01}}', 1, 19),
    ('{"locals": {"a": "b\n"}}', 1, 18), ("{} {}", 1, 4), ("", 1, 1), ('{"locals": {"a" 1}}', 1, 17),
    ('{"locals": {"a": [1 2]}}', 1, 21), ('{"locals": {"a": "\\x"}}', 1, 18), ('{"locals": {"a": "\\ud800"}}', 1, 18),
    ('{"locals": {"a": 1, "a": 2}}', 1, 21), ('{"locals": {\n"a": "b ${"}}', 2, 6), ('{"nonsense": {}}', 1, 2),
    ('{"variable": {"a": 1}}', 1, 20),
])  # fmt: skip
def test_the_place_of_an_error(source: str, line: int, column: int) -> None:
    with pytest.raises(TerraformError) as refused:
        parse_json_file(source, "main.tf.json")
    assert refused.value.diagnostics[0].origin == Origin("main.tf.json", line, column)
