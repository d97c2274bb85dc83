from __future__ import annotations

from typing import Any

import pytest
import yaml

import tests.readers.real_programs as programs
from readers import Malformed, Missing
from readers.prometheus.alertmanager import Alertmanager, parse_matchers, read_alertmanager
from tests.readers.record_programs import cases, recorded
from tfparse.cty.values import Part, Unknown, Value, object_, string, text
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.documents import decode_yaml

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def read(content: str) -> Alertmanager:
    return read_alertmanager(decode_yaml(string(content, Origin("values.tpl", 1), verbatim=True)))


def configured(config: Any) -> Alertmanager:
    return read(yaml.safe_dump({"alertmanager": {"config": config}}, sort_keys=False))


# -- as Alertmanager says -------------------------------------------------------------------------

# What Alertmanager lets pass, and we do not: it takes either brace away by itself.
REFUSED = {"a brace without its partner"}


def agrees(case: str, said: Any) -> None:
    asked = cases("alertmanager/routes")[case]
    if case in REFUSED or isinstance(said, dict):
        with pytest.raises((Malformed, Missing)):
            configured(asked["config"])
        return
    found = configured(asked["config"])
    assert [[receiver.name for receiver in found.receivers_of(labels)] for labels in asked["alerts"]] == said


@pytest.mark.parametrize("case", cases("alertmanager/routes"))
def test_routes_as_alertmanager_does(case: str) -> None:
    agrees(case, recorded("alertmanager/routes")[case])


@programs.needs("amtool")
def test_alertmanager_still_says_so() -> None:
    asked = cases("alertmanager/routes")
    for case, said in zip(asked, programs.each(programs.amtool, asked.values()), strict=True):
        agrees(case, said)


# -- routes ---------------------------------------------------------------------------------------

CONFIG = """\
alertmanager:
  config:
    global: {slack_api_url: https://hooks.example.org/x}
    route:
      receiver: nobody
      routes:
        - receiver: slack
          matchers:
            - severity = critical
          mute_time_intervals: [nights]
          active_time_intervals: [days]
        # - receiver: mail
    receivers:
      - name: nobody
      - name: slack
        slack_configs:
          - channel: "#alerts"
          - channel: "#mail"
        email_configs: [{to: a@example.org}]
      - name: emptied
        slack_configs: []
        webhook_configs: null
        email_configs: [{}, null]
    inhibit_rules:
      - source_matchers: [alertname = NodeDown]
        target_matchers: ['alertname =~ "MailDown|WebDown"']
        equal: [node]
      - source_match: {alertname: Maintenance}
        target_match_re: {alertname: Mail.*}
"""


def test_the_deciding_route_and_its_line() -> None:
    (route,) = read(CONFIG).routes({"severity": "critical"})
    assert (route.receiver, route.origin, route.muted_by) == ("slack", Origin("values.tpl", 7), ("nights", "days"))


def test_the_default_route() -> None:
    (route,) = read(CONFIG).routes({"severity": "info"})
    assert (route.receiver, route.origin) == ("nobody", Origin("values.tpl", 5))


def test_how_many_places_a_receiver_notifies() -> None:
    found = read(CONFIG).receivers
    assert {name: receiver.notifies for name, receiver in found.items()} == {"nobody": 0, "slack": 3, "emptied": 0}
    assert found["emptied"].origin == Origin("values.tpl", 20)


@pytest.mark.parametrize(
    ("alertname", "lines"), [("MailDown", [25, 28]), ("WebDown", [25]), ("MailSlow", [28]), ("DiskFull", [])]
)
def test_the_inhibition_rules_that_target_an_alert(alertname: str, lines: list[int]) -> None:
    found = read(CONFIG).inhibitors({"alertname": alertname})
    assert [rule.origin and rule.origin.line for rule in found] == lines


# -- matchers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('alertname =~ "A|B"', [("alertname", "=~", "A|B")]),
        ('{a="b", c!="d",e!~"f"}', [("a", "=", "b"), ("c", "!=", "d"), ("e", "!~", "f")]),
        (r'a="b\"c\\d\n"', [("a", "=", 'b"c\\d\n')]),
        ("a=", [("a", "=", "")]),
        ("{}", []),
        ("a=b=~c", [("a", "=", "b=~c")]),
    ],
)
def test_matchers(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(m.name, m.op, m.value) for m in parse_matchers(text)] == expected


@pytest.mark.parametrize("text", ["", "a", "=b", "1a=b", 'a="b', 'a=b"', 'a="b"c', "a=b,,c=d", "{a=b", "a=b}", "a={b}"])
def test_what_is_no_matcher(text: str) -> None:
    with pytest.raises(Malformed):
        parse_matchers(text)


