"""The assignments to ``$config`` in a PHP file of configuration, as far as a reader of text can tell.

What stands in an ``if`` counts, and what it assigns is not known.

Source: https://www.php.net/manual/en/language.basic-syntax.php (comments, instruction separation), strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tfparse.cty.values import HOLE, Value
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

_TOKEN = pattern(
    r"(?P<comment>//.*?(?=\n|\?>|$)|#(?!\[).*?(?=\n|\?>|$)|/\*[\s\S]*?\*/)"
    r"|(?P<string>'(?:[^'\\]|\\[\s\S])*'|\"(?:[^\"\\]|\\[\s\S])*\")"
    r"|(?P<tag><\?php\b|<\?=|\?>)|(?P<end>;)|(?P<other>[\s\S])"
)
_OPTION = r"\$config\s*\[\s*(?P<quote>['\"])(?P<name>\w+)(?P=quote)\s*\]"
_SETS = pattern(rf"\s*{_OPTION}\s*(?P<deeper>\[[^=]*\]\s*)?(?P<upon>\.|\+|\?\?)?=(?![=>])(?P<value>.*)", re.DOTALL)
_LITERAL = pattern(r"\s*('[^'\\]*'|\"[^\"\\$]*\"|-?[\w.]+)\s*")
_STRING = r"'(?:[^'\\]|\\[\s\S])*'|\"(?:[^\"\\{$]|\\[\s\S]|\$(?![\w{])|\$\w+|\{(?!\$))*\""
_READS = pattern(rf"{_OPTION}|{_STRING}")
_BESIDE = pattern(
    r"\s*(?:(?:\$(?!config\b|this\b|GLOBALS\b|_)\w+|\$_SERVER)\s*(?:\[[^=]*\]\s*)?(?:\.|\+|\?\?)?=(?![=>])"
    r"|(?:date_default_timezone_set|declare|define|error_reporting|ini_set|mb_internal_encoding|set_time_limit|setlocale"
    r"|unset)\s*(?=\())(?P<value>.*)",
    re.DOTALL,
)
"""What sets a variable of its own, or of PHP, and none of the options that its right side does not name."""
_REACHES = pattern(
    r"\$config\b|\$this\b|\$GLOBALS\b|\$\$|\$\{|\{\$|->|::\s*\w+\s*\("
    r"|\b((include|require)(_once)?|eval|extract|fn|function|global|new|parse_str|putenv|static)\b"
)
"""What may reach all options: ``$config`` is a local variable of the method of ``$this`` that includes the file."""
_NESTED = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)"
_BRANCH = pattern(rf"\s*(?:(?P<close>\}})|(?:else\s*)?if\s*(?P<condition>{_NESTED})\s*\{{|else\s*\{{)", re.DOTALL)


class Assigned(Struct, frozen=True):
    """A statement: ``name`` is the option that it sets, None where it may set any; ``value`` its text where that is
    plain."""

    name: str | None
    value: str | None
    origin: Origin | None

    def may_set(self, option: str) -> bool:
        return self.name is None or self.name == option


def assignments(text: Value) -> Iterator[Assigned]:
    """What the statements of a file set.  One that is not understood may set any option."""
    lines = text.lines()
    depth = 0
    for number, statement in _statements("\n".join(line.text for line in lines)):
        origin = lines[min(number, len(lines) - 1)].origin if lines else text.origin
        while branch := _BRANCH.match(statement):
            depth += -1 if branch["close"] else 1
            yield from _beside(branch["condition"] or "", origin)
            statement = statement[branch.end() :]
        if statement.strip():
            yield from _assigned(statement, origin, certain=depth == 0)


def _assigned(statement: str, origin: Origin | None, *, certain: bool) -> Iterator[Assigned]:
    found, beside = _SETS.fullmatch(statement), _BESIDE.fullmatch(statement)
    if found is not None and HOLE not in found["name"]:
        literal = _LITERAL.fullmatch(found["value"]) if HOLE not in found["value"] else None
        plain = literal is not None and certain and not found["deeper"] and not found["upon"]
        yield Assigned(found["name"], literal[1] if literal is not None and plain else None, origin)
        yield from (option for option in _beside(found["value"], origin) if option.name != found["name"])
    elif beside is not None and HOLE not in statement:
        yield from _beside(beside["value"], origin)
    else:
        yield Assigned(None, None, origin)


def _beside(code: str, origin: Origin | None) -> Iterator[Assigned]:
    """The options that an expression names, and may set besides; where it may reach any, that."""
    rest = _READS.sub(lambda read: "" if read["name"] else "''", code)
    if _REACHES.search(rest):
        yield Assigned(None, None, origin)
    for read in _READS.finditer(code):
        if read["name"]:
            yield Assigned(read["name"], None, origin)


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
