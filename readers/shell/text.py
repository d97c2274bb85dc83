"""Text that is not wholly known: marks for what only running the script would tell, and what follows from them."""

from __future__ import annotations

import re

from tfparse.cty.values import HOLE

MANY = "\ue000"
"""Stands for any number of words, each unknown: an unknown value that is not quoted."""
WORD = "\ue003"
"""Stands for an unknown text that is one word however it is quoted: no blank in it, and no pattern."""
STAR, ONE = "\ue001", "\ue002"
"""Stand for what ``*``, and what ``?`` or ``[...]``, match in the names of files."""
MARKS = HOLE + MANY + STAR + ONE + WORD
_PATTERNS = {HOLE: ".*", MANY: ".*", WORD: ".*", STAR: "[^/]*", ONE: "[^/]"}


def is_known(text: str) -> bool:
    return not any(mark in text for mark in MARKS)


def as_text(text: str) -> str:
    """The text with one mark for whatever is unknown in it."""
    for mark in (MANY, STAR, ONE, WORD):
        text = text.replace(mark, HOLE)
    return text


def pattern(text: str) -> str:
    """A regular expression for what the text may be."""
    made = "".join(_PATTERNS.get(character) or re.escape(character) for character in text)
    made = made.replace(".*.*", ".*")
    return made if made.count("*") <= 4 else ".*"


def glob(text: str) -> str:
    """A regular expression for a pattern of the shell (``case``, ``${x#...}``)."""
    out, at = [], 0
    while at < len(text):
        character = text[at]
        end = text.find("]", at + 2) if character == "[" else -1
        if character == "*":
            out.append(".*")
        elif character == "?":
            out.append(".")
        elif end > 0:
            inside = text[at + 1 : end]
            inside = "^" + inside[1:] if inside.startswith("!") else inside
            out.append("[" + inside.replace("\\", "\\\\").replace("[", "\\[") + "]")
            at = end
        else:
            out.append(re.escape(character))
        at += 1
    return "".join(out)
