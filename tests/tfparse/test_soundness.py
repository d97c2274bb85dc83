"""Whatever is made unknown: every result stays what it was, or becomes unknown.  Never another value, nor an error.

The modules and expressions are those whose answers were recorded from Terraform; in each, one known leaf at
a time is replaced by something that only a plan could know.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tfparse.graph.test_module_truth import CASES as RECORDED_CASES
from tests.tfparse.graph.test_module_truth import MODULES as RECORDED_MODULES
from tests.tfparse.lang.test_truth import EXPRESSIONS, MODULES, root_of
from tfparse import TerraformError, Unknown, Value, load
from tfparse.cty.types import Set
from tfparse.graph.expressions import evaluate_expression
from tfparse.graph.root import Root

UNKNOWN = 'data "plan" "u" {}\n'
LEAVES = ("number", "string", "literal", "template")


def unknown_at(node: tuple[Any, ...]) -> tuple[Any, ...]:
    """``(data.plan.u.x)`` where ``node`` stands: as a key, a bare reference would be ambiguous."""
    _, line, column = node[:3]
    at = ("var", line, column, "data")
    for name in ("plan", "u", "x"):
        at = ("attr", line, column, at, name)
    return ("paren", line, column, at)


def without_leaf(node: Any, number: list[int]) -> Any:
    """The tree with its ``number``-th leaf, counted in order, made unknown."""
    if not isinstance(node, tuple) or not node:
        return node
    if isinstance(node[0], str):
        if node[0] == "block":
            _, _, _, type_, _, _ = node
            if type_ in ("variable", "validation", "data"):
                return node
        if node[0] == "attribute" and node[3] in ("source", "type", "sensitive", "nullable"):
            return node
        if node[0] in LEAVES:
            number[0] -= 1
            if number[0] == -1:
                return unknown_at(node)
            if node[0] != "template":
                return node
    return tuple(without_leaf(part, number) for part in node)


def variants(source: str) -> Iterator[tuple[int, Any]]:
    """Each way to make one leaf of a file unknown: the leaf's number and the tree."""
    from tfparse.hcl.syntax import parse_file

    body = parse_file(source.encode(), "main.tf")
    for number in range(10_000):
        count = [number]
        changed = without_leaf(body, count)
        if count[0] >= 0:
            return
        yield number, changed


def root_with(folder: Path, files: dict[str, str], path: str, file: str, body: Any) -> Root:
    """The root module of ``files``, the tree of one of them replaced."""
    infra = load(folder)
    infra.tree._parsed[file] = body
    return infra.root(path)


def is_sound(before: Value, after: Value) -> bool:
    """Whether ``after`` says nothing that ``before`` contradicts."""
    if isinstance(after.raw, Unknown):
        return after.parts is None or not isinstance(before.raw, str) or _fits(before.raw, after)
    if before.is_null or after.is_null:
        return before.raw is after.raw
    if isinstance(after.raw, dict) and isinstance(before.raw, dict):
        same_keys = after.raw.keys() <= before.raw.keys() if after.rest else after.raw.keys() == before.raw.keys()
        return same_keys and all(is_sound(before.raw[k], v) for k, v in after.raw.items())
    if isinstance(after.raw, tuple) and isinstance(before.raw, tuple):
        if isinstance(after.type, Set) and after.first_unknown() is not None:
            known = [json.dumps(repr(v)) for v in after.raw if v.first_unknown() is None]
            return set(known) <= {json.dumps(repr(v)) for v in before.raw}
        return len(after.raw) == len(before.raw) and all(map(is_sound, before.raw, after.raw))
    return type(after.raw) is type(before.raw) and after.raw == before.raw


def _fits(text: str, value: Value) -> bool:
    pattern = "".join(".*" if isinstance(p.text, Unknown) else re.escape(p.text) for p in value.text_parts())
    return re.fullmatch(pattern, text, re.DOTALL) is not None


CASES = [case for case in EXPRESSIONS["cases"] if "value" in case]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_expressions(case: dict[str, Any], tmp_path: Path) -> None:
    source = case["file"] if "file" in case else f"{EXPRESSIONS['prelude']}\nlocals {{\n  x = {case['expr']}\n}}\n"
    source = f"{source}\n{UNKNOWN}"
    before = evaluate_expression(root_of(tmp_path, {"main.tf": source}), "local.x")
    for number, body in variants(source):
        after = evaluate_expression(root_with(tmp_path, {}, "", "main.tf", body), "local.x")
        assert is_sound(before, after), f"leaf {number} unknown: {before!r} became {after!r}"


