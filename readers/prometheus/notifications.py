"""Who is notified of an alert: relabelling, routes, receivers, and other alerts that hold it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from readers import Malformed, Missing
from readers.helm.values import value_at
from readers.kubernetes.others import Same
from readers.prometheus.alertmanager import Alertmanager, InhibitRule, Receiver, Route, read_alertmanager
from readers.prometheus.nodes import scalar_text
from readers.prometheus.promql import Matcher
from readers.prometheus.relabelling import Relabelling, read_relabellings, relabelled
from readers.prometheus.rule_tests import RuleTest
from readers.prometheus.rules import AlertRule, AlertRules, alert_rules, duration_seconds
from readers.prometheus.ways import alert_relabellings
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, UnknownValueError

Labels = Mapping[str, str]


class Notification(Struct, frozen=True):
    """What becomes of an alert in Alertmanager: the receivers it ends in, those that notify someone at any time, the
    route that decides, the time intervals that silence others, and the inhibition rules that could silence it.
    ``further`` are notes beside: what delays it, and by what way it goes.
    """

    labels: Labels
    receivers: tuple[str, ...]
    notifying: tuple[str, ...]
    origin: Origin | None
    muted_by: tuple[str, ...]
    inhibitors: tuple[Origin | None, ...]
    further: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """What may hold it back, for people."""
        notes = list(self.further)
        if self.muted_by:
            notes.append(f"its route is silent at times: {', '.join(self.muted_by)}")
        if self.inhibitors:
            lines = ", ".join(str(origin) for origin in self.inhibitors)
            notes.append(f"while other alerts fire, inhibition rules may hold it back: {lines}")
        return "; ".join(notes) or None


class Sender(Struct, frozen=True):
    """How Prometheus sends alerts: the labels that it adds, and how it relabels them."""

    added: Labels
    relabellings: tuple[Relabelling, ...]

    def sent(self, labels: Labels) -> tuple[dict[str, str], Relabelling | None]:
        """The labels that Alertmanager gets, and the relabelling that drops the alert, if one does."""
        return relabelled({**self.added, **labels}, self.relabellings)


def read_sender(values: Value) -> Sender:
    """As the values of the prometheus chart configure it.  UnknownValueError where that is not known."""
    external = value_at(values, "server", "global", "external_labels")
    added = {} if external is None else {name: scalar_text(value) for name, value in external.mapping().items()}
    return Sender(added, tuple(one for listed in alert_relabellings(values) for one in read_relabellings(listed)))


def notifications(rule: AlertRule, values: Value, test: RuleTest, down: str | None) -> list[Notification]:
    """Who is notified of the alerts that fire while series are as at a test's start; ``down`` is the namespace of what
    is then down, if it is known.

    Raises:
        Missing: none fires, it is not sent, or another alert that then fires holds it back.
        UnknownValueError: that cannot be known.
    """
    alertmanager, sender = read_alertmanager(values), read_sender(values)
    fired = rule.alerts(test.series(0))
    if not fired:
        raise Missing(f"firing alert {rule.name}", "this case", rule.expr.origin)
    found = []
    for labels in fired:
        sent, dropped = sender.sent(labels)
        if dropped is not None:
            raise Missing(f"notification of {rule.name}", "Alertmanager: relabelling drops the alert", dropped.origin)
        routes = alertmanager.routes(sent)
        inhibitors = alertmanager.inhibitors(sent)
        others = list(_others(rule, values, test, sender, inhibitors))
        _require_not_held_back(inhibitors, rule, sent, others, routes)
        found.append(_notification(alertmanager, sent, routes, down))
    return found


class _Other(Struct, frozen=True):
    """Another alert that fires in a case, and when; of one whose expression cannot be evaluated, why."""

    rule: AlertRule
    labels: Labels
    always: bool
    doubt: UnknownValueError | None = None


def _others(
    rule: AlertRule, values: Value, test: RuleTest, sender: Sender, inhibitors: Sequence[InhibitRule]
) -> Iterator[_Other]:
    """The other alerts that read nothing but what the case tells, and so certainly fire in it; without those that by
    their name are no source of an inhibition, unless they are renamed.
    """
    known = [name for name in ("alertname",) if not sender.relabellings]
    sources = [tuple(m for m in of.source if m.name in known) for of in inhibitors if of.source is not None]
    for other in _called_so(Same(alert_rules(values)), tuple(sources)):
        if other == rule:
            continue
        try:
            selectors = other.selectors
            if all(any(selector.admits(known.labels) for known in test.inputs) for selector in selectors):
                yield from _firing(other, test, sender, always=not selectors)
        except (UnknownValueError, Malformed):
            continue  # such a rule may fire too, which is not known


@lru_cache(maxsize=8)  # each case of an alert asks for the same
def _called_so(rules: Same[AlertRules], names: tuple[tuple[Matcher, ...], ...]) -> list[AlertRule]:
    return [
        rule
        for rule in rules.thing
        if any(all(matcher.admits({"alertname": rule.name}) for matcher in name) for name in names)
    ]


def _firing(rule: AlertRule, test: RuleTest, sender: Sender, always: bool) -> Iterator[_Other]:
    try:
        for labels in rule.alerts(test.series(0)):
            sent, dropped = sender.sent(labels)
            if dropped is None:
                yield _Other(rule, sent, always)
    except UnknownValueError as doubt:
        known = {name: scalar_text(value) for name, value in rule.labels.items() if not value.is_unknown}
        yield _Other(rule, {**known, "alertname": rule.name}, always, doubt)


def _require_not_held_back(
    inhibitors: Sequence[InhibitRule],
    rule: AlertRule,
    labels: Labels,
    others: Sequence[_Other],
    routes: Sequence[Route],
) -> None:
    """Raise Missing where another alert that fires no later than this one is told certainly silences it."""
    told_after = rule.hold_seconds + max((_seconds(route.waits) for route in routes), default=0.0)
    for inhibitor in inhibitors:
        for other in others:
            soon = other.always or other.rule.hold_seconds <= told_after
            if not soon or not inhibitor.silences(labels, other.labels):
                continue
            if other.doubt is not None:
                problem = f"{other.rule.name} would silence it, and whether that fires is {other.doubt.reason}"
                raise UnknownValueError(problem, inhibitor.origin)
            how = "that alert always fires" if other.always else "that alert fires with it"
            raise Missing(
                f"notification of {labels.get('alertname')}, which {other.rule.name} silences",
                f"Alertmanager: {how}, and an inhibition rule has it as source",
                inhibitor.origin,
            )


def _seconds(duration: str) -> float:
    try:
        return duration_seconds(duration)
    except Malformed:
        return 0.0


def _notification(
    alertmanager: Alertmanager, labels: Labels, routes: Sequence[Route], down: str | None
) -> Notification:
    receivers = alertmanager.receivers_of(labels)
    pairs = list(zip(receivers, routes, strict=True))
    lost = {r.name: host for r in receivers if (host := _goes_through(r, alertmanager.smarthost, down)) is not None}
    delays = [
        f"first told group_wait {route.waits} after it fires, or group_interval {route.gathers} after others of"
        " its group were told"
        for route in routes
    ]
    ways = [
        f"receiver {name} only sends e-mail, through {host}, in the namespace that is down"
        for name, host in lost.items()
    ]
    return Notification(
        labels,
        tuple(receiver.name for receiver in receivers),
        tuple(r.name for r, route in pairs if r.notifies and not route.muted_by and r.name not in lost),
        routes[-1].origin,
        tuple(dict.fromkeys(interval for route in routes for interval in route.muted_by)),
        tuple(rule.origin for rule in alertmanager.inhibitors(labels)),
        tuple(dict.fromkeys([*ways, *delays])),
    )


def _goes_through(receiver: Receiver, smarthost: Value | None, down: str | None) -> str | None:
    """The server in a namespace through which alone a receiver sends all that it sends; None where it does not."""
    hosts = receiver.through(smarthost) if down is not None else None
    if not hosts:
        return None
    names = [None if host.is_unknown else scalar_text(host).rpartition(":")[0] for host in hosts]
    inside = [name for name in names if name is not None and (*name.split("."), "")[1] == down]
    return inside[0] if len(inside) == len(hosts) else None


def whom_it_reaches(values: Value, labels: Labels) -> tuple[list[str], Origin | None]:
    """The receivers that notify someone of an alert with these labels, and the place that decides.

    Those whose route is silent at times do not count.
    """
    alertmanager = read_alertmanager(values)
    sent, dropped = read_sender(values).sent(labels)
    if dropped is not None:
        return [], dropped.origin
    found = _notification(alertmanager, sent, alertmanager.routes(sent), None)
    return list(found.notifying), found.origin
