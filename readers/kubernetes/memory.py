"""Memory limits: a container's own, those that its namespace gives it, and what sets them while it runs.

Sources: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/limit-range-v1/ (``LimitRangeItem``) and
https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from readers.account import Certainty, Remark, Setting, Way, Weight, as_text, every, present, survey
from readers.kubernetes.manifests import RAW_TYPES, Manifest, at, at_or, listed
from readers.kubernetes.objects import Object, from_plain, plain
from readers.kubernetes.quantity import parse_quantity
from readers.kubernetes.scaling import Target, is_its
from readers.kubernetes.typed import manifests, of_types
from readers.kubernetes.workloads import Container
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.graph.model import Resource
from tfparse.graph.root import Root

_RANGES = ("kubernetes_limit_range", "kubernetes_limit_range_v1")
_RANGE, _AUTOSCALER = "LimitRange", "VerticalPodAutoscaler"


class Range(Struct, frozen=True):
    """What a LimitRange says of the memory of containers.  ``here`` tells whether it is in the namespace asked for."""

    label: str
    here: Certainty
    default: Value | None
    most: Value | None
    origin: Origin


class MemoryLimit(Struct, frozen=True):
    """A container's memory limit, which is to be ``least`` at least."""

    container: Container
    least: str

    @property
    def ranges(self) -> list[Range]:
        """The LimitRanges of the container's namespace, whichever root declares them."""
        objects, namespace = self.container.workload.objects, self.container.workload.namespace
        own = _ranges(objects.resources(*_RANGES), map(Manifest, objects.resources(*RAW_TYPES)), namespace)
        # One of another root whose namespace cannot be known says nothing of this namespace in particular.
        return own + [r for r in objects.of_others(_ranges_of, plain(namespace)) if r.here is True]

    @property
    def settings(self) -> list[Setting]:
        """The limit that stands with the container, else those that LimitRanges give it; none where there is none."""
        own = self.container.memory_limit
        given = [own] if own is not None else [setting for r in self.ranges if (setting := _given(r)) is not None]
        return [replace(setting, account=survey(WAYS, self)) for setting in given]


def _given(range_: Range) -> Setting | None:
    """What a LimitRange gives a container that has no limit: its default, which is its maximum where it names none."""
    value = range_.most if range_.default is None else range_.default
    if value is None:
        return None
    if isinstance(range_.here, Unknown):
        value = Value(value.type, range_.here, value.origin)
    return Setting("memory limit", as_text(value, "memory limit"), range_.label, value.origin or range_.origin)


def _ranges(typed: Iterable[Resource], raw: Iterable[Manifest], namespace: Value) -> list[Range]:
    every_one = [*(found for resource in typed for found in _typed(resource, namespace)),
                 *(found for manifest in raw for found in _raw(manifest, namespace))]  # fmt: skip
    return [found for found in every_one if found.here is not False]


def _ranges_of(root: Root, namespace: str | Unknown) -> list[Range]:
    return _ranges(of_types(root, *_RANGES), manifests(root, _RANGE), from_plain(namespace))


def _typed(resource: Resource, namespace: Value) -> Iterator[Range]:
    declared = Object("LimitRange", resource)
    for spec in resource.body.blocks("spec"):
        for limit in spec.body.blocks("limit"):
            here = every(declared.is_in(namespace), present(resource.repetition), present(limit.repetition),
                         _of_containers(limit.body.attribute("type")))  # fmt: skip
            default, most = (at(limit.body.attribute(name), "memory") for name in ("default", "max"))
            yield Range(declared.label, here, default, most, limit.origin)


def _raw(manifest: Manifest, namespace: Value) -> Iterator[Range]:
    if manifest.declares(_RANGE, None) is not True:
        return
    resource = manifest.resource
    for limit in listed(at(manifest.value, "spec", "limits")):
        here = every(manifest.is_in(namespace), present(resource.repetition), _of_containers(at(limit, "type")))
        default, most = at(limit, "default", "memory"), at(limit, "max", "memory")
        yield Range(resource.address, here, default, most, limit.origin or resource.origin)


def _of_containers(type_: Value | None) -> Certainty:
    if type_ is None:
        return False
    return type_.unknown or type_.raw == "Container"


