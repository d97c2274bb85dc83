"""The trees: each construct, and each place where python-hcl2 alone would refuse or misread the source."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from tfparse.hcl.ast import Node
from tfparse.hcl.syntax import parse_expression, parse_file


def bare(node: Any) -> Any:
    """A tree without its positions, in a short form: ``a.b`` is ("attr", ("var", "a"), "b")."""
    if not isinstance(node, tuple):
        return node
    children = [bare(child) for child in node]
    is_node = len(node) > 2 and isinstance(node[1], int)
    return (children[0], *children[3:]) if is_node else tuple(children)


def tree(source: str) -> Any:
    return bare(parse_expression(source, "x"))


A, B, C, ITEM = ("var", "a"), ("var", "b"), ("var", "c"), ("item",)
ONE, TWO, THREE = ("number", "1"), ("number", "2"), ("number", "3")


@pytest.mark.parametrize(("source", "expected"), [
    ("null", ("literal", None)),
    ("true", ("literal", True)),
    ("1.50e-3", ("number", "1.50e-3")),
    ('"s"', ("string", "s")),
    ('""', ("string", "")),
    ("(a)", ("paren", A)),
    ("a", A),
    ("a-b", ("var", "a-b")),
    ("a.b", ("attr", A, "b")),
    ("a . b", ("attr", A, "b")),
    ("a[b]", ("index", A, B)),
    ("a.0", ("index", A, ("number", "0"))),
    ("a.0.b", ("attr", ("index", A, ("number", "0")), "b")),
    ("a()", ("call", "a", (), False)),
    ("a(b, 1,)", ("call", "a", (B, ONE), False)),
    ("a(b, c...)", ("call", "a", (B, C), True)),
    ("core::a(b)", ("call", "core::a", (B,), False)),
    ("provider::a::b(c)", ("call", "provider::a::b", (C,), False)),
    ("a ? b : c", ("conditional", A, B, C)),
    ("a ? 1 : b ? 2 : 3", ("conditional", A, ONE, ("conditional", B, TWO, THREE))),
    ("[]", ("tuple", ())),
    ("[a, 1,]", ("tuple", (A, ONE))),
    ("{}", ("object", ())),
    ("{ a = b, c : 1 }", ("object", ((("string", "a"), B), (("string", "c"), ONE)))),
    ("{\n a = b\n c = 1\n}", ("object", ((("string", "a"), B), (("string", "c"), ONE)))),
    ('{ "a" = 1, (b) = 2 }', ("object", ((("string", "a"), ONE), (("paren", B), TWO)))),
    ("{ a[b] = 1, c() = 2 }", ("object", ((("index", A, B), ONE), (("call", "c", (), False), TWO)))),
    ("{ true = 1, null = 2 }", ("object", ((("string", "true"), ONE), (("string", "null"), TWO)))),
    ("[for x in a : b]", ("for_tuple", None, "x", A, B, None)),
    ("[for k, v in a : b if c]", ("for_tuple", "k", "v", A, B, C)),
    ("{ for x in a : b => c }", ("for_object", None, "x", A, B, C, None, False)),
    ("{ for k, v in a : b => c... if 1 }", ("for_object", "k", "v", A, B, C, ONE, True)),
])  # fmt: skip
def test_constructs(source: str, expected: Node) -> None:
    assert tree(source) == expected


@pytest.mark.parametrize(("source", "grouped"), [
    ("a || b && c", "a || (b && c)"),
    ("a && b == c", "a && (b == c)"),
    ("a == b < c", "a == (b < c)"),
    ("a >= b + c", "a >= (b + c)"),
    ("a - b * c", "a - (b * c)"),
    ("a - b - c", "(a - b) - c"),
    ("a / b % c", "(a / b) % c"),
    ("!a == b", "(!a) == b"),
    ("-a * b", "(-a) * b"),
    ("-a.b[0]", "-(a.b[0])"),
    ("a || b ? c : a && b", "(a || b) ? c : (a && b)"),
])  # fmt: skip
def test_precedence(source: str, grouped: str) -> None:
    def without_parentheses(node: Any) -> Any:
        if isinstance(node, tuple):
            node = node[1] if node[:1] == ("paren",) else node
            return tuple(without_parentheses(child) for child in node)
        return node

    assert tree(source) == without_parentheses(tree(grouped))


@pytest.mark.parametrize(("source", "expected"), [
    ("a.*", ("splat", A, ITEM)),
    ("a[*]", ("splat", A, ITEM)),
    ("a[ * ].b", ("splat", A, ("attr", ITEM, "b"))),
    ("a.*.b.0.c", ("splat", A, ("attr", ("index", ("attr", ITEM, "b"), ("number", "0")), "c"))),
    ("a.*.b[1]", ("index", ("splat", A, ("attr", ITEM, "b")), ONE)),
    ("a.*.b[1].c", ("attr", ("index", ("splat", A, ("attr", ITEM, "b")), ONE), "c")),
    ("a[*].b[1]", ("splat", A, ("index", ("attr", ITEM, "b"), ONE))),
    ("a[*].b[*].c", ("splat", A, ("splat", ("attr", ITEM, "b"), ("attr", ITEM, "c")))),
    ("a[*].b.*.c[1]", ("splat", A, ("index", ("splat", ("attr", ITEM, "b"), ("attr", ITEM, "c")), ONE))),
    ("a.*.b[*].c", ("splat", ("splat", A, ("attr", ITEM, "b")), ("attr", ITEM, "c"))),
    ("(a[*].b)[1]", ("index", ("paren", ("splat", A, ("attr", ITEM, "b"))), ONE)),
])  # fmt: skip
def test_a_full_splat_takes_every_step_and_an_attribute_splat_only_attributes(source: str, expected: Node) -> None:
    assert tree(source) == expected


# -- what python-hcl2 refuses or misreads ---------------------------------------------------------


@pytest.mark.parametrize(("source", "expected"), [
    ("5-12", ("binary", "-", ("number", "5"), ("number", "12"))),
    ("5 -3", ("binary", "-", ("number", "5"), THREE)),
    ("!!a", ("unary", "!", ("unary", "!", A))),
    ("--3", ("unary", "-", ("unary", "-", THREE))),
    ('"${~ a ~}"', ("paren", A)),
    ('"${\n a\n}"', ("paren", A)),
    ('"${a /* } */}"', ("paren", A)),
    ('"$${a ${b} }"', ("template", (("text", "${a "), ("interp", B), ("text", " }")), False)),
    ('"$${a}"', ("string", "${a}")),
    ('"%%{ if a }"', ("string", "%{ if a }")),
    ('"a\\"b\\u00e9\\n"', ("string", 'a"b\u00e9\n')),
    ('"e\u0301"', ("string", "\u00e9")),
    ("(a\n ? b\n : c\n)", ("paren", ("conditional", A, B, C))),
    ("(a\n + b # and\n * c)", ("paren", ("binary", "+", A, ("binary", "*", B, C)))),
    ("\u00e9.\u6f22", ("attr", ("var", "\u00e9"), "\u6f22")),
    ("a.for.in.if.null.true", ("attr", ("attr", ("attr", ("attr", ("attr", A, "for"), "in"), "if"), "null"), "true")),
    ("[for for in in : if]", ("for_tuple", None, "for", ("var", "in"), ("var", "if"), None)),
    ("{ a = 1, for = 2 }", ("object", ((("string", "a"), ONE), (("string", "for"), TWO)))),
    ("a[\n# first\n0\n]", ("index", A, ("number", "0"))),
    ("<<-E\n    a\n      b\n  E", ("template", (("text", "a\n  b\n"),), True)),
    ("<<E\r\na\r\nE", ("template", (("text", "a\r\n"),), True)),
    ("<<E\n${a}\nE", ("template", (("interp", A), ("text", "\n")), True)),
    ("<<E-1\nE\nE-1", ("template", (("text", "E\n"),), True)),
    ("[<<A\n1\nA\n, 2]", ("tuple", (("template", (("text", "1\n"),), True), TWO))),
])  # fmt: skip
def test_traps_of_the_library(source: str, expected: Node) -> None:
    assert tree(source) == expected


def test_directives_nest() -> None:
    source = '"%{ if a }1%{ for k, v in b ~} ${v}%{ endfor }%{ else }2%{ endif }3"'
    loop = ("for", "k", "v", B, (("interp", ("var", "v")),))
    assert tree(source) == ("template", (("if", A, (("text", "1"), loop), (("text", "2"),)), ("text", "3")), False)


def test_a_file() -> None:
    source = '\ufeff# c\r\nx = 1\r\nresource "a" b {\r\n  if = 2 // d\r\n\r\n  in { }\r\n}\r\n/* end */'
    inner = ("body", (("attribute", "if", TWO),), (("block", "in", (), ("body", (), ())),))
    expected = ("body", (("attribute", "x", ONE),), (("block", "resource", ("a", "b"), inner),))
    assert bare(parse_file(source, "x")) == expected


def test_bytes_are_utf_8() -> None:
    assert parse_file('x = "\u00e9"\n'.encode(), "x") == parse_file('x = "\u00e9"\n', "x")


def test_labels_that_only_look_like_keywords() -> None:
    assert [block[3:5] for block in parse_file("in if for {\n}\n", "x")[4]] == [("in", ("if", "for"))]


def test_what_was_parsed_leaves_no_garbage() -> None:
    source = b'a = "x${b}y"\nc {\n  d = <<-E\n    e\n  E\n}\n'
    parse_file(source, "main.tf")  # which loads what it needs
    gc.collect()
    parse_file(source, "main.tf")
    assert gc.collect() == 0
