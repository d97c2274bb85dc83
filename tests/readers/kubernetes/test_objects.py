"""Finding objects: by kind, name and namespace, and never claimed missing where one may be there."""

from __future__ import annotations

import pytest

from readers import Malformed, Missing
from readers.kubernetes import Cluster
from tests.readers.kubernetes.source import (
    HIDDEN,
    at,
    config_map,
    deployment,
    hidden,
    opened,
    partly,
    resource,
    service,
)
from tfparse.cty.values import Value, null
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Resource


def found(*resources: Resource, name: str = "mail", namespace: str | None = None) -> str:
    return Cluster(resources).deployment(name, namespace).object.resource.address


@pytest.mark.parametrize("type", ["kubernetes_deployment", "kubernetes_deployment_v1"])
def test_by_its_name_in_the_cluster(type: str) -> None:
    other = deployment("other", address="mail", type=type)
    assert found(other, deployment("mail", address="x", type=type)) == f"{type}.x"


@pytest.mark.parametrize(
    ("kind", "type"),
    [
        ("stateful set", "kubernetes_stateful_set"),
        ("stateful set", "kubernetes_stateful_set_v1"),
        ("daemon set", "kubernetes_daemonset"),
        ("daemon set", "kubernetes_daemon_set_v1"),
    ],
)
def test_other_kinds(kind: str, type: str) -> None:
    cluster = Cluster([deployment("mail", type=type)])
    assert cluster.workload(kind, "mail").label == f"{kind} mail"
    with pytest.raises(Missing, match="no deployment named mail in the stack"):
        cluster.deployment("mail")


def test_missing_says_what_is_there() -> None:
    with pytest.raises(Missing, match=r"^no deployment named mail in the stack \(it has mailman\)$"):
        found(deployment("web"), deployment("mailman"))
    with pytest.raises(Missing, match=r"^no deployment named mail in namespace a of the stack \(it has mail\)$"):
        found(deployment("mail", namespace="b"), namespace="a")


def test_a_data_source_declares_nothing() -> None:
    with pytest.raises(Missing):
        found(deployment("mail", mode="data"))


def test_namespaces_are_apart() -> None:
    both = deployment("mail", namespace="a", address="a"), deployment("mail", namespace="b", address="b")
    assert found(*both, namespace="b") == "kubernetes_deployment.b"
    with pytest.raises(Malformed, match=r"kubernetes_deployment\.a and kubernetes_deployment\.b both declare it"):
        found(*both)


def test_the_namespace_is_default_where_none_is_set() -> None:
    assert found(deployment("mail", namespace=None), namespace="default")


def test_declared_twice() -> None:
    with pytest.raises(Malformed, match="deployment named mail: .* both declare it") as error:
        found(deployment("mail", line=3), deployment("mail", line=9))
    assert error.value.origin == at(9)


@pytest.mark.parametrize(
    "name",
    [hidden(), partly("ma", HIDDEN), partly(HIDDEN, "il"), partly("m", HIDDEN, "il"), partly(HIDDEN, "a", HIDDEN),
     partly(HIDDEN, "m", HIDDEN, "l")],
)  # fmt: skip
def test_an_unknown_name_may_be_the_one(name: Value) -> None:
    with pytest.raises(UnknownValueError, match="kubernetes_deployment.it may be the deployment named mail: var"):
        found(deployment(name))


@pytest.mark.parametrize(
    "name",
    [partly("x-", HIDDEN), partly(HIDDEN, "-x"), partly("mai", HIDDEN, "il"), partly(HIDDEN, "z", HIDDEN),
     partly(HIDDEN, "l", HIDDEN, "a", HIDDEN)],
)  # fmt: skip
def test_known_parts_of_a_name_can_rule_it_out(name: Value) -> None:
    with pytest.raises(Missing):
        found(deployment(name))


def test_an_unknown_name_beside_the_right_one_is_another() -> None:
    resources = deployment(hidden()), deployment("mail", address="x")
    assert found(*resources, namespace="mail") == "kubernetes_deployment.x"
    with pytest.raises(UnknownValueError, match=r"kubernetes_deployment\.it may be the deployment named mail"):
        found(*resources)


def test_a_generated_name_begins_as_said() -> None:
    spec = resource("kubernetes_deployment", None)
    spec.body.blocks("metadata")[0].body._attributes["generate_name"] = partly("mail-")
    with pytest.raises(UnknownValueError, match="the cluster chooses the name"):
        found(spec, name="mail-x2x4b")
    with pytest.raises(Missing):
        found(spec, name="web-x2x4b")


def test_an_unknown_namespace() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        found(deployment("mail", namespace=hidden()), namespace="mail")
    with pytest.raises(Missing):
        found(deployment("web", namespace=hidden()), namespace="mail")
    assert found(deployment("mail", namespace=hidden()))


def test_some_number_of_a_resource_may_be_none() -> None:
    with pytest.raises(UnknownValueError, match="may be the deployment named mail: var.hidden") as error:
        found(deployment("mail", repeated=HIDDEN))
    assert error.value.origin == HIDDEN.origin
    with pytest.raises(Missing):
        found(deployment("web", repeated=HIDDEN))


