"""A parse table that was kept is the one that would be made, and is believed only if it is ours, whole and of this
grammar."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfparse.hcl import syntax, table
from tfparse.hcl.table import keep_table, parse_table

GRAMMAR = 'start: "a" expression? template?\nexpression: "b"\ntemplate: "c"\n'


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The grammars of which a table was made."""
    grammars: list[str] = []
    monkeypatch.setattr(table, "_KEPT_IN", [])
    make = table._made

    def making(grammar: str) -> table.Table:
        grammars.append(grammar)
        return make(grammar)

    monkeypatch.setattr(table, "_made", making)
    keep_table(tmp_path)
    return grammars


def test_a_kept_table_is_the_one_that_was_made(made: list[str]) -> None:
    first = parse_table(lambda: GRAMMAR, "v1")
    assert parse_table(lambda: GRAMMAR, "v1") == first
    assert made == [GRAMMAR]
    parse_table(lambda: GRAMMAR, "v2")
    assert len(made) == 2


def test_what_is_damaged_or_anothers_is_made_anew(made: list[str], tmp_path: Path) -> None:
    parse_table(lambda: GRAMMAR, "v1")
    (file,) = tmp_path.glob("*.table")
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + b"x", b"", whole + b"x"):
        file.write_bytes(damaged)
        parse_table(lambda: GRAMMAR, "v1")
    assert len(made) == 5
    file.write_bytes(whole)
    file.chmod(0o666)
    parse_table(lambda: GRAMMAR, "v1")
    assert len(made) == 6


def test_a_parser_of_a_kept_table_makes_the_same_trees(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'resource "a" "b" {\n  c = [for x in y : "${x}%{ if z }w%{ endif }" if true]\n  d { e = -1 }\n}\n'
    trees = []
    for parser in (syntax._Parser(), syntax._Parser()):
        monkeypatch.setattr(syntax, "_parser", lambda parser=parser: parser)
        trees.append(syntax.parse_file(text, "main.tf"))
    assert len(made) == 1
    assert trees[0] == trees[1]
