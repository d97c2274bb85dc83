"""A container and a workload as subjects, by the keys that the Kubernetes API has for what is in them."""

from __future__ import annotations

from readers.account import NO_ACCOUNT, Account
from readers.kubernetes import Container, Workload
from readers.kubernetes.ways import workload_account
from readers.subjects.ignoring import ignoring
from readers.subjects.kubernetes_node import KubernetesNode
from readers.subjects.subject import Subject


def container_subject(container: Container) -> Subject:
    """A container: ``env[NAME].value`` of its effective environment, ``image``, ``resources.limits.memory``."""
    node = KubernetesNode(container.block.body, container.origin, container.workload, container)
    resource = container.workload.object.resource
    return Subject(
        container.label,
        node,
        ignored=lambda path: ignoring(resource, container.block.body, container.path, path),
        ways=lambda path: _commanded(container, path),
    )


def _commanded(container: Container, path: str) -> Account:
    """What calls of kubectl do to a part of a container; what they do to a variable is in its own account."""
    if path == "image":
        name = container.name.raw if container.name is not None else None
        return container.workload.commanded("image", name if isinstance(name, str) else None)
    return container.workload.commanded("resources") if path.startswith("resources") else NO_ACCOUNT


def workload_subject(workload: Workload) -> Subject:
    """A workload, by the paths of its object: ``spec.replicas``."""
    resource = workload.object.resource
    node = KubernetesNode(resource.body, resource.origin, workload, is_whole=True)
    return Subject(
        workload.label,
        node,
        ignored=lambda path: ignoring(resource, resource.body, (), path),
        ways=lambda path: workload_account(workload, path),
    )
