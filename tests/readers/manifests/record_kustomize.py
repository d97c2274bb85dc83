"""Record what ``kubectl kustomize`` makes of the cases: ``python -m tests.readers.manifests.record_kustomize``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "kustomize"
SMALL = Path(__file__).parent / "kustomize_cases.yaml"
RECORDED = SMALL.with_suffix(".json")


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def built(files: dict[str, str], folder: str) -> list[Any]:
    """The objects that kustomize makes of a folder."""
    with tempfile.TemporaryDirectory() as place:
        write(Path(place), files)
        command = ["kubectl", "kustomize", str(Path(place) / folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{folder}: {done.stderr}")
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def cases() -> dict[str, dict[str, Any]]:
    """The cases of :data:`SMALL`, each with all of its files."""
    held = yaml.safe_load(SMALL.read_text())
    return {name: {**case, "files": {**({} if case.get("alone") else held["base"]), **case["files"]}}
            for name, case in held["cases"].items()}  # fmt: skip


def main() -> None:
    for file in sorted(CASES.glob("*.yaml")):
        case: dict[str, Any] = yaml.safe_load(file.read_text())
        file.with_suffix(".expected").write_text(yaml.safe_dump_all(built(case["files"], case["build"])))
    answers = {name: built(case["files"], "over") for name, case in cases().items()}
    RECORDED.write_text("".join(f"{start}{json.dumps(name)}: {json.dumps(said)}" for (name, said), start in zip(
        answers.items(), ["{\n", *[",\n"] * len(answers)], strict=False)) + "\n}\n")  # fmt: skip


if __name__ == "__main__":
    main()
