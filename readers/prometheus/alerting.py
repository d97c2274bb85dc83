"""The alert that watches a number, and who is notified of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readers import Malformed, Missing, NotProven
from readers.helm.values import value_at
from readers.prometheus.alertmanager import Alertmanager, read_alertmanager
from readers.prometheus.promql import METRIC, Series
from readers.prometheus.promtool import Proof, Question, try_rule
from readers.prometheus.rule_tests import Firing, InputSeries, Labels, RuleTest, firing_as_read
from readers.prometheus.rules import AlertRule, alert_rules, duration_seconds, scalar_text
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, UnknownValueError

_CHARTS_INTERVAL = 60.0


@dataclass(frozen=True, slots=True)
class WatchedAlert:
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
            below, at = (self.rule.fires([self.rule.series(self.metric, self.labels, n)]) for n in levels)
        except UnknownValueError as doubt:
            series = self.rule.series(self.metric, self.labels, 0).labels
            tests = [RuleTest("", (InputSeries(series, ((0, n),)),), None) for n in levels]
            outcomes, unasked = run_rule_tests(self, tests)
            if unasked:
                raise doubt from unasked
            below, at = (bool(outcome.proof and outcome.proof.firing.onset is not None) for outcome in outcomes)
        return below and not at

    @property
    def interval(self) -> float:
        """How often Prometheus evaluates it, in seconds: as its group says, else all rules, else the chart."""
        own = self.rule.interval
        if own is None:
            own = value_at(self.values, "server", "global", "evaluation_interval")
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

    def notifications(self, series: Sequence[Series]) -> list[Notification]:
        """Who is notified of the alerts that fire while exactly these series exist: Missing where none does."""
        alertmanager = read_alertmanager(self.values)
        external = value_at(self.values, "server", "global", "external_labels")
        added = {} if external is None else {name: scalar_text(value) for name, value in external.mapping().items()}
        fired = self.rule.alerts(series)
        if not fired:
            raise Missing(f"firing alert {self.rule.name}", "this case", self.rule.expr.origin)
        always = [{**added, **labels} for labels in _always_firing(self.values)]
        return [_notification(alertmanager, {**added, **labels}, always) for labels in fired]


@dataclass(frozen=True, slots=True)
class Notification:
    """What becomes of an alert in Alertmanager: the receivers it ends in, those that notify someone at any time, the
    route that decides, the time intervals that silence others, and the inhibition rules that could silence it."""

    labels: Mapping[str, str]
    receivers: tuple[str, ...]
    notifying: tuple[str, ...]
    origin: Origin | None
    muted_by: tuple[str, ...]
    inhibitors: tuple[Origin | None, ...]

    @property
    def note(self) -> str | None:
        """What may hold it back, for people."""
        notes = []
        if self.muted_by:
            notes.append(f"its route is silent at times: {', '.join(self.muted_by)}")
        if self.inhibitors:
            lines = ", ".join(str(origin) for origin in self.inhibitors)
            notes.append(f"while other alerts fire, inhibition rules may hold it back: {lines}")
        return "; ".join(notes) or None


def _always_firing(values: Value) -> list[Mapping[str, str]]:
    """The labels of the alerts that fire whatever there is (``vector(1)``), as a watchdog does."""
    found: list[Mapping[str, str]] = []
    for rule in alert_rules(values):
        try:
            if not rule.expression().selectors():
                found += rule.alerts(())
        except (UnknownValueError, Malformed):
            continue  # such a rule may fire for ever too, which is not known
    return found


def _notification(
    alertmanager: Alertmanager, labels: Mapping[str, str], always: Sequence[Mapping[str, str]]
) -> Notification:
    receivers, routes = alertmanager.receivers_of(labels), alertmanager.routes(labels)
    for rule in alertmanager.inhibitors(labels):
        silent = next((other for other in always if rule.silences(labels, other)), None)
        if silent is not None:
            missing = f"notification of {labels.get('alertname')}, which {silent.get('alertname')} silences"
            raise Missing(missing, "Alertmanager: that alert always fires, and an inhibition rule has it as source",
                          rule.origin)
    return Notification(
        labels,
        tuple(r.name for r in receivers),
        tuple(r.name for r, route in zip(receivers, routes, strict=True) if r.notifies and not route.muted_by),
        routes[-1].origin,
        tuple(dict.fromkeys(interval for route in routes for interval in route.muted_by)),
        tuple(rule.origin for rule in alertmanager.inhibitors(labels)),
    )


def find_watched_alert(values: Value, metric: str, labels: Mapping[str, str], threshold: int) -> WatchedAlert:
    """The alert that fires when a metric falls below a threshold: of several, the quickest.

    Missing where no rule does, UnknownValueError where one that cannot be evaluated may.
    """
    rules = alert_rules(values)
    candidates = [WatchedAlert(rule, metric, labels, values) for rule in rules.watching(metric, labels)]
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
    return min(found, key=lambda alert: alert.rule.hold_seconds)


@dataclass(frozen=True, slots=True)
class Outcome:
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
