"""Record what Helm makes of the cases: ``python -m tests.readers.helm.record_merging`` (with helm on the PATH)."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "merging.yaml"
RECORDED = CASES.with_suffix(".json")
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: told}\ndata: {values: {{ toJson .Values | quote }}}\n"


def ask(case: dict[str, Any], folder: Path) -> Any:
    """What Helm gives the chart; None where it refuses."""
    command = ["helm", "template", "x", str(folder)]
    for number, text in enumerate(case.get("values", ())):
        file = folder / f"{number}.yaml"
        file.write_text(text)
        command += ["-f", str(file)]
    for text in case.get("set", ()):
        command += ["--set-string" if case.get("string") else "--set", text]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode else json.loads(yaml.safe_load(done.stdout)["data"]["values"])


def main() -> None:
    cases = yaml.safe_load(CASES.read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "templates").mkdir()
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: told\nversion: 0.0.0\n")
        (folder / "templates" / "told.yaml").write_text(TEMPLATE)
        answers = [ask(case, folder) for case in cases]
    RECORDED.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
