"""Through which provider configuration a resource goes, and what its provisioners run.

The expected configurations are those that the state of Terraform 1.11.4 names after it applied ``terraform_data``
resources of the built-in provider in the same arrangement.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tfparse import TerraformError, load

MAIN = """\
provider "kubernetes" {}
provider "kubernetes" { alias = "edge" }

resource "kubernetes_secret" "plain" {}
resource "kubernetes_secret" "aliased" { provider = kubernetes.edge }
resource "kubernetes_secret" "quoted" { provider = "kubernetes.edge" }
resource "kubernetes_manifest" "other" { provider = kubernetes-alpha }

module "silent" {
  source = "./m"
}
module "handed" {
  source = "./m"
  providers = {
    kubernetes      = kubernetes.edge
    kubernetes.apps = kubernetes
  }
}
"""
INNER = """\
resource "kubernetes_secret" "default" {
  provisioner "local-exec" {
    command     = "kubectl -n ${local.ns} get pods"
    interpreter = ["bash", "-c"]
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id}"
  }
}
resource "kubernetes_secret" "apps" { provider = kubernetes.apps }
locals { ns = "mail" }
"""


def test_a_configuration_is_followed_up_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "main.tf").write_text(MAIN)
    (tmp_path / "m/main.tf").write_text(INNER)
    (root,) = load(tmp_path).roots
    found = {resource.address: resource.provider for resource in root.resources()}
    assert found == {
        "kubernetes_secret.plain": "kubernetes",
        "kubernetes_secret.aliased": "kubernetes.edge",
        "kubernetes_secret.quoted": "kubernetes.edge",
        "kubernetes_manifest.other": "kubernetes-alpha",
        "module.silent.kubernetes_secret.default": "kubernetes",
        "module.silent.kubernetes_secret.apps": "kubernetes.apps",
        "module.handed.kubernetes_secret.default": "kubernetes.edge",
        "module.handed.kubernetes_secret.apps": "kubernetes",
    }
    assert root.diagnostics == []


def test_provisioners_can_be_asked(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(INNER)
    (root,) = load(tmp_path).roots
    first, second = root.resources("kubernetes_secret".__eq__)[0].meta.blocks("provisioner")
    assert first.labels == ("local-exec",)
    assert first.body.attribute("command").as_string() == "kubectl -n mail get pods"
    assert first.body.attribute("command").origin.line == 3
    assert second.body.attribute("command").is_unknown
    assert root.diagnostics == []


@pytest.mark.parametrize("key", ["a.b", "a[0]", 'a["b"].c', "a.0"])
def test_a_reference_as_a_key_is_refused_only_where_it_is_evaluated(tmp_path: Path, key: str) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text("")
    (tmp_path / "main.tf").write_text(f'module "m" {{\n source = "./m"\n providers = {{ {key} = c.d }}\n}}\n')
    (root,) = load(tmp_path).roots
    assert [instance.address for instance in root.instances] == ["", "module.m"]
    assert root.diagnostics == []
    with pytest.raises(TerraformError, match="Ambiguous attribute key"):
        root.evaluate(f"{{ {key} = 1 }}")
