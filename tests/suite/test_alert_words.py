"""The general words about alerts, on the fixture and on edits of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

from tests.suite.cases import Case
from tests.suite.gate_run import GateRun
from tests.suite.workbench import Workbench, plain

CHART = "stacks/monitoring/modules/monitoring/prometheus_chart_values.tpl"
WORDS = ("tests/suite/words/alerts.feature",)
GOOD = dict.fromkeys(("AL-1", "AL-2", "AL-3", "AL-4", "AL-5", "AL-7"), "passed") | {"AL-6": "undetermined"}
RULE_OBJECT = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: disks}
spec:
  groups:
    - name: disks
      rules:
        - alert: NodeDown
          expr: up == 0
"""
OF_TERRAFORM = """
resource "kubernetes_manifest" "config" {
  manifest = {
    apiVersion = "monitoring.coreos.com/v1alpha1"
    kind       = "AlertmanagerConfig"
    metadata   = { name = "ours", namespace = "monitoring" }
    spec       = { route = { receiver = "x" } }
  }
}
"""


def edited(old: str, new: str) -> dict[str, str]:
    return {"in": CHART, "old": old, "new": new}


def judged(workbench: Workbench, *edits: Mapping[str, str]) -> GateRun:
    return workbench.judge(Case("words", edits), WORDS)


def test_what_the_fixture_keeps(workbench: Workbench) -> None:
    run = judged(workbench)
    assert plain(run) == GOOD, run.output
    (finding,) = run.findings("AL-6")
    assert "watches only series with a certain job" in finding["actual"]


NODE_DOWN = '          - alert: NodeDown\n            expr: up{job="node"} == 0\n            for: 3m\n'
EDITS = {
    "slower": (edited("            for: 3m\n", "            for: 10m\n"), {"AL-1": "failed", "AL-2": "failed"}),
    "no summary": (
        edited('              summary: "{{ $labels.instance }} does not answer"\n', "              x: y\n"),
        {"AL-1": "failed", "AL-2": "failed"},
    ),
    "renamed": (edited("- alert: NodeDown\n", "- alert: NodeGone\n"), {"AL-1": "failed", "AL-4": "failed"}),
    "a day": (edited("_timestamp) > 3600", "_timestamp) > 86400"), {"AL-3": "failed"}),
    "not held back": (edited("|MailServerDown|WebmailDown", "|WebmailDown"), {"AL-4": "failed"}),
    "hangs on the series": (
        edited("          - alertname = NodeDown\n", "          - alertname = NodeDown\n          - rack = a\n"),
        {"AL-4": "undetermined"},
    ),
    "to somebody": (edited('=~ "Watchdog|InfoInhibitor"', '=~ "InfoInhibitor"'), {"AL-5": "failed"}),
    "two of a name": (
        {"in": "stacks/monitoring/disks.yaml", "text": RULE_OBJECT},
        {"AL-1": "undetermined", "AL-4": "undetermined"},
    ),
    "the same, of rule files": (
        {"in": "rules/disks.rules.yml", "text": "groups:\n- name: a\n  rules:\n  - {alert: NodeDown, expr: up == 0}\n"},
        {"AL-1": "undetermined", "AL-4": "undetermined"},
    ),
    "another of rule files": (
        {
            "in": "rules/disks.rules.yml",
            "text": "groups:\n- name: a\n  rules:\n  - {alert: DiskFull, expr: disk > 1}\n",
        },
        {},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_changes_a_verdict(name: str, workbench: Workbench) -> None:
    edit, changed = EDITS[name]
    run = judged(workbench, edit)
    assert plain(run) == GOOD | changed, run.output


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_a_rate_is_proven_by_promtool(workbench: Workbench) -> None:
    feature = ("tests/suite/words/alerts-proven.feature",)
    run = workbench.judge(Case("words", (), needs=("promtool",)), feature)
    seen = {finding["what"]: finding["ok"] for finding in run.findings("AP-1")}
    proven = {what: ok for what, ok in seen.items() if what.endswith("by promtool")}
    assert len(proven) == 2, run.output
    assert all(proven.values()), run.output
    weaker = edited("[10m])) > 0.5", "[10m])) > 5")
    run = workbench.judge(Case("words", (weaker,), needs=("promtool",)), feature)
    assert plain(run) == {"AP-1": "failed"}, run.output


def test_objects_that_add_routes_are_told(workbench: Workbench) -> None:
    run = judged(workbench, {"in": "stacks/monitoring/main.tf", "append": OF_TERRAFORM})
    assert plain(run) == GOOD, run.output
    assert any("AlertmanagerConfig ours" in (finding["note"] or "") for finding in run.findings("AL-5"))
