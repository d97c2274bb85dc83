"""Ways from a rule to a person, beside the rule itself: what decides whether it is evaluated, and who hears of it.

Each list says what is harmless; what is not on it is a doubt.
"""

from __future__ import annotations

from collections.abc import Iterator

from readers import Missing
from readers.account import Account, Remark, Way, Weight, survey
from readers.helm.values import require_part, value_at
from readers.prometheus.nodes import elements, mapping, scalar_text
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

_CHART = "https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus"
_SERVER = f"{_CHART}/templates/deploy.yaml"
_CONFIG = f"{_CHART}/templates/cm.yaml"
_FLAGS = "https://prometheus.io/docs/prometheus/latest/command-line/prometheus/"
_ALERTMANAGER = "https://github.com/prometheus-community/helm-charts/tree/main/charts/alertmanager"
_ROUTES = "https://prometheus.io/docs/alerting/latest/configuration/"

#: Beginnings of flags that leave rules and alerts as they are.
HARMLESS_FLAGS = ("web.", "storage.", "log.", "query.", "enable-feature=", "rules.alert.", "auto-gomemlimit",
                  "alertmanager.notification-queue-capacity", "alertmanager.drain-notification-queue-on-shutdown",
                  "auto-gomaxprocs", "no-auto-gomemlimit", "no-auto-gomaxprocs", "no-storage.", "no-web.")  # fmt: skip
#: Where kube-prometheus-stack has what the prometheus chart has below ``server``.
_SPEC = ("prometheus", "prometheusSpec")
_AGENT = pattern(r"agent(?:=true)?|enable-feature=(?:.*,)?agent(?:,.*)?")
#: How Prometheus speaks with an Alertmanager, whichever it is.
_HOW = frozenset({"api_version", "scheme", "timeout", "tls_config"})
#: The service of a release's own Alertmanager, as the chart names it.
_OF_A_RELEASE = pattern(r"[a-z0-9-]+-alertmanager(?:\.[a-z0-9-]+(?:\.svc(?:\.[a-z0-9.-]+)?)?)?(?::\d+)?")
_CONFIG_FILE = "/etc/config/prometheus.yml"


def flags(values: Value) -> Iterator[tuple[str, Origin | None]]:
    """Prometheus' flags that the values give, without dashes.  UnknownValueError where one is not known."""
    for key in ("extraFlags", "defaultFlagsOverride"):
        listed = value_at(values, "server", key)
        for flag in () if listed is None else elements(listed, key):
            yield scalar_text(flag).lstrip("-"), flag.origin
    for name, held in mapping(value_at(values, "server", "extraArgs"), "extraArgs").items():
        yield name if held.is_null else f"{name}={scalar_text(held)}", held.origin


def require_evaluated(values: Value) -> None:
    """Raise Missing where no Prometheus evaluates rules: none runs, or one that is an agent only."""
    require_part(values, "prometheus")
    for path in (("server", "replicaCount"), (*_SPEC, "replicas")):
        replicas = value_at(values, *path)
        if replicas is not None and replicas.known().raw == 0:
            raise Missing("Prometheus that runs", f"the Helm values ({'.'.join(path)} 0)", replicas.origin)
    for flag, origin in _known_flags(values):
        if _AGENT.fullmatch(flag):
            raise Missing("Prometheus that evaluates rules", f"the Helm values (agent mode: {flag})", origin)


def _known_flags(values: Value) -> list[tuple[str, Origin | None]]:
    try:
        return list(flags(values))
    except UnknownValueError:
        return []  # told as a doubt


def _replicas(values: Value) -> Iterator[Remark]:
    for part in ("enabled", "replicaCount"):
        held = value_at(values, "server", part)
        if held is not None:
            yield Remark(f"server.{part} is {scalar_text(held)}", held.origin, Weight.READ)


def _other_flags(values: Value) -> Iterator[Remark]:
    replaced = value_at(values, "server", "defaultFlagsOverride")
    given = list(flags(values))
    if replaced is not None and elements(replaced, "flags") and f"config.file={_CONFIG_FILE}" not in dict(given):
        yield Remark(f"the flags are replaced, and --config.file={_CONFIG_FILE} is not among them", replaced.origin)
    for flag, origin in given:
        if not flag.startswith(HARMLESS_FLAGS) and flag != f"config.file={_CONFIG_FILE}":
            yield Remark(f"what the flag --{flag} does to rules and alerts is not known here", origin)


def _other_configuration(values: Value) -> Iterator[Remark]:
    override = value_at(values, "server", "configMapOverrideName")
    if override is not None and override.raw != "":
        yield Remark(
            "server.configMapOverrideName has another ConfigMap loaded in place of these rules", override.origin
        )
    path = value_at(values, "server", "configPath")
    if path is not None and path.raw != _CONFIG_FILE:
        yield Remark("server.configPath has another file loaded", path.origin)


def _program(values: Value, part: str, wanted: str) -> Iterator[Remark]:
    command = value_at(values, part, "command")
    if command is not None and command.raw != ():
        yield Remark(f"{part}.command runs something else, or in another way", command.origin)
    repository = value_at(values, part, "image", "repository")
    if repository is not None and scalar_text(repository).rpartition("/")[2] != wanted:
        yield Remark(f"the image of {part} is not {wanted}", repository.origin)


def _server_program(values: Value) -> Iterator[Remark]:
    return _program(values, "server", "prometheus")


def _alertmanager_program(values: Value) -> Iterator[Remark]:
    return _program(values, "alertmanager", "alertmanager")


