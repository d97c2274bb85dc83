"""Waivers: what the infra repo's owner has agreed to live with, by whom, why and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from msgspec import Struct

#: The file of the infra repo that has them.
NAME = ".policy-waivers.yml"


class Waiver(Struct, frozen=True):
    """One entry of the file: a requirement, or one ``scenario`` of it by its name, and the day on which it ends.

    ``expires`` is the first day on which it no longer holds.  ``file`` and ``line`` are where it stands, the file
    relative to the infra root where it lies there.
    """

    requirement: str
    scenario: str | None
    reason: str
    owner: str
    expires: date
    file: str
    line: int

    def is_over(self, day: date) -> bool:
        return day >= self.expires

    def is_within(self, other: Waiver) -> bool:
        """Whether another waives all that this one does, and as long."""
        covered = other.requirement == self.requirement and other.scenario in (None, self.scenario)
        return covered and self.expires <= other.expires

    def covers(self, requirement: str, title: str) -> bool:
        """Whether it speaks of a scenario, by its title, for one of the requirements that the scenario bears."""
        return self.requirement == requirement and self.scenario in (None, title)


class Problem(NamedTuple):
    """What is wrong with a file of waivers, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Match(NamedTuple):
    """What the waivers say of a scenario: the one that holds, or else the one that did last."""

    live: Waiver | None = None
    expired: Waiver | None = None


class Waivers(Struct, frozen=True):
    """The entries of a file that are in order; its ``problems`` close the gate."""

    entries: tuple[Waiver, ...] = ()
    problems: tuple[Problem, ...] = ()

    def over(self, requirements: Iterable[str], title: str, day: date) -> Match:
        """What waivers say of a scenario on a day.

        One that bears several requirements is waived only if each of them is: who waives one promise has not waived
        the other.
        """
        live = []
        for requirement in requirements:
            entries = [waiver for waiver in self.entries if waiver.covers(requirement, title)]
            last = max(entries, key=lambda waiver: waiver.expires, default=None)
            if last is None or last.is_over(day):
                return Match(expired=last)
            live.append(last)
        return Match(live=min(live, key=lambda waiver: waiver.expires, default=None))


def subject(waiver: Waiver) -> str:
    """What a waiver is about, in few words."""
    return waiver.requirement + (f", scenario {waiver.scenario!r}" if waiver.scenario else "")
