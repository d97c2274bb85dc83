"""Which PrometheusRule objects the Prometheus of kube-prometheus-stack loads: it selects them by their labels.

Sources: charts/kube-prometheus-stack/values.yaml of prometheus-community/helm-charts (``prometheusSpec.ruleSelector``,
``ruleSelectorNilUsesHelmValues``) and https://prometheus-operator.dev/docs/developer/getting-started/
"""

from __future__ import annotations

from collections.abc import Sequence

from readers.account import Certainty, same
from readers.helm.values import value_at
from readers.kubernetes.manifests import at
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin

_SPEC = ("prometheus", "prometheusSpec")


def not_selected(manifest: Value, stacks: Sequence[tuple[str, Value, Origin | None]]) -> Unknown | None:
    """Why no Prometheus may load a PrometheusRule, of those of some releases: their names, values and places."""
    doubt: Unknown | None = None
    for name, values, origin in stacks:
        wanted = _labels(name, values)
        if isinstance(wanted, Unknown):
            doubt = wanted
            continue
        verdicts = [_has(manifest, key, value) for key, value in wanted.items()]
        if all(verdict is True for verdict in verdicts):
            return None
        told = ", ".join(f"{key}: {value}" for key, value in wanted.items())
        unknown = next((one for one in verdicts if isinstance(one, Unknown)), None)
        doubt = unknown or Unknown(f"Prometheus of {name} loads only rules that are labelled {told}", origin)
    return doubt


def _labels(name: str, values: Value) -> dict[str, str] | Unknown:
    """The labels that a rule must have."""
    selector = value_at(values, *_SPEC, "ruleSelector")
    uses_release = value_at(values, *_SPEC, "ruleSelectorNilUsesHelmValues")
    for one in (selector, uses_release):
        if one is not None and (why := one.first_unknown()) is not None:
            return why
    if selector is not None and selector.raw:
        labels = at(selector, "matchLabels")
        held = labels.raw if labels is not None and isinstance(labels.raw, dict) else {}
        if not isinstance(selector.raw, dict) or set(selector.raw) - {"matchLabels"}:
            return Unknown(f"which rules Prometheus of {name} selects is not read", selector.origin)
        return {key: str(value.raw) for key, value in held.items()}
    return {} if uses_release is not None and uses_release.raw is False else {"release": name}


def _has(manifest: Value, key: str, wanted: str) -> Certainty:
    label = at(manifest, "metadata", "labels", key)
    return False if label is None else same(label, wanted)
