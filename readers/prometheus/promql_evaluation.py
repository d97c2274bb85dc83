"""A subset of PromQL, evaluated at one instant exactly as Prometheus does (``promql/engine.go``).

Within it: selectors with matchers, numbers, ``+ - * / %``, comparisons with and without ``bool``, ``and``,
``or``, ``unless``, ``on``, ``ignoring``, ``group_left``, ``group_right``; ``sum``, ``min``, ``max``, ``avg``,
``count`` and ``group`` with ``by`` and ``without``; ``absent``, ``vector``, ``scalar``, ``abs``, ``ceil``,
``floor``, ``clamp``, ``clamp_min``, ``clamp_max``.  All else looks at other instants or is not worth a
second implementation: UnknownValueError names it, and promtool can prove what the rule does.
"""

from __future__ import annotations

import functools
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

import promql_parser as ast

from readers import Malformed
from readers.prometheus.promql import METRIC, Expression, Selector, Series
from tfparse.diagnostics import UnknownValueError

Vector = list[Series]
Labels = dict[str, str]
Signature = frozenset[tuple[str, str]]


def _quotient(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def _clamped(v: float, low: float, high: float) -> float:
    return math.nan if any(map(math.isnan, (v, low, high))) else max(low, min(high, v))


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "%": lambda a, b: math.fmod(a, b) if b and math.isfinite(a) else math.nan,
}
_COMPARISON: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_AGGREGATION: dict[str, Callable[[list[float]], float]] = {
    "sum": lambda values: functools.reduce(operator.add, values),
    "min": lambda values: min((v for v in values if not math.isnan(v)), default=math.nan),
    "max": lambda values: max((v for v in values if not math.isnan(v)), default=math.nan),
    "avg": lambda values: functools.reduce(operator.add, values) / len(values),
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
}
_MAPPED: dict[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": lambda v: math.copysign(math.ceil(v), v) if math.isfinite(v) else v,
    "floor": lambda v: math.copysign(math.floor(v), v) if math.isfinite(v) else v,
    "clamp": lambda v, low, high: _clamped(v, low, high),
    "clamp_min": lambda v, low: _clamped(v, low, math.inf),
    "clamp_max": lambda v, high: _clamped(v, -math.inf, high),
}


def evaluate(expression: Expression, series: Iterable[Series], at: float | None = None) -> tuple[Series, ...]:
    """The vector that the expression comes to while exactly these series exist; a scalar is one without labels.

    ``at`` is the instant in seconds, where it is known: what ``time()`` comes to.

    Raises:
        UnknownValueError: the expression is outside of the subset.
        Malformed: Prometheus' own evaluation would end in an error.
    """
    result = _Evaluation(expression, tuple(series), at).of(expression.tree)
    return (Series({}, result),) if isinstance(result, float) else tuple(result)


