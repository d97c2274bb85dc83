from __future__ import annotations

from pathlib import Path

import pytest

from readers import Malformed, Missing
from readers.subjects.alerts import every_alert, find_alert
from readers.subjects.subject import Subjects, shown
from readers.subjects.terraform import root_stacks
from tfparse import Origin, UnknownValueError, load

STACK = """\
resource "helm_release" "stack" {
  name       = "kps"
  repository = "https://prometheus-community.github.io/helm-charts"
  chart      = "kube-prometheus-stack"
  values = [<<-EOT
    defaultRules: {create: DEFAULTS}
    additionalPrometheusRulesMap:
      disks:
        groups:
          - name: disks
            rules:
              - {alert: DiskFull, expr: disk_free < 1, for: 5m}
    EOT
  ]
}
"""
TYPED = """\
resource "kubernetes_manifest" "rule" {
  manifest = {
    apiVersion = "monitoring.coreos.com/v1"
    kind       = "PrometheusRule"
    metadata   = { name = "web", namespace = "web", labels = { release = "kps" } }
    spec       = { groups = [{ name = "web", rules = [{ alert = "WebDown", expr = "up == 0" }] }] }
  }
}
"""
STREAM = """\
kind: ConfigMap
---
kind: PrometheusRule
spec:
  groups:
    - name: mail
      rules:
        - alert: MailDown
          expr: mail == 0
"""


def alerts(folder: Path, defaults: str = "false") -> Subjects:
    (folder / "main.tf").write_text(STACK.replace("DEFAULTS", defaults) + TYPED)
    (folder / "stream.yaml").write_text(STREAM)
    (folder / "x.rules.yml").write_text("groups: [{name: x, rules: [{alert: X, expr: x > 1}, {record: r, expr: x}]}]")
    (folder / "other.yaml").write_text("groups: [{name: y, rules: [{alert: NoRuleFile, expr: x > 1}]}]")
    (folder / "templates.yaml").write_text("{{- if .Values.x }}\nkind: Other\n{{ end }}\n")
    infra = load(folder)
    return every_alert(infra, root_stacks(infra), "alert", whole_repo=True)


@pytest.mark.parametrize(
    ("name", "expr", "group"),
    [
        ("DiskFull", "disk_free < 1", "disks"),
        ("WebDown", "up == 0", "web"),
        ("MailDown", "mail == 0", "mail"),
        ("X", "x > 1", "x"),
    ],
)
def test_an_alert_is_found_wherever_it_stands(tmp_path: Path, name: str, expr: str, group: str) -> None:
    found = find_alert(alerts(tmp_path), name)
    assert [shown(found.at(path)[0]) for path in ("expr", "group")] == [f'"{expr}"', f'"{group}"']


def test_it_names_its_line(tmp_path: Path) -> None:
    (found,) = find_alert(alerts(tmp_path), "MailDown").at("expr")
    assert str(found.origin) == "stream.yaml:9"


def test_none_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="it has DiskFull"):
        find_alert(alerts(tmp_path), "DiskFul")
    with pytest.raises(Missing):
        find_alert(alerts(tmp_path), "NoRuleFile")


def test_the_charts_own_are_not_known(tmp_path: Path) -> None:
    with pytest.raises(UnknownValueError, match="kube-prometheus-stack brings rules of its own"):
        find_alert(alerts(tmp_path, "true"), "Watchdog")


def test_two_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "y.rules.yml").write_text("groups: [{name: y, rules: [{alert: X, expr: x > 2}]}]")
    with pytest.raises(Malformed, match="2 are declared: x.rules.yml:1 and y.rules.yml:1"):
        find_alert(alerts(tmp_path), "X")


def test_a_rule_file_that_cannot_be_read_may_hold_it(tmp_path: Path) -> None:
    (tmp_path / "z.rules.yml").write_text("groups: [")
    with pytest.raises(UnknownValueError, match="which rules z.rules.yml holds"):
        find_alert(alerts(tmp_path), "Z")


def test_a_document_begins_behind_any_marker(tmp_path: Path) -> None:
    rule = "groups: [{name: NAME, rules: [{alert: NAME, expr: x > 1}]}]"
    documents = (rule.replace("NAME", name) for name in ("V", "W"))
    (tmp_path / "v.rules.yml").write_text("%YAML 1.2\n--- # the first\n" + "\n--- # the second\n".join(documents))
    found = alerts(tmp_path)
    assert [find_alert(found, name).origin for name in ("V", "W")] == [
        Origin("v.rules.yml", 3),
        Origin("v.rules.yml", 5),
    ]
