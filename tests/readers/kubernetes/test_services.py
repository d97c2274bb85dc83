"""Services: which carry a port from outside, to which pods, under which address."""

from __future__ import annotations

import pytest

from readers import Malformed, Missing
from readers.kubernetes import Cluster, Service
from tests.readers.kubernetes.source import (
    HIDDEN,
    Plain,
    at,
    block,
    container,
    deployment,
    hidden,
    opened,
    partly,
    port,
    resource,
    service,
)
from tfparse.cty.values import Unknown, object_, string
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Resource

LABELS: dict[str, object] = {"app": "mail", "role": "server"}
SELECTOR: dict[str, object] = {"app": "mail"}


def mail(labels: Plain = LABELS, **more: object) -> Resource:
    ports = [block("port", name="smtp", container_port=25), block("port", name="alt", container_port=2525)]
    return deployment("mail", container("app", *ports), labels=labels, **more)


def the_service(*parts: object, **spec: object) -> Service:
    return Cluster([service("mail", *parts, **spec)]).service("mail")


def carrying(*services: Resource, incomplete: tuple[Unknown, ...] = ()) -> list[str]:
    cluster = Cluster([mail(), *services], incomplete)
    return [found.label for found in cluster.carrying(25, cluster.deployment("mail"))]


# -- fields ---------------------------------------------------------------------------------------


def test_fields_and_what_holds_where_they_are_not_set() -> None:
    bare = the_service(port(25))
    assert (bare.type.text, bare.external_traffic_policy.text) == ("ClusterIP", "Cluster")
    assert bare.type.source == "service mail, by default"
    full = the_service(type="LoadBalancer", external_traffic_policy="Local")
    assert (full.type.text, full.external_traffic_policy.text) == ("LoadBalancer", "Local")
    assert full.external_traffic_policy.origin == at(5)


def test_a_service_without_a_spec() -> None:
    assert Cluster([resource("kubernetes_service", "mail")]).service("mail").type.text == "ClusterIP"


def test_where_it_stands() -> None:
    found = Cluster([resource("kubernetes_service", "mail", block("spec", port(25, line=9)), line=3)]).service("mail")
    assert (found.name.as_string(), found.namespace.as_string(), found.origin) == ("mail", "mail", at(3))
    assert found.ports[0].origin == at(9)


def test_both_names_of_the_resource_type() -> None:
    newer = resource("kubernetes_service_v1", "mail", block("spec", type="NodePort"))
    assert Cluster([newer]).service("mail").type.text == "NodePort"


def test_ports() -> None:
    first, second = the_service(port(25, "smtp", target_port="alt", protocol="TCP"), port("53")).ports
    assert (first.port.number, first.name and first.name.text, first.target_port.text) == (25, "smtp", "alt")
    assert (second.port.number, second.name) == (53, None)
    assert (second.target_port.text, second.protocol.text) == ("53", "TCP")


def test_a_port_without_a_number() -> None:
    with pytest.raises(Malformed, match="port of service mail: it has no number"):
        _ = the_service(block("port", name="smtp")).ports[0].port


# -- which pods -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "labels", "selects"),
    [
        (SELECTOR, LABELS, True),
        (LABELS, LABELS, True),
        (LABELS, SELECTOR, False),
        ({"app": "web"}, LABELS, False),
        (SELECTOR, None, False),
        (None, LABELS, False),
        ({}, LABELS, False),
        ({"n": 1}, {"n": "1"}, True),
        # What is known can decide beside what is not.
        ({"app": "web", "role": hidden()}, LABELS, False),
        ({"app": "web"}, opened({"app": "mail"}), False),
        ({"app": "mail"}, opened({"app": "mail"}), True),
        ({"app": "mail"}, {"app": "mail", "x": hidden()}, True),
        ({"app": partly("web-", HIDDEN)}, LABELS, False),
        # And where it does not, nothing is claimed.
        (hidden(), LABELS, None),
        (SELECTOR, hidden(), None),
        (SELECTOR, opened({"role": "x"}), None),
        (opened({"app": "mail"}), LABELS, None),
        (opened({}), LABELS, None),
        ({"app": hidden()}, LABELS, None),
        ({"app": hidden()}, {"app": hidden()}, None),
        ({"app": partly("ma", HIDDEN)}, LABELS, None),
    ],
)
def test_selects(selector: Plain, labels: Plain, selects: bool | None) -> None:
    cluster = Cluster([mail(labels), service("mail", selector=selector)])
    found, workload = cluster.service("mail"), cluster.deployment("mail")
    certainty = found.certainly_selects(workload)
    assert (None if isinstance(certainty, Unknown) else certainty) is selects


