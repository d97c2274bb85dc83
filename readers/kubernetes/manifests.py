"""Raw manifests: Kubernetes objects that a resource holds as one value or text, and declares by no type of its own."""

from __future__ import annotations

from collections.abc import Mapping

from readers import Malformed
from readers.account import NO_ACCOUNT, Account, Certainty, Remark, Weight, as_text, every, same
from tfparse.cty.values import Value, string
from tfparse.diagnostics import TerraformError
from tfparse.documents import as_read, decode_yaml
from tfparse.graph.model import Body, Resource
from tfparse.graph.root import BROUGHT
from tfparse.patterns import pattern

MANIFEST = BROUGHT
RAW_TYPES = ("kubernetes_manifest", "kubectl_manifest", MANIFEST)
_YAML_KIND = pattern(r'"?kind"?:\s*"?(\w+)"?\s*')


def is_kubernetes(type: str) -> bool:
    """Whether a resource type is one of the Kubernetes providers', or a manifest's."""
    return type.startswith(("kubernetes_", "kubectl_")) or type == MANIFEST


def raw_manifest(resource: Resource) -> Value | None:
    """The manifest that a ``kubernetes_manifest`` or ``kubectl_manifest`` holds; None where it cannot be read."""
    manifest = resource.body.attribute("manifest")
    if manifest is not None:
        return manifest
    kept = resource.body.kept
    if "manifest" not in kept:
        kept["manifest"] = _of_yaml(resource.body)
    decoded: Value | None = kept["manifest"]
    return decoded


def _of_yaml(body: Body) -> Value | None:
    """The manifest that a body holds as YAML: mostly text that is made of it there and then."""
    made_of = body.made_of("yaml_body", "yamlencode")
    told = None if made_of is None else as_read(made_of)
    written = body.attribute("yaml_body") if told is None else None
    try:
        return told if written is None else decode_yaml(as_text(written, "yaml_body"))
    except (Malformed, TerraformError):
        return None


_MADE_BY = "the program that made it"


def made_by(resource: Resource, program: str | None) -> Resource:
    """A resource of which it is noted which command of a program made it, if one did."""
    if program is not None:
        resource.meta.kept[_MADE_BY] = program
    return resource


def proof_of(resource: Resource) -> Account:
    """That a program made it."""
    program = resource.meta.kept.get(_MADE_BY)
    return Account((_MADE_BY,), (Remark(program, None, Weight.READ),)) if program is not None else NO_ACCOUNT


class Manifest:
    """A raw manifest."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    @property
    def value(self) -> Value | None:
        """As :func:`raw_manifest` gives it."""
        return raw_manifest(self.resource)

    def declares(self, kind: str, name: str | None) -> Certainty:
        """Whether it declares an object of this kind and name, as far as it is looked into."""
        api_kind = kind if kind[0].isupper() else kind.title().replace(" ", "")
        body = self.resource.body.attribute("yaml_body")
        if self.value is not None:
            named = True if name is None else holds(self.value, ("metadata", "name"), name)
            return every(holds(self.value, ("kind",), api_kind), named)
        if body is None:
            return False
        kinds = [match[1] for line in as_text(body, "yaml_body").lines() if (match := _YAML_KIND.fullmatch(line.text))]
        return api_kind in kinds if kinds or body.unknown is None else body.unknown

    def is_in(self, namespace: Value | None) -> Certainty:
        """Whether it may be in a namespace (None stands for any): where it names none, the provider decides."""
        if namespace is None or namespace.unknown is not None or self.value is None:
            return True
        metadata = self.value.get("metadata") if isinstance(self.value.raw, dict) else None
        own = metadata.get("namespace") if metadata is not None and isinstance(metadata.raw, dict) else None
        return True if own is None else same(own, namespace.as_string())


def at(value: Value | None, *keys: str) -> Value | None:
    """What stands under a path of keys; an unknown on the way stands for it."""
    for key in keys:
        if value is None or not isinstance(value.raw, dict):
            return value if value is not None and value.is_unknown else None
        value = value.get(key)
    return None if value is None or value.is_null else value


def at_or(value: Value | None, default: str, *keys: str) -> Value:
    """What stands under a path of keys, or the text that counts where nothing does."""
    found = at(value, *keys)
    return string(default, None if value is None else value.origin) if found is None else found


def mapped(value: Value | None) -> Mapping[str, Value]:
    """What a mapping holds; nothing, where it is none, or not known."""
    return value.raw if value is not None and isinstance(value.raw, dict) else {}


def listed(value: Value | None) -> tuple[Value, ...]:
    """The elements of a list; of an unknown, that unknown alone; of nothing, none."""
    if value is None:
        return ()
    if value.is_unknown:
        return (value,)
    return value.raw if isinstance(value.raw, tuple) else ()


def holds(value: Value, path: tuple[str, ...], wanted: str) -> Certainty:
    """Whether a text stands under a path of keys."""
    for key in path:
        if value.is_unknown:
            break
        found = value.get(key) if isinstance(value.raw, dict) else None
        if found is None:
            return False
        value = found
    return same(value, wanted)
