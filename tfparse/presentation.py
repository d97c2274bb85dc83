"""Values as JSON, for people and for tests: what is unknown or sensitive shows as such."""

from __future__ import annotations

import json
from fractions import Fraction

from tfparse.convert import format_number
from tfparse.diagnostics import Origin
from tfparse.values import Unknown, Value

SENSITIVE = "(sensitive value)"


def as_json(value: Value, *, show_sensitive: bool = False) -> str:
    """The value as one line of JSON.

    Sets are arrays.  An unknown is ``{"unknown": "why", "origin": "file:line"}``; of a map that may have
    further keys, the keys that are certain stand under ``"known"``.  A sensitive value is a fixed text.
    """
    if value.sensitive and not show_sensitive:
        return json.dumps(SENSITIVE)
    raw = value.raw
    if isinstance(raw, Unknown):
        return _unknown(raw, value.origin)
    if isinstance(raw, dict):
        shown = ", ".join(f"{_text(k)}: {as_json(v, show_sensitive=show_sensitive)}" for k, v in raw.items())
        if value.rest is not None:
            return _unknown(value.rest, value.origin, f"{{{shown}}}" if raw else "")
        return f"{{{shown}}}"
    if isinstance(raw, tuple):
        return "[" + ", ".join(as_json(v, show_sensitive=show_sensitive) for v in raw) + "]"
    if isinstance(raw, (int, Fraction)) and not isinstance(raw, bool):
        return format_number(raw)
    return _text(raw)


def _text(raw: object) -> str:
    return json.dumps(raw, ensure_ascii=False)


def _unknown(why: Unknown, origin: Origin | None, known: str = "") -> str:
    place = why.origin or origin
    shown = f'{{"unknown": {_text(why.reason)}, "origin": {_text(str(place) if place else None)}'
    return shown + (f', "known": {known}}}' if known else "}")
