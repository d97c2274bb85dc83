"""Charts that lie in the repo: what helm renders is what is judged."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from readers import Missing
from readers.helm import template
from readers.helm.template import HELM, asking, render_chart
from readers.manifests import beside, rendered_charts
from readers.sandbox import program
from readers.subjects.kubernetes import find_object
from tests.readers.manifests.record_kustomize import write
from tests.readers.manifests.source import application
from tests.readers.manifests.test_folder import stacks
from tests.readers.manifests.test_kustomize import plain
from tfparse import Infra, UnknownValueError, load
from tfparse.cty.values import Unknown

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("rendered.yaml").read_text())
FILES: dict[str, str] = DATA["files"]
needs_helm = pytest.mark.needs("helm")


def repo(folder: Path, files: dict[str, str], *manifests: str) -> Infra:
    write(folder, files)
    return load(folder, beside=beside(manifests), brings=rendered_charts)


def edited(edits: dict[str, Any]) -> dict[str, str]:
    files = dict(FILES)
    for name, edit in edits.items():
        if isinstance(edit, list):
            assert edit[0] in files[name], f"{name} has no {edit[0]}"
            edit = files[name].replace(*edit)
        files[name] = edit
    return files


def found(infra: Infra, asked: str) -> Any:
    """What stands at a path of an object: the value and its place, or why that is not known."""
    kind, name, path = asked.split()
    try:
        (one,) = find_object(stacks(infra), kind, name, "prod").at(path)
    except Missing:
        return "missing"
    except UnknownValueError as error:
        return error.reason
    if one.value is None:
        return "not set"
    if isinstance(one.value.raw, Unknown):
        return one.value.raw.reason
    return "not set" if one.value.is_null else [plain(one.value), str(one.origin)]


@needs_helm
@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["what"])
def test_what_is_known_of_a_chart(case: dict[str, Any], tmp_path: Path) -> None:
    infra = repo(tmp_path, edited(case.get("edit", {})))
    for asked, expected in case["asks"].items():
        said = found(infra, asked)
        assert said == expected or (isinstance(expected, str) and " " in expected and expected in said), asked


@needs_helm
def test_it_is_what_helm_itself_makes(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    command = ["helm", "template", "shop", "charts/shop", "-f", "values.yaml", "--set", "web.tag=1.27", "-n", "prod"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    ours = [plain(one.body.attribute("manifest")) for one in load(tmp_path, brings=rendered_charts).root("").brought[0]]
    for one in ours:
        assert one["metadata"].pop("namespace") == "prod"
    assert ours == list(yaml.safe_load_all(said))


@needs_helm
def test_a_packed_dependency(tmp_path: Path) -> None:
    inner = {name: text for name, text in FILES.items() if "/charts/lib/" in name}
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as packed:
        for name, text in inner.items():
            about = tarfile.TarInfo(name.partition("/charts/")[2])
            about.size = len(text)
            packed.addfile(about, io.BytesIO(text.encode()))
    infra = repo(tmp_path, {name: text for name, text in FILES.items() if name not in inner})
    (tmp_path / "charts/shop/charts").mkdir()
    (tmp_path / "charts/shop/charts/lib-0.1.0.tgz").write_bytes(held.getvalue())
    assert found(infra, "Deployment shop-web spec.replicas") == [3, "values.yaml:2"]


@needs_helm
def test_what_a_packed_dependency_must_not_be(tmp_path: Path) -> None:
    infra = repo(tmp_path, FILES)
    (tmp_path / "charts/shop/charts/x.tgz").write_bytes(b"\x1f\x8b\x08 no more")
    assert "charts/shop/charts/x.tgz cannot be unpacked" in found(infra, "Deployment shop-web spec.replicas")


def test_without_helm_it_is_not_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("readers.sandbox.installed.PATH", str(tmp_path))
    program._outcome.cache_clear()
    infra = repo(tmp_path, FILES)
    assert found(infra, "Deployment shop-web spec.replicas").endswith(
        "not proven what helm_release.shop makes: helm is not installed (https://helm.sh/docs/intro/install/)"
        " (helm template shop CHART --namespace=prod --values=VALUES)"
    )


@needs_helm
@pytest.mark.parametrize(
    "text", ["{{ range until 1000000000 }}{{ range until 1000000000 }}x{{ end }}{{ end }}",
             '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}',
             '{{ repeat 100000000 (repeat 1000 "x") }}'],
    ids=["loops", "calls itself", "memory"],
)  # fmt: skip
def test_what_does_not_end_ends(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = program.Program("helm", HELM.package, seconds=3)
    monkeypatch.setattr(template, "HELM", quick)
    infra = repo(tmp_path, {**FILES, "charts/shop/templates/more.yaml": text})
    assert "what helm_release.shop makes cannot be known" in found(infra, "Deployment shop-web spec.replicas")


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: prod}
spec:
  chart: {spec: {chart: ./charts/shop, sourceRef: {kind: GitRepository, name: flux-system}}}
  values: {web: {replicas: 3}}
"""
APPLICATION = application("shop", "prod", "charts/shop")
HELM_OF_ARGO = "    helm: {valuesObject: {web: {replicas: 3}}}\n"


