"""The steps for editors: a file of Cucumber step definitions that is never run, and tells what a step may say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

_HEAD = """\
// Made by `design-policy words --glue`, for editors: VS Code's Cucumber extension completes and checks steps by it.
// It is never run.
import { Given, Then, When } from '@cucumber/cucumber'
"""
_FIELD = re.compile(r"\{(\w*)(?::(\w+))?\}")


def glue(known: Iterable[StepFunctionContext]) -> str:
    """The step definitions, as regular expressions of JavaScript."""
    lines = [f"{(c.type or 'given').capitalize()}(/^{pattern(c.parser)}$/, () => {{}})" for c in known]
    return "\n".join([_HEAD, *lines, ""])


def pattern(parser: parsers.StepParser) -> str:
    """What a step's text matches, as JavaScript writes it."""
    if isinstance(parser, parsers.re):
        return parser.name.replace("(?P<", "(?<").replace("/", r"\/")
    made, at = "", 0
    for field in _FIELD.finditer(parser.name) if isinstance(parser, parsers.parse) else ():
        quoted = parser.name[: field.start()].endswith('"')
        made += _plain(parser.name[at : field.start()])
        made += r"(\d+)" if field[2] == "d" else '([^"]+)' if quoted else "(.+)"
        at = field.end()
    return made + _plain(parser.name[at:])


def _plain(text: str) -> str:
    return re.sub(r"([\\^$.|?*+()\[\]{}/])", r"\\\1", text)