@pytest.mark.parametrize("case", [c for c in MODULES["cases"] if "outputs" in c], ids=lambda case: case["id"])
def test_modules(case: dict[str, Any], tmp_path: Path) -> None:
    path = case["root"].removeprefix(".")
    root = root_of(tmp_path, case["files"], path)
    before = {name: evaluate_expression(root, f"output.{name}") for name in case["outputs"]}
    for file, source in case["files"].items():
        if not file.endswith(".tf"):
            continue
        (tmp_path / file).write_text(f"{source}\n{UNKNOWN}")
        for number, body in variants(f"{source}\n{UNKNOWN}"):
            changed = root_with(tmp_path, case["files"], path, file, body)
            for name, value in before.items():
                after = evaluate_expression(changed, f"output.{name}")
                assert is_sound(value, after), f"{file}, leaf {number} unknown: {value!r} became {after!r}"
        (tmp_path / file).write_text(source)


RECORDED = [case for case in RECORDED_CASES if "outputs" in case]


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["case"])
def test_recorded_modules(case: dict[str, Any]) -> None:
    """Each ``.tf`` file that the root module of a recorded case reads, overrides and called modules among them."""
    folder = RECORDED_MODULES / case["case"]
    path = "stack" if (folder / "stack").is_dir() else ""
    root = load(folder).root(path)
    before = {name: evaluate_expression(root, f"output.{name}") for name in case["outputs"]}
    for file in sorted(folder.rglob("*.tf")):
        name = file.relative_to(folder).as_posix()
        for number, body in variants(file.read_bytes().decode() + f"\n{UNKNOWN}"):
            changed = root_with(folder, {}, path, name, body)
            for output, value in before.items():
                try:
                    after = evaluate_expression(changed, f"output.{output}")
                except TerraformError as error:
                    pytest.fail(f"{name}, leaf {number} unknown: {output} is refused, {error}")
                assert is_sound(value, after), f"{name}, leaf {number} unknown: {value!r} became {after!r}"


# -- expressions made up by hypothesis ------------------------------------------------------------

ATOMS = st.sampled_from(['"a"', '"b-1"', "1", "2", "true", "false", "null", '"true"', '"7"'])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map("[{0[0]}, {0[1]}]".format),
        two.map("{{ k = {0[0]}, l = {0[1]} }}".format),
        two.map("({0[0]} == {0[1]})".format),
        two.map('"${{try(tostring({0[0]}), "-")}}/${{try(tostring({0[1]}), "-")}}"'.format),
        two.map("try({0[0]} + {0[1]}, {0[0]})".format),
        st.tuples(inner, inner, inner).map("(try(tobool({0[0]}), false) ? [{0[1]}] : [{0[2]}])".format),
        two.map('merge({{ k = {0[0]} }}, {{ (try(tostring({0[1]}), "m")) = {0[0]} }})'.format),
        inner.map("[for v in [{0}, 1] : v if v != 1]".format),
        inner.map("{{ for i, v in [{0}] : i => v }}".format),
        two.map('coalesce({0[0]}, {0[1]}, "z")'.format).map("try({0}, null)".format),
        two.map("concat([{0[0]}], [{0[1]}])".format),
        inner.map("jsonencode({0})".format),
        inner.map("try(length({0}), 0)".format),
        two.map("contains([{0[0]}], {0[1]})".format),
        two.map("try(lookup({{ a = {0[0]} }}, {0[1]}, {0[1]}), 0)".format),
        inner.map("try(jsondecode(jsonencode({0})), 0)".format),
        inner.map("try(yamldecode(yamlencode({0})), 0)".format),
        two.map('try(split("-", {0[0]}), {0[1]})'.format),
        two.map("try(toset([{0[0]}, {0[1]}]), [])".format),
        inner.map("can(tonumber({0}))".format),
    )


@settings(max_examples=int(os.environ.get("TFPARSE_SOUNDNESS", "150")), deadline=None)
@given(expression=st.recursive(ATOMS, combined, max_leaves=6))
def test_combinations(expression: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("m")
    source = f"{UNKNOWN}locals {{\n  x = {expression}\n}}\n"
    try:
        before = evaluate_expression(root_of(folder, {"main.tf": source}), "local.x")
    except TerraformError:
        return
    for number, body in variants(source):
        after = evaluate_expression(root_with(folder, {}, "", "main.tf", body), "local.x")
        assert is_sound(before, after), f"{expression}, leaf {number} unknown: {before!r} became {after!r}"