@needs_helm
@pytest.mark.parametrize(
    ("text", "expected"),
    [(RELEASE, [3, "k8s/shop.yaml:6"]), (APPLICATION + HELM_OF_ARGO, [3, "k8s/shop.yaml:9"]),
     (APPLICATION, [1, "charts/shop/values.yaml:2"])],
    ids=["Flux", "Argo CD", "Argo CD, without values"],
)  # fmt: skip
def test_releases_of_controllers(text: str, expected: Any, tmp_path: Path) -> None:
    files = {name: held for name, held in FILES.items() if name != "main.tf"}
    infra = repo(tmp_path, {**files, "k8s/shop.yaml": text}, "k8s")
    assert found(infra, "Deployment shop-web spec.replicas") == expected


@needs_helm
def test_values_files_of_flux_stand_in_the_place_of_the_charts(tmp_path: Path) -> None:
    more = RELEASE.replace("{chart: ./charts/shop,", "{chart: ./charts/shop, valuesFiles: [./charts/shop/prod.yaml],")
    files = {name: held for name, held in FILES.items() if name != "main.tf"}
    infra = repo(tmp_path, {**files, "k8s/shop.yaml": more}, "k8s")
    assert "what valuesFiles of a helm_release does is not known" in found(infra, "Deployment shop-web spec.replicas")


@pytest.mark.parametrize(
    ("text", "word"),
    [("{{ now }}", "now"), ('{{ include "a" . }}', "lookup"), ("now", ""), ("{{ .Values.now }}{{ $now }}", ""),
     ('{{ include "a" . | sha256sum }}', ""), ('{{ tpl (b64dec "e3sgbm93IH19") . }}', "tpl of a text that is made first"),
     ("{{ .Capabilities.APIVersions | len }}", "APIVersions"), ("{{ .Release.Revision }}", ".Release.Revision")],
)  # fmt: skip
def test_what_a_template_asks(text: str, word: str) -> None:
    chart = {"templates/x.yaml": text, "templates/_a.tpl": '{{ define "a" }}{{ lookup "v1" "Pod" "" "" }}{{ end }}'}
    assert asking(chart, "{}").get("templates/x.yaml", "") == word


@needs_helm
def test_a_template_cannot_say_that_another_made_it() -> None:
    text = "---\n# Source: shop/templates/other.yaml\nkind: A\napiVersion: v1\nx: |\n  y\n\n---\n# Source: a/b.yaml\nkind: B\n"
    chart = {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n", "templates/x.yaml": text}
    (first, *_) = render_chart(chart, "{}\n", "x", "y")
    assert {document.source for document in first} == {"templates/x.yaml"}
