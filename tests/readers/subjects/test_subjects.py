"""Subjects are found wherever a root declares them, by whatever form; two of one name, and none, are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers import Malformed, Missing
from readers.kubernetes.stacks import find_stack
from readers.subjects.files import file_subject, files_like
from readers.subjects.helm import release_values
from readers.subjects.kubernetes import find_object, kind_of, objects
from readers.subjects.node import ValueNode
from readers.subjects.subject import Row, Subject, shown, total
from readers.subjects.terraform import calls_of, find_call, find_resource, resources_of_type, root_stacks
from readers.subjects.texts import read_text
from tfparse import Infra, Origin, UnknownValueError, load
from tfparse.cty.values import string

FILES = {
    "envs/prod/main.tf": """\
variable "bucket" {}

resource "aws_s3_bucket" "logs" {
  bucket = "logs"
  versioning_configuration { status = "Enabled" }
  lifecycle { ignore_changes = [bucket] }
}

resource "aws_s3_bucket" "more" {
  count  = var.bucket == "x" ? 1 : 0
  bucket = "more"
}

data "aws_ami" "base" { most_recent = true }

module "web" {
  source = "../../modules/web"
  size   = 3
}
""",
    "modules/web/main.tf": """\
variable "size" {}
variable "dry_run" { default = true }

resource "kubernetes_config_map" "cache" {
  metadata {
    name      = "cache"
    namespace = "shop"
  }
  data = {
    "redis.conf" = <<-EOT
      # maxmemory-policy noeviction
      maxmemory-policy allkeys-lru
      maxmemory-policy volatile-lru
      save 900 1
    EOT
  }
}
""",
    "envs/edge/main.tf": """\
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  spec {
    replicas = "2"
    template {
      spec {
        container {
          name = "nginx"
          env_from {
            config_map_ref { name = "web" }
          }
          env {
            name  = "MODE"
            value = "live"
          }
        }
      }
    }
  }
}

resource "kubernetes_config_map" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  data = { FOO = "bar", MODE = "test" }
}

resource "kubernetes_manifest" "middleware" {
  manifest = {
    apiVersion = "traefik.io/v1alpha1"
    kind       = "Middleware"
    metadata   = { name = "lan", namespace = "traefik" }
    spec       = { ipAllowList = { sourceRange = ["10.0.0.0/8", "192.168.0.0/16"] } }
  }
}

