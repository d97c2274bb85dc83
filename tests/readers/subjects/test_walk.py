"""Paths lead where Kubernetes, Helm and Terraform would have them lead, and say where they end."""

from __future__ import annotations

import pytest

from readers import Malformed, Missing
from readers.subjects.kubernetes_node import KubernetesNode
from readers.subjects.node import BodyNode, ValueNode
from readers.subjects.path import parse_path
from readers.subjects.walk import walk
from tfparse import Block, Body, Origin, Unknown
from tfparse.cty.values import number, object_, string
from tfparse.documents import decode_yaml

HERE = Origin("values.yaml", 1, 1)
VALUES = ValueNode(
    decode_yaml(
        string(
            """\
service:
  annotations:
    metallb.io/loadBalancerIPs: 10.0.20.203
  ports: [{name: web, port: 80}, {name: websecure, port: 443}]
  empty: []
""",
            HERE,
            verbatim=True,
        )
    )
)


def block(type_: str, attributes: dict, *blocks: Block, line: int = 1, repetition: Unknown | None = None) -> Block:
    origin = Origin("main.tf", line, 1)
    return Block(type_, (), Body(attributes, blocks, origin), origin, repetition)


def container(name: str, port: int, **more: object) -> Block:
    return block(
        "container",
        {"name": string(name), "image_pull_policy": string("Always")},
        block("port", {"container_port": number(port)}),
        **more,
    )


TYPED = KubernetesNode(
    Body({}, (block("spec", {"external_ips": string("10.0.0.1")}, container("web", 80, line=7), container("log", 81)),))
)
PERHAPS = KubernetesNode(
    Body({}, (block("spec", {}, container("web", 80), container("log", 81, repetition=Unknown("who knows"))),))
)


@pytest.mark.parametrize(
    ("node", "path", "found"),
    [
        (VALUES, 'service.annotations."metallb.io/loadBalancerIPs"', ["10.0.20.203"]),
        (VALUES, "service.ports[0].name", ["web"]),
        (VALUES, "service.ports[*].name", ["web", "websecure"]),
        (VALUES, "service.ports[websecure].port", ["443"]),
        (VALUES, "service.ports[port=80].name", ["web"]),
        (VALUES, "service.ports[port=81].name", Missing),
        (VALUES, "service.ports[gopher].port", [None]),
        (VALUES, "service.ports[7].port", [None]),
        (VALUES, "service.empty[*]", Missing),
        (VALUES, "service.typo", [None]),
        (VALUES, "service.ports.name", Malformed),
        (VALUES, "service.annotations[0]", ["10.0.20.203"]),
        (TYPED, "spec.containers[web].imagePullPolicy", ["Always"]),
        (TYPED, "spec.containers[*].ports[0].containerPort", ["80", "81"]),
        (TYPED, "spec.externalIPs", ["10.0.0.1"]),
        (TYPED, "spec.containers.name", Malformed),
        (PERHAPS, "spec.containers[web].imagePullPolicy", ["Always"]),
        (PERHAPS, "spec.containers[log].imagePullPolicy", ["?"]),
        (PERHAPS, "spec.containers[*].name", ["web", "?"]),
        (BodyNode(TYPED.body), "spec.container[log].port.container_port", ["81"]),
    ],
)
def test_a_path_leads_somewhere(node: object, path: str, found: object) -> None:
    if isinstance(found, type):
        with pytest.raises(found):
            walk(node, parse_path(path))
        return
    values = [hit.value for hit in walk(node, parse_path(path))]
    assert [v if v is None else "?" if v.is_unknown else str(v.raw) for v in values] == found


def test_a_path_that_leads_nowhere_names_the_nearest_keys() -> None:
    (hit,) = walk(VALUES, parse_path("service.port"))
    assert (hit.path, hit.value, hit.near) == ("service.port", None, " (it has ports)")


def test_what_an_unknown_may_hold_is_unknown() -> None:
    node = ValueNode(object_({"a": string("x")}, rest=Unknown("read from Vault")))
    assert [hit.value.raw for hit in walk(node, parse_path("a"))] == ["x"]
    (hit,) = walk(node, parse_path("b.c"))
    assert hit.value.unknown.reason == "read from Vault"


@pytest.mark.parametrize("text", ["", "a..b", ".a", "a.", "a[", "a]b", "a b", 'a."b', "[*]x"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^path"):
        parse_path(text)


@pytest.mark.parametrize("text", ['a."b.c".d', "a[*].b", "a[0]", "a[name]", "a[k=v].b", "[*].a"])
def test_a_path_is_written_as_it_was_read(text: str) -> None:
    from readers.subjects.path import shown

    assert shown(parse_path(text).steps) == text
