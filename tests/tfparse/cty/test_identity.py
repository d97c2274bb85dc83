"""Two answers are one and the same only if nobody could tell them apart."""

from __future__ import annotations

import pytest
from msgspec import Struct

from tfparse.cty.identity import identical, kept_by_text
from tfparse.cty.values import STRING, Part, Unknown, Value, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin

HERE, THERE = Origin("main.tf", 1), Origin("main.tf", 2)


class Held(Struct, frozen=True):
    value: Value


class Thing:
    """What has no equality of its own."""


def made() -> list[object]:
    """Values of all kinds, each differing from the others in one thing."""
    return [
        string("a", HERE), string("a", THERE), string("b", HERE), string("a", HERE).marked(), unknown("why", HERE),
        unknown("why else", HERE), text((Part("a", HERE), Part(Unknown("why"), HERE))), object_({"a": string("a", HERE)}),
        object_({"b": string("a", HERE)}), tuple_((string("a", HERE),)), Held(string("a", HERE)),
        Held(string("a", THERE)), [("a", string("a", HERE))], [("a", string("a", THERE))], [], None, "a", 1,
        {"a": [string("a", HERE)]}, Origin("main.tf", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(len(made())))
def test_each_is_identical_to_its_like_and_to_nothing_else(number: int) -> None:
    one = made()[number]
    assert [identical(one, other) for other in made()] == [at == number for at in range(len(made()))]


def test_what_has_no_equality_is_only_itself() -> None:
    thing = Thing()
    assert identical([thing], [thing])
    assert not identical([thing], [Thing()])


def texts() -> list[Value]:
    """Strings of all kinds, each differing from the others in one thing."""
    whole, other = Unknown("why", HERE, "var.a"), Unknown("why", HERE, "var.b")
    return [
        string("a", HERE), string("a", THERE), string("b", HERE), string("a", HERE).marked(), string("a"),
        string("a", HERE, verbatim=True), text((Part("a", HERE), Part("b", THERE)), HERE),
        text((Part("ab", HERE), Part("b", THERE)), HERE), text((Part("a", HERE, marks=1), Part("b", THERE)), HERE),
        text((Part("a", HERE), Part(whole, HERE)), HERE), text((Part("a", HERE), Part(other, HERE)), HERE),
        Value(STRING, whole, HERE), Value(STRING, other, HERE), Value(STRING, Unknown("why else", HERE), HERE),
        Value(STRING, whole, HERE, parts=(Part("a", HERE), Part(other, HERE))),
    ]  # fmt: skip


def test_what_is_made_of_a_text_is_kept_for_its_like_and_for_nothing_else() -> None:
    made = kept_by_text(100)(lambda value: [value])
    first = [made(one) for one in texts()]
    assert [[made(one) is held for held in first] for one in texts()] == [
        [at == number for at in range(len(first))] for number in range(len(first))
    ]


def test_of_many_texts_the_last_are_kept_and_what_is_raised_is_not() -> None:
    asked = []

    @kept_by_text(1)
    def fails_once(value: Value) -> str:
        asked.append(value.as_string())
        if len(asked) == 1:
            raise ValueError
        return value.as_string()

    with pytest.raises(ValueError):
        fails_once(string("a"))
    assert [fails_once(string(one)) for one in "aaba"] == list("aaba")
    assert asked == ["a", "a", "b", "a"]
