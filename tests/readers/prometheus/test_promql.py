from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import tests.readers.real_programs as programs
from readers import Malformed
from readers.prometheus.promql import Selector, Series, may_read, parse_promql
from readers.prometheus.promql_evaluation import evaluate
from tests.readers.prometheus.promql_cases import answers, series, written
from tests.readers.record_programs import cases, recorded
from tfparse.diagnostics import Origin, UnknownValueError

ASKED = cases("prometheus/expressions")
SETS = {name: [series(text) for text in texts] for name, texts in ASKED["series"].items()}
EXPRESSIONS = [str(expression) for expression in ASKED["expressions"]]


def evaluated(expression: str, over: list[programs.Sample]) -> Any:
    result = evaluate(parse_promql(expression), [Series(labels, value) for labels, value in over])
    return written((dict(found.labels), found.value) for found in result)


def agrees(expression: str, over: list[programs.Sample], said: Any) -> None:
    if isinstance(said, str):
        with pytest.raises(Malformed):
            pytest.fail(f"{expression} over {over} is {evaluated(expression, over)}, not refused: {said}")
    else:
        assert evaluated(expression, over) == said, f"{expression} over {over}"


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_evaluates_as_prometheus_does(expression: str) -> None:
    for name, over in SETS.items():
        agrees(expression, over, recorded("prometheus/expressions")[expression][name])


@programs.needs("promtool")
def test_prometheus_still_says_so() -> None:
    for expression, said in answers(ASKED).items():
        for name, over in SETS.items():
            agrees(expression, over, said[name])


# -- any expression -------------------------------------------------------------------------------

LABELS = st.sampled_from(["a", "b", "c"])
LISTS = st.lists(LABELS, max_size=2, unique=True).map(", ".join)
MATCHERS = st.builds(
    "{}{}{}".format,
    LABELS,
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(['""', '"1"', '"2"', '"1|2"', '".+"', '"[13]"']),
)
SELECTORS = st.builds("{}{{{}}}".format, st.sampled_from(["x", "y", "z"]), st.lists(MATCHERS, max_size=2).map(",".join))
NUMBERS = st.sampled_from(["0", "1", "2", "-1", "0.5"])
MATCHINGS = st.one_of(st.just(""), st.builds("{}({})".format, st.sampled_from(["on", "ignoring"]), LISTS))
SIDES = st.sampled_from(["group_left", "group_right"])
GROUPINGS = st.one_of(st.just(""), st.just(""), st.builds("{}({})".format, SIDES, LISTS))
COMPARISONS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
ARITHMETIC = st.sampled_from(["+", "-", "*", "/", "%"])


