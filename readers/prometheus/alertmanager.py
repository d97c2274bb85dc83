"""Alertmanager's routing tree, receivers and inhibition rules (``alertmanager.config`` of the chart's values).

Source: https://prometheus.io/docs/alerting/latest/configuration/ and Alertmanager's ``dispatch/route.go``
and ``pkg/labels/parse.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from readers import Malformed, Missing
from readers.helm.values import require_part, value_at
from readers.kubernetes.others import Same
from readers.prometheus.nodes import elements, mapping, scalar_text
from readers.prometheus.promql import Matcher
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

_WHERE = "alertmanager.config"
_MATCHER = pattern(
    r"\s*(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?P<op>=~|=|!=|!~)\s*"
    r"(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\",{}\s](?:[^\",{}]*[^\",{}\s])?)|)\s*(?:,|$)"
)
_ESCAPES = {r"\"": '"', r"\\": "\\", r"\n": "\n"}


class Receiver(Struct, frozen=True):
    """Where notifications go.  ``configs``: its ``slack_configs``, ``email_configs`` and so on."""

    name: str
    configs: tuple[Value, ...]
    origin: Origin | None
    emails: tuple[Value, ...] = ()

    @property
    def notifies(self) -> int:
        """How many places it sends to: a receiver without any entry that says something notifies nobody."""
        return sum(_has_content(place) for config in self.configs for place in _list(config))

    def through(self, smarthost: Value | None) -> list[Value] | None:
        """The smarthosts through which it sends, where it sends nothing but e-mail; else None.

        ``smarthost`` is the one of those e-mails that name none.
        """
        sent = [place for place in self.emails if _has_content(place)]
        if not sent or self.notifies > len(sent):
            return None
        own = [value_at(place, "smarthost") for place in sent]
        return [found for host in own if (found := smarthost if host is None else host) is not None]


class Route(Struct, frozen=True):
    """A node of the routing tree.  ``receiver`` is inherited from its parent where it sets none.

    ``unknown`` where its matchers are not known.  ``waits`` and ``gathers`` are its ``group_wait`` and
    ``group_interval``, inherited too.  ``muted_by``: the names of its ``mute_time_intervals`` and
    ``active_time_intervals``, which silence it at times.
    """

    receiver: str
    matchers: tuple[Matcher, ...]
    continues: bool
    children: tuple[Route, ...]
    muted_by: tuple[str, ...]
    origin: Origin | None
    unknown: Unknown | None = None
    waits: str = "30s"
    gathers: str = "5m"

    def admits(self, labels: Mapping[str, str]) -> bool:
        if self.unknown is not None:
            raise UnknownValueError(self.unknown.reason, self.unknown.origin or self.origin)
        return all(matcher.admits(labels) for matcher in self.matchers)

    def walk(self) -> Iterator[Route]:
        """This route and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def deciding(self, labels: Mapping[str, str]) -> tuple[Route, ...]:
        """The routes that an alert with ``labels`` ends in: the deepest that match, in order."""
        if not self.admits(labels):
            return ()
        found: list[Route] = []
        for child in self.children:
            below = child.deciding(labels)
            found += below
            if below and not child.continues:
                break
        return tuple(found) or (self,)


class InhibitRule(Struct, frozen=True):
    """While alerts that match ``source`` fire, those that match ``target`` are silent, of the same ``equal`` labels.

    A rule that is not known could target any: it has no matchers, and its ``source`` is None.
    """

    target: tuple[Matcher, ...]
    origin: Origin | None
    source: tuple[Matcher, ...] | None = None
    equal: tuple[str, ...] = ()

    def targets(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.admits(labels) for matcher in self.target)

    def silences(self, labels: Mapping[str, str], while_firing: Mapping[str, str]) -> bool:
        """Whether it silences an alert for certain while another one fires (a label that is absent is empty)."""
        if self.source is None or not self.targets(labels):
            return False
        if self.targets(while_firing) and all(matcher.admits(labels) for matcher in self.source):
            return False  # both are on both sides: neither silences the other
        same = all(labels.get(name, "") == while_firing.get(name, "") for name in self.equal)
        return same and all(matcher.admits(while_firing) for matcher in self.source)


