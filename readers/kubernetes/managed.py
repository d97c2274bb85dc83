"""Managed clusters that Terraform declares or looks up, as the ``host`` of a provider refers to them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from tfparse.graph.instance import ModuleInstance
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import INDEX, references

_TYPES = {
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster
    "aws_eks_cluster": ("endpoint",),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_cluster
    "google_container_cluster": ("endpoint", "private_endpoint", "public_endpoint"),
    # https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster
    "azurerm_kubernetes_cluster": ("host",),
    # https://registry.terraform.io/providers/digitalocean/digitalocean/latest/docs/resources/kubernetes_cluster
    "digitalocean_kubernetes_cluster": ("endpoint", "host"),
}
"""The resource types that make a cluster, each with the attributes that say where its API server is."""
_MODULES = {
    # https://registry.terraform.io/modules/terraform-aws-modules/eks/aws/latest
    "terraform-aws-modules/eks/aws": ("aws_eks_cluster", "cluster_endpoint"),
    # https://registry.terraform.io/modules/terraform-google-modules/kubernetes-engine/google/latest
    "terraform-google-modules/kubernetes-engine/google": ("google_container_cluster", "endpoint"),
    # https://registry.terraform.io/modules/Azure/aks/azurerm/latest
    "Azure/aks/azurerm": ("azurerm_kubernetes_cluster", "host"),
}
"""Modules of the public registry that make one: its type, and the output that says where its API server is."""
_MOST = 10
"""How many locals and outputs are followed one to the next."""


def managed_cluster(instance: ModuleInstance, host: Expression, most: int = _MOST) -> Iterator[tuple[str, Hashable]]:
    """What is certain of the cluster that a ``host`` refers to: its kind; which one, where this root makes it; its
    name.  Nothing where it refers to no cluster, or to more than one thing.
    """
    path = _reference(host)
    match tuple(step for step in path if step != INDEX):
        case _ if not most:
            return
        case ("local", name) if name in instance.module.locals:
            yield from managed_cluster(instance, instance.module.locals[name].node, most - 1)
        case ("module", name, output) if name in instance.module.calls:
            yield from _of_module(instance, name, output, most - 1)
        case ("data", type_, name, *_, last) if last in _TYPES.get(type_, ()):
            yield from _named(instance, "data", type_, name)
        case (type_, name, *_, last) if last in _TYPES.get(type_, ()):
            yield "make", type_
            yield f"{type_} made by", (instance.root.path, instance.address, name)
            yield from _named(instance, "resource", type_, name)


def _reference(host: Expression) -> tuple[str, ...]:
    """The reference that an expression is, or that stands in its text alone; empty where it is anything else."""
    match host:
        case (ast.PAREN, _, _, inner):
            return _reference(inner)
        case (ast.VAR | ast.ATTR | ast.INDEX, *_):
            found = [path for path, _ in references(host)]
            return found[0] if len(found) == 1 else ()
        case (ast.TEMPLATE, _, _, parts, _):
            held = [part for part in parts if part[0] != ast.TEXT]
            match held:
                case [(ast.INTERP, _, _, inner)]:
                    return _reference(inner)
    return ()


def _of_module(instance: ModuleInstance, name: str, output: str, most: int) -> Iterator[tuple[str, Hashable]]:
    section = instance.module.calls[name]
    type_, says_where = _MODULES.get(instance.source_text(section).split("//")[0], ("", ""))
    if output == says_where:
        yield "make", type_
        yield f"{type_} made by", (instance.root.path, instance.address, f"module.{name}")
    for child in (i for i in instance.root.instances if i.parent is instance and i.call_name == name):
        held = child.module.outputs.get(output)
        if held is not None and "value" in held.attributes:
            yield from managed_cluster(child, held.attributes["value"].node, most)
        return


def _named(instance: ModuleInstance, mode: str, type_: str, name: str) -> Iterator[tuple[str, Hashable]]:
    section = instance.module.resources.get((mode, type_, name))
    located = section.attributes.get("name") if section is not None else None
    value = instance.tried(located) if located is not None else None
    if value is not None and isinstance(value.raw, str):
        yield f"name of the {type_}", value.raw
