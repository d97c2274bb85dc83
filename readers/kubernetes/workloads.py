"""Workloads and their containers.

Source: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/deployment_v1
"""

from __future__ import annotations

from msgspec.structs import replace

from readers import Malformed, Missing
from readers.account import Account, Setting, as_text, survey, told_apart, undetermined
from readers.kubernetes.commands import touching
from readers.kubernetes.environment import Environment
from readers.kubernetes.fields import field, field_or, member, named, single
from readers.kubernetes.mounts import MountedFile, files_under, mounted_file
from readers.kubernetes.pods import ContainerSpec, PodTemplate
from readers.kubernetes.scaling import Scaler, scalers
from readers.kubernetes.starting import WAYS as STARTING
from readers.kubernetes.starting import Start
from tfparse.graph.model import Body

_REPLICATED = ("deployment", "stateful set", "replication controller")
_STRATEGY = {"deployment": "strategy", "daemon set": "strategy", "stateful set": "update_strategy"}


class Workload(PodTemplate, frozen=True):
    """A deployment, stateful set, daemon set, replication controller, cron job, job or pod of the stack."""

    @property
    def replicas(self) -> Setting:
        """How many pods are wanted: 1 where it is not set.  Missing for a kind that has no such field."""
        if self.object.kind not in _REPLICATED:
            raise Missing("replicas", self.label, self.origin)
        found = field_or(self.spec, "replicas", "1", self.label, self.ignored("spec", 0, "replicas"))
        return replace(found, account=self.commanded("replicas"))

    def commanded(self, part: str, name: str | None = None) -> Account:
        """What calls of kubectl, in any root, do to one part of it: to a variable or a container of that name alone."""
        own, namespace = self.name.raw, self.namespace.raw
        if not isinstance(own, str) or not isinstance(namespace, str):
            return Account((f"kubectl on its {part}",))
        calls = self.objects.everywhere(touching, self.object.kind, own, namespace)
        remarks = [call.touches(self.object.kind, own, namespace) for call in calls if call.may_change(part, name)]
        return Account((f"kubectl on its {part}",), tuple(remark for remark in remarks if remark is not None))

    @property
    def scalers(self) -> list[Scaler]:
        """The autoscalers that set the number of pods, whatever :attr:`replicas` says."""
        return list(scalers(self.objects, self.object))

    @property
    def strategy(self) -> Setting:
        """How pods are replaced: "RollingUpdate" where it is not set, "Recreate", "OnDelete".  Missing likewise."""
        name = _STRATEGY.get(self.object.kind)
        if name is None:
            raise Missing("strategy", self.label, self.origin)
        block = single(self.spec, name)
        body = Body({}, origin=self.spec.origin) if block is None else block.body
        return field_or(body, "type", "RollingUpdate", self.label, self.ignored("spec", 0, name, 0, "type"))

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers, in order.  Look at :attr:`Container.repetition` before counting."""
        return self._containers("container")

    @property
    def init_containers(self) -> tuple[Container, ...]:
        return self._containers("init_container")

    def container(self, name: str) -> Container:
        """The container of that name; an init container is another matter.

        Raises:
            Missing: there is none.
            UnknownValueError: one may be called so.
        """
        return _called(name, self.containers, self)

    def _containers(self, type: str) -> tuple[Container, ...]:
        blocks = self.pod.blocks(type)
        return tuple(Container(self, block, (*self.pod_path, type, index)) for index, block in enumerate(blocks))


class Container(ContainerSpec, frozen=True):
    """A container of a workload."""

    workload: Workload

    @property
    def image(self) -> Setting:
        """The image reference, as it stands.

        Raises:
            Missing: there is none.
        """
        found = field(self.body, "image", self.label, self.ignored("image"))
        if found is None:
            raise Missing("image", self.label, self.origin)
        name = self.name.raw if self.name is not None and isinstance(self.name.raw, str) else None
        return replace(found, account=self.workload.commanded("image", name))

    @property
    def memory_limit(self) -> Setting | None:
        """The memory limit as a quantity, None where none is set here.

        What a LimitRange gives, and what sets it later: :class:`readers.kubernetes.memory.MemoryLimit`.
        """
        resources = single(self.body, "resources")
        if resources is None:
            return None
        value = member(resources.body.attribute("limits"), "memory", f"limits of {self.label}")
        old = single(resources.body, "limits")
        if old is not None:
            # Providers before 2.0 had a block here.
            value = old.body.attribute("memory")
        if value is None:
            return None
        ignored = self.ignored("resources", 0, "limits", "memory")
        return Setting("memory limit", as_text(value, "memory limit"), self.label, value.origin or self.origin, ignored)

    def environment(self, name: str) -> Setting:
        """A variable of the effective environment, with an account of how the container starts.

        Raises:
            Missing: nothing sets it.
            UnknownValueError: something that is not known, or what runs first, may set it.
        """
        return self.kept(("environment", name), lambda: self._environment(name))

    def _environment(self, name: str) -> Setting:
        account = self.start(name) + self.workload.commanded("environment", name)
        try:
            found = Environment(self).variable(name)
        except Missing:
            account.settled(f"{name} is not declared")
            raise
        return replace(found, account=found.account + account)

    def start(self, variable: str | None = None) -> Account:
        """What could decide otherwise when the container starts: about a variable, or about all that its image does."""
        return self.kept(("start", variable), lambda: survey(STARTING, Start(self, variable)))

    def file(self, path: str) -> MountedFile:
        """The file that is mounted at a path: see :func:`mounted_file`."""
        return self.kept(("file", path), lambda: mounted_file(self, path))

    def mounted(self, path: str) -> MountedFile | None:
        """The same; None where none is mounted there."""
        try:
            return self.file(path)
        except Missing:
            return None

    def files_under(self, directory: str, *, claims: bool = True) -> list[MountedFile]:
        """The files that are mounted below a directory: see :func:`files_under`."""
        return files_under(self, directory, claims=claims)


def _called(name: str, containers: tuple[Container, ...], workload: Workload) -> Container:
    found, doubtful = told_apart((container, named(container.block, name)) for container in containers)
    if len(found) > 1:
        raise Malformed(workload.label, f"it has two containers named {name}", found[1].origin)
    if found:
        return found[0]
    if doubtful:
        container, why = doubtful[0]
        raise undetermined(f"a container of {workload.label} may be named {name}", why, container.origin)
    names = [c.name.raw for c in containers if c.name is not None and isinstance(c.name.raw, str)]
    raise Missing(f"container {name}", workload.label, workload.origin, (name, names))
