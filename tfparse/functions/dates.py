"""Date and time functions.  Timestamps are RFC 3339; the present is not known to who only reads the source.

Source: https://developer.hashicorp.com/terraform/language/functions (Date and Time Functions)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from tfparse.cty.numbers import length_of
from tfparse.cty.types import STRING
from tfparse.cty.values import Number, Unknown, Value
from tfparse.functions._parameters import FunctionError, Str, StringValue
from tfparse.functions._registry import Call, Unsupported, function
from tfparse.patterns import pattern

_DATE = "([0-9]{4})-([0-9]{2})-([0-9]{2})"
_ZONE = "(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))"
_RFC3339 = pattern(_DATE + r"T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?" + _ZONE, re.ASCII)
_AS_GO = pattern(_DATE + "T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?" + _ZONE, re.ASCII)
"""``timecmp`` leaves it to Go, which is less strict than the RFC about the hour, the fraction and the offset."""
_DURATION = pattern(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS: Final = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_SECOND: Final = 10**9
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class _Time(NamedTuple):
    """A moment: local time to the second, nanoseconds, and the minutes that local time is ahead of UTC."""

    local: datetime
    nanoseconds: int
    offset: int

    @property
    def moment(self) -> tuple[datetime, int]:
        return self.local - timedelta(minutes=self.offset), self.nanoseconds

    def zone(self, colon: str = ":") -> str:
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02}{colon}{minutes:02}"

    def written(self, year: int) -> str:
        """In RFC 3339, with another year."""
        sign = "-" if year < 0 else ""
        return f"{sign}{abs(year):04}-{self.local:%m-%dT%H:%M:%S}" + (self.zone() if self.offset else "Z")


def _parsed(text: str, argument: int | None, form: re.Pattern[str] = _RFC3339) -> _Time:
    match = form.fullmatch(text)
    if match is None:
        raise FunctionError(f'not a valid RFC3339 timestamp: cannot use "{text}"', argument)
    *fields, fraction, _, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = map(int, fields)
    if not year:
        raise Unsupported("the year 0 is not worked with here", argument)
    try:
        # Local time as if it were UTC: how far it is ahead is kept beside it.
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise FunctionError(f"not a valid RFC3339 timestamp: {error}", argument) from None
    most = 1 if form is _AS_GO else 0
    if int(hours or 0) > 23 + most or int(minutes or 0) > 59 + most:
        raise FunctionError("not a valid RFC3339 timestamp: cannot use it as UTC offset", argument)
    ahead = int(hours or 0) * 60 + int(minutes or 0)
    return _Time(local, int((fraction or "0")[:9].ljust(9, "0")), -ahead if sign == "-" else ahead)


def _nanoseconds(duration: str) -> int:
    """A duration as Go's ``time.ParseDuration`` reads it (``-1h30m``)."""
    problem = FunctionError(f'time: invalid duration "{duration}"')
    body = duration[1:] if duration[:1] in ("-", "+") else duration
    total, at = 0, 0
    if body == "0":
        return 0
    while at < len(body):
        match = _DURATION.match(body, at)
        if match is None or not (match[1] or match[2]) or len(match[0]) > 40:
            raise problem
        whole, fraction, unit = match[1] or "0", match[2] or "", _UNITS[match[3]]
        # Go works out the fraction in floating point, and so in just this way.
        total += int(whole) * unit + int(int(fraction or "0") * (unit / 10 ** len(fraction)))
        at = match.end()
    if not body or total >= 2**63:
        raise problem
    return -total if duration.startswith("-") else total


@function
def timeadd(timestamp: Str, duration: Str) -> str:
    """A timestamp so much later (``"1h30m"``)."""
    time = _parsed(timestamp, None)
    seconds, _ = divmod(time.nanoseconds + _nanoseconds(duration), _SECOND)
    # The calendar is the same every 400 years, which is more than a duration can be: so no year is out of reach.
    years = 400 if time.local.year < 5000 else -400
    later = time._replace(local=time.local.replace(year=time.local.year + years) + timedelta(seconds=seconds))
    return later.written(later.local.year - years)


@function
def timecmp(timestamp_a: Str, timestamp_b: Str) -> Number:
    """-1, 0 or 1: whether the first moment is before, at, or after the second."""
    a, b = _parsed(timestamp_a, 0, _AS_GO).moment, _parsed(timestamp_b, 1, _AS_GO).moment
    return length_of((a > b) - (a < b))


@function
def timestamp(call: Call) -> StringValue:
    """The present."""
    return _when_run(call)


@function
def plantimestamp(call: Call) -> StringValue:
    """The moment of the plan."""
    return _when_run(call)


def _when_run(call: Call) -> Value:
    return Value(STRING, Unknown(f"{call.name}() depends on when Terraform runs", call.origin), call.origin)


_TOKEN = pattern(r"''|'((?:[^']|'')*)'(?!')|'.*|([a-zA-Z])\2*|[^a-zA-Z']+", re.DOTALL | re.ASCII)


_VERBS: Final[dict[str, Callable[[_Time], str]]] = {
    "YY": lambda time: f"{time.local.year % 100:02}",
    "YYYY": lambda time: f"{time.local.year:04}",
    "M": lambda time: str(time.local.month),
    "MM": lambda time: f"{time.local.month:02}",
    "MMM": lambda time: _MONTHS[time.local.month - 1][:3],
    "MMMM": lambda time: _MONTHS[time.local.month - 1],
    "D": lambda time: str(time.local.day),
    "DD": lambda time: f"{time.local.day:02}",
    "EEE": lambda time: _DAYS[time.local.weekday()][:3],
    "EEEE": lambda time: _DAYS[time.local.weekday()],
    "h": lambda time: str(time.local.hour),
    "hh": lambda time: f"{time.local.hour:02}",
    "H": lambda time: str(time.local.hour % 12 or 12),
    "HH": lambda time: f"{time.local.hour % 12 or 12:02}",
    "AA": lambda time: "PM" if time.local.hour >= 12 else "AM",
    "aa": lambda time: "pm" if time.local.hour >= 12 else "am",
    "m": lambda time: str(time.local.minute),
    "mm": lambda time: f"{time.local.minute:02}",
    "s": lambda time: str(time.local.second),
    "ss": lambda time: f"{time.local.second:02}",
    "Z": lambda time: time.zone() if time.offset else "Z",
    "ZZZ": lambda time: time.zone("") if time.offset else "UTC",
    "ZZZZ": lambda time: time.zone(""),
    "ZZZZZ": lambda time: time.zone(),
}


@function
def formatdate(format: Str, time: Str) -> str:
    """A timestamp in another form (``"DD MMM YYYY hh:mm ZZZ"``)."""
    moment = _parsed(time, 1)
    made = []
    for match in _TOKEN.finditer(format):
        token, literal, verb = match[0], match[1], match[2]
        if literal is not None:
            made.append(literal.replace("''", "'") if token != "''" else "'")
        elif token == "''":
            made.append("'")
        elif token.startswith("'"):
            raise FunctionError("unterminated literal '", 0)
        elif verb is None:
            made.append(token)
        elif token in _VERBS:
            made.append(_VERBS[token](moment))
        else:
            raise FunctionError(f'invalid date format verb "{token}"', 0)
    return "".join(made)
