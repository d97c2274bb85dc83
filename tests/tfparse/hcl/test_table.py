"""The parse table that stands ready is the one that Lark makes of the installed grammar, and is used for no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tfparse.hcl import syntax, table
from tfparse.hcl.grammar import amended_grammar
from tfparse.hcl.table import TABLE, as_text, make_table, parse_table

SOURCE = 'resource "a" "b" {\n  c = [for x in y : "${x}%{ if z }w%{ endif }" if true]\n  d { e = -1 }\n}\n'


def test_it_is_the_one_that_would_be_made() -> None:
    assert as_text(make_table(amended_grammar())) == TABLE.read_text(), "python -m tfparse.hcl.table writes it anew"


def test_it_is_what_was_made() -> None:
    assert parse_table() == make_table(amended_grammar())


def test_of_another_grammar_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    another = amended_grammar() + "\nunused : NAME NAME\n"
    monkeypatch.setattr(table, "amended_grammar", lambda: another)
    assert parse_table() == make_table(another)
    assert parse_table().grammar != table._read(TABLE.read_text()).grammar
    parser = syntax._Parser()
    tree = syntax.parse_file(SOURCE, "main.tf")
    monkeypatch.setattr(syntax, "_parser", lambda: parser)
    assert syntax.parse_file(SOURCE, "main.tf") == tree


def test_parsing_needs_no_lark() -> None:
    program = f"import sys; from tfparse.hcl.syntax import parse_file; parse_file({SOURCE!r}, 'x'); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "tfparse.hcl.table" in loaded
    assert [name for name in loaded if name.split(".")[0] in ("lark", "hcl2")] == []
