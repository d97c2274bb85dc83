"""Manifests in the form of typed resources, so that whatever reads a workload reads it in either form.

The Kubernetes provider's arguments are the keys of the API in snake case, its blocks the objects there and the elements
of its lists, called by the singular.  Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterator

from msgspec.structs import replace

from readers.kubernetes.manifests import RAW_TYPES, Manifest, at, is_kubernetes, raw_manifest
from tfparse.cty.values import Unknown, Value, object_, string, unknown
from tfparse.diagnostics import Origin
from tfparse.graph.expansion import DeclaredResource
from tfparse.graph.model import Block, Body, Resource
from tfparse.graph.root import Root
from tfparse.patterns import pattern

_TYPES = {
    "Deployment": "kubernetes_deployment_v1", "StatefulSet": "kubernetes_stateful_set_v1",
    "DaemonSet": "kubernetes_daemon_set_v1", "ReplicationController": "kubernetes_replication_controller_v1",
    "CronJob": "kubernetes_cron_job_v1", "Job": "kubernetes_job_v1", "Pod": "kubernetes_pod_v1",
    "Service": "kubernetes_service_v1", "ConfigMap": "kubernetes_config_map_v1", "Secret": "kubernetes_secret_v1",
}  # fmt: skip
"""The kinds that are read in the form of a typed resource."""
_MAPS = frozenset({"annotations", "binaryData", "data", "labels", "limits", "matchLabels", "nodeSelector", "requests",
                   "stringData", "volumeAttributes"})  # fmt: skip
"""Objects of the API that are maps, and so arguments."""
_OCTAL = frozenset({"defaultMode", "mode"})
"""Numbers of the API that the provider takes as octal text."""
_ABBREVIATION = pattern(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?!Ps\b)")
LISTS = frozenset({"env", "env_from", "items", "sources", "image_pull_secrets", "host_aliases", "match_expressions"})
"""Lists of the API whose block in the provider has no other name than the list: else it has the singular."""
_NO_PLURAL = LISTS | {"egress", "ingress", "tls"}


def snake(key: str) -> str:
    """A key of the API as the provider spells it: ``externalIPs`` is ``external_ips``."""
    return _ABBREVIATION.sub("_", key).lower()


def singulars(plural: str) -> list[str]:
    """What the block may be called whose instances are the elements of a list."""
    if not plural.endswith("s"):
        return []
    ies = [f"{plural[:-3]}y"] if plural.endswith("ies") else []
    es = [plural[:-2]] if plural.endswith(("sses", "xes", "ches")) else []
    return [*ies, *es, plural[:-1]]


def as_typed(resource: Resource) -> Resource:
    """The typed resource that declares what a raw manifest does; of any other kind or resource, itself."""
    manifest = raw_manifest(resource) if resource.type in RAW_TYPES else None
    held = at(manifest, "kind")
    kind = held.raw if held is not None and isinstance(held.raw, str) else ""
    names = (at(manifest, "metadata", name) for name in ("name", "generateName"))
    if manifest is None or kind not in _TYPES or all(name is None for name in names):
        return resource
    body = _body(_with_data(_with_namespace(manifest, resource), kind), resource.origin)
    return replace(resource, type=_TYPES[kind], body=body)


def _with_namespace(manifest: Value, resource: Resource) -> Value:
    """The manifest with the namespace that whoever applies it decides, where it names none."""
    metadata = manifest.raw.get("metadata") if isinstance(manifest.raw, dict) else None
    if metadata is None or not isinstance(metadata.raw, dict) or not isinstance(manifest.raw, dict):
        return manifest
    own = metadata.raw.get("namespace")
    if own is not None and not own.is_null:
        return manifest
    why = unknown("it names no namespace, so whoever applies it decides", metadata.origin or resource.origin)
    named = object_({**metadata.raw, "namespace": why}, metadata.origin, metadata.rest)
    return object_({**manifest.raw, "metadata": named}, manifest.origin, manifest.rest)


def _with_data(manifest: Value, kind: str) -> Value:
    """A Secret as the provider has it: its ``data`` as it is, what is written as ``stringData`` laid over it."""
    if kind != "Secret" or not isinstance(manifest.raw, dict):
        return manifest
    held = dict(manifest.raw)
    data, plain = held.get("data"), held.pop("stringData", None)
    if data is not None and isinstance(data.raw, dict):
        keys = {key: _decoded(value) for key, value in data.raw.items()}
        if plain is not None and isinstance(plain.raw, dict):
            keys |= {key: value.marked() for key, value in plain.raw.items()}
        elif plain is not None and plain.unknown is not None:
            return object_({**held, "data": plain}, manifest.origin, manifest.rest)
        held["data"] = object_(keys, data.origin, data.rest)
    elif plain is not None and (data is None or data.is_null):
        held["data"] = plain
    return object_(held, manifest.origin, manifest.rest)


def _decoded(value: Value) -> Value:
    if not isinstance(value.raw, str):
        return value.marked()
    try:
        return string(base64.b64decode(value.raw, validate=True).decode(), value.origin).marked()
    except (binascii.Error, UnicodeDecodeError):
        return unknown("it is no text in base64", value.origin).marked()


def _body(value: Value, place: Origin) -> Body:
    """An object of the API as the body of a block."""
    origin = value.origin or place
    if not isinstance(value.raw, dict):
        return Body({}, (), origin, value.unknown)
    attributes: dict[str, Value] = {}
    blocks: list[Block] = []
    for key, held in value.raw.items():
        nested = tuple(_blocks(key, held, origin))
        blocks += nested
        if not nested:
            attributes[snake(key)] = _octal(held) if key in _OCTAL else held
    return Body(attributes, tuple(blocks), origin, value.rest)


def _blocks(key: str, held: Value, place: Origin) -> Iterator[Block]:
    """The blocks that a key of the API stands for; none where it is an argument."""
    name = snake(key)
    if isinstance(held.raw, dict) and not _is_map(key, held):
        yield Block(name, (), _body(held, place), held.origin or place)
    elif isinstance(held.raw, tuple) and any(isinstance(element.raw, dict) for element in held.raw):
        own = name if name in _NO_PLURAL else next(iter(singulars(name)), name)
        for element in held.raw:
            body = _body(element, held.origin or place)
            yield Block(own, (), body, element.origin or held.origin or place, element.unknown)
    elif isinstance(held.raw, Unknown) and key in _OBJECTS:
        why = held.raw
        yield Block(_OBJECTS[key], (), Body({}, (), held.origin or place, why), held.origin or place, why)


_OBJECTS = {"containers": "container", "env": "env", "envFrom": "env_from", "initContainers": "init_container",
            "jobTemplate": "job_template",
            "metadata": "metadata", "ports": "port", "resources": "resources", "spec": "spec", "template": "template",
            "volumeMounts": "volume_mount", "volumes": "volume"}  # fmt: skip
"""What is a block, or several, even where its content is not known."""


def _is_map(key: str, held: Value) -> bool:
    scalars = isinstance(held.raw, dict) and not any(isinstance(v.raw, (dict, tuple)) for v in held.raw.values())
    return key in _MAPS or (key == "selector" and scalars)


def _octal(value: Value) -> Value:
    number = value.raw
    return string(f"0{number:o}", value.origin) if isinstance(number, int) and not isinstance(number, bool) else value


def may_be_of(root: Root, kinds: Collection[str]) -> Callable[[DeclaredResource], bool]:
    """Whether what a root declares may be of some kinds of the API, or is no manifest.  A manifest mostly says plainly
    of which kind it is: then nobody need work out what else it says, or how many there are.
    """
    plain: dict[DeclaredResource, str | None] = root.kept.setdefault("plain kinds", {})

    def may_be(declared: DeclaredResource) -> bool:
        if declared.type not in RAW_TYPES:
            return True
        if declared not in plain:
            plain[declared] = declared.written("kind", "manifest", "yaml_body")
        kind = plain[declared]
        return kind is None or kind in kinds

    return may_be


def of_types(root: Root, *types: str) -> list[Resource]:
    """The Kubernetes resources of some types that a root declares, as such or in raw manifests; those of others are not
    even counted.
    """
    by_type: dict[str, list[Resource]] = root.kept.setdefault("kubernetes", {})
    new = {type_ for type_ in types if type_ not in by_type and is_kubernetes(type_)}
    if new:
        by_type |= {type_: [] for type_ in new}
        may_be = may_be_of(root, [kind for kind, type_ in _TYPES.items() if type_ in new])
        for resource in root.resources(lambda type_: type_ in new or type_ in RAW_TYPES, may_be=may_be):
            typed = _once_typed(root, resource)
            if typed.type in new:
                by_type[typed.type].append(typed)
    return [resource for type_ in types for resource in by_type.get(type_, ())]


def manifests(root: Root, *kinds: str) -> list[Manifest]:
    """The raw manifests that a root declares, but for those that it has in the form of typed resources, and those that
    are plainly of other kinds.
    """
    raw = root.resources(RAW_TYPES.__contains__, may_be=may_be_of(root, kinds))
    return [Manifest(one) for type_ in RAW_TYPES for one in raw if one.type == type_ and _once_typed(root, one) is one]


def _once_typed(root: Root, resource: Resource) -> Resource:
    """A resource as :func:`as_typed` has it, the same each time."""
    # (The root holds its resources: nothing else gets the identity of one.)
    typed: dict[int, Resource] = root.kept.setdefault("typed manifests", {})
    if id(resource) not in typed:
        typed[id(resource)] = as_typed(resource)
    return typed[id(resource)]
