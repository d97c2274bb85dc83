"""promtool says what it finds in the rules, at the line that a person would edit; and when an alert fires."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from readers import Malformed, NotProven
from readers.prometheus import promtool
from readers.prometheus.alerting import find_watched_alert, run_rule_tests
from readers.prometheus.rule_tests import read_input_series, read_rule_test, read_series
from readers.prometheus.rules import alert_rules
from readers.sandbox.program import Output
from tests.readers.documents import values
from tfparse import UnknownValueError, Value
from tfparse.cty.values import SECRET

pytestmark = pytest.mark.needs("promtool")

RULE_TESTS = yaml.safe_load((Path(__file__).parents[2] / "spec" / "promtool" / "rule_tests.yaml").read_text())
METRIC = "kube_deployment_status_replicas_available"
MAIL = {"namespace": "mailserver", "deployment": "mailserver"}


def rules(text: str) -> Value:
    """Values whose one group holds these rules: the first of them is on line 6."""
    head = "serverFiles:\n  alerting_rules.yml:\n    groups:\n      - name: Mail\n        rules:\n"
    return values(head + "".join(f"          {line}\n" for line in text.splitlines()))


def faults(text: str) -> list[tuple[str, int]]:
    examination = promtool.check_rules(rules(text))
    assert not examination.notes
    return [(said, at.line) for said, at in examination.faults]


# -- check rules ----------------------------------------------------------------------------------


def test_good_rules_have_no_faults() -> None:
    assert (
        faults("- {alert: A, expr: up == 0, for: 5m, labels: {severity: page}}\n- {record: 'a:b', expr: sum(up)}") == []
    )


@pytest.mark.parametrize(("text", "said", "line"), [
    ("- alert: A\n  expr: up == 0\n- alert: B\n  expr: sum(up",
     'group "Mail", rule 2, "B": could not parse expression: 1:7: parse error: unclosed left parenthesis', 9),
    ("- alert: A\n  expr: |\n    up ==\n      ] 0", "unexpected right bracket ']'", 7),
    ("- alert: A\n  expr: nosuch(up)", 'unknown function with name "nosuch"', 7),
    ("- alert: A\n  expr: up == 0\n  lables: {severity: page}", "field lables not found in type rulefmt.RuleNode", 8),
    ("- alert: A\n  expr: up == 0\n  for: 5 minutes", 'not a valid duration string: "5 minutes"', 8),
    ("- alert: A\n  expr: up == 0\n  labels:\n    severity: page\n    bad-name: x", "invalid label name: bad-name", 6),
    ("- alert: A\n  expr: up == 0\n  annotations:\n    a: ok\n    summary: '{{ .Labels.x'",
     'group "Mail", rule 1, "A": annotation "summary": template: __alert_A:1: unclosed action', 10),
    ("- alert: A\n  expr: up == 0\n  labels:\n    severity: '{{ nosuch }}'",
     'label "severity": template: __alert_A:1: function "nosuch" not defined', 9),
    ("- alert: A\n  record: a\n  expr: up", "only one of 'record' and 'alert' must be set", 6),
    ("- alert: A", "field 'expr' must be set in rule", 6),
])  # fmt: skip
def test_a_fault_is_quoted_with_its_line(text: str, said: str, line: int) -> None:
    ((found, at),) = faults(text)
    assert found.startswith("promtool: ")
    assert said in found
    assert at == line


def test_all_faults_are_told() -> None:
    assert [
        line for _, line in faults("- {alert: A, expr: 'up ==='}\n- {alert: B, expr: up}\n- {alert: C, expr: 'a('}")
    ] == [6, 8]


def test_a_group_of_one_name_twice() -> None:
    held = values(
        "serverFiles:\n  alerting_rules.yml:\n    groups:\n"
        "      - name: A\n        rules: [{record: a, expr: up}]\n"
        "      - name: A\n        rules: [{record: b, expr: up}]\n"
    )
    ((said, at),) = promtool.check_rules(held).faults
    assert said == 'promtool: groupname: "A" is repeated in the same file'
    assert at.line == 6


def test_every_file_of_rules_is_checked() -> None:
    held = values(
        "serverFiles:\n  prometheus.yml: {scrape_configs: []}\n"
        "  alerting_rules.yml:\n    groups: [{name: A, rules: [{alert: A, expr: up}]}]\n"
        "  recording_rules.yml:\n    groups:\n      - name: R\n        rules:\n          - record: a\n            expr: 1 +\n"
    )
    ((said, at),) = promtool.check_rules(held).faults
    assert "could not parse expression" in said
    assert at.line == 10


@pytest.mark.parametrize(("text", "field"), [
    ("- alert: A\n  expr: up\n  keep_firing_for: 5m", "keep_firing_for"),
    ("- alert: A\n  expr: up\n  keep_firing_for: 5m\n- alert: B\n  expr: up ===", "keep_firing_for"),
])  # fmt: skip
def test_what_is_newer_than_promtool_is_no_fault(text: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older promtool refuses the field, and says nothing of the rest until it is gone."""
    real = promtool.Program.run

    def old(self: promtool.Program, arguments: list[str], files: dict[str, str], opens: str | None) -> Output:
        lines = next(iter(files.values())).splitlines()
        said = [f"  line {number}: field {field} not found in type rulefmt.RuleNode"
                for number, line in enumerate(lines, 1) if field in line]  # fmt: skip
        return (
            Output(1, "", "\n".join(["  FAILED:", "0.yml: yaml: unmarshal errors:", *said]))
            if said
            else real(self, arguments, files, opens)
        )

    monkeypatch.setattr(promtool.Program, "run", old)
    examination = promtool.check_rules(rules(text))
    ((note, at),) = examination.notes
    assert (note, at.line) == ("promtool is too old to know keep_firing_for", 8)
    assert [at.line for _, at in examination.faults] == ([10] if "===" in text else [])