def test_selects_within_its_namespace_only() -> None:
    cluster = Cluster([mail(), service("mail", namespace="other", selector=SELECTOR)])
    assert not cluster.service("mail").certainly_selects(cluster.deployment("mail"))
    cluster = Cluster([mail(), service("mail", namespace="other", selector=hidden())])
    assert not cluster.service("mail").certainly_selects(cluster.deployment("mail"))
    cluster = Cluster([mail(), service("mail", selector="app")])
    with pytest.raises(Malformed, match="selector of service mail: not a map"):
        cluster.service("mail").certainly_selects(cluster.deployment("mail"))
    cluster = Cluster([mail(), service("mail", namespace=hidden(), selector=SELECTOR)])
    assert isinstance(cluster.service("mail").certainly_selects(cluster.deployment("mail")), Unknown)


def test_container_port() -> None:
    cluster = Cluster([mail(), service("mail", port(25, target_port="alt"), port(465, target_port="4465"), port(587))])
    found, workload = cluster.service("mail"), cluster.deployment("mail")
    assert [found.container_port(number, workload) for number in (25, 465, 587)] == [2525, 4465, 587]
    with pytest.raises(Missing, match="no port 143 in service mail"):
        found.container_port(143, workload)


def test_a_certain_port_is_enough() -> None:
    ports = block("port", port=hidden()), port(25, target_port="smtp")
    cluster = Cluster([mail(), service("mail", *ports)])
    assert cluster.service("mail").container_port(25, cluster.deployment("mail")) == 25
    with pytest.raises(UnknownValueError, match="whether service mail has port 143 cannot be known: var.hidden"):
        cluster.service("mail").port(143)


def test_a_container_port_that_is_not_named_so() -> None:
    cluster = Cluster([mail(), service("mail", port(25, target_port="smtps"))])
    with pytest.raises(Missing, match="no container port named smtps in deployment mail"):
        cluster.service("mail").container_port(25, cluster.deployment("mail"))


def test_a_container_port_that_cannot_be_known() -> None:
    def target(*ports: object, **more: object) -> int:
        app = deployment("mail", container("app", *ports, **more))
        cluster = Cluster([app, service("mail", port(25, target_port="smtp"))])
        return cluster.service("mail").container_port(25, cluster.deployment("mail"))

    with pytest.raises(UnknownValueError, match="which port smtp is cannot be known: var.hidden"):
        target(block("port", name=hidden(), container_port=25))
    with pytest.raises(UnknownValueError, match="which port smtp is cannot be known: var.hidden"):
        target(block("port", name="smtp", container_port=25, repeated=HIDDEN))
    with pytest.raises(UnknownValueError, match="which port smtp is cannot be known: var.hidden"):
        target(block("port", name="smtp", container_port=25), repeated=HIDDEN)
    with pytest.raises(UnknownValueError, match="var.hidden"):
        target(block("port", name="smtp", container_port=hidden()))
    with pytest.raises(Missing, match="no container port named smtp"):
        target(block("port", name="smtp"))


# -- from outside ---------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [{"type": "LoadBalancer"}, {"type": "NodePort"}, {"external_ips": ["192.0.2.1"]}])
def test_from_outside(spec: dict[str, Plain]) -> None:
    assert carrying(service("mail", port(25), selector=SELECTOR, **spec)) == ["service mail"]


@pytest.mark.parametrize(
    "other",
    [
        service("mail", port(25), selector=SELECTOR),
        service("mail", port(25), selector=SELECTOR, external_ips=[]),
        service("mail", port(465), selector=SELECTOR, type="NodePort"),
        service("mail", port(25, protocol="UDP"), selector=SELECTOR, type="NodePort"),
        service("mail", port(25), selector={"app": "web"}, type="NodePort"),
        service("mail", port(25), selector=SELECTOR, type="NodePort", namespace="other"),
    ],
)
def test_nothing_carries_it(other: Resource) -> None:
    with pytest.raises(Missing, match="no service that carries port 25 from outside to deployment mail in the stack"):
        carrying(other)


def test_all_that_carry_it() -> None:
    assert carrying(
        service("a", port(25), selector=SELECTOR, type="NodePort"),
        service("b", port(25), selector=SELECTOR),
        service("c", port(465), port(25), selector=SELECTOR, type="LoadBalancer"),
    ) == ["service a", "service c"]


SURE = service("sure", port(25), selector=SELECTOR, type="NodePort")


@pytest.mark.parametrize(
    "perhaps",
    [
        service("mail", port(25), selector=SELECTOR, type=hidden()),
        service("mail", port(hidden()), selector=SELECTOR, type="NodePort"),
        service("mail", block("port", port=25, repeated=HIDDEN), selector=SELECTOR, type="NodePort"),
        service("mail", port(25), selector=hidden(), type="NodePort"),
        service("mail", port(25), selector=SELECTOR, external_ips=hidden()),
    ],
)
def test_one_that_may_carry_it(perhaps: Resource) -> None:
    with pytest.raises(UnknownValueError, match="service mail may carry port 25 from outside: var.hidden"):
        carrying(SURE, perhaps)


