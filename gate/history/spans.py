"""The spans of each requirement: how long it held, was broken or could not be known, and the commit that changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec import Struct

from gate.history.objects import Commit
from gate.record import natural
from gate.verdict import WORDS, Verdict, gravest

State = Mapping[str, Any]
"""A scenario at a commit: ``verdict``, ``reason`` and ``findings``."""
UNKNOWN = "unknown"


class Point(Struct, frozen=True):
    """What was seen at one commit: the states of all scenarios, or why nothing was."""

    commit: Commit
    states: tuple[State, ...] = ()
    unknown: str | None = None


class Span(Struct, frozen=True):
    """Commits in a row with the same verdict, from ``first`` to ``last`` by number.

    ``finding`` is what decides the verdict at the first of them, ``scenario`` whose it is, and ``was`` what was found
    about the same thing before, where it differs.  ``reason`` says it in one line.
    """

    word: str
    first: int
    last: int
    commit: Commit
    scenario: str | None = None
    reason: str | None = None
    finding: State | None = None
    was: State | None = None


class Requirement(Struct, frozen=True):
    """A requirement with its scenarios' names, and its spans, the oldest first."""

    id: str
    scenarios: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def now(self) -> Span:
        return self.spans[-1]


def requirements(scenarios: Sequence[Mapping[str, Any]], points: Sequence[Point]) -> list[Requirement]:
    """The requirements in order, each with its spans over commits that follow one another."""
    found: dict[str, list[int]] = {}
    for number, scenario in enumerate(scenarios):
        for id_ in scenario["requirements"]:
            found.setdefault(id_, []).append(number)
    return [
        Requirement(id_, tuple(dict.fromkeys(scenarios[n]["name"] for n in found[id_])),
                    tuple(_spans([scenarios[n]["name"] for n in found[id_]], found[id_], points)))
        for id_ in sorted(found, key=natural)
    ]  # fmt: skip


def word_at(point: Point, numbers: Sequence[int]) -> str:
    """What a requirement is at a commit, by the numbers of its scenarios."""
    if point.unknown is not None:
        return UNKNOWN
    return WORDS[gravest(Verdict(point.states[number]["verdict"]) for number in numbers)]


def _spans(names: Sequence[str], numbers: Sequence[int], points: Sequence[Point]) -> Iterator[Span]:
    at, before = 0, None
    for word, group in groupby(points, key=lambda point: word_at(point, numbers)):
        length = sum(1 for _ in group)
        point = points[at]
        yield _span(word, at, at + length - 1, names, _of(point, numbers), _of(before, numbers), point)
        at, before = at + length, points[at + length - 1]


def _of(point: Point | None, numbers: Sequence[int]) -> list[State]:
    return [point.states[number] for number in numbers] if point is not None and point.states else []


def _span(
    word: str, first: int, last: int, names: Sequence[str], now: Sequence[State], before: Sequence[State], point: Point
) -> Span:
    if not now:
        return Span(word, first, last, point.commit, reason=point.unknown)
    verdict = gravest(Verdict(state["verdict"]) for state in now)
    changed = [(name, state, old) for name, state, old in _beside(names, now, before) if state["verdict"] == verdict]
    # What has changed tells why; where nothing has (the first commit of all), the first that decides does.
    name, state, old = next((c for c in changed if c[2] is not None and c[2]["verdict"] != verdict), changed[0])
    if verdict is Verdict.NOT_IN_FORCE:
        return Span(word, first, last, point.commit, name, state["reason"])
    finding, was = _finding(state, old, verdict)
    return Span(word, first, last, point.commit, name, state["reason"], finding, was)


def _beside(
    names: Sequence[str], now: Sequence[State], before: Sequence[State]
) -> Iterator[tuple[str, State, State | None]]:
    for number, (name, state) in enumerate(zip(names, now, strict=True)):
        yield name, state, before[number] if before else None


def _finding(state: State, old: State | None, verdict: Verdict) -> tuple[State | None, State | None]:
    """The finding that decides, and what was found about the same thing before."""
    wrong_before = {f["what"]: f for f in (old or {}).get("findings", ()) if f["verdict"] != Verdict.PASSED}
    mine = [finding for finding in state["findings"] if finding["verdict"] == verdict]
    if verdict is Verdict.PASSED:  # of what holds, that tells most which did not
        mine = [finding for finding in mine if finding["what"] in wrong_before] or mine
    if not mine:
        return None, next(iter(wrong_before.values()), None)
    finding = mine[0]
    befores = [f for f in (old or {}).get("findings", ()) if f["what"] == finding["what"]]
    was = befores[0] if befores and befores[0]["actual"] != finding["actual"] else None
    return finding, was or (next(iter(wrong_before.values()), None) if verdict is Verdict.PASSED else None)
