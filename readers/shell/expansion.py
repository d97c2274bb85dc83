"""From words of a script to the fields that a command is given.

The order is bash's: braces, then parameters, substitutions and arithmetic, then splitting, then names of files (which
stay patterns here).  Source: EXPANSION in bash(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NoReturn

from msgspec import Struct

from readers.shell.arithmetic import evaluate
from readers.shell.leave import Leave
from readers.shell.state import State
from readers.shell.syntax import Arithmetic, Literal, Parameter, Part, Substitution, Word
from readers.shell.text import MANY, ONE, STAR, as_text, glob, is_known
from tfparse.cty.numbers import whole
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_MOST_WORDS = 1000
"""What braces may make of one word."""
_MOST_DIGITS = 18
_BRACE = pattern(r"\{([^{}]*)\}")


class _Piece(Struct, frozen=True):
    """``kind`` is "quoted", "literal" (not split) or "filled" (split and matched)."""

    text: str
    kind: str


class Expander:
    """Fills in words with what a state holds.  ``run`` runs a substitution and gives what it prints."""

    def __init__(self, state: State, run: Callable[[Substitution], str], maybe: Callable[[Word], str]) -> None:
        self._state = state
        self._run = run
        self._maybe = maybe
        self.has_run = False
        """Whether a substitution was filled in: how it ended is then how the assignment did that it stands in."""

    def fields(self, words: tuple[Word, ...]) -> list[str]:
        """The fields of words, in order."""
        return [field for word in words for single in _braces(word) for field in self._fields(single)]

    def text(self, word: Word) -> str:
        """A word as one text, as in an assignment: neither split nor matched."""
        return "".join(as_text(piece.text) if piece.kind == "filled" else piece.text for piece in self._pieces(word))

    def pattern(self, word: Word) -> str | None:
        """A regular expression for a word that is a pattern; None where it is not known."""
        pieces = list(self._pieces(word))
        if not all(is_known(piece.text) for piece in pieces):
            return None
        made = "".join(re.escape(piece.text) if piece.kind == "quoted" else glob(piece.text) for piece in pieces)
        return made if made.count(".*") <= 3 else None

    def _fields(self, word: Word) -> list[str]:
        fields: list[str] = []
        current: str | None = None
        for index, part in enumerate(word.parts):
            several = self._several(part) if isinstance(part, Parameter) else None
            if several is not None:
                if several and word.parts[:index] != (Literal("", True),):
                    several = [(current or "") + several[0], *several[1:]]
                fields, current = [*fields, *several[:-1]], (several[-1] if several else current or None)
                continue
            piece = self._piece(part, first=index == 0)
            if piece.kind == "quoted":
                current = (current or "") + piece.text
            elif piece.kind == "literal":
                current = (current or "") + _matched(piece.text)
            else:
                current = self._split(piece.text, current, fields)
        return fields if current is None else [*fields, current]

    def _split(self, text: str, current: str | None, fields: list[str]) -> str | None:
        """Split what was filled in: all but the last field go to ``fields``."""
        separators = self._state.text_of("IFS")
        if separators is None:
            separators = " \t\n"
        if not is_known(separators):
            return (current or "") + MANY
        text = _matched(text.replace(HOLE, MANY))  # a WORD is neither split nor matched
        if not separators:
            return (current or "") + text if text or current is not None else None
        if set(separators) - set(" \t\n") and set(separators) & set(text):
            return (current or "") + MANY
        split = re.split(f"[{re.escape(separators)}]+", text)
        for index, piece in enumerate(split):
            if index and current is not None:
                fields.append(current)
                current = None
            current = (current or "") + piece if piece or current is not None else None
        return current

    def _several(self, part: Parameter) -> list[str] | None:
        """The fields of ``"$@"`` and ``"${array[@]}"``; None of any other."""
        if not part.quoted or part.operator:
            return None
        if part.name == "@":
            return list(self._state.arguments)
        content = self._state.variables.get(part.name)
        if part.index == "@" and part.name in self._state.variables:
            return list(content) if isinstance(content, tuple) else [MANY if content in (None, HOLE) else content or ""]
        return None if part.index != "@" else [MANY]

    # -- pieces --------------------------------------------------------------------------------

    def _pieces(self, word: Word) -> Iterator[_Piece]:
        for index, part in enumerate(word.parts):
            yield self._piece(part, first=index == 0)

    def _piece(self, part: Part, *, first: bool) -> _Piece:
        if not isinstance(part, Literal):
            return _Piece(self._filled(part), "quoted" if part.quoted else "filled")
        text = part.text
        if first and not part.quoted and re.match(r"~(?=/|$)", text):
            text = (self._state.text_of("HOME") or HOLE) + text[1:]
        return _Piece(text, "quoted" if part.quoted else "literal")

    def _filled(self, part: Part) -> str:
        if isinstance(part, Substitution):
            self.has_run = True
            return self._run(part)
        if isinstance(part, Arithmetic):
            return evaluate(self.text(part.expression), self._state)
        assert isinstance(part, Parameter)
        return self._parameter(part)

    def _parameter(self, part: Parameter) -> str:
        value = self._value(part)
        operator, argument = part.operator, part.argument
        if operator == "#" and part.index:
            content = self._state.variables.get(part.name)
            return str(len(content)) if isinstance(content, tuple) else HOLE
        if argument is None:
            return self._plain(value, operator)
        test = operator.lstrip(":")
        if test in ("-", "=", "+", "?") and operator != "":
            return self._default(part, value, test, argument)
        return self._edited(value, operator, argument)

    def _plain(self, value: str | None, operator: str) -> str:
        """``$name`` and ``${#name}``; ``set -u`` ends the shell at one that is not set."""
        if value is None and "nounset" in self._state.options:
            self._ends()
        if not operator:
            return value or ""
        return str(len(value or "")) if operator == "#" and is_known(value or "") else HOLE

    def _ends(self) -> NoReturn:
        self._state.status = False
        raise Leave("exit")

    def _value(self, part: Parameter) -> str | None:
        """What a name stands for; None where it is certainly not set."""
        state, name = self._state, part.name
        if part.index and part.index not in ("@", "*"):
            content = state.variables.get(name)
            known = isinstance(content, tuple) and part.index.isdecimal() and int(part.index) < len(content)
            return content[int(part.index)] if known and isinstance(content, tuple) else HOLE
        if part.index or name in ("@", "*"):
            content = state.arguments if name in ("@", "*") else state.variables.get(name, HOLE)
            return " ".join(content) if isinstance(content, tuple) else content
        if name.isdecimal():
            number = whole(name)
            if MANY in "".join(state.arguments[:number]) or not number:
                return HOLE
            return state.arguments[number - 1] if number <= len(state.arguments) else None
        if name == "#":
            return HOLE if MANY in "".join(state.arguments) else str(len(state.arguments))
        if name == "?":
            return "0" if state.status else HOLE
        return HOLE if name in "$!-" else state.value_of(name)

    def _default(self, part: Parameter, value: str | None, test: str, argument: Word) -> str:
        """``${name:-word}`` and its kin."""
        empty_counts = part.operator.startswith(":")
        if value is None or is_known(value) or (as_text(value).strip(HOLE) and not empty_counts):
            unset = value is None or (empty_counts and not value)
        else:
            other = self._maybe(argument)
            if test == "=":
                self._state.variables[part.name] = HOLE
            return value if value == other else HOLE
        if test == "+":
            return "" if unset else self.text(argument)
        if value is not None and not unset:
            return value
        if test == "?":
            self._ends()
        filled = self.text(argument)
        if test == "=":
            self._state.variables[part.name] = filled
        return filled

    def _edited(self, value: str | None, operator: str, argument: Word) -> str:
        """``${name#pattern}`` and its kin, ``${name/pattern/text}``; what is not worked out is unknown."""
        wanted = self.pattern(argument)
        if value is None:
            return self._plain(None, "")
        if not is_known(value) or wanted is None:
            return HOLE
        if operator in ("#", "##"):
            ends = [i for i in range(len(value) + 1) if re.fullmatch(wanted, value[:i], re.DOTALL)]
            return value[(ends[0] if operator == "#" else ends[-1]) :] if ends else value
        if operator in ("%", "%%"):
            starts = [i for i in range(len(value) + 1) if re.fullmatch(wanted, value[i:], re.DOTALL)]
            return value[: (starts[-1] if operator == "%" else starts[0])] if starts else value
        return HOLE


def _matched(text: str) -> str:
    """The text with marks for what stands for names of files."""
    if not re.search(r"[*?]|\[.+\]", text):
        return text
    text = re.sub(r"\[[^]/]+\]|\?", ONE, text)
    return re.sub(r"\*+", STAR, text)


class _TooMany(Exception):
    """Braces that make more words than are looked at."""


def _braces(word: Word) -> list[Word]:
    """A word for each alternative of its braces.  Only braces within one stretch of text count."""
    try:
        return _alternatives_of(word, 1)
    except _TooMany:
        return [_anything(word)]


def _anything(word: Word) -> Word:
    """A word of which is known only what runs within it."""
    return Word((*(part for part in word.parts if not isinstance(part, Literal)), Literal(MANY, True)))


def _alternatives_of(word: Word, beside: int) -> list[Word]:
    """As :func:`_braces`; ``beside`` are the words that its other braces make.

    Raises:
        _TooMany: there are more than are gone through.
    """
    for at, part in enumerate(word.parts):
        if isinstance(part, Literal) and not part.quoted:
            for found in _BRACE.finditer(part.text):
                inner = _alternatives(found[1])
                if inner is not None:
                    beside *= len(inner)
                    if beside > _MOST_WORDS:
                        raise _TooMany
                    before, after = part.text[: found.start()], part.text[found.end() :]
                    made = [
                        Word((*word.parts[:at], Literal(before + one + after, False), *word.parts[at + 1 :]))
                        for one in inner
                    ]
                    return [single for one in made for single in _alternatives_of(one, beside)]
            if "{" in part.text and "}" not in part.text:
                return _across(word, at)
    return [word]


def _alternatives(text: str) -> list[str] | None:
    """What stands between braces, one by one; None where they are no such braces.

    Raises:
        _TooMany: there are more than are gone through.
    """
    span = re.fullmatch(r"(-?\d+)\.\.(-?\d+)", text, re.ASCII)
    if span is None:
        return text.split(",") if "," in text else None
    if max(map(len, span.groups())) > _MOST_DIGITS:
        raise _TooMany
    first, last = int(span[1]), int(span[2])
    if abs(last - first) >= _MOST_WORDS:
        raise _TooMany
    step = 1 if first <= last else -1
    # One that begins with a zero has all of them as long as the longest.
    width = max(map(len, span.groups())) if re.search(r"(^|\.)-?0\d", text) else 0
    return [f"{number:0{width}d}" for number in range(first, last + step, step)]


def _across(word: Word, at: int) -> list[Word]:
    """Braces with something filled in between them: what comes of it is not known."""
    texts = [part.text for part in word.parts[at:] if isinstance(part, Literal) and not part.quoted]
    if not any("}" in text for text in texts[1:]) or not any("," in text for text in texts):
        return [word]
    return [_anything(word)]
