"""Two answers are one and the same only if nobody could tell them apart."""

from __future__ import annotations

import pytest
from msgspec import Struct

from tfparse.cty.identity import identical
from tfparse.cty.values import Part, Unknown, Value, object_, string, text, tuple_, unknown
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