class _Evaluation:
    def __init__(self, expression: Expression, series: tuple[Series, ...], at: float | None) -> None:
        self._expression = expression
        self._at = at
        self._series = series

    def of(self, node: ast.Expr) -> float | Vector:
        if isinstance(node, ast.ParenExpr):
            return self.of(node.expr)
        if isinstance(node, ast.NumberLiteral):
            return float(node.val)
        if isinstance(node, ast.VectorSelector):
            return self._selected(node)
        if isinstance(node, ast.UnaryExpr):
            return self._negated(self.of(node.expr))
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.AggregateExpr):
            return self._checked(self._aggregated(node))
        if isinstance(node, ast.BinaryExpr):
            return self._combined(node)
        self._unknown("looks at more than one instant")

    def vector(self, node: ast.Expr) -> Vector:
        """The value of a node that the parser has checked to be a vector."""
        value = self.of(node)
        assert not isinstance(value, float)
        return value

    def scalar(self, node: ast.Expr) -> float:
        """The value of a node that the parser has checked to be a scalar."""
        value = self.of(node)
        assert isinstance(value, float)
        return value

    def _selected(self, node: ast.VectorSelector) -> Vector:
        if node.offset is not None or node.at is not None:
            self._unknown("uses offset or @")
        selector = Selector.of(node, self._expression.origin)
        return [series for series in self._series if selector.admits(series.labels)]

    def _negated(self, value: float | Vector) -> float | Vector:
        if isinstance(value, float):
            return -value
        return self._checked([Series(_nameless(s.labels), -s.value) for s in value])

    # -- functions --------------------------------------------------------------------------------

    def _called(self, node: ast.Call) -> float | Vector:
        name, arguments = node.func.name, node.args
        if name == "time" and self._at is not None:
            return self._at
        if name == "vector":
            return [Series({}, self.scalar(arguments[0]))]
        if name == "scalar":
            only = self.vector(arguments[0])
            return only[0].value if len(only) == 1 else math.nan
        if name == "absent":
            return [] if self.vector(arguments[0]) else [Series(self._absent_labels(arguments[0]), 1.0)]
        if name not in _MAPPED:
            self._unknown(f"uses {name}()")
        limits = [self.scalar(argument) for argument in arguments[1:]]
        if name == "clamp" and limits[0] > limits[1]:
            return []
        mapped = [Series(_nameless(s.labels), _MAPPED[name](s.value, *limits)) for s in self.vector(arguments[0])]
        return self._checked(mapped)

    def _absent_labels(self, node: ast.Expr) -> Labels:
        """``absent`` carries the labels that its selector pins by one ``=``."""
        while isinstance(node, ast.ParenExpr):
            node = node.expr
        labels: Labels = {}
        if isinstance(node, ast.VectorSelector):
            seen: set[str] = set()
            for matcher in Selector.of(node, self._expression.origin).matchers:
                if matcher.op == "=" and matcher.name not in seen and matcher.name != METRIC:
                    labels[matcher.name] = matcher.value
                    seen.add(matcher.name)
                else:
                    labels.pop(matcher.name, None)
        return {name: value for name, value in labels.items() if value}

    # -- aggregations -----------------------------------------------------------------------------

    def _aggregated(self, node: ast.AggregateExpr) -> Vector:
        name = str(node.op)
        if name not in _AGGREGATION:
            self._unknown(f"uses {name}()")
        modifier = node.modifier
        by = modifier is None or modifier.type == ast.AggModifierType.By
        listed = frozenset(modifier.labels if modifier is not None else ())
        groups: dict[Signature, list[float]] = defaultdict(list)
        for series in self.vector(node.expr):
            groups[_signature(series.labels, listed, on=by)].append(series.value)
        return [Series(dict(group), _AGGREGATION[name](values)) for group, values in groups.items()]

    # -- binary operators -------------------------------------------------------------------------

    def _combined(self, node: ast.BinaryExpr) -> float | Vector:
        op, modifier = str(node.op), node.modifier
        lhs, rhs = self.of(node.lhs), self.of(node.rhs)
        if op not in _ARITHMETIC and op not in _COMPARISON and op not in ("and", "or", "unless"):
            self._unknown(f"uses {op}")
        as_bool = modifier is not None and modifier.return_bool
        if isinstance(lhs, float) and isinstance(rhs, float):
            return _ARITHMETIC[op](lhs, rhs) if op in _ARITHMETIC else float(_COMPARISON[op](lhs, rhs))
        if isinstance(rhs, float) and not isinstance(lhs, float):
            return self._checked(_with_scalar(op, lhs, lambda v: (v, rhs), as_bool))
        if isinstance(lhs, float) and not isinstance(rhs, float):
            return self._checked(_with_scalar(op, rhs, lambda v: (lhs, v), as_bool))
        assert not isinstance(lhs, float)
        assert not isinstance(rhs, float)
        match = _Match(modifier)
        if op in ("and", "or", "unless"):
            return self._checked(match.set(op, lhs, rhs))
        return self._checked(self._paired(op, lhs, rhs, match, as_bool))

    def _paired(self, op: str, lhs: Vector, rhs: Vector, match: _Match, as_bool: bool) -> Vector:
        """Each series of the "many" side with the one series of the other that has its signature."""
        many, one = (rhs, lhs) if match.swapped else (lhs, rhs)
        if not many or not one:
            return []
        partners: dict[Signature, Series] = {}
        for series in one:
            signature = match.signature(series.labels)
            if signature in partners:
                self._refuse("many-to-many matching not allowed: matching labels must be unique on one side")
            partners[signature] = series
        taken: set[tuple[Signature, Signature]] = set()
        result: Vector = []
        for series in many:
            signature = match.signature(series.labels)
            partner = partners.get(signature)
            if partner is None:
                continue
            left, right = (partner, series) if match.swapped else (series, partner)
            value, kept = _applied(op, left.value, right.value, left.value, as_bool)
            if not kept:
                continue
            labels = match.result(series.labels, partner.labels, nameless=op in _ARITHMETIC or as_bool)
            claim = (signature, frozenset(labels.items()) if match.grouped else frozenset())
            if claim in taken:
                self._refuse("multiple matches for labels")
            taken.add(claim)
            result.append(Series(labels, value))
        return result

    # -- errors -----------------------------------------------------------------------------------

    def _checked(self, vector: Vector) -> Vector:
        if len({frozenset(s.labels.items()) for s in vector}) < len(vector):
            self._refuse("vector cannot contain metrics with the same labelset")
        return vector

    def _unknown(self, problem: str) -> NoReturn:
        raise UnknownValueError(f"not proven from source: the expression {problem}", self._expression.origin)

    def _refuse(self, problem: str) -> NoReturn:
        raise Malformed("PromQL expression", problem, self._expression.origin)


