"""The state of a shell that has run some of its script, as far as it is known, and what is known where either of two
states holds."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, field

from readers.shell.facts import Facts
from readers.shell.syntax import Node
from readers.shell.text import MANY
from tfparse.cty.values import HOLE

K = TypeVar("K")
V = TypeVar("V")
Environment = Callable[[str], str | None]
"""What a process is started with, by name: text with HOLE for what is not known of it; None where nothing is set."""


def unknown_environment(name: str) -> str | None:
    """An environment of which nothing is known."""
    return HOLE


Content = str | tuple[str, ...]
"""Of a variable: a text, or the elements of an array."""


class ToFile(Struct, frozen=True):
    """Where a file descriptor writes: a file, by its path."""

    path: str


class ToBuffer(Struct, frozen=True):
    """Where a file descriptor writes: what a pipe or a substitution collects."""

    number: int


Sink = ToFile | ToBuffer | None
"""None: where nothing that matters is kept (the log of the container, ``/dev/null``)."""

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class State(Struct):
    """``environment`` has what the script does not set itself; ``status`` is whether the last command succeeded, None
    where that is not known.

    ``tails`` hold what was appended to a file of configuration since it was last written otherwise: more lines may
    continue the last of it.  A trap that begins with HOLE may not be set.  ``asked`` is whether a failure of the last
    command would be an answer, ``sought`` a file of configuration and the pattern that it looked for in it.
    """

    variables: dict[str, Content] = field(default_factory=lambda: {"PATH": SEARCH_PATH, "HOME": "/root"})
    exported: frozenset[str] = frozenset({"PATH", "HOME"})
    readonly: frozenset[str] = frozenset()
    functions: dict[str, Node | None] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    locals: frozenset[str] = frozenset()
    cwd: str = "/"
    files: Facts = field(default_factory=Facts)
    configuration: dict[str, Facts] = field(default_factory=dict)
    tails: dict[str, str | None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    sinks: dict[int, Sink] = field(default_factory=dict)
    buffers: dict[int, str] = field(default_factory=dict)
    input: str = HOLE
    options: frozenset[str] = frozenset()
    traps: dict[str, tuple[str, int]] = field(default_factory=dict)
    status: bool | None = True
    asked: bool = False
    sought: tuple[str, str] | None = None
    environment: Environment = unknown_environment

    def copy(self) -> State:
        return State(
            dict(self.variables), self.exported, self.readonly, dict(self.functions), self.arguments,
            self.locals, self.cwd, self.files.copy(),
            {path: facts.copy() for path, facts in self.configuration.items()}, dict(self.tails), dict(self.links),
            dict(self.sinks), dict(self.buffers), self.input, self.options, dict(self.traps), self.status,
            self.asked, self.sought, self.environment,
        )  # fmt: skip

    def become(self, other: State) -> None:
        """Be as another state is."""
        for name in State.__struct_fields__:
            setattr(self, name, getattr(other, name))

    def keep_files_of(self, other: State) -> None:
        """What a subshell leaves behind: files, what it printed and read, and its status."""
        for name in ("files", "configuration", "tails", "links", "buffers", "input", "status", "asked"):
            setattr(self, name, getattr(other, name))

    def path(self, name: str) -> str:
        """The absolute path that a name stands for, by the folder one is in and the links that were made."""
        if name[:1] in (HOLE, MANY):
            return name
        if not name.startswith("/") and self.cwd == HOLE:
            return f"{HOLE}/{name}"
        path = "/" + posixpath.normpath(posixpath.join(self.cwd, name)).lstrip("/")
        for link, target in self.links.items():
            if path == link or path.startswith(link + "/"):
                return target + path[len(link) :]
        return path

    def value_of(self, name: str) -> str | None:
        """A variable's text, HOLE where it is not known, None where it is certainly not set."""
        return self.text_of(name) if name in self.variables else self.environment(name)

    def exports(self) -> dict[str, Content]:
        """The variables that a program finds in its environment."""
        found: dict[str, Content] = {}
        for name, content in self.variables.items():
            given = self.environment(name)
            if name in self.exported or given not in (None, HOLE):
                found[name] = content
            elif given is not None:  # what was in the environment before stays in it, under its new value
                found[name] = HOLE
        return found

    def restore(self, before: Mapping[str, Content], names: Iterable[str]) -> None:
        """Give variables what they had before, or what they were started with."""
        for name in names:
            if name in before:
                self.variables[name] = before[name]
            else:
                self.variables.pop(name, None)

    def forget_variables(self) -> None:
        """Any variable may have been set, but for those that a program is found by."""
        kept = {name: content for name, content in self.variables.items() if name in ("PATH", "HOME")}
        self.variables = {**dict.fromkeys(self.variables, HOLE), **kept}
        self.environment = unknown_environment

    def text_of(self, name: str) -> str | None:
        """A variable's text; None where the script has not set it."""
        found = self.variables.get(name)
        if isinstance(found, tuple):
            return found[0] if found else ""
        return found


def either(one: State, other: State) -> State:
    """What is known where one of two states holds."""
    found = one.copy()
    found.variables = _agreed(one.variables, other.variables, HOLE)
    found.exported = one.exported & other.exported
    found.readonly = one.readonly | other.readonly
    found.functions = {
        name: one.functions.get(name) if one.functions.get(name) is other.functions.get(name) else None
        for name in {**one.functions, **other.functions}
    }
    found.arguments = one.arguments if one.arguments == other.arguments else (MANY,)
    found.locals = one.locals | other.locals
    found.cwd = one.cwd if one.cwd == other.cwd else HOLE
    found.files = one.files.either(other.files)
    found.configuration = {path: facts.either(other.configuration[path]) for path, facts in one.configuration.items()}
    found.tails = {path: tail if tail == other.tails.get(path) else None for path, tail in one.tails.items()}
    found.links = {**one.links, **other.links}
    found.sinks = _agreed(one.sinks, other.sinks, ToFile(HOLE))
    found.buffers = _agreed(one.buffers, other.buffers, HOLE)
    found.input = one.input if one.input == other.input else HOLE
    found.options = one.options | other.options
    found.traps = {
        name: trap if trap == one.traps.get(name) == other.traps.get(name) else (HOLE + trap[0], trap[1])
        for name, trap in {**other.traps, **one.traps}.items()
    }
    found.status = one.status if one.status == other.status else None
    found.sought = None
    if one.environment is not other.environment:
        found.environment = unknown_environment
    return found


def _agreed(one: Mapping[K, V], other: Mapping[K, V], otherwise: V) -> dict[K, V]:
    """What two mappings say alike; ``otherwise`` under the keys of which they do not."""
    return {key: said if one.get(key) == other.get(key) else otherwise for key, said in {**other, **one}.items()}
