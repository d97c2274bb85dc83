"""Which fields kustomize changes along with labels, annotations, namespaces and the names of other objects.

Paths are kustomize's own: keys with slashes between, which lists on the way have in each element.  Source:
https://github.com/kubernetes-sigs/kustomize/tree/master/api/internal/konfig/builtinpluginconsts
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from readers.kubernetes.manifests import at
from readers.manifests.objects import said, with_key
from tfparse.cty.values import Value, object_, tuple_


class Field(NamedTuple):
    """A field of the objects of a kind; ``create``: it is made where it is not there."""

    kind: str
    path: str
    create: bool = False
    group: str = ""

    def is_of(self, held: Value) -> bool:
        """Whether an object is of the kind (any, where none is named)."""
        group = said(held, "apiVersion").rpartition("/")[0]
        return self.kind in ("", said(held, "kind")) and self.group in ("", group)


_POD_SPECS = {
    **dict.fromkeys(("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "ReplicationController"),
                    "spec/template/spec"),
    "Pod": "spec", "PodTemplate": "template/spec", "CronJob": "spec/jobTemplate/spec/template/spec",
}  # fmt: skip
_CONTAINERS = ("containers", "initContainers")


def _in_pods(*paths: str, but: str = "ReplicationController") -> Iterator[Field]:
    for (kind, spec), path in product(_POD_SPECS.items(), paths):
        if kind not in but:
            yield Field(kind, f"{spec}/{path}")


REFERENCES: dict[str, tuple[Field, ...]] = {
    "ConfigMap": (
        *_in_pods("volumes/configMap/name", "volumes/projected/sources/configMap/name",
                  *(f"{c}/env/valueFrom/configMapKeyRef/name" for c in _CONTAINERS),
                  *(f"{c}/envFrom/configMapRef/name" for c in _CONTAINERS)),
        Field("Role", "rules/resourceNames"), Field("ClusterRole", "rules/resourceNames"),
    ),
    "Secret": (
        *_in_pods("volumes/secret/secretName", "volumes/projected/sources/secret/name", "imagePullSecrets/name",
                  *(f"{c}/env/valueFrom/secretKeyRef/name" for c in _CONTAINERS),
                  *(f"{c}/envFrom/secretRef/name" for c in _CONTAINERS)),
        Field("Ingress", "spec/tls/secretName"), Field("ServiceAccount", "imagePullSecrets/name"),
        Field("Role", "rules/resourceNames"), Field("ClusterRole", "rules/resourceNames"),
        Field("PersistentVolume", "spec/azureFile/secretName"),
        *(Field("StorageClass", f"parameters/{key}")
          for key in ("secretName", "adminSecretName", "userSecretName", "secretRef")),
        *(Field("Ingress", f"metadata/annotations/{key}") for key in (
            r"ingress.kubernetes.io\/auth-secret", r"nginx.ingress.kubernetes.io\/auth-secret",
            r"nginx.ingress.kubernetes.io\/auth-tls-secret")),
    ),
    "Service": (
        Field("StatefulSet", "spec/serviceName"), Field("Ingress", "spec/rules/http/paths/backend/serviceName"),
        Field("Ingress", "spec/backend/serviceName"), Field("Ingress", "spec/rules/http/paths/backend/service/name"),
        Field("Ingress", "spec/defaultBackend/service/name"), Field("APIService", "spec/service/name"),
        Field("ValidatingWebhookConfiguration", "webhooks/clientConfig/service/name"),
        Field("MutatingWebhookConfiguration", "webhooks/clientConfig/service/name"),
        Field("HTTPRoute", "spec/rules/backendRefs/name"),
    ),
    "Role": (Field("RoleBinding", "roleRef/name"),),
    "ClusterRole": (Field("RoleBinding", "roleRef/name"), Field("ClusterRoleBinding", "roleRef/name")),
    "ServiceAccount": tuple(_in_pods("serviceAccountName", but="PodTemplate ReplicaSet")),
    "PersistentVolumeClaim": tuple(_in_pods("volumes/persistentVolumeClaim/claimName", but="PodTemplate ReplicaSet")),
    "PersistentVolume": (Field("PersistentVolumeClaim", "spec/volumeName"),),
    "StorageClass": (Field("PersistentVolume", "spec/storageClassName"),
                     Field("PersistentVolumeClaim", "spec/storageClassName"),
                     Field("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName")),
    "PriorityClass": tuple(_in_pods("priorityClassName", but="PodTemplate ReplicaSet")),
    "IngressClass": (Field("Ingress", "spec/ingressClassName"),),
    **dict.fromkeys(("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"),
                    (Field("HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),)),
}  # fmt: skip
"""Where an object of each kind is named by others."""

_TEMPLATES = (
    *(Field(kind, f"{spec.removesuffix('/spec')}/metadata", create=True)
      for kind, spec in _POD_SPECS.items() if kind not in ("Pod", "PodTemplate")),
    Field("CronJob", "spec/jobTemplate/metadata", create=True),
)  # fmt: skip
_CLAIMS = Field("StatefulSet", "spec/volumeClaimTemplates/metadata/labels", True, "apps")


def of_templates(key: str) -> tuple[Field, ...]:
    """The ``labels`` or ``annotations`` of whatever is made by a template."""
    claims = (_CLAIMS,) if key == "labels" else ()
    return (*(field._replace(path=f"{field.path}/{key}") for field in _TEMPLATES), *claims)


_NEAR = tuple(
    f"spec/template/spec/{path}/labelSelector/matchLabels" for path in (
        *(f"affinity/{a}/{b}" for a in ("podAffinity", "podAntiAffinity")
          for b in ("preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
                    "requiredDuringSchedulingIgnoredDuringExecution")),
        "topologySpreadConstraints",
    )
)  # fmt: skip
SELECTORS: tuple[Field, ...] = (
    Field("Service", "spec/selector", create=True), Field("ReplicationController", "spec/selector", create=True),
    *(Field(kind, "spec/selector/matchLabels", create=True) for kind in ("Deployment", "ReplicaSet", "DaemonSet")),
    Field("StatefulSet", "spec/selector/matchLabels", True, "apps"),
    Field("Job", "spec/selector/matchLabels", group="batch"),
    Field("CronJob", "spec/jobTemplate/spec/selector/matchLabels", group="batch"),
    Field("PodDisruptionBudget", "spec/selector/matchLabels", group="policy"),
    *(Field("NetworkPolicy", f"spec/{path}podSelector/matchLabels", group="networking.k8s.io")
      for path in ("", "ingress/from/", "egress/to/")),
    *(Field(kind, path, group="apps") for kind in ("Deployment", "StatefulSet") for path in _NEAR),
)  # fmt: skip
"""What tells the objects that another one is about by their labels."""

NAMESPACES: tuple[Field, ...] = (
    Field("APIService", "spec/service/namespace", True, "apiregistration.k8s.io"),
    Field("CustomResourceDefinition", "spec/conversion/webhook/clientConfig/service/namespace"),
)
"""Where a namespace stands besides in the metadata."""


def changed(held: Value, field: Field, change: Callable[[Value | None], Value | None]) -> Value:
    """An object with a field changed, if it is of the kind that has it."""
    if not field.is_of(held):
        return held
    keys = [key.replace("\0", "/") for key in field.path.replace("\\/", "\0").split("/")]
    return _within(held, keys, change, field.create)


def _within(held: Value, keys: list[str], change: Callable[[Value | None], Value | None], create: bool) -> Value:
    if isinstance(held.raw, tuple):
        return tuple_(tuple(_within(one, keys, change, create) for one in held.raw), held.origin)
    if not keys:
        return held if (new := change(held)) is None else new
    if not isinstance(held.raw, dict):
        return held
    key, *rest = keys
    found = at(held, key)
    if found is None:
        if not create:
            return held
        found = object_({}, held.origin)
        new = _within(found, rest, change, create) if rest else change(None)
    else:
        new = _within(found, rest, change, create)
    return held if new is None else with_key(held, key, new)
