"""What commands do to files: to text that the script itself writes, and to files of configuration, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from readers import Malformed
from readers.shell.facts import EVERYTHING, Fact, Facts, Reach, anything
from readers.shell.source import Source, of_value
from readers.shell.state import State
from readers.shell.text import WORD, as_text, is_known, pattern
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE, Unknown, Value
from tfparse.diagnostics import Origin


class Format(Protocol):
    """How a file of configuration is read: what it says, by key."""

    def entries(self, text: str) -> Iterable[tuple[str | None, str]]:
        """The keys that lines set, and to what, in order; None where a line may set any.

        Raises:
            Malformed: lines are none.
        """

    def line(self, key: str, text: str) -> str:
        """The line that sets a key to a text."""

    def last(self, facts: Facts) -> str | None:
        """The key whose line stands last in the file; None where it is not known."""

    def begins(self, start: str, *, whole: bool) -> Reach | None:
        """The keys whose line may begin with some text, or (``whole``) with it as a whole name; None: no line does."""

    def lacks(self, facts: Facts, pattern: str) -> bool:
        """Whether certainly no line fits a pattern, in Python's dialect."""


class World(Struct, frozen=True):
    """What surrounds a script: ``read`` gives the text of a file that is mounted, None where it is not known;
    ``formats`` are the files of configuration, by path."""

    read: Callable[[str], Value | None]
    formats: Mapping[str, Format]


class Blame(Struct, frozen=True):
    """The command that does something: ``by`` is why it puts something in doubt, ``at`` finds the line that says it."""

    by: Unknown
    at: Callable[[str], Origin | None]

    def fact(self, text: str | None) -> Fact:
        """What is known of a key that is set to a text, or taken away (None)."""
        text = None if text is None else text.replace(WORD, HOLE)
        if text is not None and not text.strip(HOLE):
            return anything(self.by) if text else Fact(text, self.by)
        place = self.at(text) if text else self.by.origin
        return Fact(text, Unknown(self.by.reason, place or self.by.origin))


class Files:
    """The files that a state knows of, and what is done to them."""

    def __init__(self, state: State, world: World) -> None:
        self._state = state
        self._world = world

    def content(self, path: str) -> str | None:
        """The text of a file; None where it is not known."""
        path = self._state.path(path)
        if not is_known(path) or path in self._world.formats:
            return None
        fact = self._state.files.of(path)
        if fact is not None:
            return fact.text if fact.sure else None
        mounted = self._world.read(path)
        return None if mounted is None else flat(mounted)

    def source(self, path: str, may: str) -> Source | None:
        """A script by its path, if its text is known as it is mounted."""
        path = self._state.path(path)
        mounted = self._world.read(path) if is_known(path) and self._state.files.of(path) is None else None
        return None if mounted is None else of_value(mounted, may)

    def exists(self, path: str) -> bool | None:
        """Whether a file is there; None where that is not known."""
        path = self._state.path(path)
        if path in self._world.formats or self.content(path) is not None:
            return True
        fact = self._state.files.of(path) if is_known(path) else None
        return False if fact is not None and fact.sure and fact.text is None else None

    def remove(self, path: str, blame: Blame, *, below: bool = False) -> None:
        """Take a file away, or with ``below`` a folder."""
        path = self._state.path(path)
        if below or not is_known(path) or path in self._world.formats:
            self.disturb(path, blame, below=below)
        else:
            self._state.files.put(path, Fact(None, blame.by))

    def append(self, path: str, text: str, blame: Blame) -> None:
        path, text = self._state.path(path), as_text(text)
        if not text:
            return
        if not is_known(path):
            self.disturb(path, blame)
        elif path in self._world.formats:
            self._append_entries(path, text, blame)
        else:
            before = "" if self.exists(path) is False else self.content(path)
            self._state.files.put(path, Fact(HOLE if before is None else before + text, blame.by, before is not None))

    def write(self, path: str, text: str, blame: Blame) -> None:
        """Replace a file's text, or make one."""
        path = self._state.path(path)
        if not is_known(path):
            self.disturb(path, blame)
        elif path in self._world.formats:
            removed = Fact(None, blame.by)
            self._state.configuration[path] = Facts({}, ((EVERYTHING, removed),))
            self._state.tails[path] = ""
            self._append_entries(path, as_text(text), blame)
        else:
            self._state.files.put(path, Fact(as_text(text), blame.by))

    def disturb(self, path: str, blame: Blame, *, below: bool = False, but: Iterable[str] = ()) -> None:
        """Any change to the files that a path may name; with ``below``, to what lies under it too; ``but`` for some
        files of configuration."""
        wanted = pattern(self._state.path(path)) + ("(/.*)?" if below else "")
        reach = Reach("/.*" if wanted == "/(/.*)?" else wanted)
        for configured, facts in self._state.configuration.items():
            if reach.covers(configured) and configured not in but:
                facts.reach(EVERYTHING, anything(blame.by))
                self._state.tails[configured] = None
        self._state.files.reach(reach, anything(blame.by))

    def disturb_all(self, blame: Blame) -> None:
        self.disturb("/", blame, below=True)

    def copy(self, source: str, target: str, blame: Blame) -> None:
        """Make a file say what another says."""
        text = self.content(source)
        if text is None:
            self.disturb(target, blame)
        else:
            self.write(target, text, blame)

    def is_directory(self, path: str) -> bool:
        """Whether a path is a folder that files of configuration lie in."""
        path = self._state.path(path)
        return any(configured.startswith(path.rstrip("/") + "/") for configured in self._world.formats)

    def reaches_configuration(self, path: str) -> bool:
        """Whether a path may name a file of configuration, or a folder over one."""
        reach = Reach(pattern(self._state.path(path)).rstrip("/") + "(/.*)?")
        return any(reach.covers(configured) for configured in self._world.formats)

    def _append_entries(self, path: str, text: str, blame: Blame) -> None:
        state, tail = self._state, self._state.tails.get(path)
        facts = state.configuration[path]
        form = self._world.formats[path]
        first = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
        if tail is None and first[:1].isspace():
            # It continues the last line of the file.
            last = form.last(facts)
            fact = facts.known[last] if last is not None else None
            if last is None or fact is None or not fact.sure or fact.text is None:
                facts.reach(EVERYTHING, anything(blame.by))
            else:
                tail = form.line(last, fact.text) + "\n"
        whole = (tail or "") + text
        if text.startswith(HOLE):
            facts.reach(EVERYTHING, anything(blame.by))
        try:
            entries = list(form.entries(whole))
        except Malformed:
            facts.reach(EVERYTHING, anything(blame.by))
            entries = []
        for key, value in entries:
            if key is None:
                facts.reach(EVERYTHING, anything(blame.by))
                continue
            known = facts.of(key)
            if known is None or not known.sure or known.text != value:
                facts.put(key, blame.fact(value))
        state.tails[path] = whole