class Alertmanager(Struct, frozen=True):
    """The part of Alertmanager's configuration that decides who hears of an alert."""

    root: Route
    receivers: Mapping[str, Receiver]
    inhibit_rules: tuple[InhibitRule, ...]
    smarthost: Value | None = None

    def routes(self, labels: Mapping[str, str]) -> tuple[Route, ...]:
        """The deciding routes of an alert with these labels, ``alertname`` among them."""
        return self.root.deciding(labels)

    def receivers_of(self, labels: Mapping[str, str]) -> tuple[Receiver, ...]:
        """The receivers that get an alert with these labels."""
        return tuple(self.receivers[route.receiver] for route in self.routes(labels))

    def inhibitors(self, labels: Mapping[str, str]) -> tuple[InhibitRule, ...]:
        """The inhibition rules that can silence an alert with these labels."""
        return tuple(rule for rule in self.inhibit_rules if rule.targets(labels))


def read_alertmanager(values: Value) -> Alertmanager:
    """The configuration in the values of a Prometheus release.

    Missing: the values hold no routing tree, or a route names a receiver that there is not; Malformed:
    Alertmanager would not start with it for another reason.  UnknownValueError: something that decides is
    not known (a receiver's secrets decide nothing).
    """
    return _alertmanager(Same(values))


@lru_cache(maxsize=2)  # each alert that fires asks for it
def _alertmanager(same: Same[Value]) -> Alertmanager:
    values = same.thing
    require_part(values, "alertmanager")
    for path in (("replicaCount",), ("alertmanagerSpec", "replicas")):
        replicas = value_at(values, "alertmanager", *path)
        if replicas is not None and replicas.raw == 0:
            raise Missing("Alertmanager that runs", f"the Helm values ({path[-1]} 0)", replicas.origin)
    config = value_at(values, "alertmanager", "config")
    if config is None:
        raise Missing(_WHERE, "the Helm values", values.origin)
    tree = value_at(config.known(), "route")
    if tree is None:
        raise Missing(f"{_WHERE}.route", "the Helm values", config.origin)
    root = _route(tree, "")
    if root.matchers or not root.receiver:
        raise Malformed(_WHERE, "the root route must have a receiver and no matchers", root.origin)
    receivers: dict[str, Receiver] = {}
    for receiver in map(_receiver, _list(value_at(config, "receivers"))):
        if receiver.name in receivers:
            raise Malformed(_WHERE, f'two receivers are called "{receiver.name}"', receiver.origin)
        receivers[receiver.name] = receiver
    for route in root.walk():
        if route.receiver not in receivers:
            raise Missing(f'receiver "{route.receiver}"', f"{_WHERE}.receivers", route.origin)
    rules = tuple(_inhibit_rules(value_at(config, "inhibit_rules")))
    return Alertmanager(root, receivers, rules, value_at(config, "global", "smtp_smarthost"))


def _duration(node: Value, key: str, inherited: str) -> str:
    held = value_at(node, key)
    return inherited if held is None else "(unknown)" if held.is_unknown else scalar_text(held)


def _route(node: Value, inherited: str, waits: str = "30s", gathers: str = "5m") -> Route:
    receiver = value_at(node.known(), "receiver")
    name = inherited if receiver is None else scalar_text(receiver)
    waits, gathers = _duration(node, "group_wait", waits), _duration(node, "group_interval", gathers)
    continues = value_at(node, "continue")
    if continues is not None and not isinstance(continues.known().raw, bool):
        raise Malformed(_WHERE, '"continue" is no boolean', continues.origin)
    intervals = [
        scalar_text(interval)
        for key in ("mute_time_intervals", "active_time_intervals")
        for interval in _list(value_at(node, key))
    ]
    matchers, unknown = _all_matchers(node, "matchers", "match", "match_re")
    return Route(
        receiver=name,
        matchers=matchers,
        unknown=unknown,
        continues=continues is not None and continues.as_bool(),
        children=tuple(_route(child, name, waits, gathers) for child in _list(value_at(node, "routes"))),
        waits=waits,
        gathers=gathers,
        muted_by=tuple(intervals),
        origin=node.origin,
    )


