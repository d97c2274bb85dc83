"""Alerting rules as subjects, whatever holds them: charts' values, PrometheusRule objects, files of rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from readers import Malformed, Missing, nearest
from readers.account import NO_ACCOUNT, Account, Certainty, Remark, Weight, present
from readers.helm.values import helm_values, value_at
from readers.kubernetes.manifests import at
from readers.kubernetes.stacks import Stack
from readers.manifests.documents import split
from readers.prometheus.alerting import WatchedAlert
from readers.prometheus.nodes import elements, mapping
from readers.prometheus.rules import AlertRule, AlertRules, alert_rules, read_groups
from readers.prometheus.selecting import not_selected
from readers.prometheus.ways import evaluation, require_evaluated
from readers.subjects.files import file_text
from readers.subjects.kubernetes import objects
from readers.subjects.node import ValueNode
from readers.subjects.subject import Subject, Subjects
from tfparse import Infra, Resource, Value
from tfparse.cty.values import Unknown, object_, string, unknown
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError
from tfparse.documents import decode_yaml
from tfparse.patterns import pattern

_RULE_FILE = pattern(r".*(?:rules?|alerts?)[^/]*\.ya?ml")
_OBJECT = pattern(r"^kind:\s*[\"']?PrometheusRule\b", re.MULTILINE)
_STACK_CHART = "kube-prometheus-stack"


class AlertSubject(Subject, frozen=True, kw_only=True):
    """An alerting rule, as it is run over time: by what it was found by, else by no series in particular."""

    watched: WatchedAlert


class _Source(Struct, frozen=True):
    """Rules that are loaded together."""

    rules: AlertRules
    values: Value | None = None
    doubt: Unknown | None = None


def every_alert(infra: Infra, stacks: Sequence[Stack], label: str, whole_repo: bool) -> Subjects:
    """Every alert that some roots declare and, of the whole repo, that a file of it holds."""
    found = list(_of_stacks(stacks)) + (list(_of_files(infra)) if whole_repo else [])
    sources = [source for source in found if isinstance(source, _Source)]
    unseen = [why for why in found if isinstance(why, Unknown)]
    unseen += [source.rules.unknown for source in sources if source.rules.unknown is not None]
    subjects: dict[object, tuple[Subject, Certainty]] = {}
    for source in sources:
        for rule in source.rules:  # one text may be read twice: as a file, and where Terraform decodes it
            subjects.setdefault(rule.origin or id(rule), (_subject(rule, source), present(source.doubt)))
    unseen += [why for stack in stacks if (why := stack.unseen_of("helm")) is not None]
    return Subjects.of(label, subjects.values(), next(iter(unseen), None))


def find_alert(alerts: Subjects, name: str) -> AlertSubject:
    """The alert of that name.

    Raises:
        Missing: there is none; the message names the nearest.
        Malformed: there are several; the message names their places.
        UnknownValueError: one may be it.
    """
    label = f"alert {name}"
    named = Subjects.of(label, ((one, there) for one, there in alerts.each if one.label == label), alerts.unseen)
    if not named.each and alerts.unseen is None:
        names = [one.label.removeprefix("alert ") for one in alerts.certain]
        raise Missing(label, f"the repo{nearest(name, names)}")
    found = named.one()
    assert isinstance(found, AlertSubject)
    return found


def _subject(rule: AlertRule, source: _Source) -> AlertSubject:
    values = object_({}) if source.values is None else source.values
    account = NO_ACCOUNT if source.values is None else evaluation(values)
    return watched_subject(WatchedAlert(rule, "", {}, values), account)


def watched_subject(alert: WatchedAlert, account: Account = NO_ACCOUNT) -> AlertSubject:
    """A rule by its keys, by its ``group``, and by ``fires_within``: how long it takes to fire at the most."""
    rule = alert.rule
    held = rule.node.raw if rule.node is not None and isinstance(rule.node.raw, dict) else {}
    own = {"group": string(rule.group, rule.origin), "fires_within": _delay(alert)}
    node = ValueNode(object_({**held, **own}, rule.origin))
    return AlertSubject(f"alert {rule.name}", node, account, watched=alert)


def _delay(alert: WatchedAlert) -> Value:
    try:
        return string(f"{alert.delay:g}s", alert.rule.hold_origin)
    except UnknownValueError as error:
        return unknown(error.reason, error.origin)
    except Malformed as error:
        return unknown(str(error), error.origin)


# -- where rules are held --------------------------------------------------------------------------


def _of_stacks(stacks: Sequence[Stack]) -> Iterator[_Source | Unknown]:
    for stack in stacks:
        for release in stack.root.resources("helm_release".__eq__):
            yield from _told(release.address, _of_release(release))
    manifests = objects(stacks, "PrometheusRule", "PrometheusRule")
    loading = list(_loading(stacks)) if manifests.certain or manifests.doubtful else []
    for subject, why in [*((s, None) for s in manifests.certain), *manifests.doubtful]:
        manifest = subject.node.value()
        yield from _told(subject.label, _of_object(manifest, why or not_selected(manifest, loading)))


def _loading(stacks: Sequence[Stack]) -> Iterator[tuple[str, Value, Origin | None]]:
    """The releases whose Prometheus loads PrometheusRule objects: name, values and place."""
    for release in (release for stack in stacks for release in stack.root.resources("helm_release".__eq__)):
        try:
            if _chart_of(release) == _STACK_CHART:
                name = release.body.attribute("name")
                yield "" if name is None else name.as_string(), helm_values(release), release.origin
        except (UnknownValueError, TerraformError, Malformed):
            continue  # told where its own rules are read


def _told(what: str, sources: Iterable[_Source]) -> Iterator[_Source | Unknown]:
    """The sources, and why one of them cannot be read."""
    try:
        yield from sources
    except Missing:
        return
    except UnknownValueError as error:
        yield Unknown(f"which rules {what} holds: {error.reason}", error.origin)
    except Malformed as error:
        yield Unknown(f"which rules {what} holds: {error}", error.origin)
    except TerraformError as error:
        first = error.diagnostics[0]
        yield Unknown(f"which rules {what} holds: {first.summary}", first.origin)


def _of_release(release: Resource) -> Iterator[_Source]:
    name = _chart_of(release)
    if name == "prometheus":
        values = helm_values(release)
        require_evaluated(values)
        yield _Source(alert_rules(values), values, release.repetition)
    elif name == _STACK_CHART:
        called = release.body.attribute("name")
        named = "" if called is None else called.as_string()
        yield from _of_stack_chart(named, helm_values(release), release.repetition)


def _chart_of(release: Resource) -> str:
    """What its chart is called.  UnknownValueError where that is not known."""
    chart = release.body.attribute("chart")
    return "" if chart is None else chart.as_string().rstrip("/").rpartition("/")[2]


def _of_stack_chart(name: str, values: Value, doubt: Unknown | None) -> Iterator[_Source]:
    """The rules in the values of kube-prometheus-stack; those of the chart itself are not in the repo.

    It reads the older list, ``additionalPrometheusRules``, only where the map has nothing
    (templates/prometheus/additionalPrometheusRules.yaml).
    """
    require_evaluated(values)
    held = value_at(values, "additionalPrometheusRulesMap")
    files = list(held.known().mapping().values()) if held is not None else []
    listed = None if files else value_at(values, "additionalPrometheusRules")
    for file in files if listed is None else elements(listed, "additionalPrometheusRules"):
        why = doubt or not_selected(_labelled(file, name, values), [(name, values, file.origin)])
        yield from _of_groups(value_at(file, "groups"), why, values)
    switch = value_at(values, "defaultRules", "create")
    if switch is None or switch.raw is not False:
        yield _Source(AlertRules((), Unknown(f"{_STACK_CHART} brings rules of its own", values.origin), values.origin))


def _labelled(file: Value, release: str, values: Value) -> Value:
    """The PrometheusRule that the chart makes of some rules, by the labels that it gives it."""
    named = {"app": _STACK_CHART, "heritage": "Helm", "release": release, "app.kubernetes.io/instance": release}
    own = {label: string(text, file.origin) for label, text in named.items()}
    more = [value_at(values, "commonLabels"), value_at(file, "additionalLabels")]
    labels = {**own, **{k: v for held in more for k, v in mapping(held, "labels").items()}}
    return object_({"metadata": object_({"labels": object_(labels)})}, file.origin)


def _of_object(manifest: Value, doubt: Unknown | None) -> Iterator[_Source]:
    yield from _of_groups(value_at(manifest, "spec", "groups"), doubt)


def _of_groups(groups: Value | None, doubt: Unknown | None, values: Value | None = None) -> Iterator[_Source]:
    if groups is not None:
        yield _Source(read_groups([groups], "the rules"), values, doubt)


def _of_files(infra: Infra) -> Iterator[_Source | Unknown]:
    """Rules in YAML files of the repo: PrometheusRule objects, and files of rules, which their names tell."""
    for path in infra.files:
        if PurePosixPath(path).suffix not in (".yml", ".yaml"):
            continue
        try:
            text = file_text(infra, path)
        except Malformed:
            continue
        known = text.raw if isinstance(text.raw, str) else ""
        if _OBJECT.search(known) or _RULE_FILE.fullmatch(path):
            yield from _told(path, _of_documents(text, known))


def _of_documents(text: Value, known: str) -> Iterator[_Source]:
    for number, document in split(known):
        at = text.origin._replace(line=number) if text.origin is not None else None
        read = decode_yaml(string(document, at, verbatim=True))
        if not isinstance(read.raw, dict):
            continue
        kind = read.get("kind")
        if kind is None and isinstance(read.raw.get("groups", kind), Value):
            yield from _of_groups(read.get("groups"), None)
        elif kind is not None and kind.raw == "PrometheusRule":
            yield from _of_object(read, None)


def other_routes(
    stacks: Sequence[Stack], values: Value, labels: Mapping[str, str] | None = None, *, nobody: bool = False
) -> Account:
    """AlertmanagerConfig objects, which Prometheus' operator adds to Alertmanager's configuration: told, not read.
    Each takes alerts of its own namespace on to others too, and may have one hold back another; it takes none away from
    the other routes.  ``nobody``: that somebody may hear of an alert is a doubt.

    Source: https://prometheus-operator.dev/docs/developer/alerting/#using-alertmanagerconfig-resources
    """
    found = objects(stacks, "AlertmanagerConfig", "AlertmanagerConfig")
    subjects = [*found.certain, *(subject for subject, _ in found.doubtful)]
    strategy = value_at(values, "alertmanager", "alertmanagerSpec", "alertmanagerConfigMatcherStrategy", "type")
    of = None if strategy is not None and strategy.raw != "OnNamespace" else (labels or {}).get("namespace")
    adds = Weight.DOUBT if nobody and subjects and _is_operated(stacks) else Weight.NOTE
    remarks = []
    for subject in subjects:
        where = at(subject.node.value(), "metadata", "namespace")
        own = where.raw if where is not None and isinstance(where.raw, str) else None
        if None in (of, own) or of == own:
            those = f"alerts of {own or 'its namespace'}"
            said = f"{subject.label} is not read: it may tell others too of {those}, and hold some back"
            remarks.append(Remark(said, subject.origin, adds))
    return Account(("AlertmanagerConfig objects",), tuple(remarks))


def _is_operated(stacks: Sequence[Stack]) -> bool:
    """Whether Prometheus' operator may run, as far as the repo says: nobody else reads an AlertmanagerConfig."""
    try:
        charts = [_chart_of(release) for stack in stacks for release in stack.root.resources("helm_release".__eq__)]
    except UnknownValueError:
        return True
    return any(name == _STACK_CHART or "operator" in name for name in charts)
