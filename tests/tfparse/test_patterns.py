"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tfparse.patterns import Pattern, pattern

ROOT = Path(__file__).parents[2]
FILES = [file for room in ("gate", "readers", "steps", "tfparse") for file in sorted((ROOT / room).rglob("*.py"))]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is compiled meanwhile."""
    seen: list[object] = []
    usual = re.compile
    monkeypatch.setattr(re, "compile", lambda text, flags=0: (seen.append(text), usual(text, flags))[1])
    return seen


def test_it_is_compiled_when_it_is_used_first(compiled: list[object]) -> None:
    word = pattern(r"[a-z]+", re.IGNORECASE)
    assert compiled == []
    assert [word.fullmatch(text) is not None for text in ("Ab", "a1")] == [True, False]
    assert compiled == [r"[a-z]+"]


def test_it_answers_as_a_compiled_one_does() -> None:
    late, early = pattern(rb"(?P<key>\w+)=(\w*)"), re.compile(rb"(?P<key>\w+)=(\w*)")
    text = b"a=b c= d"
    assert late.findall(text) == early.findall(text)
    assert late.sub(rb"\2", text) == early.sub(rb"\2", text)
    assert (late.pattern, late.flags, late.groups, late.groupindex) == (
        early.pattern, early.flags, early.groups, early.groupindex,
    )  # fmt: skip


def test_what_is_no_regular_expression_is_told_when_it_is_used() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error, match="unterminated"):
        wrong.match("")


def test_every_pattern_can_be_compiled() -> None:
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in FILES if "__main__" not in file.name]
    held = [one for name in modules for one in vars(import_module(name)).values() if isinstance(one, Pattern)]
    assert held
    assert all(isinstance(one.flags, int) for one in held)


def _at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """What is run when a module is imported."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _at_import(node)


def test_no_module_compiles_one_when_it_is_imported() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}: say pattern(...)"
        for file in FILES
        for node in _at_import(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
    ]
    assert found == []


def test_none_is_told_from_another_by_what_matched() -> None:
    """``match.re`` is the compiled pattern, and never the name that stands for it."""
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Attribute) and one.attr == "re" for one in ast.walk(node))
    ]
    assert found == []
