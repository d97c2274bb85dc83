"""Services, and how connections from outside reach a workload."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from readers.docker_mailserver.exposure import Entrance, entrances, others_with_its_address
from readers.kubernetes import Container, Service
from readers.kubernetes.stacks import Stack
from steps._findings import judge
from tfparse import Infra


@given(
    parsers.parse(
        'the services that carry port {port:d} from outside to deployment "{name}" in namespace "{namespace}"'
    ),
    target_fixture="entrances",
)
def the_entrances(stack: Stack, port: int, name: str, namespace: str) -> list[Entrance]:
    return entrances(stack.cluster, port, stack.cluster.deployment(name, namespace))


@given(parsers.re('the service "(?P<name>[^"]+)" in namespace "(?P<namespace>[^"]+)"'), target_fixture="service")
def the_service(stack: Stack, name: str, namespace: str) -> Service:
    return stack.cluster.service(name, namespace)


@then(parsers.parse('each of them has external traffic policy "{policy}"'))
def traffic_policy(evidence: Evidence, entrances: list[Entrance], policy: str) -> None:
    for entrance in entrances:
        what = f"external traffic policy of {entrance.service.label}"
        judge(evidence, what, policy, lambda e=entrance: e.service.external_traffic_policy, lambda text: text == policy)


@then(
    parsers.parse(
        'each of them has external traffic policy "{policy}", or leads to a listener of "{script}" '
        "that requires the PROXY protocol"
    )
)
def traffic_policy_or_proxy(
    evidence: Evidence, container: Container, entrances: list[Entrance], policy: str, script: str
) -> None:
    for entrance in entrances:
        what, expected = f"client addresses through {entrance.service.label}", f"{policy}, or the PROXY protocol"
        with evidence.about(what, expected):
            ok, how, at = entrance.keeps_addresses(policy, container, script)
            evidence.check(what, expected=expected, actual=how, ok=ok, at=at)


@then("MetalLB gives it an address that no other service of the repo has")
def own_address(evidence: Evidence, infra: Infra, service: Service) -> None:
    what, expected = f"address of {service.label}", "a MetalLB address of its own"
    with evidence.about(what, expected):
        shared, how, at = others_with_its_address(infra, service)
        evidence.check(what, expected=expected, actual=how, ok=not shared, at=at)
