"""Conditions: what each operator takes, of known, unknown and partly unknown values."""

from __future__ import annotations

import pytest

from readers import Malformed
from readers.subjects.condition import OPERATORS, parse_condition
from tfparse import Unknown, Value
from tfparse.cty.types import STRING
from tfparse.cty.values import Part, boolean, map_, number, object_, string, text, tuple_, unknown

WHY = Unknown("read from Vault")
HOST = text((Part(WHY, None), Part(".example.org", None)))
PORTS = tuple_((string("a"), string("b")))
LABELS = map_(STRING, {"app": string("mail"), "tier": string("edge")})


@pytest.mark.parametrize(
    ("cell", "value", "holds"),
    [
        ("1", number(1), True),
        ("1", string("1"), True),
        ("true", boolean(True), True),
        ("1", string("2"), False),
        ("Local", None, False),
        ('""', string(""), True),
        ('"at least 3"', string("at least 3"), True),
        ("1", PORTS, False),
        ("at least 200Mi", string("209715200"), True),
        ("at least 200Mi", string("100Mi"), False),
        ("at least 200Mi", string("0.2G"), False),
        ("at most 5m", string("300s"), True),
        ("at most 5m", string("1h"), False),
        ("at most 250m", string("0.25"), True),
        ("at most 250m", string("0.3"), False),
        ("at least 3", number(2), False),
        ("at least 3", None, False),
        ("one of a, b", string("b"), True),
        ('one of "a, b", c', string("a, b"), True),
        ("one of a, b", string("c"), False),
        ("like *.example.org", string("x.example.org"), True),
        ("like *.example.org", string("example.com"), False),
        ("like 1.?", string("1.6"), True),
        ("like 1.?", string("1.16"), False),
        ("like [a]", string("a"), False),
        ("starts with 10.0.", string("10.0.20.1"), True),
        ("starts with 10.0.", string("110.0.2.1"), False),
        ("not like *:latest", string("x:1"), True),
        ("not like *:latest", string("x:latest"), False),
        ("not x", None, False),
        ("like one of *:1.6, *@sha256:*", string("x:1.6"), True),
        ("like one of *:1.6, *@sha256:*", string("x@sha256:0"), True),
        ("like one of *:1.6, *@sha256:*", string("x:1.7"), False),
        ("not like one of *:latest, *:main", string("x:1"), True),
        ("pinned to 1.6-apache, 1.6.N-apache", string("roundcube/roundcubemail:1.6.11-apache"), True),
        ("pinned to 1.6-apache, 1.6.N-apache", string("roundcube/roundcubemail:1.6.x-apache"), False),
        ("pinned to 1.6-apache", string(f"roundcube/roundcubemail:latest@sha256:{'0' * 64}"), True),
        ("pinned to 1.6-apache", string("roundcube/roundcubemail"), False),
        ("pinned to 1.6-apache", None, False),
        ("names a host in sendgrid.net", string("[a.example.com]:587, [smtp.sendgrid.net]:587"), True),
        ("names a host in sendgrid.net", string("10 SendGrid.net."), True),
        ("names no host in sendgrid.net", string("[smtp.sendgrid.net]:587"), False),
        ("names no host in sendgrid.net", string("[sendgrid.net.example.com]:587, notsendgrid.net"), True),
        ("names no host in sendgrid.net", None, False),
        ("if set, names no host in sendgrid.net", None, True),
        ("version at least 1.9.0", string("1.10.0"), True),
        ("version at least 1.9.0", string("v1.8.11"), False),
        ("version at least 1.9", string("1.10"), True),
        ("version at least 2", string("2.0.0-rc.1"), False),
        ("version at least 2.0.0-rc.2", string("2.0.0-rc.11"), True),
        ("version at most 2", string("2.0.0+build"), True),
        ("version at most 2", string("2.0.1"), False),
        ("at most 700mb", string("640mb"), True),
        ("at most 80%", string("85 %"), False),
        ("at least 30d", string("4w"), False),
        ("has one like a*", PORTS, True),
        ("has one like c*", PORTS, False),
        ("has one like t*", LABELS, True),
        ("has none like c*", PORTS, True),
        ("has none like a*", PORTS, False),
        ("has none like c*", None, False),
        ("has a", PORTS, True),
        ("has c", PORTS, False),
        ("has app", LABELS, True),
        ("has x", string("x"), False),
        ("has no c", PORTS, True),
        ("has no a", PORTS, False),
        ("has no c", None, False),
        ("has no c", string("a"), False),
        ("exactly b, a", PORTS, True),
        ("exactly a", PORTS, False),
        ("exactly a, b, c", PORTS, False),
        ("exactly app, tier", LABELS, True),
        ("exactly app", LABELS, False),
        ("in order a, b", PORTS, True),
        ("in order b, a", PORTS, False),
        ("set", string(""), True),
        ("set", None, False),
        ("not set", None, True),
        ("not set", string(""), False),
        ("if set, Local", None, True),
        ("if set, Local", string("Cluster"), False),
        ("if set, has no a", PORTS, False),
    ],
)
def test_what_is_known_is_decided(cell: str, value: Value | None, holds: bool) -> None:
    assert parse_condition(cell).holds(value) is holds


