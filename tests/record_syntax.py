"""Records what Terraform says of source that is hard to parse: ``python -m tests.record_syntax`` (or ``make truth``).

* ``tests/spec/syntax/grammar.json``: sources, and the headline of the error where ``terraform fmt`` refuses one;
* ``tests/spec/syntax/templates.json``: templates, in quotes, heredocs or files, and the strings they render to;
* ``tests/spec/syntax/json.json``: files in JSON syntax, and the outputs that Terraform plans or its error's headline.

The sources and templates in the files stay; the answers are made anew.  A new case needs only its ``source``,
``expr`` or ``file``.  Needs the ``terraform`` program and no network.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parent / "spec" / "syntax"


def main() -> None:
    for name, answers in (("grammar", refusals), ("templates", renderings), ("json", outputs)):
        file = SPEC / f"{name}.json"
        spec = json.loads(file.read_text(encoding="utf-8"))
        spec["terraform"] = json.loads(_terraform(SPEC, "version", "-json").stdout)["terraform_version"]
        answers(spec)
        cases = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in spec.pop("cases"))
        head = json.dumps(spec, ensure_ascii=False)
        file.write_text(f'{head[:-1]}, "cases": [\n  {cases}\n]}}\n', encoding="utf-8")


def refusals(spec: dict[str, Any]) -> None:
    """Give each case the headline of the first error in its source."""
    errors = refused([case["source"] for case in spec["cases"]])
    for index, case in enumerate(spec["cases"]):
        case.pop("error", None)
        if index in errors:
            case["error"] = errors[index]


def refused(sources: list[str]) -> dict[int, str]:
    """Of the sources that Terraform does not parse, by their index, the headline of the first error."""
    with tempfile.TemporaryDirectory() as folder:
        for index, source in enumerate(sources):
            (Path(folder) / f"{index}.tf").write_bytes(source.encode("utf-8", "surrogatepass"))
        output = _terraform(Path(folder), "fmt", "-check", "-list=false", "-no-color", ".").stderr
    found: dict[int, str] = {}
    for error, index in re.findall(r"Error: (.*)\n(?:.*\n)*?.*? on ([0-9]+)\.tf line", output):
        found.setdefault(int(index), error)
    return found


def renderings(spec: dict[str, Any]) -> None:
    """Give each case the string that its template renders to, with the variables of the spec."""
    with tempfile.TemporaryDirectory() as folder:
        write_module(Path(folder), spec)
        planned = plan(Path(folder))
    for index, case in enumerate(spec["cases"]):
        case["value"] = planned[f"case{index}"]


def outputs(spec: dict[str, Any]) -> None:
    """Give each case the outputs that its source plans, or the headline of the error."""
    for case in spec["cases"]:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "main.tf.json").write_text(json.dumps(case["source"]), encoding="utf-8")
            case.pop("error", None)
            case.pop("outputs", None)
            try:
                case["outputs"] = plan(Path(folder))
            except ValueError as refused:
                case["error"] = str(refused)


def plan(folder: Path) -> dict[str, Any]:
    """The outputs of a module that needs no provider.  Raises ValueError with the headline of Terraform's error."""
    for arguments in (("init", "-input=false"), ("plan", "-input=false", "-out=plan")):
        done = _terraform(folder, *arguments, "-no-color")
        if done.returncode:
            raise ValueError(re.findall(r"Error: (?!Terraform encountered)(.*)", done.stderr)[0])
    shown = json.loads(_terraform(folder, "show", "-json", "plan").stdout)
    return {name: output.get("value") for name, output in shown["planned_values"]["outputs"].items()}


def write_module(folder: Path, spec: dict[str, Any]) -> None:
    """A module whose outputs ``case0``, ``case1``, ... are the templates of the spec, in its variables."""
    variables = spec["variables"].items()
    source = ""
    for index, case in enumerate(spec["cases"]):
        expression = case.get("expr")
        if expression is None:
            (folder / f"{index}.tpl").write_bytes(case["file"].encode())
            names = ", ".join(f"{name} = {name}" for name, _ in variables)
            expression = f'templatefile("{index}.tpl", {{ {names} }})'
        for name, value in variables:
            expression = f"[for {name} in [{json.dumps(value)}] : {expression}\n]"
        source += f"output case{index} {{\n  value = flatten({expression})[0]\n}}\n"
    (folder / "main.tf").write_bytes(source.encode())


def _terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        ["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    main()
