"""Record what ``kubectl kustomize`` makes of the cases: ``python -m tests.readers.manifests.record_kustomize``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "kustomize"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def main() -> None:
    for file in sorted(CASES.glob("*.yaml")):
        case: dict[str, Any] = yaml.safe_load(file.read_text())
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), case["files"])
            command = ["kubectl", "kustomize", str(Path(folder) / case["build"])]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{file.name}: {done.stderr}")
        (file.with_suffix(".expected")).write_text(done.stdout)


if __name__ == "__main__":
    main()
