"""Workloads and containers: what is set, where, whether Terraform enforces it, and what holds where nothing is set."""

from __future__ import annotations

import pytest

from readers import Malformed, Missing
from readers.account import Setting
from readers.kubernetes import Cluster, Workload
from tests.readers.kubernetes.source import (
    HIDDEN,
    Plain,
    at,
    block,
    config_map,
    container,
    deployment,
    hidden,
    opened,
    partly,
    text_of,
    the_container,
    value_of,
)
from tfparse.cty.values import Value, string
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block, Resource

POD = ("spec", 0, "template", 0, "spec", 0)


def workload(*pod: Block, kind: str = "deployment", **more: object) -> Workload:
    return Cluster([deployment("mail", *pod, **more)]).workload(kind, "mail")


# -- replicas and strategy ------------------------------------------------------------------------


@pytest.mark.parametrize(("replicas", "number"), [(1, 1), ("1", 1), (0, 0), ("3", 3), (None, 1), ("", 1)], ids=repr)
def test_replicas(replicas: Plain, number: int) -> None:
    assert workload(replicas=replicas).replicas.number == number


def test_replicas_say_where_they_are_set() -> None:
    found = workload(replicas="2").replicas
    assert (found.what, found.text, found.source, found.origin) == ("replicas", "2", "deployment mail", at(7))
    assert workload().replicas.source == "deployment mail, by default"
    assert workload().replicas.origin == at(7)


@pytest.mark.parametrize("replicas", ["one", "1.5", "0x1", "9" * 30])
def test_replicas_that_are_no_number(replicas: str) -> None:
    value = string(replicas)
    with pytest.raises(Malformed, match=r"replicas of deployment mail: .* is not a whole number"):
        _ = workload(replicas=value).replicas.number


def test_replicas_that_cannot_be_known() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = workload(replicas=hidden()).replicas.number
    assert workload(replicas=hidden()).replicas.shown == "(unknown: var.hidden has no value)"


def test_a_daemon_set_has_no_replicas() -> None:
    with pytest.raises(Missing, match="no replicas in daemon set mail"):
        _ = workload(kind="daemon set", type="kubernetes_daemonset").replicas


def test_strategy() -> None:
    recreate = workload(spec=(block("strategy", type="Recreate", line=8),)).strategy
    assert (recreate.text, recreate.origin) == ("Recreate", at(8))
    assert workload().strategy.text == "RollingUpdate"
    assert workload(spec=(block("strategy"),)).strategy.text == "RollingUpdate"


def test_a_stateful_set_calls_it_update_strategy() -> None:
    spec = (block("strategy", type="wrong"), block("update_strategy", type="OnDelete"))
    assert workload(kind="stateful set", type="kubernetes_stateful_set", spec=spec).strategy.text == "OnDelete"


def test_a_daemon_set_has_a_strategy() -> None:
    spec = (block("strategy", type="OnDelete"),)
    assert workload(kind="daemon set", type="kubernetes_daemonset", spec=spec).strategy.text == "OnDelete"


def test_where_it_stands() -> None:
    found = workload(line=3)
    assert (found.name.as_string(), found.namespace.as_string(), found.origin) == ("mail", "mail", at(3))


def test_a_strategy_that_may_not_be_there() -> None:
    with pytest.raises(UnknownValueError, match="whether there is a strategy block cannot be known: var.hidden"):
        _ = workload(spec=(block("strategy", type="Recreate", repeated=HIDDEN),)).strategy


def test_two_strategies() -> None:
    with pytest.raises(Malformed, match="strategy block: one is allowed, there are 2"):
        _ = workload(spec=(block("strategy", type="Recreate"), block("strategy"))).strategy


# -- containers -----------------------------------------------------------------------------------


def test_containers_by_name() -> None:
    init = container("app", type="init_container", line=5)
    found = workload(container("web", line=3), container("app", line=4), init)
    assert found.container("app").origin == at(4)
    assert [c.origin for c in found.init_containers] == [at(5)]
    assert found.container("app").label == "container app of deployment mail"


def test_a_container_whose_name_cannot_be_known() -> None:
    for some in (container(hidden()), container(None)):
        assert workload(some).containers[0].label == "container without a known name of deployment mail"


