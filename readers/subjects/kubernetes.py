"""Kubernetes objects as subjects, whatever form declares them and whichever root does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from readers import Missing, nearest
from readers.account import NO_ACCOUNT, Account, Certainty, Remark, Weight, every, present, same
from readers.kubernetes import Service, Workload
from readers.kubernetes.manifests import RAW_TYPES, at, is_kubernetes, proof_of, raw_manifest
from readers.kubernetes.objects import Object
from readers.kubernetes.stacks import Stack, answers, that_say
from readers.kubernetes.typed import as_typed, may_be_of
from readers.kubernetes.ways import mentioned_in, workload_account
from readers.subjects.ignoring import ignoring, ignoring_manifest
from readers.subjects.kubernetes_node import KubernetesNode, ManifestNode
from readers.subjects.node import Node, ValueNode
from readers.subjects.path import parse_path
from readers.subjects.subject import Subject, Subjects
from readers.subjects.walk import walk
from tfparse import IgnoredPath, Resource, Value
from tfparse.cty.values import Unknown, string
from tfparse.graph.root import NO_PROVIDER, Root
from tfparse.patterns import pattern

_VERSION = pattern(r"_v\d+(?:(?:alpha|beta)\d+)?$")
_IRREGULAR = {"daemonset": "DaemonSet", "csi_driver": "CSIDriver", "api_service": "APIService"}
_NO_OBJECT = pattern(r"kubernetes_(?:.*_data|env|labels|annotations|manifest|node_taint|token_request)")
_WORKLOADS = {
    "Deployment": "deployment", "StatefulSet": "stateful set", "DaemonSet": "daemon set",
    "ReplicationController": "replication controller", "CronJob": "cron job", "Job": "job", "Pod": "pod",
}  # fmt: skip
_NAME, _NAMESPACE, _KIND = parse_path("metadata.name"), parse_path("metadata.namespace"), parse_path("kind")


@cache
def kind_of(type_: str) -> str | None:
    """The kind of object that a resource of the Kubernetes provider declares; None where it declares none of its own.

    Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
    """
    name = _VERSION.sub("", type_)
    if not name.startswith("kubernetes_") or _NO_OBJECT.fullmatch(name):
        return None
    snake = name.removeprefix("kubernetes_")
    return _IRREGULAR.get(snake) or "".join(word.capitalize() for word in snake.split("_"))


def objects(
    stacks: Sequence[Stack], kind: str, label: str, namespace: str | None = None, called: str | None = None
) -> Subjects:
    """Every object of a kind that some roots declare, typed resources and manifests.  Of others that they may declare
    those count that may be in a ``namespace``.  What certainly is not so ``called`` is not among them.
    """
    held = that_say(stacks, _may_hold, kind, called, namespace)
    found = [pair for stack in held for pair in _declared(stack, kind, called)]
    unseen = next(iter(answers(stacks, _unseen, namespace)), None)
    near = "" if found else nearest(kind, answers(stacks, _kinds))
    account = _charts_elsewhere(stacks) if called is None else NO_ACCOUNT
    return Subjects.of(label, found, unseen, near, account)


_CHARTS_TOLD = 3


def _charts_elsewhere(stacks: Sequence[Stack]) -> Account:
    """That charts may bring objects that are not counted: those of which nothing is rendered here."""
    found = answers(stacks, _not_rendered)
    if not found:
        return NO_ACCOUNT
    told = ", ".join(one.reason for one in found[:_CHARTS_TOLD]) + (", ..." if len(found) > _CHARTS_TOLD else "")
    said = f"what charts bring that are not in this repo is not counted: {told}"
    return Account(("charts from elsewhere",), (Remark(said, found[0].origin, Weight.NOTE),))


def _not_rendered(root: Root) -> list[Unknown]:
    """The releases of a root of which nothing is rendered, each by its name and place."""
    made = {one.address.partition(" of ")[2] for one in root.brought.resources}
    releases = root.resources("helm_release".__eq__)
    return [Unknown(one.name, one.origin) for one in releases if one.address not in made]


def _may_hold(root: Root, kind: str, called: str | None, namespace: str | None) -> list[str]:
    """A root's path, if something in it is an object of a kind and name, or may be."""
    return [root.path] if any(_may_be(one, kind, called, namespace) for one in _of_kind(root, kind)) else []


def _of_kind(root: Root, kind: str) -> list[Resource]:
    """What of a root may declare an object of a kind; the rest is not even counted."""
    return root.resources(lambda type_: type_ in RAW_TYPES or kind_of(type_) == kind, may_be=may_be_of(root, (kind,)))


def _may_be(resource: Resource, kind: str, called: str | None, namespace: str | None) -> bool:
    of_kind = _is_of(resource, kind)
    if of_kind is False or called is None:
        return of_kind is not False
    named = same(_name(resource), called)
    return named is not False and every(named, _is_in(_plain_node(resource), namespace)) is not False


def _plain_node(resource: Resource) -> Node:
    """What a resource declares, but for what only its containers tell."""
    manifest = raw_manifest(resource) if resource.type in RAW_TYPES else None
    typed = KubernetesNode(resource.body, resource.origin, None, is_whole=True)
    return typed if manifest is None else ValueNode(manifest, resource.origin)


def _name(resource: Resource) -> Value:
    kept = resource.body.kept
    if "name of the object" not in kept:
        kept["name of the object"] = _held(_plain_node(resource), "metadata.name")
    name: Value = kept["name of the object"]
    return name


def _unseen(root: Root, namespace: str | None) -> list[Unknown]:
    """Why a root may declare more objects in a namespace than can be read."""
    return root.unseen(NO_PROVIDER, namespace)[:1]


