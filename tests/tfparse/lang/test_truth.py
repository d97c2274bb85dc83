"""What Terraform itself answered, case by case: the same value here, or a diagnostic where it refused.

The data was recorded from Terraform; see ``about`` in each file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfparse import TerraformError, load
from tfparse.graph.expressions import evaluate_expression
from tfparse.graph.root import Root
from tfparse.secrets.presentation import as_json

SPEC = Path(__file__).parents[2] / "spec" / "terraform"
EXPRESSIONS = json.loads((SPEC / "expressions.json").read_text())
MODULES = json.loads((SPEC / "modules.json").read_text())


def root_of(folder: Path, files: dict[str, str], path: str = "") -> Root:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="")
    return load(folder).root(path)


def answer(root: Root, expression: str) -> Any:
    """What the console prints, read back; a diagnostic of the module counts as one of the expression."""
    value = evaluate_expression(root, expression)
    if root.diagnostics:
        raise TerraformError(*root.diagnostics)
    return json.loads(as_json(value))


@pytest.mark.parametrize("case", EXPRESSIONS["cases"], ids=lambda case: case["id"])
def test_expression(case: dict[str, Any], tmp_path: Path) -> None:
    source = case["file"] if "file" in case else f"{EXPRESSIONS['prelude']}\nlocals {{\n  x = {case['expr']}\n}}\n"
    root = root_of(tmp_path, {"main.tf": source})
    if "error" in case:
        with pytest.raises(TerraformError):
            print("evaluated to", answer(root, "local.x"))
    else:
        assert answer(root, "local.x") == case["value"]


@pytest.mark.parametrize("case", MODULES["cases"], ids=lambda case: case["id"])
def test_module(case: dict[str, Any], tmp_path: Path) -> None:
    root = root_of(tmp_path, case["files"], case["root"].removeprefix("."))
    if "error" in case:
        with pytest.raises(TerraformError):
            print("evaluated to", answer(root, "output.o"))
    else:
        assert {name: answer(root, f"output.{name}") for name in case["outputs"]} == case["outputs"]


def printed(console: str) -> Any:
    """What Terraform's console printed, as JSON; ``...`` where it printed (known after apply)."""
    text = console.replace("(known after apply)", '"..."').replace("tolist(", "").replace("toset(", "")
    text = text.replace("])", "]").replace(" = ", ": ").replace("(sensitive value)", '"(sensitive value)"')
    for before in ("\n]", "\n}"):
        text = text.replace("," + before, before)
    lines = text.split("\n")
    if lines[0] == "{":
        text = "\n".join(line + "," if 0 < n < len(lines) - 2 else line for n, line in enumerate(lines))
    return json.loads(text)


def agrees(ours: Any, theirs: Any) -> bool:
    """Whether an answer is Terraform's, or, where Terraform does not know, an unknown."""
    if theirs == "...":
        return isinstance(ours, dict) and "unknown" in ours
    if isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(agrees(ours[k], theirs[k]) for k in theirs)
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(agrees, ours, theirs))
    return bool(ours == theirs)


NARROWER = {
    "u-03": True,  # the side that decides is enough
    "u-44": True,
    "u-33": ["a", "..."],  # a string is none of the lists that are made flat
    "u-35": "...",  # timestamp() is known to whoever runs Terraform, not to whoever reads the source
}
"""Cases in which static reading knows more, or less, than Terraform's console, and what is right then."""


@pytest.mark.parametrize("case", EXPRESSIONS["unknown_cases"], ids=lambda case: case["id"])
def test_unknown(case: dict[str, Any], tmp_path: Path) -> None:
    root = root_of(tmp_path, {"main.tf": EXPRESSIONS["unknown_prelude"]})
    ours = answer(root, case["expr"])
    theirs = NARROWER[case["id"]] if case["id"] in NARROWER else printed(case["console"])
    assert agrees(ours, theirs), f"{case['expr']}: {ours}, Terraform says {case['console']}"
