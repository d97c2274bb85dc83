"""Kustomizations, against what kubectl's kustomize 5.5 makes of them (recorded)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from readers.kubernetes.manifests import at
from readers.manifests.files import Files
from readers.manifests.kustomize import Kustomize
from readers.manifests.objects import having_been, said, without_notes
from readers.sandbox import program
from readers.subjects.kubernetes import find_object
from tests.readers.manifests.record_kustomize import CASES, RECORDED, cases, write
from tests.readers.manifests.test_folder import repo, shown, stacks
from tfparse import Infra, UnknownValueError, load
from tfparse.cty.values import Unknown, Value, object_, string

needs_kubectl = pytest.mark.needs("kubectl")


def plain(value: Value) -> Any:
    """A value as PyYAML would give it."""
    if isinstance(value.raw, dict):
        return {key: plain(held) for key, held in value.raw.items()}
    if isinstance(value.raw, tuple):
        return [plain(held) for held in value.raw]
    return value.raw


def objects(held: list[Any]) -> list[Any]:
    return sorted((one for one in held if one), key=lambda one: (one["kind"], one["metadata"]["name"]))


@pytest.mark.parametrize("name", sorted(file.stem for file in CASES.glob("*.yaml")))
def test_as_kustomize_builds_it(name: str, tmp_path: Path) -> None:
    case = yaml.safe_load((CASES / f"{name}.yaml").read_text())
    write(tmp_path, case["files"])
    built = Kustomize(Files(load(tmp_path).tree)).build(case["build"])
    expected = list(yaml.safe_load_all((CASES / f"{name}.expected").read_text()))
    assert not built.doubts
    assert objects([plain(one) for one in built.objects]) == objects(expected)


def agrees(ours: Value | None, real: Any) -> bool:
    """Whether what is read is what kustomize makes, where it is known."""
    if ours is None or isinstance(ours.raw, Unknown):
        return ours is not None
    if isinstance(ours.raw, dict):
        keys = ours.raw.keys() | real.keys() if isinstance(real, dict) and ours.rest is None else ours.raw.keys()
        return isinstance(real, dict) and all(
            key in ours.raw and (isinstance(ours.raw[key].raw, Unknown) or agrees(ours.raw[key], real.get(key)))
            for key in keys
        )
    if isinstance(ours.raw, tuple):
        return isinstance(real, list) and len(real) == len(ours.raw) and all(map(agrees, ours.raw, real))
    return bool(ours.raw == real)


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program is installed."""
    nothing = str(tmp_path_factory.mktemp("nothing"))
    monkeypatch.setenv("PATH", nothing)
    monkeypatch.setattr("readers.sandbox.installed.PATH", nothing)
    program._outcome.cache_clear()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", cases())
def test_each_part_is_as_kustomize_has_it_or_in_doubt(name: str, tmp_path: Path) -> None:
    case = cases()[name]
    write(tmp_path, case["files"])
    built = Kustomize(Files(load(tmp_path).tree)).build("over")
    real = {(one["kind"], one["metadata"]["name"]): one for one in json.loads(RECORDED.read_text())[name]}
    ours = {(said(one, "kind"), said(one, "metadata", "name")): one for one in built.objects}
    doubts = [*built.doubts, *filter(None, (one.first_unknown() for one in built.objects))]
    assert bool(doubts) is case.get("doubt", False)
    assert built.doubts or set(ours) == set(real)
    assert [key for key, one in ours.items() if not agrees(one, real.get(key))] == []


@needs_kubectl
@pytest.mark.parametrize("name", [name for name, case in cases().items() if case.get("doubt")])
def test_what_is_not_read_kubectl_builds(name: str, tmp_path: Path) -> None:
    write(tmp_path, cases()[name]["files"])
    built = Kustomize(Files(load(tmp_path).tree)).build("over")
    assert not built.doubts
    assert objects([plain(one) for one in built.objects]) == objects(json.loads(RECORDED.read_text())[name])
    assert set(built.made.values()) == {"kubectl kustomize over"}


