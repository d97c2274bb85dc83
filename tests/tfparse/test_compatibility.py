"""``docs/compatibility.md`` is true: each row of it is compared with the code, and with what Terraform answered."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.repo import repo
from tests.tfparse.graph.test_module_truth import CASES, NOT_SEEN, agrees, root_of
from tests.tfparse.lang.test_truth import EXPRESSIONS
from tests.tfparse.lang.test_truth import MODULES as GIVEN
from tfparse import Root, TerraformError, load
from tfparse.functions import names
from tfparse.graph.expressions import evaluate_expression
from tfparse.secrets.presentation import as_json
from tfparse.validation import validate

SUITE = Path(__file__).parents[2]
SPEC = SUITE / "tests" / "spec" / "terraform"
PAGE = (SUITE / "docs" / "compatibility.md").read_text(encoding="utf-8")
UNPLANNED = yaml.safe_load((SUITE / "tests/spec/compatibility/cases.yaml").read_text(encoding="utf-8"))
RECORDED = {case["case"]: case for case in CASES}
EXPRESSION_CASES = {case["id"]: case for case in EXPRESSIONS["cases"]}
GIVEN_MODULES = {case["id"]: case for case in GIVEN["cases"]}


class Row(NamedTuple):
    """A row of a table: its first cell, what becomes of it, of which kind, and the last cell."""

    what: str
    result: str
    detail: str
    last: str


def tables(header: str) -> Iterator[Row]:
    """The rows of all tables whose head begins so."""
    for table in re.findall(rf"^\| {header} \|.*\n\|[-|]+\n((?:\|.*\n)*)", PAGE, re.MULTILINE):
        for line in table.splitlines():
            what, result, last = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
            result, _, detail = result.partition(": ")
            yield Row(what, result, detail, last)


FEATURES = [(row, case) for row in tables("Feature") for case in re.findall("`([^`]+)`", row.last)]
FUNCTIONS = list(tables("Function"))
LIMITS = list(tables("What"))


# -- features -------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What the code makes of a case: ``result`` as the page has it, or "wrong", and all that there is to say of it."""

    result: str
    details: tuple[str, ...]


def outcome(case: str, folder: Path) -> Outcome:
    if case in RECORDED:
        return of_recorded(RECORDED[case])
    if case in EXPRESSION_CASES:
        given = EXPRESSION_CASES[case]
        source = (
            given["file"] if "file" in given else f"{EXPRESSIONS['prelude']}\nlocals {{\n  x = {given['expr']}\n}}\n"
        )
        root = repo(folder, {"main.tf": source.encode()}).root("")
        return compared(root, {"local.x": given.get("value")}, "error" in given)
    if case in GIVEN_MODULES:
        given = GIVEN_MODULES[case]
        root = repo(folder, {name: text.encode() for name, text in given["files"].items()}).root(
            given["root"].strip(".")
        )
        outputs = {f"output.{name}": value for name, value in given.get("outputs", {}).items()}
        return compared(root, outputs, "error" in given)
    return of_unplanned(UNPLANNED[case], folder)


def of_recorded(case: dict[str, Any]) -> Outcome:
    expected = {f"output.{name}": value for name, value in case.get("outputs", {}).items()}
    return compared(root_of(case), expected, "errors" in case)


def compared(root: Root, expected: dict[str, Any], refused: bool) -> Outcome:
    """Whether the values are those that Terraform gave, where it did not refuse the module."""
    found = tuple(diagnostic.summary for diagnostic in validate(root))
    if refused:
        return Outcome("refused" if found else "accepted", found)
    ours = {name: json.loads(as_json(evaluate_expression(root, name), show_sensitive=True)) for name in expected}
    same = not found and all(agrees(ours[name], expected[name], None) for name in expected)
    return Outcome("exact" if same else "wrong", (*found, str(ours)))


def of_unplanned(case: dict[str, Any], folder: Path) -> Outcome:
    root = repo(folder, {name: text.encode() for name, text in case["files"].items()}).root(case.get("root", ""))
    if "resources" in case:
        addresses = [resource.address for resource in root.resources()]
        return Outcome("exact" if addresses == case["resources"] else "wrong", tuple(addresses))
    try:
        value = evaluate_expression(root, "output.o")
    except TerraformError as error:
        return Outcome("refused", tuple(diagnostic.summary for diagnostic in error.diagnostics))
    why = value.first_unknown()
    if why is not None:
        return Outcome("unknown" if why.reason == case.get("unknown") else "wrong", (why.reason,))
    if found := validate(root):
        return Outcome("refused", tuple(diagnostic.summary for diagnostic in found))
    shown = json.loads(as_json(value))
    return Outcome("exact" if shown == case["value"] else "wrong", (str(shown),))


