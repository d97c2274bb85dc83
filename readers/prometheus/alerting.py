"""The alert that watches a number, and who is notified of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from readers import Malformed, Missing, NotProven
from readers.account import Account, Remark, Weight
from readers.helm.values import value_at
from readers.kubernetes.others import Same
from readers.prometheus.nodes import scalar_text
from readers.prometheus.notifications import Notification, notifications
from readers.prometheus.promql import METRIC, Series
from readers.prometheus.promtool import Proof, Question, try_rule
from readers.prometheus.rule_tests import Firing, InputSeries, Labels, RuleTest, firing_as_read
from readers.prometheus.rules import AlertRule, AlertRules, alert_rules, duration_seconds
from tfparse.cty.values import Value
from tfparse.diagnostics import UnknownValueError

_CHARTS_INTERVAL = 60.0
_OPERATORS_INTERVAL = 30.0


class WatchedAlert(Struct, frozen=True):
    """A rule that watches ``metric`` with ``labels``; ``values`` are those of its Helm release."""

    rule: AlertRule
    metric: str
    labels: Mapping[str, str]
    values: Value

    def falls_below(self, threshold: int) -> bool:
        """Whether it fires just below a threshold, and not at it.

        promtool answers where the expression is not evaluated from source; UnknownValueError where it cannot.
        """
        levels = (threshold - 1, threshold)
        try:
            below, at = (self.rule.fires([self.watched(n), *self.guards()]) for n in levels)
        except UnknownValueError as doubt:
            guards = tuple(InputSeries(guard.labels, ((0, guard.value),)) for guard in self.guards())
            tests = [RuleTest("", (InputSeries(self.watched(n).labels, ((0, n),)), *guards), None) for n in levels]
            outcomes, unasked = run_rule_tests(self, tests)
            if unasked:
                raise doubt from unasked
            below, at = (bool(outcome.proof and outcome.proof.firing.onset is not None) for outcome in outcomes)
        return below and not at

    def watched(self, value: float) -> Series:
        """The series that it watches, at a value."""
        return self.rule.series(self.metric, self.labels, value)

    def guards(self) -> list[Series]:
        """Other series of the same thing that it reads, at 1: it may fire only while such a one says so."""
        found: list[Series] = []
        for selector in self.rule.selectors:
            pins = {m.name: m.value for m in selector.matchers if m.op == "="}
            metric = pins.pop(METRIC, self.metric)
            if metric != self.metric and pins and pins.items() <= self.labels.items():
                found.append(Series({METRIC: metric, **self.labels}, 1.0))
        return found

    @property
    def interval(self) -> float:
        """How often Prometheus evaluates it, in seconds: as its group says, else all rules, else the chart."""
        own = self.rule.interval
        if own is None:
            own = value_at(self.values, "server", "global", "evaluation_interval")
        if own is None:
            own = value_at(self.values, "prometheus", "prometheusSpec", "evaluationInterval")
        if own is None and value_at(self.values, "prometheus", "prometheusSpec") is not None:
            return _OPERATORS_INTERVAL
        return _CHARTS_INTERVAL if own is None else duration_seconds(scalar_text(own), own.origin)

    @property
    def delay(self) -> float:
        """Seconds until it fires at the latest, once it has been true at an evaluation: ``for`` in whole intervals."""
        return max(math.ceil(self.rule.hold_seconds / self.interval), 1) * self.interval

    def completed(self, labels: Labels) -> Labels:
        """A series' labels with those that the rule pins beside (job, cluster): they are no part of a test."""
        metric, own = labels[METRIC], {name: value for name, value in labels.items() if name != METRIC}
        watched = self.labels if metric == self.metric else own
        pinned = self.rule.series(metric, watched, 0).labels
        return {**{name: value for name, value in pinned.items() if name not in watched}, **labels}

    def notifications(self, test: RuleTest) -> list[Notification]:
        """Who is notified of the alerts that fire while the series of a test are as at its start: Missing where none
        fires.
        """
        return notifications(self.rule, self.values, test, self.labels.get("namespace"))

    @property
    def account(self) -> Account:
        """What the table leaves open of the labels that the rule pins."""
        remarks = [
            *self._left_open(self.metric, self.labels, "table"),
            *(
                Remark(
                    f"alert {self.rule.name} also reads {guard.labels[METRIC]} of the same thing, and is judged while"
                    " that is 1",
                    self.rule.expr.origin,
                    Weight.NOTE,
                )
                for guard in self.guards()
            ),
        ]
        return Account(("labels that the rule pins", "series that guard the alert"), tuple(remarks))

    def account_of(self, series: Iterable[Labels]) -> Account:
        """What some series leave open of the labels that the rule pins."""
        remarks = (
            remark
            for labels in series
            for remark in self._left_open(labels[METRIC], {n: v for n, v in labels.items() if n != METRIC}, "series")
        )
        return Account(("labels that the rule pins",), tuple(dict.fromkeys(remarks)))

    def _left_open(self, metric: str, labels: Mapping[str, str], where: str) -> list[Remark]:
        names = ", ".join(self.rule.left_open(metric, labels))
        text = f"alert {self.rule.name} watches only series with a certain {names}: name it in the {where}"
        return [Remark(text, self.rule.expr.origin)] if names else []


