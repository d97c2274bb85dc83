"""Workloads of every kind are subjects alike, and what else decides a field of theirs is heeded."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.evidence import Evidence
from readers.kubernetes.stacks import find_stack
from readers.subjects.condition import parse_condition
from readers.subjects.kubernetes import find_object
from readers.subjects.postfix import says
from readers.subjects.subject import Subject, shown
from readers.subjects.terraform import root_stacks
from readers.subjects.workloads import container_subject, workload_subject
from steps.conditions import it_has
from tfparse import load

POD = """
metadata { labels = { app = "web" } }
spec {
  init_container {
    name  = "prepare"
    image = "busybox:1.36"
    env {
      name  = "STEP"
      value = "first"
    }
  }
  container {
    name  = "nginx"
    image = "nginx:1.27"
    env_from {
      config_map_ref { name = "web" }
    }
    env {
      name  = "MODE"
      value = "live"
    }
  }
  volume {
    name = "cache"
    empty_dir {}
  }
}
"""
TEMPLATE = f"template {{\n{POD}\n}}"
SPECS = {
    "Deployment": ("kubernetes_deployment_v1", TEMPLATE, "spec.template."),
    "StatefulSet": ("kubernetes_stateful_set", TEMPLATE, "spec.template."),
    "DaemonSet": ("kubernetes_daemonset", TEMPLATE, "spec.template."),
    "ReplicationController": ("kubernetes_replication_controller", TEMPLATE, "spec.template."),
    "Job": ("kubernetes_job_v1", TEMPLATE, "spec.template."),
    "CronJob": (
        "kubernetes_cron_job_v1",
        f'schedule = "5 4 * * *"\njob_template {{\nspec {{\n{TEMPLATE}\n}}\n}}',
        "spec.jobTemplate.spec.template.",
    ),
}
CONFIG = """
resource "kubernetes_config_map" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  data = { FOO = "bar", MODE = "test" }
}
"""


def typed(type_: str, spec: str) -> str:
    return f"""
resource "{type_}" "web" {{
  metadata {{
    name      = "web"
    namespace = "shop"
  }}
  spec {{
    {spec}
  }}
}}
{CONFIG}"""


def subject(folder: Path, kind: str, **roots: str) -> Subject:
    for name, text in roots.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "main.tf").write_text(text)
    return find_object(root_stacks(load(folder)), kind, "web", "shop")


def at(found: Subject, path: str) -> list[str]:
    return [shown(one) for one in found.at(path)]


def test_who_seeks_an_object_rests_on_the_roots_that_may_hold_it_and_on_what_the_others_say(tmp_path: Path) -> None:
    type_, spec, _ = SPECS["Deployment"]
    other = typed(type_, spec).replace('"web"', '"other"')
    subject(tmp_path, "Deployment", web=typed(type_, spec), other=other, another=other.replace("other", "another"))
    infra = load(tmp_path)
    with infra.asking() as basis:
        find_object(root_stacks(infra), "Deployment", "web", "shop")
    assert set(basis.roots) == {"web"}
    assert basis.said


@pytest.mark.parametrize("kind", SPECS)
def test_each_kind_has_containers_environment_and_volumes(kind: str, tmp_path: Path) -> None:
    type_, spec, template = SPECS[kind]
    web = subject(tmp_path, kind, web=typed(type_, spec))
    pod = f"{template}spec."
    assert at(web, f"{pod}containers[nginx].image") == ['"nginx:1.27"']
    assert at(web, f"{pod}containers[nginx].env[FOO].value") == ['"bar"']
    assert at(web, f"{pod}containers[nginx].env[MODE].value") == ['"live"']
    assert at(web, f"{pod}initContainers[prepare].env[STEP].value") == ['"first"']
    assert at(web, f"{pod}initContainers[prepare].env[FOO].value") == ["not set (it has STEP)"]
    assert at(web, f"{pod}volumes[cache].emptyDir") == ["a mapping of nothing"]
    assert at(web, f"{template}metadata.labels.app") == ['"web"']


MANIFEST = """
apiVersion: v1
kind: {kind}
metadata: {{name: web, namespace: shop}}
spec:
{spec}
"""
POD_MANIFEST = """\
initContainers:
  - {name: prepare, image: busybox:1.36, env: [{name: STEP, value: first}]}
containers:
  - name: nginx
    image: nginx:1.27
    envFrom: [{configMapRef: {name: web}}]
    env: [{name: MODE, value: live}]
