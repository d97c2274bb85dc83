"""Kubernetes objects among a stack's resources, found as the cluster finds them: by kind, name and namespace.

Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from readers import Malformed, Missing, nearest
from readers.account import Certainty, as_text, every, present, same, told_apart, undetermined
from readers.kubernetes.fields import covering, single
from tfparse.cty.values import Part, Unknown, Value, string, text, unknown
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError
from tfparse.documents import decode_yaml
from tfparse.graph.model import IgnoredPath, Resource

_KINDS = {
    "kubernetes_deployment": "deployment",
    "kubernetes_deployment_v1": "deployment",
    "kubernetes_stateful_set": "stateful set",
    "kubernetes_stateful_set_v1": "stateful set",
    "kubernetes_daemonset": "daemon set",
    "kubernetes_daemon_set_v1": "daemon set",
    "kubernetes_service": "service",
    "kubernetes_service_v1": "service",
    "kubernetes_config_map": "ConfigMap",
    "kubernetes_config_map_v1": "ConfigMap",
    "kubernetes_secret": "Secret",
    "kubernetes_secret_v1": "Secret",
}
_WRITERS = {
    "ConfigMap": "kubernetes_config_map_v1_data",
    "Secret": "kubernetes_secret_v1_data",
    "service": "kubernetes_annotations",
    "deployment": "kubernetes_env",
    "stateful set": "kubernetes_env",
    "daemon set": "kubernetes_env",
}
"""Resources that write into an object which another resource declares."""
RAW_TYPES = ("kubernetes_manifest", "kubectl_manifest")
_YAML_KIND = re.compile(r'"?kind"?:\s*"?(\w+)"?\s*')


def is_kubernetes(type: str) -> bool:
    """Whether a resource type is one of the Kubernetes providers'."""
    return type.startswith(("kubernetes_", "kubectl_"))


@dataclass(frozen=True, slots=True)
class Object:
    """A resource that declares, or writes into, one Kubernetes object."""

    kind: str
    resource: Resource

    @property
    def name(self) -> Value:
        """``metadata.name``; with ``generate_name``, a string whose end is unknown."""
        name = self._metadata("name")
        if name is not None:
            return name
        prefix, origin = self._metadata("generate_name"), self.resource.origin
        parts = () if prefix is None else prefix.text_parts()
        return text((*parts, Part(Unknown("the cluster chooses the name", origin), origin)), origin)

    @property
    def namespace(self) -> Value:
        """``metadata.namespace``, "default" where it is not set."""
        namespace = self._metadata("namespace")
        return string("default", self.resource.origin) if namespace is None else namespace

    def _metadata(self, name: str) -> Value | None:
        try:
            metadata = single(self.resource.body, "metadata")
            value = None if metadata is None else metadata.body.attribute(name)
            return None if value is None else as_text(value, name)
        # One object without a readable name must not hide the others from a search.
        except UnknownValueError as error:
            return unknown(error.reason, error.origin)
        except Malformed as error:
            return unknown(str(error), error.origin)

    @property
    def label(self) -> str:
        """The object as a report names it: "ConfigMap mailserver.config"."""
        return f"{self.kind} {self.resource.address if self.name.is_unknown else self.name.as_string()}"

    def is_in(self, namespace: str | Value | None) -> Certainty:
        """Whether the object is in a namespace; None stands for any."""
        if namespace is None:
            return True
        if isinstance(namespace, Value):
            if namespace.unknown is not None:
                return namespace.unknown
            namespace = namespace.as_string()
        return same(self.namespace, namespace)

    def is_called(self, name: str, namespace: str | Value | None) -> Certainty:
        """Whether the resource declares this object, and declares it at all."""
        return every(same(self.name, name), self.is_in(namespace), present(self.resource.repetition))