def test_an_unreadable_name_hides_only_itself() -> None:
    unreadable = resource("kubernetes_deployment", {"not": "a name"}, address="odd")
    assert found(unreadable, deployment("mail"), namespace="mail")
    with pytest.raises(UnknownValueError, match=r"kubernetes_deployment\.odd may be"):
        found(unreadable)
    with pytest.raises(UnknownValueError, match=r"kubernetes_deployment\.odd may be"):
        found(deployment("mail", namespace=["x"], address="odd"), namespace="default")


def test_a_resource_without_metadata_may_be_anything() -> None:
    bare = resource("kubernetes_deployment", "x")
    bare.body._blocks = ()
    with pytest.raises(UnknownValueError):
        found(bare)


# -- what is not read -----------------------------------------------------------------------------


def manifest(kind: object, name: object) -> Resource:
    declared: dict[str, object] = {"kind": kind, "metadata": {"name": name}}
    return resource("kubernetes_manifest", "unused", manifest=declared, address="raw")


def test_a_manifest_may_be_the_one() -> None:
    assert found(manifest("Deployment", "mail")) == "kubernetes_manifest.raw"
    with pytest.raises(UnknownValueError, match="may be the deployment named mail: var.hidden"):
        found(manifest("Deployment", hidden()))
    with pytest.raises(UnknownValueError, match="it names no namespace, so whoever applies it decides"):
        found(manifest("Deployment", "mail"), namespace="mail")
    with pytest.raises(UnknownValueError, match="may declare it: var.hidden"):
        found(manifest(hidden(), "mail"))
    with pytest.raises(UnknownValueError, match="may declare it: var.hidden"):
        found(resource("kubernetes_manifest", "unused", manifest=hidden()))


def test_a_manifest_of_something_else_is_not() -> None:
    kinds = manifest("ExternalSecret", "mail"), manifest("Deployment", "web"), manifest(hidden(), "web")
    nameless = resource("kubernetes_manifest", "unused", manifest={"kind": "Deployment"})
    empty, odd = resource("kubernetes_manifest", "unused"), resource("kubernetes_manifest", "unused", manifest="odd")
    for other in (*kinds, manifest("Deployment", null()), nameless, empty, odd):
        with pytest.raises(Missing):
            found(other)


@pytest.mark.parametrize(("kind", "api_kind"), [("stateful set", "StatefulSet"), ("daemon set", "DaemonSet")])
def test_a_manifest_names_kinds_in_its_own_way(kind: str, api_kind: str) -> None:
    assert Cluster([manifest(api_kind, "mail")]).workload(kind, "mail").label == f"{kind} mail"
    with pytest.raises(Missing):
        Cluster([manifest("Deployment", "mail")]).workload(kind, "mail")


def test_a_manifest_as_yaml() -> None:
    def yaml(text: object) -> Resource:
        return resource("kubectl_manifest", "unused", yaml_body=text)

    assert found(yaml("kind: Deployment\nmetadata:\n  name: mail\n"))
    with pytest.raises(UnknownValueError):
        found(yaml(hidden()))
    with pytest.raises(UnknownValueError):
        found(yaml(partly('"kind": "Deployment"\n"metadata":\n  "name": "', HIDDEN, '"\n')))
    with pytest.raises(Missing):
        found(yaml("a: b"))
    with pytest.raises(Missing):
        found(yaml(partly('"kind": "Middleware"\n"metadata":\n  "name": "', HIDDEN, '"\n')))


def test_a_stack_that_is_not_wholly_read_may_have_it() -> None:
    cluster = Cluster([deployment("web")], [HIDDEN])
    with pytest.raises(UnknownValueError, match="whether there is a deployment named mail cannot be known: var.hidden"):
        cluster.deployment("mail")
    assert cluster.deployment("web")


# -- all of a kind --------------------------------------------------------------------------------


def test_all_deployments_of_a_namespace() -> None:
    cluster = Cluster([
        deployment("a", namespace="x"), config_map("c", {}), deployment("b", namespace="y"),
        deployment("c", namespace=hidden()), deployment("d", namespace="x", repeated=HIDDEN),
    ])  # fmt: skip
    assert [w.label for w in cluster.deployments("x")] == ["deployment a", "deployment c", "deployment d"]
    assert [w.repetition for w in cluster.deployments("x")] == [None, None, HIDDEN]
    assert [w.label for w in cluster.deployments()] == [f"deployment {name}" for name in "abcd"]


def test_services_are_found_likewise() -> None:
    cluster = Cluster([service("mail"), service("web", namespace="other")])
    assert cluster.service("web").label == "service web"
    assert [s.label for s in cluster.services("mail")] == ["service mail"]
    with pytest.raises(Missing, match="no service named web in namespace mail of the stack"):
        cluster.service("web", "mail")


def test_opened_is_open() -> None:
    """The tests lean on this: a map of which some keys are not known."""
    assert opened({"A": 1}).rest == HIDDEN
