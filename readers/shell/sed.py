"""sed(1): what its commands do to lines that are known, and which they could change of those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from readers.shell.regex import as_python, as_replacement, beginning
from tfparse.cty.numbers import whole
from tfparse.patterns import pattern

_LONGEST = 400
"""Characters of a line that is looked at."""
_FLAGS = pattern(r"[gpiI0-9]*")
_MODIFIERS = pattern(r"(?P<fold>I?)[ \t]*(?P<negated>!*)[ \t]*")
_ENDS = ("", ";", "\n", " ", "}", "#")
"""What may stand behind a command."""

_BEHIND_NAMES = pattern(r"[= ,]|\\s|\\?\$[\w({]")
"""How an expression begins that matches only behind the word with which a line begins."""


class Edit(Struct, frozen=True):
    """One command: for lines that match ``address`` (all, where there is none), ``function`` (s, d, p, a, i, c, or {).

    ``place`` is an address by number, ``fold`` says that an address is matched in any case, ``negated`` that it is for
    the lines that do not match; ``pattern``, ``text`` and ``flags`` are those of ``s``, ``text`` that of a, i and c;
    ``inner`` are the commands in a block.
    """

    address: str | None
    place: str | None
    function: str
    pattern: str = ""
    text: str = ""
    flags: str = ""
    fold: bool = False
    negated: bool = False
    inner: tuple[Edit, ...] = ()


class _Line(Struct):
    """A line on its way through a script, and what is printed before and after it."""

    text: str
    number: int
    last: bool
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Script(Struct, frozen=True):
    edits: tuple[Edit, ...]
    extended: bool
    quiet: bool

    def applied(self, lines: Sequence[str]) -> list[str] | None:
        """The lines that come out; None where that is not known here."""
        out: list[str] = []
        for at, line in enumerate(lines):
            made = self._line(_Line(line, at + 1, at + 1 == len(lines)))
            if made is None:
                return None
            out += made
        return out

    @property
    def commands(self) -> tuple[Edit, ...]:
        """Its commands, those in blocks too."""
        return tuple(edit for edit, _ in _flat(self.edits, None))

    @property
    def by_place(self) -> bool:
        """Whether it matters where in its file a line stands."""
        return any(edit.place for edit in _with_blocks(self.edits))

    def _line(self, line: _Line) -> list[str] | None:
        if len(line.text) > _LONGEST:
            return None
        goes_on = self._run(self.edits, line)
        if goes_on is None:
            return None
        kept = line.text.split("\n") if goes_on and not self.quiet else []
        return [*line.before, *kept, *line.after]

    def _run(self, edits: Sequence[Edit], line: _Line) -> bool | None:
        """Whether the line goes on behind some commands; None where that is not known."""
        for edit in edits:
            matched = self._matches(edit, line.text, line.number, line.last)
            goes_on = self._one(edit, line) if matched else True if matched is False else None
            if not goes_on:
                return goes_on
        return True

    def _one(self, edit: Edit, line: _Line) -> bool | None:
        """Likewise behind one command that the line is for."""
        match edit.function:
            case "{":
                return self._run(edit.inner, line)
            case "d":
                return False
            case "c":
                line.before.append(edit.text)
                return False
            case "p":
                line.before += line.text.split("\n")
            case "a":
                line.after.append(edit.text)
            case "i":
                line.before.append(edit.text)
            case _:
                made = self._substituted(edit, line.text)
                if made is None:
                    return None
                line.before += [made] if "p" in edit.flags and made != line.text else []
                line.text = made
        return True

    def _matches(self, edit: Edit, line: str, number: int, last: bool) -> bool | None:
        if edit.place is not None:
            return (last if edit.place == "$" else whole(edit.place) == number) != edit.negated
        if edit.address is None:
            return not edit.negated
        pattern = as_python(edit.address, extended=self.extended)
        flags = re.IGNORECASE if edit.fold else 0
        return None if pattern is None else (re.search(pattern, line, flags) is not None) != edit.negated

    def _substituted(self, edit: Edit, line: str) -> str | None:
        pattern = as_python(edit.pattern, extended=self.extended)
        replacement = as_replacement(edit.text)
        number = "".join(character for character in edit.flags if character.isdecimal())
        if pattern is None or replacement is None or (number and ("g" in edit.flags or not pattern.strip("^$"))):
            return None
        flags = re.IGNORECASE if set(edit.flags) & set("iI") else 0
        try:
            if number:
                found = list(re.finditer(pattern, line, flags))[int(number[:3]) - 1 : int(number[:3])]
                made = (line[: one.start()] + one.expand(replacement) + line[one.end() :] for one in found)
                return "".join(made) or line
            return re.sub(pattern, replacement, line, count=0 if "g" in edit.flags else 1, flags=flags)
        except re.error:
            return None

    def beginnings(self) -> list[tuple[str, bool]] | None:
        """How lines begin that it changes or makes, and whether a name ends there; None where they may begin with
        anything."""
        found: list[tuple[str, bool]] = []
        for edit, matched in _flat(self.edits, None):
            if edit.function == "p":
                continue
            one = None if matched is None else beginning(matched, extended=self.extended)
            if one is None:
                return None
            found.append(one)
            found += _begins(edit)
        return found

    def keeps_beginnings(self, words: Sequence[str]) -> bool:
        """Whether each line that it leaves begins as it did, be it one of a text that is known or with one of some
        ``words``."""
        return all(edit.function in "dp" or _keeps_beginning(edit, words) for edit in self.commands)

    def may_make(self, word: str, own: Sequence[str], is_known: Callable[[str], bool]) -> bool:
        """Whether it may make a line that begins with a word of another line.

        Not of one whose word ``is_known``: what becomes of that is seen by itself; nor one like those that it made of
        the word's ``own`` line.
        """
        for edit, matched in _flat(self.edits, None):
            source = None if matched is None else beginning(matched, extended=self.extended)
            begun = re.match(r"[^\s=]*", source[0]) if source is not None and source[1] else None
            if edit.function in "dp" or edit.text in own or (begun and is_known(begun[0])):
                continue
            if edit.function == "s" and not edit.pattern.startswith("^"):
                if not _BEHIND_NAMES.match(edit.pattern) and _may_hold(edit.text, word):
                    return True
                continue
            made = _begins(edit)
            if edit.text.startswith("\\") and source is not None:
                made = [*made, (source[0], False)]
            if any(_compatible(text, ends, word) for text, ends in made):
                return True
        return False


def _keeps_beginning(edit: Edit, words: Sequence[str]) -> bool:
    literal = re.fullmatch(r"[\w-]+", edit.pattern) is not None
    elsewhere = literal and not any(edit.pattern.lower() in word.lower() for word in words)
    begun = re.match(r"[\w-]+[ =]", edit.pattern)
    again = begun is not None and edit.text.startswith(begun[0]) and "|" not in edit.pattern
    kept = elsewhere or again or _BEHIND_NAMES.match(edit.pattern) is not None
    return edit.function == "s" and kept and not re.search(r"\n|\\n", edit.text)


def _with_blocks(edits: Sequence[Edit]) -> Iterator[Edit]:
    for edit in edits:
        yield edit
        yield from _with_blocks(edit.inner)


def _flat(edits: Sequence[Edit], outer: str | None) -> Iterator[tuple[Edit, str | None]]:
    """The commands, each with an expression that fits all lines that it is for; None where they may be any."""
    for edit in edits:
        own = None if edit.negated or edit.fold else edit.address
        if edit.function == "{":
            yield from _flat(edit.inner, own or outer)
        else:
            substituted = None if set(edit.flags) & set("iI") else edit.pattern or None
            yield edit, own or outer or substituted


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


# -- reading a script -----------------------------------------------------------------------------


def read(text: str, *, extended: bool, quiet: bool) -> Script | None:
    """The commands of a script; None where one is not known here."""
    found = _edits(text, 0, "")
    return None if found is None else Script(found[0], extended, quiet)


def _edits(text: str, at: int, closing: str) -> tuple[tuple[Edit, ...], int] | None:
    """The commands from a place on, up to the end or to what closes their block, and where they end."""
    edits: list[Edit] = []
    while at < len(text):
        if text[at] in " \t\n;":
            at += 1
        elif text[at] == "#" and not text.startswith("#n\n"):
            at = (text + "\n").index("\n", at)
        elif text[at] == closing:
            return tuple(edits), at + 1
        else:
            found = _edit(text, at)
            if found is None:
                return None
            edit, at = found
            edits.append(edit)
    return None if closing else (tuple(edits), at)


def _edit(text: str, at: int) -> tuple[Edit, int] | None:
    address = place = None
    if number := re.compile(r"\d+|\$").match(text, at):
        place, at = number[0], number.end()
    elif text[at] == "/" or text[at] == "\\":
        start = at + 1 if text[at] == "/" else at + 2
        one = _delimited(text, start, text[start - 1 : start])
        if one is None or not one[0]:
            return None
        address, at = one
    modifiers = _MODIFIERS.match(text, at)
    assert modifiers is not None  # it fits nothing, too
    if (modifiers["fold"] and address is None) or len(modifiers["negated"]) > 1:
        return None
    found = _function(text, modifiers.end())
    if found is None:
        return None
    edit, at = found
    fold, negated = bool(modifiers["fold"]), bool(modifiers["negated"])
    return replace(edit, address=address, place=place, fold=fold, negated=negated), at


def _function(text: str, at: int) -> tuple[Edit, int] | None:
    """A command without its address."""
    function = text[at : at + 1]
    if function == "{":
        inner = _edits(text, at + 1, "}")
        return None if inner is None else (Edit(None, None, "{", inner=inner[0]), inner[1])
    if function == "s":
        return _substitution(text, at)
    if function in ("a", "i", "c"):
        start = re.compile(r"[ \t]*(\\\n?)?").match(text, at + 1)
        assert start is not None  # it fits nothing, too
        end = (text + "\n").index("\n", start.end())
        given = text[start.end() : end] if start[1] else text[start.end() : end].lstrip(" \t")
        return None if "\\" in given or not given else (Edit(None, None, function, "", given), end)
    if function in ("d", "p") and text[at + 1 : at + 2] in _ENDS:
        return Edit(None, None, function), at + 1
    return None


def _substitution(text: str, at: int) -> tuple[Edit, int] | None:
    delimiter = text[at + 1 : at + 2]
    first = _delimited(text, at + 2, delimiter) if delimiter and delimiter not in "\\\n" else None
    second = _delimited(text, first[1], delimiter) if first else None
    if first is None or second is None:
        return None
    flags = _FLAGS.match(text, second[1])
    end = flags.end() if flags else second[1]
    rest = text[end : end + 1]
    if rest not in _ENDS or not first[0]:
        return None
    return Edit(None, None, "s", first[0], second[0], flags[0] if flags else ""), end


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
