from __future__ import annotations

from typing import Any

import pytest

from readers import Malformed
from readers.helm.strvals import assignments, put
from tests.readers.helm.plain import plain
from tfparse.cty.values import Unknown, Value, object_, string, unknown
from tfparse.diagnostics import Origin

AT = Origin("main.tf", 7)


def parsed(text: str, *, strings: bool = False, into: Value | None = None) -> Any:
    values = object_({}) if into is None else into
    for path, value in assignments(text, "Helm set", AT, strings=strings):
        values = put(values, path, value, AT)
    return plain(values)


# What Helm makes of these: pkg/strvals/parser_test.go of helm/helm 3.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=null,f=false,t=true", {"a": None, "f": False, "t": True}),
        ("a=NULL,f=False,t=TRUE", {"a": None, "f": False, "t": True}),
        ("a=b", {"a": "b"}),
        ("a=b,c=d,", {"a": "b", "c": "d"}),
        ("a=,c=d", {"a": "", "c": "d"}),
        ("a=00009,b=0,c=1234567890,d=-5,e=+5", {"a": "00009", "b": 0, "c": 1234567890, "d": -5, "e": 5}),
        ("a=1.5,b=1e3,c=0x1", {"a": "1.5", "b": "1e3", "c": "0x1"}),
        ("a=9223372036854775807,b=9223372036854775808", {"a": 2**63 - 1, "b": "9223372036854775808"}),
        (r"a=one\,two,b=three\,four", {"a": "one,two", "b": "three,four"}),
        (r"a=one\=two,b=c=d", {"a": "one=two", "b": "c=d"}),
        ("a=one two three", {"a": "one two three"}),
        ("a.b.c=d", {"a": {"b": {"c": "d"}}}),
        ("a.b=1,a.c.d=2", {"a": {"b": 1, "c": {"d": 2}}}),
        ("a.b=", {"a": {"b": ""}}),
        (r"a\.b=c", {"a.b": "c"}),
        (r"nodeSelector.kubernetes\.io/role=master", {"nodeSelector": {"kubernetes.io/role": "master"}}),
        ("a={b,c},d={1,true}", {"a": ["b", "c"], "d": [1, True]}),
        ("a.b={c}", {"a": {"b": ["c"]}}),
        (r"a={b\,c,d\}}", {"a": ["b,c", "d}"]}),
        ("a={}", {"a": [""]}),
        ("a[0]=b", {"a": ["b"]}),
        ("a[0].b=c,a[0].d=e", {"a": [{"b": "c", "d": "e"}]}),
        ("a[0]=b,a[3]=c", {"a": ["b", None, None, "c"]}),
        ("a[1].b=c", {"a": [None, {"b": "c"}]}),
        ("a[1].b=c,a[0].b=d", {"a": [{"b": "d"}, {"b": "c"}]}),
        ("a[0][0]=1,b[1][1]=1", {"a": [[1]], "b": [None, [None, 1]]}),
        ("a[0]=", {"a": [""]}),
        ("a.b[0].c=d", {"a": {"b": [{"c": "d"}]}}),
        ("a[0]=b,a[0].c=d", {"a": [{"c": "d"}]}),
        ("", {}),
    ],
)
def test_sets_as_helm_does(text: str, expected: dict[str, Any]) -> None:
    assert parsed(text) == expected


@pytest.mark.parametrize("text", ["a=1234567890", "a=true", "a=null", "a=0"])
def test_strings_stay_strings(text: str) -> None:
    assert parsed(text, strings=True) == {"a": text[2:]}


@pytest.mark.parametrize(
    "text",
    [
        "a=b,,,,c=d",
        "a,b=",
        "a,b=c",
        "a,b",
        "a",
        "a.b",
        "a.b,a.c",
        "a.=b",
        "a.,b",
        "a={1021,902",
        "a[-1].b=c",
        "a[-1]=b",
        "a[0]b.c=d",
        "]={}].",
        "a[x]=b",
        "a[]=b",
        "a[65537]=b",
        "a[99999999999]=b",
        "a[0=b",
        "a[0",
        "a" + ".a" * 40 + "=b",
    ],
)
def test_what_helm_refuses(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parsed(text)
    assert refused.value.origin == AT


@pytest.mark.parametrize("text", ["a.b=c", "a[0]=c", "b.c=d"])
def test_a_step_that_does_not_fit(text: str) -> None:
    with pytest.raises(Malformed, match="is to be set in something that is no"):
        parsed(text, into=object_({"a": string("x"), "b": string("y")}))


def test_an_error_tells_no_secret() -> None:
    for text in ("a=b,hunter2", "a={hunter2", "a=b,hunter2[x]=c"):
        with pytest.raises(Malformed) as refused:
            parsed(text)
        assert "hunter2" not in str(refused.value)


# -- what is not known ----------------------------------------------------------------------------

OPEN = object_({"a": string("x")}, rest=Unknown("var.hidden has no value"))


def test_what_is_set_in_an_unknown_is_certain() -> None:
    assert parsed("a.b=1", into=unknown("var.hidden has no value")) == {"a": {"b": 1, "...": "?"}, "...": "?"}
    assert parsed("b.c=1", into=OPEN) == {"a": "x", "b": {"c": 1, "...": "?"}, "...": "?"}


def test_an_element_of_an_unknown_list_leaves_it_unknown() -> None:
    assert parsed("b[1]=1", into=OPEN) == {"a": "x", "b": "?", "...": "?"}


def test_origins_are_those_of_the_setting() -> None:
    (_, value), (_, listed) = assignments("a=b,c={d}", "Helm set", AT)
    assert (value.origin, listed.origin, listed.elements()[0].origin) == (AT, AT, AT)
