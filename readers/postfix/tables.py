"""What lookup tables of Postfix answer, as far as they are seen: in place, or in files.

Source: https://www.postfix.org/DATABASE_README.html, access(5), cidr_table(5), pcre_table(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from readers.postfix.main_cf import logical_lines
from tfparse.cty.values import HOLE, Value
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

Read = Callable[[str], Value | None]
"""The text of a file; None where it is not seen."""

_FILES = frozenset({"btree", "cdb", "cidr", "dbm", "hash", "lmdb", "pcre", "regexp", "sdbm", "texthash"})
"""Types of tables that are a text file, or are made of one by ``postmap``."""
_OF_TABLES = frozenset({"pipemap", "unionmap"})
WORDS = pattern(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[^\s,{}]+(?:\{(?:[^{}]|\{[^{}]*\})*\})?")
"""The words of a list; braces hold what is one word together."""


class Answer(Struct, frozen=True):
    """What a table answers for a ``key``; ``text`` is None where that is not seen.  ``table`` is its file, or its
    text."""

    table: str
    key: str
    text: str | None
    origin: Origin | None
    secret: bool = False


def answers(tables: str, origin: Origin | None, read: Read) -> Iterator[Answer]:
    """Whatever some tables, whose references to parameters are expanded, may answer."""
    for table in WORDS.findall(tables):
        yield from _answers(table, origin, read)


def _answers(table: str, origin: Origin | None, read: Read) -> Iterator[Answer]:
    kind, _, name = table.removeprefix("proxy:").partition(":")
    if kind in _OF_TABLES:
        yield from answers(name.strip("{}"), origin, read)
    elif kind == "static":
        yield Answer(table, "", name.strip("{} "), origin)
    elif name.startswith("{"):
        for word in WORDS.findall(name[1:-1]):
            key, text = split_entry(word.strip("{} "), "=" if kind == "inline" else None)
            yield Answer(table, key, text, origin)
    elif kind in _FILES:
        yield from _of_file(table, name, origin, read)
    elif kind != "fail":
        yield Answer(table, "", None, origin)


def _of_file(table: str, path: str, origin: Origin | None, read: Read) -> Iterator[Answer]:
    text = read(path)
    if text is None:
        yield Answer(table, "", None, origin)
        return
    for line in logical_lines(text.lines()):
        key, said = split_entry(line.text)
        hidden = HOLE in line.text and bool(said or line.open)
        if said or hidden:
            yield Answer(path, key, None if hidden else said, line.origin or text.origin, line.secret)


def split_entry(line: str, by: str | None = None) -> tuple[str, str]:
    """The two sides of an entry.  A pattern may hold blanks; what is in brackets of it is none of its ends."""
    if line.startswith(("/", "!/")):
        found = re.match(r"(!?/(?:[^/\\]|\\.)*/\w*)\s+(.*)", line, re.DOTALL)
        return (found[1], found[2].strip()) if found else ("", line)
    if re.match(r"(if|endif)\b", line, re.IGNORECASE):
        return line, ""
    key, *rest = line.split(by, 1)
    return key.strip(), "".join(rest).strip()
