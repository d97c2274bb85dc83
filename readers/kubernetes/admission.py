"""Admission: what changes objects on their way into the cluster, or makes others beside them.

Sources: https://kyverno.io/docs/policy-types/cluster-policy/mutate/, .../generate/ and
https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#mutatingadmissionwebhook
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from readers.kubernetes.manifests import Manifest, at, at_or, listed
from readers.kubernetes.typed import manifests, of_types
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin
from tfparse.graph.model import Resource
from tfparse.graph.root import Root

_WEBHOOKS = ("kubernetes_mutating_webhook_configuration", "kubernetes_mutating_webhook_configuration_v1")
_POLICIES = frozenset({"ClusterPolicy", "GeneratingPolicy", "MutatingAdmissionPolicy", "MutatingPolicy", "Policy"})
_WEBHOOK = "MutatingWebhookConfiguration"
_BY_POD = {"LimitRange": "Pod", "ResourceQuota": "Pod"}
"""Kinds that a policy may make, and what they change: the pods of their namespace."""


class Mutation(Struct, frozen=True):
    """What may change objects of some kinds in some namespaces; empty where it says none."""

    label: str
    kinds: tuple[str, ...]
    namespaces: tuple[str, ...]
    origin: Origin

    def reaches(self, kind: str, namespace: str) -> bool:
        """Whether it may change an object of a kind, or its pods, in a namespace."""
        kinds = {k.rpartition("/")[2] for k in self.kinds}
        return (not kinds or bool(kinds & {kind, "Pod", "*"})) and (
            not self.namespaces or any(n == namespace or "*" in n or "?" in n for n in self.namespaces)
        )


def mutations(root: Root) -> list[Mutation]:
    """The mutating webhooks and policies that a root declares."""
    webhooks = [Mutation(r.address, (), (), r.origin) for r in of_types(root, *_WEBHOOKS)]
    return webhooks + [mutation for manifest in manifests(root, _WEBHOOK, *_POLICIES) for mutation in _of(manifest)]


def _of(manifest: Manifest) -> Iterator[Mutation]:
    kind, resource = at_or(manifest.value, "", "kind").raw, manifest.resource
    if kind == _WEBHOOK or (kind in _POLICIES and kind not in ("ClusterPolicy", "Policy")):
        yield Mutation(resource.address, (), (), resource.origin)
    elif kind in _POLICIES:
        own = at_or(manifest.value, "default", "metadata", "namespace").raw if kind == "Policy" else None
        for rule in listed(at(manifest.value, "spec", "rules")):
            if at(rule, "generate") is not None:
                yield _generated(rule, resource)
            if at(rule, "mutate") is not None:
                matched = [*listed(at(rule, "match", "any")), *listed(at(rule, "match", "all")), at(rule, "match")]
                kinds = _texts(at(one, "resources", "kinds") for one in matched)
                namespaces = (
                    (own,) if isinstance(own, str) else _texts(at(one, "resources", "namespaces") for one in matched)
                )
                yield Mutation(f"the policy {resource.address}", kinds, namespaces, rule.origin or resource.origin)


def _generated(rule: Value, resource: Resource) -> Mutation:
    """What a rule makes, in which namespace (a name in braces is filled in for each object that it matches)."""
    kind, namespace = at_or(rule, "*", "generate", "kind").raw, at_or(rule, "*", "generate", "namespace").raw
    kinds = (_BY_POD.get(kind, kind),) if isinstance(kind, str) else ()
    known = isinstance(namespace, str) and "{{" not in namespace
    namespaces = (str(namespace),) if known else ()
    return Mutation(f"the policy {resource.address}", kinds, namespaces, rule.origin or resource.origin)


def _texts(lists: Iterable[Value | None]) -> tuple[str, ...]:
    return tuple(one.raw if isinstance(one.raw, str) else "*" for held in lists for one in listed(held))
