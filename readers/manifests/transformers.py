"""What a kustomization does to all objects: namespace, names, labels, annotations, images, replicas.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from readers import Malformed
from readers.kubernetes.manifests import at, listed
from readers.manifests.objects import CLUSTER_WIDE, identity, said, with_key
from readers.patterns import matches
from tfparse.cty.values import Value, object_, string, tuple_

_TEMPLATES = {
    "Deployment": ("spec", "template"), "StatefulSet": ("spec", "template"), "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"), "ReplicationController": ("spec", "template"), "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"), "Pod": (),
}  # fmt: skip
"""Where each kind has the template of its pods."""
_SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
_NOT_PREFIXED = frozenset({"CustomResourceDefinition", "Namespace", "APIService"})
_IMAGE = re.compile(r"(?P<name>[^@]+?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>.+))?")


@dataclass(frozen=True, slots=True)
class Selector:
    """Which objects a patch is about: each part a regular expression of Go's, or None for any."""

    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    unread: str = ""
    """Why it may be about fewer objects than it seems; empty where it is about just these."""

    @classmethod
    def of(cls, target: Value | None) -> Selector:
        """As a ``target`` says."""
        kind, name, namespace = (said(target, key) or None for key in ("kind", "name", "namespace"))
        more = [key for key in ("labelSelector", "annotationSelector") if at(target, key) is not None]
        wrong = [pattern for pattern in (kind, name, namespace) if pattern and _fits(pattern, "") is None]
        unread = [*(f"its {key} is not looked at" for key in more), *(f"{one!r} is no pattern" for one in wrong)]
        return cls(kind, name, namespace, ", ".join(unread))

    @classmethod
    def like(cls, patch: Value) -> Selector:
        """The one that a patch names itself."""
        kind, namespace, name = identity(patch)
        return cls(re.escape(kind) or None, re.escape(name) or None, re.escape(namespace) or None)

    def takes(self, held: Value) -> bool:
        """Whether an object is meant, or may be."""
        kind, namespace, name = identity(held)
        pairs = ((self.kind, kind), (self.name, name), (self.namespace, namespace or "default"))
        return all(wanted is None or _fits(wanted, found) is not False for wanted, found in pairs)


def _fits(pattern: str, text: str) -> bool | None:
    """Whether a pattern fits a text, in linear time; None where it is none."""
    try:
        return matches(pattern, text)
    except Malformed:
        return None


def transformed(held: Value, kustomization: Value) -> Value:
    """An object as a kustomization leaves it."""
    for change in _changes(kustomization):
        held = change(held)
    return held


def _changes(kustomization: Value) -> Iterator[Callable[[Value], Value]]:
    namespace, prefix, suffix = (at(kustomization, key) for key in ("namespace", "namePrefix", "nameSuffix"))
    common, annotations = at(kustomization, "commonLabels"), at(kustomization, "commonAnnotations")
    yield from (partial(_scaled, entry=entry) for entry in listed(at(kustomization, "replicas")))
    yield from (partial(_with_images, entry=entry) for entry in listed(at(kustomization, "images")))
    if namespace is not None:
        yield partial(_moved, namespace=namespace)
    if prefix is not None or suffix is not None:
        yield partial(_renamed, prefix=said(kustomization, "namePrefix"), suffix=said(kustomization, "nameSuffix"))
    if common is not None:
        yield partial(_labelled, labels=common, selectors=True, templates=True)
    for entry in listed(at(kustomization, "labels")):
        pairs, selectors = at(entry, "pairs"), _flag(entry, "includeSelectors")
        if pairs is not None:
            templates = selectors or _flag(entry, "includeTemplates")
            yield partial(_labelled, labels=pairs, selectors=selectors, templates=templates)
    if annotations is not None:
        yield partial(_annotated, annotations=annotations)


def changed(held: Value, path: Sequence[str], change: Callable[[Value | None], Value | None]) -> Value:
    """A value with what stands under a path of keys changed; without what is on the way, as it was."""
    if not path:
        new = change(held)
        return held if new is None else new
    if not isinstance(held.raw, dict):
        return held
    key, *rest = path
    found = held.raw.get(key)
    if found is None and rest:
        return held
    new = change(found) if not rest else changed(found, rest, change) if found is not None else None
    return held if new is None else with_key(held, key, new)


def _moved(held: Value, namespace: Value) -> Value:
    kind = said(held, "kind")
    if kind == "Namespace":
        return changed(held, ("metadata", "name"), lambda _: namespace)
    return held if kind in CLUSTER_WIDE else changed(held, ("metadata", "namespace"), lambda _: namespace)


def _renamed(held: Value, prefix: str, suffix: str) -> Value:
    if said(held, "kind") in _NOT_PREFIXED:
        return held

    def name(old: Value | None) -> Value | None:
        return string(f"{prefix}{old.raw}{suffix}", old.origin) if old is not None and isinstance(old.raw, str) else old

    return changed(held, ("metadata", "name"), name)


