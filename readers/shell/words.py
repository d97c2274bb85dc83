"""Words of a shell script: quoting, and what is filled into them.

Sources: QUOTING, EXPANSION and "Here Documents" in bash(1).
"""

from __future__ import annotations

import re
from typing import Protocol

from readers.shell.syntax import Arithmetic, Literal, Parameter, Part, Sequence, Substitution, Unreadable, Word
from tfparse.patterns import pattern

METACHARACTERS = frozenset(" \t\n;&|<>()")
_NAME = pattern(r"[A-Za-z_]\w*|[0-9@*#?$!-]", re.ASCII)
_BRACED = pattern(r"(?P<sign>[!#]?)(?P<name>[A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(?P<index>[^]]*)\])?", re.ASCII)
_OPERATOR = pattern(r":?[-=+?]|##?|%%?|//?|\^\^?|,,?|:|@")
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}


class Place(Protocol):
    """Where a word is read: a text, a position in it, and who reads the commands that stand in a word."""

    text: str
    at: int

    def bash(self, what: str) -> bool: ...

    def within(self, text: str, at: int) -> Sequence: ...

    def until_closing(self, closing: str) -> Sequence: ...

    def arithmetic(self, at: int) -> Word | None: ...


class WordReader:
    """Reads one word of a text, from a position on."""

    def __init__(self, place: Place, *, stop: frozenset[str] = METACHARACTERS) -> None:
        self._place = place
        self._text = place.text
        self._stop = stop
        self._parts: list[Part] = []

    def word(self) -> Word:
        """The word that begins here, up to a character that ends it."""
        while (character := self._peek()) and (character not in self._stop or self._opens_process()):
            self._one(character)
        return self._finished()

    def here_document(self) -> Word:
        """The whole text, as the shell fills in a here-document: only ``$``, backquotes and backslashes count."""
        while self._peek():
            self._within_quotes('"\n')
        return self._finished()

    def _finished(self) -> Word:
        joined: list[Part] = []
        for part in self._parts:
            before = joined[-1] if joined else None
            if isinstance(part, Literal) and isinstance(before, Literal) and before.quoted == part.quoted:
                joined[-1] = Literal(before.text + part.text, part.quoted)
            else:
                joined.append(part)
        return Word(tuple(joined))

    # -- position ------------------------------------------------------------------------------

    def _peek(self, length: int = 1) -> str:
        at = self._place.at
        return self._text[at : at + length]

    def _take(self, length: int = 1) -> str:
        taken = self._peek(length)
        self._place.at += length
        return taken

    def _until(self, end: str) -> str:
        found = self._text.find(end, self._place.at)
        if found < 0:
            raise Unreadable(f"a {end} is missing", self._place.at)
        text = self._text[self._place.at : found]
        self._place.at = found + len(end)
        return text

    # -- pieces --------------------------------------------------------------------------------

    def _opens_process(self) -> bool:
        return self._peek(2) in ("<(", ">(") and self._stop is METACHARACTERS and not self._parts

    def _one(self, character: str) -> None:
        if character == "\\":
            self._escaped()
        elif character == "'":
            self._take()
            self._add(self._until("'"), quoted=True)
        elif character == '"':
            self._double_quoted()
        elif self._peek(2) == "$'" and self._place.bash("$'...'"):
            self._ansi_quoted()
        elif self._peek(2) == '$"':
            self._take()
        elif character == "$":
            self._dollar(quoted=False)
        elif character == "`":
            self._backquoted(quoted=False)
        elif self._opens_process() and self._place.bash("process substitution"):
            direction = self._take(2)[0]
            self._parts.append(Substitution(self._place.until_closing(")"), False, direction))
        else:
            self._add(self._take(), quoted=False)

    def _add(self, text: str, *, quoted: bool) -> None:
        self._parts.append(Literal(text, quoted))

    def _escaped(self) -> None:
        self._take()
        if self._peek() != "\n":
            self._add(self._peek() or "\\", quoted=True)
        self._take()

    def _double_quoted(self) -> None:
        start = self._place.at
        self._take()
        self._add("", quoted=True)
        while self._peek() != '"':
            if not self._peek():
                raise Unreadable("a quote does not end", start)
            self._within_quotes('"\n')
        self._take()

    def _within_quotes(self, escapable: str) -> None:
        character = self._peek()
        if character == "$":
            self._dollar(quoted=True)
        elif character == "`":
            self._backquoted(quoted=True)
        elif character == "\\" and self._peek(2)[1:] in ("$", "`", "\\", *escapable):
            escaped = self._take(2)[1:]
            self._add("" if escaped == "\n" else escaped, quoted=True)
        else:
            self._add(self._take(), quoted=True)

    def _ansi_quoted(self) -> None:
        self._take(2)
        out = []
        while (character := self._take()) != "'":
            if not character:
                raise Unreadable("a quote does not end", self._place.at)
            if character == "\\":
                character = self._ansi_escape()
            out.append(character)
        self._add("".join(out), quoted=True)

    def _ansi_escape(self) -> str:
        character = self._take()
        digits = {"x": r"[0-9A-Fa-f]{1,2}", "u": r"[0-9A-Fa-f]{1,4}", "U": r"[0-9A-Fa-f]{1,8}"}.get(character)
        found = re.compile(digits).match(self._text, self._place.at) if digits else None
        if found:
            self._place.at = found.end()
            return chr(min(int(found[0], 16), 0x10FFFF))
        octal = re.compile(r"[0-7]{1,3}").match(self._text, self._place.at - 1)
        if octal:
            self._place.at = octal.end()
            return chr(int(octal[0], 8))
        if character == "c":
            raise Unreadable("a control character", self._place.at)
        return _ANSI.get(character, character if character in "\\'\"?" else "\\" + character)

    def _backquoted(self, *, quoted: bool) -> None:
        start = self._place.at
        self._take()
        out: list[str] = []
        while (character := self._take()) != "`":
            if not character:
                raise Unreadable("a backquote does not end", start)
            if character == "\\" and self._peek() in ("$", "`", "\\", *('"' if quoted else "")):
                character = self._take()
            out.append(character)
        self._parts.append(Substitution(self._place.within("".join(out), start), quoted))

    # -- dollar --------------------------------------------------------------------------------

    def _dollar(self, *, quoted: bool) -> None:
        start = self._place.at
        if self._peek(3) == "$((":
            body = self._place.arithmetic(start + 3)
            if body is not None:
                self._parts.append(Arithmetic(body, quoted))
                return
        if self._peek(2) == "$(":
            self._take(2)
            self._parts.append(Substitution(self._place.until_closing(")"), quoted))
        elif self._peek(2) == "${":
            self._take(2)
            self._braced(quoted=quoted)
        elif found := _NAME.match(self._text, start + 1):
            self._place.at = found.end()
            self._parts.append(Parameter(found[0], quoted))
        elif self._peek(2) == "$[":
            raise Unreadable("$[...]", start)
        else:
            self._add(self._take(), quoted=True)

    def _braced(self, *, quoted: bool) -> None:
        start = self._place.at
        # ${#} is the number of arguments, ${#name} a length.
        found = re.compile(r"(?P<sign>)(?P<name>#)(?P<index>)(?=\})").match(self._text, start)
        found = found or _BRACED.match(self._text, start)
        if found is None:
            raise Unreadable("what stands in ${...}", start)
        self._place.at = found.end()
        index = found["index"] or ""
        if self._peek() == "}":
            self._take()
            self._parts.append(Parameter(found["name"], quoted, found["sign"], None, index))
            return
        operator = _OPERATOR.match(self._text, self._place.at)
        if operator is None or found["sign"]:
            raise Unreadable("what stands in ${...}", start)
        self._place.at = operator.end()
        argument = self._argument(plain_quotes=quoted and operator[0].lstrip(":") in ("-", "=", "+", "?"))
        self._parts.append(Parameter(found["name"], quoted, operator[0], argument, index))

    def _argument(self, *, plain_quotes: bool) -> Word:
        """What stands behind the operator; with ``plain_quotes``, single quotes are just that."""
        inner = WordReader(self._place, stop=frozenset("}"))
        while (character := inner._peek()) != "}":
            if not character:
                raise Unreadable("a } is missing", self._place.at)
            if plain_quotes and character == "'":
                inner._add(inner._take(), quoted=True)
            else:
                inner._one(character)
        inner._take()
        return inner._finished()
