"""What a YAML scalar means, as go-cty-yaml's ``resolve.go`` has it."""

from __future__ import annotations

import base64
import re
from datetime import date
from typing import Final

from tfparse.cty.equality import could_be
from tfparse.cty.numbers import length_of, parse_number
from tfparse.cty.types import DYNAMIC, NUMBER
from tfparse.cty.values import Part, Unknown, Value, boolean, null, number, text
from tfparse.patterns import pattern


class ScalarError(Exception):
    """A scalar that its tag, or its content, does not allow."""


_INFINITY: Final = Value(NUMBER, Unknown("an infinite number is not worked with here"))
_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), boolean(True)),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), boolean(False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), null(DYNAMIC)),
    **dict.fromkeys((f"{sign}.{word}" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")), _INFINITY),
}
_INTEGER = pattern(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = pattern(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_TIME = pattern(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]|( ))([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_TAGS: Final = ("", "!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp", "!!binary")


def resolve(tag: str, source: str, *, quoted: bool) -> Value | str:
    """The value of a scalar; of a string, its content.

    Raises:
        ScalarError: the text is none of its tag.
    """
    if tag not in _TAGS:
        raise ScalarError(f'unsupported tag "{tag}"')
    if tag not in ("!!str", "!!binary") and (not source or source[0] in "+-0123456789yYnNtTfFoO~."):
        if quoted:
            return source
        if source in _WORDS:
            return _WORDS[source]
        found = _number_or_time(tag, source)
        if found is not None:
            return found
    return _tagged(tag, source) if tag else source


def _number_or_time(tag: str, source: str) -> Value | str | None:
    if not tag and source in (".nan", ".NaN", ".NAN"):
        raise ScalarError("floating point NaN is not supported")
    if source.startswith("."):
        try:
            return number(parse_number(source))
        except ValueError:
            return None
    time = _timestamp(source) if tag in ("", "!!timestamp") else None
    if time is not None:
        return time
    if _INTEGER.fullmatch(source) or _FLOAT.fullmatch(source):
        return _parsed(source, "!!int")
    return None


def _parsed(source: str, tag: str) -> Value:
    plain = source.replace("_", "")
    try:
        return number(parse_number(plain))
    except ValueError:
        pass
    # What Go's ParseInt takes with base 0, at most 64 bits.
    digits = plain.lstrip("+-")
    based = re.fullmatch("0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)", digits)
    if based is None:
        raise ScalarError(f'cannot parse "{source}" as {tag}')
    value = int(based[based.lastindex or 1][:20], (16, 8, 2)[(based.lastindex or 1) - 1])
    if value >= 2**64 or len(digits) > 70:
        raise ScalarError(f'cannot parse "{source}" as {tag}')
    return Value(NUMBER, length_of(-value if plain.startswith("-") else value))


def _tagged(tag: str, source: str) -> Value | str:
    problem = ScalarError(f'cannot parse "{source}" as {tag}')
    if tag == "!!binary":
        try:
            base64.b64decode(source, validate=True)
        except ValueError:
            raise ScalarError(f"{problem}: not valid base64") from None
    if tag in ("!!str", "!!binary"):
        return source
    if tag == "!!null":
        return null(DYNAMIC)
    if tag in ("!!int", "!!float"):
        return _parsed(source, tag)
    time = _timestamp(source) if tag == "!!timestamp" else None
    if time is None:
        raise problem
    return time


def _timestamp(source: str) -> str | None:
    """A timestamp in RFC 3339, without a fraction of a second; None if it is none."""
    match = _TIME.fullmatch(source)
    if match is None:
        return None
    year, month, day, space, hour, minute, second, zone = match.groups()
    # With a zone after a T, without one after a space.
    if hour is not None and (space is None) == (zone is None):
        return None
    clock = [int(part or 0) for part in (hour, minute, second)]
    try:
        date(int(year) or 4, int(month), int(day))
    except ValueError:
        return None
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    if zone in (None, "+00:00", "-00:00"):
        zone = "Z"
    return f"{year}-{int(month):02}-{int(day):02}T" + ":".join(f"{part:02}" for part in clock) + str(zone)


def may_be_typed(known: list[str]) -> bool:
    """Whether a plain scalar of these known stretches, with unknown ones between them, may be no string."""
    if not set("".join(known)) - set("0123456789abcdefABCDEFxXoO+-.:TtZ "):
        # It could spell a number or a time.
        return not known[0] or known[0][0] in "+-.0123456789"
    hole = Unknown("")
    parts = [Part(known[0], None)]
    for run in known[1:]:
        parts += [Part(hole, None), Part(run, None)]
    template = text(tuple(parts))
    return any(could_be(template, word) for word in _WORDS)
