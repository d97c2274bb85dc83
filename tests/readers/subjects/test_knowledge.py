"""What is known of what stands at a path decides, and nothing else does: each subject, each kind of knowledge, each
operator."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from readers.kubernetes.stacks import find_stack
from readers.subjects.blocks import value_of
from readers.subjects.condition import OPERATORS, parse_condition
from readers.subjects.helm import release_values
from readers.subjects.kubernetes import find_object
from readers.subjects.node import ValueNode
from readers.subjects.subject import Subject, shown
from readers.subjects.terraform import find_call, find_resource, root_stacks
from readers.subjects.texts import read_text
from tests.repo import repo
from tfparse import Infra
from tfparse.cty.values import REDACTED, Unknown

SECRET = "swordfish-9"
MAIN = f"""\
variable "unknown" {{}}
variable "secret" {{
  sensitive = true
  default   = "{SECRET}"
}}
locals {{
  all = {{ a = "known", b = var.unknown, c = "x-${{var.unknown}}.org", d = null, e = var.secret }}
}}
resource "aws_thing" "x" {{
  a      = "known"
  b      = var.unknown
  c      = "x-${{var.unknown}}.org"
  d      = null
  e      = var.secret
  inner  = local.all
  merged = merge({{ a = "known" }}, var.unknown)
  block {{ a = "known" }}
  dynamic "some" {{
    for_each = var.unknown
    content {{ a = "known" }}
  }}
}}
resource "kubernetes_config_map" "x" {{
  metadata {{ name = "x" }}
  data = local.all
}}
resource "kubernetes_config_map" "texts" {{
  metadata {{ name = "texts" }}
  data = {{
    yaml     = "a: known\\nb: ${{var.unknown}}\\nc: x-${{var.unknown}}.org\\ne: ${{var.secret}}\\n"
    settings = "a known\\nb = ${{var.unknown}}\\nc = x-${{var.unknown}}.org\\n"
    above    = "a known\\n${{var.unknown}}\\nlater known\\n"
  }}
}}
resource "kubernetes_manifest" "x" {{
  manifest = {{ apiVersion = "example.org/v1", kind = "Thing", metadata = {{ name = "x" }}, spec = local.all }}
}}
resource "helm_release" "x" {{
  name   = "x"
  chart  = "x"
  values = [yamlencode({{ top = local.all, d = null }})]
}}
module "call" {{
  source = "./m"
  a      = "known"
  b      = var.unknown
  c      = "x-${{var.unknown}}.org"
  d      = null
  e      = var.secret
}}
"""
MODULE = "".join(f'variable "{name}" {{}}\n' for name in "abcde")


def text(form: str, key: str) -> Callable[[Infra], Subject]:
    return lambda infra: find_object(root_stacks(infra), "ConfigMap", "texts", None).text_at(
        f"data.{key}", lambda held, what: ValueNode(read_text(held, form, what), held.origin)
    )


SUBJECTS: dict[str, tuple[Callable[[Infra], Subject], str]] = {
    "resource": (lambda infra: find_resource(find_stack(infra, "."), "aws_thing.x"), ""),
    "inner": (lambda infra: find_resource(find_stack(infra, "."), "aws_thing.x"), "inner."),
    "ConfigMap": (lambda infra: find_object(root_stacks(infra), "ConfigMap", "x", None), "data."),
    "manifest": (lambda infra: find_object(root_stacks(infra), "Thing", "x", None), "spec."),
    "Helm": (lambda infra: release_values(find_stack(infra, "."), "x"), "top."),
    "call": (lambda infra: find_call(find_stack(infra, "."), "module.call"), ""),
    "value": (lambda infra: value_of(find_stack(infra, "."), "local.all"), ""),
    "YAML": (text("YAML", "yaml"), ""),
    "settings": (text("settings", "settings"), ""),
}
CONDITIONS = (
    "known", "not known", "like x-*", "set", "not set", "if set, known", "one of known, q", "starts with x", "has a",
    "has no a", "exactly a", "in order a", "has one like a*", "has none like a*", "like one of x-*, y",
    "names no host in x.org", "names a host in x.org",
)  # fmt: skip
# For each of the conditions: T holds, F does not, U cannot be known.
LAWS = {
    "known": "TFFTFTTFFFFFFFFTF",
    "unknown": "UUUTFUUUUUUUUUUUU",
    "known in part": "FTTTFFFTUUUUUUTUU",
    "null": "FFFFTTFFFFFFFFFFF",
    "secret": "FTFTFFFFFFFFFFFTF",
    "hidden": "UUUUUUUUUUUUUUUUU",
}
PATHS = {"a": "known", "b": "unknown", "c": "known in part", "d": "null", "e": "secret"}
OTHERS = [
    ("resource", "nothing", "null"),
    ("resource", "b.inner", "hidden"),
    ("resource", "merged.nothing", "hidden"),
    ("resource", "block.a", "known"),
    ("resource", "block.nothing", "null"),
    ("resource", "some.a", "hidden"),
    ("resource", "b[*]", "hidden"),
    ("resource", "b[0].x", "hidden"),
    ("resource", "b[name]", "hidden"),
    ("Helm", "nothing", "hidden"),
    ("Helm", "nothing.below", "hidden"),
    ("manifest", "spec.b.inner", "hidden"),
    ("call", "b.inner", "hidden"),
]


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Infra:
    return repo(tmp_path_factory.mktemp("infra"), {"main.tf": MAIN, "m/main.tf": MODULE})


def verdicts(subject: Subject, path: str) -> str:
    letters = ""
    for condition in CONDITIONS:
        (found,) = subject.at(path)
        holds = found.holds(parse_condition(condition).holds)
        letters += "U" if isinstance(holds, Unknown) else "T" if holds else "F"
    return letters


def test_each_operator_is_among_the_conditions() -> None:
    amounts = {"at least", "at most", "version at least", "version at most", "pinned to"}
    assert {o.words for o in OPERATORS if not any(c.startswith(o.words) for c in CONDITIONS)} == amounts


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SUBJECTS)
def test_what_is_known_decides(name: str, path: str, infra: Infra) -> None:
    find, prefix = SUBJECTS[name]
    if (name, path) not in {("YAML", "d"), ("settings", "d"), ("settings", "e")}:
        assert verdicts(find(infra), prefix + path) == LAWS[PATHS[path]]


@pytest.mark.parametrize(("name", "path", "law"), OTHERS)
def test_where_a_path_may_lead_nowhere(name: str, path: str, law: str, infra: Infra) -> None:
    assert verdicts(SUBJECTS[name][0](infra), path) == LAWS[law]


def test_a_null_in_values_takes_the_charts_own_key_away(infra: Infra) -> None:
    """helm template with `a: 1` in the chart's values and `a: null` in ours gives the template nothing at .Values.a."""
    assert verdicts(SUBJECTS["Helm"][0](infra), "d") == LAWS["null"]
    assert verdicts(SUBJECTS["Helm"][0](infra), "d.below") == LAWS["null"]


@pytest.mark.parametrize(("path", "law"), [("a", "unknown"), ("later", "known"), ("more", "hidden")])
def test_a_line_that_is_unknown_may_set_anew_what_stands_above(path: str, law: str, infra: Infra) -> None:
    assert verdicts(text("settings", "above")(infra), path) == LAWS[law]


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_secret_is_shown_by_no_path(name: str, infra: Infra) -> None:
    find, prefix = SUBJECTS[name]
    subject = find(infra)
    for path in [f"{prefix}e", prefix.rstrip(".") or "[*]", *(["[*]"] if not prefix else [])]:
        if (name, path) in {("settings", "settings")}:
            continue
        try:
            said = " ".join(shown(found) for found in subject.at(path))
        except Exception as error:  # noqa: BLE001 - whatever it says must not show it either
            said = str(error)
        assert SECRET not in said
    if name not in {"settings"}:
        assert REDACTED in shown(subject.at(f"{prefix}e")[0])
