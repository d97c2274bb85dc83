"""Edits of the good repo, and what must come of them, as tests/violations and tests/equivalents state them.

A case is a YAML file.  Its ``edits`` are made one after the other, each in the file that ``in`` names (below
fixtures/infra; ``published`` is the zone that the world is answered):

    old, new      the one place where the text ``old`` stands gets ``new``; with ``every: true``, all places do;
                  how many blanks stand in a row there does not matter
    above, put    what goes before the one place where the text ``above`` stands; with ``below``, what goes after it
    append        goes to the end of the file
    text          is the whole file, which may be a new one; in place of it, ``bytes``, escaped as Python has them
    fill, times   is a text that the end of the file gets so many times
    link          is where a symbolic link in the file's place leads
    pipe: true    puts a pipe in the file's place, which nobody ever writes to
    move          is where the file goes
    delete: true
    encode        ``crlf``, ``bom`` or ``latin-1``

``state`` names a file of tests/states: the day it is, and the edits that make the repo good on that day.  A
violation also says what ``fails`` and what becomes ``undetermined``, and by which finding of a requirement it is
seen: ``says`` is a piece of it, ``at`` a piece of the line that it names, in the edited file unless ``in`` names
another.  ``needs`` lists the programs without which it cannot be seen.  ``scenarios``, by requirement, names those
whose verdict changes, where it has several.

A file may hold several cases: ``changes`` gives each a name and its edits.  What many of them begin with stands in
``places`` once, for YAML's anchors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.suite.edits import put, replaced

TESTS = Path(__file__).parents[1]
PUBLISHED = "published"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_ENCODERS = {
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "latin-1": lambda text: text.encode("latin-1"),
}


@dataclass(frozen=True)
class State:
    """A day, and the edits that make the fixture keep every promise in force on it."""

    as_of: str
    edits: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Case:
    name: str
    edits: tuple[Mapping[str, Any], ...]
    state: str = "today"
    fails: frozenset[str] = frozenset()
    undetermined: frozenset[str] = frozenset()
    findings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scenarios: Mapping[str, list[str]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        """The requirement that a violation breaks, by the folder it is in."""
        return self.name.partition("/")[0]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdicts that change, by requirement."""
        return dict.fromkeys(self.fails, "failed") | dict.fromkeys(self.undetermined, "undetermined")

    @property
    def edited(self) -> set[str]:
        return {edit.get("move", edit["in"]) for edit in self.edits}


@cache
def cases(folder: Path) -> tuple[Case, ...]:
    return tuple(case for file in sorted(folder.rglob("*.yaml")) for case in _cases(file, folder))


def _cases(file: Path, folder: Path) -> Iterator[Case]:
    name, held = file.relative_to(folder).with_suffix("").as_posix(), _loaded(file)
    if "changes" in held:
        yield from (Case(f"{name}/{change}", tuple(edits)) for change, edits in held["changes"].items())
    else:
        yield Case(name=name, **_checked(file, held, Case))


def read_state(name: str) -> State:
    file = TESTS / "states" / f"{name}.yaml"
    return State(**_checked(file, _loaded(file), State))


def _loaded(file: Path) -> dict[str, Any]:
    held: dict[str, Any] = yaml.load(file.read_text(), Loader=_LOADER)
    return held


def _checked(file: Path, held: dict[str, Any], kind: type) -> dict[str, Any]:
    known = {f.name for f in fields(kind)}
    assert held.keys() <= known, f"{file}: {sorted(held.keys() - known)}"
    held["edits"] = tuple(held.get("edits", ()))
    return held | {name: frozenset(held[name]) for name in ("fails", "undetermined") if name in held}


def make(edit: Mapping[str, Any], infra: Path, zone: Path) -> None:
    """Make one edit, in a copy of the fixture and of its published zone."""
    file = zone if edit["in"] == PUBLISHED else infra / edit["in"]
    match dict(edit):
        case {"old": old, "new": new, **rest}:
            file.write_text(replaced(file.read_text(), old, new, every=rest.get("every", False)))
        case {"in": _, "put": more, **place}:
            file.write_text(put(file.read_text(), more, **place))
        case {"append": more}:
            file.write_text(file.read_text() + more)
        case {"text": text}:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        case {"bytes": data}:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data.encode("latin-1").decode("unicode_escape").encode("latin-1"))
        case {"fill": text, "times": times}:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a") as out:
                out.write(text * times)
        case {"link": to}:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.symlink_to(to)
        case {"pipe": True}:
            file.unlink(missing_ok=True)
            os.mkfifo(file)
        case {"move": to}:
            (infra / to).parent.mkdir(parents=True, exist_ok=True)
            file.rename(infra / to)
        case {"delete": True}:
            file.unlink()
        case {"encode": encoding}:
            file.write_bytes(_ENCODERS[encoding](file.read_text()))
        case _:
            raise AssertionError(f"no such edit: {edit}")