# -- ways --------------------------------------------------------------------------------------------------------------


def _namespace(limit: MemoryLimit) -> Iterator[Remark]:
    own = limit.container.memory_limit
    for range_ in limit.ranges:
        if own is None:
            yield Remark(f"{range_.label} gives containers without a limit one", range_.origin, Weight.READ)
        elif range_.most is not None:
            most = as_text(range_.most, "memory")
            shown = "a maximum that cannot be known" if most.unknown else f"more than {most.as_string()}"
            yield Remark(f"{range_.label} refuses pods with a limit of {shown}", range_.origin, Weight.NOTE)


def _autoscalers(limit: MemoryLimit) -> Iterator[Remark]:
    for manifest in vertical_autoscalers(limit.container):
        policy = _policy(manifest, limit.container)
        if not _sets_limits(policy):
            continue
        least = at(policy, "minAllowed", "memory")
        origin = manifest.resource.origin
        if least is None:
            yield Remark(f"{manifest.resource.address} sets it by what it measures, with no minAllowed", origin)
        elif parse_quantity(as_text(least, "minAllowed").as_string()) < parse_quantity(limit.least):
            # A limit never falls below its request, and so not below what a request may be at least.
            said = f"{manifest.resource.address} sets it by what it measures, to {least.raw} at least"
            yield Remark(said, least.origin or origin)


def vertical_autoscalers(container: Container) -> Iterator[Manifest]:
    """The VerticalPodAutoscalers that set what a container's pods ask for, whichever root declares them."""
    objects, workload = container.workload.objects, container.workload.object
    own = map(Manifest, objects.resources(*RAW_TYPES))
    for manifest in [*own, *map(Manifest, objects.of_others(_autoscaling))]:
        if manifest.declares(_AUTOSCALER, None) is not True:
            continue
        kind, name = (at(manifest.value, "spec", "targetRef", key) for key in ("kind", "name"))
        namespace = at_or(manifest.value, "default", "metadata", "namespace")
        mode = at_or(manifest.value, "Auto", "spec", "updatePolicy", "updateMode")
        if mode.raw != "Off" and is_its(manifest.resource, Target(kind, name, namespace), workload):
            yield manifest


def _autoscaling(root: Root) -> list[Resource]:
    declared = manifests(root, _AUTOSCALER)
    return [manifest.resource for manifest in declared if manifest.declares(_AUTOSCALER, None) is True]


def _policy(manifest: Manifest, container: Container) -> Value | None:
    """The policy for a container: by its name, else the one for every other."""
    policies: dict[str, Value] = {}
    for policy in listed(at(manifest.value, "spec", "resourcePolicy", "containerPolicies")):
        name = at_or(policy, "*", "containerName")
        if name.is_unknown:
            return policy
        policies[as_text(name, "containerName").as_string()] = policy
    own = container.name
    return policies.get(own.raw if own is not None and isinstance(own.raw, str) else "*", policies.get("*"))


def _sets_limits(policy: Value | None) -> bool:
    """Whether a policy lets the autoscaler set memory limits: it does by default."""
    if at_or(policy, "Auto", "mode").raw == "Off" or at_or(policy, "", "controlledValues").raw == "RequestsOnly":
        return False
    resources = at(policy, "controlledResources")
    return (
        resources is None
        or resources.is_unknown
        or any(one.is_unknown or one.raw == "memory" for one in listed(resources))
    )


def _commanded(limit: MemoryLimit) -> Iterator[Remark]:
    yield from limit.container.workload.commanded("resources").remarks


WAYS: tuple[Way[MemoryLimit], ...] = (
    Way("memory limit", "kubectl set resources",
        "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/kubectl_set_resources/", _commanded),
    Way("memory limit", "the LimitRanges of its namespace",
        "https://kubernetes.io/docs/concepts/policy/limit-range/", _namespace),
    Way("memory limit", "VerticalPodAutoscalers (updateMode, resourcePolicy)",
        "https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md", _autoscalers),
    Way("memory limit", "what the node has", "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
        None, "it is the cluster's, not the repo's"),
)  # fmt: skip
"""What else decides how much memory a container may use."""
