"""Services: which ports they carry, from where, to which pods.

Source: ``ServiceSpec`` in
https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ and, for MetalLB's
annotations, https://metallb.io/usage/
"""

from __future__ import annotations

from msgspec import Struct

from readers import Malformed, Missing
from readers.account import Certainty, Setting, every, present, same, some, told_apart, undetermined
from readers.kubernetes.fields import field, field_or, member, named, single
from readers.kubernetes.manifests import at, at_or, raw_manifest
from readers.kubernetes.objects import Declared, Object
from readers.kubernetes.typed import manifests, of_types
from readers.kubernetes.workloads import Workload
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.graph.model import Block, Body, Resource
from tfparse.graph.root import Root

_FROM_OUTSIDE = ("LoadBalancer", "NodePort")
_METALLB = ("metallb.io", "metallb.universe.tf")
"""The prefixes of MetalLB's annotations, the second one deprecated."""
_ENDPOINTS = ("kubernetes_endpoints", "kubernetes_endpoints_v1", "kubernetes_endpoint_slice_v1")
_BY_HAND = ("Endpoints", "EndpointSlice")


class Port(Struct, frozen=True):
    """A port of a service.  ``repetition`` is set where there may be none of these."""

    block: Block
    service: str

    @property
    def origin(self) -> Origin:
        return self.block.origin

    @property
    def repetition(self) -> Unknown | None:
        return self.block.repetition

    @property
    def port(self) -> Setting:
        """The port that the service listens on."""
        found = field(self.block.body, "port", self.service)
        if found is None:
            raise Malformed(f"port of {self.service}", "it has no number", self.origin)
        return found

    @property
    def name(self) -> Setting | None:
        return field(self.block.body, "name", self.service)

    @property
    def target_port(self) -> Setting:
        """The number or name of the port in the pod: the service's own where it is not set."""
        return field(self.block.body, "target_port", self.service) or self.port

    @property
    def protocol(self) -> Setting:
        return field_or(self.block.body, "protocol", "TCP", self.service)


