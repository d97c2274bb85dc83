"""What stands beside the objects of a folder: comments before the first, and what charts from elsewhere may bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers import Missing
from readers.subjects.kubernetes import find_object, objects
from readers.subjects.terraform import root_stacks
from tests.readers.manifests.test_folder import WEB, repo, shown, stacks


@pytest.mark.parametrize("head", ["# a licence\n#\n\n---\n", "%YAML 1.2\n---\n", "---\n# nothing\n---\n"])
def test_comments_before_the_first_document_are_none(tmp_path: Path, head: str) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {hostNetwork: true}\n"
    infra = repo(tmp_path, {"k8s/web.yaml": head + pod}, "k8s")
    assert shown(infra, "Pod", "web", "spec.hostNetwork")[0] is True
    with pytest.raises(Missing):
        find_object(stacks(infra), "Pod", "other", "shop")


def test_charts_from_elsewhere_may_bring_others(tmp_path: Path) -> None:
    release = 'resource "helm_release" "%s" {\n  name = "%s"\n  repository = "https://example.org"\n  chart = "x"\n}\n'
    files = {"main.tf": "".join(release % (name, name) for name in "abcd"), "k8s/web.yaml": WEB}
    infra = repo(tmp_path, files, "k8s")
    said = [remark.text for remark in objects(root_stacks(infra), "Service", "Service").account.notes]
    assert said == ["what charts bring that are not in this repo is not counted: a, b, c, ..."]
    own = [stack for stack in root_stacks(infra) if stack.name == "k8s/"]
    assert own
    assert not objects(own, "Service", "Service").account.notes
