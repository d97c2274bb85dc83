"""Which cluster a root's Kubernetes resources go to, as far as its ``provider`` blocks say.

Sources: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs#argument-reference and
https://registry.terraform.io/providers/alekc/kubectl/latest/docs#argument-reference
"""

from __future__ import annotations

import ipaddress
import posixpath
from collections.abc import Hashable, Iterator
from functools import partial
from urllib.parse import urlsplit

from readers.kubernetes.managed import managed_cluster
from readers.kubernetes.manifests import is_kubernetes
from tfparse.configs.module import Located
from tfparse.graph.model import Resource
from tfparse.graph.root import Root
from tfparse.hcl.walking import string_of

Fact = tuple[str, Hashable]
"""What is certain of a cluster: in what respect, and what it is there."""
Facts = frozenset[Fact]
"""What is certain of one.  Two that differ in one respect are two."""
Clusters = frozenset[Facts]
"""The clusters that a root's Kubernetes resources go to, one for each provider configuration that they use."""


def clusters_of(root: Root) -> Clusters:
    """Where a root's Kubernetes resources go."""
    if "clusters" not in root.kept:
        root.kept["clusters"] = frozenset(root.providers(is_kubernetes, partial(cluster_of, root)))
    found: Clusters = root.kept["clusters"]
    return found


def apart(ours: Clusters, theirs: Clusters) -> bool:
    """Whether all clusters of one root certainly are others than all those of another root."""
    return bool(ours and theirs) and all(_differ(one, other) for one in ours for other in theirs)


def _differ(one: Facts, other: Facts) -> bool:
    there = dict(other)
    return any(respect in there and there[respect] != value for respect, value in one)


def cluster_of(root: Root, provider: str) -> Facts:
    """What is certain of the cluster that a provider configuration of a root leads to."""
    key = f"cluster of {provider}"
    if key not in root.kept:
        arguments = _configured(root, provider)
        root.kept[key] = frozenset() if arguments is None else frozenset(_facts(root, arguments))
    found: Facts = root.kept[key]
    return found


def are_one(root: Root, provider: str, other: str) -> bool | None:
    """Whether two provider configurations of a root lead to one cluster; None where that is not seen."""
    if provider == other:
        return True
    if _differ(cluster_of(root, provider), cluster_of(root, other)):
        return False
    both = [_configured(root, name) for name in (provider, other)]
    said = [{name: _said(root, at) for name, at in (one or {}).items() if name in _TELLING} for one in both]
    where = [{name: text for name, text in one.items() if text != ""} for one in said]
    return True if where[0] and where[0] == where[1] and None not in where[0].values() else None


def is_elsewhere(root: Root, provider: str, thing: object) -> bool:
    """Whether a resource of a root, or a command in it, certainly goes to another cluster than a provider
    configuration leads to."""
    if isinstance(thing, Resource):
        return are_one(root, provider, thing.provider) is False
    goes_to = getattr(thing, "goes_to", None)
    return goes_to is not None and apart(frozenset({cluster_of(root, provider)}), goes_to(clusters_of(root)))


def _configured(root: Root, provider: str) -> dict[str, Located] | None:
    """The arguments of a provider configuration; None where they are not all seen."""
    if root.doubts or root.instance.module.broken is not None or _configured_inside(root, provider.partition(".")[0]):
        return None
    return _configurations(root).get(provider)


def _configurations(root: Root) -> dict[str, dict[str, Located]]:
    """The arguments of each provider configuration of a root, by the name that resources call it by."""
    found: dict[str, dict[str, Located]] = {}
    for block in root.instance.module.blocks:
        if block.type == "provider" and block.labels:
            arguments = block.attributes
            alias = string_of(arguments["alias"].node) or "?" if "alias" in arguments else None
            name = block.labels[0] if alias is None else f"{block.labels[0]}.{alias}"
            # The blocks of override files come last: their arguments take the place of those before.
            inner = [one for one in block.blocks if one.type == "kubernetes" and block.labels[0] == "helm"]
            found.setdefault(name, {}).update(inner[0].attributes if inner else arguments)
    return found


def _configured_inside(root: Root, provider: str) -> bool:
    """Whether a module that the root calls configures a provider of this name for itself."""
    inside = (block for i in root.instances if i.parent is not None for block in i.module.blocks)
    return any(block.type == "provider" and block.labels[:1] == (provider,) for block in inside)


def _facts(root: Root, arguments: dict[str, Located]) -> Iterator[Fact]:
    """What the arguments of a provider say of its cluster.  A ``host`` has the last word."""
    said = {name: _said(root, located) for name, located in arguments.items() if name in _TELLING}
    host = said.get("host", "")
    if host is None:
        yield from managed_cluster(root.instance, arguments["host"].node)
    elif host:
        yield from _address(host)
    else:
        yield from _in_kubeconfig(said)


_TELLING = ("host", "config_path", "config_paths", "config_context", "config_context_cluster")


def _said(root: Root, located: Located) -> str | None:
    """What an argument is set to, empty where it is not (a null says so); None where that is not known."""
    value = root.instance.tried(located)
    if value.is_null:
        return ""
    return value.raw if isinstance(value.raw, str) else None


def _in_kubeconfig(said: dict[str, str | None]) -> Iterator[Fact]:
    """Which file of credentials it is, and which of the clusters in it."""
    path, context = said.get("config_path", ""), said.get("config_context", "")
    cluster = said.get("config_context_cluster", "")
    if path and said.get("config_paths", "") == "":
        yield from kubeconfig(path)
    if cluster:
        yield "cluster in the kubeconfig", cluster
    elif context and cluster is not None:
        yield "context in the kubeconfig", context


def kubeconfig(path: str) -> Iterator[Fact]:
    """A file of credentials.  A relative path is meant from where Terraform runs, and is compared with others as it is
    spelt only."""
    if path.startswith("~"):
        yield "kubeconfig at home", posixpath.normpath(path)
    elif path.startswith("/"):
        yield "kubeconfig", posixpath.normpath(path)
    elif posixpath.normpath(path).split("/")[0] != "..":
        # (One that leads upwards may be the same from two folders, however it is spelt.)
        yield "kubeconfig in the root", posixpath.normpath(path)


def _address(host: str) -> Iterator[Fact]:
    """Where the API server listens.  A name and an address may mean the same; what is called ``kubernetes`` inside a
    cluster is that cluster, whichever it is.
    """
    try:
        parts = urlsplit(host if "://" in host else f"https://{host}")
        name, port = (parts.hostname or "").rstrip("."), parts.port or 443
    except ValueError:
        return
    where = name, port, parts.path.rstrip("/")
    try:
        here = ipaddress.ip_address(name).is_loopback
    except ValueError:
        if name == "localhost":
            yield "port on this machine", where[1:]
        elif name and name.split(".")[:2] not in (["kubernetes"], ["kubernetes", "default"]):
            yield "host", where
        return
    yield ("port on this machine", where[1:]) if here else ("address", where)