class _Match:
    """Vector matching: which labels tie the two sides of a binary operator together."""

    def __init__(self, modifier: ast.BinModifier | None) -> None:
        matching = modifier.matching if modifier is not None else None
        card = modifier.card if modifier is not None else None
        self._on = matching is not None and matching.type == ast.LabelModifierType.Include
        self._labels = frozenset(matching.labels if matching is not None else ())
        self._included = tuple((modifier.group_labels if modifier is not None else None) or ())
        self.swapped = card == ast.VectorMatchCardinality.OneToMany
        self.grouped = self.swapped or card == ast.VectorMatchCardinality.ManyToOne

    def signature(self, labels: Mapping[str, str]) -> Signature:
        return _signature(labels, self._labels, on=self._on)

    def set(self, op: str, lhs: Vector, rhs: Vector) -> Vector:
        left = {self.signature(s.labels) for s in lhs}
        right = {self.signature(s.labels) for s in rhs}
        if op == "or":
            return lhs + [s for s in rhs if self.signature(s.labels) not in left]
        return [s for s in lhs if (self.signature(s.labels) in right) is (op == "and")]

    def result(self, many: Mapping[str, str], one: Mapping[str, str], nameless: bool) -> Labels:
        labels = _nameless(many) if nameless else dict(many)
        if not self.grouped:
            labels = {name: value for name, value in labels.items() if (name in self._labels) is self._on}
        for name in self._included:
            labels.pop(name, None)
            if one.get(name):
                labels[name] = one[name]
        return labels


def _signature(labels: Mapping[str, str], listed: frozenset[str], on: bool) -> Signature:
    """The labels listed, or (``ignoring``, ``without``) all but those and the metric's name."""
    return frozenset((k, v) for k, v in labels.items() if (k in listed if on else k not in listed and k != METRIC))


def _nameless(labels: Mapping[str, str]) -> Labels:
    return {name: value for name, value in labels.items() if name != METRIC}


def _with_scalar(op: str, vector: Vector, sides: Callable[[float], tuple[float, float]], as_bool: bool) -> Vector:
    result: Vector = []
    for series in vector:
        value, kept = _applied(op, *sides(series.value), series.value, as_bool)
        if kept:
            labels = _nameless(series.labels) if op in _ARITHMETIC or as_bool else series.labels
            result.append(Series(labels, value))
    return result


def _applied(op: str, left: float, right: float, held: float, as_bool: bool) -> tuple[float, bool]:
    """The value, and whether it stays in the vector: a comparison without ``bool`` keeps ``held`` if true."""
    if op in _ARITHMETIC:
        return _ARITHMETIC[op](left, right), True
    truth = _COMPARISON[op](left, right)
    return (float(truth), True) if as_bool else (held, truth)
