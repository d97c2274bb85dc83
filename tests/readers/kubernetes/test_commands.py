"""What a call of kubectl does to an object."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.account import Weight
from readers.kubernetes.commands import commands
from tests.repo import repo

SOURCE = 'resource "terraform_data" "x" {{\n  provisioner "local-exec" {{\n    command = "{}"\n  }}\n}}\n'


@pytest.mark.parametrize(("command", "weight"), [
    ("kubectl -n mail rollout pause deployment/server", Weight.DOUBT),
    ("kubectl -n mail rollout undo deployment server", Weight.DOUBT),
    ("kubectl -n mail rollout resume deploy/server", Weight.DOUBT),
    ("kubectl -n mail rollout newer-than-we-know deployment/server", Weight.DOUBT),
    ("kubectl -n mail rollout", Weight.NOTE),
    ("kubectl -n mail rollout restart deployment/server", None),
    ("kubectl -n mail rollout status deployment server --timeout 2m", None),
    ("kubectl -n mail rollout pause deployment/other", None),
    ("kubectl -n other rollout pause deployment/server", None),
])  # fmt: skip
def test_a_rollout_is_harmless_only_where_it_is_known_to_be(
    tmp_path: Path, command: str, weight: Weight | None
) -> None:
    root = repo(tmp_path, {"main.tf": SOURCE.format(command)}).root("")
    (call,) = commands(root)
    remark = call.touches("deployment", "server", "mail")
    assert (remark and remark.weight) == weight
    if weight is Weight.DOUBT:
        assert remark is not None
        assert remark.text == "local-exec of terraform_data.x runs kubectl rollout on deployment server"
