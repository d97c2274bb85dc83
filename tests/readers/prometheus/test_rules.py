from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import tests.readers.real_programs as programs
from readers import Malformed, Missing
from readers.prometheus.promql import Series
from readers.prometheus.rules import AlertRule, AlertRules, alert_rules, duration_seconds
from tests.readers.prometheus.promql_cases import series
from tfparse.cty.values import Part, Unknown, Value, object_, string, text
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.documents import decode_yaml

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))

RULES = """\
serverFiles:
  alerting_rules.yml:
    groups:
      - name: mail
        rules:
          # - alert: Commented
          #   expr: available < 1
          - record: recorded
            expr: available
          - alert: MailDown
            expr: available{deployment="mail"} < 1
            for: 5m
            labels:
              severity: critical
            annotations:
              summary: down
      - name: web
        interval: 30s
        rules:
          - alert: WebDown
            expr: |
              absent(available{job="ksm"})
            labels: {severity: 1}
      - name: empty
"""


def values(content: str) -> Value:
    return decode_yaml(string(content, Origin("values.tpl", 1), verbatim=True))


def part_known(*pieces: str | Unknown) -> Value:
    parts: list[Part] = []
    line = 1
    for piece in pieces:
        parts.append(Part(piece, Origin("values.tpl", line), True))
        line += piece.count("\n") if isinstance(piece, str) else 0
    return decode_yaml(text(tuple(parts)))


def rules(content: str = RULES) -> AlertRules:
    return alert_rules(values(content))


def rule(expr: str, labels: str = "{severity: critical}") -> AlertRule:
    groups = f"{{groups: [{{name: g, rules: [{{alert: Down, expr: {expr!r}, labels: {labels}}}]}}]}}"
    (found,) = rules(f"serverFiles: {{alerting_rules.yml: {groups}}}\n")
    return found


# -- rules ----------------------------------------------------------------------------------------


def test_alerting_rules_in_order() -> None:
    assert [(r.group, r.name, r.hold_seconds, r.label("severity"), r.label("team")) for r in rules()] == [
        ("mail", "MailDown", 300, "critical", None),
        ("web", "WebDown", 0, "1", None),
    ]


def test_a_rule_knows_its_lines() -> None:
    first, second = rules()
    assert first.hold is not None
    lines = [value.origin for value in (first.expr, first.hold, first.labels["severity"], first.annotations["summary"])]
    assert lines == [Origin("values.tpl", line) for line in (11, 12, 14, 16)]
    assert first.origin == Origin("values.tpl", 10)
    assert second.expression().origin in (Origin("values.tpl", 21), Origin("values.tpl", 22))


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("a: 1\n", 'no serverFiles."alerting_rules.yml" in the Helm values'),
        ("serverFiles: {}\n", 'no serverFiles."alerting_rules.yml" in the Helm values'),
        ("serverFiles: {alerting_rules.yml: {}}\n", 'no rule groups in serverFiles."alerting_rules.yml"'),
        ("serverFiles: {alerting_rules.yml: {groups: null}}\n", 'no rule groups in serverFiles."alerting_rules.yml"'),
    ],
)
def test_no_rules(content: str, missing: str) -> None:
    with pytest.raises(Missing) as error:
        rules(content)
    assert str(error.value) == missing


GROUPS = "{groups: [{name: g, rules: [{alert: Down, expr: up == 0}]}]}"


@pytest.mark.parametrize(
    ("content", "unread"),
    [
        (f"serverFiles: {{alerting_rules.yml: {GROUPS}, rules: {{}}}}\nruleFiles: {{other.yml: 'groups: []'}}\n", None),
        (f"serverFiles: {{alerting_rules.yml: {GROUPS}}}\nruleFiles: {{rules: 'groups: []'}}\n", 'ruleFiles."rules"'),
        (f"serverFiles: {{alerting_rules.yml: {GROUPS}, alerts: {{a: []}}}}\n", 'serverFiles."alerts"'),
    ],
)
def test_files_that_are_loaded_and_not_read(content: str, unread: str | None) -> None:
    """templates/cm.yaml of charts/prometheus: both are files of one ConfigMap, of which rule_files loads some."""
    found = rules(content)
    assert [rule.name for rule in found] == ["Down"]
    assert (found.unknown and found.unknown.reason) == (unread and f"the rules of {unread} are not read")


