"""Every command that the README and the pages of docs/ show is run, in a scratch copy of what it speaks of."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.scratch import ROOT, Scratch

#: What is this very run, or changes the machine: CI runs these by themselves.  And what an author says in a repo of his
#: own, one after the other: tests/design_policy.
ELSEWHERE = re.compile(
    r"make (?:test|test-all|check|prove|mutate|truth)\b|pre-commit install|pipx |cd |mkdir |design-policy\b"
)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown() -> list[tuple[str, str]]:
    """The commands of all pages, each with the page that shows it."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL):
            found += [
                (page.name, line[2:].partition("  #")[0].strip()) for line in block.splitlines() if line[:2] == "$ "
            ]
    return [(page, command) for page, command in found if not ELSEWHERE.match(command)]


@pytest.mark.parametrize(("page", "command"), shown(), ids=lambda text: text)
def test_a_command_that_is_shown_runs(page: str, command: str, tmp_path: Path) -> None:
    scratch, infra = Scratch(tmp_path, commits=1), tmp_path / "infra"
    scratch.git("clone", "--quiet", f"file://{scratch.origin}", str(infra))
    local = command.replace("../infra", str(infra))
    local = local.replace(".venv/bin/python", sys.executable)
    zones = ROOT / "fixtures" / "zones" / "infra"
    ours = ("GIT_", "CI_", "MAKE", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"DNS": f"zones:{zones}", "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    done = subprocess.run(
        ["sh", "-c", local], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr  # open or closed: it could be asked
    assert "Traceback" not in done.stdout + done.stderr


def test_commands_are_found() -> None:
    assert {"make gate", "make gate INFRA=../infra"} <= {command for _, command in shown()}


def test_pages_lead_where_they_say() -> None:
    for page in (page for page in PAGES if page.name != "mutation.md"):  # which quotes patterns
        for target in re.findall(r"\]\((?!https?:)([\w./-]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
