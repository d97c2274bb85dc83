"""Ways in which something other than a workload's template decides what its pods are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from readers.account import Account, Remark, Way, Weight, survey
from readers.kubernetes.admission import mutations
from readers.kubernetes.commands import touching
from readers.kubernetes.fields import flag
from readers.kubernetes.manifests import proof_of
from readers.kubernetes.workloads import Workload
from tfparse.cty.values import Unknown
from tfparse.graph.root import Root


def _paused(workload: Workload) -> Iterator[Remark]:
    if workload.object.kind == "deployment" and flag(workload.spec, "paused"):
        value = workload.spec.attribute("paused")
        origin = value.origin if value is not None else workload.origin
        yield Remark("it is paused: no change of its template is rolled out", origin, Weight.NOTE)


def _again(workload: Workload) -> Iterator[Remark]:
    writer = workload.objects.declared_again(workload.object)
    if writer is not None:
        yield Remark(writer.reason, writer.origin)


def mentioned_in(root: Root, kind: str, name: str, namespace: str) -> list[tuple[Unknown, bool]]:
    """What YAML that no settings name says of an object, and whether that is applied."""
    mentions: Callable[[str, str, str], list[tuple[Unknown, bool]]] | None = root.kept.get("mentions")
    return [] if mentions is None else mentions(kind, name, namespace)


def _mentioned(workload: Workload) -> Iterator[Remark]:
    """Of the workload itself, and of the ConfigMaps and Secrets of its namespace that it may take its settings from."""
    namespace = workload.namespace.raw
    objects = [(workload.object.kind.title().replace(" ", ""), workload.object)]
    objects += [(kind, found) for kind in ("ConfigMap", "Secret") for found in workload.objects.all(kind)]
    for kind, of in objects:
        name = of.name.raw
        if isinstance(name, str) and isinstance(namespace, str) and of.namespace.raw == namespace:
            for found, is_applied in workload.objects.of_others(mentioned_in, kind, name, namespace):
                yield Remark(found.reason, found.origin, Weight.DOUBT if is_applied else Weight.NOTE)


def _commanded(workload: Workload) -> Iterator[Remark]:
    name, namespace = workload.name.raw, workload.namespace.raw
    if not isinstance(name, str) or not isinstance(namespace, str):
        return
    for command in workload.objects.everywhere(touching, workload.object.kind, name, namespace):
        remark = command.touches(workload.object.kind, name, namespace)
        if remark is not None and not command.part:
            yield remark


def _admitted(workload: Workload) -> Iterator[Remark]:
    namespace = workload.namespace.raw
    kind = workload.object.kind.title().replace(" ", "")
    for mutation in workload.objects.everywhere(mutations):
        if not isinstance(namespace, str) or mutation.reaches(kind, namespace):
            yield Remark(f"{mutation.label} may change it on its way into the cluster", mutation.origin, Weight.NOTE)


WAYS: tuple[Way[Workload], ...] = (
    Way("workload", "whether it is paused",
        "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment",
        _paused),
    Way("workload", "whether another root declares it too",
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/", _again),
    Way("workload", "YAML of the repo that no settings name as manifests",
        "https://kubernetes.io/docs/concepts/workloads/management/", _mentioned),
    Way("workload", "kubectl and helm in provisioners, actions, Jobs and CronJobs",
        "https://developer.hashicorp.com/terraform/language/provisioners", _commanded),
    Way("workload", "mutating webhooks and Kyverno's policies",
        "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#mutatingadmissionwebhook",
        _admitted),
    Way("workload", "what controllers of a chart do to it",
        "https://kubernetes.io/docs/concepts/architecture/controller/", None, "charts are not rendered"),
)  # fmt: skip
"""What is looked at beside a workload's own fields."""


def workload_account(workload: Workload, path: str | None = None) -> Account:
    """What else could decide what a workload's pods are, or what stands at a ``path`` of the API
    ("spec.replicas").  Calls of kubectl that change one part alone are in the part's own account."""
    others, resource = workload.objects.of_others, workload.object.resource
    account = others.kept(resource, "account of the workload", lambda: survey(WAYS, workload)) + proof_of(resource)
    part = next((part for pattern, part in _PATHS if re.search(pattern, path)), None) if path is not None else None
    return account if part is None else account + workload.commanded(part)


_PATHS = ((r"^spec\.replicas", "replicas"), (r"\.env\b|\.envFrom\b", "environment"), (r"\.image$", "image"),
          (r"\.resources\b", "resources"))  # fmt: skip
"""What each part is called in the API."""
