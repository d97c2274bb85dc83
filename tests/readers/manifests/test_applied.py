"""What Flux and Argo CD apply: the folders that their objects lead to, and Helm releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers import Missing
from readers.kubernetes.stacks import find_stack
from readers.subjects.helm import release_values
from readers.subjects.kubernetes import find_object, objects
from readers.subjects.subject import Subject
from tests.readers.manifests.source import application
from tests.readers.manifests.test_folder import repo, shown, stacks
from tfparse import UnknownValueError
from tfparse.cty.values import Unknown

KS = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  path: ./apps/web
  targetNamespace: shop
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute: {REPLICAS: "3"}
    substituteFrom: [{kind: Secret, name: cluster}, {kind: ConfigMap, name: cluster}]
"""
CLUSTER = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: cluster, namespace: flux-system}
data: {DOMAIN: example.org}
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${REPLICAS}
  template:
    metadata: {labels: {app: "${APP:=web}"}}
    spec:
      containers: [{name: web, image: "nginx:${TAG}", args: ["--host=${DOMAIN}"]}]
"""
FLUX = {"clusters/prod/web.yaml": KS, "clusters/prod/cluster.yaml": CLUSTER, "apps/web/web.yaml": WEB}
APPLICATION = application("web", "shop", "apps/web")
ARGO = {"argo/web.yaml": APPLICATION, "apps/web/web.yaml": WEB.replace("${REPLICAS}", "3")}


def test_a_folder_that_flux_applies(tmp_path: Path) -> None:
    infra = repo(tmp_path, FLUX, "clusters/prod")
    assert shown(infra, "Deployment", "web", "spec.replicas") == (3, "clusters/prod/web.yaml:9")
    container = "spec.template.spec.containers[web]"
    assert shown(infra, "Deployment", "web", f"{container}.args[0]")[0] == "--host=example.org"
    hidden, _ = shown(infra, "Deployment", "web", f"{container}.image")
    assert isinstance(hidden, Unknown)
    assert "Secret cluster, which is not read here" in hidden.reason


def test_it_counts_once_where_the_whole_repo_is_named(tmp_path: Path) -> None:
    assert shown(repo(tmp_path, FLUX, "."), "Deployment", "web", "spec.replicas")[0] == 3


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("kind: GitRepository", "kind: OCIRepository", "Kustomization web takes it from a OCIRepository"),
        ("  path:", "  suspend: true\n  path:", "is suspended: what stands here now is not applied"),
        ("  postBuild:", "  kubeConfig: {secretRef: {name: x}}\n  postBuild:", "applies it to another cluster"),
    ],
)
def test_what_flux_takes_from_elsewhere(tmp_path: Path, old: str, new: str, why: str) -> None:
    infra = repo(tmp_path, {**FLUX, "clusters/prod/web.yaml": KS.replace(old, new)}, "clusters/prod")
    found, _ = shown(infra, "Deployment", "web", "spec.replicas")
    assert isinstance(found, Unknown)
    assert why in found.reason


def test_a_path_that_is_not_in_the_repo(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"clusters/prod/web.yaml": KS}, "clusters/prod")
    with pytest.raises(UnknownValueError, match="Kustomization web applies apps/web, which is not in this repo"):
        find_object(stacks(infra), "Deployment", "web", "shop")


def test_patches_of_flux(tmp_path: Path) -> None:
    more = (
        "  patches:\n    - target: {kind: Deployment}\n      patch: '[{op: replace, path: /spec/replicas, value: 9}]'\n"
    )
    infra = repo(tmp_path, {**FLUX, "clusters/prod/web.yaml": KS + more}, "clusters/prod")
    assert shown(infra, "Deployment", "web", "spec.replicas") == (9, "clusters/prod/web.yaml:13")


IMAGE = "spec.template.spec.containers[web].image"
OWN = {"apps/web/kustomization.yaml": "resources: [web.yaml]\nimages: [{name: nginx, newTag: '2'}]\n",
       "apps/web/web.yaml": WEB.replace("nginx:${TAG}", "nginx:1")}  # fmt: skip


def test_flux_writes_its_patches_into_the_kustomization(tmp_path: Path) -> None:
    """So they come before the images that stand there, which kustomize changes last (its generator, fluxcd/pkg)."""
    patch = "'[{op: replace, path: /spec/template/spec/containers/0/image, value: \"nginx:9\"}]'"
    more = f"  patches:\n    - target: {{kind: Deployment}}\n      patch: {patch}\n"
    infra = repo(tmp_path, {**FLUX, **OWN, "clusters/prod/web.yaml": KS + more}, "clusters/prod")
    assert shown(infra, "Deployment", "web", IMAGE)[0] == "nginx:2"
    again = f"{KS}  images: [{{name: nginx, newName: proxy, newTag: '3'}}]\n"
    infra = repo(tmp_path, {**FLUX, **OWN, "clusters/prod/web.yaml": again}, "clusters/prod")
    assert shown(infra, "Deployment", "web", IMAGE)[0] == "proxy:3"


def test_common_metadata_of_flux_is_that_of_the_objects_alone(tmp_path: Path) -> None:
    """It is set when they are applied: https://fluxcd.io/flux/components/kustomize/kustomizations/#common-metadata"""
    more = "  commonMetadata: {annotations: {team: shop}, labels: {app: all}}\n"
    infra = repo(tmp_path, {**FLUX, **OWN, "clusters/prod/web.yaml": KS + more}, "clusters/prod")
    assert shown(infra, "Deployment", "web", "metadata.annotations.team")[0] == "shop"
    assert shown(infra, "Deployment", "web", "metadata.labels.app")[0] == "all"
    assert shown(infra, "Deployment", "web", "spec.template.metadata.labels.app")[0] != "all"
    assert shown(infra, "Deployment", "web", "spec.template.metadata.annotations")[0] is None


