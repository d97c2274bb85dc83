"""Recording rules are read once each, however they read one another."""

from __future__ import annotations

import json
from collections.abc import Callable

from readers.prometheus.rules import AlertRule, alert_rules
from tests.growth import assert_in_proportion
from tfparse.cty.values import string
from tfparse.documents import decode_yaml


def recorded(*rules_: tuple[str, str], alert: str) -> AlertRule:
    """An alert that is loaded with recording rules, each given as its name and expression."""
    listed = [{"record": name, "expr": expr} for name, expr in rules_] + [{"alert": "A", "expr": alert}]
    groups = {"serverFiles": {"alerting_rules.yml": {"groups": [{"name": "g", "rules": listed}]}}}
    (found,) = alert_rules(decode_yaml(string(json.dumps(groups))))
    return found


def test_what_recording_rules_read_comes_first() -> None:
    found = recorded(("b", "c"), ("d", "1"), ("c", "x"), ("e", '{__name__=~"b|d"}'), alert="e < 1")
    assert [r.name for r in found.read_recordings()] == ["c", "b", "d", "e"]


def test_recording_rules_in_a_circle_are_each_read_once() -> None:
    found = recorded(("a", "b"), ("b", "a + b"), alert="a < 1")
    assert [r.name for r in found.read_recordings()] == ["b", "a"]


def test_a_long_chain_of_recording_rules_is_read() -> None:
    chain = [(f"r{number}", f"r{number + 1}") for number in range(3000)]
    assert len(recorded(*chain, alert="r0 < 1").read_recordings()) == 3000


def test_recording_rules_that_are_read_in_many_ways_are_read_in_proportion() -> None:
    def layers(count: int) -> Callable[[], object]:
        both = [(f"{side}{at}", f"l{at + 1} + r{at + 1}") for at in range(count) for side in "lr"]
        found = recorded(*both, alert="l0 < 1")
        assert len(found.read_recordings()) == 2 * count - 1
        return found.read_recordings

    assert_in_proportion(layers, 200)


def test_recording_rules_that_nobody_reads_cost_an_alert_nothing() -> None:
    def others(count: int) -> Callable[[], object]:
        found = recorded(*((f"r{number}", "x") for number in range(count)), alert="y < 1")
        return lambda: [found.read_recordings() for _ in range(300)]

    assert_in_proportion(others, 500, at_most=1.5)
