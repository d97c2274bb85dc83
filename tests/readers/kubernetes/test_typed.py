"""Which of the raw manifests of a root are worked out: those that may be of the kinds asked for, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers import Malformed
from readers.account import as_text
from readers.kubernetes.manifests import RAW_TYPES, at, raw_manifest
from readers.kubernetes.typed import as_typed, manifests, of_types
from tests.repo import repo
from tfparse import Resource, Root
from tfparse.cty.identity import identical
from tfparse.diagnostics import TerraformError
from tfparse.documents import decode_yaml

KINDS = {"Deployment": "kubernetes_deployment_v1", "Service": "kubernetes_service_v1", "Secret": "kubernetes_secret_v1"}
OTHERS = ("LimitRange", "Middleware")

FORMS = {
    "plain": 'manifest = { kind = "KIND", metadata = { name = "x" } }',
    "quoted keys": 'manifest = { "kind" = "KIND", "metadata" = { "name" = "x" } }',
    "computed": 'manifest = { kind = join("", ["KIND"]), metadata = { name = "x" } }',
    "interpolated": 'manifest = { kind = "${local.none}KIND", metadata = { name = "x" } }',
    "twice, the last one counts": 'manifest = { kind = "Job", kind = "KIND", metadata = { name = "x" } }',
    "by a key that is worked out": 'manifest = { kind = "Job", (local.key) = "KIND", metadata = { name = "x" } }',
    "by a key in a template": 'manifest = { kind = "Job", "${local.key}" = "KIND", metadata = { name = "x" } }',
    "merged": 'manifest = merge({ kind = "Job" }, { kind = "KIND", metadata = { name = "x" } })',
    "chosen": 'manifest = local.none == "" ? { kind = "KIND", metadata = { name = "x" } } : null',
    "none of which is known": "manifest = { kind = var.hidden, metadata = { name = var.hidden } }",
    "in error": 'manifest = { kind = "KIND", metadata = { name = local.none.x } }',
    "yaml": 'yaml_body = yamlencode({ kind = "KIND", metadata = { name = "x" } })',
    "yaml by its whole name": 'yaml_body = core::yamlencode({ kind = "KIND", metadata = { name = "x" } })',
    "yaml with more merged in": 'yaml_body = yamlencode({ "<<" = { kind = "Job" }, kind = "KIND", metadata = { name = "x" } })',
    "yaml as it is": 'yaml_body = "kind: KIND\\nmetadata: {name: x}"',
    "yaml of many things": 'yaml_body = yamlencode(concat([{ kind = "KIND" }])...)',
    "yaml, which counts beside a null": 'manifest = null\n yaml_body = yamlencode({ kind = "KIND", metadata = { name = "x" } })',
    "beside yaml, which does not count": (
        'manifest = { kind = "KIND", metadata = { name = "x" } }\n yaml_body = yamlencode({ kind = "Job" })'
    ),
    "escaped": '_ {\n manifest = { kind = "KIND", metadata = { name = "x" } }\n }\n manifest = { kind = "Job" }',
    "without a name": 'manifest = { kind = "KIND" }',
    "of one that is not there": 'count = 0\n manifest = { kind = "KIND", metadata = { name = "x" } }',
    "of several": 'count = 2\n manifest = { kind = "KIND", metadata = { name = "x" } }',
}  # fmt: skip


def root_of(folder: Path, form: str, kind: str, **files: str) -> Root:
    source = f"""
        locals {{
          none = ""
          key  = "kind"
        }}
        variable "hidden" {{}}
        resource "kubectl_manifest" "first" {{
          {FORMS[form].replace("KIND", kind)}
        }}
        resource "kubernetes_deployment_v1" "second" {{}}
        resource "kubernetes_manifest" "third" {{
          {FORMS[form].replace("KIND", "Deployment")}
        }}
    """
    return repo(folder, {"main.tf": source, **files}).root("")


@pytest.mark.parametrize("kind", [*KINDS, *OTHERS])
@pytest.mark.parametrize("form", FORMS)
def test_they_are_found_as_if_all_were_worked_out(tmp_path: Path, form: str, kind: str) -> None:
    found = root_of(tmp_path, form, kind)
    every = found.resources()
    for type_ in KINDS.values():
        assert [r.address for r in of_types(found, type_)] == [r.address for r in every if as_typed(r).type == type_]
    raw = [r for of in RAW_TYPES for r in every if r.type == of and as_typed(r) is r]
    for wanted in (*KINDS, *OTHERS):
        told = [manifest.resource for manifest in manifests(found, wanted)]
        assert [r.address for r in told if is_of(r, wanted)] == [r.address for r in raw if is_of(r, wanted)]


def is_of(resource: Resource, kind: str) -> bool:
    held = at(raw_manifest(resource), "kind")
    return held is not None and held.raw == kind


def test_an_override_file_says_of_which_kind_it_is(tmp_path: Path) -> None:
    source = 'resource "kubernetes_manifest" "x" {\n  manifest = { kind = "Job", metadata = { name = "x" } }\n}\n'
    files = {"main.tf": source, "main_override.tf": source.replace("Job", "Deployment")}
    (one,) = of_types(repo(tmp_path, files).root(""), "kubernetes_deployment_v1")
    assert one.address == "kubernetes_manifest.x"


def test_of_a_kind_that_is_not_asked_for_none_is_worked_out_or_counted(tmp_path: Path) -> None:
    source = """
        resource "kubernetes_manifest" "x" {
          count    = length(file("count.txt"))
          manifest = { kind = "Middleware", metadata = { name = file("name.txt") } }
        }
        resource "kubectl_manifest" "y" {
          yaml_body = yamlencode({ kind = "Middleware", metadata = { name = file("name.txt") } })
        }
    """
    found = repo(tmp_path, {"main.tf": source, "count.txt": "x", "name.txt": "x"}).root("")
    assert not of_types(found, *KINDS.values())
    assert not manifests(found, "LimitRange")
    assert not {"count.txt", "name.txt"} & set(found.tree.reads.files)
    assert [m.resource.address for m in manifests(found, "Middleware")] == [
        "kubernetes_manifest.x[0]", "kubectl_manifest.y",
    ]  # fmt: skip
    assert "count.txt" in found.tree.reads.files


def test_a_resource_is_given_its_form_once(tmp_path: Path) -> None:
    found = root_of(tmp_path, "computed", "Deployment")
    of_types(found, "kubernetes_service_v1")
    deployments = of_types(found, "kubernetes_deployment_v1", "kubernetes_deployment_v1")
    assert deployments[:3] == deployments[3:]


ENCODED = {
    "plain": 'yamlencode({ kind = "Policy", spec = { rules = [{ name = local.name, count = 1, on = true, no = null }] } })',
    "with a text of several lines": 'yamlencode({ kind = "Policy", spec = <<-EOT\n  one\n  two: ${local.name}\n  EOT\n })',
    "with a list": 'yamlencode({ kind = "Policy", names = toset(["b", local.name]), none = [], nothing = {} })',
    "with a secret": 'yamlencode({ kind = "Policy", password = sensitive("hunter2") })',
    "with what is not known": 'yamlencode({ kind = "Policy", name = var.hidden })',
    "with something merged in": 'yamlencode({ "<<" = { kind = "Policy" } })',
    "with more in it than is known": 'yamlencode(merge({ kind = "Policy" }, { (var.hidden) = 1 }))',
    "with an error": 'yamlencode({ kind = local.name.x })',
    "in a circle": "yamlencode({ kind = kubectl_manifest.x.yaml_body })",
    "no object": "yamlencode([1])",
    "of what is not known": "yamlencode(var.hidden)",
    "of too much": "yamlencode({ kind = 1 }, { kind = 2 })",
    "expanded": "yamlencode([{ kind = 1 }]...)",
    "by its whole name": 'core::yamlencode({ kind = "Policy" })',
    "as text": '"kind: Policy"',
    "as JSON": 'jsonencode({ kind = "Policy" })',
}  # fmt: skip


@pytest.mark.parametrize("form", ENCODED)
def test_yaml_made_there_and_then_says_what_it_is_made_of(tmp_path: Path, form: str) -> None:
    source = f"""
        locals {{
          name = "x"
        }}
        variable "hidden" {{}}
        resource "kubectl_manifest" "x" {{
          yaml_body = {ENCODED[form]}
        }}
    """
    told, read = (repo(tmp_path, {"main.tf": source}).root("").resources()[0] for _ in range(2))
    body = read.body.attribute("yaml_body")
    assert body is not None
    try:
        expected = decode_yaml(as_text(body, "yaml_body"))
    except (Malformed, TerraformError):
        expected = None
    assert identical(raw_manifest(told), expected)
    assert identical(told.body.attribute("yaml_body"), body)


def test_its_text_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = f'locals {{ name = "x" }}\nresource "kubectl_manifest" "x" {{\n  yaml_body = {ENCODED["plain"]}\n}}\n'
    (resource,) = repo(tmp_path, {"main.tf": source}).root("").resources()
    monkeypatch.setattr("tfparse.functions.encoding.encode_yaml", None)
    manifest = raw_manifest(resource)
    assert manifest is not None
    assert manifest.mapping()["kind"].raw == "Policy"
