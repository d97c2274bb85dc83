"""Where ``terraform`` is installed: random expressions, and what it and we make of them.

Each run draws others, and says which: ``TFPARSE_SEED`` draws them again.  ``TFPARSE_EXPRESSIONS`` says how many
(300 if it is not set; 20,000 look at most of what there is).  Where both know a value it is the same, of the same
type; one of the two may know less, and we say of nothing that Terraform takes that it is an error.  What differed once
stands in ``tests/spec/terraform/cases``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from random import Random, SystemRandom
from typing import Any

import pytest

from tests.record_truth import record
from tests.tfparse.functions.test_functions import PRELUDE, answer, type_json, unknowns
from tests.tfparse.lang.calls import call
from tests.tfparse.lang.expressions import Expressions
from tfparse import TerraformError, load
from tfparse.cty.values import Value
from tfparse.graph.expressions import evaluate_expression

COUNT = int(os.environ.get("TFPARSE_EXPRESSIONS", "300"))
SEED = int(os.environ.get("TFPARSE_SEED") or SystemRandom().randrange(10**9))
BATCH = 300
"""So many are planned at once."""
LONGEST = 400
UNSUPPORTED = {"Number too large", "Not worked out", "Too much work"}
"""What is beyond us is said to be so."""

KNOWN = {
    "u": '"5"', "bool": "true", "number": "1", "list": 'tolist(["a"])', "set": 'toset(["a"])', "map": '{ a = "a" }',
    "part": '"pre-5-post"',
}  # fmt: skip
"""What the names of the prelude that are not known may turn out to be; ``any`` may be anything."""


def made(chance: Random) -> str:
    """Of the language, or of functions."""
    while True:
        depth = chance.randint(1, 4)
        language = chance.random() < 0.4
        expression = Expressions(chance, unknown=0.06).any(depth) if language else call(chance, depth)
        if len(expression) < LONGEST:
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
    """What of our answer cannot be right, beside Terraform's."""
    try:
        value = evaluate_expression(load(PRELUDE).root(""), expression)
    except TerraformError as error:
        summary = error.diagnostics[0].summary
        if "error" in truth or truth.get("unknown") is True or summary in UNSUPPORTED or never_right(expression):
            return None
        return f"refused: {summary}"
    if "error" in truth:
        # An infinite number is one until it is to be written down; an unknown may still be an error.
        return None if value.first_unknown() is not None else f"evaluated to {value!r}"
    ours, our_unknown = answer(value)
    if contradiction(ours, our_unknown, truth["value"], unknowns(truth.get("unknown", False))):
        return f"evaluated to {ours}, unknown {our_unknown}"
    return of_another_type(value, truth)


def never_right(expression: str) -> bool:
    """Whether Terraform refuses it in the end, be what it does not know yet this or that."""
    known = [
        re.sub(
            r"local\.(u|any|bool|number|list|set|map|part)\b",
            lambda name, any_=any_: KNOWN.get(name[1], any_),
            expression,
        )
        for any_ in ('"5"', "1", "true", "null", "{}", '{ a = "y" }', "[]", '["a"]', 'toset(["a"])')
    ]
    return expression not in known and all("error" in answer for answer in record(known))


def of_another_type(value: Value, truth: dict[str, Any]) -> str | None:
    if value.first_unknown() is not None or truth.get("unknown") or truth["value"] is None:
        return None
    ours = type_json(value.type)
    return None if ours == truth["type"] else f"evaluated to one of type {ours}"


def answers(expressions: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each expression and what Terraform says of it, numbers as it spelt them."""
    for at in range(0, len(expressions), BATCH):
        recorded = list(planned(expressions[at : at + BATCH]))
        text = re.sub(r'"\\u0000number ([^"]*)"', r"\1", json.dumps([truth for _, truth in recorded]))
        yield from zip((e for e, _ in recorded), json.loads(text, parse_float=Fraction), strict=True)


def planned(batch: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each expression with its answer, but for those of which Terraform itself crashes."""
    try:
        yield from zip(batch, record(batch), strict=True)
    except SystemExit as crash:
        if "TERRAFORM CRASH" not in str(crash):
            raise
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]) if middle else ():
            yield from planned(half)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed: NOTHING WAS COMPARED")
def test_the_same_values() -> None:
    print(f"{COUNT} expressions, drawn again by TFPARSE_SEED={SEED}")
    chance = Random(SEED)
    differences = [
        f"{expression}\n  {found}\n  Terraform: {truth}"
        for expression, truth in answers([made(chance) for _ in range(COUNT)])
        if (found := difference(expression, truth))
    ]
    assert not differences, "\n".join([f"TFPARSE_SEED={SEED} draws these again", *differences])
