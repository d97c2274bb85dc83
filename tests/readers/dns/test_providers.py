"""Promises on the records of every provider that is read, as each provider's own documentation has names and data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from readers.dns.declarations import read_declarations
from readers.dns.said import DeclaredZone
from readers.subjects.record_rows import Judged, RecordRow, judge_row
from tests.repo import repo
from tfparse.cty.values import Unknown

PROVIDERS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[2] / "spec/dns/providers.yaml").read_text())
HIDDEN = 'variable "hidden" {}\n'


def verdict(judged: Iterator[Judged]) -> str:
    said = [one.holds for one in judged]
    assert said
    if False in said:
        return "fails"
    return "undetermined" if any(isinstance(one, Unknown) for one in said) else "holds"


@pytest.mark.parametrize("case", PROVIDERS, ids=lambda case: case["provider"])
def test_promises_on_its_records(case: dict[str, Any], tmp_path: Path) -> None:
    zone = DeclaredZone(read_declarations(repo(tmp_path, {"main.tf": case["terraform"] + HIDDEN}), case["zone"], ""))
    cells = [{**row, "ttl": row.get("ttl", ""), "count": ""} for row in case["rows"]]
    found = [verdict(judge_row(zone, RecordRow.of(zone.zone, row))) for row in cells]
    assert found == [row["verdict"] for row in case["rows"]]


def test_each_provider_has_one_of_each_verdict() -> None:
    for case in PROVIDERS:
        assert {row["verdict"] for row in case["rows"]} == {"holds", "fails", "undetermined"}
