"""What a kustomization does to all objects: namespace, names, labels, annotations, images, replicas.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from readers import Malformed
from readers.kubernetes.manifests import at, listed, mapped
from readers.kubernetes.patterns import matches
from readers.manifests.field_specs import NAMESPACES, REFERENCES, SELECTORS, Field, changed, of_templates
from readers.manifests.objects import CLUSTER_WIDE, having_been, identity, names, said, with_key
from tfparse.cty.values import Value, object_, string, tuple_
from tfparse.patterns import pattern

_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
_NOT_PREFIXED = frozenset({"CustomResourceDefinition", "Namespace", "APIService"})
_IMAGE = pattern(r"(?P<name>[^@]+?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>.+))?")


class Selector(Struct, frozen=True):
    """Which objects a patch is about: each part a regular expression of Go's, or None for any."""

    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    group: str | None = None
    unread: str = ""
    """Why it may be about fewer objects than it seems; empty where it is about just these."""

    @classmethod
    def of(cls, target: Value | None) -> Selector:
        """As a ``target`` says."""
        kind, name, namespace, group = (said(target, key) or None for key in ("kind", "name", "namespace", "group"))
        more = [key for key in ("labelSelector", "annotationSelector") if at(target, key) is not None]
        wrong = [pattern for pattern in (kind, name, namespace, group) if pattern and _fits(pattern, "") is None]
        unread = [*(f"its {key} is not looked at" for key in more), *(f"{one!r} is no pattern" for one in wrong)]
        return cls(kind, name, namespace, group, ", ".join(unread))

    @classmethod
    def like(cls, patch: Value) -> Selector:
        """The one that a patch names itself."""
        kind, namespace, name = identity(patch)
        return cls(re.escape(kind) or None, re.escape(name) or None, re.escape(namespace) or None)

    def takes(self, held: Value) -> bool:
        """Whether an object is meant, or may be."""
        group = said(held, "apiVersion").rpartition("/")[0]
        is_of = self.group is None or _fits(self.group, group) is not False
        return is_of and any(self._takes(*called) for called in names(held))

    def _takes(self, kind: str, namespace: str, name: str) -> bool:
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
    before = identity(held)
    for change in _changes(kustomization):
        held = change(held)
    return having_been(held, before)


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


def _moved(held: Value, namespace: Value) -> Value:
    kind = said(held, "kind")
    if kind == "Namespace":
        return changed(held, Field("", "metadata/name"), lambda _: namespace)
    for field in NAMESPACES:
        held = changed(held, field, lambda _: namespace)
    if kind in _BINDINGS:
        held = changed(held, Field("", "subjects"), partial(_of_default, namespace=namespace))
    return held if kind in CLUSTER_WIDE else changed(held, _NAMESPACE, lambda _: namespace)


_NAMESPACE = Field("", "metadata/namespace", create=True)
_BINDINGS = ("ClusterRoleBinding", "RoleBinding")


def _of_default(subject: Value | None, namespace: Value) -> Value | None:
    """A subject of a binding: the account ``default`` is that of the namespace."""
    is_account = said(subject, "kind") == "ServiceAccount" and said(subject, "name") == "default"
    return with_key(subject, "namespace", namespace) if subject is not None and is_account else subject


def _renamed(held: Value, prefix: str, suffix: str) -> Value:
    if said(held, "kind") in _NOT_PREFIXED:
        return held

    def name(old: Value | None) -> Value | None:
        return string(f"{prefix}{old.raw}{suffix}", old.origin) if old is not None and isinstance(old.raw, str) else old

    return changed(held, Field("", "metadata/name"), name)


def _labelled(held: Value, labels: Value, *, selectors: bool, templates: bool) -> Value:
    fields = (Field("", "metadata/labels", create=True), *(of_templates("labels") if templates else ()),
              *(SELECTORS if selectors else ()))  # fmt: skip
    return _over_all(held, fields, labels)


