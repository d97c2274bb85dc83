from __future__ import annotations

import json
from pathlib import Path

import pytest

from readers import Malformed
from readers.kubernetes.quantity import parse_quantity

RECORDED = json.loads((Path(__file__).parents[2] / "spec/kubernetes/quantities.json").read_text())


@pytest.mark.parametrize(("text", "number"), RECORDED["quantities"].items())
def test_counts_as_kubernetes_does(text: str, number: int) -> None:
    assert parse_quantity(text) == number


@pytest.mark.parametrize("text", RECORDED["refused"])
def test_refuses_what_kubernetes_refuses(text: str) -> None:
    with pytest.raises(Malformed, match="is not a quantity"):
        parse_quantity(text)


@pytest.mark.parametrize("text", ["8Ei", "99E", "1e19", "1e999999999", str(2**63), "9" * 19])
def test_refuses_what_no_64_bit_count_holds(text: str) -> None:
    with pytest.raises(Malformed, match="more than Kubernetes can count"):
        parse_quantity(text)


def test_the_largest() -> None:
    assert parse_quantity(str(2**63 - 1)) == 2**63 - 1


def test_names_what_is_malformed() -> None:
    with pytest.raises(Malformed, match='^memory limit of container app: "512MB" is not a quantity'):
        parse_quantity("512MB", "memory limit of container app")
