"""Regular expressions of POSIX, as sed and grep have them, and what can be said of the lines that they match.

Source: regex(7).
"""

from __future__ import annotations

import re
import string

from tfparse.patterns import pattern

_CLASSES = {"space": r"\s", "blank": r" \t", "digit": "0-9", "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "upper": "A-Z",
            "lower": "a-z", "punct": re.escape(string.punctuation)}  # fmt: skip
_BRACKETS = pattern(r"\[(\^?)(\]?(?:\[:\w+:\]|[^]])*)\]")
_SHORTHANDS = "swSWbBnt"


def as_python(text: str, *, extended: bool) -> str | None:
    """The same expression for Python's ``re``; None where there is none, or none that is known here."""
    if len(re.findall(r"[*+?{]", text)) > 3 or re.search(r"\)\\?[*+{]", text):
        return None  # it could take Python for ever
    out, at = [], 0
    while at < len(text):
        character = text[at]
        if character == "[":
            found = _BRACKETS.match(text, at)
            if found is None or "[." in found[2] or "[=" in found[2]:
                return None
            out.append(f"[{found[1]}{_inside(found[2])}]")
            at = found.end()
            continue
        if character == "\\":
            piece = _escaped(text[at + 1 : at + 2], extended=extended)
            if piece is None:
                return None
            out.append(piece)
            at += 2
            continue
        out.append(_plain(character, text, at, extended=extended))
        at += 1
    made = "".join(out)
    try:
        re.compile(made)
    except re.error:
        return None
    return made


def _inside(text: str) -> str:
    inner = re.sub(r"\[:(\w+):\]", lambda found: "\0" + found[1] + "\0", text)
    escaped = inner.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return re.sub("\0(\\w+)\0", lambda found: _CLASSES.get(found[1], ""), escaped)


def _escaped(character: str, *, extended: bool) -> str | None:
    if not character:
        return None
    if character in "(){}|+?":
        return ("\\" + character) if extended else character
    if character in _SHORTHANDS or character.isdecimal():
        return "\\" + character
    if character.isalpha() or character in "<>`'":
        return None
    return re.escape(character)


def _plain(character: str, text: str, at: int, *, extended: bool) -> str:
    if character == "^":
        starts = at == 0 or text[at - 1] in "(|"
        return "^" if starts or extended else r"\^"
    if character == "$":
        ends = at + 1 == len(text) or text[at + 1] in ")|" or text[at + 1 : at + 3] in ("\\)", "\\|")
        return r"(?=\n|\Z)" if ends or extended else r"\$"
    if character == "*":
        return "*" if at and text[at - 1] not in "(|^" else r"\*"
    if character == ".":
        return "."
    return character if extended and character in "(){}|+?" else re.escape(character)


def beginning(text: str, *, extended: bool) -> tuple[str, bool] | None:
    """The text that each matched line begins with, and whether a name would end there; None where a line may begin
    with anything."""
    if not text.startswith("^"):
        return None
    if re.search(r"(?<!\\)\|" if extended else r"\\\|", text):
        return None
    rest, at = _without_groups(text[1:], extended=extended), 0
    while at < len(rest) and (rest[at].isalnum() or rest[at] in "_-#/ =:,@&" or rest[at : at + 2] == "\\."):
        at += 2 if rest[at] == "\\" else 1
    repeated = rest[at : at + 1] in ("*", "?", "+", "{") or rest[at : at + 2] in ("\\?", "\\+", "\\{")
    found = rest[: at - 1 if repeated and at else at].replace("\\.", ".")
    after = rest[len(found) :] if not repeated else rest[at - 1 :]
    ends = bool(re.match(r"[ =]|\\s|\[\[:(?:space|blank):\]|\[ ", after)) or bool(re.search(r"[ =]", found))
    return found, ends


def _without_groups(text: str, *, extended: bool) -> str:
    """The expression without the parentheses around what it begins with, unless that may be repeated."""
    opening, closing = ("(", ")") if extended else ("\\(", "\\)")
    end = text.find(closing)
    if not text.startswith(opening) or end < 0 or opening in text[len(opening) : end]:
        return text
    after = text[end + len(closing) :]
    if re.match(r"[*?+{]|\\[?+{]", after):
        return ""
    return text[len(opening) : end] + after


def as_replacement(text: str) -> str | None:
    """The replacement of ``s`` for Python's ``re.sub``."""
    out, at = [], 0
    while at < len(text):
        character = text[at]
        if character == "&":
            out.append(r"\g<0>")
        elif character == "\\":
            at += 1
            following = text[at : at + 1]
            if following.isdecimal():
                out.append(rf"\g<{following}>")
            elif following == "n":
                out.append("\n")
            elif following.isalpha() or not following:
                return None
            else:
                out.append(following.replace("\\", "\\\\"))
        else:
            out.append(character)
        at += 1
    return "".join(out)
