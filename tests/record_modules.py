"""Records what Terraform says of whole modules: ``python -m tests.record_modules [TOPIC/CASE ...]`` or ``make truth``.

Each directory ``tests/spec/terraform/modules/TOPIC/CASE`` is an infra repo; Terraform plans the root module in
``stack``, or if there is none in the directory itself.  ``tests/spec/terraform/own_modules.json`` gets its answers,
a line a case:

* ``outputs``: the planned value of each output; ``unknown``, beside them, where those are not known before apply
  (``true``, or a tree of the unknown places);
* or ``errors``: summary, detail and place (``main.tf:3``) of each of Terraform's diagnostics.

Needs the ``terraform`` program and no network: the only provider is the built-in one.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.record_truth import SPEC, terraform, verbatim, version

MODULES = SPEC / "modules"
ANSWERS = SPEC / "own_modules.json"


def main(names: list[str]) -> None:
    held = {c["case"]: c for c in json.loads(ANSWERS.read_text(encoding="utf-8"))["cases"]} if names else {}
    found = sorted(folder.relative_to(MODULES).as_posix() for folder in MODULES.glob("*/*"))
    with ThreadPoolExecutor(2) as workers:
        recorded = workers.map(record, names or found)
        held |= {name: {"case": name} | answer for name, answer in zip(names or found, recorded, strict=True)}
    refused = sum("errors" in answer for answer in held.values())
    sys.stderr.write(f"modules: {len(held)}, {refused} of them refused\n")
    lines = (json.dumps(held[name], ensure_ascii=False) for name in found)
    # Numbers are written as Terraform spelt them.
    cases = re.sub(r'"\\u0000number ([^"]*)"', r"\1", ",\n".join(lines))
    head = json.dumps({"terraform": version()})
    ANSWERS.write_text(f'{head[:-1]}, "cases": [\n{cases}\n]}}\n', encoding="utf-8")


def record(name: str) -> dict[str, Any]:
    """Terraform's answer to one case."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(MODULES / name, folder, dirs_exist_ok=True, symlinks=True)
        stack = Path(folder, "stack")
        root = stack if stack.is_dir() else Path(folder)
        for command in ("init", "plan"):
            extra = ("-out=plan",) if command == "plan" else ()
            done = terraform(root, command, "-input=false", "-json", *extra)
            if done.returncode:
                return {"errors": list(errors(done.stdout, root.relative_to(folder)))}
        return outputs(json.loads(terraform(root, "show", "-json", "plan").stdout, parse_float=verbatim))


def errors(log: str, root: Path) -> Iterator[dict[str, str]]:
    for line in log.splitlines():
        diagnostic = json.loads(line).get("diagnostic") if line.startswith("{") else None
        if diagnostic is None or diagnostic["severity"] != "error":
            continue
        if "encountered problems during init" in diagnostic["summary"]:
            continue  # an introduction to the ones that follow
        place = diagnostic.get("range")
        # Files are named as seen from the root module.
        at = f"{(root / place['filename']).as_posix()}:{place['start']['line']}" if place else ""
        yield {"summary": diagnostic["summary"], "detail": diagnostic["detail"], "at": at}


def outputs(plan: dict[str, Any]) -> dict[str, Any]:
    changes = plan.get("output_changes", {})
    answer: dict[str, Any] = {"outputs": {name: change.get("after") for name, change in changes.items()}}
    if unknown := {name: change["after_unknown"] for name, change in changes.items() if change["after_unknown"]}:
        answer["unknown"] = unknown
    return answer


if __name__ == "__main__":
    main(sys.argv[1:])
