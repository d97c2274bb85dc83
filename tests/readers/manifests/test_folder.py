"""Manifests of a folder are subjects like any others, and stand among what may overrule Terraform's."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from readers import Malformed, Missing
from readers.kubernetes.stacks import Stack, find_stack
from readers.kubernetes.ways import workload_account
from readers.manifests import beside
from readers.subjects.kubernetes import find_object, objects
from readers.subjects.subject import Row
from readers.subjects.terraform import resources_of_type, root_stacks
from tests.gate.git_repo import GitRepo
from tests.readers.kubernetes.source import text_of
from tfparse import Infra, UnknownValueError, load
from tfparse.secrets.secrecy import find_secrets

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - {name: first, image: busybox}
      containers:
        - name: web
          image: nginx:1.27
          envFrom: [{configMapRef: {name: web}}]
          env: [{name: LEVEL, value: info}]
          volumeMounts: [{name: all, mountPath: /etc/web}]
          resources: {limits: {memory: 256Mi}}
      volumes:
        - name: all
          projected:
            defaultMode: 0400
            sources: [{configMap: {name: web}}, {secret: {name: web}}]
"""
REST = """\
---
# a list
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: web, namespace: shop}
    data: {MODE: strict}
  - apiVersion: v1
    kind: Secret
    metadata: {name: web, namespace: shop}
    data: {key: aHVzaGh1c2g=, other: bm90IHRoaXM=}
    stringData:
      other: swordfish99
--- # and one in no namespace
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
values: {of: something}
"""
TYPED = """\
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  spec {
    replicas = 3
    template {
      spec {
        container { name = "web" }
      }
    }
  }
}
"""


def repo(folder: Path, files: dict[str, str], *named: str) -> Infra:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))
    return load(folder, beside=beside(named))


@pytest.fixture
def shop(tmp_path: Path) -> Infra:
    return repo(tmp_path, {"k8s/web.yaml": WEB, "k8s/more/rest.yml": REST}, "k8s")


def stacks(infra: Infra) -> list[Stack]:
    return root_stacks(infra)


def shown(infra: Infra, kind: str, name: str, path: str, namespace: str | None = "shop") -> tuple[object, str]:
    (found,) = find_object(stacks(infra), kind, name, namespace).at(path)
    return None if found.value is None else found.value.raw, str(found.origin)


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("spec.replicas", 2, "k8s/web.yaml:5"),
        ("spec.template.spec.containers[web].image", "nginx:1.27", "k8s/web.yaml:13"),
        ("spec.template.spec.containers[web].env[MODE].value", "strict", "k8s/more/rest.yml:9"),
        ("spec.template.spec.containers[web].env[LEVEL].value", "info", "k8s/web.yaml:15"),
        ("spec.template.spec.initContainers[0].image", "busybox", "k8s/web.yaml:10"),
        ("spec.template.metadata.labels.app", "web", "k8s/web.yaml:7"),
    ],
)
def test_a_manifest_is_a_subject(shop: Infra, path: str, text: object, place: str) -> None:
    assert shown(shop, "Deployment", "web", path) == (text, place)


def test_it_is_a_workload_of_its_folder_too(shop: Infra) -> None:
    for name in ("k8s", "k8s/", "./k8s"):
        cluster = find_stack(shop, name).cluster
    web = cluster.deployment("web", "shop")
    container = web.container("web")
    assert (web.replicas.text, str(web.replicas.origin)) == ("2", "k8s/web.yaml:5")
    assert container.environment("MODE").text == "strict"
    assert text_of(container.memory_limit) == "256Mi"
    assert [(file.what, file.mode) for file in container.files_under("/etc/web")] == [
        ("/etc/web/MODE", 0o400),
        ("/etc/web/key", 0o400),
        ("/etc/web/other", 0o400),
    ]
    assert container.file("/etc/web/key").text == "hushhush"
    assert container.file("/etc/web/other").text == "swordfish99"
    assert container.file("/etc/web/key").sensitive


def test_one_that_is_not_there(shop: Infra) -> None:
    with pytest.raises(Missing, match="web"):
        find_object(stacks(shop), "Deployment", "wep", "shop")


def test_an_object_without_a_namespace_is_where_it_is_applied(tmp_path: Path, shop: Infra) -> None:
    with pytest.raises(UnknownValueError, match="it names no namespace, so whoever applies it decides"):
        find_object(stacks(shop), "Service", "web", "shop")
    said = load(tmp_path, beside=beside(["k8s:shop"]))
    assert shown(said, "Service", "web", "spec.ports[0].port") == (80, "k8s/more/rest.yml:20")