def test_an_init_container_is_no_container() -> None:
    with pytest.raises(Missing, match=r"^no container app in deployment mail \(it has web\)$"):
        workload(container("web"), container("app", type="init_container")).container("app")
    with pytest.raises(Missing, match="no container app in deployment mail$"):
        workload(container(None)).container("app")


def test_a_container_that_may_be_there() -> None:
    for perhaps in (container("app", repeated=HIDDEN), container(hidden()), container(partly("a", HIDDEN))):
        with pytest.raises(UnknownValueError, match="a container of deployment mail may be named app: var.hidden"):
            workload(perhaps).container("app")
    with pytest.raises(Missing):
        workload(container("web", repeated=HIDDEN), container(partly("w", HIDDEN))).container("app")
    assert workload(container(hidden()), container("app", line=6)).container("app").origin == at(6)


def test_two_containers_of_a_name() -> None:
    with pytest.raises(Malformed, match="deployment mail: it has two containers named app"):
        workload(container("app"), container("app")).container("app")


def test_image() -> None:
    found = workload(container("app", image="x/y:1", line=4)).container("app").image
    assert (found.text, found.source, found.origin) == ("x/y:1", "container app of deployment mail", at(4))
    assert workload(container("app", image=string("x"), line=4)).container("app").image.origin == at(4)
    assert workload(container("app", image=string("x", at(9)), line=4)).container("app").image.origin == at(9)
    with pytest.raises(Missing, match="no image in container app"):
        _ = workload(container("app")).container("app").image


def test_the_labels_of_the_pods() -> None:
    labels = workload(labels={"app": "mail"}).labels
    assert labels is not None
    assert list(labels.mapping()) == ["app"]
    bare = deployment("mail")
    bare.body.blocks("spec")[0].body._blocks = (block("template", block("spec")),)
    assert Cluster([bare]).deployment("mail").labels is None


def test_a_workload_without_a_template() -> None:
    bare = deployment("mail")
    bare.body.blocks("spec")[0].body._blocks = ()
    with pytest.raises(Missing, match="no template block in deployment mail"):
        Cluster([bare]).deployment("mail").container("app")


# -- who runs an image ----------------------------------------------------------------------------


def is_webmail(image: Value) -> bool:
    return image.as_string().startswith("webmail:")


def running(*resources: Resource, namespace: str | None = None) -> list[str]:
    return [c.label for _, c in Cluster(resources).running(is_webmail, "container that runs webmail", namespace)]


WEBMAIL = container("web", image="webmail:1")


def test_the_containers_that_run_an_image() -> None:
    assert running(deployment("a", WEBMAIL), deployment("b", container("x", image="y"))) == [
        "container web of deployment a"
    ]


def test_nothing_runs_it() -> None:
    with pytest.raises(Missing, match="no container that runs webmail in the deployments of the stack"):
        running(deployment("b", container("x", image="y")), deployment("c", WEBMAIL), namespace="elsewhere")


def test_a_deployment_that_can_run_nothing_is_passed_over() -> None:
    bare = deployment("bare")
    bare.body.blocks("spec")[0].body._blocks = ()
    assert running(bare, deployment("a", container("x"), WEBMAIL)) == ["container web of deployment a"]
    perhaps = deployment("a", container("x", image=hidden()), WEBMAIL)
    assert running(perhaps) == ["container web of deployment a"]
    unreadable = deployment("b")
    unreadable.body._blocks = (block("spec", repeated=HIDDEN),)
    with pytest.raises(UnknownValueError, match="whether there is a spec block cannot be known: var.hidden"):
        running(unreadable)
    assert running(unreadable, perhaps) == ["container web of deployment a"]


def test_something_may_run_it() -> None:
    for perhaps in (
        deployment("a", container("x", image=hidden())),
        deployment("a", WEBMAIL, repeated=HIDDEN),
        deployment("a", container("web", image="webmail:1", repeated=HIDDEN)),
    ):
        with pytest.raises(UnknownValueError, match="var.hidden"):
            running(perhaps)
        assert running(perhaps, deployment("b", WEBMAIL)) == ["container web of deployment b"]
    with pytest.raises(UnknownValueError, match="var.hidden"):
        running(deployment("a", WEBMAIL, namespace=hidden()), namespace="mail")
    with pytest.raises(UnknownValueError, match="whether there is a container that runs webmail"):
        Cluster([], [HIDDEN]).running(is_webmail, "container that runs webmail")


