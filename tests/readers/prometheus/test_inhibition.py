"""Whether one alert holds back another, as https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule says."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from readers import Missing
from readers.prometheus.alertmanager import read_alertmanager
from readers.prometheus.inhibition import holds_back
from readers.prometheus.notifications import notifications
from readers.prometheus.promql import METRIC
from readers.prometheus.rule_tests import InputSeries, RuleTest
from readers.prometheus.rules import alert_rules
from tfparse.cty.values import Unknown, string
from tfparse.diagnostics import Origin
from tfparse.documents import decode_yaml

TEXT = """\
serverFiles:
  alerting_rules.yml:
    groups:
      - name: a
        rules:
          - {{alert: Gone, expr: up == 0, labels: {{severity: critical, site: a}}}}
          - {{alert: Slow, expr: up == 1, labels: {{severity: {severity}, site: {site}}}}}
alertmanager:
  config:
    route: {{receiver: x}}
    receivers: [{{name: x}}]
    inhibit_rules: [{rule}]
"""


def verdict(rule: str, severity: str = "warning", site: str = "a") -> bool | Unknown:
    text = TEXT.format(rule=rule, severity=severity, site=site)
    values = decode_yaml(string(text, Origin("values.tpl", 1), verbatim=True))
    gone, slow = alert_rules(values)
    return holds_back(read_alertmanager(values), gone, slow)[0]


BY_SEVERITY = "{source_matchers: [severity = critical], target_matchers: [severity = warning]%s}"


@pytest.mark.parametrize(("rule", "severity", "site", "held"), [
    (BY_SEVERITY % "", "warning", "a", True),
    (BY_SEVERITY % "", "info", "a", False),
    (BY_SEVERITY % ", equal: [site]", "warning", "a", True),
    (BY_SEVERITY % ", equal: [site]", "warning", "b", False),
    ("{source_matchers: [severity = critical], target_matchers: [severity = critical]}", "critical", "a", False),
    ("{source_matchers: [alertname = Gone], target_matchers: ['alertname =~ \"Slow|Gone\"']}", "warning", "a", True),
    ("", "warning", "a", False),
])  # fmt: skip
def test_what_is_held_back(rule: str, severity: str, site: str, held: bool) -> None:
    assert verdict(rule, severity, site) is held


@pytest.mark.parametrize(
    ("rule", "site"),
    [
        (BY_SEVERITY % ", equal: [instance]", "a"),
        (BY_SEVERITY % ", equal: [site]", "'{{ $labels.site }}'"),
        ("{source_matchers: [severity = critical, rack = a], target_matchers: [severity = warning]}", "a"),
    ],
)
def test_what_hangs_on_the_series_is_unknown(rule: str, site: str) -> None:
    assert isinstance(verdict(rule, site=site), Unknown)


RELABELLINGS = "server: {{}}\nalertRelabelConfigs: {{alert_relabel_configs: [{}]}}\n"
RENAMES = "{source_labels: [alertname], regex: Gone, target_label: alertname, replacement: Outage}"


@pytest.mark.parametrize(("source", "relabelling", "silent"), [
    ("alertname = Gone", "", True),
    ('alertname =~ "G.*", severity = critical', "", True),
    ("severity = critical", "", True),
    ("alertname = Other", "", False),
    ("alertname = Outage", "", False),
    ("alertname = Outage", RENAMES, True),
])  # fmt: skip
def test_another_alert_that_fires_is_the_source_by_the_name_that_it_is_sent_by(
    source: str, relabelling: str, silent: bool
) -> None:
    rule = f"{{source_matchers: ['{source}'], target_matchers: [severity = warning]}}"
    text = TEXT.format(rule=rule, severity="warning", site="a") + RELABELLINGS.format(relabelling)
    values = decode_yaml(string(text.replace("up == 1", "down == 1"), Origin("values.tpl", 1), verbatim=True))
    _, slow = alert_rules(values)
    inputs = tuple(InputSeries({METRIC: name}, ((0, value),)) for name, value in (("up", 0), ("down", 1)))
    with pytest.raises(Missing, match="which Gone silences") if silent else nullcontext():
        assert notifications(slow, values, RuleTest("", inputs, 0), None)