def _where_to(values: Value) -> Iterator[Remark]:
    own = value_at(values, "server", "alertmanagers")
    for entry in () if own is None else elements(own, "server.alertmanagers"):
        targets = list(_targets(entry))
        ours = bool(targets) and all(_OF_A_RELEASE.fullmatch(target) for target in targets)
        text = f"server.alertmanagers sends alerts to {', '.join(targets) or 'Alertmanagers of its own choice'}"
        yield Remark(text, entry.origin, Weight.NOTE if ours else Weight.DOUBT)
    endpoints = value_at(values, *_SPEC, "alertingEndpoints")
    if endpoints is not None and endpoints.raw != ():
        yield Remark(
            "prometheusSpec.alertingEndpoints sends alerts to Alertmanagers of its own choice", endpoints.origin
        )
    alerting = value_at(values, "serverFiles", "prometheus.yml", "alerting")
    if alerting is not None:
        yield Remark("the chart writes a key alerting of its own: with this one Prometheus gets two", alerting.origin)


def _targets(entry: Value) -> Iterator[str]:
    """The addresses of an entry that lists them and says nothing else; none of another."""
    if set(mapping(entry, "server.alertmanagers")) - _HOW == {"static_configs"}:
        for listed in elements(entry.raw["static_configs"] if isinstance(entry.raw, dict) else entry, "static_configs"):
            held = value_at(listed, "targets")
            yield from (scalar_text(target) for target in elements(held, "targets")) if held is not None else ()


def _relabelling(values: Value) -> Iterator[Remark]:
    for listed in alert_relabellings(values):
        yield Remark("alerts are relabelled", listed.origin, Weight.READ)


def alert_relabellings(values: Value) -> list[Value]:
    """The lists of ``alert_relabel_configs`` that the values hold, in their order."""
    places = (("alertRelabelConfigs", "alert_relabel_configs"),
              ("serverFiles", "prometheus.yml", "alerting", "alert_relabel_configs"),
              (*_SPEC, "additionalAlertRelabelConfigs"))  # fmt: skip
    found = [value_at(values, *place) for place in places]
    return [held for held in found if held is not None]


def _other_alertmanager_configuration(values: Value) -> Iterator[Remark]:
    switch = value_at(values, "alertmanager", "config", "enabled")
    if switch is not None and switch.raw is not True:
        yield Remark("alertmanager.config.enabled is not true: its configuration is not this one", switch.origin)
    for key in ("useExistingSecret", "configSecret", "alertmanagerConfiguration"):
        own = value_at(values, "alertmanager", "alertmanagerSpec", key)
        if own is not None and own.raw not in (False, "", {}):
            yield Remark(f"alertmanagerSpec.{key} has another configuration loaded", own.origin)
    written = value_at(values, "alertmanager", "stringConfig")
    if written is not None and written.raw != "":
        yield Remark("alertmanager.stringConfig is loaded in place of alertmanager.config", written.origin)
    for name, held in mapping(value_at(values, "alertmanager", "extraArgs"), "extraArgs").items():
        if name.lstrip("-") == "config.file":
            yield Remark("alertmanager.extraArgs has another file loaded", held.origin)
    for key in ("extraVolumeMounts", "extraSecretMounts"):
        mounts = value_at(values, "alertmanager", key)
        for mount in () if mounts is None else elements(mounts, key):
            path = value_at(mount, "mountPath")
            if path is not None and scalar_text(path).rstrip("/") in _OVER_CONFIGURATION:
                yield Remark(
                    f"something is mounted over Alertmanager's configuration: {scalar_text(path)}", path.origin
                )


_OVER_CONFIGURATION = ("/etc/alertmanager", "/etc/alertmanager/alertmanager.yml")


def evaluation(values: Value) -> Account:
    """What else decides whether the rules in the values of the prometheus chart are evaluated."""
    return survey(EVALUATION, values)


def delivery(values: Value) -> Account:
    """What else decides whom an alert reaches that Prometheus sends."""
    return survey(DELIVERY, values)


EVALUATION: tuple[Way[Value], ...] = (
    Way("Alert", "whether Prometheus runs", _SERVER, _replicas),
    Way("Alert", "flags of Prometheus, agent mode among them", _FLAGS, _other_flags),
    Way("Alert", "another configuration", _CONFIG, _other_configuration),
    Way("Alert", "another program in Prometheus' place", _SERVER, _server_program),
    Way("Alert", "rules that a person loads into the cluster", _CONFIG, None, "they are in the cluster only"),
)
"""Ways in which something other than a rule decides whether it is evaluated."""

DELIVERY: tuple[Way[Value], ...] = (
    Way("Notification", "relabelling of alerts", f"{_FLAGS.partition('command')[0]}configuration/#relabel_config",
        _relabelling),
    Way("Notification", "other Alertmanagers", _CONFIG, _where_to),
    Way("Notification", "another configuration of Alertmanager", f"{_ALERTMANAGER}/templates/statefulset.yaml",
        _other_alertmanager_configuration),
    Way("Notification", "another program in Alertmanager's place", _ALERTMANAGER, _alertmanager_program),
    Way("Notification", "silences", "https://prometheus.io/docs/alerting/latest/alertmanager/#silences", None,
        "people set them in Alertmanager; they are nowhere in the repo"),
    Way("Notification", "whether the receiver's service takes the message", _ROUTES, None,
        "it is known only by sending one"),
)  # fmt: skip
"""Ways in which something other than the routes decides who hears of an alert; ``notifications.py`` heeds inhibition,
time intervals and mail that goes through what is down."""