# -- memory ---------------------------------------------------------------------------------------


def limited(**resources: Plain) -> Setting | None:
    return the_container(deployment("mail", container("app", block("resources", line=8, **resources)))).memory_limit


def test_memory_limit() -> None:
    found = limited(limits={"memory": "512Mi", "cpu": 1}, requests={"memory": "1Mi"})
    assert found is not None
    assert (found.text, found.origin) == ("512Mi", at(8))
    bare = container("app", block("resources", limits={"memory": 1024}))
    assert text_of(the_container(deployment("mail", bare)).memory_limit) == "1024"


def test_a_sensitive_memory_limit() -> None:
    for limits in (value_of({"memory": "1Mi"}).marked(), {"memory": string("1Mi").marked()}):
        found = limited(limits=limits)
        assert found is not None
        assert (found.text, found.shown) == ("1Mi", "(not shown: secret)")


def test_an_ignored_memory_limit() -> None:
    limit = block("resources", limits={"memory": "1Mi"})
    whole, exact, other = ("resources",), ("resources", 0, "limits", "memory"), ("resources", 1)
    for entry, ignored in ((whole, True), (exact, True), (other, False)):
        app = deployment("mail", container("app", limit), ignore=((*POD, "container", 0, *entry),))
        found = the_container(app).memory_limit
        assert found is not None
        assert (found.ignored is not None) is ignored


def test_no_memory_limit() -> None:
    assert limited(requests={"memory": "512Mi"}) is None
    assert limited(limits={"cpu": "1"}) is None
    assert the_container(deployment("mail", container("app"))).memory_limit is None


def test_a_memory_limit_as_a_block() -> None:
    old = block("resources", block("limits", memory="1Gi", line=9))
    found = the_container(deployment("mail", container("app", old)))
    assert text_of(found.memory_limit) == "1Gi"


def test_a_memory_limit_that_cannot_be_known() -> None:
    for limits in (hidden(), opened({"cpu": 1}), {"memory": hidden()}):
        found = limited(limits=limits)
        assert found is not None
        with pytest.raises(UnknownValueError, match="var.hidden"):
            _ = found.text
    with pytest.raises(Malformed, match="limits of container app of deployment mail: not a map"):
        limited(limits="512Mi")


# -- ignored by Terraform -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "image", "replicas"),
    [
        ((*POD, "container", 1, "image"), True, False),
        ((*POD, "container", 1), True, False),
        ((*POD, "container"), True, False),
        ((*POD, "container", 0, "image"), False, False),
        ((*POD, "container", 1, "image", "x"), False, False),
        (("spec", 0, "replicas"), False, True),
        (("spec", 0, "replica"), False, False),
        (("spec",), True, True),
        ((), True, True),
    ],
)
def test_ignored_changes(entry: tuple[str | int, ...], image: bool, replicas: bool) -> None:
    found = workload(container("x", image="x"), container("app", image="y"), ignore=(("metadata",), entry))
    assert (found.container("app").image.ignored is not None) is image
    assert (found.replicas.ignored is not None) is replicas
    if replicas:
        assert found.replicas.ignored is not None
        assert found.replicas.ignored.origin == at(901)


def test_an_ignored_strategy() -> None:
    spec = (block("strategy", type="Recreate"),)
    for entry, ignored in ((("spec", 0, "strategy"), True), (("spec", 0, "strategy", 0, "type"), True),
                           (("spec", 0, "strategy", 1), False)):  # fmt: skip
        assert (workload(spec=spec, ignore=(entry,)).strategy.ignored is not None) is ignored


def test_the_containers_own_index_counts() -> None:
    init = container("i", image="x", type="init_container")
    found = workload(init, container("app", image="y"), ignore=((*POD, "init_container", 0, "image"),))
    assert found.container("app").image.ignored is None
    assert found.init_containers[0].image.ignored is not None


# -- what a report shows --------------------------------------------------------------------------


def test_shown() -> None:
    found = workload(container("app", image="a")).container("app").image
    assert found.shown == '"a"'
    secret = workload(container("app", image=partly("a").marked())).container("app").image
    assert (secret.shown, secret.sensitive, secret.text) == ("(not shown: secret)", True, "a")


def test_config_maps_are_no_workloads() -> None:
    with pytest.raises(Missing):
        Cluster([config_map("mail", {})]).deployment("mail")
