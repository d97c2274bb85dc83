"""Whole modules, and what Terraform itself made of them: the same outputs here, or a diagnostic where it refused.

A case is a directory ``tests/spec/terraform/modules/TOPIC/CASE``; ``make truth`` records what Terraform says of it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tfparse import Root, TerraformError, load
from tfparse.graph.expressions import evaluate_expression
from tfparse.secrets.presentation import as_json
from tfparse.validation import validate

SPEC = Path(__file__).parents[2] / "spec" / "terraform"
MODULES = SPEC / "modules"
CASES = json.loads((SPEC / "own_modules.json").read_text(encoding="utf-8"))["cases"]

NOT_SEEN = {
    "blocks/dynamic_in_terraform_data": "only the provider's schema says which blocks there are",
    "blocks/required_version_not_met": "which Terraform will run is not known",
    "calls/source_without_dot": "addresses of modules elsewhere are not looked into",
    "repetition/count_unknown": "what is not known to a reader may be known when Terraform runs",
    "repetition/for_each_unknown_keys": "what is not known to a reader may be known when Terraform runs",
    "resources/try_unknown_attribute": "only the provider's schema says which attributes there are",
    "resources/unknown_attribute": "only the provider's schema says which attributes there are",
    "resources/unsupported_argument": "only the provider's schema says which arguments there are",
    "resources/provider_undeclared_alias": "a caller may hand it on",
    "variables/ephemeral_in_resource": "only the provider's schema says which arguments are not kept",
    "variables/no_value": "a value may be given when Terraform runs",
    "variables/validation_null_guard_or": "right since Terraform 1.12, where the first operand that decides is the last",
}
"""Errors of Terraform that are none here, and why."""

OTHERWISE = {
    # Terraform 1.11 waits for the side that does not decide.
    ("unused/decided_by_the_unknown_side", "o"): [True, False],
    # Terraform 1.8 to 1.12 forget that an output is sensitive; before and since they do not.
    ("overrides/sensitive_output", "s"): True,
    ("variables/sensitive_output_of_module", "o"): [True, False, False],
    # Only the provider's schema says that an id is never null.
    ("resources/null_input", "o"): ...,
    # What a template begins with is certain.
    ("templates/unknown_inside", "o"): True,
}
"""Outputs that are rightly other ones here; ``...`` is an unknown."""


def root_of(case: dict[str, Any]) -> Root:
    folder = MODULES / case["case"]
    return load(folder).root("stack" if (folder / "stack").is_dir() else "")


def agrees(ours: Any, theirs: Any, unknown: Any) -> bool:
    """Whether an output is Terraform's; ``unknown`` is true, or a tree, where Terraform does not know it."""
    if unknown is True or theirs is ...:
        return isinstance(ours, dict) and "unknown" in ours
    if isinstance(theirs, dict):
        below = unknown or {}
        return (
            isinstance(ours, dict)
            and ours.keys() == theirs.keys() | below.keys()
            and all(agrees(ours[key], theirs.get(key), below.get(key)) for key in ours)
        )
    if isinstance(theirs, list):
        return (
            isinstance(ours, list)
            and len(ours) == len(theirs)
            and all(map(agrees, ours, theirs, unknown or [None] * len(theirs)))
        )
    return isinstance(ours, bool) == isinstance(theirs, bool) and bool(ours == theirs)


@pytest.mark.parametrize("case", [c for c in CASES if "outputs" in c], ids=lambda case: case["case"])
def test_the_outputs_are_the_same(case: dict[str, Any]) -> None:
    root = root_of(case)
    for name, theirs in case["outputs"].items():
        ours = json.loads(as_json(evaluate_expression(root, f"output.{name}"), show_sensitive=True))
        unknown = case.get("unknown", {}).get(name)
        if (case["case"], name) in OTHERWISE:
            theirs, unknown = OTHERWISE[case["case"], name], None
        assert agrees(ours, theirs, unknown), f"{name}: {ours}, Terraform says {theirs}"
    assert validate(root) == ()


@pytest.mark.parametrize("case", [c for c in CASES if "errors" in c], ids=lambda case: case["case"])
def test_the_same_modules_are_refused(case: dict[str, Any]) -> None:
    found = validate(root_of(case))
    if case["case"] in NOT_SEEN:
        assert not found
        return
    # A loop of several is one of many for Terraform, which therefore names no line, and its parts in any order.
    theirs = {(error["summary"].split(":")[0], error["at"]) for error in case["errors"]}
    summaries, places = {summary for summary, _ in theirs}, {place for _, place in theirs if place}
    ours = {(d.summary, f"{d.origin.file}:{d.origin.line}" if d.origin else "") for d in found}
    assert any(summary in summaries or place in places for summary, place in ours), f"{ours}, Terraform says {theirs}"


@pytest.mark.parametrize("case", [c for c in CASES if "errors" in c], ids=lambda case: case["case"])
def test_no_output_of_a_refused_module_is_made_up(case: dict[str, Any]) -> None:
    """The gate evaluates what it needs: that may go well in such a module, or end in a diagnostic, in no other way."""
    root = root_of(case)
    for name in root.instance.module.outputs:
        with suppress(TerraformError):
            as_json(root.output(name))


def test_every_case_is_recorded() -> None:
    found = {folder.relative_to(MODULES).as_posix() for folder in MODULES.glob("*/*")}
    assert found == {case["case"] for case in CASES}
    assert set(NOT_SEEN) | {name for name, _ in OTHERWISE} <= found