@pytest.mark.needs("kubectl")
def test_what_kustomize_builds_for_flux_is_filled_in_afterwards(tmp_path: Path) -> None:
    source = "{kind: ConfigMap, name: env, fieldPath: data.tag}"
    target = "{select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.0.image]}"
    more = {
        "apps/web/kustomization.yaml": f"resources: [web.yaml, env.yaml]\nreplacements: [{{source: {source}, targets: [{target}]}}]\n",
        "apps/web/env.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: env}\ndata: {tag: "nginx:${REPLICAS}"}\n',
    }
    infra = repo(tmp_path, {**FLUX, **more}, "clusters/prod")
    assert shown(infra, "Deployment", "web", IMAGE) == ("nginx:3", "apps/web/kustomization.yaml:2")
    assert shown(infra, "Deployment", "web", "spec.replicas") == (3, "clusters/prod/web.yaml:9")
    hidden, _ = shown(repo(tmp_path, {**FLUX, **more, "apps/web/env.yaml": more["apps/web/env.yaml"].replace("REPLICAS", "X")},
                           "clusters/prod"), "Deployment", "web", IMAGE)  # fmt: skip
    assert isinstance(hidden, Unknown)
    assert "Secret cluster, which is not read here" in hidden.reason


ARGS = "spec.template.spec.containers[web].args[0]"


