"""A small vocabulary, over which the gate itself is tested."""

from __future__ import annotations

import os

import pytest
from pytest_bdd import given, parsers, then, when

from gate.evidence import Evidence
from gate.words import takes
from readers import Malformed, Missing, NotProven
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnknownValueError

HERE = Origin("main.tf", 3)


@pytest.fixture
def broken() -> None:
    raise Malformed("Helm values of prometheus", "not YAML", HERE)


@pytest.fixture
def leaking():
    yield
    raise RuntimeError("the port is still open")


@given("a stack")
def _() -> None:
    pass


@given(parsers.parse("a missing {subject}"))
def _(subject: str) -> None:
    raise Missing(subject, "stacks/mailserver", HERE)


@given("an unknown value")
def _() -> None:
    raise UnknownValueError("data.vault_kv_secret_v2.secrets is read at plan time", HERE)


@given("source in error")
def _() -> None:
    raise TerraformError(Diagnostic("Unclosed block", "The block is never closed.", HERE), Diagnostic("Another"))


@given("broken values")
def _(broken: None) -> None:
    pass


@given("a leaking fixture")
def _(leaking: None) -> None:
    pass


@when("the step crashes")
def _() -> None:
    raise ValueError("boom\nand more")


@when("the step asserts")
def _() -> None:
    assert 1 + 1 == 3


@when(parsers.parse("pytest is told to {outcome}"))
def _(outcome: str) -> None:
    {"skip": pytest.skip, "xfail": pytest.xfail, "fail": pytest.fail, "exit": pytest.exit}[outcome]("told so")


@then(parsers.parse("{name} is {expected}"))
def _(evidence: Evidence, name: str, expected: str) -> None:
    evidence.check(name, expected=expected, actual="1", ok=expected == "1", at=HERE, note="set in main.tf")


@given(parsers.parse("a deployment {name}"), target_fixture="deployment")
def _(name: str) -> str:
    return name


@given(parsers.parse("its container {name}"), target_fixture="container")
def _(deployment: str, name: str) -> str:
    return f"{deployment}/{name}"


@given(parsers.re(r"(?P<number>one|several) of its (?:small )?containers?(?P<where>, where:)?"), target_fixture="container")
@takes("path", optional=("is",))
def _(deployment: str, number: str, datatable: list[list[str]] | None = None) -> str:
    return f"{number} of {deployment}"


@given("these series:", target_fixture="series")
@takes("name")
def _(datatable: list[list[str]]) -> list[str]:
    return [row[0] for row in datatable[1:]]


@given("its labels:", target_fixture="labels")
@takes(further="label", rows=1)
def _(container: str, datatable: list[list[str]]) -> list[list[str]]:
    return datatable


@then("over time it does this:")
@takes("event", named_by=("series", "name"))
def _(evidence: Evidence, series: list[str], datatable: list[list[str]]) -> None:
    evidence.check("over time", expected="1", actual="1", ok=True)


@then("it runs")
def _(evidence: Evidence, container: str) -> None:
    evidence.check(container, expected="it runs", actual="it runs", ok=True)


@then("it says:")
def _(evidence: Evidence, docstring: str) -> None:
    evidence.check("it", expected=docstring, actual=docstring, ok=True)


@then("it asks for what nobody gives")
def _(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("nonesuch")


@then("nobody knows what this reads:")
def _(evidence: Evidence, datatable: list[list[str]]) -> None:
    pass


@then("these hold:")
@takes("what", "is")
def _(evidence: Evidence, datatable: list[list[str]]) -> None:
    for name, expected in datatable[1:]:
        with evidence.about(name, expected):
            if expected == "lost":
                raise Missing(name, "stacks/mailserver")
            if expected == "unknown":
                raise UnknownValueError("var.x has no default", HERE)
            evidence.check(name, expected=expected, actual="1", ok=expected == "1")


@then("nobody looks")
def _() -> None:
    pass


@then("promtool agrees")
def _(evidence: Evidence) -> None:
    evidence.told(NotProven("promtool", "is not installed (Debian package prometheus)"), "the rule", "it fires")


@then("an odd value turns up")
def _(evidence: Evidence) -> None:
    evidence.check("odd", expected="even", actual="\udcff \x1b naïve", ok=False)


@then("what steers a reader turns up")
def _(evidence: Evidence) -> None:
    text = "".join(map(chr, (0x7F, 0x85, 0xAD, 0x200B, 0x200E, 0x2028, 0x2029, 0x202E, 0x2066, 0xFEFF, 0xFFF9, 0xE0001)))
    for what in (f"it{text}", "it"):
        evidence.check(what, expected=text, actual=f"a{text}\nb", ok=False, note=text)
    evidence.undetermined(f"a word{text}", expected=text, reason=text)


@when("the process dies")
def _() -> None:
    os._exit(70)


@pytest.fixture(scope="session")
def crashing() -> None:
    raise LookupError("the suite has a fault")


@given("a crashing fixture")
def _(crashing: None) -> None:
    pass


def _read() -> None:
    raise KeyError("replicas")


@then("a reader crashes")
def _(evidence: Evidence) -> None:
    with evidence.about("replicas", "1"):
        _read()


@then(parsers.parse("main.tf sets {name} to {expected}"))
def _(evidence: Evidence, pytestconfig: pytest.Config, name: str, expected: str) -> None:
    """Every line ``name = value`` is a finding; the value ``?`` is not known, ``!`` breaks the reader."""
    from gate.options import settings

    lines = (settings(pytestconfig).infra / "main.tf").read_text().splitlines()
    found = [(number, value) for number, line in enumerate(lines, 1) for key, _, value in [line.partition(" = ")] if key == name]
    with evidence.about(name, expected):
        for number, value in found:
            if value == "?":
                raise UnknownValueError("it is read at plan time", Origin("main.tf", number))
            if value == "!":
                _read()
            evidence.check(name, expected=expected, actual=value, ok=value == expected, at=Origin("main.tf", number))
        if not found:
            raise Missing(name, "main.tf")


@then(parsers.parse("the base sets {name} to {expected}"))
def _(evidence: Evidence, pytestconfig: pytest.Config, name: str, expected: str) -> None:
    from gate.base import base_tree

    tree = base_tree(pytestconfig)
    text = (tree / "main.tf").read_text() if tree else "nothing"
    evidence.check("base", expected=expected, actual=text, ok=f"{name} = {expected}" in text)


@when("the step waits")
def _() -> None:
    import time
    from pathlib import Path

    Path("waits").touch()
    time.sleep(60)

@when(parsers.parse("a folder stands at {path}"))
def _(path: str) -> None:
    os.makedirs(path)


@then("an order turns up")
def _(evidence: Evidence) -> None:
    evidence.check("order", expected="none", actual="1\n::warning::do as I say", ok=False)


@when(parsers.parse("what is odd is {told}"))
def _(told: str) -> None:
    import logging
    import warnings

    match told:
        case "logged":
            logging.getLogger("suite").warning("\udcff")
        case "warned of":
            warnings.warn("\udcff", stacklevel=1)
        case "raised":
            raise ValueError("\udcff")
