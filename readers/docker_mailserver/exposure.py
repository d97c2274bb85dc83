"""How connections from outside reach a workload, and whether its clients' addresses survive the way."""

from __future__ import annotations

import re

from msgspec import Struct

from readers.account import Setting
from readers.dns.records import shortest
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.kubernetes import Cluster, Container, Service, Workload
from readers.kubernetes.manifests import listed
from readers.kubernetes.objects import with_writers
from tfparse.cty.values import Unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.root import Root
from tfparse.patterns import pattern

_ADDRESS = pattern(r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]+)(?![\w.:])")


class Entrance(Struct, frozen=True):
    """A service that carries a port from outside, and the port of the pod that it leads to."""

    service: Service
    container_port: int

    def keeps_addresses(self, policy: str, container: Container, script: str) -> tuple[bool, str, Origin | None]:
        """Whether the pod learns who its clients are, how (or how not), and the line that decides.

        Either the service has the external traffic ``policy``, or it leads to a listener, set up by the
        ``script`` in the container, that requires the PROXY protocol.
        """
        found = self.service.external_traffic_policy
        if found.text == policy:
            return True, f"external traffic policy {found.shown}", found.origin
        container.file(script).value.text_parts()  # raises where it is mounted nowhere
        listener = PostfixSetup(container).listener(self.container_port)
        if listener is None:
            lead = f"and {script} sets up no listener on port {self.container_port}"
            return False, f"external traffic policy {found.shown}, {lead}", found.origin
        if not listener.requires_proxy:
            problem = f"the listener on port {listener.port} requires no PROXY header"
            return False, problem, listener.origin or found.origin
        return True, f"the listener on port {listener.port} requires the PROXY protocol", listener.origin


def entrances(cluster: Cluster, port: int, workload: Workload) -> list[Entrance]:
    """The services that carry a TCP port from outside to a workload: at least one, else Missing."""
    return [Entrance(s, s.container_port(port, workload)) for s in cluster.carrying(port, workload)]


def others_with_its_address(service: Service) -> tuple[bool, str, Origin | None]:
    """Whether a service lacks an address of its own from MetalLB, what it has, and the line that decides.

    Source: https://metallb.io/usage/#ip-address-sharing

    Raises:
        UnknownValueError: what another asks for is not known, or a Helm release names the address.
    """
    type_, asked, key = service.type, service.load_balancer_ips, service.sharing_key
    if type_.text != "LoadBalancer":
        return True, f"type {type_.shown}", type_.origin
    if key is not None:
        return True, f"an address shared under the key {key.shown}", key.origin
    if asked is None:
        return False, "one that MetalLB chooses", service.origin
    addresses = _addresses(asked.text)
    for label, origin, theirs in service.objects.everywhere(_asking_for_addresses):
        if origin != service.origin and addresses & _addresses(theirs.text):
            return True, f"{asked.shown}, which {label} has too", theirs.origin
    for address, place in service.objects.everywhere(_named_in_releases):
        if address in addresses:
            raise UnknownValueError(f"a Helm release names {asked.shown} in its values", place)
    return False, asked.shown, asked.origin


def _addresses(text: str) -> set[str]:
    return {shortest(one.strip()) for one in text.split(",")}


def _asking_for_addresses(root: Root) -> list[tuple[str, Origin, Setting]]:
    """The services of a root that ask MetalLB for addresses, each with the line that declares it, and what it asks."""
    services = Cluster(with_writers(root, "service")).services()
    asked = [
        (service.label, service.origin, service.load_balancer_ips)
        for service in services
        if service.type.value.is_unknown or service.type.text == "LoadBalancer"
    ]
    return [(label, origin, theirs) for label, origin, theirs in asked if theirs is not None]


def _named_in_releases(root: Root) -> list[tuple[str, Origin | None]]:
    """The addresses that stand in the values of a root's Helm releases: a chart's services may ask for them."""
    found: list[tuple[str, Origin | None]] = []
    for release in root.resources("helm_release".__eq__):
        value = release.body.attribute("values")
        for text in [] if value is None else listed(value):
            lines = text.lines() if isinstance(text.raw, str | Unknown) else []
            found += [(shortest(one), line.origin) for line in lines for one in _ADDRESS.findall(line.text)
                      if re.search(r"load_?balancer|metallb", line.text, re.IGNORECASE)]  # fmt: skip
    return found