def test_no_rules_but_files_that_are_not_read() -> None:
    with pytest.raises(UnknownValueError, match="the rules of ruleFiles"):
        rules("ruleFiles: {alerts: 'groups: []'}\n")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("serverFiles: {alerting_rules.yml: 'groups: []'}\n", "something on the way is no map"),
        ("serverFiles: {alerting_rules.yml: {groups: {}}}\n", "groups of .*: it is no list"),
        ("serverFiles: {alerting_rules.yml: {groups: [{rules: {}}]}}\n", "rules of .*: it is no list"),
        ("serverFiles: {alerting_rules.yml: {groups: [x]}}\n", "something on the way is no map"),
        ("serverFiles: {alerting_rules.yml: {groups: [{rules: [{alert: A}]}]}}\n", "alert rule A: it has no expr"),
        ("serverFiles: {alerting_rules.yml: {groups: [{rules: [{alert: [], expr: x}]}]}}\n", "a string is wanted here"),
        (
            "serverFiles: {alerting_rules.yml: {groups: [{rules: [{alert: A, expr: x, labels: x}]}]}}\n",
            "labels of alert rule A: it is no map",
        ),
    ],
)
def test_what_is_not_shaped_as_rules_are(content: str, problem: str) -> None:
    with pytest.raises(Malformed, match=problem):
        rules(content)


# model.ParseDuration of prometheus/common, and its tests.
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0w", 0),
        ("0s", 0),
        ("324ms", 0.324),
        ("3s", 3),
        ("5m", 300),
        ("1h", 3600),
        ("4d", 345600),
        ("4d1h", 349200),
        ("14d", 1209600),
        ("3w", 1814400),
        ("3w2d1h", 1990800),
        ("10y", 315360000),
        ("1h30m", 5400),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "1", "1y1m1d", "-1w", "1.5d", "d", "5 m", "5M", "1h ", "5m\n", "٣m", "294y", "200y10400w"]
)
def test_no_durations(text: str) -> None:
    with pytest.raises(Malformed, match="is no duration"):
        duration_seconds(text)


# -- what a rule watches --------------------------------------------------------------------------

MAIL = {"namespace": "mail", "deployment": "mail"}


@pytest.mark.parametrize(
    ("expr", "watched"),
    [
        ('available{namespace="mail", deployment="mail"} < 1', True),
        ('available{namespace="mail"} < 1', True),
        ("available < 1", True),
        ('available{namespace="mail", job="ksm"} < 1', True),
        ('(available{deployment=~"mail|web"} or on() vector(0)) < 1', True),
        ('rate(available{namespace="mail"}[5m]) == 0', True),
        ('available{namespace="web"} < 1', False),
        ('available{deployment!="mail"} < 1', False),
        ('other{namespace="mail", deployment="mail"} < 1', False),
        ("vector(1)", False),
    ],
)
def test_what_a_rule_watches(expr: str, watched: bool) -> None:
    assert rule(expr).watches("available", MAIL) is watched
    assert rule(expr).certainly_watches("available", MAIL) is watched


def test_the_rules_that_watch_a_series() -> None:
    assert [r.name for r in rules().watching("available", MAIL)] == ["MailDown", "WebDown"]
    assert [r.name for r in rules().watching("available", {"deployment": "web"})] == ["WebDown"]


def test_no_rule_watches() -> None:
    with pytest.raises(Missing) as error:
        rules().watching("restarts", MAIL)
    assert error.value.what == 'alert rule that watches restarts{namespace="mail", deployment="mail"}'


def test_a_series_takes_what_the_rule_pins_besides() -> None:
    found = rule('available{job="ksm", deployment="web"} < 1 or available{cluster="c", job="other"} < 1')
    assert found.series("available", {"deployment": "web"}, 0).labels == {
        "__name__": "available",
        "deployment": "web",
        "job": "ksm",
    }
    assert found.series("available", {"deployment": "mail"}, 0).labels == {
        "__name__": "available",
        "deployment": "mail",
        "cluster": "c",
        "job": "other",
    }


# -- what fires -----------------------------------------------------------------------------------


def given(*texts: str) -> list[Series]:
    return [Series(labels, value) for labels, value in map(series, texts)]


FIRING = [
    # expression, labels of the rule, series, labels of the alerts
    ('available{deployment="mail"} < 1', "{severity: critical}", ['available{deployment="mail"} 0'],
     [{"alertname": "Down", "severity": "critical", "deployment": "mail"}]),
    ('available{deployment="mail"} < 1', "{severity: critical}", ['available{deployment="mail"} 1'], []),
    ("available < 1", "{}", ['available{deployment="mail"} 0', 'available{deployment="web"} 0'],
     [{"alertname": "Down", "deployment": "mail"}, {"alertname": "Down", "deployment": "web"}]),
    # the rule's own labels win
    ("available < 1", "{deployment: none, alertname: x}", ['available{deployment="mail"} 0'],
     [{"alertname": "Down", "deployment": "none"}]),
    ("available < 1", "{deployment: ''}", ['available{deployment="mail"} 0'], [{"alertname": "Down"}]),
    ('absent(available{deployment="mail"})', "{}", [], [{"alertname": "Down", "deployment": "mail"}]),
    ("(available or on() vector(0)) < 1", "{a: b}", [], [{"alertname": "Down", "a": "b"}]),
    # whatever its value, a series that is there fires; a scalar is there always
    ("available > bool 5", "{}", ["available 1"], [{"alertname": "Down"}]),
    ("0", "{}", [], [{"alertname": "Down"}]),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "labels", "texts", "alerts"), FIRING)
