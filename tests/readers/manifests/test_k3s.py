"""Charts that k3s installs: https://docs.k3s.io/add-ons/helm and its controller."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.manifests.test_applied import K3S, values


@pytest.mark.parametrize(
    ("more", "replicas", "doubts"),
    [
        ("valuesContent: 'server: {retention: 60d}'", "60d", []),
        ("valuesSecrets: [{name: x}]", "30d", ["what valuesSecrets of a helm_release does is not known here"]),
    ],
)
def test_what_is_laid_over_a_chart_of_k3s(tmp_path: Path, more: str, replicas: str, doubts: list[str]) -> None:
    config = K3S.partition("spec:")[0].replace("kind: HelmChart", "kind: HelmChartConfig")
    config = f"---\n{config}spec:\n  {more}\n"
    found = values(tmp_path, K3S + config)
    (one,) = found.at("server.retention")
    assert one.value is not None
    assert (one.value.raw, [doubt.text for doubt in found.account.doubts]) == (replicas, doubts)


@pytest.mark.parametrize(
    ("given", "value"), [("2", 2), ("'2'", "2"), ("'true'", True), ("'a,b'", "a,b"), ("'a\\,b'", "a,b")]
)
def test_what_k3s_sets_is_a_string_unless_it_is_a_number_or_says_true(
    tmp_path: Path, given: str, value: object
) -> None:
    """args, typedVal and escapeComma of https://github.com/k3s-io/helm-controller (pkg/controllers/chart/chart.go)"""
    (one,) = values(tmp_path, K3S.replace("replicaCount: 2", f"replicaCount: {given}")).at("server.replicaCount")
    assert one.value is not None
    assert (one.value.raw, type(one.value.raw) is str) == (value, type(value) is str)


def test_a_chart_that_k3s_is_told_to_leave_alone(tmp_path: Path) -> None:
    """The annotation Unmanaged of https://github.com/k3s-io/helm-controller (pkg/controllers/chart/chart.go)"""
    alone = 'kube-system, annotations: {helmcharts.helm.cattle.io/unmanaged: "true"}}'
    found = values(tmp_path, K3S.replace("kube-system}", alone))
    assert [doubt.text for doubt in found.account.doubts] == ["what unmanaged of a helm_release does is not known here"]
