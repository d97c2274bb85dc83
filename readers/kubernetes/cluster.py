"""A stack's resources as the Kubernetes objects that they declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from readers import Missing
from readers.account import Certainty, every, present, told_apart, undetermined
from readers.kubernetes.ingresses import backends
from readers.kubernetes.objects import Object, Objects, declared_in, plain
from readers.kubernetes.others import Others
from readers.kubernetes.services import Service
from readers.kubernetes.workloads import Container, Workload
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Resource
from tfparse.graph.root import Root


class Cluster:
    """What a stack declares, to be asked for by kind and name.

    ``resources`` are all that the stack's root reaches, ``incomplete`` says why there may be more.  Every
    question raises :class:`readers.Missing` where its subject certainly is not there,
    :class:`UnknownValueError` where that cannot be known, and :class:`readers.Malformed` where the source
    contradicts itself.  ``others`` asks the other roots what they declare, which may overrule it.  What a Helm chart
    or a controller makes is not seen.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        incomplete: Iterable[Unknown] = (),
        others: Others | None = None,
        root: Root | None = None,
    ) -> None:
        self._objects = Objects(resources, incomplete, others, root)

    @property
    def objects(self) -> Objects:
        """What the stack's resources declare, by kind and name."""
        return self._objects

    def deployment(self, name: str, namespace: str | None = None) -> Workload:
        """The deployment of that ``metadata.name``; without a namespace, in any."""
        return self.workload("deployment", name, namespace)

    def workload(self, kind: str, name: str, namespace: str | None = None) -> Workload:
        """The workload of a kind ("deployment", "cron job") and name."""
        found = self._objects.find(kind, name, namespace)
        return Workload(found, self._objects.beside(found.resource))

    def deployments(self, namespace: str | None = None) -> list[Workload]:
        """The deployments that are or may be in a namespace.  Look at ``repetition`` before counting."""
        objects = self._objects.all("deployment")
        there = (o for o in objects if o.is_in(namespace) is not False)
        return [Workload(o, self._objects.beside(o.resource)) for o in there]

    def running(
        self, accepts: Callable[[Value], bool], what: str, namespace: str | None = None
    ) -> list[tuple[Workload, Container]]:
        """The containers of deployments whose image ``accepts`` takes; ``what`` names them in errors.

        ``accepts`` gets the image, perhaps unknown or unknown in part, and may raise
        :class:`UnknownValueError`: that counts where no other container is accepted.
        """
        verdicts: list[tuple[tuple[Workload, Container], Certainty]] = []
        doubt: UnknownValueError | None = None
        for workload in self.deployments(namespace):
            try:
                there = every(present(workload.repetition), workload.object.is_in(namespace))
                verdicts += [((workload, c), every(there, _runs(c, accepts))) for c in workload.containers]
            except UnknownValueError as error:
                doubt = error
            except Missing:
                continue  # it has no template, so no containers
        found, doubtful = told_apart(verdicts)
        if found:
            return found
        if doubtful:
            (_, container), why = doubtful[0]
            raise undetermined(f"{container.label} may be the {what}", why, container.origin)
        unseen = self._objects.unseen("deployment")
        if doubt is None and unseen is not None:
            doubt = undetermined(f"whether there is a {what} cannot be known", unseen, None)
        raise doubt or Missing(what, "the deployments of the stack")

    def service(self, name: str, namespace: str | None = None) -> Service:
        found = self._objects.find("service", name, namespace)
        return Service(found, self._objects.beside(found.resource))

    def services(self, namespace: str | None = None) -> list[Service]:
        """The services that are or may be in a namespace.  Look at ``repetition`` before counting."""
        return _services(self._objects, namespace)

    def carrying(self, port: int, workload: Workload) -> list[Service]:
        """The services that carry a TCP port from outside the cluster to a workload: at least one.

        Those are of type LoadBalancer or NodePort, or have ``external_ips``.

        Raises:
            UnknownValueError: a further one may do so.
        """
        carrying, inner = [], []
        elsewhere = self._objects.of_others(declared_in, "service", plain(workload.namespace))
        others = [Service(Object("service", resource), self._objects) for resource in elsewhere]
        for service in (*_services(workload.objects, None), *others):
            if service.object.is_in(workload.namespace) is False:
                continue
            selects = service.certainly_selects(workload)
            carries: Certainty = every(selects, service.certainly_carries(port))
            inner += [service] if selects is not False else []
            if isinstance(carries, Unknown):
                raise undetermined(f"{service.label} may carry port {port} from outside", carries, service.origin)
            if carries:
                carrying.append(service)
        self._no_ingress(inner, port)
        unseen = self._objects.unseen("service", namespace=workload.namespace)
        if unseen is not None:
            raise undetermined(f"which services carry port {port} from outside cannot be known", unseen, None)
        if not carrying:
            raise Missing(f"service that carries port {port} from outside to {workload.label}", "the stack")
        return carrying

    def _no_ingress(self, services: list[Service], port: int) -> None:
        """Raise where a TCP ingress may lead to the port of a service: what it does to connections is not read."""
        for backend in backends(self._objects) if services else ():
            for service in services:
                if backend.leads_to(service, port) is not False:
                    why = Unknown(f"{backend.ingress} leads to {service.label}, and what it does is not read")
                    raise undetermined(f"how port {port} is carried from outside cannot be known", why, backend.origin)


def _services(objects: Objects, namespace: str | None) -> list[Service]:
    there = (o for o in objects.all("service") if o.is_in(namespace) is not False)
    return [Service(o, objects.beside(o.resource)) for o in there]


def _runs(container: Container, accepts: Callable[[Value], bool]) -> Certainty:
    try:
        return every(present(container.repetition), accepts(container.image.value))
    except UnknownValueError as error:
        return Unknown(error.reason, error.origin)
    except Missing:
        return False
