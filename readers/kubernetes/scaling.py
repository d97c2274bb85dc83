"""Autoscalers: what sets the number of a workload's pods, whatever the workload says.

Sources: ``HorizontalPodAutoscalerSpec`` in
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ and
https://keda.sh/docs/latest/reference/scaledobject-spec/
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from readers.account import Setting, as_text, every, present, same, undetermined
from readers.kubernetes.fields import single
from readers.kubernetes.manifests import RAW_TYPES, at, raw_manifest
from readers.kubernetes.objects import Object, Objects
from readers.kubernetes.typed import manifests, of_types
from tfparse.cty.values import Unknown, Value, string
from tfparse.diagnostics import Origin
from tfparse.graph.model import Resource
from tfparse.graph.root import Root

_RESOURCES = tuple(f"kubernetes_horizontal_pod_autoscaler{version}" for version in ("", "_v1", "_v2", "_v2beta2"))
_LIMITS = {
    "HorizontalPodAutoscaler": (("minReplicas", "1"), ("maxReplicas", "1")),
    "ScaledObject": (("minReplicaCount", "0"), ("maxReplicaCount", "100")),
}
"""Of each kind of raw manifest the fields for the least and the most pods, each with its default."""
_PAUSED = "autoscaling.keda.sh/paused-replicas"


class Scaler(Struct, frozen=True):
    """An autoscaler of a workload: it keeps the number of pods between ``least`` and ``most``."""

    label: str
    least: Setting
    most: Setting
    origin: Origin

    @property
    def shown(self) -> str:
        return f"{self.least.text} to {self.most.text}, by {self.label}"


class Target(Struct, frozen=True):
    """What an autoscaler says that it scales."""

    kind: Value | None
    name: Value | None
    namespace: Value


def scalers(objects: Objects, scaled: Object) -> Iterator[Scaler]:
    """The autoscalers of a workload, whichever root declares them.

    Raises:
        UnknownValueError: one may be its.
    """
    for resource in [*objects.resources(*_RESOURCES), *objects.of_others(of_types, *_RESOURCES)]:
        spec = single(resource.body, "spec")
        ref = None if spec is None else single(spec.body, "scale_target_ref")
        if spec is None or ref is None:
            continue
        namespace = Object("autoscaler", resource).namespace
        if is_its(resource, Target(ref.body.attribute("kind"), ref.body.attribute("name"), namespace), scaled):
            yield Scaler(
                resource.address,
                _limit(resource, spec.body.attribute("min_replicas"), "1"),
                _limit(resource, spec.body.attribute("max_replicas"), "1"),
                resource.origin,
            )
    for resource in [*objects.resources(*RAW_TYPES), *objects.of_others(_scaling)]:
        yield from _in_manifest(resource, scaled)


def _scaling(root: Root) -> list[Resource]:
    """The raw manifests of a root that declare an autoscaler."""
    kinds = [(manifest.resource, at(manifest.value, "kind")) for manifest in manifests(root, *_LIMITS)]
    return [r for r, kind in kinds if kind is not None and isinstance(kind.raw, str) and kind.raw in _LIMITS]


def _in_manifest(resource: Resource, scaled: Object) -> Iterator[Scaler]:
    manifest = raw_manifest(resource)
    kind = at(manifest, "kind")
    limits = _LIMITS.get(kind.raw) if kind is not None and isinstance(kind.raw, str) else None
    if kind is None or limits is None:
        return
    of_target = [at(manifest, "spec", "scaleTargetRef", key) for key in ("kind", "name")]
    namespace = _or(at(manifest, "metadata", "namespace"), "default", resource)
    if is_its(resource, Target(of_target[0], of_target[1], namespace), scaled):
        least, most = (_limit(resource, at(manifest, "spec", name), default) for name, default in limits)
        # KEDA's two ways to leave the limits: https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling
        paused, idle = at(manifest, "metadata", "annotations", _PAUSED), at(manifest, "spec", "idleReplicaCount")
        if kind.raw == "ScaledObject" and paused is not None:
            least = most = _limit(resource, paused, "")
        elif kind.raw == "ScaledObject" and idle is not None:
            least = _limit(resource, idle, "")
        yield Scaler(resource.address, least, most, resource.origin)


def is_its(resource: Resource, target: Target, scaled: Object) -> bool:
    """Whether an autoscaler's target is a workload.

    Raises:
        UnknownValueError: it may be.
    """
    kind, name = _or(target.kind, "Deployment", resource), _or(target.name, "", resource)
    verdict = every(
        present(resource.repetition),
        same(kind, scaled.kind.title().replace(" ", "")),
        same(name, scaled.name.as_string()),
        scaled.is_in(target.namespace),
    )
    if isinstance(verdict, Unknown):
        question = f"whether {resource.address} scales {scaled.label} cannot be known"
        raise undetermined(question, verdict, resource.origin)
    return verdict


def _limit(resource: Resource, value: Value | None, default: str) -> Setting:
    given = as_text(_or(value, default, resource), "replicas")
    return Setting("replicas", given, resource.address, given.origin or resource.origin)


def _or(value: Value | None, default: str, resource: Resource) -> Value:
    return string(default, resource.origin) if value is None or value.is_null else value
