"""Source that is hard to parse, as Terraform reads it: ``tests/record_syntax.py`` asked it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.record_syntax import SPEC, write_module
from tfparse import Root, TerraformError, load
from tfparse.hcl.syntax import parse_expression, parse_file
from tfparse.secrets.presentation import as_json

GRAMMAR = json.loads((SPEC / "grammar.json").read_text(encoding="utf-8"))
TEMPLATES = json.loads((SPEC / "templates.json").read_text(encoding="utf-8"))
FILES_IN_JSON = json.loads((SPEC / "json.json").read_text(encoding="utf-8"))
EXPRESSIONS = json.loads((SPEC.parent / "terraform" / "expressions.json").read_text(encoding="utf-8"))

# Of several things that are wrong with a source, Terraform may name another; what is left open we name as such.
OTHER_WORDS = {
    "Extra characters after interpolation expression",
    "Extra characters in else marker",
    "Invalid character",
    "Invalid multi-line string",
    "Unbalanced parentheses",
    "Unclosed template interpolation sequence",
    "Unterminated comment",
    "Unterminated template string",
    "Unterminated tuple constructor expression",
}


@pytest.mark.parametrize("case", GRAMMAR["cases"], ids=lambda case: repr(case["source"]))
def test_what_terraform_refuses_is_refused_in_its_words_and_nothing_else(case: dict[str, str]) -> None:
    try:
        parse_file(case["source"], "main.tf")
        error = None
    except TerraformError as refused:
        error = refused.diagnostics[0].summary
    assert error == case.get("error") or (error in OTHER_WORDS and "error" in case)


@pytest.mark.parametrize("case", [case for case in EXPRESSIONS["cases"] if "expr" in case], ids=lambda case: case["id"])
def test_an_expression_alone_parses_as_it_does_in_a_file(case: dict[str, Any]) -> None:
    in_file, alone = f"x = {case['expr']}\n", case["expr"]
    try:
        tree = parse_file(in_file, "main.tf")
    except TerraformError as refused:
        assert "error" in case
        with pytest.raises(TerraformError, match=refused.diagnostics[0].summary):
            parse_expression(alone, "main.tf", line=1, column=5)
    else:
        assert tree[3][0][4] == parse_expression(alone, "main.tf", line=1, column=5)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Root:
    folder = tmp_path_factory.mktemp("templates")
    write_module(folder, TEMPLATES)
    return load(folder).root("")


@pytest.mark.parametrize("index", range(len(TEMPLATES["cases"])))
def test_a_template_renders_to_what_terraform_renders(templates: Root, index: int) -> None:
    assert json.loads(as_json(templates.output(f"case{index}"))) == TEMPLATES["cases"][index]["value"]


@pytest.mark.parametrize("index", range(len(FILES_IN_JSON["cases"])))
def test_a_file_in_json_syntax(index: int, tmp_path: Path) -> None:
    case = FILES_IN_JSON["cases"][index]
    (tmp_path / "main.tf.json").write_text(json.dumps(case["source"]), encoding="utf-8")
    root = load(tmp_path).root("")
    if "error" in case:
        try:
            root.output("o")
            found = root.diagnostics
        except TerraformError as refused:
            found = refused.diagnostics
        assert case["error"] in [diagnostic.summary for diagnostic in found]
    else:
        assert {name: json.loads(as_json(root.output(name))) for name in case["outputs"]} == case["outputs"]
