"""amtool, of Alertmanager: would Alertmanager load its configuration, and to whom does it route an alert?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache

from msgspec import Struct

from readers import Malformed, Missing
from readers.helm.values import value_at
from readers.kubernetes.others import Same
from readers.prometheus.harmless_keys import ALERTMANAGER_KEYS, opens
from readers.sandbox.examination import Examination, Remark, placeholders_for, remark_of
from readers.sandbox.go import GO
from readers.sandbox.program import Program
from readers.sandbox.rendering import Path, Rendered, RenderedLine, render, unplaced
from tfparse.cty.values import Value
from tfparse.patterns import pattern

AMTOOL = Program("amtool", "prometheus-alertmanager", environment=GO)

#: Keys that are the chart's own, and templates, which are files of the container.
_NOT_READ: tuple[Path, ...] = (("enabled",), ("templates",))
#: What Alertmanager's documentation has, and some amtool in use has not.
_NEWER = frozenset({
    "avatar_url", "bot_token_file", "content", "discord_configs", "html", "http_headers", "incidentio_configs",
    "jira_api_url", "jira_configs", "mattermost_configs", "message_thread_id", "monospace", "msteams_configs",
    "msteamsv2_configs", "no_proxy", "payload", "proxy_connect_header", "proxy_from_environment",
    "rocketchat_api_url", "rocketchat_configs", "rocketchat_token", "smtp_auth_password_file",
    "smtp_force_implicit_tls", "smtp_tls_config", "telegram_bot_token", "timeout", "token_file", "tracing", "ttl",
    "url_file", "user_key_file", "username", "webex_configs",
})  # fmt: skip
_FIELD = pattern(r"field (?P<field>\S+) not found in type config\.")
_LABEL = pattern(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_PLACEHOLDER = "placeholder.invalid"
_FILE = "alertmanager.yml"


def _placeholder(path: Path) -> str | int:
    """What stands for an unknown or secret value, valid for the key that it stands under."""
    key = str(next((step for step in reversed(path) if isinstance(step, str)), ""))
    if key.endswith(("url", "urls")):
        return f"https://{_PLACEHOLDER}/"
    if key.endswith("smarthost"):
        return f"{_PLACEHOLDER}:25"
    if key in ("to", "from", "smtp_from"):
        return f"somebody@{_PLACEHOLDER}"
    if key.endswith(("_wait", "_interval", "timeout")):
        return "5m"
    return 1 if key in ("chat_id", "send_resolved") else _PLACEHOLDER


class Configuration(Struct, frozen=True):
    """A configuration as amtool has read it, without what amtool is too old for."""

    rendered: Rendered
    examination: Examination

    def receivers(self, labels: Mapping[str, str]) -> str:
        """The names of the receivers that an alert with these labels ends in, with commas between.

        Malformed where amtool does not say.
        """
        said = AMTOOL.run(*_routing(self.rendered, labels))
        if said.status:
            raise Malformed("routing tree", f"amtool: {_last(said.err)}", self.rendered.origin)
        return said.out.strip()


def begin_routing(values: Value, alerts: Iterable[Mapping[str, str]]) -> None:
    """Begin to ask which receivers alerts with these labels end in, beside whatever goes on.

    It is asked of the configuration as it stands: where amtool is too old for it, in vain.
    """
    config = value_at(values, "alertmanager", "config")
    if config is None:
        return
    rendered = _rendered(Same(config.known()), _NOT_READ)
    for labels in alerts:
        with suppress(Malformed):  # which is said when they are asked for
            AMTOOL.start(*_routing(rendered, labels))


@lru_cache(maxsize=4)  # who looks ahead, and each alert that fires, asks of the same
def _rendered(config: Same[Value], left_out: tuple[Path, ...]) -> Rendered:
    return render(config.thing, _placeholder, left_out)


def _routing(rendered: Rendered, labels: Mapping[str, str]) -> tuple[list[str], dict[str, str], str | None]:
    pairs = [_pair(name, value) for name, value in labels.items()]
    arguments = ["config", "routes", "test", f"--config.file={_FILE}", "--", *pairs]
    return arguments, {_FILE: rendered.text}, opens(rendered, ALERTMANAGER_KEYS)


def check_config(values: Value) -> Configuration:
    """Alertmanager's configuration in the values of a Prometheus release, put to ``amtool check-config``.

    A complaint that is about a placeholder is a note, as is a field that only amtool is too old for.  Missing
    where the values hold no configuration.
    """
    config = value_at(values, "alertmanager", "config")
    if config is None:
        raise Missing("alertmanager.config", "the Helm values", values.origin)
    left_out = list(_NOT_READ)
    notes: list[Remark] = []
    while True:
        rendered = _rendered(Same(config.known()), tuple(left_out))
        complaints = _complaints(rendered)
        newer = [line for said in complaints if (line := _newer(said, rendered))]
        if not newer:
            break
        left_out += [line.path for line in newer]
        notes += [Remark(f"amtool is too old to know {line.path[-1]}", line.origin) for line in newer]
    faults: list[Remark] = []
    for said in complaints:
        line = rendered.spoken_of(said)
        excused = _PLACEHOLDER in said or (line is not None and line.replaced)
        at = (line.origin if line else None) or rendered.origin
        remark = remark_of("amtool", unplaced(said), at, secret=rendered.secret_within(line.path if line else ()))
        (notes if excused else faults).append(remark)
    if (redacted := rendered.first_redacted) is not None:
        notes.append(placeholders_for("amtool", redacted.origin))
    return Configuration(rendered, Examination(tuple(faults), tuple(notes), rendered.origin))


def _complaints(rendered: Rendered) -> list[str]:
    said = AMTOOL.run(["check-config", _FILE], {_FILE: rendered.text}, opens(rendered, ALERTMANAGER_KEYS))
    if not said.status:
        return []
    _, failed, problem = said.out.partition("FAILED: ")
    lines = [line.strip() for line in problem.splitlines() if line.strip()]
    if not failed or not lines:
        raise Malformed("Alertmanager's configuration", f"amtool: {_last(said.err)}", rendered.origin)
    return lines[1:] if lines[0] == "yaml: unmarshal errors:" else lines


def _newer(said: str, rendered: Rendered) -> RenderedLine | None:
    field = _FIELD.search(said)
    return rendered.spoken_of(said) if field and field["field"] in _NEWER else None


def _pair(name: str, value: str) -> str:
    """A label as amtool takes it: a matcher for equality.  It begins with a letter, so it is no option."""
    if not _LABEL.fullmatch(name):
        raise Malformed(f"label {name!r}", "amtool takes no label of that name")
    escaped = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'{name}="{escaped}"'


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it failed without a word"
