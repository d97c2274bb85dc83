"""amtool says what it finds in Alertmanager's configuration, and to whom an alert is routed."""

from __future__ import annotations

import pytest

from readers import Malformed, Missing
from readers.prometheus import amtool
from readers.prometheus.alertmanager import read_alertmanager
from readers.sandbox.program import Output
from tests.readers.documents import FILE, values
from tfparse import Origin, Value
from tfparse.cty.values import CONFIDENTIAL, SECRET

pytestmark = pytest.mark.needs("amtool")

GOOD = """\
global:
  smtp_smarthost: mail.example.net:587
  smtp_from: alerts@example.net
  slack_api_url: ${slack}
route:
  receiver: mail
  group_wait: 30s
  routes:
    - receiver: chat
      matchers: [severity = critical]
      continue: true
    - receiver: "null"
      matchers: ['alertname =~ "Watchdog|\\"odd\\", .*"']
receivers:
  - name: mail
    email_configs: [{to: somebody@example.net, auth_password: '${password}'}]
  - name: chat
    slack_configs: [{channel: '#alerts', send_resolved: true}]
  - name: "null"
"""


def held(config: str) -> Value:
    """The values of a chart; the configuration begins on line 4."""
    return values(
        "alertmanager:\n  config:\n    enabled: true\n" + "".join(f"    {line}\n" for line in config.splitlines())
    )


def faults(config: str) -> list[tuple[str, int]]:
    examination = amtool.check_config(held(config)).examination
    assert not examination.notes
    return [(said, at.line) for said, at in examination.faults]


def test_a_good_configuration_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(("old", "new", "said", "line"), [
    ("  receiver: mail\n", "  receiver: post\n", 'undefined receiver "post" used in route', 9),
    ("  receiver: mail\n", "  recevier: mail\n", "field recevier not found in type config.plain", 9),
    ("group_wait: 30s", "group_wait: 30 seconds", 'not a valid duration string: "30 seconds"', 10),
    ("severity = critical", "severity", "bad matcher format: severity", 13),
    ("channel:", "chanel:", "field chanel not found in type config.plain", 21),
    ("    - receiver: chat\n", "    - recever: chat\n", "field recever not found in type config.plain", 12),
    ('  - name: "null"\n', "  - name: mail\n", 'notification config name "mail" is not unique', 18),
    ("mail.example.net:587", "mail.example.net", "address mail.example.net: missing port in address", 5),
])  # fmt: skip
def test_a_fault_is_quoted_with_its_line(old: str, new: str, said: str, line: int) -> None:
    assert old in GOOD
    ((found, at), *_) = faults(GOOD.replace(old, new, 1))
    assert found == f"amtool: {said}"
    assert at == line


def test_the_charts_own_keys_and_files_of_the_container_are_left_out() -> None:
    assert faults(GOOD + "templates: [/etc/passwd, /etc/alertmanager/*.tmpl]") == []


@pytest.mark.parametrize(("old", "new"), [
    ("mail.example.net:587", "${host}"),
    ("mail.example.net:587", "${host}:587"),
    ("alerts@example.net", "${sender}"),
    ("group_wait: 30s", "group_wait: ${wait}"),
    ("somebody@example.net", "${who}"),
    ("send_resolved: true", "send_resolved: true, api_url: '${slack}', http_config: {proxy_url: '${proxy}'}"),
    ("slack_configs:", "webhook_configs: [{url: '${hook}', max_alerts: 1}]\n    slack_configs:"),
    ("slack_configs:", "telegram_configs: [{bot_token: '${token}', chat_id: 5}]\n    slack_configs:"),
    ("slack_configs:", "pagerduty_configs: [{routing_key: '${key}'}]\n    slack_configs:"),
])  # fmt: skip
def test_what_stands_for_a_secret_is_valid(old: str, new: str) -> None:
    assert old in GOOD
    examination = amtool.check_config(held(GOOD.replace(old, new, 1))).examination
    assert (examination.faults, examination.notes) == ((), ())