def test_one_that_may_not_be_there() -> None:
    spec = block("spec", port(25), selector=SELECTOR, type="NodePort")
    with pytest.raises(UnknownValueError, match="service mail may carry port 25 from outside: var.hidden"):
        carrying(SURE, resource("kubernetes_service", "mail", spec, repeated=HIDDEN))


def test_an_unknown_that_cannot_matter() -> None:
    elsewhere = resource("kubernetes_service", "x", block("spec", repeated=HIDDEN), namespace="other")
    assert carrying(SURE, elsewhere) == ["service sure"]
    harmless = service("web", port(hidden()), selector={"app": "web"}, type=hidden())
    inside = service("inside", port(hidden()), selector=SELECTOR)
    assert carrying(SURE, harmless, inside) == ["service sure"]


def test_a_service_that_is_not_read_may_carry_it() -> None:
    manifest = resource("kubernetes_manifest", "unused", manifest={"kind": "Service"}, address="raw")
    with pytest.raises(UnknownValueError, match=r"kubernetes_manifest\.raw may declare it"):
        carrying(SURE, manifest)
    with pytest.raises(UnknownValueError, match="which services carry port 25 from outside cannot be known: var"):
        carrying(SURE, incomplete=(HIDDEN,))


# -- annotations ----------------------------------------------------------------------------------


def test_annotations() -> None:
    found = the_service(annotations={"a/b": "c"})
    annotation = found.annotation("a/b")
    assert annotation is not None
    unplaced = the_service(annotations=object_({"a/b": string("c")})).annotation("a/b")
    assert unplaced is not None
    assert unplaced.origin == at(1)
    assert (annotation.what, annotation.text, annotation.origin) == ("a/b", "c", at(1))
    assert found.annotation("a/c") is None
    assert the_service().annotation("a/b") is None


def test_annotations_that_cannot_be_known() -> None:
    for some in (hidden(), opened({"x": "y"})):
        found = the_service(annotations=some).annotation("a/b")
        assert found is not None
        assert found.value.is_unknown
    writer = resource("kubernetes_annotations", "mail", annotations={"a/b": "c"})
    unnamed = resource("kubernetes_service", hidden(), block("spec"))
    with pytest.raises(UnknownValueError, match=r"kubernetes_annotations\.it may write into it too"):
        Cluster([unnamed, writer]).services()[0].annotation("a/b")
    assert Cluster([service("web"), writer]).service("web").annotation("a/b") is None
    with pytest.raises(UnknownValueError, match=r"kubernetes_annotations\.it may write into it too"):
        Cluster([service("mail"), writer]).service("mail").annotation("a/b")


@pytest.mark.parametrize("prefix", ["metallb.io", "metallb.universe.tf"])
def test_metallb(prefix: str) -> None:
    found = the_service(annotations={f"{prefix}/loadBalancerIPs": "192.0.2.1", f"{prefix}/allow-shared-ip": "key"})
    assert found.load_balancer_ips is not None
    assert found.sharing_key is not None
    assert (found.load_balancer_ips.text, found.sharing_key.text) == ("192.0.2.1", "key")


def test_metallb_prefers_its_own_name() -> None:
    both = {"metallb.universe.tf/loadBalancerIPs": "192.0.2.1", "metallb.io/loadBalancerIPs": "192.0.2.2"}
    found = the_service(annotations=both).load_balancer_ips
    assert found is not None
    assert found.text == "192.0.2.2"


def test_an_address_without_metallb() -> None:
    found = the_service(load_balancer_ip="192.0.2.3")
    assert found.load_balancer_ips is not None
    assert found.load_balancer_ips.text == "192.0.2.3"
    assert the_service().load_balancer_ips is None
    assert the_service().sharing_key is None


def test_ignored_annotations() -> None:
    key = ("metadata", 0, "annotations", "a/b")
    for entry, ignored in ((key, True), (("metadata",), True), ((*key[:3], "a/c"), False)):
        spec = resource("kubernetes_service", "mail", block("spec"), annotations={"a/b": "c"}, ignore=(entry,))
        found = Cluster([spec]).service("mail").annotation("a/b")
        assert found is not None
        assert (found.ignored is not None) is ignored


def test_an_ignored_address() -> None:
    spec = block("spec", load_balancer_ip="192.0.2.3")
    ignored = resource("kubernetes_service", "mail", spec, ignore=(("spec", 0, "load_balancer_ip"),))
    found = Cluster([ignored]).service("mail").load_balancer_ips
    assert found is not None
    assert found.ignored is not None
