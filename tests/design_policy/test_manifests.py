"""Folders of manifests that the settings or the command line name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.design_policy.at_home import AtHome

OPEN, CLOSED, NOT_ASKED = 0, 1, 2
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2}
"""
PROMISE = """\
Feature: The shop

  @SHOP-1
  Scenario: There are two of it
    Given the Deployment "web" in namespace "shop"
    Then it has:
      | path          | is         |
      | spec.replicas | at least 2 |
"""
SETTINGS = 'features = "shop"\ndns = "off"\n'


@pytest.fixture
def shop(home: AtHome) -> AtHome:
    home.write(".design-policy.toml", f'{SETTINGS}manifests = ["k8s"]\n')
    home.write("shop/shop.feature", PROMISE)
    home.write("k8s/web.yaml", WEB)
    home.repo.commit()
    return home


def test_those_of_the_settings(shop: AtHome) -> None:
    status, said = shop.say()
    assert (status, "passed        SHOP-1" in said) == (OPEN, True), said
    shop.edit("k8s/web.yaml", "replicas: 2", "replicas: 1")
    assert shop.say()[0] == CLOSED
    status, said = shop.say("--base=HEAD", "--block=new")
    assert (status, "k8s/web.yaml:4" in said, "(new)" in said) == (CLOSED, True, True), said


def test_those_of_the_command_line(shop: AtHome, tmp_path: Path) -> None:
    shop.write(".design-policy.toml", SETTINGS)
    shop.repo.commit()
    status, said = shop.say()
    told = "Deployment web stands in YAML, too; if that is applied, name its folder (manifests)"
    assert (status, told in " ".join(said.split()), "k8s/web.yaml:1" in said) == (CLOSED, True, True), said
    assert shop.say("--manifests=k8s")[0] == OPEN
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(WEB.replace(", namespace: shop", ""))
    assert shop.say(f"--manifests={rendered}")[0] == CLOSED
    assert shop.say(f"--manifests={rendered}:shop", "--base=HEAD", "--block=new")[0] == OPEN
    assert shop.say(f"--manifests={rendered}:shop")[0] == OPEN
    rendered.write_text(WEB.replace("replicas: 2", "replicas: 1"))
    assert shop.say(f"--manifests={rendered}:shop")[0] == CLOSED
    status, said = shop.say(f"--manifests={rendered}:shop", "--base=HEAD", "--block=new")
    assert (status, "rendered.yaml:4" in said, "(new)" in said) == (CLOSED, True, True), said
    status, said = shop.say("--manifests=kubernetes")
    assert (status, "--manifests: there is no folder or file 'kubernetes'" in said) == (NOT_ASKED, True), said


def test_a_folder_that_moves_or_is_left_out(shop: AtHome) -> None:
    (shop.path / "k8s").rename(shop.path / "kubernetes")
    shop.edit(".design-policy.toml", "k8s", "kubernetes")
    assert shop.say("--base=HEAD", "--block=new")[0] == OPEN
    shop.repo.commit()
    shop.write(".design-policy.toml", SETTINGS)
    shop.edit("kubernetes/web.yaml", "replicas: 2", "replicas: 1")
    status, said = shop.say("--base=HEAD", "--block=new")
    assert (status, "kubernetes/web.yaml:4" in said) == (CLOSED, True), said


@pytest.mark.parametrize(
    ("said", "message"),
    [('"../k8s"', ":3: manifests: '../k8s' leads out of the folder of this file"), ("[1]", ":3: manifests: a text is")],
)
def test_a_slip_is_named(shop: AtHome, said: str, message: str) -> None:
    shop.write(".design-policy.toml", f"{SETTINGS}manifests = {said}\n")
    status, output = shop.say()
    assert (status, message in output) == (NOT_ASKED, True), output


def test_a_link_out_of_the_repo_is_refused(shop: AtHome, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (shop.path / "linked").symlink_to(tmp_path / "out")
    shop.write(".design-policy.toml", f'{SETTINGS}manifests = "linked"\n')
    status, said = shop.say()
    assert (status, "it leads out of the repo that it is a part of" in said) == (NOT_ASKED, True), said


CHART = {
    "main.tf": """\
variable "replicas" {
  default = 2
}

resource "helm_release" "shop" {
  name      = "shop"
  namespace = "shop"
  chart     = "./chart"
  set {
    name  = "replicas"
    value = var.replicas
  }
}
""",
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
    "chart/templates/web.yaml": WEB.replace(", namespace: shop", "").replace("2}", "{{ .Values.replicas }}}"),
}


def test_a_chart_of_the_repo_is_what_helm_renders(shop: AtHome) -> None:
    if shutil.which("helm") is None:
        pytest.skip("helm is not installed (requirements/helm.py)")
    shop.write(".design-policy.toml", SETTINGS)
    for name, text in CHART.items():
        shop.write(name, text)
    (shop.path / "k8s/web.yaml").unlink()
    shop.repo.commit()
    status, said = shop.say("--require-proof")
    assert (status, "passed        SHOP-1" in said) == (OPEN, True), said
    without = ":".join(part for part in os.environ["PATH"].split(":") if not os.path.exists(f"{part}/helm"))
    status, said = shop.say(PATH=without)
    assert (status, "undetermined  SHOP-1" in said, "helm is not installed" in said) == (CLOSED, True, True), said
    shop.edit("main.tf", "default = 2", "default = 1")
    status, said = shop.say("--base=HEAD", "--block=new")
    assert (status, "failed        SHOP-1" in said, "main.tf:2" in said, "(new)" in said) == (CLOSED, *[True] * 3), said
    shop.edit("main.tf", "default = 1", "type = number")
    status, said = shop.say()
    assert (status, "undetermined  SHOP-1" in said, "replicas has no default" in said) == (CLOSED, True, True), said
