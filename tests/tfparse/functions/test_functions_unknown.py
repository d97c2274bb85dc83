"""The law of unknowns, for every function: a result with part of an argument unknown says nothing that the result
of the whole argument contradicts.

The arguments are those of the recorded cases; each part of each is made unknown in turn, in every way there is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tfparse.cty.laws import contradiction, variants
from tfparse import functions, load
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin
from tfparse.functions import Context, FunctionError, call
from tfparse.graph.expressions import evaluate_expression
from tfparse.graph.root import Root

SPEC = Path(__file__).parents[2] / "spec" / "terraform"
PRELUDE = SPEC / "prelude"
"""The root module in which the recorded cases stand: small, for each test opens it anew."""


def cases() -> Iterator[tuple[str, str]]:
    for file in sorted((SPEC / "cases").glob("*.txt")):
        for case in json.loads((SPEC / f"{file.stem}.json").read_text(encoding="utf-8"))["cases"]:
            if "error" not in case and "unknown" not in case:
                yield file.stem, case["expr"]


@pytest.fixture
def root() -> Root:
    return load(PRELUDE).root("")


@pytest.mark.parametrize(("family", "expression"), list(cases()))
def test_the_unknown_contradicts_nothing(
    family: str, expression: str, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, list[Value], Context]] = []

    def recorded(name: str, args: list[Value], context: Context, origin: Origin | None = None) -> Value:
        calls.append((name, args, context))
        return call(name, args, context, origin)

    monkeypatch.setattr(functions, "call", recorded)
    evaluate_expression(root, expression)
    monkeypatch.undo()
    for name, arguments, context in calls:
        try:
            truth = call(name, arguments, context)
        except FunctionError:
            continue  # an error that the expression catches, or in a branch that it does not take
        if truth.is_unknown:
            continue  # a loop without elements, gone through once for its errors
        for index, argument in enumerate(arguments):
            for variant in variants(argument):
                if name == "yamldecode" and variant.parts:
                    continue  # read on an assumption, which has tests of its own
                changed = [*arguments[:index], variant, *arguments[index + 1 :]]
                shown = f"{name}(), argument {index} as {variant!r} {variant.parts or ''} {variant.rest or ''}"
                try:
                    guess = call(name, changed, context)
                except FunctionError as error:
                    pytest.fail(f"{shown}: refused, {error}")
                found = contradiction(guess, truth)
                assert found is None, f"{shown}: {found}"
