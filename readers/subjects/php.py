"""The assignments to ``$config`` in a PHP file of configuration, as far as a reader of text can tell.

Source: https://www.php.net/manual/en/language.basic-syntax.php (comments, instruction separation), strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tfparse.cty.values import HOLE, Line, Value
from tfparse.diagnostics import Origin

_TOKEN = re.compile(
    r"(?P<comment>//.*?(?=\n|\?>|$)|#(?!\[).*?(?=\n|\?>|$)|/\*[\s\S]*?\*/)"
    r"|(?P<string>'(?:[^'\\]|\\[\s\S])*'|\"(?:[^\"\\]|\\[\s\S])*\")"
    r"|(?P<tag><\?php\b|<\?=|\?>)|(?P<end>;)|(?P<other>[\s\S])"
)
_SETS = re.compile(
    r"\s*\$config\s*\[\s*(['\"])(?P<name>\w+)\1\s*\]\s*(?P<deeper>\[[^=]*\]\s*)?=(?![=>])(?P<value>.*)", re.DOTALL
)
_LITERAL = re.compile(r"\s*('[^'\\]*'|\"[^\"\\$]*\"|-?[\w.]+)\s*")


@dataclass(frozen=True, slots=True)
class Assigned:
    """A statement: ``name`` is the option that it sets, None where it may set any; ``value`` its text where that is
    plain."""

    name: str | None
    value: str | None
    origin: Origin | None

    def may_set(self, option: str) -> bool:
        return self.name is None or self.name == option


def assignments(text: Value) -> Iterator[Assigned]:
    """What the statements of a file set.  One that is not a plain assignment to ``$config`` may set any option."""
    lines = text.lines()
    for number, statement in _statements("\n".join(line.text for line in lines)):
        origin = lines[min(number, len(lines) - 1)].origin if lines else text.origin
        found = _SETS.fullmatch(statement)
        if found is None or HOLE in found["name"]:
            yield Assigned(None, None, origin)
        else:
            literal = _LITERAL.fullmatch(found["value"]) if not found["deeper"] and HOLE not in found["value"] else None
            calls = re.search(r"\$config|\b(include|require|eval|extract|function)\b", found["value"])
            yield Assigned(None if calls else found["name"], literal[1] if literal else None, origin)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements, without comments, each with the number of the line it begins on."""
    held, begins, inside = "", 0, False
    for token in _TOKEN.finditer(text):
        if token["tag"]:
            if held.strip():
                yield begins, held.strip()
            held, inside = "", token[0] != "?>"
        elif not inside or token["comment"]:
            continue
        elif token["end"]:
            if held.strip():
                yield begins, held.strip()
            held = ""
        else:
            if not held.strip():
                begins = text.count("\n", 0, token.start())
            held += token[0]
    if held.strip():
        yield begins, held.strip()


__all__ = ["Assigned", "Line", "assignments"]
