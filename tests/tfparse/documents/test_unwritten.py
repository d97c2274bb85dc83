"""What is told of a YAML text without writing it is what is read of it, down to the lines."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfparse.cty.identity import identical
from tfparse.cty.types import DYNAMIC, NUMBER, STRING
from tfparse.cty.values import Part, Unknown, Value, boolean, null, number, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin
from tfparse.documents import decode_yaml, encode_yaml
from tfparse.documents._yaml_unwritten import as_read

ORIGINS = st.builds(Origin, st.sampled_from(["a.tf", "b.tf"]), st.integers(1, 3))
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
FOREIGN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
LONG = st.lists(
    st.sampled_from([" ", "  ", "a", "word", "'", '"', "\\", ": ", "# ", "é", "—", "e\u0301"]), max_size=60
).map("".join)
LINES = st.lists(st.sampled_from([" ", "a", "word", '"', "\\", ": ", "# ", "é", "\n", "\n"]), max_size=20).map("".join)
WORDS = st.sampled_from(
    ["", "~", "no", "yes", "null", "1", "0644", "1e3", "2001-01-01", "<<", "-", "---", "...", "? x", "&a", "*a", "!!str",
     "{}", "a: b", "@", "%", "`", "|", ">", "x" * 127, "x" * 128, "x" * 129]
)  # fmt: skip
TEXTS = PRINTABLE | FOREIGN | LONG | WORDS | LINES


def collections(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Objects and tuples, each with its place."""
    return st.builds(object_, st.dictionaries(PRINTABLE | WORDS, inner, max_size=4), ORIGINS) | st.builds(
        tuple_, st.lists(inner, max_size=4).map(tuple), ORIGINS
    )


def rendered(texts: list[str], places: list[Origin | None], origin: Origin) -> Value:
    """A text as a template makes it: each stretch with its place."""
    parts = [
        Part(text_, place, index % 2 == 0) for index, (text_, place) in enumerate(zip(texts, places, strict=False))
    ]
    return text(tuple(parts), origin)


SCALARS = (
    st.builds(string, TEXTS, ORIGINS)
    | st.builds(rendered, st.lists(LINES, max_size=3), st.lists(ORIGINS | st.none(), min_size=3), ORIGINS)
    | st.builds(number, st.integers(-(10**17), 10**17), ORIGINS)
    | st.builds(number, st.fractions(max_denominator=8), ORIGINS)
    | st.builds(boolean, st.booleans(), ORIGINS)
    | st.builds(null, st.sampled_from([STRING, NUMBER]), ORIGINS)
)
VALUES = st.recursive(SCALARS, collections, max_leaves=12)
OBJECTS = st.builds(object_, st.dictionaries(PRINTABLE | WORDS, VALUES, max_size=5), ORIGINS)


@given(OBJECTS, ORIGINS)
def test_what_is_told_is_what_is_read(value: Value, place: Origin) -> None:
    told = as_read(value)
    assert told is None or identical(told, decode_yaml(encode_yaml(value, place)))


AT, BELOW = Origin("a.tf", 1), Origin("a.tf", 2)


def of(item: Value, key: str = "k", origin: Origin | None = AT) -> Value:
    return object_({key: item}, origin)


TEXT = text((Part("one\n", AT, True), Part("two\nthree\n", Origin("b.tf", 7), True)), AT)


@pytest.mark.parametrize(
    "value",
    [
        of(string("", AT)), of(string("no", AT)), of(string("a — é " * 40, AT)), of(number(7, AT)), of(null(STRING, AT)),
        of(TEXT), of(of(TEXT, origin=BELOW)), of(tuple_((TEXT, TEXT), AT)), of(tuple_((), AT)), of(object_({}, AT)),
        of(tuple_((tuple_((of(boolean(True, BELOW)),), BELOW),), AT)), of(string("x", AT), origin=None),
        of(tuple_((number(1, AT), of(TEXT)), BELOW)),
    ],
)  # fmt: skip
def test_what_is_plain_is_told(value: Value) -> None:
    told = as_read(value)
    assert told is not None
    assert identical(told, decode_yaml(encode_yaml(value, BELOW)))


@pytest.mark.parametrize(
    "value",
    [
        object_({}, AT), tuple_((of(string("x", AT)),), AT), string("x", AT), null(DYNAMIC, AT),
        of(string("x")), of(object_({"k": string("x", AT)})), of(tuple_((string("x"),), AT)),
        of(string("x", AT).marked()), of(string("x", AT)).marked(), of(unknown("why", AT)),
        object_({"k": string("x", AT)}, AT, Unknown("why")), of(object_({"k": string("x", AT)}, AT, Unknown("why"))),
        of(of(string("x", AT)), "<<"), of(string("x", AT), "k" * 129), of(string("x", AT), "é"),
        of(string(" x\n", AT)), of(string("x\ty", AT)), of(string("e\u0301", AT)), of(string("\ufeffx", AT)),
        of(number(10**15, AT)), of(number(Fraction(1, 2), AT)), of(string("x" * 2001, AT)),
        of(tuple_((number(1, AT),) * 400, AT)), reduce(lambda inner, _: of(inner), range(41), string("x", AT)),
    ],
)  # fmt: skip
def test_of_anything_else_the_text_is_read(value: Value) -> None:
    assert as_read(value) is None
