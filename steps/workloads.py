"""Deployments and their containers."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.vocabulary import give
from gate.words import also, takes
from readers.kubernetes import Container, Workload
from readers.kubernetes.images import parse_image, pinned
from readers.kubernetes.stacks import Stack, find_stack
from readers.kubernetes.ways import workload_account
from readers.subjects.subject import Subject
from readers.subjects.workloads import container_subject, workload_subject
from steps._findings import Table, column, enforcement
from tfparse import Infra


@given(parsers.parse('the "{name}" stack'), target_fixture="stack")
def the_stack(evidence: Evidence, infra: Infra, name: str) -> Stack:
    stack = find_stack(infra, name)
    evidence.heed(stack.account)
    return stack


@given(parsers.re('the deployment "(?P<name>[^"]+)" in namespace "(?P<namespace>[^"]+)"'), target_fixture="subject")
def the_deployment(evidence: Evidence, stack: Stack, name: str, namespace: str) -> Subject:
    return _workload(evidence, stack.cluster.deployment(name, namespace))


@given(
    parsers.parse('the container "{name}" of deployment "{deployment}" in namespace "{namespace}"'),
    target_fixture="container",
)
@also("subject")
def the_container(
    evidence: Evidence, request: pytest.FixtureRequest, stack: Stack, name: str, deployment: str, namespace: str
) -> Container:
    return _container(evidence, request, stack.cluster.deployment(deployment, namespace).container(name))


@given(parsers.parse('its container that runs the image "{image}"'), target_fixture="container")
@also("subject")
def the_container_running(evidence: Evidence, request: pytest.FixtureRequest, stack: Stack, image: str) -> Container:
    return _container(evidence, request, stack.container_running(image))


@given(parsers.parse('its deployment that runs the image "{image}"'), target_fixture="subject")
def the_deployment_running(evidence: Evidence, stack: Stack, image: str) -> Subject:
    return _workload(evidence, stack.container_running(image).workload)


def _workload(evidence: Evidence, workload: Workload) -> Subject:
    evidence.heed(workload_account(workload))
    return workload_subject(workload)


def _container(evidence: Evidence, request: pytest.FixtureRequest, container: Container) -> Container:
    evidence.heed(workload_account(container.workload))
    give(request, "subject", container_subject(container))
    return container


@then(parsers.parse("its image has a digest, or one of the tags:"))
@takes("tag")
def image_pinned(evidence: Evidence, container: Container, datatable: Table) -> None:
    tags = column(datatable)
    what, expected = f"image of {container.label}", f"a digest, or a tag like {' or '.join(tags)}"
    with evidence.about(what, expected):
        image = container.image
        evidence.check(
            what,
            expected=expected,
            actual=image.shown,
            ok=pinned(parse_image(image.text), tags),
            at=image.origin,
            note=enforcement(image),
            account=image.account,
        )
