"""Values as JSON, for people and for tests: what is unknown or sensitive shows as such."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import partial

from tfparse.cty.convert import format_number
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.secrets.secrecy import Secrets

SENSITIVE = "(sensitive value)"


def as_json(value: Value, *, show_sensitive: bool = False, secrets: Secrets | None = None) -> str:
    """The value as one line of JSON.

    Sets are arrays.  An unknown is ``{"unknown": "why", "origin": "file:line"}``; of a map that may have
    further keys, the keys that are certain stand under ``"known"``.  A sensitive value is a fixed text, and so is,
    unless they are shown, what is decided where one of the repo's ``secrets`` stands.
    """
    if not show_sensitive and (value.secret or (secrets is not None and _is_secret(value, secrets))):
        return json.dumps(SENSITIVE)
    inner = partial(as_json, show_sensitive=show_sensitive, secrets=secrets)
    raw = value.raw
    if isinstance(raw, Unknown):
        return _unknown(raw, value.origin)
    if isinstance(raw, dict):
        shown = ", ".join(f"{_text(key)}: {inner(child)}" for key, child in raw.items())
        if value.rest is not None:
            return _unknown(value.rest, value.origin, f"{{{shown}}}" if raw else "")
        return f"{{{shown}}}"
    if isinstance(raw, tuple):
        return "[" + ", ".join(map(inner, raw)) + "]"
    if isinstance(raw, (int, Fraction)) and not isinstance(raw, bool):
        return format_number(raw)
    return _text(raw)


def _is_secret(value: Value, secrets: Secrets) -> bool:
    """A whole collection is none because it begins where one stands."""
    at = None if isinstance(value.raw, (dict, tuple)) else value.origin
    return at is not None and secrets.redacted_line(at.file, at.line) is not None


def _text(raw: object) -> str:
    return json.dumps(raw, ensure_ascii=False)


def _unknown(why: Unknown, origin: Origin | None, known: str = "") -> str:
    place = why.origin or origin
    shown = f'{{"unknown": {_text(why.reason)}, "origin": {_text(str(place) if place else None)}'
    return shown + (f', "known": {known}}}' if known else "}")
