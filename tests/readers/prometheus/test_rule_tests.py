"""What a feature says of series over time, and what a rule does then, as it reads."""

from __future__ import annotations

import pytest

from readers import NotProven
from readers.prometheus.alerting import WatchedAlert, find_watched_alert, run_rule_tests
from readers.prometheus.promtool import PROMTOOL
from readers.prometheus.rule_tests import Firing, read_input_series, read_rule_test, read_series
from tests.readers.documents import values
from tfparse import UnknownValueError

MAIL = {"namespace": "mailserver", "deployment": "mailserver"}
SERIES = 'kube_deployment_status_replicas_available{namespace="mailserver", deployment="mailserver"}'


def watched(rule: str, group: str = "", server: str = "") -> WatchedAlert:
    """The alert of a release with one rule."""
    held = values(
        f"server: {{{server}}}\nserverFiles:\n  alerting_rules.yml:\n    groups:\n"
        f"      - name: Mail\n        {group}\n        rules:\n          - {{alert: A, {rule}}}\n"
    )
    return find_watched_alert(held, "kube_deployment_status_replicas_available", MAIL, 1)


@pytest.mark.parametrize(("text", "values"), [
    ("1", [1, 1, 1]),
    ("1, 0 from 10m", [1, 0, 0]),
    ("1, 0 from 10m, gone from 20m", [1, 0, None]),
    ("gone, 2.5 from 1h", [None, None, None]),
    ("gone", [None, None, None]),
    ("", [None, None, None]),
])  # fmt: skip
def test_an_input_series(text: str, values: list[float | None]) -> None:
    series = read_input_series(text, {})
    assert [series.at(minute * 60) for minute in (9, 10, 20)] == values


@pytest.mark.parametrize("text", [
    "up", "1,0 from 10m", "1, 0", "0 from 10m", "1, 0 from 90s", "1, 0 from ten", "1, 0 from 10m, 1 from 5m", "-1", "1, ,",
])  # fmt: skip
def test_no_input_series(text: str) -> None:
    with pytest.raises(ValueError, match="is no input series"):
        read_input_series(text, {})


@pytest.mark.parametrize("text", ["fires", "fires after ten minutes", "silent", "", "fires after 10m, or not"])
def test_nothing_to_expect(text: str) -> None:
    with pytest.raises(ValueError, match="reads neither like"):
        read_rule_test("", [], text)


def test_a_series() -> None:
    assert read_series(SERIES) == {"__name__": "kube_deployment_status_replicas_available", **MAIL}
    assert read_series("up") == {"__name__": "up"}


@pytest.mark.parametrize("text", ['up{job=~"a.*"}', "up or down", "1"])
def test_no_series(text: str) -> None:
    with pytest.raises(ValueError, match="is no series"):
        read_series(text)


@pytest.mark.parametrize(("expected", "firing", "holds"), [
    ("is silent", "......", True), ("is silent", "...!..", False),
    ("fires after 2m", "..!!!!", True), ("fires after 2m", "...!!!", True), ("fires after 2m", ".!!!!!", False),
    ("fires after 2m", "......", False), ("fires after 2m", "..!!!.", False), ("fires after 2m", "..!.!!", False),
])  # fmt: skip
def test_what_holds(expected: str, firing: str, holds: bool) -> None:
    firing = Firing(tuple(60.0 * minute for minute in range(6)), tuple(mark == "!" for mark in firing))
    assert read_rule_test("", [], expected).holds(firing) is holds


@pytest.mark.parametrize(("firing", "text"), [
    ("......", "is silent"), ("..!!!!", "fires from 2m"), (".!!...", "fires from 1m to 3m"), ("!!!!!!", "fires from 0m"),
])  # fmt: skip
def test_what_is_told(firing: str, text: str) -> None:
    times = tuple(60.0 * minute for minute in range(6))
    assert Firing(times, tuple(mark == "!" for mark in firing)).text == text


def test_what_the_rule_pins_besides_is_no_part_of_a_test() -> None:
    held = watched(f"expr: '{SERIES[:-1]}, job=\"ksm\"}} < 1'")
    assert held.completed(read_series(SERIES)) == {**read_series(SERIES), "job": "ksm"}
    other = SERIES.replace('deployment="mailserver"', 'deployment="other"')
    assert held.completed(read_series(other)) == {**read_series(other), "job": "ksm"}
    assert held.completed({"__name__": "up", "job": "x"}) == {"__name__": "up", "job": "x"}


@pytest.mark.parametrize(("group", "server", "seconds"), [
    ("", "", 60), ("", "global: {evaluation_interval: 30s}", 30), ("interval: 2m", "global: {evaluation_interval: 30s}", 120),
])  # fmt: skip
def test_how_often_it_is_evaluated(group: str, server: str, seconds: float) -> None:
    assert watched(f"expr: '{SERIES} < 1'", group, server).interval == seconds


@pytest.mark.needs("promtool")
@pytest.mark.parametrize(("interval", "hold", "text"), [
    ("1m", "5m", "fires from 15m"), ("2m", "5m", "fires from 16m"), ("30s", "5m", "fires from 15m"),
    ("45s", "5m", "fires from 945s"), ("4m", "0s", "fires from 12m"), ("1m", "1h30m", "fires from 100m"),
])  # fmt: skip
def test_promtool_evaluates_as_often(interval: str, hold: str, text: str) -> None:
    held = watched(f"expr: '{SERIES} < 1', for: {hold}", f"interval: {interval}")
    test = read_rule_test(
        "", [read_input_series("1, 0 from 10m", held.completed(read_series(SERIES)))], "fires after 10m"
    )
    (outcome,), unasked = run_rule_tests(held, [test])
    assert unasked is None
    told = [outcome.read.text, outcome.proof.firing.text]
    assert told == [text, text]
    assert outcome.disagreement is None


def test_a_rule_that_is_held_for_ever_is_not_tried() -> None:
    held = watched(f"expr: '{SERIES} < 1', for: 5y")
    outcomes, unasked = run_rule_tests(
        held, [read_rule_test("", [read_input_series("0", held.completed(read_series(SERIES)))], "is silent")]
    )
    assert isinstance(unasked, UnknownValueError)
    assert isinstance(outcomes[0].read, UnknownValueError)
    assert str(outcomes[0].read).startswith("a rule is not tried that is evaluated every 60 s and held for")


WINDOW = f"expr: 'max_over_time({SERIES}[5m]) < 1'"


@pytest.mark.needs("promtool")
def test_promtool_finds_the_alert_that_is_not_evaluated_from_source() -> None:
    assert watched(WINDOW).rule.name == "A"


def test_without_promtool_it_stays_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*args: object) -> None:
        raise NotProven("promtool", "is not installed (Debian package prometheus)")

    monkeypatch.setattr(type(PROMTOOL), "run", absent)
    with pytest.raises(UnknownValueError, match="the expression uses max_over_time"):
        watched(WINDOW)
