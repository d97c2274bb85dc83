"""Alert rules, from the values of the Prometheus chart (``serverFiles."alerting_rules.yml"``).

Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from readers import Malformed, Missing
from readers.helm.values import require_part, value_at
from readers.prometheus.promql import METRIC, Expression, Selector, Series, parse_promql
from readers.prometheus.promql_evaluation import evaluate
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin, UnknownValueError

_FILE = "alerting_rules.yml"
_RULES = f'serverFiles."{_FILE}"'
_DURATION = re.compile("".join(rf"(?:([0-9]{{1,18}}){unit})?" for unit in ("y", "w", "d", "h", "m", "s", "ms")))
_LONGEST = 2**63 // 10**6  # Go counts nanoseconds in 64 bits
_MILLISECONDS = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1)


def duration_seconds(text: str, origin: Origin | None = None) -> float:
    """A Prometheus duration (``5m``, ``1h30m``) in seconds.  Malformed for anything else but ``0``."""
    found = _DURATION.fullmatch("0s" if text == "0" else text)
    counts = found.groups("0") if found and text else ()
    milliseconds = sum(int(n) * unit for n, unit in zip(counts, _MILLISECONDS, strict=bool(counts)))
    if not counts or milliseconds > _LONGEST:
        raise Malformed("duration", f'"{text}" is no duration', origin)
    return milliseconds / 1000


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alerting rule; ``labels`` and ``annotations`` are those that it adds, each with its origin.

    ``interval`` is its group's own, if it has one.
    """

    name: str
    group: str
    interval: Value | None
    expr: Value
    hold: Value | None
    labels: Mapping[str, Value]
    annotations: Mapping[str, Value]
    origin: Origin | None

    @property
    def hold_seconds(self) -> float:
        """``for``: how long the expression must hold before the alert fires; 0 if not given."""
        return 0.0 if self.hold is None else duration_seconds(scalar_text(self.hold), self.hold.origin)

    @property
    def hold_origin(self) -> Origin | None:
        """The line of ``for``, or that of the expression where there is none."""
        return self.expr.origin if self.hold is None else self.hold.origin

    def label(self, name: str) -> str | None:
        """A label that the rule adds.  UnknownValueError for a template: it depends on the series."""
        value = self.labels.get(name)
        if value is None:
            return None
        text = scalar_text(value)
        if "{{" in text:
            raise UnknownValueError(f'label {name} of alert {self.name} is the template "{text}"', value.origin)
        return text

    def expression(self) -> Expression:
        """The expression, parsed.  Raises as :func:`readers.prometheus.promql.parse_promql` does."""
        try:
            return parse_promql(self.expr.as_string(), self.expr.origin)
        except Malformed as error:
            raise Malformed(f"alert rule {self.name}", "(sensitive)" if self.expr.sensitive else error.problem,
                            self.expr.origin) from None

    def watches(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Whether the expression reads the series of ``metric`` that have ``labels``."""
        return bool(self._watching(metric, labels))

    def _watching(self, metric: str, labels: Mapping[str, str]) -> list[Selector]:
        """The selectors that such series could satisfy; what ``labels`` leaves open, they may pin."""
        return [s for s in self.expression().selectors() if s.admits(_completed(s, {METRIC: metric, **labels}))]

    def series(self, metric: str, labels: Mapping[str, str], value: float) -> Series:
        """A series for a scenario.  Labels that ``labels`` leaves open (``job``) take what the rule pins."""
        complete = {METRIC: metric, **labels}
        for selector in self._watching(metric, labels):
            if selector.admits(candidate := _completed(selector, complete)):
                complete = candidate
        return Series(complete, value)

    def alerts(self, series: Sequence[Series]) -> tuple[Mapping[str, str], ...]:
        """The labels of each alert that fires if exactly these series exist for long enough.

        Raises UnknownValueError where the expression (or a label's template) is not evaluated from source.
        """
        results = evaluate(self.expression(), series)
        own = {name: self.label(name) or "" for name in self.labels} if results else {}
        fired = [{**r.labels, **own, "alertname": self.name} for r in results]
        alerts = tuple({k: v for k, v in alert.items() if v and k != METRIC} for alert in fired)
        if len({frozenset(alert.items()) for alert in alerts}) < len(alerts):
            problem = "vector contains metrics with the same labelset after applying alert labels"
            raise Malformed(f"alert rule {self.name}", problem, self.origin)
        return alerts

    def fires(self, series: Sequence[Series]) -> bool:
        """Whether any alert fires if exactly these series exist for long enough; raises as :meth:`alerts` does."""
        results = evaluate(self.expression(), series)
        # One alert fires whatever its labels; several could be one, which Prometheus refuses.
        return bool(results) if len(results) < 2 else bool(self.alerts(series))


def _completed(selector: Selector, labels: Mapping[str, str]) -> dict[str, str]:
    pins = {m.name: m.value for m in selector.matchers if m.op == "="}
    return {**pins, **labels}


@dataclass(frozen=True, slots=True)
class AlertRules:
    """The alerting rules that are certain; ``unknown`` where others may exist besides."""

    rules: tuple[AlertRule, ...]
    unknown: Unknown | None
    origin: Origin | None

    def __iter__(self) -> Iterator[AlertRule]:
        return iter(self.rules)

    def watching(self, metric: str, labels: Mapping[str, str]) -> tuple[AlertRule, ...]:
        """The rules that read the series of ``metric`` with ``labels``.

        If there are none: Missing, or UnknownValueError or Malformed where a rule that cannot be read
        might have been one.
        """
        found, doubt = self._told_apart(metric, labels)
        if found:
            return tuple(found)
        if doubt is not None:
            raise doubt
        where = ", ".join(f'{name}="{value}"' for name, value in labels.items())
        raise Missing(f"alert rule that watches {metric}{{{where}}}", _RULES, self.origin)

    def doubt(self, metric: str, labels: Mapping[str, str]) -> UnknownValueError | Malformed | None:
        """Why there may be a rule that reads them beside those of :meth:`watching`; None where there is none."""
        return self._told_apart(metric, labels)[1]

    def _told_apart(
        self, metric: str, labels: Mapping[str, str]
    ) -> tuple[list[AlertRule], UnknownValueError | Malformed | None]:
        found: list[AlertRule] = []
        doubt: UnknownValueError | Malformed | None = None
        for rule in self.rules:
            try:
                if rule.watches(metric, labels):
                    found.append(rule)
            except (UnknownValueError, Malformed) as error:
                doubt = doubt or error
        if doubt is None and self.unknown is not None:
            doubt = UnknownValueError(self.unknown.reason, self.unknown.origin or self.origin)
        return found, doubt


def alert_rules(values: Value) -> AlertRules:
    """The alerting rules in the values of a Prometheus release.

    Missing: the values hold none.  Malformed: they are not shaped as rules are.  UnknownValueError: they
    are not known at all.
    """
    require_part(values, "server")
    file = value_at(values, "serverFiles", "alerting_rules.yml")
    if file is None:
        raise Missing(_RULES, "the Helm values", values.origin)
    _require_loaded(values)
    groups = value_at(file.known(), "groups")
    if groups is None:
        raise Missing("rule groups", _RULES, file.origin)
    rules: list[AlertRule] = []
    doubts: list[Unknown] = []
    for group in elements(groups, f"groups of {_RULES}"):
        if group.unknown is not None:
            doubts.append(group.unknown)
            continue
        _read_group(group, rules, doubts)
    return AlertRules(tuple(rules), doubts[0] if doubts else None, file.origin)


def _require_loaded(values: Value) -> None:
    """Raise Missing where Prometheus is told which rule files to load, and not this one (the chart's default does)."""
    listed = value_at(values, "serverFiles", "prometheus.yml", "rule_files")
    if listed is None:
        return
    entries = elements(listed, "rule_files")
    unknown = next((entry.unknown for entry in entries if entry.unknown), None)
    if any(entry.unknown is None and fnmatchcase(_FILE, posixpath.basename(scalar_text(entry))) for entry in entries):
        return
    if unknown is not None:
        raise UnknownValueError(f"whether rule_files has {_FILE}: {unknown.reason}", unknown.origin or listed.origin)
    raise Missing(_FILE, 'rule_files of serverFiles."prometheus.yml"', listed.origin)


def _read_group(group: Value, rules: list[AlertRule], doubts: list[Unknown]) -> None:
    name = value_at(group, "name")
    listed = value_at(group, "rules")
    if listed is None:
        return
    for rule in (listed,) if listed.is_unknown else elements(listed, f"rules of {_RULES}"):
        alert = rule if rule.is_unknown else value_at(rule, "alert")
        if alert is not None and alert.unknown is not None:
            doubts.append(alert.unknown)
        elif alert is not None:
            rules.append(_rule(rule, scalar_text(alert), "" if name is None else scalar_text(name), group))


def _rule(rule: Value, name: str, group_name: str, group: Value) -> AlertRule:
    expr = value_at(rule, "expr")
    if expr is None:
        raise Malformed(f"alert rule {name}", "it has no expr", rule.origin)
    labels, annotations = value_at(rule, "labels"), value_at(rule, "annotations")
    return AlertRule(
        name=name,
        group=group_name,
        interval=value_at(group, "interval"),
        expr=expr,
        hold=value_at(rule, "for"),
        labels=mapping(labels, f"labels of alert rule {name}"),
        annotations=mapping(annotations, f"annotations of alert rule {name}"),
        origin=rule.origin,
    )


def mapping(value: Value | None, what: str) -> Mapping[str, Value]:
    """The entries of a YAML map that may be absent.  Malformed where it is no map."""
    if value is None:
        return {}
    if not isinstance(value.known().raw, dict):
        raise Malformed(what, "it is no map", value.origin)
    return value.mapping()


def elements(value: Value, what: str) -> tuple[Value, ...]:
    """The elements of a YAML list.  Malformed where it is none."""
    if not isinstance(value.known().raw, tuple):
        raise Malformed(what, "it is no list", value.origin)
    return value.elements()


def scalar_text(value: Value) -> str:
    """A YAML scalar where a string is wanted, as Go's YAML library gives it."""
    raw = value.known().raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (str, int)):
        return str(raw)
    raise Malformed("YAML", "a string is wanted here", value.origin)