def _labelled(held: Value, labels: Value, *, selectors: bool, templates: bool) -> Value:
    kind, over = said(held, "kind"), lambda old: _over(old, labels)
    held = changed(held, ("metadata", "labels"), over)
    template = _TEMPLATES.get(kind)
    if template and templates:
        held = changed(held, (*template, "metadata"), lambda old: object_({}) if old is None else old)
        held = changed(held, (*template, "metadata", "labels"), over)
    if selectors and kind in _SELECTING:
        held = changed(held, ("spec", "selector", "matchLabels"), over)
    if selectors and kind == "Service" and at(held, "spec", "selector") is not None:
        held = changed(held, ("spec", "selector"), over)
    return held


def _annotated(held: Value, annotations: Value) -> Value:
    held = changed(held, ("metadata", "annotations"), lambda old: _over(old, annotations))
    template = _TEMPLATES.get(said(held, "kind"))
    if template:
        held = changed(held, (*template, "metadata", "annotations"), lambda old: _over(old, annotations))
    return held


def _over(old: Value | None, new: Value) -> Value:
    below = old.raw if old is not None and isinstance(old.raw, dict) else {}
    return object_(
        {**below, **(new.raw if isinstance(new.raw, dict) else {})}, new.origin, None if old is None else old.rest
    )


def _scaled(held: Value, entry: Value) -> Value:
    count = at(entry, "count")
    if said(held, "kind") not in _SCALED or said(held, "metadata", "name") != said(entry, "name") or count is None:
        return held
    return changed(held, ("spec", "replicas"), lambda _: count)


def _with_images(held: Value, entry: Value) -> Value:
    template = _TEMPLATES.get(said(held, "kind"))
    if template is None:
        return held
    for containers in ("containers", "initContainers"):
        held = changed(held, (*template, "spec", containers), lambda old: _each_image(old, entry))
    return held


def _each_image(containers: Value | None, entry: Value) -> Value | None:
    if containers is None or not isinstance(containers.raw, tuple):
        return containers
    return tuple_(
        tuple(changed(c, ("image",), lambda old: _image(old, entry)) for c in containers.raw), containers.origin
    )


def _image(old: Value | None, entry: Value) -> Value | None:
    match = _IMAGE.fullmatch(old.raw) if old is not None and isinstance(old.raw, str) else None
    if match is None or match["name"] != said(entry, "name"):
        return old
    name, tag, digest = said(entry, "newName") or match["name"], said(entry, "newTag"), said(entry, "digest")
    behind = f"@{digest}" if digest else f":{tag}" if tag else (f":{match['tag']}" if match["tag"] else "")
    if not digest and not tag and match["digest"]:
        behind += f"@{match['digest']}"
    place = next((v.origin for key in ("digest", "newTag", "newName") if (v := at(entry, key)) is not None), None)
    return string(name + behind, place)


def _flag(entry: Value, key: str) -> bool:
    found = at(entry, key)
    return found is not None and found.raw is True


# -- references to what has another name now -----------------------------------------------------------------------


def named_otherwise(objects: Sequence[Value], before: Sequence[tuple[str, str, str]]) -> list[Value]:
    """The objects, those that refer to one that has been renamed by its new name."""
    names = {
        (kind, name): said(one, "metadata", "name")
        for one, (kind, _, name) in zip(objects, before, strict=True)
        if said(one, "metadata", "name") != name
    }
    return [_referring(one, names) for one in objects] if names else list(objects)


_REFERENCES = {
    "configMapRef": ("ConfigMap", "name"), "configMapKeyRef": ("ConfigMap", "name"), "configMap": ("ConfigMap", "name"),
    "secretRef": ("Secret", "name"), "secretKeyRef": ("Secret", "name"), "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"), "scaleTargetRef": ("Deployment", "name"),
}  # fmt: skip


def _referring(held: Value, names: dict[tuple[str, str], str]) -> Value:
    """An object with the references in it that are known to be such by the key that they stand under."""
    if isinstance(held.raw, tuple):
        return tuple_(tuple(_referring(one, names) for one in held.raw), held.origin)
    if not isinstance(held.raw, dict):
        return held
    found = {key: _referring(value, names) for key, value in held.raw.items()}
    for key, (kind, name) in _REFERENCES.items():
        value = found.get(key)
        for called in {name, "name"} if value is not None and isinstance(value.raw, dict) else ():
            new = names.get((said(value, "kind") or kind, said(value, called)))
            if new is not None and value is not None:
                value = found[key] = with_key(value, called, string(new, value.origin))
    account = found.get("serviceAccountName")
    if account is not None and isinstance(account.raw, str) and ("ServiceAccount", account.raw) in names:
        found["serviceAccountName"] = string(names["ServiceAccount", account.raw], account.origin)
    return object_(found, held.origin, held.rest)
