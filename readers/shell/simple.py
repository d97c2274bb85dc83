"""Simple commands: words, assignments and redirections.

Source: "Simple Commands" and REDIRECTION in bash(1).
"""

from __future__ import annotations

import re

from readers.shell.scanner import Scanner
from readers.shell.syntax import Assignment, Literal, Redirect, Simple, Unreadable, Word
from readers.shell.words import METACHARACTERS, WordReader
from tfparse.cty.numbers import whole
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_REDIRECT = pattern(r"(?P<fd>\d*)(?P<operator><<<|<<-?|<>|<&|>>|>&|>\||<(?!\()|>(?!\()|&>>|&>)")
_ASSIGNMENT = pattern(r"(?P<name>[A-Za-z_]\w*)(?:\[(?P<index>[^]\s]*)\])?(?P<append>\+?)=", re.ASCII)
_DECLARING = frozenset(["declare", "typeset", "local", "export", "readonly"])


class SimpleCommands(Scanner):
    """Reads simple commands."""

    def words(self) -> tuple[Word, ...]:
        words = []
        self.blanks()
        while self.peek() and self.peek() not in METACHARACTERS:
            words.append(self.word())
            self.blanks()
        return tuple(words)

    def word(self) -> Word:
        before = self.at
        found = WordReader(self).word()
        if self.at == before:
            raise Unreadable(f"an unexpected {self.peek() or 'end'}", self.at)
        return found

    def simple(self) -> Simple:
        start = end = self.at
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            self.blanks()
            if redirect := self._redirect():
                redirects.append(redirect)
            elif (found := _ASSIGNMENT.match(self.text, self.at)) and not words:
                assignments.append(self._assignment(found))
            elif not self.peek() or self.peek() in METACHARACTERS - {"<", ">"}:
                break
            else:
                words.append(self._argument(words))
            end = self.at
        if not (assignments or words or redirects):
            raise Unreadable(f"an unexpected {self.peek() or 'end'}", self.at)
        return Simple(start, end, tuple(assignments), tuple(words), tuple(redirects))

    def _argument(self, words: list[Word]) -> Word:
        """A word; that of a declaration may hold an array, whose elements are then one text with an unknown end."""
        found = _ASSIGNMENT.match(self.text, self.at)
        if found and self.text[found.end() : found.end() + 1] == "(" and words and words[0].literal in _DECLARING:
            array = self._assignment(found)
            elements = array.value if isinstance(array.value, tuple) else ()
            parts = [part for word in elements for part in word.parts]
            return Word((Literal(found[0], True), *parts, Literal(HOLE, True)))
        return self.word()

    def _assignment(self, found: re.Match[str]) -> Assignment:
        self.at = found.end()
        value: Word | tuple[Word, ...] = Word(())
        if found["append"] or found["index"]:
            self.bash("+= or an array")
        if self.peek() == "(" and self.bash("an array"):
            self.at += 1
            self.newlines()
            elements: list[Word] = []
            while self.peek() != ")":
                elements.append(self.word())
                self.newlines()
            self.at += 1
            value = tuple(elements)
        elif self.peek() and self.peek() not in METACHARACTERS:
            value = self.word()
        return Assignment(found["name"], value, bool(found["append"]), found["index"] or "")

    def redirects(self) -> tuple[Redirect, ...]:
        found = []
        self.blanks()
        while redirect := self._redirect():
            found.append(redirect)
            self.blanks()
        return tuple(found)

    def _redirect(self) -> Redirect | None:
        found = _REDIRECT.match(self.text, self.at)
        if found is None:
            return None
        operator, start = found["operator"], self.at
        if operator in ("<<<", "&>", "&>>"):
            self.bash(operator)
        self.at = found.end()
        self.blanks()
        redirect = Redirect(whole(found["fd"]) if found["fd"] else None, operator, self.word(), start)
        if operator in ("<<", "<<-"):
            delimiter = redirect.target
            quoted = any(not isinstance(part, Literal) or part.quoted for part in delimiter.parts)
            if not all(isinstance(part, Literal) for part in delimiter.parts):
                raise Unreadable("a here-document's end", self.at)
            end = "".join(part.text for part in delimiter.parts if isinstance(part, Literal))
            self._awaited.append((redirect, end, quoted, operator == "<<-"))
        return redirect
