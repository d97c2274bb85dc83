"""UCL, the language of Rspamd's configuration, as far as hand-written files use it.

Source: the README and parser of vstakhov/libucl.  Read are sections (``name {}``, ``name label {}``),
``key = value;`` with ``=``, ``:`` or nothing between, arrays, both kinds of quotes, bare words, ``#`` and
nested ``/* */`` comments.  Everything else that libucl knows (macros such as ``.include``, ``<<EOD``,
braces or backslashes in bare words) is refused, never guessed at.
"""

from __future__ import annotations

import re
from typing import NoReturn

from msgspec import Struct

from readers import Malformed
from tfparse.cty.values import HOLE, Line, Unknown, Value
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

_KEY = pattern(r'(?P<bare>[A-Za-z0-9_/][A-Za-z0-9_/.-]*)(?=[ \t:=])|"(?P<quoted>[^"\\\n]+)"')
_LABEL = pattern(rf"(?:(?:{_KEY.pattern.replace('?P<bare>', '').replace('?P<quoted>', '')})[ \t]*)+[{{\[]")
_QUOTED = pattern(r""" "(?P<double>(?:[^"\\\n]|\\.)*)" | '(?P<single>(?:[^'\\\n]|\\.)*)' """, re.VERBOSE)
_BARE = pattern(r"""(?:[^{}\[\];,\#\\\n/\s"']|/(?!\*))(?:[^{}\[\];,\#\\\n/]|/(?!\*))*""")
_COMMENT_MARK = pattern(r'/\*|\*/|"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_VARIABLE = pattern(r"\$\{?[A-Z]")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_DEEPEST = 50


class Entry(Struct, frozen=True):
    """``key = value``: a string as written (without quotes and escapes), an array, or a section.

    ``unknown`` where the text has a stretch that is not known, or a variable of the running Rspamd
    (``$DBDIR``); then :attr:`text` raises.  ``$domain`` and ``$selector`` are not UCL's: they stay.
    """

    key: str
    value: Tree
    origin: Origin | None
    unknown: Unknown | None = None

    @property
    def text(self) -> str:
        """The content of a string.

        Raises:
            UnknownValueError: it is not known.
            Malformed: it is no text.
        """
        if self.unknown is not None:
            raise UnknownValueError(self.unknown.reason, self.unknown.origin or self.origin)
        if not isinstance(self.value, str):
            raise Malformed(f'UCL text of "{self.key}"', "a string is wanted here", self.origin)
        return self.value

    @property
    def truth(self) -> bool:
        """The content of a boolean: true, yes, on, false, no or off in any case."""
        found = _TRUTH.get(self.text.lower())
        if found is None:
            raise Malformed(f'UCL text of "{self.key}"', f'"{self.text}" is no boolean', self.origin)
        return found


class Section(Struct, frozen=True):
    """The entries of a section in order, repeated keys included."""

    entries: tuple[Entry, ...]

    def all(self, key: str) -> tuple[Entry, ...]:
        return tuple(e for e in self.entries if e.key == key)

    def only(self, key: str) -> Entry | None:
        """The one entry under ``key``, None where there is none.  Repeated, it would become an array: Malformed."""
        found = self.all(key)
        if len(found) > 1:
            raise Malformed("UCL text", f'"{key}" is set twice', found[1].origin)
        return found[0] if found else None


Tree = str | Section | tuple[Entry, ...]


def read_ucl(text: Value, what: str) -> Section:
    """The top section of a UCL text.

    ``what`` names it in errors.

    Raises:
        Malformed: the text is not in the language above.
        UnknownValueError: an unknown stretch stands anywhere but in a value.
    """
    return _Parser(text, what).top()


class _Parser:
    """Recursive descent over the text; a position tells its line, and the line its origin."""

    def __init__(self, text: Value, what: str) -> None:
        self._lines = text.lines()
        self._what = what
        self._text = "\n".join(line.text for line in self._lines)
        self._at = 0

    # -- grammar ----------------------------------------------------------------------------------

    def top(self) -> Section:
        self._skip()
        if not self._eats("{"):
            return self._section(0)
        section = self._section(1)
        self._skip(" \t\r\v\n;,")
        if self._at < len(self._text):
            self._refuse("there is text behind the closing brace")
        return section

    def _section(self, depth: int) -> Section:
        """Entries up to the closing brace; of the top section (depth 0), up to the end."""
        if depth > _DEEPEST:
            self._refuse("too many nested sections")
        entries: list[Entry] = []
        while True:
            self._skip(" \t\r\v\n;,")
            if depth and self._eats("}"):
                break
            if self._at == len(self._text):
                if depth:
                    self._refuse("a closing brace is missing")
                break
            entries.append(self._entry(depth))
            self._end_of_value()
        return Section(tuple(entries))

    def _entry(self, depth: int) -> Entry:
        """``key value``, or ``key label {}``, which stands for ``key { label {} }``."""
        origin = self._origin()
        key = self._key()
        self._skip(" \t\r\v")
        if self._eats("=") or self._eats(":"):
            self._skip()
        elif _LABEL.match(self._text, self._at):
            return Entry(key, Section((self._entry(depth + 1),)), origin)
        return self._value(key, depth)

    def _key(self) -> str:
        found = _KEY.match(self._text, self._at)
        if found is None:
            self._refuse_here("is no key")
        self._at = found.end()
        return found["bare"] if found["quoted"] is None else found["quoted"]

    def _value(self, key: str, depth: int) -> Entry:
        origin = self._origin()
        if self._eats("{"):
            return Entry(key, self._section(depth + 1), origin)
        if self._eats("["):
            return Entry(key, self._array(depth + 1), origin)
        found = _QUOTED.match(self._text, self._at) or _BARE.match(self._text, self._at)
        if found is None or found[0].startswith("<<"):
            self._refuse_here(f'is no value of "{key}"')
        unknown = self._line().unknown if HOLE in found[0] else None
        if unknown is None and _VARIABLE.search(found[0]) and found[0][0] != "'":
            unknown = Unknown(f"{found[0]} has a variable that is set when Rspamd runs")
        self._at = found.end()
        return Entry(key, _content(found), origin, unknown)

    def _array(self, depth: int) -> tuple[Entry, ...]:
        if depth > _DEEPEST:
            self._refuse("too many nested sections")
        elements: list[Entry] = []
        while True:
            self._skip(" \t\r\v\n,;")
            if self._eats("]"):
                return tuple(elements)
            if self._at == len(self._text):
                self._refuse("a closing bracket is missing")
            elements.append(self._value(str(len(elements)), depth))
            self._end_of_value()

    # -- characters -------------------------------------------------------------------------------

    def _skip(self, characters: str = " \t\r\v\n") -> bool:
        """Skips these characters, and comments.  True if there was a comment, which separates entries."""
        commented = False
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at, commented = len(self._text) if end < 0 else end, True
            elif self._text.startswith("/*", self._at):
                self._at, commented = self._comment_end(), True
            elif self._text[self._at] in characters:
                self._at += 1
            else:
                break
        return commented

    def _comment_end(self) -> int:
        """Block comments nest, and a quoted string in one hides what it holds."""
        depth = 0
        for found in _COMMENT_MARK.finditer(self._text, self._at):
            depth += {"/*": 1, "*/": -1}.get(found[0], 0)
            if depth == 0:
                return found.end()
        self._refuse("unfinished multiline comment")

    def _end_of_value(self) -> None:
        closed = self._text[self._at - 1] in "}]"
        commented = self._skip(" \t\r\v")
        if not (closed or commented or self._text[self._at : self._at + 1] in ("", *"\n;,}]")):
            self._refuse_here("stands where a delimiter is missing")

    def _eats(self, character: str) -> bool:
        eaten = self._text.startswith(character, self._at)
        self._at += eaten
        return eaten

    def _line(self) -> Line:
        return self._lines[self._text.count("\n", 0, self._at)] if self._lines else Line("", None, None)

    def _origin(self) -> Origin | None:
        return self._line().origin

    def _refuse_here(self, problem: str) -> NoReturn:
        """An error about what stands here; on a line that is not wholly known it may be none."""
        unknown = self._line().unknown
        if unknown is not None:
            raise UnknownValueError(unknown.reason, unknown.origin or self._origin())
        # Whole words: a piece of one would not be known for the secret that it may be a piece of.
        here = " ".join(self._text[self._at :].partition("\n")[0].split()[:3])
        self._refuse(f"something {problem}" if self._line().secret else f'"{here}" {problem}')

    def _refuse(self, problem: str) -> NoReturn:
        raise Malformed(self._what, problem, self._origin())


def _content(found: re.Match[str]) -> str:
    if found.lastgroup is None:  # bare: there are no quotes
        return found[0].rstrip(" \t\r\v")
    if found["single"] is not None:
        return found["single"].replace("\\'", "'")
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), found["double"])
