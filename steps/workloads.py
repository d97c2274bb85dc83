"""Deployments and their containers."""

from __future__ import annotations

import sys

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import takes
from readers.docker_mailserver.variables import effective
from readers.kubernetes import Container, Workload
from readers.kubernetes import parse_quantity as quantity
from readers.kubernetes.images import parse_image, pinned
from readers.kubernetes.memory import MemoryLimit
from readers.kubernetes.stacks import Stack, find_stack
from readers.kubernetes.ways import workload_account
from readers.roundcube.options import unread
from steps._findings import Table, column, enforcement, judge
from tfparse import Infra


@given(parsers.parse('the "{name}" stack'), target_fixture="stack")
def the_stack(evidence: Evidence, infra: Infra, name: str) -> Stack:
    stack = find_stack(infra, name)
    evidence.heed(stack.account)
    return stack


@given(parsers.re('the deployment "(?P<name>[^"]+)" in namespace "(?P<namespace>[^"]+)"'), target_fixture="workload")
def the_deployment(evidence: Evidence, stack: Stack, name: str, namespace: str) -> Workload:
    workload = stack.cluster.deployment(name, namespace)
    evidence.heed(workload_account(workload))
    return workload


@given(
    parsers.parse('the container "{name}" of deployment "{deployment}" in namespace "{namespace}"'),
    target_fixture="container",
)
def the_container(evidence: Evidence, stack: Stack, name: str, deployment: str, namespace: str) -> Container:
    workload = stack.cluster.deployment(deployment, namespace)
    evidence.heed(workload_account(workload))
    return workload.container(name)


@given(parsers.parse('its container that runs the image "{image}"'), target_fixture="container")
def the_container_running(evidence: Evidence, stack: Stack, image: str) -> Container:
    container = stack.container_running(image)
    evidence.heed(workload_account(container.workload))
    return container


@given(parsers.parse('its deployment that runs the image "{image}"'), target_fixture="workload")
def the_deployment_running(evidence: Evidence, stack: Stack, image: str) -> Workload:
    workload = stack.container_running(image).workload
    evidence.heed(workload_account(workload))
    return workload


@then(parsers.parse('its environment has {variable} = "{value}"'))
def environment_has(evidence: Evidence, container: Container, variable: str, value: str) -> None:
    what = f"{variable} in {container.label}"
    evidence.heed(unread(container, variable))
    judge(evidence, what, f'"{value}"', lambda: effective(container, variable), lambda text: text == value)


@then(parsers.parse('its memory limit, if it has one, is at least "{least}"'))
def memory_limit(evidence: Evidence, container: Container, least: str) -> None:
    what, expected = f"memory limit of {container.label}", f"at least {least}, or none"
    with evidence.about(what, expected):
        limits = MemoryLimit(container, least).settings
        if not limits:
            evidence.check(what, expected=expected, actual="none", ok=True, at=container.origin)
        for limit in limits:
            judge(evidence, what, expected, lambda one=limit: one, lambda text: quantity(text) >= quantity(least))


@then(parsers.re(r"it has (?P<bound>exactly|at least) (?P<count>\d+) replicas?"))
def replicas(evidence: Evidence, workload: Workload, bound: str, count: str) -> None:
    wanted = range(int(count), int(count) + 1 if bound == "exactly" else sys.maxsize)
    what, expected = f"replicas of {workload.label}", f"{bound} {count}"
    judge(evidence, what, expected, lambda: workload.replicas, lambda _: workload.replicas.number in wanted)
    with evidence.about(what, expected):
        for scaler in workload.scalers:
            ok = scaler.least.number in wanted and scaler.most.number in wanted
            evidence.check(what, expected=expected, actual=scaler.shown, ok=ok, at=scaler.origin)


@then(parsers.parse('its strategy is "{strategy}"'))
def its_strategy(evidence: Evidence, workload: Workload, strategy: str) -> None:
    what = f"strategy of {workload.label}"
    judge(evidence, what, f'"{strategy}"', lambda: workload.strategy, lambda text: text == strategy)


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
