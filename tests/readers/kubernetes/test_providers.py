"""Roots of two clusters know nothing of each other's objects; what may be one cluster stays in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.kubernetes.commands import touching
from readers.kubernetes.providers import cluster_of, clusters_of
from readers.kubernetes.stacks import find_stack
from tests.repo import repo
from tfparse import Infra

DEPLOYMENT = """\
resource "kubernetes_deployment" "mail" {
  metadata {
    name      = "mail"
    namespace = "mail"
  }
  spec {}
}
"""


def doubted(infra: Infra, root: str = "envs/prod") -> bool:
    """Whether something of another root may be the deployment of this one."""
    cluster = find_stack(infra, root).cluster
    return cluster.objects.declared_again(cluster.deployment("mail", "mail").object) is not None


def two(folder: Path, prod: str, staging: str, **more: str) -> Infra:
    """A repo of two roots that declare the same deployment, and what else is in each."""
    files: dict[str, str | bytes] = {
        "envs/prod/main.tf": DEPLOYMENT + prod,
        "envs/staging/main.tf": DEPLOYMENT + staging,
    }
    return repo(folder, files | more)


def provider(arguments: str, name: str = "kubernetes") -> str:
    return f'provider "{name}" {{\n{arguments}\n}}\n'


EKS = 'resource "aws_eks_cluster" "it" {}\n' + provider("host = aws_eks_cluster.it.endpoint")
GKE = 'resource "google_container_cluster" "it" {}\n' + provider(
    'host = "https://${google_container_cluster.it.endpoint}"'
)
AKS = 'resource "azurerm_kubernetes_cluster" "it" {}\n' + provider(
    "host = azurerm_kubernetes_cluster.it.kube_config[0].host"
)
MODULE = 'module "eks" { source = "terraform-aws-modules/eks/aws" }\n' + provider("host = module.eks.cluster_endpoint")


def looked_up(name: str) -> str:
    data = f'data "aws_eks_cluster" "it" {{ name = {name} }}\n'
    return data + "locals { where = data.aws_eks_cluster.it.endpoint }\n" + provider("host = local.where")


@pytest.mark.parametrize(
    ("prod", "staging"),
    [
        (provider('host = "https://prod.example.org:6443"'), provider('host = "https://staging.example.org:6443"')),
        (provider('host = "https://10.0.0.1:6443"'), provider('host = "https://10.1.0.1:6443"')),
        (provider('host = "https://rancher.example.org/k8s/clusters/a"'),
         provider('host = "https://rancher.example.org/k8s/clusters/b"')),
        (provider('config_context = "prod"'), provider('config_context = "staging"')),
        (provider('config_path = "~/.kube/config"\nconfig_context = "prod"'),
         provider('config_path = "~/.kube/config"\nconfig_context = "staging"')),
        (provider('config_context_cluster = "prod"'), provider('config_context_cluster = "staging"')),
        (provider('config_path = "~/.kube/prod"'), provider('config_path = "~/.kube/staging"')),
        (provider('config_path = "./prod.yaml"'), provider('config_path = "./staging.yaml"')),
        (provider("host = var.host") + 'variable "host" { default = "https://a.example.org" }',
         provider('host = "https://b.example.org"')),
        (EKS, EKS),
        (GKE, GKE),
        (AKS, AKS),
        (EKS, GKE),
        (MODULE, MODULE),
        (MODULE, EKS),
        (looked_up('"prod"'), looked_up('"staging"')),
        (provider('host = "https://a.example.org"') + provider('alias = "x"\nhost = "https://b.example.org"'),
         provider('host = "https://b.example.org"')),
    ],
)  # fmt: skip
def test_two_clusters(tmp_path: Path, prod: str, staging: str) -> None:
    assert not doubted(two(tmp_path, prod, staging))


@pytest.mark.parametrize(
    ("prod", "staging"),
    [
        ("", ""),
        ("", provider('host = "https://staging.example.org"')),
        (provider('host = "https://a.example.org"'), provider('host = "https://a.example.org"')),
        (provider('host = "https://a.example.org"'), provider('host = "https://A.example.org:443/"')),
        # A name and an address, and what only the cluster or the machine knows.
        (provider('host = "https://a.example.org"'), provider('host = "https://10.0.0.1"')),
        (provider('host = "https://a.example.org"'), provider('host = "https://127.0.0.1:6443"')),
        (provider('host = "https://a.example.org"'), provider('host = "https://kubernetes.default.svc"')),
        (provider('host = "https://[a"'), provider('host = "https://b.example.org"')),
        (provider("host = var.host") + 'variable "host" {}', provider('host = "https://b.example.org"')),
        (provider("host = nothing.at.all"), provider('host = "https://b.example.org"')),
        # A host has the last word, known or not.
        (provider('host = "https://a.example.org"\nconfig_context = "prod"'),
         provider('host = "https://a.example.org"\nconfig_context = "staging"')),
        (provider('host = var.host\nconfig_context = "prod"') + 'variable "host" {}',
         provider('config_context = "staging"')),
        (provider('host = "https://a.example.org"'), provider('config_context = "staging"')),
        (provider('config_context = "prod"\nconfig_context_cluster = "home"'),
         provider('config_context = "staging"\nconfig_context_cluster = "home"')),
        (provider('config_path = "~/.kube/config"'), provider('config_path = "/root/.kube/config"')),
        (provider('config_path = "../../kubeconfig"'), provider('config_path = "./kubeconfig"')),
        (provider('config_path = "${path.module}/kubeconfig"'), provider('config_path = "./kubeconfig"')),
        (provider('config_paths = ["a"]\nconfig_path = "a"'), provider('config_path = "b"')),
        (EKS, looked_up('"prod"')),
        (looked_up('"prod"'), looked_up('"prod"')),
        (looked_up('"prod"'), looked_up("var.name") + 'variable "name" {}'),
        (EKS.replace("aws_eks_cluster.it.endpoint", 'try(aws_eks_cluster.it.endpoint, "x")'), EKS),
        (EKS.replace("endpoint", "name"), EKS),
        # A configuration of ours by another name.
        (provider('host = "https://a.example.org"'),
         provider('host = "https://b.example.org"') + provider('alias = "prod"\nhost = "https://a.example.org"')
         + 'resource "kubernetes_secret" "x" { provider = kubernetes.prod }\n'),
        (provider('host = "https://a.example.org"'),
         provider('host = "https://b.example.org"') + 'resource "kubectl_manifest" "x" {}\n'),
    ],
)  # fmt: skip
def test_perhaps_one_cluster(tmp_path: Path, prod: str, staging: str) -> None:
    assert doubted(two(tmp_path, prod, staging))


A, B = provider('host = "https://a.example.org"'), provider('host = "https://b.example.org"')


def test_an_override_file_has_the_last_word(tmp_path: Path) -> None:
    assert doubted(two(tmp_path / "1", A, B, **{"envs/staging/a_override.tf": A}))
    assert not doubted(two(tmp_path / "2", A, A, **{"envs/staging/a_override.tf": B}))


def test_what_cannot_be_read_may_configure_it(tmp_path: Path) -> None:
    assert doubted(two(tmp_path, A, B, **{"envs/staging/other.tf": "broken {"}))


def test_a_module_that_configures_a_provider_for_itself(tmp_path: Path) -> None:
    inside = {"modules/x/main.tf": A}
    assert doubted(two(tmp_path, A, B + 'module "x" { source = "../../modules/x" }\n', **inside))


def test_a_cluster_made_by_a_module(tmp_path: Path) -> None:
    made = {
        "modules/x/main.tf": 'resource "aws_eks_cluster" "it" {}\noutput "at" { value = aws_eks_cluster.it.endpoint }'
    }
    uses = 'module "x" { source = "../../modules/x" }\n' + provider("host = module.x.at")
    assert not doubted(two(tmp_path, uses, uses, **made))


@pytest.mark.parametrize(("host", "expected"), [("a.example.org", True), ("${local.name}.example.org", False)])
def test_a_provider_that_terragrunt_generates(tmp_path: Path, host: str, expected: bool) -> None:
    common = f"""\
