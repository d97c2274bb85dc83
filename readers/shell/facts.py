"""What is known after some commands have run, key by key: a text, that there is none, or a doubt.

A key is a path, a parameter of main.cf, a service of master.cf; keys that nothing is said of are as they were before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from tfparse.cty.values import HOLE, Unknown

BEFORE = Unknown("as it was before")
"""Whom to blame for what no command has changed."""


class Fact(Struct, frozen=True):
    """``text`` is what stands there (None: nothing), because of the command that ``by`` names.

    Where it is not ``sure``, ``by`` is why: a text of only HOLE may be anything; another text stands there, or what
    stood there before.
    """

    text: str | None
    by: Unknown
    sure: bool = True

    @property
    def is_anything(self) -> bool:
        return not self.sure and self.text == HOLE

    def perhaps(self, why: Unknown | None = None) -> Fact:
        """The same, or what was there before."""
        return replace(self, sure=False, by=why or self.by) if self.sure else self


def anything(by: Unknown) -> Fact:
    """That it cannot be known what stands there."""
    return Fact(HOLE, by, False)


NOTHING = Fact(None, BEFORE)
"""That nothing stands there, as before."""


def after(before: Fact | None, change: Fact) -> Fact:
    """What is known once a change has been made to what was known before."""
    if change.sure or change.is_anything or before in (None, NOTHING):
        return change
    if before.text == change.text and not before.is_anything:
        return before
    return anything(change.by)


def either(one: Fact | None, other: Fact | None) -> Fact | None:
    """What is known where one of two holds."""
    if one in (None, NOTHING) or other in (None, NOTHING):
        found = other if one in (None, NOTHING) else one
        return found if found in (None, NOTHING) else found.perhaps()
    if one.text == other.text and one.sure and other.sure:
        return other if one.by is BEFORE else one
    if one.text == other.text and not one.is_anything:
        return other if one.sure else one
    doubtful = [fact for fact in (one, other) if not fact.sure] or [one, other]
    return anything(max(doubtful, key=_place).by)


def _place(fact: Fact) -> int:
    """How far down in its script a command stands."""
    return fact.by.origin.line if fact.by.origin else 0


class Reach(Struct, frozen=True):
    """The keys that one command could reach: those that a pattern matches."""

    pattern: str

    def covers(self, key: str) -> bool:
        return re.fullmatch(self.pattern, key, re.DOTALL) is not None


EVERYTHING = Reach(".*")


class Facts(Struct):
    """``known`` by key; ``spread`` is what holds for all others that are reached, in order."""

    known: dict[str, Fact] = field(default_factory=dict)
    spread: tuple[tuple[Reach, Fact], ...] = ()

    def of(self, key: str) -> Fact | None:
        """What is known of a key; None where it is as it was before."""
        if key in self.known:
            return self.known[key]
        found: Fact | None = None
        for reach, fact in self.spread:
            if reach.covers(key):
                found = after(found, fact)
        return found

    def put(self, key: str, fact: Fact) -> None:
        self.known[key] = after(self.of(key), fact)

    def reach(self, reach: Reach, fact: Fact) -> None:
        """A change to every key that is reached."""
        for key in [key for key in self.known if reach.covers(key)]:
            self.known[key] = after(self.known[key], fact)
        if (reach, fact) not in self.spread:
            self.spread += ((reach, fact),)

    def reach_there(self, reach: Reach, fact: Fact) -> None:
        """A change to what is reached and there; where certainly nothing is, nothing comes of it."""
        nothing = self.spread[:1] == ((EVERYTHING, NOTHING),) and len(self.spread) == 1
        before = {key: held for key, held in self.known.items() if held.sure and held.text is None}
        spread = self.spread
        self.reach(reach, fact)
        self.known |= before
        self.spread = spread if nothing else self.spread

    def copy(self) -> Facts:
        return Facts(dict(self.known), self.spread)

    def either(self, other: Facts) -> Facts:
        """What is known where this or the other holds."""
        common = 0
        for mine, theirs in zip(self.spread, other.spread, strict=False):
            if mine != theirs:
                break
            common += 1
        extra = [*self.spread[common:], *other.spread[common:]]
        spread = self.spread[:common] + tuple((reach, fact.perhaps()) for reach, fact in extra)
        found = Facts({}, spread)
        for key in [*self.known, *(key for key in other.known if key not in self.known)]:
            fact = either(self.of(key), other.of(key))
            if fact is not None:
                found.known[key] = fact
        return found

    def present(self) -> Iterator[tuple[str, Fact]]:
        """The keys that have a text, or may have one."""
        yield from ((key, fact) for key, fact in self.known.items() if fact.text is not None or not fact.sure)
