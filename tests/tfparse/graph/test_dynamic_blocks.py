"""``dynamic`` blocks that make blocks, make none, or some number of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.repo import repo
from tests.tfparse.lang.test_truth import SPEC, root_of
from tfparse.graph.expressions import evaluate_expression
from tfparse.validation import validate

MODULE = """
resource "cloud_cluster" "c" {
  dynamic "endpoints" {
    for_each = []
    content {
      public = true
    }
  }
  dynamic "ports" {
    for_each = [25]
    content {
      number = ports.value
    }
  }
}
"""


@pytest.mark.parametrize(
    "expression",
    [
        "cloud_cluster.c.endpoints",
        "cloud_cluster.c.endpoints[0].address",
        "length(cloud_cluster.c.endpoints)",
        'try(cloud_cluster.c.endpoints[0].address, "none")',
        "cloud_cluster.c[*].endpoints[0]",
    ],
)
def test_no_block_leaves_it_unknown(expression: str, tmp_path: Path) -> None:
    value = evaluate_expression(root_of(tmp_path, {"main.tf": MODULE}), expression)
    assert value.first_unknown() is not None


def test_blocks_that_are_made_are_known(tmp_path: Path) -> None:
    value = evaluate_expression(root_of(tmp_path, {"main.tf": MODULE}), "cloud_cluster.c.ports[0].number")
    assert value.as_number() == 25


PLACES = {
    "content": "a = jsonencode({expression})",
    "content of a block within": "inner {{\n a = jsonencode({expression})\n }}",
    "for_each": 'dynamic "inner" {{\n for_each = {expression}\n content {{\n a = "x"\n }}\n }}',
}
AROUND = """
resource "x_y" "z" {{}}
resource "x_y" "counted" {{
  count = 1
}}
resource "x_y" "it" {{
  dynamic "block" {{
    for_each = {for_each}
    content {{
      {content}
    }}
  }}
}}
"""
ASKED = yaml.safe_load((SPEC / "dynamic_content.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("place", "asked"),
    [(place, asked) for place in PLACES for asked in ASKED[place.partition(" of ")[0]]],
    ids=lambda held: held if isinstance(held, str) else held["expression"],
)
@pytest.mark.parametrize(("for_each", "key"), [("[]", "none"), ('split(",", x_y.z.id)', "none"), ("[1]", "made")])
def test_what_a_content_names_is_looked_at_where_a_block_is_made(
    for_each: str, key: str, place: str, asked: dict[str, str], tmp_path: Path
) -> None:
    content = PLACES[place].format(expression=asked["expression"])
    root = root_of(tmp_path, {"main.tf": AROUND.format(for_each=for_each, content=content)})
    found = {diagnostic.summary for diagnostic in validate(root)}
    assert asked[key] in found if key in asked else not found


LABELLED = """
resource "cloud_cluster" "c" {
  pool "a" {
    size = 1
  }
  dynamic "pool" {
    for_each = ["b"]
    labels   = [LABEL]
    content {
      size = 2
    }
  }
}
resource "terraform_data" "d" {}
"""


def test_a_label_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    root = repo(tmp_path, {"main.tf": LABELLED.replace("LABEL", "pool.value").encode()}).root("")
    assert evaluate_expression(root, 'try(cloud_cluster.c.pool["c"].size, "none")').raw == "none"
    assert evaluate_expression(root, 'cloud_cluster.c.pool["b"].size').raw == 2


def test_a_label_that_is_not_known_may_be_any(tmp_path: Path) -> None:
    root = repo(tmp_path, {"main.tf": LABELLED.replace("LABEL", "terraform_data.d.id").encode()}).root("")
    why = evaluate_expression(root, 'cloud_cluster.c.pool["c"].size').first_unknown()
    assert why is not None