def _annotated(held: Value, annotations: Value) -> Value:
    return _over_all(held, (Field("", "metadata/annotations", create=True), *of_templates("annotations")), annotations)


def with_metadata(held: Value, common: Value | None) -> Value:
    """An object with further labels and annotations of its own; those of its pods stay."""
    for key in ("labels", "annotations"):
        value = at(common, key)
        held = held if value is None else _over_all(held, (Field("", f"metadata/{key}", create=True),), value)
    return held


def _over_all(held: Value, fields: Iterable[Field], new: Value) -> Value:
    for field in fields:
        held = changed(held, field, lambda old: _over(old, new))
    return held


def _over(old: Value | None, new: Value) -> Value:
    return object_({**mapped(old), **mapped(new)}, new.origin, None if old is None else old.rest)


def _scaled(held: Value, entry: Value) -> Value:
    count = at(entry, "count")
    is_meant = any(name == said(entry, "name") for _, _, name in names(held))
    if said(held, "kind") not in _SCALED or not is_meant or count is None:
        return held
    return changed(held, Field("", "spec/replicas", create=True), lambda _: count)


def _with_images(held: Value, entry: Value, key: str = "") -> Value:
    """An object with the images of its containers changed, wherever they stand, whatever kind it is of."""
    if isinstance(held.raw, tuple):
        if key in ("containers", "initContainers"):
            image = Field("", "image")
            return tuple_(tuple(changed(c, image, lambda old: _image(old, entry)) for c in held.raw), held.origin)
        return tuple_(tuple(_with_images(one, entry) for one in held.raw), held.origin)
    if not isinstance(held.raw, dict) or said(held, "kind") == "CustomResourceDefinition":
        return held
    found = {inner: _with_images(value, entry, inner) for inner, value in held.raw.items()}
    return object_(found, held.origin, held.rest)


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
    """The objects, those that refer to one that has been renamed, or moved, by its new name."""
    moved = {old: one for one, old in zip(objects, before, strict=True) if identity(one) != old}
    renamed = {(kind, name): one for (kind, _, name), one in moved.items() if said(one, "metadata", "name") != name}
    accounts = {old: one for old, one in moved.items() if old[0] == "ServiceAccount"}
    return [_referring(one, renamed, accounts) for one in objects] if moved else list(objects)


def _referring(
    held: Value, renamed: Mapping[tuple[str, str], Value], accounts: Mapping[tuple[str, str, str], Value]
) -> Value:
    target = said(held, "spec", "scaleTargetRef", "kind") or said(held, "roleRef", "kind")
    for kind in REFERENCES.keys() & {kind for kind, _ in renamed}:
        for field in REFERENCES[kind]:
            if target == kind or not field.path.endswith(("scaleTargetRef/name", "roleRef/name")):
                held = changed(held, field, partial(_renewed, kind=kind, renamed=renamed))
    if said(held, "kind") in _BINDINGS and accounts:
        held = changed(held, Field("", "subjects"), partial(_of_account, accounts=accounts))
    return held


def _renewed(old: Value | None, kind: str, renamed: Mapping[tuple[str, str], Value]) -> Value | None:
    new = renamed.get((kind, old.raw)) if old is not None and isinstance(old.raw, str) else None
    name = at(new, "metadata", "name")
    return old if old is None or name is None else name.at(old.origin)


def _of_account(subject: Value | None, accounts: Mapping[tuple[str, str, str], Value]) -> Value | None:
    """A subject of a binding that is an account of these objects: by its new name and namespace."""
    kind, namespace, name = (said(subject, key) for key in ("kind", "namespace", "name"))
    places = (namespace, "") if namespace == "default" else (namespace,)
    new = next((accounts[kind, place, name] for place in places if (kind, place, name) in accounts), None)
    for key in ("name", "namespace"):
        found = at(new, "metadata", key)
        subject = with_key(subject, key, found) if subject is not None and found is not None else subject
    return subject