def test_what_a_later_secret_may_give_is_hidden(tmp_path: Path) -> None:
    """Later values overwrite earlier ones; a Secret in the repo tells its keys, whoever encrypts what they hold."""
    order = "[{kind: ConfigMap, name: cluster}, {kind: Secret, name: cluster}]"
    ks = KS.replace("[{kind: Secret, name: cluster}, {kind: ConfigMap, name: cluster}]", order)
    assert ks != KS
    assert isinstance(shown(repo(tmp_path, {**FLUX, "clusters/prod/web.yaml": ks}, "clusters/prod"), "Deployment", "web",
                            ARGS)[0], Unknown)  # fmt: skip
    sealed = "apiVersion: v1\nkind: Secret\nmetadata: {name: cluster, namespace: flux-system}\nstringData: {TAG: x}\n"
    infra = repo(tmp_path, {**FLUX, "clusters/prod/web.yaml": ks, "clusters/prod/s.yaml": sealed}, "clusters/prod")
    assert shown(infra, "Deployment", "web", ARGS)[0] == "--host=example.org"
    assert isinstance(shown(infra, "Deployment", "web", IMAGE)[0], Unknown)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [(("--host=${DOMAIN}", "--host=$${DOMAIN}"), "--host=${DOMAIN}"),
     (("{name: web}", '{name: web, annotations: {kustomize.toolkit.fluxcd.io/substitute: "disabled"}}'), "--host=${DOMAIN}")],
    ids=["escaped", "disabled"],
)  # fmt: skip
def test_what_flux_leaves_as_it_is(edit: tuple[str, str], expected: str, tmp_path: Path) -> None:
    web = WEB.replace(*edit).replace("replicas: ${REPLICAS}", "replicas: 3")
    infra = repo(tmp_path, {**FLUX, "apps/web/web.yaml": web}, "clusters/prod")
    assert shown(infra, "Deployment", "web", ARGS)[0] == expected


def test_nothing_is_filled_in_where_nothing_is_given(tmp_path: Path) -> None:
    ks = KS.partition("  postBuild:")[0] + "  postBuild: {}\n"
    web = WEB.replace("${REPLICAS}", "3")
    infra = repo(tmp_path, {**FLUX, "clusters/prod/web.yaml": ks, "apps/web/web.yaml": web}, "clusters/prod")
    assert shown(infra, "Deployment", "web", ARGS)[0] == "--host=${DOMAIN}"


def test_argo_takes_the_folder_alone_unless_it_recurses(tmp_path: Path) -> None:
    """https://argo-cd.readthedocs.io/en/stable/user-guide/directory/#enabling-recursive-resource-detection"""
    pod = {
        "apps/web/below/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {hostNetwork: true}\n"
    }
    with pytest.raises(Missing):
        find_object(stacks(repo(tmp_path, {**ARGO, **pod}, "argo")), "Pod", "p", "shop")
    deep = APPLICATION.replace("path: apps/web", "path: apps/web\n    directory: {recurse: true}")
    infra = repo(tmp_path, {**ARGO, **pod, "argo/web.yaml": deep}, "argo")
    assert shown(infra, "Pod", "p", "spec.hostNetwork")[0] is True


def test_a_folder_that_argo_applies(tmp_path: Path) -> None:
    assert shown(repo(tmp_path, ARGO, "argo"), "Deployment", "web", "spec.replicas") == (3, "apps/web/web.yaml:5")


def test_what_argo_changes_and_is_not_read(tmp_path: Path) -> None:
    unread = APPLICATION + '    kustomize: {images: ["nginx=x:1"]}\n'
    found, _ = shown(repo(tmp_path, {**ARGO, "argo/web.yaml": unread}, "argo"), "Deployment", "web", "spec.replicas")
    assert isinstance(found, Unknown)
    assert "images of Application web is not read" in found.reason


def test_an_application_set_may_bring_more(tmp_path: Path) -> None:
    more = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: argocd}\n"
    infra = repo(tmp_path, {**ARGO, "argo/all.yaml": more}, "argo")
    with pytest.raises(UnknownValueError, match="ApplicationSet all makes Applications, which are not read"):
        find_object(stacks(infra), "Deployment", "other", "shop")


def test_an_application_that_applies_its_own_folder(tmp_path: Path) -> None:
    own = {"argo/web.yaml": APPLICATION.replace("apps/web", "argo"), "argo/pod.yaml": WEB}
    infra = repo(tmp_path, own, "argo:shop")
    assert len(objects(stacks(infra), "Deployment", "x").certain) == 1


