"""Records what Terraform itself says: ``python -m tests.record_truth`` (or ``make truth``).

Each line of ``tests/spec/terraform/cases/NAME.txt`` that is not blank or a ``#`` comment is an expression.
Terraform plans a module with one output for each, and ``tests/spec/terraform/NAME.json`` gets its answers:

* ``value`` and ``type``, as ``terraform show -json`` writes them (a sensitive value included);
* ``unknown``: where the value is not known before apply (``true``, or a tree of the unknown places);
* or ``error``, the summary of Terraform's diagnostic, and its ``detail``.

Needs the ``terraform`` program and no network: the only provider is the built-in one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parent / "spec" / "terraform"
PRELUDE = SPEC / "prelude"
"""The module in which every expression stands."""


def main(names: list[str]) -> None:
    if not names:
        record_signatures()
    for source in sorted((SPEC / "cases").glob("*.txt")):
        if names and source.stem not in names:
            continue
        expressions = [
            line for line in source.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
        ]
        answers = record(expressions)
        errors = sum("error" in answer for answer in answers)
        sys.stderr.write(f"{source.stem}: {len(answers)} expressions, {errors} of them refused\n")
        lines = (json.dumps({"expr": e} | a, ensure_ascii=False) for e, a in zip(expressions, answers, strict=True))
        # Numbers are written as Terraform spelt them.
        cases = re.sub(r'"\\u0000number ([^"]*)"', r"\1", ",\n".join(lines))
        head = json.dumps({"terraform": version()})
        (SPEC / f"{source.stem}.json").write_text(f'{head[:-1]}, "cases": [\n{cases}\n]}}\n', encoding="utf-8")


def record_signatures() -> None:
    """Writes ``signatures.json``: the parameters of every function, the last of a variadic one with ``...``, those
    that take a null with ``?``."""
    listed = json.loads(terraform(Path.cwd(), "metadata", "functions", "-json").stdout)["function_signatures"]
    signatures = {}
    for name, signature in sorted(listed.items()):
        parameters = [(parameter, "") for parameter in signature.get("parameters", ())]
        if "variadic_parameter" in signature:
            parameters.append((signature["variadic_parameter"], "..."))
        signatures[name] = [p["name"] + ("?" if p.get("is_nullable") else "") + dots for p, dots in parameters]
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(shown)}" for name, shown in signatures.items())
    (SPEC / "signatures.json").write_text(f'{{"terraform": "{version()}", "functions": {{\n{lines}\n}}}}\n')


def version() -> str:
    return str(json.loads(terraform(Path.cwd(), "version", "-json").stdout)["terraform_version"])


def record(expressions: list[str]) -> list[dict[str, Any]]:
    """Terraform's answer to each expression, in order."""
    answers: dict[int, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder)
        for part in PRELUDE.iterdir():
            (module / part.name).symlink_to(part)
        terraform(module, "init", "-input=false")
        # A plan with an error in it has no values: ask again without the expressions that are refused.
        while refused := _plan(module, {i: e for i, e in enumerate(expressions) if i not in answers}):
            answers |= refused
        answers |= _planned(module)
    return [answers[index] for index in range(len(expressions))]


def _plan(module: Path, expressions: dict[int, str]) -> dict[int, dict[str, Any]]:
    """Plans a module of these outputs; the diagnostics by expression."""
    text, owner = "", {}
    for index, expression in expressions.items():
        owner[text.count("\n") + 3] = index
        text += f'output "c{index}" {{\n  sensitive = true\n  value     = {expression}\n}}\n'
    (module / "outputs.tf").write_text(text, encoding="utf-8")
    done = terraform(module, "plan", "-input=false", "-json", "-out=plan", "-parallelism=2")
    refused: dict[int, dict[str, Any]] = {}
    for line in done.stdout.splitlines():
        diagnostic = json.loads(line).get("diagnostic")
        if diagnostic is None or diagnostic["severity"] != "error":
            continue
        place = diagnostic.get("range") or {}
        if place.get("filename") == "outputs.tf":
            index = owner[place["start"]["line"]]
            # (What Go panicked about tells enough; where it did so differs from run to run.)
            detail = diagnostic["detail"].split("\ngoroutine ")[0]
            refused.setdefault(index, {"error": diagnostic["summary"], "detail": detail})
        # An infinite number is a value until it is to be written down.
        for name, problem in re.findall(r'output value "c([0-9]+)": ([^.]*)', diagnostic["detail"]):
            refused[int(name)] = {"error": diagnostic["summary"], "detail": problem}
    if done.returncode and not refused:
        raise SystemExit(done.stdout + done.stderr)
    return refused


def _planned(module: Path) -> dict[int, dict[str, Any]]:
    plan = json.loads(terraform(module, "show", "-json", "plan").stdout, parse_float=verbatim)
    answers = {}
    for name, change in plan.get("output_changes", {}).items():
        answer = {"value": change.get("after"), "type": plan["planned_values"]["outputs"][name].get("type")}
        if change["after_unknown"]:
            answer["unknown"] = change["after_unknown"]
        answers[int(name[1:])] = answer
    return answers


def verbatim(number: str) -> str:
    """Marks a number to be written as Terraform spelt it: a double would lose digits."""
    return f"\0number {number}"


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "TF_CLI_CONFIG_FILE": os.devnull,
        "CHECKPOINT_DISABLE": "1",
        "HOME": "/home/someone",
    }
    return subprocess.run(
        ["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    main(sys.argv[1:])
