"""The law of secrets, for every function: what may be shown of a result is the same, whatever the secret was.

The arguments are those of the recorded cases.  Each argument, and each value within one, is marked in turn; then it is
exchanged for another, and nobody who sees only what is not marked can tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tfparse import functions, load
from tfparse.cty.types import STRING
from tfparse.cty.values import SECRET, Unknown, Value
from tfparse.diagnostics import Origin, TerraformError
from tfparse.functions import Context, FunctionError, Redacted, Unsupported, call, names
from tfparse.functions._registry import declared
from tfparse.graph.expressions import evaluate_expression

SPEC = Path(__file__).parents[2] / "spec" / "terraform"
PRELUDE = SPEC / "prelude"
"""The root module in which the recorded cases stand: small, for each test opens it anew."""
CANARY = "Canary-7"
TELLS_NOTHING = {"issensitive", "type"}
"""What is told of the mark and of the type, is told of no content."""
REFUSED = {"list", "map"}
"""Terraform has them no more."""
PICKED = {("lookup", 2), ("templatefile", 1), ("templatestring", 1)}
"""The arguments of which the result need not have anything."""
Call = tuple[str, list[Value], Context]


@cache
def recorded() -> dict[str, list[Call]]:
    """The calls in all recorded cases, by the name of the function."""
    calls: dict[str, list[Call]] = {name: [] for name in sorted(names())}
    root = load(PRELUDE).root("")

    def noted(name: str, args: list[Value], context: Context, origin: Origin | None = None) -> Value:
        calls.setdefault(name.removeprefix("core::"), []).append((name, list(args), context))
        return call(name, args, context, origin)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(functions, "call", noted)
        for file in sorted((SPEC / "cases").glob("*.txt")):
            for case in json.loads((SPEC / f"{file.stem}.json").read_text(encoding="utf-8"))["cases"]:
                try:
                    evaluate_expression(root, case["expr"])
                except (TerraformError, RecursionError):
                    continue
    return calls


def with_secrets(value: Value) -> Iterator[tuple[Value, Value]]:
    """The value with a mark on all of it, or on something in it; and so with another content in that place."""
    raw = value.raw
    if isinstance(raw, dict):
        for key, item in raw.items():
            for pair in with_secrets(item):
                yield replaced(value, raw | {key: pair[0]}), replaced(value, raw | {key: pair[1]})
    elif isinstance(raw, tuple):
        for index, item in enumerate(raw):
            for pair in with_secrets(item):
                before, after = raw[:index], raw[index + 1 :]
                yield replaced(value, (*before, pair[0], *after)), replaced(value, (*before, pair[1], *after))
    elif isinstance(raw, str):
        yield value.marked(SECRET), Value(STRING, CANARY, value.origin, marks=value.marks | SECRET)
    elif isinstance(raw, bool):
        yield value.marked(SECRET), Value(value.type, not raw, value.origin, marks=value.marks | SECRET)
    elif raw is not None and not isinstance(raw, Unknown):
        yield value.marked(SECRET), Value(value.type, raw + 1, value.origin, marks=value.marks | SECRET)


def replaced(value: Value, raw: Any) -> Value:
    return Value(value.type, raw, value.origin, marks=value.marks, rest=value.rest)


def seen(name: str, arguments: list[Value], context: Context) -> object:
    """What a report may show of the result of a call."""
    try:
        return shown(call(name, arguments, context))
    except (Redacted, Unsupported):
        return "refused"
    except FunctionError as error:
        return f"refused: {error}"


def shown(value: Value) -> object:
    raw = value.raw
    if value.secret:
        return raw.reason if isinstance(raw, Unknown) and CANARY in raw.reason else "secret"
    if isinstance(raw, dict):
        return {key: shown(item) for key, item in raw.items()}
    if isinstance(raw, tuple):
        return [shown(item) for item in raw]
    return f"unknown {raw.reason}" if isinstance(raw, Unknown) else raw


def takes_any(name: str) -> bool:
    """Whether a function has parameters."""
    function = declared(name)
    assert function is not None
    return bool(function.parameters or function.rest)


def is_all_secret(value: Value) -> bool:
    if value.secret or value.is_null:
        return True
    children = (
        value.raw.values() if isinstance(value.raw, dict) else value.raw if isinstance(value.raw, tuple) else None
    )
    return children is not None and all(map(is_all_secret, children))


@pytest.mark.parametrize("name", sorted(names() - TELLS_NOTHING - REFUSED))
def test_what_is_made_of_a_marked_argument_is_marked(name: str) -> None:
    calls, marked = recorded()[name], 0
    said: set[str] = set()
    for name_, arguments, context in calls:
        for index, argument in enumerate(arguments):
            given = [*arguments[:index], argument.marked(SECRET), *arguments[index + 1 :]]
            try:
                result = call(name_, given, context)
            except (Redacted, Unsupported):
                continue
            except FunctionError as error:
                said.add(str(error))
                continue
            marked += 1
            if (name, index) in PICKED:
                continue
            assert is_all_secret(result), f"{name}(), argument {index}: {[a.raw for a in given]} -> {result.raw!r}"
    assert all("argument" in message and CANARY not in message for message in said), said
    assert marked or not takes_any(name), f"{name}() is in no recorded case"


@pytest.mark.parametrize("name", sorted(names()))
def test_what_may_be_shown_tells_nothing_of_a_secret(name: str) -> None:
    for name_, arguments, context in recorded()[name]:
        for index, argument in enumerate(arguments):
            for one, other in with_secrets(argument):
                first, second = (
                    seen(name_, [*arguments[:index], given, *arguments[index + 1 :]], context) for given in (one, other)
                )
                if "refused" in (first, second):
                    continue  # that it is refused is known, and not why
                assert first == second, f"{name}(), argument {index}: {one.raw!r} or {other.raw!r}"
                assert CANARY not in str(second)