def larger(vectors: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions over expressions; all are vectors."""
    compared = st.builds("{}{}".format, COMPARISONS, st.sampled_from(["", " bool"]))
    operators = st.one_of(ARITHMETIC, compared)
    grouped = st.builds("{} {}".format, st.sampled_from(["on(a)", "on(a, b)", "ignoring(c)"]), GROUPINGS)
    over = st.one_of(st.just(""), st.builds(" {} ({}) ".format, st.sampled_from(["by", "without"]), LISTS))
    return st.one_of(
        st.builds("({} {} {})".format, vectors, operators, NUMBERS),
        st.builds("({} {} {})".format, NUMBERS, operators, vectors),
        st.builds("({} {} {} {})".format, vectors, operators, st.one_of(MATCHINGS, grouped), vectors),
        st.builds("({} {} {} {})".format, vectors, st.sampled_from(["and", "or", "unless"]), MATCHINGS, vectors),
        st.builds("{}{}({})".format, st.sampled_from(["sum", "min", "max", "avg", "count", "group"]), over, vectors),
        st.builds("{}({})".format, st.sampled_from(["absent", "abs", "ceil", "floor", "-"]), vectors),
        st.builds("clamp_{}({}, {})".format, st.sampled_from(["min", "max"]), vectors, NUMBERS),
        st.builds("vector(scalar({}))".format, vectors),
    )


VECTORS = st.recursive(st.one_of(SELECTORS, SELECTORS, NUMBERS.map("vector({})".format)), larger, max_leaves=5)
VALUES = st.sampled_from([0.0, 1.0, 2.0, -1.5])
NAMED = st.fixed_dictionaries(
    {"__name__": st.sampled_from(["x", "y"]), "a": st.sampled_from("123"), "b": st.sampled_from("12")},
    optional={"c": st.just("1")},
)
SERIES = st.lists(st.tuples(NAMED, VALUES), max_size=6, unique_by=lambda found: str(sorted(found[0].items())))


@programs.needs("promtool")
@settings(max_examples=5, deadline=None, phases=[Phase.generate])  # a failure names its expression: no need to shrink
@given(st.lists(st.tuples(VECTORS, SERIES), min_size=40, max_size=40))
def test_evaluates_any_expression_as_prometheus_does(questions: list[tuple[str, list[programs.Sample]]]) -> None:
    for (expression, over), said in zip(questions, programs.promtool(questions), strict=True):
        agrees(expression, over, written(said))


# -- outside of the subset ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("rate(x[5m]) > 0", "uses rate()"),
        ("x offset 5m", "uses offset or @"),
        ("x @ 3", "uses offset or @"),
        ("max_over_time(x[5m:1m])", "uses max_over_time()"),
        ("topk(1, x)", "uses topk()"),
        ("x ^ 2", "uses ^"),
        ("time() - x", "uses time()"),
        ("label_replace(x, 'a', 'b', 'c', 'd')", "uses label_replace()"),
    ],
)
def test_what_is_not_evaluated_is_unknown(expression: str, problem: str) -> None:
    with pytest.raises(UnknownValueError) as doubt:
        evaluate(parse_promql(expression, Origin("rules.yml", 7)), [])
    assert doubt.value.reason == f"not proven from source: the expression {problem}"
    assert doubt.value.origin == Origin("rules.yml", 7)


# promql-parser overflows the stack on the first, and takes minutes over the others.
@pytest.mark.parametrize("expression", ["(" * 50_000 + "x" + ")" * 50_000, "1+" * 5_000 + "1", "x or " * 2_000 + "x"])
def test_a_monstrous_expression_is_not_read(expression: str) -> None:
    with pytest.raises(UnknownValueError, match="an expression of more than 200 operators is not read"):
        parse_promql(expression)


def test_operators_in_strings_do_not_count() -> None:
    pattern = "|".join(["a-b"] * 300)
    assert evaluate(parse_promql(f'x{{a=~"{pattern}"}}'), []) == ()


# -- selectors ------------------------------------------------------------------------------------


def selectors(expression: str) -> list[Selector]:
    return list(parse_promql(expression).selectors)


def test_selectors_of_an_expression() -> None:
    found = selectors('sum(x{a="1"}) / rate(y{b!="2"}[5m]) or max_over_time(z[1h:1m]) > on() {__name__="w", c=~"3"}')
    assert [[(m.name, m.op, m.value) for m in s.matchers] for s in found] == [
        [("__name__", "=", "x"), ("a", "=", "1")],
        [("__name__", "=", "y"), ("b", "!=", "2")],
        [("__name__", "=", "z")],
        [("__name__", "=", "w"), ("c", "=~", "3")],
    ]


NAMELESS = ["1 or{a='b'}", "x_y * on(a) group_left{a='b'}", "x_y > bool{a='b'}", "x_y{a='{'} or # x_z{\n{a='b'}"]


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *NAMELESS, "x_y{a='b'} or available", "x_y{a='b'}"])
@pytest.mark.parametrize("metric", ["available", "x_y"])
def test_what_may_not_read_a_metric_does_not(expression: str, metric: str) -> None:
    try:
        reads = any(selector.is_about(metric) for selector in selectors(expression))
    except (Malformed, UnknownValueError):
        return  # it is not read at all
    assert may_read(expression, metric) or not reads
    assert may_read(expression, "none", (metric,)) or not reads


def test_an_expression_about_other_metrics_is_not_parsed_to_know_it() -> None:
    assert not may_read("sum by (a) (rate(x_y{a='available'}[5m])) > 1 or z_total", "available_now")


def test_alternatives_of_matchers_are_not_prometheus() -> None:
    with pytest.raises(Malformed, match="is not Prometheus'"):
        selectors('{a="b" or c="d"}')