@pytest.mark.parametrize(
    ("cell", "value", "holds"),
    [
        ("a", unknown("x"), None),
        ("set", unknown("x"), True),
        ("not set", unknown("x"), False),
        ("at least 1", unknown("x"), None),
        ("like *.example.org", HOST, True),
        ("like *.example.com", HOST, False),
        ("like a*.example.org", HOST, None),
        ("a.example.org", HOST, None),
        ("pinned to 1", unknown("x"), None),
        ("names no host in example.com", HOST, True),
        ("names a host in example.org", HOST, True),
        ("names a host in a.example.org", HOST, None),
        ("a.example.com", HOST, False),
        ("not a.example.com", HOST, True),
        ("starts with a", HOST, None),
        ("one of a.example.com, b.example.com", HOST, False),
        ("not like *.example.org", HOST, False),
        ("like one of *.example.org, *.net", HOST, True),
        ("like one of *.example.com, *.net", HOST, False),
        ("version at least 1", unknown("x"), None),
        ("has one like *.example.org", tuple_((HOST,)), True),
        ("has one like a*", tuple_((HOST,)), None),
        ("has none like *.example.com", tuple_((HOST,)), True),
        ("has none like x*", object_({"app": string("x")}, rest=WHY), None),
        ("has a", tuple_((unknown("x"), string("a"))), True),
        ("has b", tuple_((unknown("x"), string("a"))), None),
        ("has no b", tuple_((unknown("x"), string("b"))), False),
        ("exactly a", tuple_((unknown("x"), string("b"))), False),
        ("has app", object_({"app": string("x")}, rest=WHY), True),
        ("has x", object_({"app": string("x")}, rest=WHY), None),
        ("exactly app", object_({"app": string("x")}, rest=WHY), None),
        ("exactly x", object_({"app": string("x")}, rest=WHY), False),
    ],
)
def test_known_parts_of_the_unknown_may_decide(cell: str, value: Value, holds: bool | None) -> None:
    found = parse_condition(cell).holds(value)
    assert isinstance(found, Unknown) if holds is None else found is holds


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.words)
def test_an_operator_reads_its_own_example(operator: object) -> None:
    assert parse_condition(operator.example).text == operator.example


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", 'condition: it is empty; write "" for an empty text, or: not set'),
        ("at least", 'condition "at least": it lacks what to compare with; write, say, at least 200Mi'),
        ("at least much", 'quantity: "much" is not a quantity as Kubernetes writes them'),
        ('one of "a', 'list ""a": write its items as a, b or "a, with a comma", b'),
    ],
)
def test_what_is_no_condition_is_refused(cell: str, problem: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_condition(cell)
    assert str(refused.value) == problem


@pytest.mark.parametrize(("cell", "found", "problem"), [
    ("at least 1.9.0", "1.10.0", "of a version, say: version at least"),
    ("at least 1", "1.10.0", "of a version, say: version at least"),
    ("at most 1gb", "640mb", "is not a quantity"),
    ("version at least 1", "latest", "it is no version like 1.10.0"),
])  # fmt: skip
def test_amounts_of_other_kinds_are_not_compared(cell: str, found: str, problem: str) -> None:
    with pytest.raises(Malformed, match=problem):
        parse_condition(cell).holds(string(found))
