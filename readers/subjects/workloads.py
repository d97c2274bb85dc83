"""A container and a workload as subjects, by the keys that the Kubernetes API has for what is in them."""

from __future__ import annotations

from readers.account import NO_ACCOUNT, Account
from readers.kubernetes import Container, Workload
from readers.kubernetes.fields import covering
from readers.kubernetes.typed import snake
from readers.kubernetes.ways import workload_account
from readers.subjects.kubernetes_node import KubernetesNode
from readers.subjects.subject import Subject
from tfparse import IgnoredPath, Resource


def container_subject(container: Container) -> Subject:
    """A container: ``env[NAME].value`` of its effective environment, ``image``, ``resources.limits.memory``."""
    node = KubernetesNode(container.block.body, container.origin, container.workload, container)
    resource = container.workload.object.resource
    return Subject(
        container.label,
        node,
        ignored=lambda path: ignoring(resource, container.path, path),
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
        ignored=lambda path: ignoring(resource, (), path),
        ways=lambda path: workload_account(workload, path),
    )


def ignoring(resource: Resource, place: tuple[str | int, ...], path: str) -> IgnoredPath | None:
    """The ``ignore_changes`` entry that covers a path below a place: ``spec[0].replicas``, of a map without the 0."""
    keys = [snake(key) for key in path.partition("[")[0].split(".")]
    blocks = (*place, *(step for key in keys for step in (key, 0)))[:-1]
    maps = (*blocks[:-2], blocks[-1]) if len(keys) > 1 else blocks
    found = (covering(resource.ignore_changes, way) for way in (blocks, maps))
    return next((entry for entry in found if entry is not None), None)
