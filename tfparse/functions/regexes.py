"""Regular expressions in RE2's syntax, matched in linear time whatever the pattern.

Source: Go's ``regexp`` (which matches are found, what ``$1`` stands for); zclconf/go-cty,
``cty/function/stdlib/regexp.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any, Final

from tfparse.cty.text import MAX_TEXT, Cutter, piece
from tfparse.cty.types import List, Object, Tuple, Type
from tfparse.cty.values import STRING, Value, null, object_, tuple_
from tfparse.functions._elements import not_known
from tfparse.functions._parameters import FunctionError, PartText, Str
from tfparse.functions._registry import Call, Unsupported, check_size, function
from tfparse.patterns import pattern

_BYTES: Final = 300
"""To search so many bytes is worth a turn of a loop."""
_REFERENCE = pattern(r"\$(?:(\$)|\{(\w+)\}|(\w+))")

_NAMED = pattern(rb"\(\?(P?)<(\w+)>")
_ESCAPE = pattern(r"\\Q.*?(?:\\E|\Z)|\\.", re.DOTALL)
"""Go's RE2 knows no ``\\C``, a single byte."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # seldom needed, and large

    options = re2.Options()
    options.log_errors = False
    if any(found[0] == r"\C" for found in _ESCAPE.finditer(pattern)):
        raise FunctionError("invalid regexp pattern: invalid escape sequence in \\C", 0)
    try:
        # Over bytes an offset is one of RE2's own, and no text is encoded twice.
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        if "too large" in _message(error):
            # (Go has its own idea of what is.)
            raise Unsupported(f"not worked with here: {_message(error)}", 0) from None
        raise FunctionError(f"invalid regexp pattern: {_message(error)}", 0) from None


def _message(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


class _Offsets:
    """Turns offsets into UTF-8 bytes into offsets into the text, near a place that only moves on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()
        self._at = self._characters = 0

    def move(self, offset: int) -> None:
        """Goes on to where a match begins: all that is asked for next lies after it."""
        if not self._ascii:
            self._characters = self(offset)
            self._at = offset

    def __call__(self, offset: int) -> int:
        return offset if self._ascii else self._characters + len(self._data[self._at : offset].decode())


def _matches(compiled: Any, data: bytes, call: Call) -> Iterator[Any]:
    """All matches as Go finds them: no empty one right after another."""
    at, previous_end = 0, -1
    while at <= len(data):
        # One match is found in linear time, but it may take all of the text to be sure of each.
        call.context.spend((len(data) - at) // _BYTES)
        match = compiled.search(data, at)
        if match is None:
            return
        start, end = match.span()
        if end > at:
            at = end
        else:
            at += 1
            while at < len(data) and data[at] & 0xC0 == 0x80:
                at += 1
        if start != end or start != previous_end:
            yield match
        previous_end = end


def substitutions(pattern: str, text: str, template: str, call: Call) -> Iterator[tuple[int, int, str]]:
    """The stretches of ``text`` that match, and what each becomes: ``template`` with its ``$1`` filled in."""
    compiled, data = _compiled(pattern), text.encode()
    offset, total = _Offsets(data), 0
    for match in _matches(compiled, data, call):
        new = _REFERENCE.sub(partial(_referred, match, compiled), template)
        total += len(new)
        if total > MAX_TEXT:
            raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
        start, end = match.span()
        offset.move(start)
        yield offset(start), offset(end), new


def _referred(match: Any, compiled: Any, reference: re.Match[str]) -> str:
    dollar, *either = reference.groups()
    if dollar:
        return "$"
    name = next(filter(None, either))
    number = int(name) if name.isdecimal() and (name == "0" or name[0] != "0") and len(name) < 9 else None
    if number is None:
        number = compiled.groupindex.get(name.encode())
    if number is None or number > compiled.groups:
        return ""
    found = match.group(number)
    return found.decode() if found is not None else ""


def _result_type(compiled: Any) -> Type:
    """A string; of a pattern with groups, a tuple of strings; with named groups, an object."""
    names = [name.decode() for name in compiled.groupindex]
    if not compiled.groups:
        return STRING
    if not names:
        return Tuple((STRING,) * compiled.groups)
    if len(names) < compiled.groups:
        written = [name for _, name in _NAMED.findall(compiled.pattern)]
        if len(set(written)) < len(written):
            raise Unsupported("two groups of one name are not worked with here", 0)
        raise FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups", 0)
    return Object.of(dict.fromkeys(names, STRING))


class _Results:
    """Makes values of the matches in a text."""

    def __init__(self, pattern: str, subject: Value, call: Call) -> None:
        self._call = call
        self._compiled = _compiled(pattern)
        self.type = _result_type(self._compiled)
        self._data = subject.as_string().encode()
        self._offset = _Offsets(self._data)
        self._cutter = Cutter(subject.text_parts())
        self._origin = subject.origin

    def __iter__(self) -> Iterator[Value]:
        for match in _matches(self._compiled, self._data, self._call):
            self._offset.move(match.start())
            yield self._value(match)

    def _value(self, match: Any) -> Value:
        if not self._compiled.groups:
            return self._group(match, 0)
        if self._compiled.groupindex:
            named = {name.decode(): self._group(match, group) for name, group in self._compiled.groupindex.items()}
            return object_(named, self._origin)
        return tuple_(tuple(self._group(match, group + 1) for group in range(self._compiled.groups)), self._origin)

    def _group(self, match: Any, group: int) -> Value:
        start, end = match.span(group)
        if start < 0:
            return null(STRING, self._origin)
        return piece(self._cutter.cut(self._offset(start), self._offset(end)), self._origin)


@function
def regex(call: Call, pattern: Str, string: PartText) -> Value:
    """The first match; an error if there is none."""
    if string.unknown is not None:
        return not_known(call, string.unknown, _result_type(_compiled(pattern)))
    found = next(iter(_Results(pattern, string, call)), None)
    if found is None:
        raise FunctionError("pattern did not match any part of the given string")
    return found


@function
def regexall(call: Call, pattern: Str, string: PartText) -> Value:
    """All matches, as a list."""
    if string.unknown is not None:
        return not_known(call, string.unknown, List(_result_type(_compiled(pattern))))
    results = _Results(pattern, string, call)
    found: list[Value] = []
    for result in results:
        found.append(result)
        check_size(len(found) * result.weight)
    return Value(List(results.type), tuple(found), string.origin)
