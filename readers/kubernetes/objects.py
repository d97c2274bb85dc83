"""Kubernetes objects among a stack's resources, found as the cluster finds them: by kind, name and namespace.

Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from readers import Malformed, Missing
from readers.account import Certainty, as_text, every, present, same, told_apart, undetermined
from readers.kubernetes.fields import covering, single
from readers.kubernetes.manifests import RAW_TYPES, Manifest
from readers.kubernetes.others import Others
from readers.kubernetes.providers import are_one, is_elsewhere
from readers.kubernetes.typed import as_typed, of_types
from tfparse.cty.values import Part, Unknown, Value, string, text, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import IgnoredPath, Resource
from tfparse.graph.root import NO_PROVIDER, Root

T = TypeVar("T")

_KINDS = {
    "kubernetes_deployment": "deployment", "kubernetes_deployment_v1": "deployment",
    "kubernetes_stateful_set": "stateful set", "kubernetes_stateful_set_v1": "stateful set",
    "kubernetes_daemonset": "daemon set", "kubernetes_daemon_set_v1": "daemon set",
    "kubernetes_replication_controller": "replication controller",
    "kubernetes_replication_controller_v1": "replication controller", "kubernetes_cron_job": "cron job",
    "kubernetes_cron_job_v1": "cron job", "kubernetes_job": "job", "kubernetes_job_v1": "job",
    "kubernetes_pod": "pod", "kubernetes_pod_v1": "pod", "kubernetes_service": "service",
    "kubernetes_service_v1": "service", "kubernetes_config_map": "ConfigMap", "kubernetes_config_map_v1": "ConfigMap",
    "kubernetes_secret": "Secret", "kubernetes_secret_v1": "Secret",
}  # fmt: skip
_WRITERS = {
    "ConfigMap": "kubernetes_config_map_v1_data",
    "Secret": "kubernetes_secret_v1_data",
    "service": "kubernetes_annotations",
    **dict.fromkeys(
        ("deployment", "stateful set", "daemon set", "replication controller", "cron job", "job", "pod"),
        "kubernetes_env",
    ),
}
"""Resources that write into an object which another resource declares."""


class Object(Struct, frozen=True):
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
        kept = self.resource.body.kept
        if ("metadata", name) not in kept:
            kept["metadata", name] = self._read_metadata(name)
        value: Value | None = kept["metadata", name]
        return value

    def _read_metadata(self, name: str) -> Value | None:
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
        named = same(self.name, name)
        # (Most are not, and need be asked no more.)
        return named and every(named, self.is_in(namespace), present(self.resource.repetition))


class Declared(Struct, frozen=True):
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
    from elsewhere.  ``others`` asks the other roots of the repo what may overrule these, and not for what they are.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        incomplete: Iterable[Unknown] = (),
        others: Others | None = None,
        root: Root | None = None,
        provider: str | None = None,
    ) -> None:
        self._incomplete = tuple(incomplete)
        self._root = root
        self._provider = provider
        self._views: dict[str, Objects] = {}
        self._own: dict[tuple[Callable[..., list[Any]], tuple[Hashable, ...]], list[Any]] = {}
        self._of_kind: dict[str, list[Object]] = {}
        self._named: dict[str, list[tuple[Any, Object]]] = {}
        self.of_others = others or Others()
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            if resource.mode != "data":
                typed = as_typed(resource)
                self._by_type[typed.type].append(typed)

    def beside(self, resource: Resource) -> Objects:
        """Those that are not certainly in another cluster than a resource's, by the configurations of its provider."""
        root, own = self._root, resource.provider
        if root is None or own == self._provider:
            return self
        if own not in self._views:
            declared = (r for of in self._by_type.values() for r in of)
            near = [r for r in declared if are_one(root, own, r.provider) is not False]
            self._views[own] = Objects(near, self._incomplete, self.of_others, root, own)
        return self._views[own]

    def are_together(self, one: Resource, other: Resource) -> bool:
        """Whether two resources certainly go to one cluster."""
        return self._root is not None and are_one(self._root, one.provider, other.provider) is True

    def all(self, kind: str) -> list[Object]:
        """Every object of a kind.  Look at the resource's ``repetition`` before counting."""
        if kind not in self._of_kind:
            self._of_kind[kind] = [Object(kind, resource) for resource in self.resources(*_types_of(kind))]
        return list(self._of_kind[kind])

    def find(self, kind: str, name: str, namespace: str | Value | None = None) -> Object:
        """The object of that name (and namespace).

        Raises:
            Missing: there certainly is none.
            UnknownValueError: a resource may be it.
            Malformed: two are.
        """
        called = f"{kind} named {name}"
        found, doubtful = told_apart((o, o.is_called(name, namespace)) for o in self._perhaps_called(kind, name))
        if len(found) > 1:
            addresses = " and ".join(o.resource.address for o in found)
            raise Malformed(called, f"{addresses} both declare it", found[1].resource.origin)
        if found and (namespace is not None or not doubtful):
            # Within a namespace, what may be called so is another: the cluster would refuse a second.
            return found[0]
        if doubtful:
            o, why = doubtful[0]
            raise undetermined(f"{o.resource.address} may be the {called}", why, o.resource.origin)
        unseen = self.unseen(kind, name, string(namespace) if isinstance(namespace, str) else namespace)
        if unseen is not None:
            raise undetermined(f"whether there is a {called} cannot be known", unseen, None)
        names = [o.name.as_string() for o in self.all(kind) if not o.name.is_unknown]
        where = f"namespace {namespace} of the stack" if isinstance(namespace, str) else "the stack"
        raise Missing(called, where, None, (name, names))

    def _perhaps_called(self, kind: str, name: str) -> list[Object]:
        """The objects of a kind, in their order, but for those that certainly have another name."""
        if kind not in self._named:
            self._named[kind] = [(one.name.raw, one) for one in self.all(kind)]
        return [one for known, one in self._named[kind] if known == name or not isinstance(known, str)]

    def resources(self, *types: str) -> list[Resource]:
        """The resources of some types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    @cached_property
    def _manifests(self) -> list[Manifest]:
        return [Manifest(resource) for resource in self.resources(*RAW_TYPES)]

    def writer(self, target: Object) -> Unknown | None:
        """What may write into an object beside the resource that declares it, in any root: a reason to doubt it."""
        known = target.name.raw if isinstance(target.name.raw, str) else None
        own = _writing(self.resources(_WRITERS[target.kind]), target.kind, known, target.namespace)
        doubts = own or self.of_others(_written, target.kind, known, plain(target.namespace))
        return doubts[0] if doubts else self.declared_again(target)

    def declared_again(self, target: Object) -> Unknown | None:
        """What another root declares under the same identity."""
        known = target.name.raw
        if not isinstance(known, str):
            return None
        return next(iter(self.of_others(_declared, target.kind, known, plain(target.namespace))), None)

    def everywhere(self, question: Callable[..., list[T]], *about: Hashable) -> list[T]:
        """What this root and all others say to a question."""
        key = question, about
        if key not in self._own:
            own = question(self._root, *about) if self._root is not None else []
            root, through = self._root, self._provider
            self._own[key] = [o for o in own if not is_elsewhere(root, through, o)] if root and through else own
        # Those of others are not kept here: who asks rests on what they say.
        return [*self._own[key], *self.of_others(question, *about)]

    def unseen(self, kind: str, name: str | None = None, namespace: Value | None = None) -> Unknown | None:
        """Why there may be an object of a kind (and name, in a namespace) that :meth:`all` does not list."""
        for manifest in self._manifests:
            declares, resource = every(manifest.declares(kind, name), manifest.is_in(namespace)), manifest.resource
            if isinstance(declares, Unknown):
                return Unknown(f"{resource.address} may declare it: {declares.reason}", resource.origin)
            if declares:
                return Unknown(f"{resource.address} may declare it, which is not read here", resource.origin)
        where = namespace.raw if namespace is not None else None
        if self._root is not None and isinstance(where, str):
            return next(iter(self._root.unseen(NO_PROVIDER, where)), None)
        return next(iter(self._incomplete), None)


# -- what other roots are asked: each answer is plain, so that who asks rests on no more than that --------------------


def plain(namespace: Value) -> str | Unknown:
    """A namespace as other roots are asked about it."""
    return namespace.as_string() if namespace.unknown is None else namespace.unknown


def from_plain(namespace: str | Unknown) -> Value:
    """The namespace that another root is asked about."""
    return string(namespace) if isinstance(namespace, str) else unknown(namespace.reason, namespace.origin)


def declared_in(root: Root, kind: str, namespace: str | Unknown) -> list[Resource]:
    """The typed resources of a root that declare an object of a kind which is or may be in a namespace."""
    return [r for r in of_types(root, *_types_of(kind)) if Object(kind, r).is_in(from_plain(namespace)) is not False]


def with_writers(root: Root, kind: str) -> list[Resource]:
    """The typed resources of a root that declare objects of a kind, and those that write into such."""
    return of_types(root, *_types_of(kind), _WRITERS[kind])


def _types_of(kind: str) -> list[str]:
    return [type_ for type_, of in _KINDS.items() if of == kind]


def _is_of(resource: Resource, kind: str) -> Certainty:
    """Whether a resource that writes into an object of any kind, which it names, means this one."""
    said = resource.body.attribute("kind")
    return True if said is None else same(said, kind if kind[0].isupper() else kind.title().replace(" ", ""))


def _writing(resources: Iterable[Resource], kind: str, name: str | None, namespace: Value) -> list[Unknown]:
    return [
        Unknown(f"{resource.address} may write into it too", resource.origin)
        for resource in resources
        if every(_is_of(resource, kind), name is None or Object(kind, resource).is_called(name, namespace)) is not False
    ]


def _written(root: Root, kind: str, name: str | None, namespace: str | Unknown) -> list[Unknown]:
    """What of a root may write into an object."""
    return _writing(of_types(root, _WRITERS[kind]), kind, name, from_plain(namespace))


def _declared(root: Root, kind: str, name: str, namespace: str | Unknown) -> list[Unknown]:
    """What a root declares under the same identity, in the form of a typed resource or of a manifest."""
    wanted, found = from_plain(namespace), []
    for other in [Object(kind, r) for r in of_types(root, *_types_of(kind))]:
        named = same(other.name, name)
        # One whose name and namespace are both unknown says nothing of this object in particular.
        known = named is True or (named is not False and other.is_in(wanted) is True)
        if known and other.is_called(name, wanted) is not False:
            found.append(other.resource)
    return [Unknown(f"{r.address} of another root may declare it too", r.origin) for r in found]
