"""The text of a script, and where in it a parser stands: blanks, lines, reserved words and here-documents.

Source: "SHELL GRAMMAR" and "Here Documents" in bash(1).
"""

from __future__ import annotations

import re

from readers.shell.syntax import Redirect, Sequence, Unreadable, Word
from readers.shell.words import METACHARACTERS, WordReader

_RESERVED = frozenset(
    ["!", "[[", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select",
     "then", "time", "until", "while", "{", "}"]
)  # fmt: skip
_DEEPEST = 60


class Scanner:
    """``at`` is the position; ``dialect`` is "bash" or "sh" (dash, which refuses what only bash has)."""

    def __init__(self, text: str, dialect: str = "bash", depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.dialect = dialect
        self.depth = depth
        self._awaited: list[tuple[Redirect, str, bool, bool]] = []

    def within(self, text: str, at: int) -> Sequence:
        """The commands of a text that stands at a place of this one."""
        raise NotImplementedError

    def until_closing(self, closing: str) -> Sequence:
        """The commands up to a closing parenthesis, which is taken too."""
        raise NotImplementedError

    def bash(self, what: str) -> bool:
        """True; raises where the dialect does not know ``what``."""
        if self.dialect != "bash":
            raise Unreadable(f"{what} is bash's", self.at)
        return True

    def arithmetic(self, at: int) -> Word | None:
        """The expression up to ``))`` from an offset on; None where parentheses say that it is none."""
        level, end = 0, at
        while end < len(self.text):
            character = self.text[end]
            if character == ")" and level == 0:
                if self.text[end + 1 : end + 2] != ")":
                    return None
                inner = type(self)(self.text[at:end], self.dialect, self.deeper())
                self.at = end + 2
                return WordReader(inner).here_document()
            level += (character == "(") - (character == ")")
            end += 1
        return None

    def deeper(self) -> int:
        """The depth of what stands within this.

        Raises:
            Unreadable: that is too deep.
        """
        if self.depth >= _DEEPEST:
            raise Unreadable("too deep", self.at)
        return self.depth + 1

    # -- position ------------------------------------------------------------------------------

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def blanks(self) -> None:
        while True:
            if self.peek() in (" ", "\t"):
                self.at += 1
            elif self.peek(2) == "\\\n":
                self.at += 2
            else:
                break
        if self.peek() == "#":
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else len(self.text)

    def newline(self) -> None:
        """Take a line's end, and the here-documents that begin on the next one."""
        self.at += 1
        awaited, self._awaited = self._awaited, []
        for redirect, delimiter, quoted, tabs in awaited:
            redirect.target, redirect.end = self._document(delimiter, quoted, tabs), self.at

    def newlines(self) -> None:
        self.blanks()
        while self.peek() == "\n":
            self.newline()
            self.blanks()

    def _document(self, delimiter: str, quoted: bool, tabs: bool) -> Word:
        lines: list[str] = []
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = end if end >= 0 else len(self.text)
            line, self.at = self.text[self.at : end], min(end + 1, len(self.text))
            line = line.lstrip("\t") if tabs else line
            continued = not quoted and lines and (len(lines[-1]) - len(lines[-1].rstrip("\\"))) % 2
            if line == delimiter and not continued:
                break
            lines.append(line)
        else:
            raise Unreadable("a here-document does not end", self.at)
        body = "".join(f"{line}\n" for line in lines)
        if quoted:
            return WordReader(type(self)("'" + body.replace("'", "'\\''") + "'")).word()
        return WordReader(type(self)(body, self.dialect, self.deeper())).here_document()

    def reserved(self) -> str:
        """The reserved word that stands here; empty where none does."""
        found = re.compile(r"[a-z]+|[!{}]|\[\[").match(self.text, self.at)
        if found is None or found[0] not in _RESERVED:
            return ""
        after = self.text[found.end() : found.end() + 1]
        return found[0] if not after or after in METACHARACTERS or self.text.startswith("\\\n", found.end()) else ""

    def expect(self, word: str) -> None:
        self.newlines()
        there = self.peek() if word == ")" else self.reserved()
        if there != word:
            raise Unreadable(f"{word} is missing", self.at)
        self.at += len(word)
