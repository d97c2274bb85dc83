"""A stack as it stands in Terraform source: module, references, heredocs, ``dynamic``, ``count``, unknowns."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from readers import Missing
from readers.kubernetes import Cluster, Container
from readers.kubernetes.stacks import find_stack
from tests.readers.kubernetes.source import text_of
from tests.repo import repo
from tfparse import load
from tfparse.diagnostics import UnknownValueError

MODULE = "stacks/mail/modules/mail"


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    root = load(Path(__file__).parents[2] / "spec/kubernetes/stack").root("stacks/mail")
    return Cluster(root.resources(), root.incomplete)


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Container:
    return cluster.deployment("mail", "mail").container("server")


@pytest.mark.parametrize(
    ("name", "text", "source", "line"),
    [
        ("ENABLE_RSPAMD", "1", "ConfigMap mail.env", 18),
        ("ENABLE_CLAMAV", "0", "ConfigMap mail.env", 20),
        ("SIZE_LIMIT", "209715200", "ConfigMap mail.env", 22),
        ("MAIL_LOG", "warn", "env", 94),
        ("MAIL_TIMEOUT", "30", "env", 94),
    ],
)
def test_variables(server: Container, name: str, text: str, source: str, line: int) -> None:
    found = server.environment(name)
    assert (found.text, found.source, str(found.origin)) == (text, source, f"{MODULE}/main.tf:{line}")


def test_a_partly_unknown_variable(server: Container) -> None:
    found = server.environment("RELAY_HOST")
    assert [line.text for line in found.value.lines()] == ["[\ufffc]:587"]
    with pytest.raises(UnknownValueError, match="relay"):
        _ = found.text


def test_a_dynamic_block_that_makes_nothing(server: Container) -> None:
    with pytest.raises(Missing, match="no environment variable DEBUG in container server of deployment mail"):
        server.environment("DEBUG")


def test_what_an_unknown_map_may_add(cluster: Cluster) -> None:
    worker = cluster.deployment("worker", "mail").container("worker")
    assert worker.environment("ONE_DIR").text == "1"
    with pytest.raises(UnknownValueError, match="whether ConfigMap mail.merged has the key TWO_DIRS cannot be known"):
        worker.environment("TWO_DIRS")
    with pytest.raises(UnknownValueError, match="an env entry may set EXTRA_DIR"):
        worker.environment("EXTRA_DIR")


def test_a_heredoc_in_a_default(server: Container) -> None:
    found = server.file("/tmp/mail/main.cf")
    assert found.text == "# limits\nanvil_rate_time_unit = 60s\n"
    assert [str(line.origin) for line in found.value.lines()] == [
        f"{MODULE}/variables.tf:17", f"{MODULE}/variables.tf:18"
    ]  # fmt: skip
    assert (found.source, str(found.mount_origin)) == ("ConfigMap mail.config key main.cf", f"{MODULE}/main.tf:107")


def test_files(server: Container) -> None:
    assert [file.what for file in server.files_under("/tmp")] == [
        "/tmp/dkim/mail.private", "/tmp/mail/accounts", "/tmp/mail/main.cf", "/tmp/mail/override.d/dkim.conf",
        "/tmp/mail/virtual",
    ]  # fmt: skip
    assert server.file("/tmp/mail/override.d/dkim.conf").text.startswith("enabled = true;\n")
    key = server.file("/tmp/dkim/mail.private")
    assert (key.shown, key.sensitive, key.value.is_unknown) == ("(not shown: secret)", True, True)


def test_what_terraform_does_not_enforce(server: Container) -> None:
    accounts, image = server.file("/tmp/mail/accounts"), server.image
    assert accounts.ignored is not None
    assert str(accounts.ignored.origin) == f"{MODULE}/main.tf:49"
    assert image.ignored is not None
    assert (image.text, str(image.origin)) == ("example/mail:1.2", f"{MODULE}/main.tf:80")
    assert str(image.ignored.origin) == f"{MODULE}/main.tf:155"
    assert server.file("/tmp/mail/main.cf").ignored is None


def test_the_deployment(cluster: Cluster, server: Container) -> None:
    workload = cluster.deployment("mail", "mail")
    assert (workload.replicas.number, workload.strategy.text) == (1, "Recreate")
    assert text_of(server.memory_limit) == "512Mi"


def test_count(cluster: Cluster) -> None:
    with pytest.raises(Missing, match="no deployment named debug in namespace mail of the stack"):
        cluster.deployment("debug", "mail")
    with pytest.raises(UnknownValueError, match="may be the deployment named perhaps"):
        cluster.deployment("perhaps", "mail")


def test_services(cluster: Cluster) -> None:
    workload = cluster.deployment("mail", "mail")
    (found,) = cluster.carrying(25, workload)
    assert (found.label, found.external_traffic_policy.text) == ("service mail-out", "Local")
    assert found.container_port(25, workload) == 25
    assert found.load_balancer_ips is not None
    assert found.load_balancer_ips.text == "192.0.2.25"


def test_an_error_that_is_kept_ends_with_the_repo(tmp_path: Path) -> None:
    """A frame that held it would be held by it: of a history, everything would stay that was at hand."""
    (tmp_path / "main.tf").write_text('resource "kubernetes_namespace" "a" {}\n')
    infra = load(tmp_path)
    stack = find_stack(infra, ".")
    gc.disable()
    try:
        for _ in range(2):
            try:
                stack.container_running("example.org/none")
            except Missing as error:
                held = weakref.ref(error)
        infra.restart(infra.tree.place)
        assert held() is None
    finally:
        gc.enable()


def test_whoever_asks_for_a_release_rests_on_the_releases_of_other_roots(tmp_path: Path) -> None:
    release = 'resource "helm_release" "{}" {{\n  name = "prometheus"\n  namespace = "monitoring"\n  chart = "c"\n}}\n'
    repo(tmp_path, {"stacks/monitoring/main.tf": release.format("a"), "stacks/blog/main.tf": "locals {}\n"})
    infra = load(tmp_path)
    asked = []
    for _ in range(2):
        with infra.asking() as basis:
            find_stack(infra, "monitoring").release("prometheus")
        asked.append(
            {part.__name__ for question, about, *_ in basis.said for part in (question, *about) if callable(part)}
        )
    assert "namesakes" in asked[0]
    assert asked[1] == asked[0], "the second rests on no less"