@needs_kubectl
def test_what_kubectl_builds_tells_its_places(tmp_path: Path) -> None:
    """A value that is as it was written has its own line; what was changed, that of what is not read."""
    changes = "replacements: [{source: {kind: Pod, name: web, fieldPath: metadata.name}, targets: [{select: {kind: Pod}, fieldPaths: [spec.nodeName], options: {create: true}}]}]\n"
    infra = edited(tmp_path, changes)
    assert shown(infra, "Pod", "web", "spec.nodeName") == ("web", "k8s/web/kustomization.yaml:3")
    assert shown(infra, "Pod", "web", "spec.hostNetwork") == (True, "k8s/web/web.yaml:4")
    assert shown(infra, "Pod", "web", "metadata.namespace") == ("shop", "k8s/web/kustomization.yaml:2")
    account = find_object(stacks(infra), "Pod", "web", "shop").ways("spec.nodeName")
    assert "the program that made it" in account.ways
    assert "kubectl kustomize k8s/web" in str(account.summary)


@needs_kubectl
@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("replacements: [{path: ../../r.yaml}]\n", "kubectl kustomize k8s/web would tell: "),
        ("transformers: [x.yaml]\n", "k8s/web would tell: kubectl: "),
        ("helmCharts: [{name: x}]\n", "must specify --enable-helm"),
        ("resources: [https://example.org/x]\n", "https://example.org/x is not in this repo"),
        ("replacements: [{path: web.yaml}]\nconfigMapGenerator: [{name: c, files: [binary]}]\n", "binary cannot be read"),
    ],
)  # fmt: skip
def test_what_kubectl_does_not_build_stays_in_doubt(tmp_path: Path, more: str, why: str) -> None:
    files = {
        **KUSTOMIZED,
        "r.yaml": "[]\n",
        "k8s/web/kustomization.yaml": KUSTOMIZED["k8s/web/kustomization.yaml"] + more,
    }
    if more.startswith("resources"):
        files["k8s/web/kustomization.yaml"] = "resources: [web.yaml, 'https://example.org/x']\n"
    write(tmp_path, files)
    (tmp_path / "k8s/web/binary").write_bytes(b"\xff\x00")
    built = Kustomize(Files(load(tmp_path).tree)).build("k8s/web")
    doubts = [*built.doubts, *filter(None, (one.first_unknown() for one in built.objects))]
    assert doubts
    assert any(why in doubt.reason for doubt in doubts), doubts


@pytest.mark.usefixtures("alone")
def test_without_a_program_the_doubt_says_what_would_help(tmp_path: Path) -> None:
    found, _ = shown(edited(tmp_path, "replacements: [{path: x.yaml}]\n"), "Pod", "web", "spec.hostNetwork")
    assert isinstance(found, Unknown)
    assert found.reason.endswith(
        "; kubectl kustomize k8s/web would tell: kubectl is not installed (https://kubernetes.io/docs/tasks/tools/)"
    )


@needs_kubectl
def test_a_secret_that_kubectl_builds_is_not_shown(tmp_path: Path) -> None:
    more = "secretGenerator: [{name: s, literals: [key=swordfish99]}]\nreplacements: [{path: r.yaml}]\n"
    write(tmp_path, {**KUSTOMIZED, "k8s/web/r.yaml": "[]\n",
                     "k8s/web/kustomization.yaml": KUSTOMIZED["k8s/web/kustomization.yaml"] + more})  # fmt: skip
    built = Kustomize(Files(load(tmp_path).tree)).build("k8s/web")
    (made,) = (one for one in built.objects if said(one, "kind") == "Secret")
    assert not built.doubts
    data = at(made, "data", "key")
    assert data is not None
    assert data.secret


REPLACE = "[{op: replace, path: /spec/hostNetwork, value: false}]"
KUSTOMIZED = {
    "k8s/web/kustomization.yaml": "resources: [web.yaml]\nnamespace: shop\n",
    "k8s/web/web.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {hostNetwork: true}\n",
}


def edited(folder: Path, more: str) -> Infra:
    files = {**KUSTOMIZED, "k8s/web/kustomization.yaml": KUSTOMIZED["k8s/web/kustomization.yaml"] + more}
    return repo(folder, files, "k8s")