resource "helm_release" "web" {
  name   = "web"
  chart  = "web"
  values = [yamlencode({ service = { type = "LoadBalancer", ports = [{ name = "a" }] } })]
}
""",
    "etc/limits.yaml": "mail:\n  most: 200Mi\n",
}


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return load(tmp_path)


def at(subject: Subject, path: str) -> list[tuple[str, str]]:
    """What stands at a path, and the line that decides it."""
    lines = {file: text.splitlines() for file, text in FILES.items()}
    return [(shown(one), lines[one.origin.file][one.origin.line - 1].strip()) for one in subject.at(path)]


@pytest.mark.parametrize(
    ("kind", "name", "namespace", "path", "found"),
    [
        ("Deployment", "web", "shop", "spec.replicas", [('"2"', 'replicas = "2"')]),
        (
            "Deployment",
            "web",
            "shop",
            "spec.template.spec.containers[nginx].env[FOO].value",
            [('"bar"', 'data = { FOO = "bar", MODE = "test" }')],
        ),
        (
            "Deployment",
            "web",
            "shop",
            "spec.template.spec.containers[nginx].env[MODE].value",
            [('"live"', 'value = "live"')],
        ),
        (
            "Middleware",
            "lan",
            "traefik",
            "spec.ipAllowList.sourceRange[*]",
            [
                ('"10.0.0.0/8"', 'spec       = { ipAllowList = { sourceRange = ["10.0.0.0/8", "192.168.0.0/16"] } }'),
                (
                    '"192.168.0.0/16"',
                    'spec       = { ipAllowList = { sourceRange = ["10.0.0.0/8", "192.168.0.0/16"] } }',
                ),
            ],
        ),
        ("ConfigMap", "cache", "shop", "data", [("a mapping of redis.conf", "data = {")]),
    ],
)
def test_an_object_is_found_wherever_a_root_declares_it(
    infra: Infra, kind: str, name: str, namespace: str, path: str, found: list[tuple[str, str]]
) -> None:
    assert at(find_object(root_stacks(infra), kind, name, namespace), path) == found


def test_an_object_that_nothing_declares_is_missing_and_its_neighbours_are_named(infra: Infra) -> None:
    with pytest.raises(Missing, match=r"^no Deployment wep in namespace shop in the repo \(it has web\)$"):
        find_object(root_stacks(infra), "Deployment", "wep", "shop")


@pytest.mark.parametrize(("kind", "name", "namespace", "hint"), [
    ("Deploymnt", "web", "shop", "it has no Deploymnt .it has Deployment"),
    ("Deployment", "web", "shp", "there is one in namespace shop"),
    ("Midleware", "lan", None, "it has no Midleware .it has Middleware"),
    ("Deployment", "wep", "shop", "it has web"),
])  # fmt: skip
def test_what_is_misspelt_is_told_with_what_there_is(
    kind: str, name: str, namespace: str | None, hint: str, infra: Infra
) -> None:
    with pytest.raises(Missing, match=hint):
        find_object(root_stacks(infra), kind, name, namespace)


def test_no_object_of_a_kind_is_told_with_the_kinds_there_are(infra: Infra) -> None:
    assert "Deployment" in objects(root_stacks(infra), "Deploymnt", "Deploymnt").near


def test_two_of_one_name_are_refused_with_both_places(infra: Infra, tmp_path: Path) -> None:
    (tmp_path / "envs/more").mkdir()
    (tmp_path / "envs/more/main.tf").write_text(FILES["envs/edge/main.tf"])
    stacks = root_stacks(load(tmp_path))
    with pytest.raises(Malformed, match=r"2 are declared: envs/edge/main.tf:1 and envs/more/main.tf:1$"):
        find_object(stacks, "Deployment", "web", "shop")


def test_a_text_within_a_subject_is_one_of_its_own(infra: Infra) -> None:
    cache = find_object(root_stacks(infra), "ConfigMap", "cache", "shop")
    settings = cache.text_at('data."redis.conf"', lambda text, what: ValueNode(read_text(text, "settings", what)))
    assert at(settings, "maxmemory-policy") == [('"volatile-lru"', "maxmemory-policy volatile-lru")]
    assert at(settings, "save") == [('"900 1"', "save 900 1")]
    assert at(settings, "requirepass") == [("not set (it has maxmemory-policy, save)", '"redis.conf" = <<-EOT')]


def test_resources_and_calls_are_asked_by_root(infra: Infra) -> None:
    prod = find_stack(infra, "envs/prod")
    assert at(find_resource(prod, "aws_s3_bucket.logs"), "versioning_configuration.status") == [
        ('"Enabled"', 'versioning_configuration { status = "Enabled" }')
    ]
    assert find_resource(prod, "aws_s3_bucket.logs").ignored("bucket").origin.line == 6
    assert at(find_resource(prod, "data.aws_ami.base"), "most_recent") == [
        ('"true"', 'data "aws_ami" "base" { most_recent = true }')
    ]
    assert at(find_call(prod, "module.web"), "size") == [('"3"', "size   = 3")]
    assert at(find_call(prod, "module.web"), "dry_run") == [('"true"', 'variable "dry_run" { default = true }')]
    with pytest.raises(Missing, match=r"no aws_s3_bucket.log in envs/prod \(it has aws_s3_bucket.logs"):
        find_resource(prod, "aws_s3_bucket.log")
    with pytest.raises(Missing, match=r"no module call module.wep in envs/prod \(it has module.web\)"):
        find_call(prod, "module.wep")


def test_what_may_be_there_is_told_from_what_is(infra: Infra) -> None:
    stacks = root_stacks(infra)
    buckets = resources_of_type(stacks, "aws_s3_bucket", "bucket")
    assert [s.label for s in buckets.certain] == ["aws_s3_bucket.logs of envs/prod"]
    assert [s.label for s, _ in buckets.doubtful] == ["aws_s3_bucket.more[*] of envs/prod"]
    one = buckets.where([Row.of("bucket", "logs")])
    assert ([s.label for s in one.certain], one.doubtful) == (["aws_s3_bucket.logs of envs/prod"], ())
    with pytest.raises(UnknownValueError, match=r"aws_s3_bucket.more\[\*\] of envs/prod may be the bucket"):
        buckets.where([Row.of("bucket", "more")]).one()
    assert [s.label for s in calls_of(stacks, "modules/web", "call").certain] == ["module.web of envs/prod"]


def test_a_helm_key_that_the_values_leave_out_is_the_charts(infra: Infra) -> None:
    values = release_values(find_stack(infra, "envs/edge"), "web")
    assert at(values, "service.type") == [
        ('"LoadBalancer"', 'values = [yamlencode({ service = { type = "LoadBalancer", ports = [{ name = "a" }] } })]')
    ]
    assert shown(values.at("service.policy")[0]) == "(unknown: left to the chart, which is not in the repo)"
    assert shown(values.at("service.ports[0].port")[0]) == "not set (it has name)"


def test_a_file_is_read_once_for_all_scenarios(infra: Infra) -> None:
    one, other = (file_subject(infra, "etc/limits.yaml", "YAML") for _ in range(2))
    assert one.node.value() is other.node.value()


def test_files_are_read_as_what_they_are(infra: Infra) -> None:
    assert at(file_subject(infra, "etc/limits.yaml", "YAML"), "mail.most") == [('"200Mi"', "most: 200Mi")]
    assert [s.label for s in files_like(infra, "envs/*/main.tf", "x").certain] == [
        "file envs/edge/main.tf",
        "file envs/prod/main.tf",
    ]
    assert [s.label for s in files_like(infra, "**/*.yaml", "x").certain] == ["file etc/limits.yaml"]
    assert [s.label for s in files_like(infra, "**/etc/**/*.yaml", "x").certain] == ["file etc/limits.yaml"]
    assert not files_like(infra, "**/etc/*/*.yaml", "x").certain
    with pytest.raises(Missing, match=r"no file etc/limit.yaml in the repo \(it has etc/limits.yaml"):
        file_subject(infra, "etc/limit.yaml", "YAML")


def test_quantities_add_up(infra: Infra) -> None:
    workloads = objects(root_stacks(infra), "Deployment", "Deployment")
    summed, found = total(workloads, "spec.replicas")
    assert (summed, [one.origin.line for one in found]) == (2, [7])


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("kubernetes_daemonset", "DaemonSet"),
        ("kubernetes_daemon_set_v1", "DaemonSet"),
        ("kubernetes_cron_job_v1", "CronJob"),
        ("kubernetes_horizontal_pod_autoscaler_v2beta2", "HorizontalPodAutoscaler"),
        ("kubernetes_config_map_v1_data", None),
        ("kubernetes_env", None),
        ("kubernetes_manifest", None),
        ("aws_instance", None),
    ],
)
def test_a_type_declares_a_kind(type_: str, kind: str | None) -> None:
    assert kind_of(type_) == kind


@pytest.mark.parametrize(
    ("form", "text", "path", "found"),
    [
        ("TOML", "[a]\nb = 1\n", "a.b", '"1"'),
        ("JSON", '{"a": [1]}', "a[0]", '"1"'),
        ("settings", "a: b\n[s]\na = c ; d\n", "s.a", '"c ; d"'),
        ("lines", "# x\n\n  y z\n", "[0]", '"y z"'),
    ],
)
def test_forms(infra: Infra, tmp_path: Path, form: str, text: str, path: str, found: str) -> None:
    (tmp_path / "text").write_text(text)
    assert shown(file_subject(load(tmp_path), "text", form).at(path)[0]) == found


@pytest.mark.parametrize(("form", "text"), [("TOML", "="), ("JSON", "{"), ("YAML", "a: b: c"), ("settings", "= 1")])
def test_what_cannot_be_read_so_is_malformed(tmp_path: Path, form: str, text: str) -> None:
    (tmp_path / "text").write_text(text)
    with pytest.raises(Malformed, match="cannot be read as|is no setting"):
        file_subject(load(tmp_path), "text", form)


@pytest.mark.parametrize("directory", ["modules/web", "modules/web/", "./modules/web"])
def test_a_module_is_known_by_its_directory_however_that_is_spelt(directory: str, infra: Infra) -> None:
    assert calls_of(root_stacks(infra), directory, "call").certain


def test_the_module_in_the_root_of_the_repo_is_a_dot(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "main.tf").write_text('variable "name" {}\n')
    (tmp_path / "examples" / "main.tf").write_text('module "it" {\n  source = "../"\n  name   = "a"\n}\n')
    (call,) = calls_of(root_stacks(load(tmp_path)), ".", "call").certain
    assert call.label == "module.it of examples"


def test_none_names_the_nearest(infra: Infra) -> None:
    stacks = root_stacks(infra)
    assert calls_of(stacks, "modules/wob", "call").near.startswith(" (it has modules/web")
    assert "aws_s3_bucket" in resources_of_type(stacks, "aws_s3_buckt", "resource").near


def test_a_glob_of_many_folders_does_not_go_on_for_ever(tmp_path: Path) -> None:
    deep = tmp_path / "/".join("a" * 40)
    deep.mkdir(parents=True)
    (deep / "x.tf").write_text("")
    infra = load(tmp_path)
    assert not files_like(infra, "**/a/" * 20 + "y.tf", "x").certain
    assert len(files_like(infra, "**/a/" * 20 + "x.tf", "x").certain) == 1


@pytest.mark.parametrize(("text", "path"), [
    ("name: x\non:\n  push: {branches: [master]}\n", "on.push.branches[0]"),
    ("'on':\n  push: {branches: [master]}\n", "on.push.branches[0]"),
    ("true:\n  push: {branches: [master]}\n", "true.push.branches[0]"),
])  # fmt: skip
def test_a_workflows_on_is_asked_as_it_is_written(text: str, path: str) -> None:
    read = Subject("file", ValueNode(read_text(string(text), "YAML", "file")))
    assert [shown(one) for one in read.at(path)] == ['"master"']


def test_a_stream_of_documents_is_a_list_of_them() -> None:
    text = string("kind: A\nx: 1\n---\n# none\n---\nkind: B\nx: 2\n", Origin("all.yaml", 1), verbatim=True)
    read = Subject("file", ValueNode(read_text(text, "YAML", "file")))
    assert [(shown(one), one.origin) for one in read.at("[kind=B].x")] == [('"2"', Origin("all.yaml", 7))]
    assert [shown(one) for one in read.at("[0].kind")] == ['"A"']
