"""The patterns of ``fileset``: ``*``, ``**``, ``?``, ``[class]``, ``{one,other}`` and ``\\`` to escape.

Source: bmatcuk/doublestar v1; https://developer.hashicorp.com/terraform/language/functions/fileset
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from tfparse.functions._registry import FunctionError

_META = re.compile(r"[*?\[{\\]")


def split(pattern: str) -> tuple[str, str]:
    """The directory in which all that matches a clean path must be, and the rest of the pattern."""
    fixed: list[str] = []
    parts = pattern.split("/")
    while len(parts) > 1 and not _META.search(parts[0]):
        fixed.append(parts.pop(0))
    return "/".join(fixed) or ("/" if fixed else "."), "/".join(parts)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """A regular expression for whole paths, linear in time.  Raises :class:`FunctionError`."""
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        return re2.compile(_translated(pattern), options)
    except (ValueError, re2.error):
        raise FunctionError(f'failed to glob pattern "{pattern}": syntax error in pattern') from None


def _translated(pattern: str) -> str:
    segments = pattern.split("/")
    made: list[str] = []
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            made.append(".*" if last else "(?:[^/]+/)*")
        else:
            made.append(_segment(segment) + ("" if last else "/"))
    return "".join(made)


def _segment(segment: str) -> str:
    made: list[str] = []
    at = depth = 0
    while at < len(segment):
        char = segment[at]
        at += 1
        if char == "*":
            made.append("[^/]*")
            # Several stars are one, and cost no more to match.
            at += len(segment[at:]) - len(segment[at:].lstrip("*"))
        elif char == "?":
            made.append("[^/]")
        elif char == "[":
            piece, at = _class(segment, at)
            made.append(piece)
        elif char == "{":
            depth += 1
            made.append("(?:")
        elif char == "," and depth:
            made.append("|")
        elif char == "}" and depth:
            depth -= 1
            made.append(")")
        else:
            if char == "\\":
                char, at = segment[at], at + 1
            made.append(re.escape(char))
    if depth:
        raise ValueError(segment)
    return "".join(made)


def _class(segment: str, at: int) -> tuple[str, int]:
    end = segment.index("]", at + 1)
    inside = segment[at:end]
    negated = inside[:1] in ("^", "!")
    content = inside[1:] if negated else inside
    if not content:
        raise ValueError(segment)
    escaped = re.sub(r"([\[\]^&|~])", r"\\\1", content)
    return f"[{'^/' if negated else ''}{escaped}]", end + 1