def test_alerts(expr: str, labels: str, texts: list[str], alerts: list[dict[str, str]]) -> None:
    found = rule(expr, labels)
    assert sorted(map(dict, found.alerts(given(*texts))), key=str) == sorted(alerts, key=str)
    assert found.fires(given(*texts)) is bool(alerts)


@programs.needs("promtool")
@pytest.mark.parametrize(("expr", "labels", "texts", "alerts"), FIRING)
def test_prometheus_raises_these_alerts(
    tmp_path: Path, expr: str, labels: str, texts: list[str], alerts: list[dict[str, str]]
) -> None:
    alerting = {"alert": "Down", "expr": expr, "labels": yaml.safe_load(labels)}
    expected = [{"exp_labels": {k: v for k, v in alert.items() if k != "alertname"}} for alert in alerts]
    asked = {
        "input_series": [dict(zip(("series", "values"), text.split(" "), strict=True)) for text in texts],
        "alert_rule_test": [{"eval_time": "0s", "alertname": "Down", "exp_alerts": expected}],
    }
    groups = {"groups": [{"name": "g", "rules": [alerting]}]}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(groups), encoding="utf-8")
    test = {"rule_files": ["rules.yml"], "tests": [asked]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test), encoding="utf-8")
    said = programs.run("promtool", "test", "rules", str(tmp_path / "test.yml"))
    assert said.returncode == 0, said.stdout + said.stderr


def test_alerts_that_would_be_one_are_an_error() -> None:
    both = given('available{deployment="a"} 0', 'available{deployment="b"} 0')
    for ask in (AlertRule.alerts, AlertRule.fires):
        with pytest.raises(Malformed, match="same labelset after applying alert labels"):
            ask(rule("available < 1", "{deployment: x}"), both)


def test_a_label_that_is_a_template_is_not_known() -> None:
    found = rule("available < 1", "{severity: '{{ $labels.severity }}'}")
    with pytest.raises(UnknownValueError, match="label severity of alert Down is the template"):
        found.label("severity")
    assert found.fires(given("available 0"))
    with pytest.raises(UnknownValueError):  # they may be one and the same
        found.fires(given('available{a="1"} 0', 'available{a="2"} 0'))


def test_an_expression_that_prometheus_refuses() -> None:
    with pytest.raises(Malformed, match="alert rule Down: ") as refused:
        rule("available <").expression()
    assert refused.value.origin == Origin("values.tpl", 1)


def test_a_sensitive_expression_is_not_shown() -> None:
    found = rule("hunter2 <")
    secret = AlertRule(found.name, "g", None, found.expr.marked(), None, {}, {}, None)
    with pytest.raises(Malformed) as refused:
        secret.expression()
    assert str(refused.value) == "alert rule Down: (not shown: secret)"


# -- what is not known ----------------------------------------------------------------------------


def test_unknown_values_have_unknown_rules() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        alert_rules(object_({}, rest=HIDDEN))


def test_a_rule_among_others_that_are_not_known() -> None:
    head = "serverFiles:\n  alerting_rules.yml:\n    groups:\n"
    known = "      - {name: a, rules: [{alert: A, expr: available < 1}]}\n"
    found = alert_rules(part_known(head + known + "      - ", HIDDEN, "\n"))
    assert [r.name for r in found.watching("available", MAIL)] == ["A"]
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        found.watching("restarts", MAIL)


def test_a_rule_whose_expression_is_not_known() -> None:
    head = "serverFiles:\n  alerting_rules.yml:\n    groups:\n      - name: a\n        rules:\n"
    found = alert_rules(
        part_known(
            head + "          - {alert: A, expr: available < 1}\n          - alert: B\n            expr: available < ",
            HIDDEN,
            "\n",
        )
    )
    assert [r.name for r in found.watching("available", MAIL)] == ["A"]
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        found.watching("restarts", MAIL)


def test_an_unknown_annotation_does_not_matter() -> None:
    head = "serverFiles: {alerting_rules.yml: {groups: [{name: g, rules: [{alert: A, expr: available < 1, annotations: {s: '"
    (found,) = alert_rules(part_known(head, HIDDEN, "'}}]}]}}\n"))
    assert found.fires(given("available 0"))