class Service(Declared, frozen=True):
    """A service of the stack."""

    @property
    def type(self) -> Setting:
        return self._field("type", "ClusterIP")

    @property
    def external_traffic_policy(self) -> Setting:
        """ "Cluster", which hides the client's address, or "Local"; of a service that is open to the outside."""
        return self._field("external_traffic_policy", "Cluster")

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports, in order.  Look at :attr:`Port.repetition` before counting."""
        return tuple(Port(block, self.label) for block in self._spec.blocks("port"))

    def port(self, number: int) -> Port:
        """The TCP port of that number.

        Raises:
            Missing: the service has no such port.
        """
        found, doubtful = told_apart((port, _carries(port, number)) for port in self.ports)
        if found:
            return found[0]
        if doubtful:
            port, why = doubtful[0]
            raise undetermined(f"whether {self.label} has port {number} cannot be known", why, port.origin)
        raise Missing(f"port {number}", self.label, self.origin)

    def annotation(self, key: str) -> Setting | None:
        """An annotation, None where it is not set.

        Raises:
            UnknownValueError: another resource may set it.
        """
        writer = self.objects.writer(self.object)
        if writer is not None:
            raise undetermined(f"the annotation {key} of {self.label} cannot be known", writer, self.origin)
        metadata = single(self.object.resource.body, "metadata")
        annotations = None if metadata is None else metadata.body.attribute("annotations")
        value = member(annotations, key, f"annotations of {self.label}")
        if value is None:
            return None
        ignored = self.ignored("metadata", 0, "annotations", key)
        return Setting(key, value, self.label, value.origin or self.origin, ignored)

    @property
    def load_balancer_ips(self) -> Setting | None:
        """The addresses asked of MetalLB, separated by commas; None where it may choose."""
        ignored = self.ignored("spec", 0, "load_balancer_ip")
        return self._metallb("loadBalancerIPs") or field(self._spec, "load_balancer_ip", self.label, ignored)

    @property
    def sharing_key(self) -> Setting | None:
        """MetalLB's key for sharing an address with other services; None where the address is not shared."""
        return self._metallb("allow-shared-ip")

    def certainly_selects(self, workload: Workload) -> Certainty:
        """Whether the service leads to the pods of a workload."""
        selector, labels = self._spec.attribute("selector"), workload.labels
        if selector is None or selector.raw == {}:
            if selector is not None and selector.rest is not None:
                return selector.rest
            # Its endpoints, if it has any, are made by hand.
            return every(self.object.is_in(workload.namespace), self._by_hand())
        if selector.unknown is not None:
            return every(self.object.is_in(workload.namespace), selector.unknown)
        if not isinstance(selector.raw, dict):
            raise Malformed(f"selector of {self.label}", "not a map", selector.origin)
        agree: list[Certainty] = [self.object.is_in(workload.namespace), selector.rest or True]
        for key in selector.raw:
            wanted = member(selector, key, f"selector of {self.label}")
            label = member(labels, key, f"labels of {workload.label}")
            agree.append(_equal(wanted, label))
        return every(*agree)

    def _by_hand(self) -> Certainty:
        """Whether endpoints are declared for a service without a selector: where their addresses lead is not known.

        Source: https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors
        """
        for resource in self.objects.everywhere(_endpoints):
            leads = _are_of(resource, self)
            if leads is not False:
                return Unknown(f"{resource.address} gives it addresses of its own", resource.origin)
        return False

    def container_port(self, number: int, workload: Workload) -> int:
        """The port of the workload's pods that a port of the service leads to, a name looked up.

        Raises:
            Missing: the service has no such port, or no container one so named.
        """
        target = self.port(number).target_port
        if target.text.isdecimal():
            return target.number
        found, doubtful = told_apart(
            (block, every(present(container.repetition), named(block, target.text)))
            for container in workload.containers
            for block in container.body.blocks("port")
        )
        for block in found:
            container_port = field(block.body, "container_port", workload.label)
            if container_port is not None:
                return container_port.number
        if doubtful:
            block, why = doubtful[0]
            raise undetermined(f"which port {target.text} is cannot be known", why, block.origin)
        raise Missing(f"container port named {target.text}", workload.label, target.origin)

    def certainly_carries(self, number: int) -> Certainty:
        """Whether it takes a TCP port from outside the cluster."""
        carries = some(_carries(port, number) for port in self.ports)
        return every(present(self.repetition), carries, self._from_outside())

    def _from_outside(self) -> Certainty:
        types = [same(self.type.value, type_) for type_ in _FROM_OUTSIDE]
        addresses = self._spec.attribute("external_ips")
        if True in types or (addresses is not None and isinstance(addresses.raw, tuple) and addresses.raw):
            return True
        hidden = None if addresses is None else addresses.unknown
        return next((t for t in types if isinstance(t, Unknown)), hidden or False)

    def _metallb(self, name: str) -> Setting | None:
        return next((found for p in _METALLB if (found := self.annotation(f"{p}/{name}")) is not None), None)

    def _field(self, name: str, default: str) -> Setting:
        return field_or(self._spec, name, default, self.label, self.ignored("spec", 0, name))

    @property
    def _spec(self) -> Body:
        spec = single(self.object.resource.body, "spec")
        return Body({}, origin=self.origin) if spec is None else spec.body


def _endpoints(root: Root) -> list[Resource]:
    """What a root declares to give services addresses by hand."""
    raw = [m.resource for m in manifests(root, *_BY_HAND) if any(m.declares(kind, None) is True for kind in _BY_HAND)]
    return [*of_types(root, *_ENDPOINTS), *raw]


def _are_of(resource: Resource, service: Service) -> Certainty:
    """Whether endpoints are those of a service: they have its name, slices a label that says it."""
    if service.name.is_unknown:
        return False
    name, manifest = service.name.as_string(), raw_manifest(resource)
    if manifest is None:
        declared = Object("endpoints", resource)
        metadata = single(resource.body, "metadata")
        labels = None if metadata is None else metadata.body.attribute("labels")
        named, namespace = declared.name, declared.namespace
    else:
        named, labels = at_or(manifest, "", "metadata", "name"), at(manifest, "metadata", "labels")
        namespace = at_or(manifest, "default", "metadata", "namespace")
    slice_of = at(labels, "kubernetes.io/service-name")
    is_its = same(named if slice_of is None else slice_of, name)
    return every(present(resource.repetition), is_its, service.object.is_in(namespace))


def _carries(port: Port, number: int) -> Certainty:
    return every(present(port.repetition), same(port.port.value, str(number)), same(port.protocol.value, "TCP"))


def _equal(wanted: Value | None, found: Value | None) -> Certainty:
    """Whether two strings, each perhaps unknown or absent, are the same."""
    if wanted is None or found is None:
        return wanted is None
    if wanted.unknown is None:
        return same(found, wanted.as_string())
    return wanted.unknown if found.unknown is not None else same(wanted, found.as_string())
