"""PromQL expressions: what they read, and what they come to while a handful of series exist.

Parsing is promql-parser's; evaluation is :mod:`readers.prometheus.promql_evaluation`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache

import promql_parser as ast
from msgspec import Struct

from readers import Malformed
from readers.kubernetes.patterns import matches
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

METRIC = "__name__"
"""The label that holds a series' metric name."""

# promql-parser overflows the stack on deep nesting, and copies a subtree whenever it is looked at.
_MOST_OPERATORS = 200
_OPERATOR = pattern(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*"
    r"|(?P<operator>[-+*/%^({=<>!,]|\b(?i:and|or|unless|atan2)\b)",
    re.DOTALL,
)
_WORD = pattern(r"[\w:]+")
# The braces of a selector that begins with a metric's name: other words may stand before one that has none.
_NAMED = pattern(r"(?<![\w:])(?!group_(?:left|right)\b)[a-z_:][\w:]*[_:][\w:]*\{", re.IGNORECASE)
_MATCH_OPS = ((ast.MatchOp.Equal, "="), (ast.MatchOp.NotEqual, "!="), (ast.MatchOp.Re, "=~"), (ast.MatchOp.NotRe, "!~"))


class Series(Struct, frozen=True):
    """A series' labels, the metric's name among them, and its value now."""

    labels: Mapping[str, str]
    value: float


class Matcher(Struct, frozen=True):
    """``name="value"``: ``op`` is ``=``, ``!=``, ``=~`` or ``!~``.  A label that is absent is empty."""

    name: str
    op: str
    value: str

    def admits(self, labels: Mapping[str, str]) -> bool:
        actual = labels.get(self.name, "")
        same = matches(self.value, actual) if self.op.endswith("~") else actual == self.value
        return same is not self.op.startswith("!")


class Selector(Struct, frozen=True):
    """Which series an expression reads; the metric's name is a matcher of ``__name__`` like any other."""

    matchers: tuple[Matcher, ...]

    def admits(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.admits(labels) for matcher in self.matchers)

    def is_about(self, metric: str) -> bool:
        """Whether it may read series of a metric, by the name that it begins with, if it does."""
        first = self.matchers[0] if self.matchers else None
        return first is None or first.name != METRIC or first.op != "=" or first.value == metric

    @classmethod
    def of(cls, node: ast.VectorSelector, origin: Origin | None) -> Selector:
        if node.matchers.or_matchers:
            raise Malformed("PromQL expression", '"or" between matchers is not Prometheus\'', origin)
        named = [Matcher(METRIC, "=", node.name)] if node.name else []
        others = [Matcher(m.name, op, m.value) for m in node.matchers.matchers for k, op in _MATCH_OPS if k == m.op]
        return cls(tuple(named + others))


class Expression(Struct, frozen=True, dict=True):
    """A parsed expression and where it stands."""

    text: str
    tree: ast.Expr
    origin: Origin | None

    @cached_property
    def selectors(self) -> tuple[Selector, ...]:
        """All selectors, those in functions that are not evaluated included."""
        found: list[Selector] = []

        def visit(node: ast.Expr) -> None:
            if isinstance(node, ast.MatrixSelector):
                node = node.vector_selector
            if isinstance(node, ast.VectorSelector):
                found.append(Selector.of(node, self.origin))

        ast.walk(self.tree, visit)
        return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1024)  # four scenarios are about the same few hundred rules
def parse_promql(text: str, origin: Origin | None = None) -> Expression:
    """An expression from its text.

    Malformed where Prometheus would refuse it; UnknownValueError for one that is too long to be read.
    """
    if len(text) > _MOST_OPERATORS and _operators(text) > _MOST_OPERATORS:  # most are short
        raise UnknownValueError(f"an expression of more than {_MOST_OPERATORS} operators is not read", origin)
    try:
        return Expression(text, ast.parse(text), origin)
    except ValueError as error:
        raise Malformed("PromQL expression", str(error), origin) from None


def may_read(text: str, metric: str, recorded: Collection[str] = ()) -> bool:
    """Whether an expression may read a metric, or one that is ``recorded``: without parsing it; no is certain."""
    named = metric in text or (recorded and any(word in recorded for word in _WORD.findall(text)))
    return bool(named) or text.count("{") != len(_NAMED.findall(text))


def _operators(text: str) -> int:
    return sum(found["operator"] is not None for found in _OPERATOR.finditer(text))
