"""Where ``terraform`` is installed: random expressions, and what it and we make of them.

``TFPARSE_EXPRESSIONS`` says how many (60 if it is not set), ``TFPARSE_SEED`` which.  Where both know a value it is
the same; one of the two may know less.  What differed once stands in ``tests/spec/terraform/cases/language.txt``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.record_truth import record
from tests.tfparse.functions.test_functions import INFINITE, PRELUDE, answer, unknowns
from tests.tfparse.lang.expressions import Expressions
from tfparse import TerraformError, load
from tfparse.console import evaluate_expression

COUNT = int(os.environ.get("TFPARSE_EXPRESSIONS", "60"))
SEED = int(os.environ.get("TFPARSE_SEED", "0"))

UNEVALUATED = {
    "Inconsistent conditional result types",
    "Condition is null",
    "Invalid 'for' condition",
    "Duplicate object key",
    "Operation failed",
    INFINITE,
}
"""Errors of Terraform in what has no say in the value: a branch not taken, a loop that never turns."""


def made(chance: Random) -> str:
    while True:
        expression = Expressions(chance, unknown=0.06).any(chance.randint(1, 4))
        if len(expression) < 400:
            return expression


def contradiction(ours: Any, our_unknown: Any, theirs: Any, their_unknown: Any) -> bool:
    """Whether two answers, each with the places it does not know, cannot both be right."""
    if our_unknown is True or their_unknown is True:
        return False
    if isinstance(ours, dict) and isinstance(theirs, dict):
        left, right = our_unknown or {}, their_unknown or {}
        keys = ours.keys() | left.keys()
        return keys != theirs.keys() | right.keys() or any(
            contradiction(ours.get(k), left.get(k), theirs.get(k), right.get(k)) for k in keys
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        nowhere = [None] * len(ours)
        return len(ours) != len(theirs) or any(
            map(contradiction, ours, our_unknown or nowhere, theirs, their_unknown or nowhere)
        )
    return isinstance(ours, bool) != isinstance(theirs, bool) or bool(ours != theirs)


def difference(expression: str, truth: dict[str, Any]) -> str | None:
    try:
        value = evaluate_expression(load(PRELUDE).root(""), expression)
    except TerraformError as error:
        if "error" in truth or "unknown" in truth or error.diagnostics[0].summary == "Number too large":
            return None
        return f"refused: {error.diagnostics[0].summary}"
    if "error" in truth:
        fine = value.first_unknown() is not None or truth["error"] in UNEVALUATED
        return None if fine else f"evaluated to {value!r}"
    ours, our_unknown = answer(value)
    if contradiction(ours, our_unknown, truth["value"], unknowns(truth.get("unknown", False))):
        return f"evaluated to {ours}, unknown {our_unknown}"
    return None


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed: NOTHING WAS COMPARED")
def test_the_same_values() -> None:
    chance = Random(SEED)
    expressions = [made(chance) for _ in range(COUNT)]
    # Numbers as Terraform spelt them.
    text = re.sub(r'"\\u0000number ([^"]*)"', r"\1", json.dumps(record(expressions)))
    recorded = json.loads(text, parse_float=Fraction)
    differences = [
        f"{expression}\n  {found}\n  Terraform: {truth}"
        for expression, truth in zip(expressions, recorded, strict=True)
        if (found := difference(expression, truth))
    ]
    assert not differences, "\n".join(differences)
