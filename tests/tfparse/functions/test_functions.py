"""Functions, operators and conversions against what Terraform itself answered (``tests/record_truth.py``).

An answer is the same value of the same type, unknown in the same places, or a refusal of the same summary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tfparse import load
from tfparse.cty.convert import format_number
from tfparse.cty.numbers import double
from tfparse.cty.types import Dynamic, List, Map, Primitive, Set, Tuple, Type
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import TerraformError
from tfparse.functions import names
from tfparse.functions._parameters import Parameter
from tfparse.functions._registry import declared as declared_function
from tfparse.graph.expressions import evaluate_expression
from tfparse.graph.root import Root

SPEC = Path(__file__).parents[2] / "spec" / "terraform"
PRELUDE = SPEC / "prelude"
"""The root module in which the recorded cases stand: small, for each test opens it anew."""

DULLER = {
    # The type of a resource's attribute is not known here: an unknown may turn out to be of any type.
    "tolist([1, local.u])",
    "tolist([1, local.any])",
    "tolist([local.any, {a = 1}])",
    "tomap({a = local.u, b = 1})",
    "tomap({a = local.any, b = 1})",
    'formatlist("%s", local.u)',
    "coalesce(1, local.any)",
    "concat(tolist([1]), tolist([local.any]))",
    "setunion([1], [local.any])",
    'flatten([["a"], local.u])',
    'flatten([["a"], [local.u]])',
    # A number in the plan, and a string once the other branch is known to be of strings.
    "false ? toset(local.list) : [1]",
    "false ? local.set : [1]",
    # What is looked into may yet prove to be an error, though Terraform says nothing of the kind.
    "try(local.any ? 1 : 1, 2)",
    'try("${local.any}" == "x" ? 1 : 1, 2)',
    "try(length([local.any.x]), 0)",
    "can(length([local.any.x]))",
    "try(keys({ a = local.u }), [])",
    # Nor whether it is null.
    "local.u == null",
    "local.list == null",
    # Refused for its first character before the rest is known.
    "jsondecode(local.part)",
}
SHARPER = {
    # The other side may yet be an error, which ends the plan: else it is this.
    "false && local.bool",
    "local.bool && false",
    "true || local.bool",
    "local.bool || true",
    "alltrue([local.bool, false])",
    "contains([], local.u)",
    "contains([1], local.u)",
    'matchkeys(["a", local.u], ["x", "y"], ["x"])',
    '[local.u, 1] == ["x", 2]',
    'try([local.u, "k"], 1)',
    "try({ a = local.u }, 1)",
    # Read around the unknown scalar, as documents are here.
    'yamldecode("a: ${local.u}")',
}
INFINITE = "Failed to write plan file"
"""What Terraform says only when an infinite number is to be written down; here it is refused where it arises."""


@cache
def cases() -> list[Any]:
    return list(_cases())


def _cases() -> Iterator[Any]:
    for file in sorted((SPEC / "cases").glob("*.txt")):
        data = json.loads((SPEC / f"{file.stem}.json").read_text(encoding="utf-8"), parse_float=Fraction)
        expressions = [line for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        assert [case["expr"] for case in data["cases"]] == expressions, f"{file.stem}.json is not of these cases"
        for number, case in enumerate(data["cases"]):
            yield pytest.param(case, id=f"{file.stem}-{number}")


@pytest.fixture
def root() -> Root:
    return load(PRELUDE).root("")


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any], root: Root) -> None:
    expression = case["expr"]
    if expression in DULLER:
        assert evaluate_expression(root, expression).first_unknown() is not None
    elif expression in SHARPER:
        assert case["unknown"]
        assert evaluate_expression(root, expression).unknown is None
    elif "error" in case:
        with pytest.raises(TerraformError) as refusal:
            print("evaluated to", repr(evaluate_expression(root, expression)))
        if case["error"] not in (INFINITE, "Operation failed"):
            assert refusal.value.diagnostics[0].summary == case["error"]
    else:
        value = evaluate_expression(root, expression)
        assert answer(value) == (case["value"], unknowns(case.get("unknown", False)))
        if case["type"] is not None and case["value"] is not None:
            assert type_json(value.type) == case["type"]


@pytest.mark.parametrize("expression", ["can(pow(1024, 1e15))", 'try(log(0, 2) < 1, "infinite")'])
def test_an_infinite_number_is_no_error_for_others_to_catch(expression: str, root: Root) -> None:
    """Terraform has infinite numbers, and values for both."""
    assert evaluate_expression(root, expression).is_unknown


def test_the_differences_are_those_of_cases_that_exist() -> None:
    assert {case.values[0]["expr"] for case in cases()} >= DULLER | SHARPER


def answer(value: Value) -> tuple[Any, Any]:
    """A value and its unknown places as ``terraform show -json`` writes them."""
    raw = value.raw
    if isinstance(raw, Unknown) or value.rest is not None:
        return None, True
    if isinstance(raw, dict):
        inside = {key: answer(item) for key, item in raw.items()}
        return {k: v for k, (v, u) in inside.items() if u is not True}, unknowns({k: u for k, (_, u) in inside.items()})
    if isinstance(raw, tuple):
        elements = [answer(element) for element in raw]
        return [v for v, _ in elements], unknowns([u for _, u in elements])
    if isinstance(raw, (int, Fraction)) and not isinstance(raw, bool):
        return as_planned(raw), False
    return (raw, False) if not isinstance(raw, bool) else (bool(raw), False)


def as_planned(n: int | Fraction) -> Fraction:
    """A number as the plan keeps it: an integer of 64 bits, a fraction that is a double, or the text of any other."""
    if n.denominator == 1 and -(2**63) <= n < 2**63:
        return Fraction(n)
    is_double = n.denominator > 1 and abs(n) < 2**53 and Fraction(float(n)) == n
    return Fraction(format_number(double(float(n)) if is_double else n))


def unknowns(tree: Any) -> Any:
    """A tree of unknown places without the branches that have none; False if nothing is left."""
    if isinstance(tree, dict):
        return {k: found for k, v in tree.items() if (found := unknowns(v))} or False
    if isinstance(tree, list):
        found = [unknowns(v) for v in tree]
        return found if any(found) else False
    return tree


def type_json(type: Type) -> Any:
    """A type as Terraform writes it in JSON."""
    if isinstance(type, Primitive):
        return type.name
    if isinstance(type, Dynamic):
        return "dynamic"
    if isinstance(type, (List, Set, Map)):
        return [{List: "list", Set: "set", Map: "map"}[type.__class__], type_json(type.element)]
    if isinstance(type, Tuple):
        return ["tuple", [type_json(element) for element in type.elements]]
    return ["object", {name: type_json(attribute) for name, attribute in type.attributes}]


# -- completeness ---------------------------------------------------------------------------------

SIGNATURES = json.loads((SPEC / "signatures.json").read_text(encoding="utf-8"))["functions"]
REMOVED = {"list", "map"}
"""Functions that Terraform knows only to refuse them."""


def test_every_function_is_there() -> None:
    documented = {name for name in SIGNATURES if "::" not in name}
    assert names() - REMOVED == documented - {"try", "can"}  # these two are the evaluator's


@pytest.mark.parametrize("name", sorted(names() - REMOVED))
def test_signature(name: str) -> None:
    declared = declared_function(name)
    assert declared is not None

    def shown(parameter: Parameter, dots: str = "") -> str:
        return parameter.name + ("?" if parameter.null else "") + dots

    ours = [shown(parameter) for parameter in declared.parameters]
    if declared.rest is not None:
        ours.append(shown(declared.rest, "..."))
    assert ours == SIGNATURES[name]


@pytest.mark.parametrize("name", sorted(names() - REMOVED))
def test_each_kind_of_argument_is_covered(name: str) -> None:
    """An ordinary argument, a wrong type, a null and an unknown: each is among the recorded cases."""
    calls = [case.values[0] for case in cases() if f"{name}(" in case.values[0]["expr"]]
    if SIGNATURES[name]:
        assert any("null" in case["expr"] for case in calls)
        assert any("local." in case["expr"] and "local.secret" not in case["expr"] for case in calls)
    if name not in {"sensitive", "nonsensitive", "issensitive", "ephemeralasnull", "jsonencode", "yamlencode"}:
        assert any("error" in case for case in calls), "no wrong type"
