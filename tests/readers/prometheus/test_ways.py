"""Each way from a rule to a person: what is a doubt there, what is a note, and what is nothing."""

from __future__ import annotations

import pytest

from readers import Missing
from readers.account import Account
from readers.prometheus.notifications import whom_it_reaches
from readers.prometheus.ways import delivery, evaluation, require_evaluated
from tfparse.cty.values import Value, string
from tfparse.diagnostics import Origin
from tfparse.documents import decode_yaml


def values(text: str) -> Value:
    return decode_yaml(string(text, Origin("values.tpl", 1), verbatim=True))


def both(text: str) -> Account:
    return evaluation(values(text)) + delivery(values(text))


DOUBTS = [
    "server: {extraFlags: [rules.max-concurrent-evals=2]}",
    "server: {defaultFlagsOverride: [--web.enable-lifecycle]}",
    "server: {configMapOverrideName: ours}",
    "server: {configPath: /etc/ours.yml}",
    "server: {command: [/bin/sh]}",
    "server: {image: {repository: docker.io/victoriametrics/victoria-metrics}}",
    "server: {alertmanagers: [{static_configs: [{targets: ['198.51.100.7:9093']}]}]}",
    "server: {alertmanagers: [{kubernetes_sd_configs: [{role: pod}]}]}",
    "serverFiles: {prometheus.yml: {alerting: {alertmanagers: []}}}",
    "alertmanager: {config: {enabled: false}}",
    "alertmanager: {extraArgs: {config.file: /etc/ours.yml}}",
    "alertmanager: {extraSecretMounts: [{name: x, mountPath: /etc/alertmanager}]}",
    "alertmanager: {image: {repository: quay.io/ours/karma}}",
    "alertmanager: {stringConfig: 'route: {}'}",
    "alertmanager: {alertmanagerSpec: {configSecret: ours}}",
    "prometheus: {prometheusSpec: {alertingEndpoints: [{name: x}]}}",
]
NONE = [
    "server: {replicaCount: 2, extraFlags: [web.enable-lifecycle, storage.tsdb.wal-compression]}",
    "server: {extraArgs: {log.level: debug, storage.tsdb.retention.size: 10GB}}",
    "server: {defaultFlagsOverride: [--config.file=/etc/config/prometheus.yml, --web.enable-lifecycle]}",
    "server: {configMapOverrideName: '', command: [], alertmanagers: []}",
    "server: {image: {repository: docker.io/prom/prometheus}}",
    "server: {alertmanagers: [{static_configs: [{targets: ['kps-alertmanager.monitoring.svc:9093']}]}]}",
    "alertmanager: {config: {enabled: true}, extraArgs: {log.level: debug}}",
    "alertmanager: {extraSecretMounts: [{name: x, mountPath: /etc/secrets}], image: {repository: prom/alertmanager}}",
    "alertRelabelConfigs: {alert_relabel_configs: [{regex: replica, action: labeldrop}]}",
]


@pytest.mark.parametrize("text", DOUBTS)
def test_what_is_not_understood_is_a_doubt(text: str) -> None:
    (doubt,) = both(text).doubts
    assert doubt.origin is not None


@pytest.mark.parametrize("text", NONE)
def test_what_leaves_it_alone_is_none(text: str) -> None:
    assert both(text).doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "server: {replicaCount: 0}",
        "server: {extraFlags: [enable-feature=agent]}",
        "server: {extraArgs: {agent: 'true'}}",
        "server: {defaultFlagsOverride: [--agent, --config.file=/etc/config/prometheus.yml]}",
        "prometheus: {enabled: false}",
        "prometheus: {prometheusSpec: {replicas: 0}}",
        "server: {extraFlags: ['enable-feature=otlp,agent']}",
    ],
)
def test_where_no_rule_is_evaluated(text: str) -> None:
    with pytest.raises(Missing):
        require_evaluated(values(text))


CONFIG = """\
alertmanager:
  config:
    route: {receiver: chat, routes: [{receiver: nobody, matchers: [severity = none]}]}
    receivers: [{name: nobody}, {name: chat, slack_configs: [{channel: "#a"}]}]
"""
DROPPED = """\
prometheus:
  prometheusSpec:
    additionalAlertRelabelConfigs:
      - {source_labels: [team], regex: mail, action: drop}
"""


@pytest.mark.parametrize(
    ("labels", "reached"),
    [
        ({"alertname": "A"}, ["chat"]),
        ({"alertname": "A", "severity": "none"}, []),
        ({"alertname": "A", "team": "mail"}, []),
    ],
)
def test_whom_labels_reach_by_kube_prometheus_stack(labels: dict[str, str], reached: list[str]) -> None:
    assert whom_it_reaches(values(CONFIG + DROPPED), labels)[0] == reached
