"""Relabelling, by the cases of Prometheus' own tests (``model/relabel/relabel_test.go``)."""

from __future__ import annotations

import pytest

from readers import Malformed
from readers.prometheus.relabelling import read_relabellings, relabelled
from tfparse.cty.values import Value, object_, string, tuple_, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.documents import decode_yaml

ABC = {"a": "foo", "b": "bar", "c": "baz"}
CASES: list[tuple[dict[str, str], str, dict[str, str] | None]] = [
    (
        ABC,
        "[{source_labels: [a], regex: 'f(.*)', target_label: d, separator: ';', replacement: 'ch$${1}-ch$1',"
        " action: replace}]",
        {**ABC, "d": "ch${1}-choo"},
    ),
    (
        ABC,
        "[{source_labels: [a, b], regex: 'f(.*);(.*)r', target_label: a, replacement: 'b${1}${2}m'},"
        " {source_labels: [c, a], regex: '(b).*b(.*)ba(.*)', target_label: d, replacement: '$1$2$2$3'}]",
        {"a": "boobam", "b": "bar", "c": "baz", "d": "boooom"},
    ),
    ({"a": "foo"}, "[{source_labels: [a], regex: '.*o.*', action: drop}]", None),
    ({"a": "foo", "b": "bar"}, "[{source_labels: [a], regex: 'no-match', action: drop}]", {"a": "foo", "b": "bar"}),
    ({"a": "foo"}, "[{source_labels: [a], regex: 'f|o', action: drop}]", {"a": "foo"}),
    ({"a": "foo"}, "[{source_labels: [a], regex: 'no-match', action: keep}]", None),
    ({"a": "foo"}, "[{source_labels: [a], regex: 'f.*', action: keep}]", {"a": "foo"}),
    ({"a": "foo"}, "[{source_labels: [a], regex: '', target_label: b, replacement: bar}]", {"a": "foo"}),
    (
        ABC,
        "[{source_labels: [c], target_label: d, separator: ';', action: hashmod, modulus: 1000}]",
        {**ABC, "d": "976"},
    ),
    (
        {"a": "foo\nbar"},
        "[{source_labels: [a], target_label: b, action: hashmod, modulus: 1000}]",
        {"a": "foo\nbar", "b": "734"},
    ),
    (
        {"a": "foo", "b1": "bar", "b2": "baz"},
        "[{regex: '(b.*)', replacement: 'bar_${1}', action: labelmap}]",
        {"a": "foo", "b1": "bar", "b2": "baz", "bar_b1": "bar", "bar_b2": "baz"},
    ),
    (
        {"a": "foo", "__meta_my_bar": "aaa"},
        "[{regex: '__meta_(my.*)', replacement: '${1}', action: labelmap}]",
        {"a": "foo", "__meta_my_bar": "aaa", "my_bar": "aaa"},
    ),
    (
        {"a": "some-name-value"},
        "[{source_labels: [a], regex: 'some-([^-]+)-([^,]+)', replacement: '${2}', target_label: '${1}'}]",
        {"a": "some-name-value", "name": "value"},
    ),
    (
        {"a": "some-name-0"},
        "[{source_labels: [a], regex: 'some-([^-]+)-([^,]+)', replacement: '${3}', target_label: '${1}'}]",
        {"a": "some-name-0"},
    ),
    (
        {"a": "some-2-value"},
        "[{source_labels: [a], regex: 'some-([^-]+)-([^,]+)', replacement: '${2}', target_label: '${1}'}]",
        {"a": "some-2-value"},
    ),
    ({"a": "foo", "b1": "bar", "b2": "baz"}, "[{regex: '(b.*)', action: labelkeep}]", {"b1": "bar", "b2": "baz"}),
    ({"a": "foo", "b1": "bar", "b2": "baz"}, "[{regex: '(b.*)', action: labeldrop}]", {"a": "foo"}),
    (
        {"foo": "bAr123Foo"},
        "[{source_labels: [foo], target_label: l, action: lowercase},"
        " {source_labels: [foo], target_label: u, action: uppercase}]",
        {"foo": "bAr123Foo", "l": "bar123foo", "u": "BAR123FOO"},
    ),
    (
        {"a": "1234", "b": "1234"},
        "[{source_labels: [a], target_label: b, action: keepequal}]",
        {"a": "1234", "b": "1234"},
    ),
    ({"a": "1234", "b": "5678"}, "[{source_labels: [a], target_label: b, action: keepequal}]", None),
    ({"a": "1234", "b": "1234"}, "[{source_labels: [a], target_label: b, action: dropequal}]", None),
    (
        {"a": "1234", "b": "5678"},
        "[{source_labels: [a], target_label: b, action: dropequal}]",
        {"a": "1234", "b": "5678"},
    ),
]


def configs(text: str) -> Value:
    return decode_yaml(string(text, Origin("values.tpl", 1), verbatim=True))


@pytest.mark.parametrize(("labels", "text", "expected"), CASES, ids=str)
def test_relabels_as_prometheus_does(labels: dict[str, str], text: str, expected: dict[str, str] | None) -> None:
    after, dropped = relabelled(labels, read_relabellings(configs(text)))
    assert (None if dropped else after) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[{source_labels: [a], action: hashmod, target_label: b}]",
        "[{source_labels: [a], action: nonsense}]",
        "[{action: replace}]",
        "[{source_labels: [a], regex: '(', action: drop}]",
        "{action: drop}",
    ],
)
def test_what_prometheus_refuses(text: str) -> None:
    with pytest.raises(Malformed):
        read_relabellings(configs(text))


def test_what_is_not_known_is_told() -> None:
    hidden = unknown("var.hidden has no value", Origin("variables.tf", 3))
    with pytest.raises(UnknownValueError, match="how alerts are relabelled: var.hidden has no value"):
        read_relabellings(tuple_((object_({"regex": hidden, "action": string("drop")}),)))


def test_nothing_to_relabel() -> None:
    assert relabelled({"a": "b"}, read_relabellings(None)) == ({"a": "b"}, None)