def test_every_object_of_a_kind(shop: Infra) -> None:
    secrets = objects(stacks(shop), "Secret", "Secret").where([Row.of("metadata.namespace", "shop")])
    assert [subject.label for subject in secrets.certain] == ["Secret web in namespace shop"]
    assert not objects(stacks(shop), "List", "List").certain


def test_the_lines_of_a_secret_are_not_shown(shop: Infra) -> None:
    secrets = find_secrets(shop)
    assert {line: secrets.redacted_line("k8s/more/rest.yml", line) is not None for line in (9, 13, 15, 16)} == {
        9: False,
        13: True,
        15: True,
        16: False,
    }
    assert "swordfish99" not in secrets.redacted("it is swordfish99")
    assert "hushhush" not in secrets.redacted("it is aHVzaGh1c2g=")


UNREADABLE = {
    "a template": ("kind: {{ .Values.kind }}\n", "k8s/x.yaml is a template, and no YAML before it is rendered"),
    "a template that is YAML": (
        'apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ name }}"}\n',
        "k8s/x.yaml is a template",
    ),
    "no YAML": ("a: [\n", "k8s/x.yaml is no YAML"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_may_be_the_one(tmp_path: Path, name: str) -> None:
    text, said = UNREADABLE[name]
    infra = repo(tmp_path, {"k8s/web.yaml": f"{WEB}---\n{text}", "k8s/x.yaml": text, "main.tf": ""}, "k8s")
    assert shown(infra, "Deployment", "web", "spec.replicas")[0] == 2
    with pytest.raises(UnknownValueError, match="k8s/web.yaml is"):
        find_object(stacks(infra), "Deployment", "other", "shop")
    assert any(said in why.reason for why in find_stack(infra, "k8s").root.unseen("helm"))
    # A file of manifests declares no buckets.
    assert resources_of_type(stacks(infra), "aws_s3_bucket", "bucket").unseen is None


def test_the_templates_of_a_chart_are_no_manifests(tmp_path: Path) -> None:
    chart = {"k8s/chart/Chart.yaml": "name: x\n", "k8s/chart/templates/x.yaml": "kind: {{ .Values.kind }}\n"}
    infra = repo(tmp_path, {"k8s/web.yaml": WEB, **chart}, "k8s")
    assert not find_stack(infra, "k8s").root.unseen("helm")


def test_a_folder_that_is_not_there_is_a_doubt(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"main.tf": ""}, "k8s")
    with pytest.raises(UnknownValueError, match="there is no folder k8s of manifests"):
        find_object(stacks(infra), "Deployment", "web", "shop")


def test_what_sops_encrypts_is_unknown(tmp_path: Path) -> None:
    text = (
        'apiVersion: v1\nkind: Secret\nmetadata: {name: x, namespace: z}\nstringData: {a: "ENC[AES256_GCM,data:x]"}\n'
    )
    infra = repo(tmp_path, {"k8s/x.yaml": f"{text}sops: {{mac: x}}\n"}, "k8s")
    (found,) = find_object(stacks(infra), "Secret", "x", "z").at("stringData.a")
    assert found.value is not None
    assert found.value.unknown is not None
    assert found.value.unknown.reason == "SOPS encrypts it"


# -- beside Terraform -------------------------------------------------------------------------------


def test_a_manifest_beside_terraform_may_overrule_it(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"shop/main.tf": TYPED, "k8s/web.yaml": WEB}, "k8s")
    account = workload_account(find_stack(infra, "shop").cluster.deployment("web", "shop"))
    assert [(doubt.text, str(doubt.origin)) for doubt in account.doubts] == [
        ("Deployment web in k8s/web.yaml of another root may declare it too", "k8s/web.yaml:1")
    ]
    with pytest.raises(Malformed, match="2 are declared: k8s/web.yaml:1 and shop/main.tf:1|shop/main.tf:1 and k8s"):
        find_object(stacks(infra), "Deployment", "web", "shop")


def test_a_namesake_in_another_namespace_does_not(tmp_path: Path) -> None:
    other = WEB.replace("namespace: shop", "namespace: other")
    infra = repo(tmp_path, {"shop/main.tf": TYPED, "k8s/web.yaml": other}, "k8s")
    assert not workload_account(find_stack(infra, "shop").cluster.deployment("web", "shop")).doubts


