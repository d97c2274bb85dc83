"""sed: what its commands do to lines that are known, and which lines they could change of those that are not.

Source: sed(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from readers.shell.regex import as_python, beginning
from tfparse.cty.numbers import whole

_LONGEST = 400
"""Characters of a line that is looked at."""
_FLAGS = re.compile(r"[gpiI0-9]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """One command: for lines that match ``address`` (all, where there is none), ``function`` (s, d, p, a, i, c).

    ``place`` is an address by number; ``pattern``, ``text`` and ``flags`` are those of ``s``, ``text`` that of a, i
    and c.
    """

    address: str | None
    place: str | None
    function: str
    pattern: str = ""
    text: str = ""
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    edits: tuple[Edit, ...]
    extended: bool
    quiet: bool

    def applied(self, lines: Sequence[str]) -> list[str] | None:
        """The lines that come out; None where that is not known here."""
        out: list[str] = []
        for at, line in enumerate(lines):
            made = self._line(line, at + 1, at + 1 == len(lines))
            if made is None:
                return None
            out += made
        return out

    @property
    def by_place(self) -> bool:
        """Whether it matters where in its file a line stands."""
        return any(edit.place for edit in self.edits)

    def _line(self, line: str, number: int, last: bool) -> list[str] | None:
        if len(line) > _LONGEST:
            return None
        before, after, printed = list[str](), list[str](), list[str]()
        for edit in self.edits:
            matched = self._matches(edit, line, number, last)
            if matched is None:
                return None
            if not matched:
                continue
            if edit.function == "d":
                return before + printed + after
            if edit.function == "c":
                return [*before, *printed, edit.text, *after]
            if edit.function == "p":
                printed.append(line)
            elif edit.function in "ai":
                (after if edit.function == "a" else before).append(edit.text)
            else:
                made = self._substituted(edit, line)
                if made is None:
                    return None
                printed += [made] if "p" in edit.flags and made != line else []
                line = made
        return [*before, *printed, *([] if self.quiet else line.split("\n")), *after]

    def _matches(self, edit: Edit, line: str, number: int, last: bool) -> bool | None:
        if edit.place is not None:
            return last if edit.place == "$" else whole(edit.place) == number
        if edit.address is None:
            return True
        pattern = as_python(edit.address, extended=self.extended)
        return None if pattern is None else re.search(pattern, line) is not None

    def _substituted(self, edit: Edit, line: str) -> str | None:
        pattern = as_python(edit.pattern, extended=self.extended)
        replacement = _replacement(edit.text)
        if pattern is None or replacement is None or re.search(r"\d", edit.flags):
            return None
        flags = re.IGNORECASE if set(edit.flags) & set("iI") else 0
        try:
            return re.sub(pattern, replacement, line, count=0 if "g" in edit.flags else 1, flags=flags)
        except re.error:
            return None

    def beginnings(self) -> list[tuple[str, bool]] | None:
        """How lines begin that it changes or makes, and whether a name ends there; None where they may begin with
        anything."""
        found: list[tuple[str, bool]] = []
        for edit in self.edits:
            if edit.function == "p":
                continue
            matched = edit.address if edit.address is not None else edit.pattern or None
            one = None if matched is None else beginning(matched, extended=self.extended)
            if one is None:
                return None
            found.append(one)
            found += _begins(edit)
        return found

    def may_make(self, word: str, own: Sequence[str], is_known: Callable[[str], bool]) -> bool:
        """Whether it may make a line that begins with a word of another line.

        Not of one whose word ``is_known``: what becomes of that is seen by itself; nor one like those that it made of
        the word's ``own`` line.
        """
        for edit in self.edits:
            matched = edit.address if edit.address is not None else edit.pattern
            source = beginning(matched, extended=self.extended)
            begun = re.match(r"[^\s=]*", source[0]) if source is not None and source[1] else None
            if edit.function in "dp" or edit.text in own or (begun and is_known(begun[0])):
                continue
            if edit.function == "s" and not edit.pattern.startswith("^"):
                if not re.match(r"[= ]|\\s", edit.pattern) and _may_hold(edit.text, word):
                    return True
                continue
            made = _begins(edit)
            if edit.text.startswith("\\") and source is not None:
                made = [*made, (source[0], False)]
            if any(_compatible(text, ends, word) for text, ends in made):
                return True
        return False


def _may_hold(text: str, word: str) -> bool:
    """Whether a line in which ``text`` was put somewhere may begin with a word that it did not begin with before."""
    if not text or re.search(r"[\\&\n]", text) or text in word:
        return True
    begun = re.match(r"[^\s=]*", text)
    return begun is not None and begun[0] != text and word.endswith(begun[0])


def _compatible(text: str, ends: bool, word: str) -> bool:
    begun = text.split(" ")[0].split("=")[0]
    return word == begun if ends else word.startswith(begun) or begun.startswith(word)


def _begins(edit: Edit) -> list[tuple[str, bool]]:
    """How the lines begin that a command makes of another; none where they begin as the other does."""
    if edit.function == "d":
        return []
    if edit.function == "s" and not edit.pattern.startswith("^"):
        return [("", False)]
    first, *others = re.split(r"\\n|\n", edit.text)
    keeps = edit.function == "s" and re.match(r"&|\\[1-9]", first)
    return [_literal(line) for line in ([] if keeps else [first]) + others]


def _literal(text: str) -> tuple[str, bool]:
    found = re.match(r"[\w\-#/ =:,.@]*", text)
    literal = found[0] if found else ""
    return literal, bool(re.search(r"[ =]", literal))


def _replacement(text: str) -> str | None:
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


# -- reading a script -----------------------------------------------------------------------------


def read(text: str, *, extended: bool, quiet: bool) -> Script | None:
    """The commands of a script; None where one is not known here."""
    edits: list[Edit] = []
    at = 0
    while at < len(text):
        if text[at] in " \t\n;":
            at += 1
            continue
        found = _edit(text, at)
        if found is None:
            return None
        edit, at = found
        edits.append(edit)
    return Script(tuple(edits), extended, quiet)


def _edit(text: str, at: int) -> tuple[Edit, int] | None:
    address = place = None
    if number := re.compile(r"\d+|\$").match(text, at):
        place, at = number[0], number.end()
    elif text[at] == "/" or text[at] == "\\":
        start = at + 1 if text[at] == "/" else at + 2
        delimiter = text[start - 1 : start]
        one = _delimited(text, start, delimiter)
        if one is None:
            return None
        address, at = one
    while text[at : at + 1] == " ":
        at += 1
    function = text[at : at + 1]
    if function == "s":
        return _substitution(text, at, address, place)
    if function in ("a", "i", "c") and function:
        end = len(text)
        inner = text[at + 1 : end].lstrip(" \t")
        inner = inner[1:].lstrip("\n") if inner.startswith("\\") else inner
        return None if "\\" in inner else (Edit(address, place, function, "", inner.rstrip("\n")), end)
    if function in ("d", "p") and function and text[at + 1 : at + 2] in ("", ";", "\n", " "):
        return Edit(address, place, function), at + 1
    return None


def _substitution(text: str, at: int, address: str | None, place: str | None) -> tuple[Edit, int] | None:
    delimiter = text[at + 1 : at + 2]
    first = _delimited(text, at + 2, delimiter) if delimiter and delimiter not in "\\\n" else None
    second = _delimited(text, first[1], delimiter) if first else None
    if first is None or second is None:
        return None
    flags = _FLAGS.match(text, second[1])
    end = flags.end() if flags else second[1]
    rest = text[end : end + 1]
    if rest not in ("", ";", "\n", " ") or not first[0]:
        return None
    return Edit(address, place, "s", first[0], second[0], flags[0] if flags else ""), end


def _delimited(text: str, at: int, delimiter: str) -> tuple[str, int] | None:
    out: list[str] = []
    while at < len(text):
        character = text[at]
        if character == "\\":
            following = text[at + 1 : at + 2]
            out.append(following if following == delimiter and delimiter != "|" else character + following)
            at += 2
            continue
        if character == delimiter:
            return "".join(out), at + 1
        out.append(character)
        at += 1
    return None
