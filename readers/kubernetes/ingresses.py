"""TCP ingresses: what carries connections from outside to a service, beside the service itself.

Sources: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tcp/ingressroutetcp/,
https://gateway-api.sigs.k8s.io/reference/spec/ (``TCPRouteSpec``, ``TLSRouteSpec``) and
https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from readers import Malformed
from readers.account import Certainty, as_text, every, present, same, some
from readers.helm.values import helm_values
from readers.kubernetes.manifests import RAW_TYPES, Manifest, at, at_or, listed
from readers.kubernetes.objects import Object, Objects
from readers.kubernetes.services import Service
from readers.kubernetes.typed import manifests, of_types
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError
from tfparse.graph.model import Resource
from tfparse.graph.root import Root
from tfparse.patterns import pattern

_ROUTES = {
    "IngressRouteTCP": ("routes", "services"),
    "TCPRoute": ("rules", "backendRefs"),
    "TLSRoute": ("rules", "backendRefs"),
}
"""Of each kind of TCP ingress: where its rules stand in ``spec``, and where a rule's services do."""
_MAPS = ("kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data")
_EXPOSED = pattern(r"([^/:\s]+)/([^/:\s]+):([^/:\s]+)(:.*)?")
"""An entry of ingress-nginx's ``tcp-services``: ``namespace/service:port[:PROXY][:PROXY]``, under a port."""


class Backend(Struct, frozen=True):
    """A service's port to which an ingress leads."""

    ingress: str
    there: Certainty
    namespace: Value
    service: Value
    port: Value
    origin: Origin

    def leads_to(self, service: Service, number: int) -> Certainty:
        """Whether it leads to a port of a service, by its number or its name."""
        port = self.port if self.port.is_unknown else as_text(self.port, "port")
        named = [p.name.value for p in service.ports if p.name is not None and same(p.port.value, str(number)) is True]
        names = [str(number), *(name.raw for name in named if isinstance(name.raw, str))]
        reached = some(same(port, name) for name in names)
        if service.name.is_unknown:
            return False
        return every(self.there, same(self.service, service.name.as_string()), service.object.is_in(self.namespace),
                     reached)  # fmt: skip


def backends(objects: Objects) -> list[Backend]:
    """The services to which TCP ingresses lead, whichever root declares them."""
    own = _backends(objects.resources(*_MAPS), map(Manifest, objects.resources(*RAW_TYPES)))
    return [*own, *objects.of_others(_backends_of), *objects.everywhere(_of_charts)]


def _backends_of(root: Root) -> list[Backend]:
    return list(_backends(of_types(root, *_MAPS), manifests(root, "ConfigMap", *_ROUTES)))


def _backends(maps: Iterable[Resource], raw: Iterable[Manifest]) -> list[Backend]:
    found = [backend for manifest in raw for backend in _of_manifest(manifest)]
    return found + [backend for resource in maps for backend in _of_map(resource)]


def _of_manifest(manifest: Manifest) -> Iterator[Backend]:
    resource, kind = manifest.resource, at_or(manifest.value, "", "kind").raw
    own = at_or(manifest.value, "default", "metadata", "namespace")
    if kind == "ConfigMap":
        yield from _exposed(resource, at(manifest.value, "data"))
    if not isinstance(kind, str) or kind not in _ROUTES:
        return
    rules, services = _ROUTES[kind]
    label = f"{kind} {resource.address}"
    for rule in listed(at(manifest.value, "spec", rules)):
        for service in listed(at(rule, services)):
            namespace = own if at(service, "namespace") is None else at_or(service, "", "namespace")
            yield Backend(label, present(resource.repetition), namespace, at_or(service, "", "name"),
                          at_or(service, "", "port"), service.origin or resource.origin)  # fmt: skip


def _of_charts(root: Root) -> list[Backend]:
    """What releases of ingress-nginx' own chart expose: their values' ``tcp``."""
    found: list[Backend] = []
    for release in root.resources("helm_release".__eq__):
        chart = release.body.attribute("chart")
        if chart is not None and isinstance(chart.raw, str) and chart.raw.endswith("ingress-nginx"):
            try:
                found += _exposed(release, at(helm_values(release), "tcp"))
            except (Malformed, TerraformError, UnknownValueError):
                continue  # what is hidden there says nothing of our service in particular
    return found


def _of_map(resource: Resource) -> Iterator[Backend]:
    name = Object("ConfigMap", resource).name
    if name.is_unknown or "tcp" in name.as_string():
        yield from _exposed(resource, resource.body.attribute("data"))


def _exposed(resource: Resource, data: Value | None) -> Iterator[Backend]:
    entries = data.raw if data is not None and isinstance(data.raw, dict) else {}
    for port, value in entries.items():
        match = _EXPOSED.fullmatch(value.raw) if port.isdecimal() and isinstance(value.raw, str) else None
        if match:
            namespace, service, reached = (Value(value.type, match[group], value.origin) for group in (1, 2, 3))
            yield Backend(f"port {port} of {resource.address}", present(resource.repetition), namespace, service,
                          reached, value.origin or resource.origin)  # fmt: skip
