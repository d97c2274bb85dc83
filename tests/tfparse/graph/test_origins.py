"""The file and line that a value is said to come from is the one that a person would edit.

A line that decides ends in ``# @NAME`` here (or, in text, holds NAME itself); what is asked for says which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import Body, Infra, Origin, Root, Value, load
from tfparse.cty.values import HOLE

FILES = {
    "terragrunt.hcl": """
        generate "tiers" {
          path      = "tiers.tf"
          if_exists = "overwrite"
          contents  = <<-EOT
            locals {
              tier = "0-core" # @generated
            }
          EOT
        }
        """,
    "stack/terragrunt.hcl": """
        include "root" {
          path = find_in_parent_folders()
        }
        inputs = {
          given = "g" # @input
          nested = {
            deep = ["a",
              "b", # @nested-input
            ]
          }
        }
        """,
    "stack/terraform.tfvars": """
        # A comment.
        set = "s" # @tfvars
        """,
    "stack/main.tf": """
        variable "given" {}
        variable "nested" {
          type = any
        }
        variable "set" {
          default = "d"
        }
        variable "text" {
          default = <<-EOT
            first = 1
            second = heredoc-line
          EOT
        }
        variable "plain" {
          default = "p" # @default
        }
        locals {
          direct = "x" # @local
          chain  = local.direct
          merged = merge(
            { a = 1, b = "kept" }, # @merge-kept
            { a = 2 },             # @merge-won
          )
          list     = concat(["one"], [
            "two", # @concat
          ])
          choice = true ? "yes" : "no" # @choice
          picked = lookup(local.table, "k", "none")
          table  = {
            k = "v" # @lookup
          }
          yaml = yamlencode({
            outer = {
              inner = "yaml-scalar" # @yaml
              list = [
                1,
                2, # @yaml-element
              ]
              script = <<-EOT
                echo begin
                echo yaml-script-line
              EOT
            }
          })
          json = jsonencode({
            outer = {
              inner = "json-scalar" # @json
            }
          })
          file     = yamldecode(file("values.yaml"))
          decoded  = yamldecode(local.yaml)
          rendered = templatefile("t.tpl", { name = "n", items = ["i"], secret = data.v_s.x.y })
          loops    = [for s in ["a", # @loop
            "b"] : s]
          keys = { for k, v in {
            first  = 1
            second = 2 # @key
          } : k => k }
        }
        data "v_s" "x" {} # @unknown
        module "m" {
          source = "./m"
          name   = "called" # @argument
          text   = var.text
        }
        module "each" {
          source = "./m"
          for_each = {
            k = "of-each" # @each
          }
          name = each.value
          text = ""
        }
        resource "x_y" "z" {
          name = local.tier
          dynamic "env" {
            for_each = {
              A = "dynamic" # @dynamic
            }
            content {
              value = env.value
              fixed = "content" # @content
            }
          }
        }
        """,
    "stack/x_override.tf": """
        variable "plain" {
          default = "o" # @override
        }
        """,
    "stack/m/main.tf": """
        variable "name" {}
        variable "text" {}
        variable "unset" {
          default = "u" # @module-default
        }
        output "name" {
          value = var.name
        }
        output "unset" {
          value = var.unset
        }
        output "text" {
          value = "begin\\n${var.text}"
        }
        """,
    "stack/t.tpl": "first\n%{ for i in items ~}\n- ${i} in-the-loop\n%{ endfor ~}\nlast: ${name} at-the-end\n${secret} after\n",
    "stack/values.yaml": "a:\n  b: 1\n  c: from-yaml\n",
}
SCALARS = {
    "local.tier": "generated",
    "var.given": "input",
    "var.nested.deep[1]": "nested-input",
    "var.set": "tfvars",
    "var.plain": "override",
    "local.chain": "local",
    "local.merged.b": "merge-kept",
    "local.merged.a": "merge-won",
    "local.list[1]": "concat",
    "local.choice": "choice",
    "local.picked": "lookup",
    "module.m.name": "argument",
    "module.m.unset": "module-default",
    'module.each["k"].name': "each",
    "x_y.z.name": "generated",
    "x_y.z.env[0].value": "dynamic",
    "x_y.z.env[0].fixed": "content",
    "local.loops[0]": "loop",
    "local.keys.second": "key",
    "local.file.a.c": "from-yaml",
    "local.decoded.outer.inner": "yaml",
    "local.decoded.outer.list[1]": "yaml-element",
    "jsondecode(local.json).outer.inner": "json",
    "upper(local.chain)": "local",
    "yamldecode(yamlencode(local.merged)).a": "merge-won",
    "values(local.table)[0]": "lookup",
    "local.decoded.outer.script": "script = <<-EOT",
}
LINES = {
    "var.text": "heredoc-line",
    "module.m.text": "heredoc-line",
    "local.yaml": "yaml-scalar",
    "local.rendered": "at-the-end",
    'templatefile("t.tpl", { name = 1, items = [2], secret = 3 })': "in-the-loop",
    "local.decoded.outer.script": "yaml-script-line",
    "indent(2, var.text)": "heredoc-line",
    'replace(var.text, "first", "second")': "heredoc-line",
    "trimspace(var.text)": "heredoc-line",
}


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Infra:
    return repo(tmp_path_factory.mktemp("origins"), dict(FILES))


def marked(infra: Infra, mark: str) -> Origin:
    """The only line with a mark."""
    lines = [
        (Origin(name, number), line)
        for name in FILES
        for number, line in enumerate((infra.path / name).read_text().splitlines(), 1)
    ]
    found = [origin for origin, line in lines if line.endswith(f"# @{mark}")]
    (only,) = found or [origin for origin, line in lines if mark in line]
    return only


def place(origin: Origin | None) -> tuple[str, int] | None:
    return (origin.file, origin.line) if origin else None


@pytest.mark.parametrize(("expression", "mark"), SCALARS.items())
def test_the_line_that_decides(infra: Infra, expression: str, mark: str) -> None:
    assert place(infra.root("stack").evaluate(expression).origin) == place(marked(infra, mark))


@pytest.mark.parametrize(("expression", "mark"), LINES.items())
def test_each_line_of_a_text_has_its_own(infra: Infra, expression: str, mark: str) -> None:
    (line,) = (line for line in infra.root("stack").evaluate(expression).lines() if mark in line.text)
    assert place(line.origin) == place(marked(infra, mark))


def test_an_unknown_says_where_it_begins(infra: Infra) -> None:
    why = infra.root("stack").evaluate("local.rendered").unknown
    assert why is not None
    assert place(why.origin) == place(marked(infra, "unknown"))


# -- the fixtures -----------------------------------------------------------------------------------

FIXTURES = Path(__file__).parents[3] / "fixtures"
COMPUTED = re.compile(r"\$[{$]|[a-z0-9]\(|\\| for |\.key|\? ")
"""What makes another text of a literal than what is written."""


def scalars(value: Value) -> Iterator[Value]:
    if isinstance(value.raw, dict):
        for item in value.raw.values():
            yield from scalars(item)
    elif isinstance(value.raw, tuple):
        for item in value.raw:
            yield from scalars(item)
    elif not value.is_null:
        yield value


def arguments(body: Body) -> Iterator[Value]:
    for name in body.attribute_names():
        value = body.attribute(name)
        if value is not None:
            yield from scalars(value)
    for block in body.blocks():
        yield from arguments(block.body)


def told(value: Value) -> Iterator[tuple[str, Origin | None]]:
    """What a value says, a line at a time, and where that is said to stand."""
    if value.parts is not None or (isinstance(value.raw, str) and "\n" in value.raw):
        yield from ((line.text.strip(), line.origin) for line in value.lines() if line.text.strip())
    elif not value.is_unknown:
        yield (str(value.raw).lower() if isinstance(value.raw, bool) else str(value.raw)), value.origin


@pytest.mark.parametrize("name", ["infra", "infra_before"])
def test_every_argument_of_the_fixtures(name: str) -> None:
    """The line holds the very text, or else a word of it, or what makes it of other text."""
    wrong, exact = [], 0
    for root in load(FIXTURES / name).roots:
        for said, origin in (told_ for value in values(root) for told_ in told(value)):
            line = root.tree.excerpt(origin) if origin else ""
            exact += said in line
            words = re.findall("[a-z_-]{2,}|[0-9]+", line.lower())
            if said.startswith(HOLE):
                continue  # it begins where what is not known begins
            if not (said in line or any(word in said.lower() for word in words) or COMPUTED.search(line)):
                wrong.append(f"{said[:60]!r} at {origin}: {line}")
    assert not wrong, "\n".join(wrong)
    assert exact > 400


def values(root: Root) -> Iterator[Value]:
    for mode in ("managed", "data"):
        for resource in root.resources(mode=mode):
            yield from arguments(resource.body)
