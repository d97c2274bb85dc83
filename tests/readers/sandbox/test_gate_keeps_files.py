"""A change that makes postconf look at the machine's files: no report and no output has what stands there."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.readers.sandbox.modes import apart, denied
from tests.suite.gate_run import ROOT, run_gate

VARIABLES = "stacks/mailserver/modules/mailserver/variables.tf"
ANCHOR = "smtpd_client_connection_rate_limit = 10\n"
TABLES = ("pgsql", "mysql", "ldap", "sqlite", "memcache")

pytestmark = pytest.mark.needs("postconf")


@pytest.mark.parametrize("before", [(), (denied,)], ids=["with namespaces", "without"])
def test_tables_quote_no_file(before: tuple[Callable[[], None], ...], tmp_path: Path) -> None:
    infra = Path(shutil.copytree(ROOT / "fixtures" / "infra", tmp_path / "infra", symlinks=True))
    canary = f"canary{secrets.token_hex(8)}"
    places = [infra / "token", tmp_path / "beside"]
    for place in places:
        place.write_text(f"token = {canary}\n{canary}\n")
    maps = " ".join(f"{kind}:{place}" for kind in TABLES for place in places)
    text = (infra / VARIABLES).read_text()
    assert ANCHOR in text
    (infra / VARIABLES).write_text(text.replace(ANCHOR, f"{ANCHOR}virtual_alias_maps = {maps}\n", 1))

    def judge() -> str:
        return run_gate(tmp_path / "reports", "--infra", str(infra), "--dns", "off", "-v").output

    output = apart(judge, *before)
    reports = [file for file in (tmp_path / "reports").rglob("*") if file.is_file()]
    assert len(reports) >= 5, output
    told = [file.name for file in reports if canary in file.read_text(errors="replace")]
    assert (told, canary in output) == ([], False)
    assert "postconf" in output
    if before:
        assert "nothing hides the machine's files from it" in output
