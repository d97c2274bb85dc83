"""From when until when a requirement is in force: the tags ``@since(DATE)`` and ``@until(DATE)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from tfparse.patterns import pattern

_TAG = pattern(r"(since|until)\((.*)\)")
_RESEMBLES = pattern(r"since|until", re.IGNORECASE)
_ISO = pattern(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Lifetime(Struct, frozen=True):
    """``since`` is the first day of the promise, ``until`` the first day it no longer holds; None is open."""

    since: date | None = None
    until: date | None = None

    def absence(self, day: date) -> str | None:
        """Why the promise is not in force on a day; None where it is."""
        if self.since is not None and day < self.since:
            return f"since {self.since}"
        if self.until is not None and day >= self.until:
            return f"until {self.until}"
        return None


def is_lifetime(tag: str) -> bool:
    """Whether a tag (without its ``@``) means a lifetime, be it well or badly written."""
    return _RESEMBLES.match(tag) is not None


def lifetime(tags: Iterable[str]) -> Lifetime:
    """The span in which all the tags hold.  ValueError where one is malformed, or where that is never."""
    held: dict[str, list[date]] = {"since": [], "until": []}
    for tag in filter(is_lifetime, tags):
        match = _TAG.fullmatch(tag)
        if match is None:
            raise ValueError(f"@{tag}: a lifetime reads @since(YYYY-MM-DD) or @until(YYYY-MM-DD)")
        held[match[1]].append(_day(tag, match[2]))
    span = Lifetime(max(held["since"], default=None), min(held["until"], default=None))
    if span.since is not None and span.until is not None and span.until <= span.since:
        raise ValueError(f"never in force: it ends on {span.until} and begins on {span.since}")
    return span


def iso_date(text: str) -> date:
    """A date as in ``2026-03-08``, the only form taken.  ValueError for any other."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is not a date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


def _day(tag: str, text: str) -> date:
    try:
        return iso_date(text)
    except ValueError as error:
        raise ValueError(f"@{tag}: {error}") from None
