"""What a group says for all of its rules."""

from __future__ import annotations

import pytest

from readers.prometheus.rules import read_groups
from tfparse.cty.values import string
from tfparse.documents import decode_yaml

GROUP = """\
- name: g
  labels: {severity: info, team: a}
  rules:
    - {record: down, expr: up == 0}
    - {alert: Down, expr: down, labels: {severity: page}}
"""


@pytest.mark.parametrize(
    ("old", "labels"),
    [("", {"severity": "page", "team": "a"}), ("  labels: {severity: info, team: a}\n", {"severity": "page"})],
)
def test_labels_of_a_group_are_those_of_its_rules(old: str, labels: dict[str, str]) -> None:
    """https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#defining-alerting-rules"""
    (found,) = read_groups([decode_yaml(string(GROUP.replace(old, "")))], "the rules")
    assert {name: found.label(name) for name in found.labels} == labels
    assert found.node is not None
    assert {name: value.raw for name, value in found.node.get("labels").mapping().items()} == labels
    (recording,) = found.read_recordings()
    assert {name: value.raw for name, value in recording.labels.items()} == (
        {"severity": "info", "team": "a"} if not old else {}
    )
