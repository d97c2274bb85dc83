"""Services, and how connections from outside reach a workload."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.vocabulary import give
from gate.words import also, special
from readers.docker_mailserver.exposure import Entrance, entrances, others_with_its_address
from readers.kubernetes import Container
from readers.kubernetes.stacks import Stack
from readers.subjects.kubernetes import service_subjects


@given(
    parsers.parse(
        'the services that carry port {port:d} from outside to deployment "{name}" in namespace "{namespace}"'
    ),
    target_fixture="entrances",
)
@also("subjects")
def the_entrances(request: pytest.FixtureRequest, stack: Stack, port: int, name: str, namespace: str) -> list[Entrance]:
    found = entrances(stack.cluster, port, stack.cluster.deployment(name, namespace))
    give(
        request,
        "subjects",
        service_subjects(stack, [one.service for one in found], f"service that carries port {port}"),
    )
    return found


@then(
    parsers.parse(
        'each of them has external traffic policy "{policy}", or leads to a listener of "{script}" '
        "that requires the PROXY protocol"
    )
)
@special("the listener is what docker-mailserver's start-up makes of the script")
def traffic_policy_or_proxy(
    evidence: Evidence, container: Container, entrances: list[Entrance], policy: str, script: str
) -> None:
    for entrance in entrances:
        what, expected = f"client addresses through {entrance.service.label}", f"{policy}, or the PROXY protocol"
        with evidence.about(what, expected):
            ok, how, at = entrance.keeps_addresses(policy, container, script)
            evidence.check(what, expected, how, ok=ok, at=at)


@then(
    parsers.parse(
        'MetalLB gives the service "{name}" in namespace "{namespace}" an address that no other service of the repo has'
    )
)
@special("addresses are asked for by annotations of two spellings, or a field, and shared by a key")
def own_address(evidence: Evidence, stack: Stack, name: str, namespace: str) -> None:
    expected = "a MetalLB address of its own"
    with evidence.about(f"address of service {name} in namespace {namespace}", expected):
        service = stack.cluster.service(name, namespace)
        shared, how, at = others_with_its_address(service)
        evidence.check(f"address of {service.label}", expected, how, ok=not shared, at=at)