locals {{
  name = basename(path_relative_to_include())
}}
generate "provider" {{
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<EOF
provider "kubernetes" {{
  host = "https://{host}"
}}
EOF
}}
"""
    included = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
    files = {"root.hcl": common, "envs/prod/terragrunt.hcl": included, "envs/staging/terragrunt.hcl": included}
    assert doubted(two(tmp_path, "", "", **files)) is expected


def test_a_command_goes_where_the_kubeconfig_leads(tmp_path: Path) -> None:
    run = 'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "%s"\n  }\n}\n'
    kubectl = run % "kubectl --context prod -n mail scale deployment mail --replicas 0"
    cluster = find_stack(two(tmp_path, A, B + kubectl), "envs/prod").cluster
    (command,) = cluster.objects.everywhere(touching, "deployment", "mail", "mail")
    assert command.touches("deployment", "mail", "mail") is not None


@pytest.mark.parametrize(("count", "there"), [(0, False), (1, True)])
@pytest.mark.parametrize(("host", "told_apart"), [("a.example.org", False), ("b.example.org", True)])
def test_what_goes_to_one_cluster_is_not_counted(
    tmp_path: Path, host: str, count: int, *, there: bool, told_apart: bool
) -> None:
    source = (
        DEPLOYMENT
        + f'resource "kubectl_manifest" "m" {{ count = tonumber(file("count.txt")) + {count} }}\n'
        + provider('host = "https://a.example.org"')
        + provider(f'host = "https://{host}"', "kubectl")
    )
    root = repo(tmp_path, {"main.tf": source, "count.txt": "0"}).root("")
    own, other = cluster_of(root, "kubernetes"), cluster_of(root, "kubectl")
    assert clusters_of(root) == ({own, other} if there else {own})
    assert ("count.txt" in root.tree.reads.files) is told_apart


@pytest.mark.parametrize(
    ("name", "namespace", "expected"),
    [
        ('"mail"', '"mail"', True),
        ('"mail"', '"other"', False),
        ('"mail"', "var.hidden", True),
        ('"other"', '"mail"', False),
        ('"other"', "var.hidden", False),
        ("var.hidden", '"mail"', True),
        ("var.hidden", '"other"', False),
        ("var.hidden", "var.hidden", False),
    ],
)
def test_what_another_root_declares_may_be_the_same(
    tmp_path: Path, name: str, namespace: str, *, expected: bool
) -> None:
    assert doubted(beside(tmp_path, name, namespace)) is expected


def beside(folder: Path, name: str, namespace: str, **more: str) -> Infra:
    """A repo with a root beside the one that is asked about, which declares this deployment."""
    metadata = f"metadata {{\nname = {name}\nnamespace = {namespace}\n}}\n"
    other = f'resource "kubernetes_deployment" "it" {{\n{metadata}}}\nvariable "hidden" {{}}\n'
    return repo(folder, {"envs/prod/main.tf": DEPLOYMENT, "envs/staging/main.tf": other, **more})


def test_where_something_of_another_name_is_matters_to_nobody(tmp_path: Path) -> None:
    files = {"envs/staging/name.txt": "other", "envs/staging/place.txt": "mail"}
    infra = beside(tmp_path, 'file("name.txt")', 'file("place.txt")', **files)
    assert not doubted(infra)
    read = infra.root("envs/staging").tree.reads.files
    assert "envs/staging/name.txt" in read
    assert "envs/staging/place.txt" not in read
