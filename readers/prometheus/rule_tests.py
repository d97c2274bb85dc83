"""Tests of an alert rule: what happens to some series over time, and when the alert is to fire.

An input series reads ``1, 0 from 10m, gone from 20m``, or ``0 rising 6 a minute from 10m``; what is expected reads
``is silent``, or ``fires after 10m``: it begins to fire then, when the rule's ``for`` has passed, and goes on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from readers.prometheus.promql import METRIC, Series, parse_promql
from readers.prometheus.rules import AlertRule, duration_seconds
from tfparse.diagnostics import UnknownValueError
from tfparse.patterns import pattern

SAMPLE_SECONDS = 60
"""How far the samples of an input series are apart: its changes fall on one."""

_GONE = "gone"
_CHANGE = pattern(
    r"(?P<value>gone|[0-9]+(?:\.[0-9]+)?)(?: rising (?P<rise>[0-9]+(?:\.[0-9]+)?) a minute)?"
    r"(?: from (?P<time>[0-9]+[smh]))?"
)
_EXPECTED = pattern(r"is silent|fires after (?P<time>[0-9]+[smh])")
_MOST_EVALUATIONS = 5000

Labels = Mapping[str, str]
LabelSet = frozenset[tuple[str, str]]


class InputSeries(Struct, frozen=True):
    """One series over time: from each of ``changes``' seconds on a value, or None while it does not exist.

    ``rises`` says by how much it rises a minute from one of those seconds on.
    """

    labels: Labels
    changes: tuple[tuple[float, float | None], ...]
    rises: Mapping[float, float] = field(default_factory=dict)

    def at(self, time: float) -> float | None:
        """Its value at a time, None where there is none."""
        since, value = next((change for change in reversed(self.changes) if change[0] <= time), (0.0, None))
        minutes = (time - since) // SAMPLE_SECONDS
        return None if value is None else value + self.rises.get(since, 0.0) * minutes


class Firing(Struct, frozen=True):
    """Whether the alert fires at each of some evaluations."""

    times: tuple[float, ...]
    states: tuple[bool, ...]

    @property
    def onset(self) -> float | None:
        """When it begins to fire; None where it never does."""
        return next((time for time, fires in zip(self.times, self.states, strict=True) if fires), None)

    @property
    def end(self) -> float | None:
        """When it first ceases to fire; None where it does not."""
        began = self.onset
        return (
            None
            if began is None
            else next(
                (time for time, fires in zip(self.times, self.states, strict=True) if time > began and not fires), None
            )
        )

    @property
    def text(self) -> str:
        """ "is silent", "fires from 15m" or "fires from 15m to 20m"."""
        if self.onset is None:
            return "is silent"
        return f"fires from {duration_text(self.onset)}" + (f" to {duration_text(self.end)}" if self.end else "")


class RuleTest(Struct, frozen=True):
    """``after``: the alert is to begin to fire after that many seconds and to go on; None: it is to be silent."""

    name: str
    inputs: tuple[InputSeries, ...]
    after: float | None

    @property
    def expected(self) -> str:
        return "is silent" if self.after is None else f"fires after {duration_text(self.after)}"

    def holds(self, firing: Firing) -> bool:
        """Whether an alert that fires so does what is expected of it."""
        if self.after is None or firing.onset is None:
            return self.after is None and firing.onset is None
        return self.after <= firing.onset and firing.end is None

    def times(self, hold: float, interval: float) -> tuple[float, ...]:
        """When a rule is evaluated that is held for ``hold`` seconds: until it would have fired at the latest.

        UnknownValueError where that is too often to be tested.
        """
        last = max([self.after or 0.0, *(since for input in self.inputs for since, _ in input.changes)])
        if last + hold > _MOST_EVALUATIONS * interval:
            problem = f"a rule is not tried that is evaluated every {interval:g} s and held for {hold:g} s"
            raise UnknownValueError(problem, None)
        count = math.ceil((last + hold) / interval) + 2
        return tuple(index * interval for index in range(count))

    def series(self, time: float) -> tuple[Series, ...]:
        """The series that exist at a time."""
        values = ((input.labels, input.at(time)) for input in self.inputs)
        return tuple(Series(labels, value) for labels, value in values if value is not None)


def read_series(text: str) -> Labels:
    """The labels of a series from its text, ``up{job="node"}``.  ValueError for a selector of several."""
    selectors = parse_promql(text).selectors
    if len(selectors) != 1 or any(matcher.op != "=" for matcher in selectors[0].matchers):
        raise ValueError(f"{text!r} is no series")
    return {matcher.name: matcher.value for matcher in selectors[0].matchers}


def read_input_series(text: str, labels: Labels) -> InputSeries:
    """An input series from its text; an empty one never exists.

    Raises:
        ValueError: it is none.
    """
    return InputSeries(labels, *read_changes(text))


def read_changes(text: str) -> tuple[tuple[tuple[float, float | None], ...], dict[float, float]]:
    """The values of an input series by the second from which they hold, and those that rise from there.

    Raises:
        ValueError: it reads like none.
    """
    changes: list[tuple[float, float | None]] = []
    rises: dict[float, float] = {}
    for change in filter(None, text.split(", ")):
        found = _CHANGE.fullmatch(change)
        since = duration_seconds(found["time"] or "0") if found else -1
        if not found or since % SAMPLE_SECONDS or (bool(changes) != bool(found["time"])):
            raise ValueError(f"{text!r} is no input series: it reads like 1, 0 from 10m, gone from 20m")
        if found["rise"]:
            rises[since] = float(found["rise"])
        changes.append((since, None if found["value"] == _GONE else float(found["value"])))
    if changes != sorted(changes, key=lambda change: change[0]):
        raise ValueError(f"{text!r} is no input series: its times do not ascend")
    return tuple(changes), rises


def read_rule_test(name: str, inputs: Sequence[InputSeries], expected: str) -> RuleTest:
    """A rule test whose expectation is read from its text.  ValueError for what is none."""
    return RuleTest(name, tuple(inputs), read_expectation(expected))


def read_expectation(text: str) -> float | None:
    """After how many seconds an alert is to fire; None where it is to be silent.

    Raises:
        ValueError: it says neither.
    """
    found = _EXPECTED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} reads neither like 'is silent' nor like 'fires after 10m'")
    return duration_seconds(found["time"]) if found["time"] else None


def firing_as_read(rule: AlertRule, test: RuleTest, interval: float) -> Firing:
    """When the alert fires in a test, by what its expression comes to at each instant, and by its ``for``.

    An alert is one label set: it must have been there for ``for`` without a gap.

    Raises:
        UnknownValueError: the expression is not evaluated from source.
    """
    hold, timed = rule.hold_seconds, "time" in rule.expression().text
    times = test.times(hold, interval)
    alerts: dict[tuple[float | None, ...], list[LabelSet]] = {}
    since: dict[LabelSet, float] = {}
    states: list[bool] = []
    for time in times:
        values = (time if timed else None, *(input.at(time) for input in test.inputs))
        if values not in alerts:
            alerts[values] = [_label_set(result) for result in rule.results(test.series(time), time)]
        since = {labels: since.get(labels, time) for labels in alerts[values]}
        states.append(any(time - began >= hold for began in since.values()))
    return Firing(times, tuple(states))


def _label_set(series: Series) -> LabelSet:
    return frozenset((name, value) for name, value in series.labels.items() if name != METRIC)


def duration_text(seconds: float) -> str:
    """Seconds as a Prometheus duration of minutes and seconds: "15m", "90s"."""
    return f"{seconds / 60:g}m" if seconds % 60 == 0 else f"{seconds:g}s"