# -- what cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("a: 1\n", "no alertmanager.config in the Helm values"),
        ("alertmanager: {config: null}\n", "no alertmanager.config in the Helm values"),
        ("alertmanager: {config: {receivers: []}}\n", "no alertmanager.config.route in the Helm values"),
        ("alertmanager: {config: {route: {receiver: a}}}\n", 'no receiver "a" in alertmanager.config.receivers'),
    ],
)
def test_no_routing_tree(content: str, missing: str) -> None:
    with pytest.raises(Missing) as error:
        read(content)
    assert str(error.value) == missing


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ("route: x", "something on the way is no map"),
        ("route: {receiver: a, routes: {}}", "it is no list"),
        ("route: {receiver: a, routes: [x]}", "something on the way is no map"),
        ("route: {receiver: a, routes: [{continue: 1}]}", '"continue" is no boolean'),
        ("route: {receiver: a, routes: [{match: [x]}]}", "match: it is no map"),
        ("route: {receiver: []}", "a string is wanted here"),
        ("route: {receiver: a}, receivers: [a]", "something on the way is no map"),
        ("route: {receiver: a}, receivers: [{name: a}, {name: a}]", 'two receivers are called "a"'),
        ("route: {receiver: a}, receivers: [{name: a}], inhibit_rules: [x]", "something on the way is no map"),
    ],
)
def test_what_alertmanager_would_refuse(config: str, problem: str) -> None:
    with pytest.raises(Malformed, match=problem):
        read(f"alertmanager: {{config: {{{config}}}}}\n")


def test_a_kind_of_receiver_that_is_no_list() -> None:
    found = read("alertmanager: {config: {route: {receiver: a}, receivers: [{name: a, slack_configs: {}}]}}\n")
    with pytest.raises(Malformed, match="it is no list"):
        _ = found.receivers["a"].notifies


# -- what is not known ----------------------------------------------------------------------------


def part_known(*pieces: str | Unknown) -> Value:
    return decode_yaml(text(tuple(Part(piece, Origin("values.tpl", 1), True) for piece in pieces)))


def test_secrets_decide_nothing() -> None:
    head, tail = CONFIG.split("https://hooks.example.org/x")
    more, rest = tail.split("a@example.org")
    found = read_alertmanager(part_known(head, HIDDEN, more, HIDDEN, rest))
    assert [r.notifies for r in found.receivers_of({"severity": "critical"})] == [3]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("receivers: [{name: a}], route: {receiver: ", "}"),
        ("receivers: [{name: a}], route: {receiver: a, routes: ", "}"),
        ("receivers: [{name: a}], route: {receiver: a, routes: [{continue: ", "}]}"),
        ("route: {receiver: a}, receivers: [{name: ", "}]"),
    ],
)
def test_what_decides_is_not_known(before: str, after: str) -> None:
    open_, close = ("{", "}") if before else ("", "")
    config = part_known(f"alertmanager: {{config: {open_}{before}", HIDDEN, f"{after}{close}}}\n")
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        read_alertmanager(config)


def test_a_route_that_is_not_known_matters_only_where_it_is_reached() -> None:
    found = read_alertmanager(
        part_known(
            "alertmanager: {config: {receivers: [{name: a}, {name: b}], route: {receiver: a, routes: ["
            "{receiver: b, matchers: [severity = critical]}, {matchers: [x = ",
            HIDDEN,
            "]}]}}}\n",
        )
    )
    assert [r.name for r in found.receivers_of({"severity": "critical"})] == ["b"]
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        found.receivers_of({"severity": "info"})


@pytest.mark.parametrize(("before", "after"), [("", ""), ("[", "]"), ("[{channel: x}, ", "]")])
def test_a_receiver_that_is_not_known_matters_only_where_it_is_asked(before: str, after: str) -> None:
    head = "alertmanager: {config: {route: {receiver: a}, receivers: [{name: b, slack_configs: [{channel: x}]}, "
    found = read_alertmanager(part_known(f"{head}{{name: a, slack_configs: {before}", HIDDEN, f"{after}}}]}}}}\n"))
    assert found.receivers["b"].notifies == 1
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = found.receivers["a"].notifies


@pytest.mark.parametrize(("before", "after"), [("", ""), ("[", "]"), ("[{target_matchers: [alertname = ", "]}]")])
def test_an_inhibition_rule_that_is_not_known_could_target_any(before: str, after: str) -> None:
    head = "alertmanager: {config: {route: {receiver: a}, receivers: [{name: a}], inhibit_rules: "
    found = read_alertmanager(part_known(f"{head}{before}", HIDDEN, f"{after}}}}}\n"))
    assert len(found.inhibitors({"alertname": "Down"})) == 1


def test_an_open_map_may_hold_another_routing_tree() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        read_alertmanager(object_({}, rest=HIDDEN))