@pytest.mark.parametrize(("row", "case"), FEATURES, ids=[f"{case}-{row.what[:30]}" for row, case in FEATURES])
def test_a_feature_is_as_the_page_says(row: Row, case: str, tmp_path: Path) -> None:
    found = outcome(case, tmp_path)
    assert found.result == row.result, found
    if row.result in ("unknown", "refused"):
        patterns = [detail.replace("…", "*") for detail in row.detail.split("; ")]
        # A summary of ours may say more than the page: "Duplicate resource "x_y" configuration".
        ends = "" if row.result == "unknown" else "*"
        assert any(fnmatchcase(said, pattern + ends) for said in found.details for pattern in patterns), found


def test_each_feature_is_shown_by_a_case() -> None:
    for row in tables("Feature"):
        assert re.findall("`([^`]+)`", row.last), row.what
        assert row.result in ("exact", "unknown", "refused", "accepted"), row
        # Each diagnostic that the page names has a case.
        if row.result == "refused":
            assert len(row.detail.split("; ")) <= len(row.last.split()), row


def test_each_case_of_what_no_plan_shows_is_on_the_page() -> None:
    assert {name for name in UNPLANNED if f"`{name}`" not in PAGE} == set()


def test_all_that_is_accepted_is_on_the_page() -> None:
    assert {case for row, case in FEATURES if row.result == "accepted"} == set(NOT_SEEN)


# -- functions ------------------------------------------------------------------------------------


@cache
def prelude() -> Root:
    """The root module whose ``local`` names the recorded cases use."""
    return load(SPEC / "prelude").root("")


def is_known(expression: str) -> bool:
    return evaluate_expression(prelude(), expression).first_unknown() is None


@cache
def calls() -> dict[str, list[tuple[str, bool]]]:
    """By function, the recorded calls of it with known arguments, and whether Terraform knew the result."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for file in sorted((SPEC / "cases").glob("*.txt")):
        for case in json.loads((SPEC / f"{file.stem}.json").read_text(encoding="utf-8"))["cases"]:
            name = re.match(r"\w+(?=\()", case["expr"])
            if (
                name
                and "error" not in case
                and not re.search(r"local\.(u|any|bool|number|list|set|map|part)\b", case["expr"])
            ):
                found.setdefault(name[0], []).append((case["expr"], "unknown" not in case))
    return found


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.what.strip("`"))
def test_a_function_is_as_the_page_says(row: Row) -> None:
    name = row.what.strip("`")
    known = [expression for expression, is_exact in calls().get(name, []) if is_exact]
    noted = re.findall(rf"`({name}\([^`]*\))`", row.last)
    if row.result == "exact":
        assert known
        assert [expression for expression in known if not is_known(expression)] == []
        assert [expression for expression in noted if is_known(expression)] == []
    elif row.result == "unknown":
        assert noted
        assert known == []
        reasons = [evaluate_expression(prelude(), expression).first_unknown() for expression in noted]
        assert [reason and reason.reason for reason in reasons] == [row.detail] * len(noted)
    else:
        assert row.result == "refused"
        for expression in noted:
            with pytest.raises(TerraformError):
                evaluate_expression(prelude(), expression)


def test_each_function_is_on_the_page_once() -> None:
    listed = sorted(row.what.strip("`") for row in FUNCTIONS)
    assert listed == sorted(names() | {"try", "can"})


def test_each_function_that_terraform_has_is_on_the_page() -> None:
    signatures = json.loads((SPEC / "signatures.json").read_text(encoding="utf-8"))
    assert signatures["terraform"].startswith("1.11.")
    assert "Terraform 1.11" in PAGE
    terraforms = {name for name in signatures["functions"] if "::" not in name}
    assert {row.what.strip("`") for row in FUNCTIONS if row.result != "refused"} == terraforms


def test_any_other_function_is_refused() -> None:
    with pytest.raises(TerraformError, match="Call to unknown function"):
        evaluate_expression(prelude(), "no_such_function(1)")


# -- limits ---------------------------------------------------------------------------------------


def test_the_limits_are_those_of_the_code() -> None:
    constants = {}
    for file in sorted((SUITE / "tfparse").rglob("*.py")):
        module = ".".join(file.relative_to(SUITE / "tfparse").with_suffix("").parts)
        for name in re.findall(r"^MAX_\w+", file.read_text(encoding="utf-8"), re.MULTILINE):
            constants[f"{module}.{name}"] = getattr(importlib.import_module(f"tfparse.{module}"), name)
    page = {row.last.strip("`"): row.result for row in LIMITS}
    assert len(page) == len(LIMITS)
    assert page == {place: f"{value:,}" for place, value in constants.items()}
