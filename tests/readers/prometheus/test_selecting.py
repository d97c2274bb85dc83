"""Which PrometheusRule objects kube-prometheus-stack's Prometheus loads, as its template has it."""

from __future__ import annotations

from typing import Any

import pytest

from readers.prometheus.selecting import not_selected
from tfparse.cty.values import Value, string
from tfparse.documents import decode_yaml


def read(text: str) -> Value:
    return decode_yaml(string(text))


RULE = "metadata: {name: a, labels: {release: kps, team: web}}"
NO_RULE = "metadata: {name: a}"
SPEC = "prometheus: {prometheusSpec: {%s}}"


@pytest.mark.parametrize(
    ("rule", "values", "is_loaded"),
    [
        (RULE, "{}", True),
        (NO_RULE, "{}", False),
        (NO_RULE, SPEC % "ruleSelectorNilUsesHelmValues: false", True),
        (NO_RULE, SPEC % "ruleSelectorNilUsesHelmValues: true", False),
        (RULE, SPEC % "ruleSelector: {matchLabels: {team: web}}", True),
        (RULE, SPEC % "ruleSelector: {matchLabels: {team: shop}}", False),
        (RULE, SPEC % "ruleSelector: {}", True),
        (RULE, SPEC % "ruleSelector: {matchExpressions: [{key: team, operator: Exists}]}", False),
    ],
)
def test_what_is_selected(rule: str, values: str, is_loaded: Any) -> None:
    assert (not_selected(read(rule), [("kps", read(values), None)]) is None) is is_loaded


def test_one_of_several_is_enough() -> None:
    assert not_selected(read(RULE), [("other", read("{}"), None), ("kps", read("{}"), None)]) is None
    assert not_selected(read(RULE), []) is None
