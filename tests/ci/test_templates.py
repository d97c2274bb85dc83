"""The templates of ci/ pass the linters of those who run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CI = ROOT / "ci"


def lint(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


LINTS = {
    "gitlab-ci.yml": ("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci"),
    "woodpecker.yml": ("check-jsonschema", "--builtin-schema", "vendor.woodpecker-ci"),
    "github.yml": ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
    "github.yml  ": ("actionlint",),
    "github.yml ": ("zizmor", "--offline", "--quiet", "--persona", "auditor"),
    "action.yml": ("check-jsonschema", "--builtin-schema", "vendor.github-actions"),
    "action.yml ": ("zizmor", "--offline", "--quiet", "--persona", "auditor"),
    "Dockerfile": ("hadolint",),
    "../.pre-commit-hooks.yaml": ("pre-commit", "validate-manifest"),
}
#: What makes each of them complain.
FAULTS = {
    "gitlab-ci.yml": ("when: always", "when: whenever"),
    "woodpecker.yml": ("image: alpine:3", "imagine: alpine:3"),
    "github.yml": ("runs-on:", "runs-onn:"),
    "github.yml  ": ("runs-on:", "runs-onn:"),
    "github.yml ": ("persist-credentials: false", "persist-credentials: true"),
    "action.yml": ("using: composite", "using: something"),
    "action.yml ": ('[ -n "$PROMISES" ]', "[ -n '${{ inputs.features }}' ]"),
    "Dockerfile": ("USER 1000", "USER root"),
    "../.pre-commit-hooks.yaml": ("entry:", "entrance:"),
}


@pytest.mark.parametrize("name", LINTS)
def test_lint(name: str, tmp_path: Path) -> None:
    """In a copy: the schema of GitLab says nothing of a job that is hidden, so it is shown there."""
    copy = tmp_path / Path(name.strip()).name
    text = (CI / name.strip()).read_text().replace(".policy\n", "policy\n").replace("\n.policy:", "\npolicy:")
    copy.write_text(text)
    done = lint(*LINTS[name], str(copy))
    assert done.returncode == 0, done.stdout + done.stderr
    old, new = FAULTS[name]
    assert old in text
    copy.write_text(text.replace(old, new))
    assert lint(*LINTS[name], str(copy)).returncode != 0


def test_scripts_are_plain_shell() -> None:
    for script in CI.glob("*.sh"):
        assert script.stat().st_mode & 0o111, script
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_the_image_holds_all_that_a_gate_needs(tmp_path: Path) -> None:
    """What the gate needs and the image has not would be missed only where it runs."""
    suite, reports = tmp_path / "suite", tmp_path / "reports"
    for line in (line for line in (CI / "Dockerfile").read_text().splitlines() if line.startswith("COPY ")):
        *sources, target = line.split()[1:]
        for source in sources:
            to = suite / target / (Path(source).name if target.endswith("/") else "")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, to)
    command = [sys.executable, "-m", "design_policy", "judge", "--report-dir", str(reports)]
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"report.json", "results.sarif", "spec.html"} <= {path.name for path in reports.iterdir()}
