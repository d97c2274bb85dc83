"""Objects as manifests have them: the namespace that they are in, and what of them is secret."""

from __future__ import annotations

from collections.abc import Iterator

from readers.kubernetes.manifests import at, mapped
from tfparse.cty.values import Unknown, Value, object_, string, unknown
from tfparse.graph.root import SecretText

CLUSTER_WIDE = frozenset({
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
    "ComponentStatus", "CustomResourceDefinition", "FlowSchema", "IngressClass", "MutatingWebhookConfiguration",
    "Namespace", "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "RuntimeClass",
    "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    "VolumeAttachment",
})  # fmt: skip
"""Kinds of objects that are in no namespace.  Source: ``kubectl api-resources --namespaced=false``"""
_SECRET = ("data", "stringData")


def in_namespace(held: Value, namespace: str | None) -> Value:
    """An object in the namespace that counts where it names none; without one, whoever applies it decides."""
    kind, metadata = at(held, "kind"), at(held, "metadata")
    if kind is None or kind.raw in CLUSTER_WIDE or metadata is None or not isinstance(metadata.raw, dict):
        return held
    if at(metadata, "namespace") is not None or not isinstance(held.raw, dict):
        return held
    why = "it names no namespace, so whoever applies it decides"
    given = unknown(why, metadata.origin) if namespace is None else string(namespace, metadata.origin)
    return in_metadata(held, "namespace", given)


def with_key(held: Value, key: str, value: Value) -> Value:
    """An object with another value under a key."""
    assert isinstance(held.raw, dict)
    return object_({**held.raw, key: value}, held.origin, held.rest)


def in_metadata(held: Value, key: str, value: Value | None) -> Value:
    """An object with another value under a key of its metadata; where that is None, without the key."""
    metadata = at(held, "metadata")
    assert metadata is not None
    return with_key(held, "metadata", without(metadata, key) if value is None else with_key(metadata, key, value))


def without(held: Value, *keys: str) -> Value:
    """An object without some keys."""
    assert isinstance(held.raw, dict)
    return object_({key: value for key, value in held.raw.items() if key not in keys}, held.origin, held.rest)


def said(held: Value | None, *keys: str) -> str:
    """The text under a path of keys; empty where there is none that is known."""
    found = at(held, *keys)
    return found.raw if found is not None and isinstance(found.raw, str) else ""


def identity(held: Value) -> tuple[str, str, str]:
    """The kind, the namespace and the name of an object, as far as they are known."""
    return said(held, "kind"), said(held, "metadata", "namespace"), said(held, "metadata", "name")


_BEFORE = ("metadata", "annotations", "internal.config.kubernetes.io/previousNames")


def names(held: Value) -> list[tuple[str, str, str]]:
    """The kind, the namespace and the name of an object, and those that it had earlier in a build."""
    kind, namespace, name = identity(held)
    earlier = (pair.partition("/") for pair in said(held, *_BEFORE).split(",") if pair)
    return [(kind, namespace, name), *((kind, of, called) for of, _, called in earlier)]


def having_been(held: Value, before: tuple[str, str, str]) -> Value:
    """An object with a note of its own, as kustomize has it, on what it was called before, if that differs."""
    _, namespace, name = before
    metadata = at(held, "metadata")
    if identity(held)[1:] == before[1:] or metadata is None or not isinstance(metadata.raw, dict):
        return held
    told = string(",".join(filter(None, (said(held, *_BEFORE), f"{namespace}/{name}"))))
    annotations = at(metadata, "annotations")
    noted = {**mapped(annotations), _BEFORE[2]: told}
    return in_metadata(held, "annotations", object_(noted, metadata.origin, _unseen(annotations)))


def without_notes(held: Value) -> Value:
    """An object without what :func:`having_been` noted."""
    return not_annotated(held, _BEFORE[2]) if said(held, *_BEFORE) else held


def not_annotated(held: Value, key: str) -> Value:
    """An object without an annotation."""
    annotations = at(held, "metadata", "annotations")
    left = None if annotations is None else without(annotations, key)
    return in_metadata(held, "annotations", left if left is not None and (left.raw or left.rest) else None)


def _unseen(held: Value | None) -> Unknown | None:
    """Why there may be more in a map than is known of it."""
    if held is None:
        return None
    return held.raw if isinstance(held.raw, Unknown) else held.rest


def masked(held: Value) -> Value:
    """A Secret with its data marked as such; anything else as it is."""
    if said(held, "kind") != "Secret":
        return held
    for key in _SECRET:
        data = at(held, key)
        if data is not None and isinstance(data.raw, dict):
            held = with_key(held, key, object_({k: v.marked() for k, v in data.raw.items()}, data.origin, data.rest))
    return held


def blurred(held: Value, why: Unknown) -> Value:
    """An object of which only kind and name are certain."""
    if not isinstance(held.raw, dict):
        return held
    names = {k: at(held, "metadata", k) for k in ("name", "namespace", "generateName")}
    metadata = object_({k: v for k, v in names.items() if v is not None}, held.origin, why)
    kept = {key: unknown(why.reason, why.origin) for key in held.raw}
    kept |= {key: held.raw[key] for key in ("apiVersion", "kind") if key in held.raw}
    return object_({**kept, "metadata": metadata}, held.origin, why)


def secret_texts(held: Value) -> Iterator[SecretText]:
    """What no report may show of an object: the data of a Secret, in the lines that it stands on."""
    kind = at(held, "kind")
    if kind is None or kind.raw != "Secret" or not isinstance(held.raw, dict):
        return
    starts = sorted(value.origin.line for value in held.raw.values() if value.origin is not None)
    for key in _SECRET:
        data = held.raw.get(key)
        if data is None or data.origin is None:
            continue
        texts = list(_texts(data))
        following = [line - 1 for line in starts if line > data.origin.line]
        written = max([data.origin.line, *(_last(text, data.origin.line) for text in texts)])
        told = "\n".join(str(text.raw) for text in texts)
        yield SecretText(data.origin.file, data.origin.line, min(following, default=written), told)


def _texts(value: Value) -> Iterator[Value]:
    if isinstance(value.raw, dict):
        for held in value.raw.values():
            yield from _texts(held)
    elif isinstance(value.raw, str):
        yield value


def _last(text: Value, line: int) -> int:
    """The last line that a text may stand on: folded ones are taken to be of 40 characters at least."""
    begun, raw = text.origin.line if text.origin is not None else line, str(text.raw)
    return begun + max(raw.count("\n"), len(raw) // 40)