def find_watched_alert(values: Value, metric: str, labels: Mapping[str, str], threshold: int) -> WatchedAlert:
    """The alert that fires when a metric falls below a threshold: of several, the quickest.

    Missing where no rule does, UnknownValueError where one that cannot be evaluated may.
    """
    rules = alert_rules(values)
    watching = _watching(Same(rules), metric, tuple(labels.items()))
    candidates = [WatchedAlert(rule, metric, labels, values) for rule in watching]
    doubt: UnknownValueError | Malformed | None = None
    found: list[WatchedAlert] = []
    for alert in candidates:
        try:
            if alert.falls_below(threshold):
                found.append(alert)
        except UnknownValueError as error:
            doubt = doubt or error
    if not found:
        names = ", ".join(f"{g.rule.name} ({g.rule.expr.origin})" for g in candidates)
        what = f"alert that fires when {metric} falls below {threshold}"
        missing = Missing(what, f"the rules that watch it: {names}", candidates[0].rule.expr.origin)
        raise doubt or rules.doubt(metric, labels) or missing
    return min(found, key=lambda alert: (bool(alert.account.doubts), alert.rule.hold_seconds))


@lru_cache(maxsize=8)  # each scenario about an alert asks for it, and whoever looks ahead
def _watching(rules: Same[AlertRules], metric: str, labels: tuple[tuple[str, str], ...]) -> tuple[AlertRule, ...]:
    return rules.thing.watching(metric, dict(labels))


class Outcome(Struct, frozen=True):
    """What an alert does in a test: by its expression as it reads, and as promtool evaluates it.

    ``read`` is why not, where the expression is not evaluated from source; ``proof`` is None where promtool
    was not asked.
    """

    test: RuleTest
    read: Firing | UnknownValueError | Malformed
    proof: Proof | None

    @property
    def disagreement(self) -> str | None:
        """In what promtool contradicts what was read; None where it does not."""
        if self.proof is None or not isinstance(self.read, Firing):
            return None
        if self.proof.firing != self.read:
            return f"promtool contradicts what is read from the expression: {self.read.text}"
        return "promtool has other labels than those read from the rule" if self.proof.labels_differ else None


def run_rule_tests(
    alert: WatchedAlert, tests: Sequence[RuleTest]
) -> tuple[list[Outcome], NotProven | Malformed | UnknownValueError | None]:
    """What an alert does in each test, and why promtool does not say so, where it does not."""
    reads = [_read(alert, test) for test in tests]
    try:
        questions = [_question(alert, test, read) for test, read in zip(tests, reads, strict=True)]
        proofs = try_rule(alert.rule, questions, alert.interval)
    except (NotProven, Malformed, UnknownValueError) as error:
        return [Outcome(test, read, None) for test, read in zip(tests, reads, strict=True)], error
    return [Outcome(*of_test) for of_test in zip(tests, reads, proofs, strict=True)], None


def _read(alert: WatchedAlert, test: RuleTest) -> Firing | UnknownValueError | Malformed:
    try:
        return firing_as_read(alert.rule, test, alert.interval)
    except (UnknownValueError, Malformed) as error:
        return error


def _question(alert: WatchedAlert, test: RuleTest, read: Firing | Exception) -> Question:
    """What the test expects, once the rule's ``for`` has passed: promtool says where that is wrong."""
    hold = alert.rule.hold_seconds
    times = test.times(hold, alert.interval)
    onset = math.inf if test.after is None else test.after + hold
    fires = isinstance(read, Firing) and read.states[-1]
    guess = Firing(times, tuple(time >= onset for time in times))
    return Question(test, guess, _labels(alert, test, times[-1]) if fires else None)


def _labels(alert: WatchedAlert, test: RuleTest, time: float) -> Sequence[Labels] | None:
    """The labels of the alerts that fire at a time; None where they are not known."""
    try:
        return alert.rule.alerts(test.series(time))
    except UnknownValueError:
        return None
