"""The parse table of a grammar: Lark makes it, which takes as long as to parse a hundred files by it, so it is kept."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from tfparse.own_file import keep_newest, read_own, write_own

STARTS = ("start", "expression", "template")

Table = tuple[dict[str, Any], dict[Any, dict[str, Any]]]
"""The table, and the rules by the keys that stand for them in it: plain values, as Lark writes them down."""

_KEPT_IN: list[Path] = []
"""The folder where tables are kept, if they are."""
_SUFFIX, _MOST = ".table", 4


def keep_table(folder: Path) -> None:
    """Keep the table in a folder of the user's from now on, and take it from there."""
    _KEPT_IN[:] = [folder]


def parse_table(grammar: Callable[[], str], version: str) -> Table:
    """The table of a grammar, made or kept.  ``version`` is another one with each other grammar."""
    if not _KEPT_IN:
        return _made(grammar())
    file = _KEPT_IN[-1] / (version[:24] + _SUFFIX)
    magic = f"tfparse table {version} {metadata.version('lark')} {sys.version} {marshal.version}\n".encode()
    payload = read_own(file, magic)
    if payload is not None:
        held: Table = marshal.loads(payload)  # noqa: S302 - it is ours, whole and of this grammar, as just checked
        return held
    made = _made(grammar())
    if write_own(file, magic, marshal.dumps(made)):
        keep_newest(file.parent, _SUFFIX, _MOST)
    return made


def _made(grammar: str) -> Table:
    # Nobody else in the process needs these, nor does a run that finds all its trees in a cache.
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS))
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    return data["parser"]["parser"], {key: rule for key, rule in memo.items() if rule["__type__"] == "Rule"}