def test_what_scales_it_from_a_manifest(tmp_path: Path) -> None:
    scaler = """\
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web, namespace: shop}
        spec:
          minReplicas: 1
          maxReplicas: 9
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        """
    infra = repo(tmp_path, {"shop/main.tf": TYPED, "k8s/hpa.yaml": scaler}, "k8s")
    (found,) = find_stack(infra, "shop").cluster.deployment("web", "shop").scalers
    assert (found.least.text, found.most.text, str(found.most.origin)) == ("1", "9", "k8s/hpa.yaml:6")


SETTINGS = """
resource "kubernetes_config_map" "settings" {
  metadata {
    name      = "settings"
    namespace = "shop"
  }
}
"""


def test_yaml_that_nobody_names_is_told(tmp_path: Path) -> None:
    other = WEB.replace("namespace: shop", "namespace: other")
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n"
    files = {
        "shop/main.tf": TYPED + SETTINGS,
        "old/settings.yaml": settings,
        "old/web.yaml": WEB,
        "old/other.yaml": other,
        "old/broken.yaml": "a: {{ web }}\n",
    }
    repo(tmp_path, files)
    infra = load(tmp_path, beside=beside([], mentions=True))
    account = workload_account(find_stack(infra, "shop").cluster.deployment("web", "shop"))
    assert not account.doubts
    assert [(note.text.partition(";")[0], str(note.origin)) for note in account.notes] == [
        ("Deployment web stands in YAML, too", "old/web.yaml:1"),
        ("ConfigMap settings stands in YAML, too", "old/settings.yaml:1"),
    ]
    assert infra.root_paths == ("shop",)
    named = load(tmp_path, beside=beside(["old"], mentions=True))
    told = workload_account(find_stack(named, "shop").cluster.deployment("web", "shop"))
    assert (len(told.doubts), len(told.notes)) == (1, 0)


FLUX = """\
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: web, namespace: flux-system}
    spec: {path: ./old, sourceRef: {kind: GitRepository, name: x}}
    """


@pytest.mark.parametrize(
    ("named", "path", "doubts"),
    [([], "./old", ["Deployment web stands in YAML that Kustomization web applies, too"]), (["x"], "./old", []),
     ([], "./elsewhere", [])],
    ids=["none is named", "another is named", "it leads elsewhere"],
)  # fmt: skip
def test_yaml_that_a_controller_applies(named: list[str], path: str, doubts: list[str], tmp_path: Path) -> None:
    files = {"shop/main.tf": TYPED, "old/web.yaml": WEB, "flux/web.yaml": FLUX.replace("./old", path), "x/x.yaml": REST}
    repo(tmp_path, files)
    infra = load(tmp_path, beside=beside(named, mentions=True))
    account = workload_account(find_stack(infra, "shop").cluster.deployment("web", "shop"))
    assert [doubt.text.partition(":")[0] for doubt in account.doubts] == doubts
    with pytest.raises(UnknownValueError if doubts else Missing, match="Kustomization web applies old|no StatefulSet"):
        find_object(stacks(infra), "StatefulSet", "web", "shop")


# -- folders that are no part of the repo -----------------------------------------------------------


def test_what_git_ignores_counts_where_it_is_named(tmp_path: Path) -> None:
    files = {".gitignore": "rendered/\n", "rendered/web.yaml": WEB, "main.tf": ""}
    repo(tmp_path, files)
    GitRepo(tmp_path).commit()
    infra = load(tmp_path, beside=beside(["rendered"]))
    assert shown(infra, "Deployment", "web", "spec.replicas") == (2, "rendered/web.yaml:5")


def test_a_folder_elsewhere_is_called_by_its_name(tmp_path: Path) -> None:
    repo(tmp_path / "out", {"web.yaml": WEB})
    infra = repo(tmp_path / "infra", {"main.tf": ""}, str(tmp_path / "out"))
    assert shown(infra, "Deployment", "web", "spec.replicas") == (2, "out/web.yaml:5")
    one = load(tmp_path / "infra", beside=beside([f"{tmp_path}/out/web.yaml"]))
    assert shown(one, "Deployment", "web", "spec.replicas") == (2, "web.yaml:5")
    assert find_stack(infra, "out").cluster.deployment("web", "shop")


def test_a_folder_that_leads_out_of_the_repo_is_not_read(tmp_path: Path) -> None:
    repo(tmp_path / "out", {"web.yaml": WEB})
    infra = repo(tmp_path / "infra", {"main.tf": ""}, "k8s")
    (tmp_path / "infra" / "k8s").symlink_to(tmp_path / "out")
    with pytest.raises(UnknownValueError, match="k8s is a symbolic link out of the infra repo"):
        find_object(stacks(infra), "Deployment", "web", "shop")
