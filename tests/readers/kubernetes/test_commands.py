"""What a call of kubectl does to an object."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.account import Weight
from readers.kubernetes.commands import commands, touching
from readers.kubernetes.stacks import stack_of
from tests.repo import repo

SOURCE = 'resource "terraform_data" "x" {{\n  provisioner "local-exec" {{\n    command = "{}"\n  }}\n}}\n'


@pytest.mark.parametrize(("command", "weight"), [
    ("kubectl -n mail rollout pause deployment/server", Weight.DOUBT),
    ("kubectl -n mail rollout undo deployment server", Weight.DOUBT),
    ("kubectl -n mail rollout resume deploy/server", Weight.DOUBT),
    ("kubectl -n mail rollout newer-than-we-know deployment/server", Weight.DOUBT),
    ("kubectl -n mail rollout", Weight.NOTE),
    ("kubectl -n mail rollout restart deployment/server", None),
    ("kubectl -n mail rollout status deployment server --timeout 2m", None),
    ("kubectl -n mail rollout pause deployment/other", None),
    ("kubectl -n other rollout pause deployment/server", None),
])  # fmt: skip
def test_a_rollout_is_harmless_only_where_it_is_known_to_be(
    tmp_path: Path, command: str, weight: Weight | None
) -> None:
    root = repo(tmp_path, {"main.tf": SOURCE.format(command)}).root("")
    (call,) = commands(root)
    remark = call.touches("deployment", "server", "mail")
    assert (remark and remark.weight) == weight
    if weight is Weight.DOUBT:
        assert remark is not None
        assert remark.text == "local-exec of terraform_data.x runs kubectl rollout on deployment server"


@pytest.mark.parametrize(("script", "weights"), [
    ("kubectl -n mail \\\n  set env deployment/server \\\n  A=1\n", [Weight.DOUBT]),
    ("# kubectl -n mail set env deployment/server A=1\ntrue\n", []),
    ("kubectl -n mail set env deployment/other \\\n  A=1\nkubectl -n mail scale deployment/server --replicas 2\n",
     [None, Weight.DOUBT]),
    ("echo \\\\\n# kubectl -n mail scale deployment/server --replicas 2\n", []),
])  # fmt: skip
def test_a_script_is_read_by_whole_lines(tmp_path: Path, script: str, weights: list[Weight | None]) -> None:
    """A line that ends in a backslash goes on in the next, and a comment calls nothing (bash(1))."""
    source = 'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = <<EOT\n%sEOT\n  }\n}\n'
    calls = commands(repo(tmp_path, {"main.tf": source % (script.rstrip() + "\n")}).root(""))
    remarks = [call.touches("deployment", "server", "mail") for call in calls]
    assert [remark and remark.weight for remark in remarks] == weights


@pytest.mark.parametrize("command", [
    "kubectl taint nodes server a=b:NoSchedule --overwrite",
    "kubectl -n mail label node server tier=mail",
    "kubectl drain server --ignore-daemonsets",
    "kubectl cordon server",
    "kubectl -n mail delete pvc server",
    "kubectl -n mail patch serviceaccount server -p '{}'",
])  # fmt: skip
def test_what_is_about_others_is_not_told(tmp_path: Path, command: str) -> None:
    root = repo(tmp_path, {"main.tf": SOURCE.format(command)}).root("")
    assert [call.touches("deployment", "server", "mail") for call in commands(root)] == [None]


PROVIDER = 'provider "kubernetes" {{\n  config_path    = "~/.kube/config"\n  config_context = "{}"\n}}\n'
SERVER = (
    'resource "kubernetes_deployment" "server" {\n  metadata {\n    name = "server"\n    namespace = "mail"\n  }\n}\n'
)
JOB = """
resource "kubernetes_job" "patch" {
  metadata {
    name = "patch"
  }
  spec {
    template {
      spec {
        container {
          name    = "kubectl"
          command = ["kubectl", "-n", "mail", "scale", "deployment/server", "--replicas=2"]
        }
      }
    }
  }
}
"""


@pytest.mark.parametrize(("theirs", "source", "doubt"), [
    ("ours", JOB, True),
    ("other", JOB, False),
    ("other", SOURCE.format("kubectl -n mail scale deployment/server --replicas=2"), True),
    ("other", SOURCE.format("kubectl --context other -n mail scale deployment/server --replicas=2"), False),
    ("other", SOURCE.format("kubectl --context=ours -n mail scale deployment/server --replicas=2"), True),
    ("ours", SOURCE.format("kubectl --context $CONTEXT -n mail scale deployment/server --replicas=2"), True),
])  # fmt: skip
def test_a_call_in_another_cluster_is_no_doubt(tmp_path: Path, theirs: str, source: str, doubt: bool) -> None:
    """A Job runs in the cluster of its provider; a provisioner where its options say, or whoever runs it."""
    infra = repo(tmp_path, {
        "stacks/a/main.tf": PROVIDER.format("ours") + SERVER,
        "stacks/b/main.tf": PROVIDER.format(theirs) + source,
    })  # fmt: skip
    objects = stack_of(infra, "a", infra.root("stacks/a")).cluster.objects
    assert bool(objects.everywhere(touching, "deployment", "server", "mail")) is doubt
