"""The law of unknowns: what is said of a value of which part is unknown is true of every value that it may become."""

from __future__ import annotations

from collections.abc import Iterator

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.equality import could_be, hash_text
from tfparse.cty.types import DYNAMIC, List, Map, Object, Set, Tuple, Type
from tfparse.cty.values import Part, Unknown, Value, text

WHY = Unknown("made unknown by the test")


def variants(value: Value) -> Iterator[Value]:
    """The value with one part of it unknown, all such parts in turn."""
    yield Value(DYNAMIC, WHY)
    if value.type != DYNAMIC:
        yield Value(value.type, WHY)
    raw = value.raw
    if isinstance(raw, str):
        size, half = len(raw), len(raw) // 2
        for start, stop in {(0, 0), (0, size), (0, 1), (half, half + 1), (size - 1, size)}:
            if 0 <= start <= stop <= size:
                known = (Part(raw[:start], None), Part(WHY, None), Part(raw[stop:], None))
                yield text(tuple(part for part in known if part.text))
    elif isinstance(raw, tuple):
        for index, element in enumerate(raw):
            for variant in variants(element):
                yield rebuilt(value, (*raw[:index], variant, *raw[index + 1 :]))
    elif isinstance(raw, dict):
        for key, item in raw.items():
            for variant in variants(item):
                yield rebuilt(value, raw | {key: variant})
            yield Value(DYNAMIC, {k: v for k, v in raw.items() if k != key}, rest=WHY, marks=value.marks)
        yield Value(DYNAMIC, raw, rest=WHY, marks=value.marks)


def rebuilt(value: Value, raw: tuple[Value, ...] | dict[str, Value]) -> Value:
    """A value of other content: of a type that follows from it, or for collections the same where it can be."""
    if isinstance(raw, dict):
        kind: Type = Object.of({key: item.type for key, item in raw.items()})
    else:
        kind = Tuple(tuple(element.type for element in raw))
    structural = Value(kind, raw, marks=value.marks)
    if isinstance(value.type, (List, Set, Map)):
        try:
            return convert(structural, value.type)
        except ConversionError:
            return Value(value.type, WHY)
    return structural


def contradiction(guess: Value, truth: Value) -> str | None:
    """What ``guess`` says that ``truth`` denies."""
    if isinstance(guess.raw, Unknown):
        if guess.parts is not None and (not isinstance(truth.raw, str) or not could_be(guess, truth.raw)):
            return f"text with {guess.parts}, in truth {truth.raw!r}"
        return None
    if isinstance(guess.raw, dict) and isinstance(truth.raw, dict):
        if guess.rest is None and guess.raw.keys() != truth.raw.keys():
            return f"the keys {list(guess.raw)}, in truth {list(truth.raw)}"
        for key, item in guess.raw.items():
            found = contradiction(item, truth.raw[key]) if key in truth.raw else "is not there"
            if found:
                return f"under {key}: {found}"
        return None
    if isinstance(guess.raw, tuple) and isinstance(truth.raw, tuple):
        if isinstance(guess.type, Set):
            return sets_contradict(guess, truth)
        if len(guess.raw) != len(truth.raw):
            return f"{len(guess.raw)} elements, in truth {len(truth.raw)}"
        found = (contradiction(a, b) for a, b in zip(guess.raw, truth.raw, strict=True))
        return next(filter(None, found), None)
    if (guess.raw, type(guess.raw)) != (truth.raw, type(truth.raw)):
        return f"{guess.raw!r}, in truth {truth.raw!r}"
    return None


def sets_contradict(guess: Value, truth: Value) -> str | None:
    contents = {hash_text(element, exact=True) for element in truth.elements()}
    for element in guess.elements():
        if element.first_unknown() is None and hash_text(element, exact=True) not in contents:
            return f"an element {element.raw!r}, in truth {truth.raw!r}"
    return None
