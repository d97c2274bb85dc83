"""What the gate takes from the inside of pytest and pytest-bdd is still what it was: upgrades fail here first."""

from __future__ import annotations

import inspect
import os
from importlib import import_module
from pathlib import Path

import pytest
from _pytest import runner
from _pytest.fixtures import FixtureManager
from _pytest.terminal import TerminalReporter
from pytest_bdd import hooks, parsers
from pytest_bdd.compat import get_fixture_names, getfixturedefs, inject_fixture
from pytest_bdd.feature import features, get_feature
from pytest_bdd.gherkin_parser import Cell, DataTable, Location, Row, get_gherkin_document
from pytest_bdd.parser import FeatureParser, ScenarioTemplate, Step
from pytest_bdd.reporting import ScenarioReport, StepReport, scenario_reports_registry
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry
from pytest_bdd.steps import step as define
from pytest_bdd.types import STEP_TYPE_BY_PARSER_KEYWORD

from gate.vocabulary import gathered

define("nobody writes this step")(lambda: None)
define("two write this step")(lambda: None)
define(parsers.parse("{number} write this step"))(lambda: None)
scenario_module = import_module("pytest_bdd.scenario")  # by its name the package has a function


def test_a_module_asks_getobj_where_it_comes_from() -> None:
    """gate.collect overrides it; pytest collects every function of what it returns that the filters let through."""
    assert list(inspect.signature(pytest.Module._getobj).parameters) == ["self"]
    assert list(inspect.signature(pytest.Module.funcnamefilter).parameters) == ["self", "name"]
    assert list(inspect.signature(pytest.Module.classnamefilter).parameters) == ["self", "name"]
    assert "_getobj" in inspect.getsource(inspect.getattr_static(pytest.Module, "obj").fget)


def test_a_step_can_give_a_second_subject() -> None:
    """gate.vocabulary does, as pytest-bdd itself gives what a step returns."""
    assert list(inspect.signature(inject_fixture).parameters) == ["request", "arg", "value"]


def test_the_reporter_is_made_of_these_parts() -> None:
    """gate.terminal overrides them, and shows scenarios itself."""
    for name in (
        "pytest_collection",
        "report_collect",
        "pytest_runtest_logstart",
        "pytest_runtest_logreport",
        "summary_stats",
        "write",
        "write_line",
        "write_sep",
    ):
        assert callable(getattr(TerminalReporter, name))
    assert isinstance(inspect.getattr_static(TerminalReporter, "showheader"), property)


def test_step_definitions_are_fixtures_in_a_registry(request: pytest.FixtureRequest) -> None:
    """gate.vocabulary lists them."""
    manager = request.session._fixturemanager
    (context,) = (
        step_function_context_registry[fixture.func]
        for name in get_fixture_names(manager)
        for fixture in getfixturedefs(manager, name, request.node) or ()
        if fixture.func in step_function_context_registry and "nobody writes" in name
    )
    assert isinstance(context, StepFunctionContext)
    assert context.type is None
    assert isinstance(context.parser, parsers.StepParser)
    assert context.parser.is_matching("nobody writes this step")
    assert context.step_func.__code__.co_filename == __file__
    assert context.target_fixture is None


def test_parsers_tell_what_they_fill() -> None:
    """gate.words reads a definition's text and the names in it."""
    assert parsers.parse("the {name} has {number:d}").name == "the {name} has {number:d}"
    assert dict(parsers.re(r"the (?P<name>\w+)").regex.groupindex) == {"name": 1}
    assert parsers.re(r"the (?P<name>\w+)").name == r"the (?P<name>\w+)"


def test_a_report_of_steps_is_kept_for_each_item() -> None:
    """gate.run tells it which steps failed."""
    kept = ScenarioReport(scenario=None)
    kept.add_step_report(StepReport(step=None))
    assert [report.failed for report in kept.step_reports] == [False]
    assert callable(scenario_reports_registry.get)


def test_scenarios_render_their_rows(suite_feature: str) -> None:
    feature = get_feature("", suite_feature)
    (template,) = feature.scenarios.values()
    assert isinstance(template, ScenarioTemplate)
    (table,) = template.examples
    (row,) = table.as_contexts()
    (background, step) = template.render(row).steps
    assert isinstance(step, Step)
    assert (background.type, background.keyword, background.name) == ("given", "Given", "a stack")
    assert (step.type, step.keyword, step.name, step.line_number) == ("then", "Then", "a is 1", 6)


def test_a_scenario_without_rows_has_the_steps_that_it_is_rendered_to(tmp_path: Path) -> None:
    """gate.vocabulary takes them as they are."""
    text = "Feature: F\n  Background:\n    Given a <stack>\n      | a   |\n      | <b> |\n"
    text += '  Scenario: S\n    Then it is <so>:\n      """\n      <c>\n      """\n'
    (tmp_path / "one.feature").write_text(text, encoding="utf-8")
    (template,) = get_feature(str(tmp_path), "one.feature").scenarios.values()

    def told(steps: list[Step]) -> list[object]:
        return [
            (s.type, s.keyword, s.name, s.line_number, s.docstring, s.datatable and s.datatable.raw()) for s in steps
        ]

    assert told(template.steps) == told(template.render({}).steps)
    assert [step.name for step in template.steps] == ["a <stack>", "it is <so>:"]


def test_what_is_parsed_can_be_handed_over(monkeypatch: pytest.MonkeyPatch, suite_feature: str) -> None:
    """gate.features does: pytest-bdd makes of a tree what it runs, and keeps that by the file's path."""
    document = get_gherkin_document(suite_feature)
    reader = FeatureParser("", suite_feature)
    monkeypatch.setattr(reader, "_parse_feature_file", lambda: document)
    monkeypatch.setitem(features, reader.abs_filename, parsed := reader.parse())
    assert get_feature("", suite_feature) is parsed
    assert reader.abs_filename == os.path.abspath(suite_feature)


