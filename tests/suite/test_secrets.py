"""Canaries: secrets planted where secrets stand, and in whatever can go wrong around them.  None is ever seen again.

A case of tests/secrets is a set of edits as tests/suite/cases.py has them.  ``secrets`` are the texts that they
plant, ``select`` the feature that meets them, ``points`` the file with which it does; ``opens`` where nothing is wrong.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.suite.cases import TESTS, make
from tests.suite.gate_run import ROOT

MAILSERVER = "stacks/mailserver/modules/mailserver"
CASES = sorted((TESTS / "secrets").glob("*.yaml"))


@dataclass(frozen=True)
class Run:
    """Every byte that a run has left behind, by where."""

    code: int
    left: dict[str, bytes]

    def traces(self, secret: str) -> list[str]:
        """Where a secret is found, as it stands or in base64."""
        forms = [secret.encode(), *(base64.b64encode(secret.encode())[:-4] for _ in [0] if len(secret) > 8)]
        return sorted(place for place, content in self.left.items() if any(form in content for form in forms))

    def __contains__(self, text: str) -> bool:
        return any(text.encode() in content for content in self.left.values())


def judge(folder: Path, select: str, *arguments: str, plugin: str | None = None) -> Run:
    """Run the gate on ``folder/infra`` with all that makes it talk, and gather what it leaves."""
    homes = {name: folder / name.lower() for name in ("TMPDIR", "XDG_CACHE_HOME", "HOME")}
    reports = folder / "reports"
    for home in (*homes.values(), reports):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
    environment = {key: value for key, value in os.environ.items() if key not in ("INFRA_ROOT", "PYTEST_ADDOPTS")}
    environment |= {name: str(home) for name, home in homes.items()} | {"PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"features/mailserver_hardening/{select}.feature",
        "-vv",
        "-l",
        "-rA",
        "--tb=long",
        "-o",
        f"cache_dir={folder / 'home' / 'pytest'}",
        "-o",
        "junit_logging=all",
        "--junitxml",
        str(reports / "x.xml"),
        "--report-dir",
        str(reports),
        "--infra",
        str(folder / "infra"),
        "--dns",
        f"zones:{ROOT / 'fixtures/zones/infra'}",
        *(("-p", plugin) if plugin else ()),
        *arguments,
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=300, check=False)
    files = [path for home in (*homes.values(), reports) for path in home.rglob("*") if path.is_file()]
    left = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return Run(done.returncode, left | {"standard output": done.stdout, "standard error": done.stderr})


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "fixtures" / "infra", tmp_path / "infra", symlinks=True))


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest, infra: Path) -> dict[str, Any]:
    """A case whose edits are made."""
    found: dict[str, Any] = yaml.safe_load(request.param.read_text())
    for program in found.get("needs", ()):
        if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None:
            pytest.skip(f"{program} is not installed")
    return plant(found, infra)


def plant(case: dict[str, Any], infra: Path) -> dict[str, Any]:
    for edit in case["edits"]:
        make(edit, infra, infra)
    return case


def planted(name: str, infra: Path) -> dict[str, Any]:
    return plant(yaml.safe_load((TESTS / "secrets" / f"{name}.yaml").read_text()), infra)


def test_no_secret_is_seen_again(case: dict[str, Any], tmp_path: Path) -> None:
    unprotected = judge(tmp_path, case["select"], plugin="tests.suite.unprotected")
    for secret in case["secrets"]:
        assert {"standard output", "reports/x.xml"} <= set(unprotected.traces(secret)), f"{secret} is never met"
    run = judge(tmp_path, case["select"])
    assert run.code == (0 if case.get("opens") else 1)
    assert {secret: run.traces(secret) for secret in case["secrets"]} == {secret: [] for secret in case["secrets"]}
    assert case["points"] in run


@pytest.mark.parametrize("name", ["literal-in-a-secret", "validation-that-fails", "unlocked-git-crypt"])
def test_nor_where_several_processes_judge(name: str, infra: Path, tmp_path: Path) -> None:
    case = planted(name, infra)
    run = judge(tmp_path, case["select"], "-n", "2")
    assert run.code == 1
    assert [run.traces(secret) for secret in case["secrets"]] == [[]]
    assert case["points"] in run
    assert "(not shown: secret)" in run


@pytest.mark.parametrize("processes", ["0", "2"])
def test_nor_where_the_suite_itself_fails(processes: str, infra: Path, tmp_path: Path) -> None:
    case = planted("variable-named-in-a-secret", infra)
    make({"in": f"{MAILSERVER}/variables.tf", "old": "zq7!", "new": "Canary-blown"}, infra, infra)
    plugins = ("-p", "tests.suite.explosive", "-p", "tests.suite.reporter")
    unprotected = judge(tmp_path, case["select"], *plugins, plugin="tests.suite.unprotected")
    assert unprotected.code == 3
    assert [place for place in unprotected.traces("Canary-blown") if place.startswith("tmpdir/seen-")]
    assert {"standard output", "reports/report.json", "reports/x.xml"} <= set(unprotected.traces("Canary-blown"))
    run = judge(tmp_path, case["select"], *plugins, "-n", processes)
    assert [place for place in run.left if place.startswith("tmpdir/seen-")]
    assert run.code == 3
    assert not run.traces("Canary-blown")
    assert "RuntimeError: no idea what (not shown: secret) is" in run


def test_ciphertext_is_seen_and_not_shown(infra: Path, tmp_path: Path) -> None:
    (infra / "stacks/mailserver/terraform.tfvars").write_bytes(b"\0GITCRYPT\0Canary-in-ciphertext\n")
    case = planted("tfvars-of-a-sensitive-variable", infra)
    (infra / "stacks/mailserver/rspamd.auto.tfvars").unlink()
    run = judge(tmp_path, case["select"])
    assert "terraform.tfvars is git-crypt ciphertext" in run
    assert not run.traces("Canary-in-ciphertext")


@pytest.mark.parametrize("name", ["infra", "infra_before"])
def test_nothing_is_redacted_that_is_no_secret(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "fixtures" / name, tmp_path / "infra", symlinks=True)
    for feature in ("1_rspamd", "2_dmarc", "4_alert"):
        assert "(not shown" not in judge(tmp_path, feature)


def test_the_console_keeps_them_too(infra: Path, tmp_path: Path) -> None:
    """Every value, every diagnostic: those of a Secret, of a sensitive variable, of a file that does not parse."""
    (infra / MAILSERVER / "broken.tf").write_text('resource "kubernetes_secret" "x" {\n  data = 12345canary\n}\n')
    cases = [planted(name, infra) for name in ("literal-in-a-secret", "wrong-type")]
    secrets = ["12345canary", *(secret for case in cases for secret in case["secrets"])]
    asked = ["kubernetes_secret.relay_login.data", "var.rspamd", "local.pins"]
    command = [sys.executable, "-m", "tfparse", str(infra / MAILSERVER), *asked]

    def said(*options: str) -> str:
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        done = subprocess.run(
            [*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    assert [secret for secret in secrets if secret in said("--show-sensitive")] == secrets
    assert [secret for secret in secrets if secret in said()] == []
    assert "(sensitive value)" in said()