@dataclass(frozen=True, slots=True)
class Declared:
    """An object that a stack declares, among the others that it declares."""

    object: Object
    objects: Objects

    @property
    def label(self) -> str:
        """ "deployment mailserver", as reports name it."""
        return self.object.label

    @property
    def name(self) -> Value:
        return self.object.name

    @property
    def namespace(self) -> Value:
        return self.object.namespace

    @property
    def origin(self) -> Origin:
        return self.object.resource.origin

    @property
    def repetition(self) -> Unknown | None:
        """Set where ``count`` or ``for_each`` is not known: there may be none of these."""
        return self.object.resource.repetition

    def ignored(self, *path: str | int) -> IgnoredPath | None:
        """The ``ignore_changes`` entry that covers an attribute, say ``("spec", 0, "replicas")``."""
        return covering(self.object.resource.ignore_changes, path)


class Objects:
    """The Kubernetes objects that a stack's resources declare.

    ``incomplete`` says why there may be resources beside these: a file that does not parse, a module
    from elsewhere.  ``others`` gives what the other roots of the repo declare: it is asked for what may overrule
    these, not for what they are.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        incomplete: Iterable[Unknown] = (),
        others: Callable[[], Iterable[Resource]] = tuple,
    ) -> None:
        self._incomplete = tuple(incomplete)
        self._others = others
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            if resource.mode != "data":
                self._by_type[resource.type].append(resource)

    def all(self, kind: str) -> list[Object]:
        """Every object of a kind.  Look at the resource's ``repetition`` before counting."""
        return [Object(kind, r) for type_, k in _KINDS.items() if k == kind for r in self._by_type.get(type_, ())]

    def find(self, kind: str, name: str, namespace: str | Value | None = None) -> Object:
        """The object of that name (and namespace).

        Raises :class:`readers.Missing` where there certainly is none, :class:`UnknownValueError` where a
        resource may be it, and :class:`readers.Malformed` where two are.
        """
        objects, called = self.all(kind), f"{kind} named {name}"
        found, doubtful = told_apart((o, o.is_called(name, namespace)) for o in objects)
        if len(found) > 1:
            addresses = " and ".join(o.resource.address for o in found)
            raise Malformed(called, f"{addresses} both declare it", found[1].resource.origin)
        again = self._declared_again(kind, name, namespace) if found else None
        if again is not None:
            raise Malformed(called, f"{found[0].resource.address} and {again.address} both declare it", again.origin)
        if found and (namespace is not None or not doubtful):
            # Within a namespace, what may be called so is another: the cluster would refuse a second.
            return found[0]
        if doubtful:
            o, why = doubtful[0]
            raise undetermined(f"{o.resource.address} may be the {called}", why, o.resource.origin)
        unseen = self.unseen(kind, name)
        if unseen is not None:
            raise undetermined(f"whether there is a {called} cannot be known", unseen, None)
        names = [o.name.as_string() for o in objects if not o.name.is_unknown]
        where = f"namespace {namespace} of the stack" if isinstance(namespace, str) else "the stack"
        raise Missing(called, f"{where}{nearest(name, names)}")

    def resources(self, *types: str) -> list[Resource]:
        """The resources of some types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    @cached_property
    def _of_others(self) -> dict[str, list[Resource]]:
        by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self._others():
            if resource.mode != "data":
                by_type[resource.type].append(resource)
        return by_type

    def of_others(self, *types: str) -> list[Resource]:
        """The resources of some types that other roots of the repo declare."""
        return [resource for type_ in types for resource in self._of_others.get(type_, ())]

    def everywhere(self, *types: str) -> list[Resource]:
        """The resources of some types that this root or another declares."""
        return [*self.resources(*types), *self.of_others(*types)]

    def all_of_others(self, kind: str) -> list[Object]:
        """Every object of a kind that other roots declare as a typed resource."""
        return [Object(kind, r) for r in self.of_others(*(type_ for type_, k in _KINDS.items() if k == kind))]

    def _declared_again(self, kind: str, name: str, namespace: str | Value | None) -> Resource | None:
        """The raw manifest that certainly declares the object too."""
        wanted = namespace.raw if isinstance(namespace, Value) else namespace
        for resource in self.resources(*RAW_TYPES):
            manifest = raw_manifest(resource)
            there = manifest is not None and isinstance(wanted, str) and resource.repetition is None and every(
                _manifest_declares(resource, kind, name), _holds(manifest, ("metadata", "namespace"), wanted)
            )
            if there is True:
                return resource
        return None

    def writer(self, target: Object) -> Unknown | None:
        """What may write into an object beside the resource that declares it, in any root: a reason to doubt it."""
        known = target.name.raw
        for resource in self.everywhere(_WRITERS[target.kind]):
            writer = Object(target.kind, resource)
            if not isinstance(known, str) or writer.is_called(known, target.namespace) is not False:
                return Unknown(f"{resource.address} may write into it too", resource.origin)
        return next(self._declared_elsewhere(target, known), None) if isinstance(known, str) else None

    def _declared_elsewhere(self, target: Object, name: str) -> Iterator[Unknown]:
        """What other roots declare under the same identity, in the form of a typed resource or of a manifest."""
        for other in self.all_of_others(target.kind):
            agree = (same(other.name, name), other.is_in(target.namespace))
            # One whose name and namespace are both unknown says nothing of this object in particular.
            if True in agree and other.is_called(name, target.namespace) is not False:
                yield Unknown(f"{other.resource.address} of another root may declare it too", other.resource.origin)
        for resource in self.of_others(*RAW_TYPES):
            # A manifest of which not even the kind is known says nothing of this object in particular.
            of_kind = _manifest_declares(resource, target.kind, None) is True
            if of_kind and every(
                _manifest_declares(resource, target.kind, name), _manifest_is_in(resource, target.namespace)
            ) is not False:
                yield Unknown(f"{resource.address} of another root may declare it too", resource.origin)

    def unseen(self, kind: str, name: str | None = None, namespace: Value | None = None) -> Unknown | None:
        """Why there may be an object of a kind (and name, in a namespace) that :meth:`all` does not list."""
        for manifest in self.resources(*RAW_TYPES):
            declares = every(_manifest_declares(manifest, kind, name), _manifest_is_in(manifest, namespace))
            if isinstance(declares, Unknown):
                return Unknown(f"{manifest.address} may declare it: {declares.reason}", manifest.origin)
            if declares:
                return Unknown(f"{manifest.address} may declare it, which is not read here", manifest.origin)
        return next(iter(self._incomplete), None)


def raw_manifest(resource: Resource) -> Value | None:
    """The manifest that a ``kubernetes_manifest`` or ``kubectl_manifest`` holds; None where it cannot be read."""
    manifest, body = resource.body.attribute("manifest"), resource.body.attribute("yaml_body")
    if manifest is not None or body is None:
        return manifest
    try:
        return decode_yaml(as_text(body, "yaml_body"))
    except (Malformed, TerraformError):
        return None


def _manifest_declares(resource: Resource, kind: str, name: str | None) -> Certainty:
    """Whether a raw manifest declares an object of this kind and name, as far as it is looked into."""
    api_kind = kind if kind[0].isupper() else kind.title().replace(" ", "")
    manifest, body = raw_manifest(resource), resource.body.attribute("yaml_body")
    if manifest is not None:
        named = True if name is None else _holds(manifest, ("metadata", "name"), name)
        return every(_holds(manifest, ("kind",), api_kind), named)
    if body is None:
        return False
    kinds = [match[1] for line in as_text(body, "yaml_body").lines() if (match := _YAML_KIND.fullmatch(line.text))]
    return api_kind in kinds if kinds or body.unknown is None else body.unknown


def _manifest_is_in(resource: Resource, namespace: Value | None) -> Certainty:
    """Whether a raw manifest may be in a namespace (None stands for any): where it names none, the provider decides."""
    manifest = raw_manifest(resource)
    if namespace is None or namespace.unknown is not None or manifest is None:
        return True
    metadata = manifest.get("metadata") if isinstance(manifest.raw, dict) else None
    own = metadata.get("namespace") if metadata is not None and isinstance(metadata.raw, dict) else None
    return True if own is None else same(own, namespace.as_string())


def _holds(value: Value, path: tuple[str, ...], wanted: str) -> Certainty:
    for key in path:
        if value.is_unknown:
            break
        found = value.get(key) if isinstance(value.raw, dict) else None
        if found is None:
            return False
        value = found
    return same(value, wanted)
