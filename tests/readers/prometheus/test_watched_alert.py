"""An alert is the one that watches what the table says."""

from __future__ import annotations

import pytest

from readers import Missing
from readers.account import Weight
from readers.prometheus.alerting import WatchedAlert, find_watched_alert
from tfparse.cty.values import string
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.documents import decode_yaml

HEAD = "serverFiles:\n  alerting_rules.yml:\n    groups:\n      - name: a\n        rules:\n"
TABLE = {"namespace": "mail", "deployment": "mail"}
PINS = 'namespace="mail", deployment="mail"'


def found(*expressions: str) -> WatchedAlert:
    rules = "".join(f"          - alert: A{n}\n            expr: {e}\n" for n, e in enumerate(expressions))
    values = decode_yaml(string(HEAD + rules, Origin("values.tpl", 1), verbatim=True))
    return find_watched_alert(values, "available", TABLE, 1)


@pytest.mark.parametrize(
    ("expression", "doubts", "notes"),
    [
        (f"available{{{PINS}}} < 1", 0, 0),
        ("available < 1", 0, 0),
        (f'available{{job="ksm", {PINS}}} < 1', 1, 0),
        (f"wanted{{{PINS}}} > 0 and available{{{PINS}}} < 1", 0, 1),
    ],
)
def test_what_is_besides(expression: str, doubts: int, notes: int) -> None:
    weights = [remark.weight for remark in found(expression).account.remarks]
    assert (weights.count(Weight.DOUBT), weights.count(Weight.NOTE)) == (doubts, notes)


def test_one_that_pins_nothing_besides_goes_first() -> None:
    assert found(f'available{{job="ksm", {PINS}}} < 1', f"available{{{PINS}}} < 1").rule.name == "A1"


def test_a_guard_on_something_else_is_none_of_ours() -> None:
    with pytest.raises(Missing, match="no alert that fires when"):
        found(f'available{{{PINS}}} < 1 and on() up{{job="node"}} == 1')


def test_a_pattern_of_a_label_that_the_table_leaves_open() -> None:
    with pytest.raises(UnknownValueError, match="name them there"):
        found(f'available{{job=~"k.*", {PINS}}} < 1')


def test_a_recording_rule_is_looked_into() -> None:
    rules = (f"          - record: mail:up\n            expr: available{{{PINS}}} or on() vector(0)\n"
             "          - alert: A\n            expr: mail:up < 1\n")  # fmt: skip
    values = decode_yaml(string(HEAD + rules, Origin("values.tpl", 1), verbatim=True))
    assert find_watched_alert(values, "available", TABLE, 1).rule.name == "A"
