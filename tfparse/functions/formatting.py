"""``format`` and ``formatlist``: verbs as in Go's ``fmt``, on values.

Source: https://developer.hashicorp.com/terraform/language/functions/format; zclconf/go-cty,
``cty/function/stdlib/format.go``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.equality import without_marks
from tfparse.cty.gofmt import format_float
from tfparse.cty.graphemes import starts
from tfparse.cty.numbers import negative
from tfparse.cty.text import MAX_TEXT, cut
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, List, Primitive, Set
from tfparse.cty.values import Number, Part, Unknown, Value, list_, text
from tfparse.documents import encode_json, quoted
from tfparse.functions._elements import first_unknown
from tfparse.functions._parameters import FunctionError, Parameter, StringsValue, StringValue, Text
from tfparse.functions._registry import Call, Unsupported, check_size, function, normal
from tfparse.patterns import pattern

Formattable = Annotated[Value, Parameter(DYNAMIC, null=True, unknown=True)]

MAX_PRECISION: Final = 10_000
_VERB = pattern(r"%(?:(%)|([0#\- +]*)([1-9][0-9]*)?(?:(\.)([0-9]*))?(?:\[([1-9][0-9]*)\])?([a-zA-Z])?)")
_BASES: Final = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}


class _Verb(NamedTuple):
    """One verb: what it says, where (in bytes), and what it asks for.  ``argument`` counts from 1."""

    raw: str
    offset: int
    flags: str
    width: int
    precision: int | None
    argument: int
    letter: str


@function
def format_(call: Call, format: Text, *args: Formattable) -> StringValue:
    """Text in which each verb (``%s``, ``%05d``) is replaced by one of the arguments."""
    undecidable = _untyped(args, call)
    return _formatted(format, args, call) if undecidable is None else undecidable


@function
def formatlist(call: Call, format: Text, *args: Formattable) -> StringsValue:
    """As ``format``, once for each element of the arguments that are lists, all of one length."""
    undecidable = _untyped(args, call)
    if undecidable is not None:
        return undecidable
    length: tuple[int, int] | None = None
    undecided: Unknown | None = None
    for index, argument in enumerate(args):
        if argument.rest is not None or (argument.is_unknown and not isinstance(argument.type, Primitive)):
            undecided = undecided or argument.unknown or argument.rest
        elif isinstance(argument.raw, tuple):
            if isinstance(argument.type, Set) and len(argument.raw) > 1:
                undecided = undecided or argument.first_unknown()
            size = len(argument.raw)
            if length is not None and length[1] != size:
                message = (
                    f"argument {index + 1} has length {size}, which is inconsistent with argument "
                    f"{length[0] + 1} of length {length[1]}"
                )
                raise FunctionError(message, index + 1)
            length = length or (index, size)
    if undecided is not None:
        return Value(List(STRING), undecided, call.origin)
    turns = length[1] if length else 1
    check_size(turns * max(len(args), 1))
    made = []
    for turn in range(turns):
        row = [argument.raw[turn] if isinstance(argument.raw, tuple) else argument for argument in args]
        try:
            made.append(_formatted(format, row, call))
        except FunctionError as error:
            raise FunctionError(f"error on format iteration {turn}: {error}") from None
    return list_(STRING, tuple(made), call.origin)


def _untyped(args: Sequence[Value], call: Call) -> Value | None:
    """An unknown, where a null has no type: not even Terraform formats that, ever."""
    if not any(argument.is_null and argument.type == DYNAMIC for argument in args):
        return None
    return Value(DYNAMIC, Unknown(f"{call.name}() of a null without a type is never known", call.origin), call.origin)


def _formatted(template: Value, args: Sequence[Value], call: Call) -> Value:
    try:
        return _filled(template, args, call)
    except FunctionError:
        unknown = first_unknown(args)
        if unknown is None:
            raise
        return Value(STRING, unknown, call.origin)


def _filled(template: Value, args: Sequence[Value], call: Call) -> Value:
    content = template.as_string()
    parts: list[Part] = []
    at, following, highest, size = 0, 1, 0, 0
    for match in _VERB.finditer(content):
        parts.extend(cut(template, at, match.start()))
        at = match.end()
        if match[1]:
            parts.append(Part("%", call.origin))
            continue
        verb = _verb(match, following, content)
        following = verb.argument + 1
        highest = max(highest, verb.argument)
        made = _rendered(verb, args)
        size += sum(len(part.text) for part in made if isinstance(part.text, str))
        if size > MAX_TEXT:
            raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
        parts.extend(made)
    parts.extend(cut(template, at, len(content)))
    if highest < len(args):
        used = f"only {highest} used by format string" if highest else "no verbs in format string"
        raise FunctionError(f"too many arguments; {used}", highest + 1)
    return _normal(tuple(part for part in parts if part.text != ""), call)


def _normal(parts: tuple[Part, ...], call: Call) -> Value:
    return text(
        tuple(part._replace(text=normal(part.text)) if isinstance(part.text, str) else part for part in parts),
        call.origin,
    )


def _verb(match: re.Match[str], following: int, content: str) -> _Verb:
    _, flags, width, dot, precision, argument, letter = match.groups()
    offset = len(content[: match.start()].encode())
    if letter is None:
        end = match.end()
        if end == len(content):
            raise FunctionError(f"invalid format string starting at offset {len(content.encode())}")
        raise FunctionError(f"unrecognized format character {content[end]!r} at offset {len(content[:end].encode())}")
    wide = int((width or "-1")[:9])
    fine = int((precision or "0")[:9]) if dot else None
    if wide > MAX_TEXT or (fine or 0) > MAX_PRECISION:
        raise Unsupported(f"a width above {MAX_TEXT} or a precision above {MAX_PRECISION} is not worked with here")
    index = int(argument[:9]) if argument else following
    return _Verb(match[0], offset, flags, wide, fine, index, letter)


def _rendered(verb: _Verb, args: Sequence[Value]) -> tuple[Part, ...]:
    where = f'"{verb.raw}" at {verb.offset}'
    if verb.argument > len(args):
        raise FunctionError(f"not enough arguments for {where}: need index {verb.argument} but have {len(args)} total")
    argument = args[verb.argument - 1]
    if verb.letter != "v" and argument.is_null:
        raise FunctionError(f"unsupported value for {where}: null value cannot be formatted")
    unknown = argument.first_unknown()
    if unknown is not None:
        return _around_unknown(verb, argument, unknown)
    try:
        made = _text(verb, argument)
    except ConversionError as error:
        raise FunctionError(f"unsupported value for {where}: {error}") from None
    if made is None:
        # The string as it is: its lines keep their places.
        return argument.text_parts()
    return (Part(made, argument.origin),)


def _around_unknown(verb: _Verb, argument: Value, unknown: Unknown) -> tuple[Part, ...]:
    if verb.width < 0 and verb.precision is None and argument.parts is not None and verb.letter in "sv":
        return argument.parts if "#" not in verb.flags else (Part(unknown, argument.origin),)
    return (Part(unknown, argument.origin),)


def _text(verb: _Verb, argument: Value) -> str | None:
    """What a verb makes of a known argument; None for the string itself."""
    letter = verb.letter
    if letter == "v":
        if "#" not in verb.flags and isinstance(argument.raw, str):
            return None if verb.width < 0 else _padded(verb, argument.raw)
        if "#" not in verb.flags and argument.type == NUMBER and argument.raw is not None:
            number = argument.as_number()
            return _padded(verb, ("-" if negative(number) else "") + format_float(number, "g"))
        return _padded(verb, encode_json(without_marks(argument)).as_string())
    if letter == "t":
        return "true" if convert(argument, BOOL).as_bool() else "false"
    if letter in "bdoxXeEfgG":
        return _number(verb, convert(argument, NUMBER).as_number())
    if letter in "sq":
        converted = convert(argument, STRING)
        content = converted.as_string()
        if letter == "s" and verb.width < 0 and not verb.precision and isinstance(argument.raw, str):
            return None
        if verb.precision:
            begins = starts(content)
            content = content[: begins[verb.precision]] if verb.precision < len(begins) else content
        return _padded(verb, content if letter == "s" else quoted(content))
    raise FunctionError(f"unsupported format verb '{letter}' in \"{verb.raw}\" at offset {verb.offset}")


def _padded(verb: _Verb, content: str) -> str:
    missing = verb.width - len(starts(content))
    if missing <= 0:
        return content
    padding = ("0" if "0" in verb.flags else " ") * missing
    return content + padding if "-" in verb.flags else padding + content


def _number(verb: _Verb, number: Number) -> str:
    """A number by a verb of Go's ``fmt``, whose widths count the sign and whose zeros follow it."""
    if verb.letter in _BASES and not number:
        number = 0
    sign = "-" if negative(number) else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if verb.letter in _BASES:
        if number.denominator != 1:
            raise FunctionError(f'unsupported value for "{verb.raw}" at {verb.offset}: an integer is required')
        if number == 0 and verb.precision == 0:
            return ""  # Go writes nothing, whatever the width
        digits, zeros = _integer(verb, number.numerator)
    else:
        precision = verb.precision
        if precision is None and verb.letter not in "gG":
            precision = 6
        digits = format_float(number, verb.letter, precision)
        zeros = "0" in verb.flags
    missing = verb.width - len(sign) - len(digits)
    if missing <= 0:
        return sign + digits
    if zeros:
        return sign + "0" * missing + digits
    return sign + digits + " " * missing if "-" in verb.flags else " " * missing + sign + digits


def _integer(verb: _Verb, number: int) -> tuple[str, bool]:
    """The digits of an integer, with its prefix, and whether zeros fill up the width."""
    digits = f"{abs(number):{_BASES[verb.letter]}}" if number.bit_length() < 10_000 else format_float(number, "f", 0)
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0")
    prefix = {"o": "0", "x": "0x", "X": "0X", "b": "0b"}.get(verb.letter, "") if "#" in verb.flags else ""
    zeros = "0" in verb.flags and "-" not in verb.flags and verb.precision is None
    if zeros and prefix:
        digits = digits.rjust(verb.width - len(prefix) - (number < 0 or bool(set("+ ") & set(verb.flags))), "0")
    return prefix + digits, zeros
