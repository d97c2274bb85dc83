"""Recording rules: the series that they make, and which of them an expression reads.

Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from readers.prometheus.nodes import scalar_text
from readers.prometheus.promql import METRIC, Expression, Series, parse_promql
from readers.prometheus.promql_evaluation import evaluate
from tfparse.cty.values import Value


class RecordingRule(Struct, frozen=True):
    """One recording rule: the series ``name`` that it makes, with the labels that it adds."""

    name: str
    expr: Value
    labels: Mapping[str, Value]

    def recorded(self, series: Sequence[Series]) -> list[Series]:
        """The series that it makes of these."""
        own = {name: scalar_text(value) for name, value in self.labels.items()} | {METRIC: self.name}
        return [Series({**found.labels, **own}, found.value) for found in evaluate(self.expression(), series)]

    def expression(self) -> Expression:
        """The expression, parsed.

        Raises:
            Malformed, UnknownValueError: as :func:`readers.prometheus.promql.parse_promql` does.
        """
        return parse_promql(self.expr.as_string(), self.expr.origin)


class Recordings:
    """The recording rules that are loaded together."""

    def __init__(self, rules: Iterable[RecordingRule] = ()) -> None:
        self._rules = tuple(rules)
        self._places: dict[str, list[int]] = {}
        for place, rule in enumerate(self._rules):
            self._places.setdefault(rule.name, []).append(place)

    @property
    def names(self) -> Collection[str]:
        """The metrics that they make."""
        return self._places.keys()

    def read_by(self, expression: Expression) -> tuple[RecordingRule, ...]:
        """Those whose series an expression reads, itself or through others; what is read comes first."""
        done: list[int] = []
        entered: set[int] = set()
        under_way: list[tuple[int | None, Iterator[int]]] = [(None, self._places_of(expression))]
        while under_way:
            place, read = under_way[-1]
            further = next((one for one in read if one not in entered), None)
            if further is not None:
                entered.add(further)
                under_way.append((further, self._places_of(self._rules[further].expression())))
                continue
            under_way.pop()
            done += [] if place is None else [place]
        return tuple(self._rules[place] for place in done)

    def _places_of(self, expression: Expression) -> Iterator[int]:
        """The places of those that it reads itself, in order."""
        names: set[str] = set()
        for selector in expression.selectors if self._rules else ():
            of_name = [matcher for matcher in selector.matchers if matcher.name == METRIC]
            exact = {matcher.value for matcher in of_name if matcher.op == "="}
            known = exact & self._places.keys() if exact else self._places
            names.update(name for name in known if all(matcher.admits({METRIC: name}) for matcher in of_name))
        return iter(sorted(place for name in names for place in self._places[name]))
