"""Whatever the infra repo holds: a diagnostic that names the place, a closed gate, and never a traceback."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.suite.edits import replaced
from tests.suite.gate_run import ROOT, run_gate

MAILSERVER = "stacks/mailserver/modules/mailserver"
MONITORING = "stacks/monitoring/modules/monitoring"


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    """A copy of the fixture, to be spoilt."""
    return Path(shutil.copytree(ROOT / "fixtures" / "infra", tmp_path / "infra", symlinks=True))


def edit(file: Path, old: str, new: str) -> None:
    file.write_text(replaced(file.read_text(), old, new, every=True))


def zones() -> str:
    return f"zones:{ROOT / 'fixtures' / 'zones' / 'infra'}"


def test_no_such_folder(tmp_path: Path) -> None:
    run = run_gate(tmp_path, "--infra", str(tmp_path / "nowhere"))
    assert run.code == 4
    assert "nowhere" in run.output
    assert "Traceback" not in run.output


def test_a_folder_without_terraform(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = run_gate(tmp_path / "reports", "--infra", str(tmp_path / "empty"), "--dns", zones())
    assert run.code == 1
    assert not run.with_verdict("passed") - {"MH-2.2", "MH-6.2"}
    assert "neither a root stacks/mailserver nor a root that calls a module of that name" in run.output


def test_a_file_that_does_not_parse(infra: Path, tmp_path: Path) -> None:
    (infra / MAILSERVER / "broken.tf").write_text('resource "x" "y" {\n  a = = 1\n}\n')
    (infra / MAILSERVER / "roundcubemail.tf").unlink()
    run = run_gate(tmp_path / "reports", "--infra", str(infra), "--dns", zones())
    assert run.code == 1
    assert "Traceback" not in run.output
    # What could stand in the broken file is not said to be missing ...
    assert run.verdicts()["MH-7.1"] == "undetermined"
    (finding,) = run.findings("MH-7.1")
    assert (finding["file"], finding["line"]) == (f"{MAILSERVER}/broken.tf", 2)
    # ... and what is certain is still judged.
    assert run.verdicts()["MH-1.1"] == "passed"


@pytest.mark.parametrize(("ahead", "said"), [
    ("${nowhere_defined}\n", ("nowhere_defined", "prometheus_chart_values.tpl:1")),
    ("a: [1, 2\nb: }\n", ("prometheus_chart_values.tpl:2",)),
], ids=["a variable that is missing", "no YAML"])  # fmt: skip
def test_a_template_that_cannot_be_read(ahead: str, said: tuple[str, ...], infra: Path, tmp_path: Path) -> None:
    template = infra / MONITORING / "prometheus_chart_values.tpl"
    template.write_text(ahead + template.read_text())
    run = run_gate(tmp_path / "reports", "--infra", str(infra), "--dns", zones())
    assert run.code == 1
    assert run.verdicts()["MH-4.1"] == "undetermined"
    assert [part for part in said if part not in run.output] == []
    assert "Traceback" not in run.output


def test_a_zone_file_that_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / "viktorbarzin.me.zone").write_text("@ IN SOA nonsense\n")
    run = run_gate(tmp_path / "reports", "--dns", f"zones:{tmp_path / 'zones'}")
    assert run.code != 0
    assert "viktorbarzin.me.zone" in run.output
    assert "Traceback" not in run.output


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A name server that takes questions and says nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"server:127.0.0.1:{sock.getsockname()[1]}"


def test_a_name_server_that_does_not_answer(silent_server: str, tmp_path: Path) -> None:
    run = run_gate(tmp_path, "--dns", silent_server, select="features/mailserver_hardening/6_sendgrid.feature")
    assert run.code == 1
    assert run.verdicts()["MH-6.2"] == "undetermined"
    assert "TIMEOUT" in run.output


@pytest.mark.parametrize("mode", ["carrier-pigeon", "server:", "zones:/nowhere/at/all"])
def test_an_unknown_dns_mode(mode: str, tmp_path: Path) -> None:
    run = run_gate(tmp_path, "--dns", mode)
    assert run.code != 0
    assert mode.removeprefix("zones:") in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("date", ["yesterday", "2026-02-30", "2026-2-3"])
def test_a_malformed_date(date: str, tmp_path: Path) -> None:
    run = run_gate(tmp_path, "--as-of", date)
    assert run.code == 4
    assert date in run.output
    assert "Traceback" not in run.output
