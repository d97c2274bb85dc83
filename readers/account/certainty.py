"""Whether something holds, where that may be unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from readers.account.setting import as_text
from tfparse.cty.values import Part, Unknown, Value
from tfparse.diagnostics import Origin, UnknownValueError

T = TypeVar("T")

Certainty = bool | Unknown
"""True or False where that is certain, else the unknown that hides which."""


def same(value: Value, text: str) -> Certainty:
    """Whether a value is this text.  A partly unknown one still cannot be what its known parts rule out."""
    if value.unknown is None:
        return as_text(value, f'"{text}"').raw == text
    return value.unknown if _could_be(value.text_parts(), text) else False


def _could_be(parts: tuple[Part, ...], text: str) -> bool:
    """Whether some content of the unknown parts makes the whole read ``text``."""
    first, last = parts[0].text, parts[-1].text
    start = len(first) if isinstance(first, str) else 0
    end = len(text) - (len(last) if isinstance(last, str) else 0)
    if start > end or not text.startswith(first if isinstance(first, str) else ""):
        return False
    if not text.endswith(last if isinstance(last, str) else ""):
        return False
    # Between the two ends the leftmost place for each known part is never worse than another.
    for part in parts[1:-1]:
        if isinstance(part.text, str):
            found = text.find(part.text, start, end)
            if found < 0:
                return False
            start = found + len(part.text)
    return True


def every(*certainties: Certainty) -> Certainty:
    """Whether all hold: one that certainly does not decides, whatever is unknown beside it."""
    if any(c is False for c in certainties):
        return False
    return next((c for c in certainties if isinstance(c, Unknown)), True)


def some(certainties: Iterable[Certainty]) -> Certainty:
    """Whether any holds: one that certainly does decides, whatever is unknown beside it."""
    found = list(certainties)
    return True if True in found else next((c for c in found if isinstance(c, Unknown)), False)


def told_apart(verdicts: Iterable[tuple[T, Certainty]]) -> tuple[list[T], list[tuple[T, Unknown]]]:
    """The things of which something holds, and those of which it may."""
    certain: list[T] = []
    doubtful: list[tuple[T, Unknown]] = []
    for thing, verdict in verdicts:
        if verdict is True:
            certain.append(thing)
        elif isinstance(verdict, Unknown):
            doubtful.append((thing, verdict))
    return certain, doubtful


def undetermined(question: str, why: Unknown, origin: Origin | None) -> UnknownValueError:
    """The error that says which question an unknown leaves open."""
    return UnknownValueError(f"{question}: {why.reason}", why.origin or origin)


def present(repetition: Unknown | None) -> Certainty:
    """Whether a resource or block exists at all, given how often it is repeated."""
    return True if repetition is None else repetition
