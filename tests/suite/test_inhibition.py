"""Inhibition rules that could silence the alert are listed in the evidence, each with its line."""

from __future__ import annotations

from tests.suite.cases import Case
from tests.suite.workbench import Workbench

CHART = "stacks/monitoring/modules/monitoring/prometheus_chart_values.tpl"


def test_they_are_listed(workbench: Workbench) -> None:
    run = workbench.judge(Case("as it is", ()))
    (note,) = {f["note"] for f in run.findings("MH-4.4") if f["note"] and "inhibition" in f["note"]}
    places = note.partition("inhibition rules may hold it back: ")[2].split(", ")
    assert [place.rpartition(":")[0] for place in places] == [CHART]
    assert "source_matchers" in workbench.line(CHART, int(places[0].rpartition(":")[2]))
