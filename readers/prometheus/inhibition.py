"""Whether one alert holds back another, by Alertmanager's inhibition rules and what the two rules say of their labels.

Source: https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from readers.account import Certainty, every
from readers.prometheus.alertmanager import Alertmanager, InhibitRule
from readers.prometheus.nodes import scalar_text
from readers.prometheus.promql import Matcher
from readers.prometheus.rules import AlertRule
from tfparse.cty.values import Unknown
from tfparse.diagnostics import Origin


def static_labels(rule: AlertRule) -> dict[str, str]:
    """The labels that every alert of a rule has, whatever its series are."""
    texts = {name: scalar_text(value) for name, value in rule.labels.items() if not value.is_unknown}
    return {name: text for name, text in texts.items() if "{{" not in text} | {"alertname": rule.name}


def holds_back(alertmanager: Alertmanager, source: AlertRule, target: AlertRule) -> tuple[Certainty, Origin | None]:
    """Whether every alert of ``target`` is silent while one of ``source`` fires, and the rule that decides.

    What hangs on labels that only the series have is unknown.
    """
    there, silenced = static_labels(source), static_labels(target)
    found: tuple[Certainty, Origin | None] = (False, alertmanager.root.origin)
    for rule in alertmanager.inhibit_rules:
        verdict = _silences(rule, there, silenced)
        if verdict is True:
            return True, rule.origin
        if isinstance(verdict, Unknown) and found[0] is False:
            found = verdict, rule.origin
    return found


def _silences(rule: InhibitRule, source: Mapping[str, str], target: Mapping[str, str]) -> Certainty:
    if rule.source is None:
        return Unknown("an inhibition rule is not known", rule.origin)
    verdict = every(
        _admit(rule.source, source, rule.origin),
        _admit(rule.target, target, rule.origin),
        *(_same(name, source, target, rule.origin) for name in rule.equal),
    )
    both = every(_admit(rule.source, target, rule.origin), _admit(rule.target, source, rule.origin))
    if verdict is not True or both is False:
        return verdict
    return False if both is True else both  # where both are on both sides, neither silences the other


def _admit(matchers: Iterable[Matcher], labels: Mapping[str, str], at: Origin | None) -> Certainty:
    return every(
        *(
            matcher.admits(labels)
            if matcher.name in labels
            else Unknown(f"it hangs on the label {matcher.name}, which the series may have", at)
            for matcher in matchers
        )
    )


def _same(name: str, one: Mapping[str, str], other: Mapping[str, str], at: Origin | None) -> Certainty:
    if name in one and name in other:
        return one[name] == other[name]
    return Unknown(f"it hangs on the label {name} of both alerts, which the series may have", at)
