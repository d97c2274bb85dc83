"""Whatever a text holds, a reader reads it or says what is wrong: nothing else leaves it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers import Malformed, Missing
from readers.docker_mailserver.start_script import configuration
from readers.helm.strvals import assignments, put
from readers.helm.values import helm_values
from readers.kubernetes.images import parse_image
from readers.mail_auth.records import parse_dmarc, parse_spf
from readers.postfix.main_cf import integer, read_main_cf, time_seconds
from readers.postfix.master_cf import read_listeners
from readers.prometheus.alertmanager import parse_matchers, read_alertmanager
from readers.prometheus.promql import Series, parse_promql
from readers.prometheus.promql_evaluation import evaluate
from readers.prometheus.rules import alert_rules, duration_seconds
from readers.rspamd.dkim_signing import read_dkim_signing, read_key_table
from tfparse.cty.values import Part, Unknown, Value, boolean, null, number, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import Body, Resource

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))
AT = Origin("main.tf", 7)


def main_cf(value: Value) -> None:
    found = read_main_cf(value)
    for name in (*found.names(), "relayhost"):
        found.expand(name)


def promql(value: Value) -> None:
    expression = parse_promql(value.as_string(), AT)
    assert isinstance(expression.selectors, tuple)
    evaluate(expression, [Series({"__name__": "x", "a": "1"}, 0), Series({"__name__": "x", "a": "2"}, 1)])


def strvals(value: Value) -> None:
    values = object_({"a": tuple_((string("b"),))})
    for path, content in assignments(value.as_string(), "Helm set", AT):
        values = put(values, path, content, AT)


READERS: dict[str, tuple[Callable[[Value], Any], str]] = {
    # reader, and the characters that mean something to it
    "main.cf": (main_cf, "ab=$ {}()?:#\n\t"),
    "master.cf": (lambda value: read_listeners(value.lines()), "25 inet n-o=x{}#\n"),
    "script": (
        lambda value: configuration(None, None, value, lambda path: None).listener(2525),
        "<'E\n>master.cf $()#|tee ",
    ),
    "dkim_signing.conf": (lambda value: read_dkim_signing(value).keys, "domain path=:;,{}[]\"'\\#/*\n$D"),
    "KeyTable": (read_key_table, "a b:/%#\n"),
    "image": (lambda value: parse_image(value.as_string()), "aA1.:/@-_[]sha256"),
    "DMARC": (lambda value: parse_dmarc("v=DMARC1;" + value.as_string()), "vpsn=;t,:! y"),
    "SPF": (lambda value: parse_spf("v=spf1 " + value.as_string()), "aimxnpt46c:=/%{}+-?~. 0"),
    "PromQL": (promql, 'x{}()=~!<>"1a,[]+-*/ onbyrsum'),
    "matchers": (lambda value: parse_matchers(value.as_string()), 'a=~!"\\{}, '),
    "duration": (lambda value: duration_seconds(value.as_string()), "0159ymwdhs"),
    "number": (lambda value: integer(value.as_string()), "0159+- "),
    "time": (lambda value: time_seconds(value.as_string()), "0159+- smhdw"),
    "strvals": (strvals, "ab.[]=,{}\\01"),
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_text(name: str, data: st.DataObject) -> None:
    read, alphabet = READERS[name]
    pieces = st.one_of(st.text(st.sampled_from(alphabet), max_size=40), st.text(max_size=5), st.just(HIDDEN))
    content = text(tuple(Part(piece, AT, True) for piece in data.draw(st.lists(pieces, max_size=4))), AT)
    with suppress(Malformed, Missing, UnknownValueError):
        read(content)


LEAVES = st.one_of(
    st.text(max_size=5).map(string),
    st.integers(0, 5).map(number),
    st.booleans().map(boolean),
    st.just(null()),
    st.just(unknown(HIDDEN.reason)),
    st.sampled_from(["up < 1", "5m", "a", 'x = "y"']).map(string),
)
KEYS = st.sampled_from(
    [
        "alertmanager",
        "config",
        "route",
        "routes",
        "receiver",
        "receivers",
        "name",
        "matchers",
        "match",
        "continue",
        "slack_configs",
        "inhibit_rules",
        "target_matchers",
        "serverFiles",
        "alerting_rules.yml",
        "groups",
        "rules",
        "alert",
        "expr",
        "for",
        "labels",
        "annotations",
        "set",
        "set_list",
        "value",
        "values",
        "type",
    ]
)


def branches(children: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    hidden = st.sampled_from([None, None, HIDDEN])
    return st.one_of(
        st.lists(children, max_size=3).map(lambda found: tuple_(tuple(found))),
        st.builds(lambda found, rest: object_(found, rest=rest), st.dictionaries(KEYS, children, max_size=4), hidden),
    )


TREES = st.recursive(LEAVES, branches, max_leaves=12)


def config(tree: Value) -> Value:
    return object_({"alertmanager": object_({"config": object_({"route": tree, "receivers": tree})})})


def groups(tree: Value) -> Value:
    return object_(
        {"serverFiles": object_({"alerting_rules.yml": object_({"groups": tuple_((object_({"rules": tree}),))})})}
    )


def alertmanager(values: Value) -> None:
    found = read_alertmanager(values)
    _ = [receiver.notifies for receiver in found.receivers_of({"alertname": "Down"})], found.inhibitors({})


def rules(values: Value) -> None:
    for rule in alert_rules(values):
        _ = rule.hold_seconds, rule.alerts([Series({"__name__": "up"}, 0)])


def release(tree: Value) -> None:
    attributes = {"set": tree, "set_list": tree, "values": tree}
    helm_values(Resource("helm_release.app", "managed", "helm_release", "app", None, Body(attributes), AT))


@pytest.mark.parametrize(
    "read",
    [alertmanager, lambda tree: alertmanager(config(tree)), rules, lambda tree: rules(groups(tree)), release],
    ids=["values to Alertmanager", "its configuration", "values to rules", "rules", "a release"],
)
@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_tree(read: Callable[[Value], None], tree: Value) -> None:
    with suppress(Malformed, Missing, UnknownValueError):
        read(tree)
