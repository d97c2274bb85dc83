"""Alert rules, from the values of the Prometheus chart (``serverFiles."alerting_rules.yml"``).

Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from readers import Malformed, Missing
from readers.helm.values import require_part, value_at
from readers.kubernetes.others import Same
from readers.prometheus.nodes import elements, mapping, scalar_text
from readers.prometheus.promql import METRIC, Expression, Selector, Series, may_read, parse_promql
from readers.prometheus.promql_evaluation import evaluate
from readers.prometheus.recordings import RecordingRule, Recordings
from tfparse.cty.numbers import whole
from tfparse.cty.values import REDACTED, Unknown, Value, object_
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

_FILE = "alerting_rules.yml"
_CHARTS_FILES = ("recording_rules.yml", _FILE, "rules", "alerts")
_RULES = f'serverFiles."{_FILE}"'
_DURATION = pattern("".join(rf"(?:([0-9]{{1,18}}){unit})?" for unit in ("y", "w", "d", "h", "m", "s", "ms")))
_LONGEST = 2**63 // 10**6  # Go counts nanoseconds in 64 bits
_MILLISECONDS = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1)


def duration_seconds(text: str, origin: Origin | None = None) -> float:
    """A Prometheus duration (``5m``, ``1h30m``) in seconds.  Malformed for anything else but ``0``."""
    found = _DURATION.fullmatch("0s" if text == "0" else text)
    counts = found.groups("0") if found and text else ()
    milliseconds = sum(whole(n) * unit for n, unit in zip(counts, _MILLISECONDS, strict=bool(counts)))
    if not counts or milliseconds > _LONGEST:
        raise Malformed("duration", f'"{text}" is no duration', origin)
    return milliseconds / 1000


class AlertRule(Struct, frozen=True, dict=True):
    """One alerting rule; ``labels`` and ``annotations`` are those that it adds, each with its origin.

    ``interval`` is its group's own, if it has one; ``recordings`` are all recording rules that are loaded with it;
    ``node`` is the rule as it is written.
    """

    name: str
    group: str
    interval: Value | None
    expr: Value
    hold: Value | None
    labels: Mapping[str, Value]
    annotations: Mapping[str, Value]
    origin: Origin | None
    recordings: Recordings = field(default_factory=Recordings)
    node: Value | None = None

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
        """The expression, parsed.

        Raises:
            Malformed, UnknownValueError: as :func:`readers.prometheus.promql.parse_promql` does.
        """
        try:
            return parse_promql(self.expr.as_string(), self.expr.origin)
        except Malformed as error:
            raise Malformed(
                f"alert rule {self.name}", REDACTED if self.expr.secret else error.problem, self.expr.origin
            ) from None

    def watches(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Whether the expression reads the series of ``metric`` that have ``labels``."""
        return bool(self._watching(metric, labels))

    def certainly_watches(self, metric: str, labels: Mapping[str, str]) -> bool:
        """The same, where an expression that cannot be read does not.  Most are about others, and are not parsed."""
        text = self.expr.raw
        try:
            named = isinstance(text, str) and may_read(text, metric, self.recordings.names)
            return named and self.watches(metric, labels)
        except (UnknownValueError, Malformed):
            return False

    def _watching(self, metric: str, labels: Mapping[str, str]) -> list[Selector]:
        """The selectors that such series could satisfy; what ``labels`` leaves open, they may pin."""
        return [s for s in self.selectors if s.is_about(metric) and s.admits(_completed(s, {METRIC: metric, **labels}))]

    def left_open(self, metric: str, labels: Mapping[str, str]) -> list[str]:
        """The labels that the rule pins of such series, and that ``labels`` leaves open."""
        watching = self._watching(metric, labels)
        names = [m.name for s in watching for m in s.matchers if m.op == "=" and m.name not in (METRIC, *labels)]
        return list(dict.fromkeys(names))

    def may_watch(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Whether it reads such series if labels that ``labels`` leaves open are as its patterns want them."""
        given = {METRIC: metric, **labels}
        return any(all(m.admits(given) for m in s.matchers if m.name in given) for s in self.selectors)

    @cached_property
    def selectors(self) -> tuple[Selector, ...]:
        """What it reads in the end: the selectors of its expression, and of the recording rules that it reads."""
        expressions = (self.expression(), *(rule.expression() for rule in self.read_recordings()))
        return tuple(dict.fromkeys(selector for expression in expressions for selector in expression.selectors))

    def read_recordings(self) -> tuple[RecordingRule, ...]:
        """The recording rules whose series it reads, itself or through others; what is read comes first."""
        return self.recordings.read_by(self.expression())

    def results(self, series: Sequence[Series], at: float | None = None) -> tuple[Series, ...]:
        """What the expression comes to while exactly these series exist, and what recording rules make of them."""
        present = list(series)
        for rule in self.read_recordings():
            present += rule.recorded(present)
        return evaluate(self.expression(), present, at)

    def series(self, metric: str, labels: Mapping[str, str], value: float) -> Series:
        """A series for a scenario.  Labels that ``labels`` leaves open (``job``) take what the rule pins."""
        complete = {METRIC: metric, **labels}
        for selector in self._watching(metric, labels):
            if selector.admits(candidate := _completed(selector, complete)):
                complete = candidate
        return Series(complete, value)

    def alerts(self, series: Sequence[Series]) -> tuple[Mapping[str, str], ...]:
        """The labels of each alert that fires if exactly these series exist for long enough.

        Raises:
            UnknownValueError: the expression (or a label's template) is not evaluated from source.
        """
        results = self.results(series)
        own = {name: self.label(name) or "" for name in self.labels} if results else {}
        fired = [{**r.labels, **own, "alertname": self.name} for r in results]
        alerts = tuple({k: v for k, v in alert.items() if v and k != METRIC} for alert in fired)
        if len({frozenset(alert.items()) for alert in alerts}) < len(alerts):
            problem = "vector contains metrics with the same labelset after applying alert labels"
            raise Malformed(f"alert rule {self.name}", problem, self.origin)
        return alerts

    def fires(self, series: Sequence[Series]) -> bool:
        """Whether any alert fires if exactly these series exist for long enough; raises as :meth:`alerts` does."""
        results = self.results(series)
        # One alert fires whatever its labels; several could be one, which Prometheus refuses.
        return bool(results) if len(results) < 2 else bool(self.alerts(series))


def _completed(selector: Selector, labels: Mapping[str, str]) -> dict[str, str]:
    pins = {m.name: m.value for m in selector.matchers if m.op == "="}
    return {**pins, **labels}


class AlertRules(Struct, frozen=True):
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
        found = tuple(rule for rule in self.rules if rule.certainly_watches(metric, labels))
        if found:
            return found
        if (doubt := self.doubt(metric, labels)) is not None:
            raise doubt
        where = ", ".join(f'{name}="{value}"' for name, value in labels.items())
        raise Missing(f"alert rule that watches {metric}{{{where}}}", _RULES, self.origin)

    def doubt(self, metric: str, labels: Mapping[str, str]) -> UnknownValueError | Malformed | None:
        """Why there may be a rule that reads them beside those of :meth:`watching`; None where there is none."""
        for rule in self.rules:
            try:
                if not rule.watches(metric, labels) and rule.may_watch(metric, labels):
                    problem = f"alert {rule.name} wants patterns of labels that the table leaves open: name them there"
                    return UnknownValueError(problem, rule.expr.origin)
            except (UnknownValueError, Malformed) as error:
                return error
        if self.unknown is not None:
            return UnknownValueError(self.unknown.reason, self.unknown.origin or self.origin)
        return None


def alert_rules(values: Value) -> AlertRules:
    """The alerting rules in the values of a Prometheus release.

    Missing: the values hold none.  Malformed: they are not shaped as rules are.  UnknownValueError: they
    are not known at all.
    """
    return _alert_rules(Same(values))


@lru_cache(maxsize=2)  # each scenario about a release asks for all its rules
def _alert_rules(same: Same[Value]) -> AlertRules:
    values = same.thing
    require_part(values, "server")
    file = value_at(values, "serverFiles", "alerting_rules.yml")
    groups = None if file is None else value_at(file.known(), "groups")
    if groups is not None:
        _require_loaded(values)
    others = [held for name, held in _loaded_files(values) if name != _FILE]
    listed = [found for held in (groups, *(value_at(held, "groups") for held in others)) if (found := held) is not None]
    unread = _unread_file(values)
    if listed:
        rules = read_groups(listed, _RULES)
        return replace(rules, unknown=rules.unknown or unread)
    if unread is not None:
        raise UnknownValueError(unread.reason, unread.origin)
    if file is None:
        raise Missing(_RULES, "the Helm values", values.origin)
    raise Missing("rule groups", _RULES, file.origin)


def read_groups(listed: Sequence[Value], where: str) -> AlertRules:
    """The rules of lists of groups that are loaded together; the first says where they stand."""
    rules: list[AlertRule] = []
    recordings: list[RecordingRule] = []
    doubts: list[Unknown] = []
    for groups in listed:
        for group in elements(groups, f"groups of {where}"):
            if group.unknown is not None:
                doubts.append(group.unknown)
                continue
            _read_group(group, rules, recordings, doubts)
    loaded = Recordings(recordings)
    together = tuple(replace(rule, recordings=loaded) for rule in rules)
    return AlertRules(together, doubts[0] if doubts else None, listed[0].origin if listed else None)


def _loaded_files(values: Value) -> list[tuple[str, Value]]:
    """The files of rules that Prometheus is told to load, as far as that is known."""
    held = value_at(values, "serverFiles")
    files = held.raw if held is not None and isinstance(held.raw, dict) else {}
    names = [name for name in _loaded_names(values) if name is not None]
    return [
        (name, file)
        for name, file in files.items()
        if isinstance(file.raw, dict) and "groups" in file.raw and any(fnmatchcase(name, n) for n in names)
    ]


def _loaded_names(values: Value) -> list[str | None]:
    """What the files are called that Prometheus is told to load; None for one that is not known."""
    listed = value_at(values, "serverFiles", "prometheus.yml", "rule_files")
    if listed is None:
        return list(_CHARTS_FILES)
    entries = elements(listed, "rule_files")
    return [None if entry.unknown else posixpath.basename(scalar_text(entry)) for entry in entries]


def _unread_file(values: Value) -> Unknown | None:
    """Why other rules may be loaded: ``ruleFiles``, which the chart copies as text, and files without groups."""
    names = _loaded_names(values)
    for key in ("ruleFiles", "serverFiles"):
        held = value_at(values, key)
        if held is not None and held.unknown is not None:
            return held.unknown
        for name, file in mapping(held, key).items():
            read = key == "serverFiles" and ((isinstance(file.raw, dict) and "groups" in file.raw) or name == _FILE)
            said = file.unknown is not None or bool(file.raw)
            if said and not read and any(n is None or fnmatchcase(name, n) for n in names):
                return Unknown(f'the rules of {key}."{name}" are not read', file.origin)
    return None


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


def _read_group(group: Value, rules: list[AlertRule], recordings: list[RecordingRule], doubts: list[Unknown]) -> None:
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
        elif (record := value_at(rule, "record")) is not None and record.unknown is None:
            expr = value_at(rule, "expr")
            labels = _labels(group, rule, "a recording rule")
            recordings += [] if expr is None else [RecordingRule(scalar_text(record), expr, labels)]


def _rule(rule: Value, name: str, group_name: str, group: Value) -> AlertRule:
    expr = value_at(rule, "expr")
    if expr is None:
        raise Malformed(f"alert rule {name}", "it has no expr", rule.origin)
    labels, annotations = _labels(group, rule, f"alert rule {name}"), value_at(rule, "annotations")
    shared, written = value_at(group, "labels"), rule.raw if isinstance(rule.raw, dict) else {}
    return AlertRule(
        name=name,
        group=group_name,
        interval=value_at(group, "interval"),
        expr=expr,
        hold=value_at(rule, "for"),
        labels=labels,
        annotations=mapping(annotations, f"annotations of alert rule {name}"),
        origin=rule.origin,
        node=rule if shared is None else object_({**written, "labels": object_(labels)}, rule.origin),
    )


def _labels(group: Value, rule: Value, whose: str) -> dict[str, Value]:
    """The labels that a rule adds: its group's, and its own over them."""
    listed = [value_at(held, "labels") for held in (group, rule)]
    return {name: value for held in listed for name, value in mapping(held, f"labels of {whose}").items()}