def test_a_folder_with_a_kustomization_is_built(tmp_path: Path) -> None:
    assert shown(edited(tmp_path, ""), "Pod", "web", "spec.hostNetwork") == (True, "k8s/web/web.yaml:4")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    "more",
    [
        "replacements: [{path: x.yaml}]\n",
        "transformers: [x.yaml]\n",
        "patches: [{path: absent.yaml}]\n",
        "patches: [{target: {kind: Pod}, patch: '[{op: move, path: /a}]'}]\n",
        f"patches: [{{target: {{kind: Pod, labelSelector: a=b}}, patch: '{REPLACE}'}}]\n",
        f"patches: [{{target: {{name: '['}}, patch: '{REPLACE}'}}]\n",
    ],
)
def test_what_may_change_an_object_and_is_not_read(tmp_path: Path, more: str) -> None:
    found, _ = shown(edited(tmp_path, more), "Pod", "web", "spec.hostNetwork")
    assert isinstance(found, Unknown)
    assert "k8s/web" in found.reason


@pytest.mark.parametrize(
    ("name", "is_meant"), [("we.", True), ("we", False), ("other|web", True), ("(w|we|web)*x", False)]
)
def test_a_target_is_named_by_a_pattern_of_gos(name: str, is_meant: bool, tmp_path: Path) -> None:
    """It is for the whole name: kustomize puts it between ^(?: and )$."""
    more = f"patches: [{{target: {{name: '{name}'}}, patch: '{REPLACE}'}}]\n"
    assert shown(edited(tmp_path, more), "Pod", "web", "spec.hostNetwork")[0] is not is_meant


def test_folders_that_take_the_next_twice_over_come_to_an_end(tmp_path: Path) -> None:
    """Of 25, each would be built more often by twice: what is left out is in doubt."""
    files = {f"k8s/{n}/kustomization.yaml": f"resources: [../{n + 1}, ../{n + 1}]\n" for n in range(25)}
    files["k8s/25/kustomization.yaml"] = "resources: [web.yaml]\n"
    files["k8s/25/web.yaml"] = KUSTOMIZED["k8s/web/web.yaml"]
    write(tmp_path, files)
    built = Kustomize(Files(load(tmp_path).tree)).build("k8s/0")
    assert any("it takes more than 1000 others to build this" in why.reason for why in built.doubts)


def test_a_pattern_does_not_take_for_ever(tmp_path: Path) -> None:
    """What goes back to try other ways would try as many as there are words of a and b of this length."""
    files = {
        "k8s/kustomization.yaml": f"resources: [x.yaml]\npatches: [{{target: {{name: '(a|a)*b'}}, patch: '{REPLACE}'}}]\n",
        "k8s/x.yaml": KUSTOMIZED["k8s/web/web.yaml"].replace("name: web", f"name: {'a' * 60}, namespace: shop"),
    }
    assert shown(repo(tmp_path, files, "k8s"), "Pod", "a" * 60, "spec.hostNetwork")[0] is True


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("components: [https://example.org/x]\n", "kustomize takes https://example.org/x, which is not in this repo"),
        ("helmCharts: [{name: x}]\n", "helmCharts of k8s/web's kustomization is not read"),
    ],
)
def test_what_may_bring_an_object_and_is_not_read(tmp_path: Path, more: str, why: str) -> None:
    infra = edited(tmp_path, more)
    assert shown(infra, "Pod", "web", "spec.hostNetwork")[0] is True
    with pytest.raises(UnknownValueError, match=why):
        find_object(stacks(infra), "Pod", "other", "shop")


def test_a_note_on_an_earlier_name_leaves_unknown_what_was() -> None:
    more = Unknown("the rest cannot be read")
    metadata = object_({"name": string("new"), "annotations": object_({}, None, more)}, None)
    held = object_({"kind": string("Service"), "metadata": metadata}, None)
    noted = having_been(held, ("Service", "", "old"))
    for one in (noted, without_notes(noted)):
        annotations = at(one, "metadata", "annotations")
        assert annotations is not None
        assert annotations.rest == more