def test_the_gherkin_tree_has_lines_and_kinds(suite_feature: str) -> None:
    feature = get_gherkin_document(suite_feature).feature
    background, scenario = (child.background or child.scenario for child in feature.children)
    assert feature.language == "en"
    assert (background.location.line, scenario.location.line, scenario.tags[0].location.line) == (2, 5, 4)
    assert (scenario.keyword, scenario.tags[0].name) == ("Scenario Outline", "@MH-1.1")
    assert [scenario.steps[0].keyword_type, scenario.steps[0].text] == ["Outcome", "<name> is 1"]
    assert set(STEP_TYPE_BY_PARSER_KEYWORD) == {"Context", "Action", "Outcome"}
    (table,) = scenario.examples
    assert [cell.value for cell in table.table_header.cells] == ["name"]
    assert [row.location.line for row in table.table_body] == [9]


def test_the_hooks_have_these_arguments() -> None:
    """gate.run implements them."""
    for name, arguments in {
        "pytest_bdd_before_scenario": {"request", "scenario"},
        "pytest_bdd_before_step": {"request", "step"},
        "pytest_bdd_after_step": {"request", "step"},
        "pytest_bdd_apply_tag": {"tag"},
    }.items():
        assert arguments <= set(inspect.signature(getattr(hooks, name)).parameters)
    assert hooks.pytest_bdd_apply_tag.pytest_spec["firstresult"]


@pytest.fixture
def suite_feature(tmp_path) -> str:
    path = tmp_path / "mail.feature"
    path.write_text(
        """Feature: Mail
  Background:
    Given a stack
  @MH-1.1
  Scenario Outline: Table
    Then <name> is 1
    Examples:
      | name |
      | a    |
"""
    )
    return str(path)


def test_what_a_step_gives_is_a_fixture_of_the_item_that_ran() -> None:
    """gate.run forgets it before the item is run once more."""
    assert "node=request.node" in inspect.getsource(inject_fixture)
    assert "_arg2node2fixturedefs" in inspect.getsource(FixtureManager._register_fixture)


def test_what_a_step_gives_can_be_given_again(request: pytest.FixtureRequest) -> None:
    """gate.history.running makes the fixture once, and gives it another value each time."""
    inject_fixture(request, "given_by_a_step", "one")
    fixture = request._fixture_defs["given_by_a_step"]
    assert fixture in request._fixturemanager._arg2node2fixturedefs["given_by_a_step"][request.node]
    fixture.cached_result = "two", None, None
    assert request.getfixturevalue("given_by_a_step") == "two"


def test_of_a_step_its_definition_is_looked_up_by_the_request() -> None:
    """gate.history.running does it once an item."""
    assert list(inspect.signature(scenario_module.get_step_function).parameters) == ["request", "step"]
    run = inspect.getsource(scenario_module._execute_scenario) + inspect.getsource(
        scenario_module._execute_step_function
    )
    for part in (
        "get_step_function(request=request, step=step)",
        "inject_fixture(request, ",
        "signature(",
        "get_required_args(",
    ):
        assert part in run


def test_the_definition_of_a_step_is_found_among_those_of_its_file(request: pytest.FixtureRequest) -> None:
    """gate.vocabulary gathers them once; what pytest-bdd finds among all fixtures is the same."""
    usual = scenario_module.get_step_function
    with gathered():
        for name, is_there in (
            ("nobody writes this step", True),
            ("two write this step", True),
            ("nor this one", False),
        ):
            step = Step(name=name, type="given", indent=0, line_number=1, keyword="Given")
            found = scenario_module.get_step_function(request=request, step=step)
            assert found is usual(request=request, step=step)
            assert (found is not None) is is_there
    assert scenario_module.get_step_function is usual


def test_what_is_found_once_for_each_step_is_what_pytest_bdd_finds() -> None:
    """gate.vocabulary keeps it while scenarios run: what a definition takes, and a table with nothing to fill in."""
    usual = (scenario_module.signature, scenario_module.get_required_args, Step.render_datatable)
    assert "step.render_datatable(step.datatable, context)" in inspect.getsource(ScenarioTemplate.render)
    table = DataTable(Location(1, 1), [Row("", Location(1, 1), [Cell(Location(1, 1), "<a> of <b>")])])
    with gathered():
        for function in (define, inject_fixture):
            assert scenario_module.signature(function) == usual[0](function)
            assert scenario_module.get_required_args(function) == usual[1](function)
        for row in ({}, {"a": "1"}):
            assert Step.render_datatable(table, row) == usual[2](table, row)
    assert table.raw() == [["<a> of <b>"]]
    assert (scenario_module.signature, scenario_module.get_required_args, Step.render_datatable) == usual


def test_an_item_can_be_run_as_pytests_own_runner_does(request: pytest.FixtureRequest) -> None:
    """gate.ahead does, and puts back what it found."""
    item = request.node
    assert list(inspect.signature(item._initrequest).parameters) == []
    assert list(inspect.signature(item._request._fillfixtures).parameters) == []
    assert item._fixtureinfo.argnames == ("request",)
    state = request.session._setupstate
    assert list(inspect.signature(state.setup).parameters) == ["item"]
    assert list(inspect.signature(state.teardown_exact).parameters) == ["nextitem"]
    runs = inspect.getsource(runner.runtestprotocol)
    for part in ("item._initrequest()", "item._request = False", "item.funcargs = None"):
        assert part in runs
