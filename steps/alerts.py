"""Prometheus alerts: what they watch, when they fire, whom they reach."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from readers.prometheus.alerting import Guard, Hearing, Outcome, find_guard, put_to_trial
from readers.prometheus.amtool import check_config
from readers.prometheus.promtool import check_rules
from readers.prometheus.rules import duration_seconds
from readers.prometheus.trials import Behaviour, Course, Labels, Trial, read_course, read_series, read_trial
from steps._findings import Table, examine, rows
from tfparse import Origin, Value

SOMEONE = "a receiver that notifies someone"


@given(parsers.parse("its alert on {metric} falling below {threshold:d}, of:"), target_fixture="alert")
def the_alert(values: Value, metric: str, threshold: int, datatable: Table) -> Guard:
    (labels,) = rows(datatable)
    return find_guard(values, metric, labels, threshold)


@given("these series:", target_fixture="series")
def the_series(datatable: Table) -> dict[str, Labels]:
    return {row["name"]: read_series(row["series"]) for row in rows(datatable)}


@then(parsers.parse('the alert fires within "{duration}"'))
def fires_within(evidence: Evidence, alert: Guard, duration: str) -> None:
    what, expected = f"for of alert {alert.rule.name}", f"at most {duration}"
    with evidence.about(what, expected):
        actual = f"{alert.rule.hold_seconds:g} s, evaluated every {alert.interval:g} s"
        ok = alert.delay <= duration_seconds(duration)
        evidence.check(what, expected=expected, actual=actual, ok=ok, at=alert.rule.hold_origin)


@then(parsers.parse("it has a label {name}"))
def has_label(evidence: Evidence, alert: Guard, name: str) -> None:
    what = f"label {name} of alert {alert.rule.name}"
    with evidence.about(what, "set"):
        found = alert.rule.label(name)
        at = alert.rule.labels[name].origin if found else alert.rule.origin
        evidence.check(what, expected="set", actual=found or "not set", ok=bool(found), at=at)


@then("promtool finds no fault in the rules that stand with it")
def rules_taken(evidence: Evidence, values: Value) -> None:
    examine(evidence, "the release's rules", "promtool", lambda: check_rules(values))


@then("over time it does this, as it reads and as promtool runs it:")
def over_time(evidence: Evidence, alert: Guard, series: dict[str, Labels], datatable: Table) -> None:
    outcomes, unasked = put_to_trial(alert, [_trial(row, alert, series) for row in rows(datatable)])
    for outcome in outcomes:
        _judge(evidence, f"alert {alert.rule.name} when {outcome.trial.name}", outcome, alert.rule.expr.origin)
    if unasked:
        evidence.told(unasked, f"alert {alert.rule.name}", "as promtool runs it")


@then("amtool finds no fault in Alertmanager's configuration")
def configuration_taken(evidence: Evidence, values: Value) -> None:
    examine(evidence, "Alertmanager's configuration", "amtool", lambda: check_config(values).examination)


@then("it is routed to a receiver that notifies someone, as the routes read and as amtool follows them, while:")
def reaches_someone(evidence: Evidence, alert: Guard, series: dict[str, Labels], datatable: Table) -> None:
    heard = [case for row in rows(datatable) for case in _routes(evidence, alert, series, row)]
    with evidence.about(f"route of alert {alert.rule.name}", "as amtool follows it"):
        configuration = check_config(alert.values)
        for what, hearing in heard:
            _judge_route(evidence, f"{what}, by amtool", hearing, configuration.receivers(hearing.labels))


def _routes(
    evidence: Evidence, alert: Guard, series: dict[str, Labels], row: dict[str, str]
) -> list[tuple[str, Hearing]]:
    """Who hears of the alert in a case: recorded, and returned for amtool to follow."""
    what = f"route of alert {alert.rule.name} while {', '.join(f'{name} is {text}' for name, text in row.items())}"
    heard: list[tuple[str, Hearing]] = []
    with evidence.about(what, SOMEONE):
        now = Trial(what, tuple(_courses(row, alert, series)), None).series(0)
        heard = [(what, hearing) for hearing in alert.hearing(now)]
    for what, hearing in heard:
        _judge_route(evidence, what, hearing)
    return heard


def _judge_route(evidence: Evidence, what: str, hearing: Hearing, by_amtool: str | None = None) -> None:
    read = ",".join(hearing.receivers)
    found, note = (read, hearing.note) if by_amtool is None else (by_amtool, f"the routes read: {read}")
    evidence.check(what, expected=SOMEONE, actual=found, ok=bool(hearing.notifying) and found == read,
                   at=hearing.origin, note=note)


def _trial(row: dict[str, str], alert: Guard, series: dict[str, Labels]) -> Trial:
    event, expected = row.pop("event"), row.pop("the alert")
    return read_trial(event, _courses(row, alert, series), expected)


def _courses(row: dict[str, str], alert: Guard, series: dict[str, Labels]) -> list[Course]:
    return [read_course(text, alert.completed(series[name])) for name, text in row.items()]


def _judge(evidence: Evidence, what: str, outcome: Outcome, at: Origin | None) -> None:
    """One finding by the expression as it reads, unless only promtool can tell, and one by promtool."""
    trial, read, proof = outcome.trial, outcome.read, outcome.proof
    if isinstance(read, Behaviour):
        evidence.check(what, expected=trial.expected, actual=read.text, ok=trial.holds(read), at=at)
    elif proof is None:
        evidence.told(read, what, trial.expected)
    if proof is not None:
        ok = trial.holds(proof.behaviour) and not outcome.disagreement
        actual = proof.behaviour.text if ok else "\n".join(filter(None, (proof.behaviour.text, proof.said)))
        evidence.check(f"{what}, by promtool", expected=trial.expected, actual=actual, ok=ok, at=at,
                       note=outcome.disagreement)