"""


@pytest.mark.parametrize("form", ["kubernetes_manifest", "kubectl_manifest"])
@pytest.mark.parametrize("kind", [*SPECS, "Pod"])
def test_manifests_are_read_alike(kind: str, form: str, tmp_path: Path) -> None:
    keys = [*SPECS[kind][2].split(".")[1:-1], "spec"] if kind != "Pod" else []
    spec, indent = "", "  "
    for key in keys:
        spec, indent = f"{spec}{indent}{key}:\n", f"{indent}  "
    spec += "".join(f"{indent}{line}\n" for line in POD_MANIFEST.splitlines())
    text = MANIFEST.format(kind=kind, spec=spec)
    argument = "manifest = yamldecode(" if form == "kubernetes_manifest" else "yaml_body = ("
    source = f'resource "{form}" "web" {{\n  {argument}<<-EOT\n{text}EOT\n  )\n}}\n{CONFIG}'
    web = subject(tmp_path, kind, web=source)
    pod = ".".join(["spec", *keys])
    assert at(web, f"{pod}.containers[nginx].image") == ['"nginx:1.27"']
    # kubectl's provider may lead to another cluster than the one that has the typed ConfigMap.
    (inherited,) = at(web, f"{pod}.containers[nginx].env[FOO].value")
    assert inherited == '"bar"' if form == "kubernetes_manifest" else "perhaps not to one cluster" in inherited
    assert at(web, f"{pod}.containers[nginx].env[MODE].value") == ['"live"']
    assert at(web, f"{pod}.initContainers[prepare].env[STEP].value") == ['"first"']


def test_a_pod_is_its_own_template(tmp_path: Path) -> None:
    spec = POD.partition("spec {")[2].rpartition("}")[0]
    web = subject(tmp_path, "Pod", web=typed("kubernetes_pod", spec))
    assert at(web, "spec.containers[nginx].env[FOO].value") == ['"bar"']
    assert at(web, "spec.initContainers[prepare].image") == ['"busybox:1.36"']


def verdicts(found: Subject, path: str, condition: str) -> list[str]:
    evidence = Evidence()
    it_has(evidence, found, [["path", "is"], [path, condition]])
    return [f"{one.verdict.value}: {one.actual}" for one in evidence.findings]


SCALER = """
resource "kubernetes_horizontal_pod_autoscaler_v2" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  spec {
    min_replicas = 2
    max_replicas = 5
    scale_target_ref {
      kind = "Deployment"
      name = "web"
    }
  }
}
"""


@pytest.mark.parametrize(("condition", "wanted"), [
    ("at least 2", ["passed", "passed", "passed"]),
    ("3", ["passed", "failed", "failed"]),
    ("at most 4", ["passed", "passed", "failed"]),
])  # fmt: skip
def test_what_an_autoscaler_of_another_root_sets_is_judged_too(
    condition: str, wanted: list[str], tmp_path: Path
) -> None:
    web = subject(tmp_path, "Deployment", web=typed("kubernetes_deployment", f"replicas = 3\n{TEMPLATE}"), more=SCALER)
    assert [one.partition(":")[0] for one in verdicts(web, "spec.replicas", condition)] == wanted


RANGE = """
resource "kubernetes_limit_range" "all" {
  metadata {
    name      = "all"
    namespace = "shop"
  }
  spec {
    limit {
      type    = "Container"
      default = { memory = "100Mi" }
    }
  }
}
"""


def test_a_limit_that_the_namespace_gives(tmp_path: Path) -> None:
    path = "spec.template.spec.containers[nginx].resources.limits.memory"
    source = typed("kubernetes_deployment", TEMPLATE)
    web = subject(tmp_path, "Deployment", web=source)
    assert verdicts(web, path, "if set, at least 200Mi") == ["passed: not set (it has env, envFrom, image, name)"]
    given = subject(tmp_path, "Deployment", web=source, more=RANGE)
    assert verdicts(given, path, "if set, at least 200Mi") == ['failed: "100Mi"']
    assert verdicts(given, path, "at least 50Mi") == ['passed: "100Mi"']


def test_what_runs_before_the_program_may_change_its_environment(tmp_path: Path) -> None:
    source = typed("kubernetes_deployment", TEMPLATE).replace(
        'image = "nginx:1.27"', 'image = "nginx:1.27"\n    command = ["sh", "-c", "export FOO=other; exec nginx"]'
    )
    web = subject(tmp_path, "Deployment", web=source)
    path = "spec.template.spec.containers[nginx].env"
    assert verdicts(web, f"{path}[MODE].value", "live") == ['passed: "live"']
    (found,) = verdicts(web, f"{path}[FOO].value", "bar")
    assert found.startswith('undetermined: unknown: "bar" is declared, but its command')


@pytest.mark.parametrize(("command", "known"), [
    ("exec nginx", True),
    ("pip install x && python app.py", True),
    ("MODE=x python app.py", True),
    (". /etc/env.sh; exec nginx", False),
    ("eval $(make-env); exec nginx", False),
    ("FOO=1; exec nginx", False),
])  # fmt: skip
def test_what_a_shell_starts_cannot_change_its_environment(command: str, known: bool, tmp_path: Path) -> None:
    own = f'image = "nginx:1.27"\n    command = ["sh", "-c", "{command}"]'
    source = typed("kubernetes_deployment", TEMPLATE).replace('image = "nginx:1.27"', own)
    web = subject(tmp_path, "Deployment", web=source)
    (found,) = verdicts(web, "spec.template.spec.containers[nginx].env[FOO].value", "bar")
    assert found.startswith("passed" if known else "undetermined"), found


PATCH = """
resource "null_resource" "patch" {
  provisioner "local-exec" {
    command = "kubectl -n shop set env deployment/web FOO=baz"
  }
}
"""


def test_what_a_command_does_to_it_is_a_doubt(tmp_path: Path) -> None:
    source, pod = typed("kubernetes_deployment", TEMPLATE), "spec.template.spec.containers[nginx]"
    web = subject(tmp_path, "Deployment", web=source, more=PATCH)
    (found,) = verdicts(web, f"{pod}.env[FOO].value", "bar")
    assert found.startswith("undetermined:")
    assert verdicts(web, f"{pod}.image", "nginx:1.27") == ['passed: "nginx:1.27"']
    other = subject(tmp_path, "Deployment", web=source, more=PATCH.replace("deployment/web", "deployment/wed"))
    assert verdicts(other, f"{pod}.env[FOO].value", "bar") == ['passed: "bar"']
    image = PATCH.replace("set env deployment/web FOO=baz", "set image deployment/web nginx=nginx:2")
    (found,) = verdicts(subject(tmp_path, "Deployment", web=source, more=image), f"{pod}.image", "nginx:1.27")
    assert found.startswith("undetermined:")


def test_a_misspelt_variable_is_told_with_the_nearest(tmp_path: Path) -> None:
    web = subject(tmp_path, "Deployment", web=typed("kubernetes_deployment", TEMPLATE))
    assert at(web, "spec.template.spec.containers[nginx].env[MODES].value") == ["not set (it has MODE)"]
    assert at(web, "spec.template.spec.containers[nginx].env[FOOO].value") == ["not set (it has FOO)"]


def test_a_key_with_dots_is_told_to_be_written_in_quotes(tmp_path: Path) -> None:
    web = subject(tmp_path, "Deployment", web=typed("kubernetes_deployment", TEMPLATE))
    for condition in ("not set", "if set, x", "x"):
        (found,) = verdicts(web, "spec.template.metadata.labels.app.kubernetes.io/name", condition)
        assert "a key that holds dots is written in quotes" in found
        assert found.startswith("undetermined")


IGNORING = """
  lifecycle {
    ignore_changes = [
      spec[0].replicas, spec[0].template[0].spec[0].container[0].image,
      spec[0].template[0].spec[0].container[0].resources[0].limits.memory,
    ]
  }
}
"""


def test_a_container_and_a_workload_are_subjects_with_what_terraform_lets_drift(tmp_path: Path) -> None:
    source = typed("kubernetes_deployment", f"replicas = 2\n{TEMPLATE}").replace(
        "}\n\nresource", IGNORING + "\nresource", 1
    )
    source = source.replace("  init_container {", "  container {", 1)
    (tmp_path / "main.tf").write_text(source)
    workload = find_stack(load(tmp_path), ".").cluster.deployment("web", "shop")
    container = container_subject(workload.container("prepare"))
    assert at(container, "env[STEP].value") == ['"first"']
    assert at(container, "image") == ['"busybox:1.36"']
    whole = workload_subject(workload)
    assert at(whole, "spec.replicas") == ['"2"']
    assert whole.ignored("spec.replicas") is not None
    assert whole.ignored("spec.strategy.type") is None
    assert whole.ignored("spec.template.spec.containers[prepare].image") == container.ignored("image")
    assert whole.ignored("spec.template.spec.containers[nginx].image") is None
    assert whole.ignored("spec.template.spec.containers[missing].image") is None
    assert container.ignored("image") is not None
    assert container.ignored("resources.limits.memory") is not None
    assert container.ignored("resources.limits.cpu") is None
    assert container_subject(workload.container("nginx")).ignored("image") is None


@pytest.mark.parametrize(("text", "condition", "holds"), [
    ("10", "10", True),
    ("11", "10", False),
    ("1m", "60s", True),
    ("60", "60s", True),
    ("61s", "60s", False),
    ("encrypt", "one of encrypt, verify", True),
    ("may", "one of encrypt, verify", False),
    ("[smtp.example.org]:587", "[smtp.example.org]:587", True),
])  # fmt: skip
def test_a_postfix_parameter_is_compared_as_postfix_takes_it(text: str, condition: str, holds: bool) -> None:
    assert says(text, parse_condition(condition)) is holds