def _is_of(resource: Resource, kind: str) -> Certainty:
    """Whether a resource declares an object of a kind."""
    if resource.type not in RAW_TYPES:
        return kind_of(resource.type) == kind
    kept = resource.body.kept
    if "kind" not in kept:
        manifest = raw_manifest(resource)
        kept["kind"] = None if manifest is None else walk(ValueNode(manifest, resource.origin), _KIND)[0].value
    value: Value | None = kept["kind"]
    return False if value is None else same(value, kind)


def _kinds(root: Root) -> list[str]:
    """The kinds of which a root declares objects, for hints."""
    found: dict[str, None] = {}
    for resource in root.resources(is_kubernetes):
        manifest = at(raw_manifest(resource), "kind") if resource.type in RAW_TYPES else None
        kind = manifest.raw if manifest is not None else kind_of(resource.type)
        if isinstance(kind, str):
            found[kind] = None
    return list(found)


def _hint(kind: str, name: str, namespace: str | None, known: Subjects) -> str:
    """What there is instead: the name in other namespaces, other names in this one, or other kinds."""
    if known.near:
        return f": it has no {kind}{known.near}"
    held = [(_held(s.node, "metadata.name").raw, _held(s.node, "metadata.namespace", "default").raw)
            for s in known.certain]  # fmt: skip
    elsewhere = sorted({str(of) for called, of in held if called == name and of != namespace})
    if elsewhere:
        return f" (there is one in namespace {', '.join(elsewhere)})"
    names = [called for called, of in held if isinstance(called, str) and namespace in (None, of)]
    return nearest(name, names or [called for called, _ in held if isinstance(called, str)])


def find_object(stacks: Sequence[Stack], kind: str, name: str, namespace: str | None) -> Subject:
    """The object of a kind and name; of one that is in no namespace, that is None.

    Raises:
        Missing: there certainly is none; the message names the nearest.
        Malformed: several are declared.
        UnknownValueError: something may declare it.
    """
    label = f"{kind} {name}" + (f" in namespace {namespace}" if namespace is not None else "")
    every_one = objects(stacks, kind, label, namespace, name)
    named = (
        (subject, every(there, same(_held(subject.node, "metadata.name"), name), _is_in(subject.node, namespace)))
        for subject, there in every_one.each
    )
    found = Subjects.of(label, named, every_one.unseen)
    if not found.each and found.unseen is None:
        told = (one for stack in stacks[:2] for one, _ in stack.others(mentioned_in, kind, name, namespace or ""))
        said = next(told, None)
        hint = f" ({said.reason})" if said is not None else _hint(kind, name, namespace, objects(stacks, kind, label))
        raise Missing(label, f"the repo{hint}", None if said is None else said.origin)
    return found.one()


def service_subjects(stack: Stack, services: Sequence[Service], label: str) -> Subjects:
    """Some services of a root as subjects."""
    found = [service.object.resource for service in services]
    return Subjects(label, tuple(_subject("Service", r, _typed("Service", r, stack), stack) for r in found))


def _is_in(node: Node, namespace: str | None) -> Certainty:
    return True if namespace is None else same(_held(node, "metadata.namespace", "default"), namespace)


def _held(node: Node, path: str, default: str = "") -> Value:
    (found,) = walk(node, _NAME if path == "metadata.name" else _NAMESPACE)
    return string(default) if found.value is None else found.value


def _declared(stack: Stack, kind: str, called: str | None) -> Iterator[tuple[Subject, Certainty]]:
    """What a root declares of a kind (and may be so called), and whether it certainly is there and of the kind."""
    for resource in _of_kind(stack.root, kind):
        of_kind = _is_of(resource, kind)
        if of_kind is False or (called is not None and same(_name(resource), called) is False):
            continue
        manifest = raw_manifest(resource) if resource.type in RAW_TYPES else None
        node = _typed(kind, resource, stack) if manifest is None else _manifest(manifest, kind, resource, stack)
        workload = node.workload if isinstance(node, (KubernetesNode, ManifestNode)) else None
        yield _subject(kind, resource, node, stack, workload), every(present(resource.repetition), of_kind)


def _typed(kind: str, resource: Resource, stack: Stack) -> KubernetesNode:
    workload = None
    if kind in _WORKLOADS:
        workload = Workload(Object(_WORKLOADS[kind], resource), stack.cluster.objects.beside(resource))
    return KubernetesNode(resource.body, resource.origin, workload, is_whole=True)


def _manifest(manifest: Value, kind: str, resource: Resource, stack: Stack) -> ValueNode:
    if kind not in _WORKLOADS or (typed := as_typed(resource)) is resource:
        return ValueNode(manifest, resource.origin)
    workload = Workload(Object(_WORKLOADS[kind], typed), stack.cluster.objects.beside(typed))
    return ManifestNode(manifest, resource.origin, workload)


def _subject(kind: str, resource: Resource, node: Node, stack: Stack, workload: Workload | None = None) -> Subject:
    name, namespace = _held(node, "metadata.name"), _held(node, "metadata.namespace")
    shown = name.raw if isinstance(name.raw, str) and name.raw else resource.address
    where = f" in namespace {namespace.raw}" if isinstance(namespace.raw, str) and namespace.raw else ""

    def ignored(path: str) -> IgnoredPath | None:
        if resource.type in RAW_TYPES:
            return ignoring_manifest(resource, path)
        return ignoring(resource, resource.body, (), path)

    proof = proof_of(resource)
    ways = cache(partial(workload_account, workload)) if workload is not None else lambda _: proof
    return Subject(f"{kind} {shown}{where}", node, stack.account, ignored, ways)
