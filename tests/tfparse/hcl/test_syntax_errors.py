"""What is wrong with a source is said with its place; whatever the source, nothing but TerraformError leaves."""

from __future__ import annotations

import gc
import json
import marshal
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.growth import assert_in_proportion
from tests.record_syntax import SPEC
from tfparse.diagnostics import Diagnostic, Origin, TerraformError
from tfparse.hcl.ast import Node
from tfparse.hcl.grammar import AMENDMENTS, amended_grammar
from tfparse.hcl.json_syntax import parse_json_file
from tfparse.hcl.syntax import MAX_DEPTH, parse_expression, parse_file
from tfparse.hcl.template import parse_template


def refusal(source: str | bytes) -> Diagnostic:
    with pytest.raises(TerraformError) as refused:
        parse_file(source, "main.tf")
    (diagnostic,) = refused.value.diagnostics
    return diagnostic


# Headlines and places as Terraform 1.11.4 prints them (terraform validate -json).
@pytest.mark.parametrize(("source", "summary", "line", "column"), [
    ("a = 1 b = 2\n", "Missing newline after argument", 1, 7),
    ("a {\n b = 1 }\n", "Missing newline after argument", 2, 8),
    ("a {} b {}\n", "Missing newline after block definition", 1, 6),
    ("a = (1 2)\n", "Unbalanced parentheses", 1, 8),
    ("a = f(1 2)\n", "Missing argument separator", 1, 9),
    ("a=[1 2]\n", "Missing item separator", 1, 6),
    ("a={a=1 b=2}\n", "Missing attribute separator", 1, 8),
    ("a={\n a 1}\n", "Missing key/value separator", 2, 4),
    ("a = \n1\n", "Invalid expression", 1, 5),
    ('a="${a b}"\n', "Extra characters after interpolation expression", 1, 8),
    ("a = x ? y z\n", "Missing false expression in conditional", 1, 11),
    ("a=[for x y : z]\n", "Invalid 'for' expression", 1, 10),
    ("a=b.*.c.*.d\n", "Nested splat expression not allowed", 1, 9),
    ('a = "\\q"\n', "Invalid escape sequence", 1, 6),
    ("a = <<E\n\n%{ if b }\nE\nc = d e\n", "Unexpected end of template", 3, 1),
    ("x = 1\nb {\n  y = 2\n  y = 3\n}\n", "Attribute redefined", 4, 3),
])  # fmt: skip
def test_the_place_of_an_error(source: str, summary: str, line: int, column: int) -> None:
    diagnostic = refusal(source)
    assert (diagnostic.summary, diagnostic.origin) == (summary, Origin("main.tf", line, column))
    assert diagnostic.excerpt == source.split("\n")[line - 1]


@pytest.mark.parametrize(("source", "line", "column"), [
    ("a = [\n  1,\n", 1, 5), ("a {\n  b {\n  }\n", 1, 3), ('a = "b\n', 1, 7), ("a = <<E\nb\n", 1, 5),
    ('a = "${b {\n', 1, 10), ("a = 1\n/* b\n", 2, 1),
])  # fmt: skip
def test_what_is_left_open_is_shown_where_it_begins(source: str, line: int, column: int) -> None:
    assert refusal(source).origin == Origin("main.tf", line, column)


def test_an_expression_has_its_place_in_the_file_it_is_from() -> None:
    with pytest.raises(TerraformError) as refused:
        parse_expression("a +\n* b", "main.tf", line=7, column=3)
    assert refused.value.diagnostics[0].origin == Origin("main.tf", 8, 1)
    assert refused.value.diagnostics[0].excerpt == "* b"


def test_text_that_is_not_utf_8_has_a_place() -> None:
    diagnostic = refusal('a = 1\nb = "é'.encode() + b'\xff"\n')
    assert (diagnostic.summary, diagnostic.origin) == ("Invalid character encoding", Origin("main.tf", 2, 7))


# -- whatever the source -------------------------------------------------------------------------

