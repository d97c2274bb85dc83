"""Deployments and their containers."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers

from gate.evidence import Evidence
from gate.vocabulary import give
from gate.words import also, context, example
from readers.kubernetes import Container
from readers.kubernetes.stacks import Stack, find_stack
from readers.kubernetes.ways import workload_account
from readers.subjects.workloads import container_subject, workload_subject
from tfparse import Infra


@given(parsers.parse('the "{name}" stack'), target_fixture="stack")
@context
def the_stack(evidence: Evidence, infra: Infra, name: str) -> Stack:
    stack = find_stack(infra, name)
    evidence.heed(stack.account)
    return stack


@given(
    parsers.parse('the container "{name}" of deployment "{deployment}" in namespace "{namespace}"'),
    target_fixture="container",
)
@also("subject")
def the_container(
    evidence: Evidence, request: pytest.FixtureRequest, stack: Stack, name: str, deployment: str, namespace: str
) -> Container:
    return _container(evidence, request, stack.cluster.deployment(deployment, namespace).container(name))


@given(
    parsers.re('its (?P<part>container|deployment) that runs the image "(?P<image>[^"]+)"'), target_fixture="container"
)
@also("subject")
@example('Given its container that runs the image "nginx"', 'Given its deployment that runs the image "nginx"')
def the_part_running(
    evidence: Evidence, request: pytest.FixtureRequest, stack: Stack, part: str, image: str
) -> Container:
    """Of the stack."""
    found = stack.container_running(image)
    if part == "container":
        return _container(evidence, request, found)
    evidence.heed(workload_account(found.workload))
    give(request, "subject", workload_subject(found.workload))
    return found


def _container(evidence: Evidence, request: pytest.FixtureRequest, container: Container) -> Container:
    evidence.heed(workload_account(container.workload))
    give(request, "subject", container_subject(container))
    return container
