"""Prometheus alerts: what they watch, when they fire, whom they reach."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.vocabulary import give
from gate.words import also, asks_programs, example, special, takes
from readers import Malformed
from readers.helm.releases import Release
from readers.kubernetes.stacks import Stack
from readers.prometheus.alerting import Outcome, WatchedAlert, find_watched_alert, run_rule_tests
from readers.prometheus.alertmanager import Alertmanager, read_alertmanager
from readers.prometheus.amtool import begin_routing, check_config
from readers.prometheus.inhibition import holds_back
from readers.prometheus.notifications import Notification, whom_it_reaches
from readers.prometheus.rule_tests import (
    Firing,
    InputSeries,
    Labels,
    RuleTest,
    read_changes,
    read_expectation,
    read_input_series,
    read_rule_test,
    read_series,
)
from readers.prometheus.ways import delivery, evaluation, require_evaluated
from readers.subjects.alerts import AlertSubject, every_alert, find_alert, other_routes, watched_subject
from readers.subjects.subject import Subject
from steps._findings import Table, rows
from steps.conditions import judge_rows
from tfparse import Infra, Origin, Value
from tfparse.cty.values import Unknown

SOMEONE = "a receiver that notifies someone"


@given(parsers.parse("its alert on {metric} falling below {threshold:d}, of:"), target_fixture="alert")
@takes(further="label", rows=1)
@also("subject")
def the_alert(
    evidence: Evidence, request: pytest.FixtureRequest, release: Release, metric: str, threshold: int, datatable: Table
) -> WatchedAlert:
    (labels,), values = rows(datatable), _values(evidence, release)
    require_evaluated(values)
    alert = find_watched_alert(values, metric, labels, threshold)
    evidence.heed(evaluation(values) + alert.account)
    give(request, "subject", watched_subject(alert))
    return alert


@given("these series:", target_fixture="series")
@takes("name", "series", reads={"series": read_series})
def the_series(datatable: Table) -> dict[str, Labels]:
    return {row["name"]: read_series(row["series"]) for row in rows(datatable)}


@then(parsers.parse('the alert fires within "{duration}"'))
def fires_within(evidence: Evidence, subject: Subject, duration: str) -> None:
    """Once its expression has held at an evaluation: its `for`, in whole intervals (`fires_within`)."""
    judge_rows(evidence, subject, [["path", "is"], ["fires_within", f"at most {duration}"]])


@then("it fires or is silent over time:")
@asks_programs
@takes("event", "the alert", named_by=("series", "name"), reads={"the alert": read_expectation}, named=read_changes)
@example("""Then it fires or is silent over time:
  | event            | disk               | the alert        |
  | the disk is full | 0.5, 0.99 from 10m | fires after 10m  |""")
def fires_over_time(evidence: Evidence, subject: Subject, series: dict[str, Labels], datatable: Table) -> None:
    """As its expression reads, and as promtool runs it."""
    if not isinstance(subject, AlertSubject):
        raise Malformed(subject.label, "it is no alert: give one by its name")
    alert = subject.watched
    evidence.heed(subject.account + alert.account_of(series.values()))
    outcomes, unasked = run_rule_tests(alert, [_rule_test(row, alert, series) for row in rows(datatable)])
    _judge_all(evidence, alert, outcomes)
    if unasked:
        evidence.told(unasked, f"alert {alert.rule.name}", "as promtool runs it")


@then(parsers.parse('while the alert "{source}" fires, "{target}" is held back'))
@special("it follows from the labels of both and from the inhibition rules")
@example('Then while the alert "NodeDown" fires, "PodCrashLooping" is held back')
def is_held_back(
    evidence: Evidence, infra: Infra, every_stack: Sequence[Stack], release: Release, source: str, target: str
) -> None:
    what, values = f"alert {target} while {source} fires", _values(evidence, release)
    evidence.heed(delivery(values) + other_routes(every_stack, values))
    with evidence.about(what, "held back"):
        alerts = every_alert(infra, every_stack, "alert", whole_repo=True)
        first, second = (find_alert(alerts, name) for name in (source, target))
        _judge_inhibition(evidence, what, read_alertmanager(values), first, second)


@then(parsers.re(r'an alert with these labels reaches (?:"(?P<receiver>[^"]+)"|nobody):'))
@takes(further="label", rows=1)
@example("""Then an alert with these labels reaches "mail":
  | alertname | severity |
  | DiskFull  | critical |""")
def with_these_labels(
    evidence: Evidence, every_stack: Sequence[Stack], release: Release, receiver: str | None, datatable: Table
) -> None:
    (labels,), values = rows(datatable), _values(evidence, release)
    what = f"alert with {', '.join(f'{name} = {text}' for name, text in labels.items())}"
    expected = "nobody" if receiver is None else receiver
    evidence.heed(delivery(values) + other_routes(every_stack, values, labels, nobody=receiver is None))
    with evidence.about(what, expected):
        reached, at = whom_it_reaches(values, labels)
        ok = receiver in reached if receiver is not None else not reached
        evidence.check(what, expected, ", ".join(reached) or "nobody", ok=ok, at=at)


@then("it is routed to a receiver that notifies someone, as the routes read and as amtool follows them, while:")
@asks_programs
@takes(named_by=("series", "name"), named=read_changes)
@special("whom it reaches follows from the labels with which it fires, while its series are so")
def reaches_someone(evidence: Evidence, alert: WatchedAlert, series: dict[str, Labels], datatable: Table) -> None:
    evidence.heed(delivery(alert.values))
    notified = [case for row in rows(datatable) for case in _routes(evidence, alert, series, row)]
    with evidence.about(f"route of alert {alert.rule.name}", "as amtool follows it"):
        begin_routing(alert.values, [notification.labels for _, notification in notified])
        configuration = check_config(alert.values)
        for what, notification in notified:
            _judge_route(evidence, f"{what}, by amtool", notification, configuration.receivers(notification.labels))


def _judge_inhibition(
    evidence: Evidence, what: str, alertmanager: Alertmanager, source: AlertSubject, target: AlertSubject
) -> None:
    verdict, at = holds_back(alertmanager, source.watched.rule, target.watched.rule)
    if isinstance(verdict, Unknown):
        evidence.undetermined(what, "held back", verdict.reason, at=at)
    else:
        found = "held back" if verdict else "no inhibition rule holds it back"
        evidence.check(what, "held back", found, ok=verdict, at=at)


def _values(evidence: Evidence, release: Release) -> Value:
    """The values of a release, whose account weighs on all that is said of them."""
    evidence.heed(release.account)
    return release.values


def _routes(
    evidence: Evidence, alert: WatchedAlert, series: dict[str, Labels], row: dict[str, str]
) -> list[tuple[str, Notification]]:
    """Who is notified of the alert in a case: recorded, and returned for amtool to follow."""
    what = f"route of alert {alert.rule.name} while {', '.join(f'{name} is {text}' for name, text in row.items())}"
    notified: list[tuple[str, Notification]] = []
    with evidence.about(what, SOMEONE):
        now = RuleTest(what, tuple(_inputs(row, alert, series)), None)
        notified = [(what, notification) for notification in alert.notifications(now)]
    for what, notification in notified:
        _judge_route(evidence, what, notification)
    return notified


def _judge_route(evidence: Evidence, what: str, notification: Notification, by_amtool: str | None = None) -> None:
    read = ",".join(notification.receivers)
    found, note = (read, notification.note) if by_amtool is None else (by_amtool, f"the routes read: {read}")
    ok = bool(notification.notifying) and found == read
    evidence.check(what, SOMEONE, found, ok=ok, at=notification.origin, note=note)


def _rule_test(row: dict[str, str], alert: WatchedAlert, series: dict[str, Labels]) -> RuleTest:
    event, expected = row.pop("event"), row.pop("the alert")
    return read_rule_test(event, _inputs(row, alert, series), expected)


def _inputs(row: dict[str, str], alert: WatchedAlert, series: dict[str, Labels]) -> list[InputSeries]:
    return [read_input_series(text, alert.completed(series[name])) for name, text in row.items()]


def _judge_all(evidence: Evidence, alert: WatchedAlert, outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        _judge(evidence, f"alert {alert.rule.name} when {outcome.test.name}", outcome, alert.rule.expr.origin)


def _judge(evidence: Evidence, what: str, outcome: Outcome, at: Origin | None) -> None:
    """One finding by the expression as it reads, unless only promtool can tell, and one by promtool."""
    test, read, proof = outcome.test, outcome.read, outcome.proof
    if isinstance(read, Firing):
        evidence.check(what, test.expected, read.text, ok=test.holds(read), at=at)
    elif proof is None:
        evidence.told(read, what, test.expected)
    if proof is not None:
        ok = test.holds(proof.firing) and not outcome.disagreement
        actual = proof.firing.text if ok else "\n".join(filter(None, (proof.firing.text, proof.said)))
        evidence.check(f"{what}, by promtool", test.expected, actual, ok=ok, at=at, note=outcome.disagreement)
