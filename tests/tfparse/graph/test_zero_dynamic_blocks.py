"""A ``dynamic`` block that makes no block says nothing about blocks that the provider computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tfparse.lang.test_truth import root_of
from tfparse.console import evaluate_expression

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