def test_a_field_that_only_newer_ones_know() -> None:
    held = values(
        "serverFiles:\n  alerting_rules.yml:\n    groups:\n"
        "      - name: A\n        query_offset: 1m\n        labels: {team: mail}\n        rules:\n"
        "          - {alert: A, expr: up}\n"
    )
    examination = promtool.check_rules(held)
    assert not examination.faults
    assert {(said, at.line) for said, at in examination.notes} <= {
        ("promtool is too old to know query_offset", 5),
        ("promtool is too old to know labels", 6),
    }


def test_a_function_that_only_newer_ones_know() -> None:
    """promql-parser knows it, so Prometheus has it."""
    examination = promtool.check_rules(
        rules("- alert: A\n  expr: sort_by_label(up, 'job')\n- alert: B\n  expr: up ===")
    )
    assert [at.line for _, at in examination.faults] == [9]
    assert [at.line for _, at in examination.notes] in ([7], [])


def test_what_is_said_of_a_secret_is_not_shown() -> None:
    """Terraform does not call it sensitive, so that promtool is given it."""
    held = rules("- alert: A\n  expr: sum(hunter2\n- alert: B\n  expr: sum(up")
    rule = held.raw["serverFiles"].raw["alerting_rules.yml"].raw["groups"].raw[0].raw["rules"].raw[0].raw
    rule["expr"] = rule["expr"].marked(SECRET)
    (hidden, at), (said, _) = promtool.check_rules(held).faults
    assert (hidden, at.line) == ("promtool objects to a line that holds a secret: what it says is not shown", 7)
    assert said.endswith("unclosed left parenthesis")


def test_what_is_not_known_is_not_written() -> None:
    held = rules(
        "- alert: A\n  expr: up == ${limit}\n  for: ${hold}m\n  labels: {severity: '${secret}', a: 'b ${x} c'}"
    )
    examination = promtool.check_rules(held)
    assert not examination.faults
    assert not examination.notes


def test_a_complaint_about_what_is_not_known_is_a_note() -> None:
    examination = promtool.check_rules(rules("- alert: A\n  expr: up ${comparison}\n- alert: B\n  expr: up"))
    assert not examination.faults
    ((said, at),) = examination.notes
    assert "could not parse expression" in said
    assert at.line == 7


def test_text_is_only_text() -> None:
    hostile = '- alert: "A\\u0007 \\U0001F600 \' } ]\\n- alert: B"\n  expr: up\n  annotations: {a: "\'\\"\\\\\\x7f\\u2028\\ufeff"}'
    assert faults(hostile) == []


# -- test rules -----------------------------------------------------------------------------------


def outcomes(case: dict[str, object]):
    held = rules(str(case["rule"]))
    alert = find_watched_alert(held, METRIC, MAIL, 1)
    tests = [
        read_rule_test(
            event,
            [read_input_series(text, alert.completed(read_series(series))) for series, text in inputs.items()],
            "is silent",
        )
        for event, inputs in RULE_TESTS["events"].items()
    ]
    return run_rule_tests(alert, tests)


@pytest.mark.parametrize("name", RULE_TESTS["rules"])
def test_promtool_agrees_with_what_is_read(name: str) -> None:
    case = RULE_TESTS["rules"][name]
    found, unasked = outcomes(case)
    assert unasked is None
    told = {outcome.test.name: outcome.proof.firing.text for outcome in found}
    assert told == case["promtool"]
    if case.get("read", True):
        assert [outcome.disagreement for outcome in found] == [None] * len(found)
    else:
        assert all(isinstance(outcome.read, UnknownValueError) for outcome in found)


def test_a_disagreement_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "readers.prometheus.alerting.firing_as_read", lambda rule, test, interval: _never(test, rule, interval)
    )
    found, _ = outcomes(RULE_TESTS["rules"]["one deployment"])
    assert {outcome.disagreement for outcome in found if outcome.proof.firing.onset is not None} == {
        "promtool contradicts what is read from the expression: is silent"
    }


def _never(test, rule, interval):
    from readers.prometheus.rule_tests import Firing

    times = test.times(rule.hold_seconds, interval)
    return Firing(times, (False,) * len(times))


def test_other_labels_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readers.prometheus.alerting._labels", lambda alert, test, time: [{"alertname": "other"}])
    found, _ = outcomes(RULE_TESTS["rules"]["one deployment"])
    assert {outcome.disagreement for outcome in found if outcome.read.states[-1]} == {
        "promtool has other labels than those read from the rule"
    }


def test_what_promtool_cannot_evaluate_is_unreadable() -> None:
    (rule,) = alert_rules(rules("- alert: A\n  expr: up * on() down"))
    test = read_rule_test(
        "",
        [read_input_series("1", read_series(f'{name}{{x="{x}"}}')) for name in ("up", "down") for x in "ab"],
        "is silent",
    )
    from readers.prometheus.rule_tests import Firing

    question = promtool.Question(test, Firing((0.0,), (False,)), None)
    with pytest.raises(Malformed, match=r"^alert A: promtool: rule: A, time: 0s, err: found duplicate series"):
        promtool.try_rule(rule, [question], 60)


def test_without_promtool_what_is_read_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*args: object) -> None:
        raise NotProven("promtool", "is not installed (Debian package prometheus)")

    monkeypatch.setattr(promtool.Program, "run", absent)
    found, unasked = outcomes(RULE_TESTS["rules"]["one deployment"])
    assert isinstance(unasked, NotProven)
    assert {outcome.test.name: outcome.read.text for outcome in found} == RULE_TESTS["rules"]["one deployment"][
        "promtool"
    ]
    assert {outcome.proof for outcome in found} == {None}
