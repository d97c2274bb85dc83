"""Features about alerts that mislead though they should not: each comes out as its text asks."""

from __future__ import annotations

from collections.abc import Mapping

from tests.suite.cases import Case
from tests.suite.gate_run import GateRun
from tests.suite.workbench import Workbench, plain

CHART = "stacks/monitoring/modules/monitoring/prometheus_chart_values.tpl"
GUARDED = """\
          - alert: PoisonFountainDown
            expr: |
              kube_deployment_spec_replicas{namespace="poison-fountain", deployment="poison-fountain"} > 0
              and (kube_deployment_status_replicas_available{namespace="poison-fountain", deployment="poison-fountain"} or on() vector(0)) < 1
            for: 1m
"""


def judged(workbench: Workbench, feature: str, *edits: Mapping[str, str]) -> GateRun:
    return workbench.judge(Case("alerts", edits), (f"tests/suite/misleading/{feature}.feature",))


def added(rule: str) -> Mapping[str, str]:
    return {
        "in": CHART,
        "old": "          - alert: PodCrashLooping\n",
        "new": f"{rule}          - alert: PodCrashLooping\n",
    }


def test_an_alert_that_a_second_series_guards_is_judged_while_that_is_met(workbench: Workbench) -> None:
    run = judged(workbench, "guarded-alert", added(GUARDED))
    assert plain(run) == {"TT-5.1": "passed"}, run.output
    (finding,) = run.findings("TT-5.1")
    assert "also reads kube_deployment_spec_replicas of the same thing" in finding["note"]


def test_a_guarded_alert_that_is_slow_or_the_other_way_round_is_not_taken(workbench: Workbench) -> None:
    for rule in (GUARDED.replace("for: 1m", "for: 5m"), GUARDED.replace("< 1", "> 1")):
        run = judged(workbench, "guarded-alert", added(rule))
        assert plain(run) == {"TT-5.1": "failed"}, run.output


def test_an_alert_on_what_nobody_watches_is_none(workbench: Workbench) -> None:
    run = judged(workbench, "wrong-alert")
    assert plain(run) == {"TT-4.1": "failed", "TT-4.2": "failed"}, run.output
    assert "no alert rule that watches" in run.output
