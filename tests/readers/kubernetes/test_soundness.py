"""Never more certain than the truth: hide any one value, and every answer stays what it would be whatever the
value is, or becomes unknown.  Likewise for a block or resource of which there is some number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from msgspec.structs import replace

from readers import Malformed, Missing
from readers.account import Setting
from readers.kubernetes import Cluster, Container, Workload
from tests.readers.kubernetes.source import (
    HIDDEN,
    block,
    config_map,
    container,
    deployment,
    env,
    env_from,
    hidden,
    key_of,
    mount,
    partly,
    port,
    secret,
    service,
    volume,
)
from tfparse.cty.values import Value, boolean, null, object_, string
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block, Body, Resource

SAMPLE = (
    config_map("settings", {"A": "1", "B": "$(A)"}, address="settings"),
    config_map("mail.config", {"main.cf": "a = 1", "x": "y"}, address="config"),
    config_map("settings", {"A": "2"}, namespace="other", address="elsewhere"),
    secret("mail.key", {"key": "hush", "main.cf": "other"}),
    deployment(
        "mail",
        container(
            "app",
            env("C", "c"), env("D", "$(C)"), env("D", None, key_of("config_map", "settings", "B", optional=True)),
            env_from("config_map", "settings"), env_from("secret", "mail.key", prefix="K_"),
            mount("config", "/tmp/main.cf", "main.cf"), mount("key", "/tmp"), mount("config", "/etc/mail"),
            block("port", name="smtp", container_port=25), block("resources", limits={"memory": "1Gi"}),
            image="example/mail:1",
        ),
        container("other", env("C", "o"), image="example/other:1"),
        volume("config", block("config_map", name="mail.config")),
        volume("key", block("projected", block("sources", block("secret", block("items", key="key", path="k"),
                                                                name="mail.key")))),
        labels={"app": "mail", "tier": "edge"}, replicas="1", spec=(block("strategy", type="Recreate"),),
        address="mail",
    ),
    deployment("web", container("app", env("C", "w"), image="example/web:1"), labels={"app": "web"}, address="web"),
    service("in", port(25, target_port="smtp"), selector={"app": "mail"}),
    service("out", port(25, target_port="smtp"), port(465), selector={"app": "mail"}, type="NodePort"),
    service("lb", port(143), selector={"app": "web"}, type="LoadBalancer",
            annotations={"metallb.io/loadBalancerIPs": "192.0.2.1"}),
)  # fmt: skip

Answer = tuple[object, ...] | None
"""What is said, or None where nothing is, since it cannot be known."""


def mail(cluster: Cluster) -> Workload:
    return cluster.deployment("mail", "mail")


def app(cluster: Cluster) -> Container:
    return mail(cluster).container("app")


def files(cluster: Cluster, directory: str) -> list[str]:
    return [file.what for file in app(cluster).files_under(directory)]


def is_web(image: Value) -> bool:
    return image.as_string() == "example/web:1"


QUESTIONS: dict[str, Callable[[Cluster], object]] = {
    **{name: lambda c, name=name: app(c).environment(name) for name in ("A", "B", "C", "D", "E", "K_key", "K_x")},
    **{path: lambda c, path=path: app(c).file(path) for path in (
        "/tmp/main.cf", "/tmp/k", "/tmp/key", "/tmp/x", "/etc/mail/x", "/etc/mail/main.cf", "/var/x")},
    **{path: lambda c, path=path: files(c, path) for path in ("/", "/tmp/", "/etc/", "/var/")},
    "other": lambda c: mail(c).container("other").environment("C"),
    "third": lambda c: mail(c).container("third").path,
    "web": lambda c: c.deployment("web", "mail").container("app").environment("C"),
    "absent": lambda c: c.deployment("absent", "mail").origin,
    "image": lambda c: app(c).image,
    "memory": lambda c: app(c).memory_limit,
    "replicas": lambda c: mail(c).replicas,
    "strategy": lambda c: mail(c).strategy,
    "port": lambda c: c.service("out", "mail").container_port(25, mail(c)),
    "address": lambda c: c.service("lb", "mail").load_balancer_ips,
    "shared": lambda c: c.service("lb", "mail").sharing_key,
    "carrying": lambda c: [s.object.resource.address for s in c.carrying(25, mail(c))],
    "running": lambda c: [(w.object.resource.address, k.path) for w, k in c.running(is_web, "web server", "mail")],
}  # fmt: skip


Resources = tuple[Resource, ...]
Change = Callable[[Value], Resources]
Hidden = Iterator[tuple[str, Resources, list[Resources]]]
"""What is hidden, the sample with it hidden, and samples that it may truly be."""


def answer(question: str, resources: Resources) -> Answer:
    try:
        said = QUESTIONS[question](Cluster(resources))
        return ("said", said.text if isinstance(said, Setting) else said)
    except Missing:
        return ("missing",)
    except (UnknownValueError, Malformed):
        return None


TRUTH = {question: answer(question, SAMPLE) for question in QUESTIONS}


def bodies(body: Body, put: Callable[[Body], Resources]) -> Iterator[tuple[Body, Callable[[Body], Resources]]]:
    """Each body at or in this one, with what the sample is when another stands in its place."""
    yield body, put
    for index, nested in enumerate(body.blocks()):
        yield from bodies(nested.body, partial(_put_inside, body, index, put))


def _put_inside(body: Body, index: int, put: Callable[[Body], Resources], inner: Body) -> Resources:
    return put(with_block(body, index, replace(body.blocks()[index], body=inner)))


def with_block(body: Body, index: int, *blocks: Block) -> Body:
    held = body.blocks()
    return Body(body._attributes, (*held[:index], *blocks, *held[index + 1 :]), body.origin)


def with_resource(index: int, *resources: Resource) -> Resources:
    return (*SAMPLE[:index], *resources, *SAMPLE[index + 1 :])


def all_bodies() -> Iterator[tuple[str, Body, Callable[[Body], Resources]]]:
    for index, resource in enumerate(SAMPLE):
        whole = partial(_put_body, index)
        yield from ((resource.address, body, put) for body, put in bodies(resource.body, whole))


def _put_body(index: int, body: Body) -> Resources:
    return with_resource(index, replace(SAMPLE[index], body=body))


def values() -> Iterator[tuple[str, Value, Change]]:
    """Each value of the sample, with what the sample is when another stands in its place."""
    for address, body, put in all_bodies():
        for name, value in body._attributes.items():
            assert isinstance(value, Value)
            change = partial(_put_value, body, put, name)
            yield f"{address} {name}", value, change
            if isinstance(value.raw, dict):
                for key, item in value.raw.items():
                    yield f"{address} {name} {key}", item, partial(_put_member, value.raw, change, key)


def _put_value(body: Body, put: Callable[[Body], Resources], name: str, value: Value) -> Resources:
    return put(Body({**body._attributes, name: value}, body.blocks(), body.origin))


def _put_member(members: dict[str, Value], change: Change, key: str, value: Value) -> Resources:
    return change(object_({**members, key: value}))


STRINGS = ("mail", "settings", "A", "x", "/tmp", "")


def hidden_values() -> Hidden:
    for label, value, change in values():
        maybe = [object_({}), object_({"A": string("new")})] if isinstance(value.raw, dict) else map(string, STRINGS)
        yield label, change(hidden()), [change(other) for other in (*maybe, boolean(False), null())]


def partly_hidden_values() -> Hidden:
    for label, value, change in values():
        if isinstance(value.raw, str) and value.raw:
            start = value.raw[0]
            maybe = {start, *(text for text in STRINGS if text.startswith(start))}
            yield label, change(partly(start, HIDDEN)), [change(string(text)) for text in sorted(maybe)]


def opened_maps() -> Hidden:
    for label, value, change in values():
        if isinstance(value.raw, dict):
            maybe = [object_({key: string("new"), **value.raw}) for key in ("A", "C", "x", "K_x", "memory")]
            yield label, change(object_(value.raw, rest=HIDDEN)), [change(other) for other in maybe]


def repeated_blocks() -> Hidden:
    for address, body, put in all_bodies():
        for index, nested in enumerate(body.blocks()):
            perhaps = with_block(body, index, replace(nested, repetition=HIDDEN))
            yield f"{address} {nested.type}", put(perhaps), [put(with_block(body, index))]


def repeated_resources() -> Hidden:
    for index, resource in enumerate(SAMPLE):
        perhaps = replace(resource, repetition=HIDDEN)
        yield resource.address, with_resource(index, perhaps), [with_resource(index)]


@pytest.mark.parametrize(
    "hiding", [hidden_values, partly_hidden_values, opened_maps, repeated_blocks, repeated_resources]
)
def test_what_is_said_holds_whatever_is_hidden(hiding: Callable[[], Hidden]) -> None:
    wrong = []
    for label, obscured, others in hiding():
        for question, truth in TRUTH.items():
            said = answer(question, obscured)
            if said is None:
                continue
            for other in (truth, *(answer(question, resources) for resources in others)):
                if other not in (said, None):
                    wrong.append(f"{label}: {question} is {said}, where it may be {other}")
    assert wrong == []


def test_the_sample_answers() -> None:
    """What is hidden above is known here; otherwise that test would say nothing."""
    assert [question for question, truth in TRUTH.items() if truth is None] == []