SOURCES = [case["source"] for case in json.loads((SPEC / "grammar.json").read_text(encoding="utf-8"))["cases"]]
MANY = 100_000


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A source with a few pieces taken out, or put in from others."""
    source = draw(st.sampled_from(SOURCES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(source)))
        end = draw(st.integers(start, min(len(source), start + 8)))
        other = draw(st.sampled_from(SOURCES))
        piece = draw(st.integers(0, len(other)))
        source = source[:start] + other[piece : piece + draw(st.integers(0, 6))] + source[end:]
    return source


def outcome(parse: Callable[[Any, str], Node], source: str | bytes) -> Node | TerraformError:
    try:
        return parse(source, "x")
    except TerraformError as refused:
        return refused


@settings(max_examples=300, deadline=2000)
@given(mutated() | st.text())
@example("\ud800")
@example('a = "\\U7fffffff"')
def test_any_text_parses_or_is_refused(source: str) -> None:
    for parse in (parse_file, parse_expression, parse_template, parse_json_file):
        result = outcome(parse, source)
        if isinstance(result, TerraformError):
            assert all(d.summary and d.detail and d.origin for d in result.diagnostics)
        else:
            assert marshal.dumps(result)


@settings(max_examples=100, deadline=2000)
@given(st.binary())
def test_any_bytes_parse_or_are_refused(source: bytes) -> None:
    for parse in (parse_file, parse_json_file):
        assert outcome(parse, source)


HOSTILE: tuple[Callable[[int], str], ...] = (
    lambda n: "a = " + "(" * n, lambda n: "a = " + "[" * n + "]" * n, lambda n: "a = " + "!" * n + "b",
    lambda n: "a = " + "b ? c : " * n + "d", lambda n: "a = b" + " + b" * n, lambda n: "a = b" + ".c" * n,
    lambda n: "a = b" + "[*]" * n, lambda n: "a {\n" * n, lambda n: 'a = "' + '${"' * n,
    lambda n: "a = <<A\n${<<B\n" * n, lambda n: 'a = "' + "%{ if b }" * n + '"', lambda n: "a = [" + "1," * n * 10 + "]",
    lambda n: "a = {" + "/**/" * n + "{" * n, lambda n: "a = <<-E\n" + "  ${b}\n" * n, lambda n: "a = " + "{ for " * n,
    lambda n: "a = " + "<<A\n${" * n + "1" + "}\nA\n" * n, lambda n: "a = 1" + "e1" * n, lambda n: 'a = "' + "\\" * n,
    lambda n: "a = <<E\n" + "$" * n + "{", lambda n: "a = <<E\n" + "E \n x" * n, lambda n: "a = {" + "/*" * n,
)  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source(1)[:40])
def test_hostile_source_is_refused_in_proportion_to_its_length(source: Callable[[int], str]) -> None:
    def refused(times: int) -> Callable[[], object]:
        text = source(times) + "\n"
        return lambda: refusal(text)

    assert_in_proportion(refused, MANY // 4)


def test_heredocs_in_one_another_do_not_each_read_the_rest() -> None:
    def parsed(depth: int) -> Callable[[], object]:
        text = "a = " + "<<A\n${" * depth + "1\n" + "# A\n" * MANY + "}\nA\n" * depth
        return lambda: parse_file(text, "main.tf")

    assert_in_proportion(parsed, 40, at_most=1.4)


@pytest.mark.parametrize("source", [
    lambda n: '{"locals": {"a": [' + "1," * n * 3 + "1]}}", lambda n: "[" * n, lambda n: '{"a":' * n,
    lambda n: '{"locals": {"a": "${' + "(" * n + '"}}', lambda n: '"' + "\\" * n,
], ids=lambda source: source(1)[:40])  # fmt: skip
def test_hostile_json_is_refused_in_proportion_to_its_length(source: Callable[[int], str]) -> None:
    def refused(times: int) -> Callable[[], object]:
        text = source(times)
        return lambda: outcome(parse_json_file, text)

    assert isinstance(refused(MANY)(), TerraformError)
    assert_in_proportion(refused, MANY // 4)


def test_json_may_nest_as_deep_as_other_source() -> None:
    def nested(levels: int, parentheses: int) -> str:
        expression = "${" + "(" * parentheses + "d" + ")" * parentheses + "}"
        return '{"resource": {"a": {"b": ' + '{"c": ' * levels + f'"{expression}"' + "}" * (levels + 3)

    assert parse_json_file(nested(90, 1), "x.tf.json")
    for levels, parentheses in ((98, 1), (90, 100), (1, 300)):
        with pytest.raises(TerraformError, match="Nesting too deep"):
            parse_json_file(nested(levels, parentheses), "x.tf.json")


def test_a_tree_is_never_deeper_than_its_limit() -> None:
    def depth(node: object) -> int:
        return 1 + max(map(depth, node), default=0) if isinstance(node, tuple) else 0

    terms = MAX_DEPTH - 10
    assert depth(parse_expression("a" + " + a" * terms, "x")) < MAX_DEPTH
    with pytest.raises(TerraformError, match="Nesting too deep"):
        parse_expression("a" + " + a" * MAX_DEPTH, "x")


def test_garbage_collection_is_as_it_was() -> None:
    assert gc.isenabled()
    refusal("a")
    assert gc.isenabled()
    gc.disable()
    try:
        refusal("a")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_grammar_that_an_amendment_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for rule in ("no_such_rule : A", "identifier : NAME\nkeyword"):
        monkeypatch.setattr("tfparse.hcl.grammar.AMENDMENTS", (*AMENDMENTS, (rule, "x : A", "")))
        with pytest.raises(ImportError, match="has not this rule"):
            amended_grammar()
