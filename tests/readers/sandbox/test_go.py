"""A program written in Go is told of how to run, and hears it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from readers.prometheus.promtool import PROMTOOL
from readers.sandbox.go import GO

RULES = {"a.yml": "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]"}


@pytest.mark.needs("promtool")
@pytest.mark.parametrize(("told", "collects"), [((), True), (GO, False)])
def test_it_does_not_look_for_what_is_no_more_needed(told: tuple[tuple[str, str], ...], collects: bool) -> None:
    program = replace(PROMTOOL, environment=(*told, ("GODEBUG", "gctrace=1")))
    said = program.run(["check", "rules", "--lint=none", "a.yml"], RULES)
    assert (said.status, "gc 1 @" in said.err) == (0, collects)


@pytest.mark.needs("promtool")
def test_where_memory_is_short_it_does() -> None:
    """Its limit stands whatever else it is told: with one that it has reached as it starts, it collects."""
    short = (*(pair for pair in GO if pair[0] != "GOMEMLIMIT"), ("GOMEMLIMIT", "1MiB"), ("GODEBUG", "gctrace=1"))
    said = replace(PROMTOOL, environment=short).run(["check", "rules", "--lint=none", "a.yml"], RULES)
    assert (said.status, "gc 1 @" in said.err) == (0, True)
