"""What ``echo`` and ``printf`` print."""

from __future__ import annotations

import re
from collections.abc import Sequence

from readers.shell.text import MANY, as_text, is_known
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\r": "\r", '\\"': '"', "\\'": "'"}
_ESCAPE = pattern(r"\\.", re.DOTALL)
_CONVERSION = pattern(r"%%|%(?P<flags>[-+ #0]*\d*(?:\.\d+)?)(?P<letter>.)", re.DOTALL)


def echoed(arguments: Sequence[str], dialect: str) -> str:
    """What echo prints of its arguments; dash (the dialect "sh") always interprets backslashes, bash with ``-e``."""
    words, newline, interpreted = list(arguments), "\n", dialect != "bash"
    options = r"-n" if dialect != "bash" else r"-[neE]+"
    while words and re.fullmatch(options, words[0]):
        option = words.pop(0)
        newline = "" if "n" in option else newline
        interpreted = "e" in option or (interpreted and dialect != "bash")
    if any(MANY in word for word in words):
        return HOLE + newline
    text = as_text(" ".join(words))
    interpreted_text = _unescaped(text) if interpreted else text
    return HOLE if interpreted_text is None else interpreted_text + newline


def formatted(arguments: Sequence[str]) -> str:
    """What printf prints; HOLE where its format or the number of its arguments is not known."""
    if not arguments or not is_known(arguments[0]) or any(MANY in word for word in arguments):
        return HOLE
    template = _unescaped(arguments[0])
    words = [as_text(word) for word in arguments[1:]]
    if template is None:
        return HOLE
    out, rounds = [], 0
    while rounds == 0 or (words and "%" in template.replace("%%", "")):
        made = _round(template, words)
        if made is None:
            return HOLE
        out.append(made)
        rounds += 1
    return "".join(out)


def _round(template: str, words: list[str]) -> str | None:
    """One use of the format, which takes its words away."""
    failed = False

    def one(found: re.Match[str]) -> str:
        nonlocal failed
        if found[0] == "%%":
            return "%"
        word = words.pop(0) if words else ("" if found["letter"] == "s" else "0")
        plain = not found["flags"] and (found["letter"] == "s" or re.fullmatch(r"-?(0|[1-9]\d*)", word))
        failed |= found["letter"] not in "sdi" or not plain
        return word

    made = _CONVERSION.sub(one, template)
    return None if failed else made


def _unescaped(text: str) -> str | None:
    """The text with its escapes interpreted; None where one is not known here."""
    if any(found not in _ESCAPES for found in _ESCAPE.findall(text)):
        return None
    return _ESCAPE.sub(lambda found: _ESCAPES[found[0]], text)