def _receiver(node: Value) -> Receiver:
    name = value_at(node.known(), "name")
    if name is None:
        raise Malformed(_WHERE, "a receiver has no name", node.origin)
    configs = [held for key, held in mapping(node, "receiver").items() if key.endswith("_configs")]
    emails = value_at(node, "email_configs")
    return Receiver(
        scalar_text(name),
        tuple(held for held in configs if not held.is_null),
        node.origin,
        () if emails is None or emails.is_unknown else tuple(_list(emails)),
    )


def _has_content(place: Value) -> bool:
    if place.unknown is not None:
        raise UnknownValueError(place.unknown.reason, place.unknown.origin or place.origin)
    return isinstance(place.raw, dict) and bool(place.raw)


def _inhibit_rules(listed: Value | None) -> Iterator[InhibitRule]:
    if listed is not None and listed.is_unknown:
        yield InhibitRule((), listed.origin)
    elif listed is not None:
        for node in elements(listed, "inhibit_rules"):
            target, _ = _all_matchers(node, "target_matchers", "target_match", "target_match_re")
            source, hidden = _all_matchers(node, "source_matchers", "source_match", "source_match_re")
            equal = None if node.is_unknown else value_at(node, "equal")
            known = hidden is None and (equal is None or equal.first_unknown() is None)
            names = tuple(map(scalar_text, _list(equal))) if known else ()
            yield InhibitRule(target, node.origin, source if known else None, names)


def _all_matchers(node: Value, matchers: str, match: str, match_re: str) -> tuple[tuple[Matcher, ...], Unknown | None]:
    """``matchers`` strings, and the older maps of equal values and of patterns; or why they are not known."""
    keys = () if node.is_unknown else (matchers, match, match_re)
    hidden = [held.first_unknown() for key in keys if (held := value_at(node, key)) is not None]
    unknown = node.unknown or next((why for why in hidden if why is not None), None)
    if unknown is not None:
        return (), unknown
    found = [m for text in _list(value_at(node, matchers)) for m in parse_matchers(scalar_text(text), text.origin)]
    for key, op in ((match, "="), (match_re, "=~")):
        held = value_at(node, key)
        found += [Matcher(name, op, scalar_text(value)) for name, value in mapping(held, key).items()]
    for matcher in found:
        matcher.admits({})  # Malformed where its pattern is none
    return tuple(found), None


def parse_matchers(text: str, origin: Origin | None = None) -> tuple[Matcher, ...]:
    """``severity = critical``, ``alertname=~"A|B"``, or several in braces, with commas between."""
    stripped = text.strip()
    if stripped.startswith("{") != stripped.endswith("}"):
        raise Malformed("matcher", "a brace has no partner", origin)
    inner = stripped[1:-1] if stripped.startswith("{") else stripped
    found: list[Matcher] = []
    at = 0
    while at < len(inner) or not (found or stripped.startswith("{")):
        match = _MATCHER.match(inner, at)
        if match is None:
            raise Malformed("matcher", 'it is not like name = "value"', origin)
        quoted = match["quoted"]
        value = match["bare"] or "" if quoted is None else re.sub(r"\\.", _unescape, quoted)
        found.append(Matcher(match["name"], match["op"], value))
        at = match.end()
    return tuple(found)


def _unescape(escape: re.Match[str]) -> str:
    return _ESCAPES.get(escape[0], escape[0])


def _list(value: Value | None) -> Iterator[Value]:
    """The elements of a list that may be absent; each must be known at its top level."""
    if value is not None:
        yield from (element for element in elements(value, _WHERE) if not element.is_null)