# -- releases -----------------------------------------------------------------------------------------

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: prometheus, namespace: monitoring}
spec:
  interval: 1h
  chart:
    spec:
      chart: prometheus
      sourceRef: {kind: HelmRepository, name: community, namespace: flux-system}
  valuesFrom: [{kind: ConfigMap, name: prometheus}]
  values:
    server: {retention: 30d}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: community, namespace: flux-system}
spec: {url: "https://prometheus-community.github.io/helm-charts"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prometheus, namespace: monitoring}
data:
  values.yaml: |
    server:
      retention: 1d
      replicaCount: 2
"""
ARGO_RELEASE = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: prometheus, namespace: argocd}
spec:
  destination: {namespace: monitoring}
  sources:
    - chart: prometheus
      repoURL: https://prometheus-community.github.io/helm-charts
      helm:
        valueFiles: [$values/values/prometheus.yaml]
        valuesObject: {server: {retention: 30d}}
        parameters: [{name: server.replicaCount, value: "2"}]
    - {repoURL: "https://example.org/repo", ref: values}
"""
K3S = """\
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: prometheus, namespace: kube-system}
spec:
  repo: https://prometheus-community.github.io/helm-charts
  chart: prometheus
  targetNamespace: monitoring
  set: {server.replicaCount: 2}
  valuesContent: |-
    server:
      retention: 30d
"""
HELD = "server: {retention: 1d, replicaCount: 1}\n"


def values(folder: Path, text: str, name: str = "prometheus") -> Subject:
    infra = repo(folder, {"k8s/x.yaml": text, "values/prometheus.yaml": HELD}, "k8s")
    return release_values(find_stack(infra, "k8s"), name, "monitoring")


@pytest.mark.parametrize("text", [RELEASE, ARGO_RELEASE, K3S], ids=["Flux", "Argo CD", "k3s"])
def test_the_values_of_a_release(tmp_path: Path, text: str) -> None:
    found = values(tmp_path, text)
    held = [
        one.value.raw
        for key in ("retention", "replicaCount")
        for one in found.at(f"server.{key}")
        if one.value is not None
    ]
    assert held == ["30d", 2]
    assert not found.account.doubts, found.account.doubts
    assert not found.account.notes, found.account.notes


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (RELEASE, "kind: ConfigMap, name: prometheus", "kind: Secret, name: prometheus"),
        (ARGO_RELEASE, "$values/values/", "$values/other/"),
    ],
    ids=["Flux", "Argo CD"],
)
def test_values_that_are_not_known(tmp_path: Path, text: str, old: str, new: str) -> None:
    found = values(tmp_path, text.replace(old, new))
    (known,), (hidden,) = found.at("server.retention"), found.at("server.extra")
    assert known.value is not None
    assert known.value.raw == "30d"
    assert hidden.value is not None
    assert hidden.value.unknown is not None


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("  postRenderers: [{kustomize: {}}]\n", "postrender rewrites what the chart makes"),
        ("  suspend: true\n", "what suspend of a helm_release does is not known here"),
    ],
)
def test_what_else_decides_a_release(tmp_path: Path, more: str, why: str) -> None:
    found = values(tmp_path, RELEASE.replace("  interval: 1h\n", more))
    assert [doubt.text for doubt in found.account.doubts] == [why]


def test_what_an_upgrade_keeps_is_not_known(tmp_path: Path) -> None:
    """It is helm's --reuse-values: https://fluxcd.io/flux/components/helm/helmreleases/#upgrade-configuration"""
    kept = values(
        tmp_path, RELEASE.replace("  interval: 1h\n", "  upgrade: {preserveValues: true}\n  suspend: false\n")
    )
    (one,) = kept.at("server.other")
    assert one.value is not None
    assert one.value.is_unknown
    assert not kept.account.doubts
