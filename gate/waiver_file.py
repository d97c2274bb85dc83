"""``.policy-waivers.yml``: a list of waivers, read so strictly that a slip of the pen waives nothing.

- requirement: MH-3.1
  scenario: At most ten connections a minute   # optional: without it, all scenarios of the requirement
  reason: The newsletter goes out from here until it has moved.
  owner: mail team
  expires: 2026-12-31                          # the first day on which it no longer holds
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import yaml
from msgspec import Struct, field

from gate.lifetime import iso_date
from gate.waivers import Problem, Waiver, Waivers, subject

#: How long after the day that is judged a waiver may end.
LONGEST = timedelta(days=180)

_REQUIRED = ("requirement", "reason", "owner", "expires")
_KEYS = (*_REQUIRED, "scenario")
_MOST_BYTES = 256 * 1024


def read_waivers(path: Path, shown: str, day: date, known: Mapping[str, Collection[str]] | None) -> Waivers:
    """The waivers of a file, which is called ``shown`` in what is said of it, as of a day.

    ``known`` has the titles of the scenarios of each requirement; None where not all features could be read, and
    then no name is held against it.  Never raises for what the file holds: see :attr:`Waivers.problems`.
    """
    reading = _Reading(shown, day, known)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise ValueError("it is not a file")  # but a pipe or a device: reading it may never end
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES // 1024} KB")
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reading.refuse(mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}")
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reading.refuse(1, f"cannot be read: {_said(error)}")
    else:
        reading.read(root)
    return Waivers(tuple(reading.entries), tuple(reading.problems))


def _said(error: Exception) -> str:
    """An error in few words, without the path, which is said before them."""
    return str(getattr(error, "strerror", None) or error).splitlines()[0]


class _Value(NamedTuple):
    text: str
    line: int


class _Reading(Struct):
    """One pass over the file, which collects every problem."""

    file: str
    day: date
    known: Mapping[str, Collection[str]] | None
    entries: list[Waiver] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def read(self, root: yaml.Node | None) -> None:
        if root is None:  # an empty file: the last waiver was removed
            return
        if not isinstance(root, yaml.SequenceNode):
            self.refuse(_line(root), 'a list of waivers is expected (entries that begin with "- requirement:")')
            return
        for node in root.value:
            before = len(self.problems)
            waiver = self._entry(node)
            if waiver is not None and len(self.problems) == before:
                self._add(waiver)

    def _add(self, waiver: Waiver) -> None:
        for other in self.entries:
            if (other.requirement, other.scenario) == (waiver.requirement, waiver.scenario):
                self.refuse(waiver.line, f"a second waiver for {subject(waiver)}: the first is on line {other.line}")
                return
        self.entries.append(waiver)

    def _entry(self, node: yaml.Node) -> Waiver | None:
        """A waiver; None, or one not to be counted, where a problem was found in it."""
        if not isinstance(node, yaml.MappingNode):
            self.refuse(_line(node), f"a waiver has {', '.join(_REQUIRED)} and, if need be, scenario")
            return None
        held = self._values(node)
        for name in _REQUIRED:
            if name not in held:
                self.refuse(_line(node), f"a waiver without {name}")
        values = {name: value for name, value in held.items() if value is not None}
        if not values.keys() >= set(_REQUIRED):
            return None
        expires = self._expiry(values["expires"])
        self._check_names(values["requirement"], values.get("scenario"))
        if expires is None:
            return None
        return Waiver(
            requirement=values["requirement"].text,
            scenario=values["scenario"].text if "scenario" in values else None,
            reason=" ".join(values["reason"].text.split()),
            owner=" ".join(values["owner"].text.split()),
            expires=expires,
            file=self.file,
            line=_line(node),
        )

    def _values(self, node: yaml.MappingNode) -> dict[str, _Value | None]:
        """The values by their keys; None for one that is refused."""
        held: dict[str, _Value | None] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "a key that is no text"
            if name not in _KEYS:
                self.refuse(_line(key), f"unknown key {name!r}{_hint(name, _KEYS)}")
            elif name in held:
                self.refuse(_line(key), f"a second {name}: the first is on line {lines[name]}")
            else:
                held[name], lines[name] = self._value(name, value), _line(key)
        return held

    def _value(self, name: str, node: yaml.Node) -> _Value | None:
        if not isinstance(node, yaml.ScalarNode):
            self.refuse(_line(node), f"{name} is not text")
        elif node.tag == "tag:yaml.org,2002:null" or not node.value.strip():
            self.refuse(_line(node), f"{name} is empty")
        else:
            return _Value(node.value.strip(), _line(node))
        return None

    def _expiry(self, value: _Value) -> date | None:
        try:
            expires = iso_date(value.text)
        except ValueError as error:
            self.refuse(value.line, f"expires: {error}")
            return None
        if expires - self.day > LONGEST:
            problem = f"{expires} is more than {LONGEST.days} days after the day that is judged, {self.day}"
            self.refuse(value.line, f"expires: {problem}")
            return None
        return expires

    def _check_names(self, requirement: _Value, scenario: _Value | None) -> None:
        """Refuse a requirement that no feature has, and a scenario that is none of the requirement's."""
        if self.known is None:
            return
        titles = self.known.get(requirement.text)
        if titles is None:
            self.refuse(requirement.line, f"no feature has a requirement {requirement.text!r}")
        elif scenario is not None and scenario.text not in titles:
            hint = _hint(scenario.text, titles)
            self.refuse(scenario.line, f"{requirement.text} has no scenario {scenario.text!r}{hint}")


def _hint(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f": is {close[0]!r} meant?" if close else ""


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
