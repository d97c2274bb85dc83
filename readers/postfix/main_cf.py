"""Postfix's main.cf, as Postfix itself reads it.

Sources: postconf(5), "the general format of the main.cf file"; Postfix's own ``readllines``,
``split_nameval``, ``mac_parse``, ``mac_expand`` and ``conv_time``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from readers import Malformed, Missing
from readers.account import Setting
from readers.shell.facts import BEFORE, Facts
from tfparse.cty.identity import kept_by_text
from tfparse.cty.numbers import whole
from tfparse.cty.types import STRING
from tfparse.cty.values import HOLE, SECRET, Line, Unknown, Value, string, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import IgnoredPath
from tfparse.patterns import pattern

SPACE = " \t\r\n\v\f"
"""What C's ``isspace`` calls white space; Python's ``str.strip`` alone would strip more."""

_NAME_VALUE = pattern(rf"(?P<name>[^={SPACE}]+)[{SPACE}]*=(?P<value>.*)", re.DOTALL)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_COMPARISON: dict[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">=": ge, ">": gt}
_INT_MAX = 2**31 - 1
_MOST_KEPT = 8
"""Texts of which it is kept what they say: each parameter is asked for by itself."""
_MOST_TEXTS = 10_000
"""Of a parameter and of the references in it, how many are expanded: each may hold two others."""


class LogicalLine(Struct, frozen=True):
    """A line with its continuation lines, joined as Postfix joins them.

    ``origin`` is the place of its first physical line.  ``open`` where an unknown stretch stands alone on
    one of its lines or at its very start: whole logical lines could hide in there.
    """

    text: str
    origin: Origin | None
    unknown: Unknown | None
    open: bool
    secret: bool = False


class Assignment(Struct, frozen=True):
    """``name = text``: the value unexpanded, as ``postconf -n`` shows it, with HOLE for unknown stretches.

    ``name`` is None where an unknown stretch could assign any parameter.
    """

    name: str | None
    text: str
    origin: Origin | None
    unknown: Unknown | None = None
    secret: bool = False

    @property
    def value(self) -> Value:
        """The text as a value; it is unknown as a whole where a stretch of it is."""
        if self.unknown is None:
            return string(self.text, self.origin).marked(SECRET * self.secret)
        return unknown(self.unknown.reason, self.unknown.origin or self.origin, STRING).marked(SECRET * self.secret)


class MainCf(Struct, frozen=True):
    """The assignments of a main.cf text, in order.

    docker-mailserver appends this text to its own main.cf and lets ``postconf -n`` merge the two.  So
    whatever is assigned here wins, and what is not assigned here may still be set there: it is None
    or unknown, never "Postfix's default".  ``text`` is what they were read from; ``changes`` are made afterwards,
    by a start-up script, and win (keys: parameters).  ``ignored`` is the ``ignore_changes`` entry that covers the text,
    ``secret_changes`` tells whether what the script says is sensitive.  ``ahead`` is assigned before the text.
    """

    assignments: tuple[Assignment, ...]
    text: Value
    changes: Facts = field(default_factory=Facts)
    ignored: IgnoredPath | None = None
    secret_changes: bool = False
    ahead: tuple[Assignment, ...] = ()

    @property
    def unchanged(self) -> MainCf:
        """What the text alone says."""
        return replace(self, changes=Facts(), ahead=())

    def parameter(self, name: str) -> Setting | None:
        """The setting of ``name``; None where neither the text nor what stands ahead of it assigns it, or could."""
        history = [a for a in (*self.ahead, *self.assignments) if a.name is None or a.name == name]
        change = self.changes.of(name)
        if change is not None and change.by is not BEFORE:
            if change.text is None and (change.sure or not history):
                return None
            settled = change.sure and HOLE not in (change.text or "")
            text = (change.text or "") if settled else HOLE
            history.append(Assignment(name, text, change.by.origin, None if settled else change.by))
        if not history:
            return None
        last = history[-1]
        ours = last in self.assignments
        value = last.value.marked(SECRET * (self.secret_changes and not ours))
        return Setting(name, value, "", last.origin, self.ignored if ours else None)

    def required(self, name: str) -> Setting:
        """The setting of ``name`` with its references expanded.

        Raises:
            Missing: nothing assigns it.
        """
        found = self.parameter(name)
        if found is None:
            change = self.changes.of(name)
            last = self.assignments[-1].origin if self.assignments else None
            taken = change is not None and change.text is None and change.by is not BEFORE
            last = change.by.origin if change is not None and taken else last
            names = [assignment.name for assignment in self.assignments if assignment.name is not None]
            raise Missing(f"assignment of {name}", "main.cf", last, (name, names))
        if found.value.is_unknown:
            return found
        expanded = string(self.expand(name) or "", found.origin).marked(found.value.marks)
        return replace(found, value=expanded)

    def names(self) -> tuple[str, ...]:
        """The parameters that are certainly assigned, in order of first assignment."""
        return tuple(dict.fromkeys(a.name for a in (*self.ahead, *self.assignments) if a.name is not None))

    @property
    def is_whole(self) -> bool:
        """Whether what stands ahead is known too: then a parameter that nothing assigns has no line."""
        return bool(self.ahead) and all(a.name is not None for a in (*self.ahead, *self.assignments))

    def expand(self, name: str) -> str | None:
        """The value of ``name`` with ``$name`` and ``${name?yes}`` expanded, as ``postconf -x`` shows it.

        None where it is not assigned.

        Raises:
            UnknownValueError: the value is not known, or refers to a parameter that this text does not assign.
            Malformed: Postfix refuses a reference in it.
        """
        setting = self.parameter(name)
        return None if setting is None else self.expand_text(setting.text, setting.origin)

    def expand_text(self, text: str, origin: Origin | None = None) -> str:
        """Any text with its references to parameters expanded; raises as :meth:`expand` does."""
        return _Expansion(self, origin).expand(text, 0)


@kept_by_text(_MOST_KEPT)
def read_main_cf(text: Value) -> MainCf:
    """main.cf from its text.

    A line that is no ``name = value`` stops Postfix from starting, hence Malformed.  An unknown stretch
    in a value makes that one parameter unknown.  One that stands where an assignment could (alone on a
    line, or before a line's ``=``) could assign anything: parameters are known only if assigned after it.
    """
    return MainCf(tuple(_assignment(line) for line in logical_lines(text.lines())), text)


def _assignment(line: LogicalLine) -> Assignment:
    found = _NAME_VALUE.fullmatch(line.text)
    if line.open or (line.unknown and (found is None or HOLE in found["name"])):
        return Assignment(None, line.text, line.origin, line.unknown, line.secret)
    if found is None:
        problem = "missing attribute name" if line.text.startswith("=") else "missing '=' after attribute name"
        raise Malformed("main.cf", problem if line.secret else f'{problem}: "{line.text}"', line.origin)
    return Assignment(found["name"], found["value"].strip(SPACE), line.origin, line.unknown, line.secret)


def logical_lines(lines: Iterable[Line]) -> Iterator[LogicalLine]:
    """The logical lines of a Postfix configuration file (main.cf, master.cf, a lookup table).

    Comment lines and blank lines are skipped and do not end a logical line; a line that starts with
    white space continues one.  A continuation with nothing to continue is ignored, as Postfix ignores it
    with a warning.
    """
    held: list[Line] = []
    for line in lines:
        content = line.text.strip(SPACE)
        if not content or content.startswith("#"):
            continue
        if line.text[0] not in SPACE:
            yield from _joined(held)
            held = [line]
        elif held or _only_holes(content):
            held.append(line)
    yield from _joined(held)


def _joined(held: list[Line]) -> Iterator[LogicalLine]:
    if held:
        text = "".join(line.text for line in held)
        unknown = next((line.unknown for line in held if line.unknown), None)
        is_open = text.startswith(HOLE) or any(_only_holes(line.text.strip(SPACE)) for line in held)
        yield LogicalLine(text, held[0].origin, unknown, is_open, any(line.secret for line in held))


def _only_holes(content: str) -> bool:
    return not content.strip(HOLE)


# -- $name ----------------------------------------------------------------------------------------


class _Expansion(Struct, frozen=True):
    main: MainCf
    origin: Origin | None
    texts: Iterator[int] = field(default_factory=count)

    def expand(self, text: str, depth: int) -> str:
        """mac_parse(3): ``$$`` is a dollar sign, ``$name``, ``${...}`` and ``$(...)`` are references."""
        if depth > 100:
            raise self._refuse("unreasonable macro call nesting", text)
        if next(self.texts) > _MOST_TEXTS:
            raise UnknownValueError(f"there are more than {_MOST_TEXTS} references behind one another", self.origin)
        out: list[str] = []
        at = 0
        while at < len(text):
            dollar = text.find("$", at)
            if dollar < 0:
                out.append(text[at:])
                break
            out.append(text[at:dollar])
            if text.startswith("$$", dollar):
                out.append("$")
                at = dollar + 2
                continue
            reference, at = self._reference(text, dollar + 1)
            out.append(self._evaluate(reference, depth + 1))
        return "".join(out)

    def _reference(self, text: str, at: int) -> tuple[str, int]:
        """The reference that begins behind a dollar sign, without its brackets, and where it ends."""
        if text[at : at + 1] in ("{", "("):
            end = self._closing(text, at, "{}" if text[at] == "{" else "()")
            inner, after = text[at + 1 : end], end + 1
        else:
            found = re.compile(r"[A-Za-z0-9_]*").match(text, at)
            assert found is not None  # the pattern matches the empty string
            inner, after = found[0], found.end()
        if not inner:
            raise self._refuse("empty macro name", text)
        return inner, after

    def _closing(self, text: str, start: int, brackets: str) -> int:
        level = 0
        for at in range(start, len(text)):
            level += (text[at] == brackets[0]) - (text[at] == brackets[1])
            if level == 0:
                return at
        raise self._refuse("truncated macro reference", text)

    def _evaluate(self, reference: str, depth: int) -> str:
        """mac_expand(3): ``name``, ``name?yes``, ``name:no``, ``name?{yes}:{no}``, ``{a} == {b} ? ...``."""
        inner = reference.lstrip(SPACE)
        if inner.startswith("{"):
            value, rest = self._comparison(inner, depth)
        else:
            found = re.match(rf"(\w*)[{SPACE}]*(?=[?:]|$)", inner, re.ASCII)
            if found is None:
                raise self._refuse("attribute name syntax error", reference)
            value, rest = self._lookup(found[1]), inner[found.end() :]
            if not rest:
                return self.expand(value, depth)
        return self._chosen(value, rest, reference, depth)

    def _chosen(self, value: str, rest: str, reference: str, depth: int) -> str:
        if not rest:
            return value
        yes, no = "", ""
        if rest[0] == "?":
            yes, rest = self._operand(rest[1:])
        if rest and rest[0] == ":":
            no, rest = self._operand(rest[1:])
        if rest:
            raise self._refuse("unexpected input in a macro reference", reference)
        return self.expand(yes if value else no, depth)

    def _operand(self, text: str) -> tuple[str, str]:
        """``{text}`` and what follows it; without braces, all there is."""
        inner = text.lstrip(SPACE)
        if not inner.startswith("{"):
            return text, ""
        end = self._closing(inner, 0, "{}")
        return inner[1:end], inner[end + 1 :].lstrip(SPACE)

    def _comparison(self, text: str, depth: int) -> tuple[str, str]:
        left, rest = self._operand(text)
        operator = re.match(r"[<>!=?+\-*/~&|%]*", rest)
        assert operator is not None  # the pattern matches the empty string
        rest = rest[operator.end() :].lstrip(SPACE)
        if operator[0] not in _COMPARISON or not rest.startswith("{"):
            raise self._refuse("a comparison is expected", text)
        right, rest = self._operand(rest)
        truth = _compare(self.expand(left, depth), operator[0], self.expand(right, depth))
        return "true" if truth else "", rest

    def _lookup(self, name: str) -> str:
        setting = self.main.parameter(name)
        if setting is None:
            raise UnknownValueError(f"${name} is not assigned in this main.cf; its default is not known", self.origin)
        return setting.text

    def _refuse(self, problem: str, text: str) -> Malformed:
        return Malformed("main.cf", problem if self.main.text.secret else f'{problem}: "{text}"', self.origin)


def _compare(left: str, operator: str, right: str) -> bool:
    """Numerically if both are all digits, else as ``strcmp`` does, byte by byte."""
    holds = _COMPARISON[operator]
    if all(text.isascii() and text.isdigit() for text in (left, right)):
        return holds(whole(left), whole(right))
    return holds(left.encode(), right.encode())


# -- numbers and times ----------------------------------------------------------------------------


def integer(value: str) -> int:
    """An integer parameter's value.  Postfix dies on others ("bad numerical configuration"): Malformed."""
    found = re.fullmatch(rf"[{SPACE}]*([+-]?[0-9]+)", value)
    if found is None or not -_INT_MAX - 1 <= whole(found[1]) <= _INT_MAX:
        raise Malformed("main.cf", f'bad numerical configuration: "{value}"')
    return whole(found[1])


def time_seconds(value: str, default_unit: str = "s") -> int:
    """A time parameter's value in seconds: a number and one of the units s, m, h, d and w.

    Without a unit, ``default_unit`` (postconf(5) names each parameter's).  Postfix looks at the unit's first
    letter only (``60seconds``) and dies on anything else ("bad time value or unit"): Malformed.
    """
    found = re.match(rf"[{SPACE}]*([+-]?[0-9]+)", value)
    number = whole(found[1]) if found else -1
    seconds = _SECONDS.get((value[found.end() :] if found else "")[:1] or default_unit)
    if seconds is None or number < 0 or number * seconds > _INT_MAX:
        raise Malformed("main.cf", f'bad time value or unit: "{value}"')
    return number * seconds
