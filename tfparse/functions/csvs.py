"""Comma-separated values as Go's ``encoding/csv`` reads them (RFC 4180, blank lines skipped)."""

from __future__ import annotations

from tfparse.functions._parameters import FunctionError
from tfparse.functions._registry import check_size
from tfparse.patterns import pattern

_FIELD = pattern(r'"((?:[^"]|"")*)"(?=,|\n|\Z)|([^",\n]*)(?=,|\n|\Z)')


def rows(text: str) -> list[list[str]]:
    """The fields of each line; at least a header line.

    Raises:
        FunctionError: a quote stands where none may.
    """
    text = text.replace("\r\n", "\n").removesuffix("\r")
    found: list[list[str]] = []
    at = size = 0
    while at < len(text):
        if text[at] == "\n":
            at += 1
            continue
        fields, at = _line(text, at)
        found.append(fields)
        size += len(fields)
        check_size(size)
    if not found:
        raise FunctionError("missing header line")
    return found


def _line(text: str, at: int) -> tuple[list[str], int]:
    fields: list[str] = []
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            number = text.count("\n", 0, at) + 1
            problem = 'extraneous or missing " in quoted-field' if text[at] == '"' else 'bare " in non-quoted-field'
            raise FunctionError(f"CSV parse error on line {number}: {problem}")
        quoted, bare = match.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if text[at : at + 1] != ",":
            return fields, at + 1
        at += 1
