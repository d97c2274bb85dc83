"""What is read of the YAML text that is written of a value, told without writing it.

That is so of what is known, is no secret, and is written plainly; of anything else the text has to be read.
"""

from __future__ import annotations

from typing import Final

from tfparse.cty.normal import normalized
from tfparse.cty.types import DYNAMIC
from tfparse.cty.values import Value, boolean, null, number, object_, string
from tfparse.diagnostics import Origin
from tfparse.documents._text_reader import tuple_of
from tfparse.documents._yaml_writer import encode

_MAX_WEIGHT: Final = 400
_MAX_LENGTH: Final = 2_000
_MAX_DEPTH: Final = 40
"""What is larger may be too large for a document, which a character takes ten of at most."""
_MAX_KEY: Final = 128
_MAX_DIGITS: Final = 10**15
"""Larger numbers are written with an exponent, some of them."""


class _NotPlain(Exception):
    """The text has to be read."""


def as_read(value: Value) -> Value | None:
    """The value that the YAML text of an object describes; None where only the text tells."""
    if not value.raw or not isinstance(value.raw, dict) or value.weight > _MAX_WEIGHT or value.all_marks():
        return None
    try:
        return _read(value, _MAX_DEPTH)
    except _NotPlain:
        return None


def _read(value: Value, depth: int) -> Value:
    raw, origin = value.raw, value.origin
    if isinstance(raw, str):
        return _block(value, raw) if "\n" in raw else string(_plain(raw), origin)
    if isinstance(raw, bool):
        return boolean(raw, origin)
    if raw is None:
        return null(DYNAMIC, origin)
    if isinstance(raw, int) and abs(raw) < _MAX_DIGITS:
        return number(raw, origin)
    if not depth or value.rest is not None:
        raise _NotPlain
    if isinstance(raw, dict):
        items = {_key(key): _read(_placed(item), depth - 1) for key, item in raw.items()}
        return object_(items, _beginning(value))
    if isinstance(raw, tuple):
        return tuple_of([_read(_placed(element), depth - 1) for element in raw], _beginning(value))
    raise _NotPlain


def _block(value: Value, content: str) -> Value:
    """A text of several lines, which is read by itself: each of them has a place of its own."""
    if content[0] in " \n":  # which says how deep the block stands
        raise _NotPlain
    _plain(content.replace("\n", ""))
    from tfparse.documents._yaml_reader import YamlReader  # as in decode_yaml

    return YamlReader(encode(object_({"": value}))).document().mapping()[""]


def _beginning(value: Value) -> Origin | None:
    """Where a mapping or a sequence begins: with the first that is in it."""
    held = value.raw.values() if isinstance(value.raw, dict) else value.elements()
    return next((one.origin for one in held), value.origin)


def _placed(value: Value) -> Value:
    # What stands nowhere is read as standing where the text before it does.
    if value.origin is None:
        raise _NotPlain
    return value


def _plain(content: str) -> str:
    if len(content) > _MAX_LENGTH or not content.isprintable() or normalized(content) != content:
        raise _NotPlain
    return content


def _key(name: str) -> str:
    if name == "<<" or len(name) > _MAX_KEY or not name.isascii():
        raise _NotPlain
    return _plain(name)