def marked(old: str, new: str, key: str, marks: int) -> Value:
    """The values with another value of a global key, which has these marks."""
    config = held(GOOD.replace(old, new))
    settings = config.raw["alertmanager"].raw["config"].raw["global"].raw
    settings[key] = settings[key].marked(marks)
    return config


def test_no_secret_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    run = amtool.Program.run
    monkeypatch.setattr(
        amtool.Program,
        "run",
        lambda self, arguments, files, opens: (
            given.extend([*arguments, *files.values()]),
            run(self, arguments, files),
        )[1],
    )
    checked = amtool.check_config(marked("alerts@example.net", "hunter2", "smtp_from", CONFIDENTIAL))
    checked.receivers({"alertname": "A"})
    assert given
    assert not [text for text in given if "hunter2" in text]
    assert checked.examination.notes == (
        ("amtool is given a placeholder in place of what is sensitive", Origin(FILE, 6)),
    )


def test_what_is_said_of_a_secret_is_not_shown() -> None:
    """Terraform does not call it sensitive, so that amtool is given it."""
    config = marked("mail.example.net:587", "hunter2", "smtp_smarthost", SECRET)
    assert amtool.check_config(config).examination.faults == (
        ("amtool objects to a line that holds a secret: what it says is not shown", Origin(FILE, 5)),
    )


def test_a_complaint_about_a_placeholder_is_a_note() -> None:
    examination = amtool.check_config(held(GOOD.replace("continue: true", "continue: ${yes}"))).examination
    assert not examination.faults
    ((said, _),) = examination.notes
    assert "cannot unmarshal" in said


def test_what_is_newer_than_amtool_is_no_fault() -> None:
    config = GOOD.replace("    slack_configs:", "    jira_configs: [{project: OPS}]\n    slack_configs:", 1)
    checked = amtool.check_config(held(config))
    assert not checked.examination.faults
    assert [at.line for _, at in checked.examination.notes] in ([21], [])
    assert checked.receivers({"alertname": "A", "severity": "critical"}) == "chat"


def test_no_configuration_is_missing() -> None:
    with pytest.raises(Missing, match=r"^no alertmanager\.config in the Helm values$"):
        amtool.check_config(values("alertmanager: {}"))


@pytest.mark.parametrize("labels", [
    {"alertname": "MailServerDown", "severity": "critical"},
    {"alertname": "MailServerDown", "severity": "warning"},
    {"alertname": "Watchdog", "severity": "critical"},
    {"alertname": "Watchdog"},
    {"alertname": '"odd", with = everything\\ {in} it'},
    {"alertname": "-x", "severity": "--help"},
    {"alertname": "@/etc/passwd", "severity": "$(id)"},
    {"alertname": "two\nlines", "severity": ""},
    {},
])  # fmt: skip
def test_it_routes_as_is_read(labels: dict[str, str]) -> None:
    config = held(GOOD)
    read = [receiver.name for receiver in read_alertmanager(config).receivers_of(labels)]
    assert amtool.check_config(config).receivers(labels) == ",".join(read)


@pytest.mark.parametrize("name", ["-x", "@file", "a b", "a=b", "", "é"])
def test_a_label_is_no_option(name: str) -> None:
    with pytest.raises(Malformed, match="amtool takes no label of that name"):
        amtool.check_config(held(GOOD)).receivers({name: "x"})


def test_a_tree_that_amtool_refuses_routes_nothing() -> None:
    checked = amtool.check_config(held(GOOD.replace("  receiver: mail\n", "  receiver: post\n", 1)))
    with pytest.raises(Malformed, match='^routing tree: amtool: .*undefined receiver "post" used in route'):
        checked.receivers({"alertname": "A"})


def test_a_failure_without_a_word_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amtool.Program, "run", lambda *args: Output(2, "", ""))
    with pytest.raises(Malformed, match="amtool: it failed without a word$"):
        amtool.check_config(held(GOOD))
