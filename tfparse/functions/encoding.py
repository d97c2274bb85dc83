"""Encoding functions: base64, URLs, JSON, CSV, YAML.

Source: https://developer.hashicorp.com/terraform/language/functions (Encoding Functions)
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Final
from urllib.parse import quote_plus

from tfparse.cty.types import DYNAMIC, STRING, List, Object
from tfparse.cty.values import SENSITIVE, Part, Unknown, Value, object_, string, text
from tfparse.diagnostics import TerraformError, UnsupportedError
from tfparse.documents import decode_json, decode_yaml, encode_json, encode_yaml
from tfparse.functions._parameters import FunctionError, Parameter, Str, StringValue
from tfparse.functions._registry import Call, function, normal
from tfparse.functions.csvs import rows
from tfparse.patterns import pattern

Encodable = Annotated[Value, Parameter(DYNAMIC, null=True, unknown=True, marked=True)]
MarkedText = Annotated[Value, Parameter(STRING, unknown=True, marked=True)]


@function
def base64encode(str: Str) -> str:
    """The UTF-8 bytes of a string in base64."""
    return base64.b64encode(str.encode()).decode()


@function
def base64decode(str: Str) -> str:
    """The string whose UTF-8 bytes are given in base64."""
    try:
        return _bytes(str).decode()
    except binascii.Error:
        raise FunctionError(f'failed to decode base64 data "{str}"') from None
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8") from None


_BASE64 = pattern("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def _bytes(text: str) -> bytes:
    data = re.sub(r"[\r\n]", "", text)
    if not _BASE64.fullmatch(data):
        raise binascii.Error("padding, or a character that is not base64's")
    return binascii.a2b_base64(data)


_GZIP_HEADER: Final = base64.b64encode(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")[:13].decode()


@function
def base64gzip(call: Call, str: Str) -> StringValue:
    """Compressed.  But for the header, the bytes depend on Go's own compressor."""
    hole = Unknown("base64gzip() depends on Terraform's own compressor", call.origin)
    return text((Part(_GZIP_HEADER, call.origin), Part(hole, call.origin)), call.origin)


_UNICODE: Final = {"utf-8": "utf-8", "csutf8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
                   "utf-16": "utf-16-be", "csutf16": "utf-16-be"}  # fmt: skip
_PARTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)
_PAGES: Final = (437, 850, 852, 855, 860, 862, 863, 865, 866)
_BYTES: Final = {
    **dict.fromkeys(["us-ascii", "us", "iso646-us", "ansi_x3.4-1968", "ibm367", "cp367", "csascii"], "ascii"),
    **dict.fromkeys(["latin1", "l1", "iso_8859-1", "iso-ir-100", "ibm819", "cp819", "csisolatin1"], "iso8859-1"),
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in _PARTS},
    **{f"{word}{page}": f"cp{page}" for page in _PAGES for word in ("ibm", "cp", "")},
    **{f"windows-125{page}": f"cp125{page}" for page in range(9)},
    "ibm00858": "cp858", "ibm037": "cp037", "ibm01140": "cp1140", "macintosh": "mac-roman", "windows-874": "cp874",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u",
}  # fmt: skip
"""IANA's names and aliases (in lower case) of encodings with a byte for each character, and Python's codec for each."""

_WITHOUT_C1: Final = frozenset(f"iso8859-{part}" for part in _PARTS if part not in (1, 9))
"""Tables in which Terraform has no character for the bytes 80 to 9f, where Python has controls."""
_OTHERWISE: Final = {"koi8-u": {0xAE: "\u045e", 0xBE: "\u040e"}, "cp1255": {0xCA: "\u05ba"}}


@cache
def _table(codec: str) -> tuple[str | None, ...]:
    """The character of each byte, as Go's golang.org/x/text/encoding/charmap has it."""
    found = [None if char == "\ufffd" else char for char in bytes(range(256)).decode(codec, "replace")]
    if codec in _WITHOUT_C1:
        found[0x80:0xA0] = [None] * 32
    for byte, char in _OTHERWISE.get(codec, {}).items():
        found[byte] = char
    return tuple(found)


def _check_known(encoding: str) -> None:
    """Raises FunctionError where Terraform certainly has no encoding of that name."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        message = f'"{encoding}" is not a supported IANA encoding name or alias in this Terraform version'
        raise FunctionError(message, 1) from None


def _foreign(call: Call, encoding: str) -> Value:
    """Of an encoding that Terraform may have, in tables of its own."""
    _check_known(encoding)
    return Value(STRING, Unknown(f"{call.name}() is not worked out here for {encoding}", call.origin), call.origin)


@function
def textencodebase64(call: Call, string: Str, encoding: Str) -> StringValue:
    """The bytes of a string in some character encoding, in base64."""
    name = encoding.lower()
    if name in _UNICODE:
        # What does not say its byte order begins with a mark of it.
        mark = codecs.BOM_UTF16_BE if name in ("utf-16", "csutf16") else b""
        return _text(base64.b64encode(mark + string.encode(_UNICODE[name])).decode(), call)
    if name not in _BYTES:
        return _foreign(call, encoding)
    byte = {char: number for number, char in enumerate(_table(_BYTES[name]))}
    try:
        return _text(base64.b64encode(bytes([byte[char] for char in string])).decode(), call)
    except KeyError:
        message = f"the given string contains characters that cannot be represented in {encoding}"
        raise FunctionError(message, 0) from None


@function
def textdecodebase64(call: Call, source: Str, encoding: Str) -> StringValue:
    """The string whose bytes in some character encoding are given in base64."""
    name = encoding.lower()
    if name in ("utf-16", "csutf16") or name not in _UNICODE.keys() | _BYTES.keys():
        return _foreign(call, encoding)
    try:
        data = _bytes(source)
    except binascii.Error:
        raise FunctionError("the given value is has an invalid base64 symbol", 0) from None
    if name in _UNICODE:
        decoded = data.decode(_UNICODE[name], "replace")
    else:
        table = _table(_BYTES[name])
        decoded = "".join([table[byte] or "\ufffd" for byte in data])
    if "\ufffd" in decoded:
        raise FunctionError(f"the given string contains symbols that are not defined for {encoding}", 0)
    return _text(decoded, call)


def _text(content: str, call: Call) -> Value:
    return string(normal(content), call.origin)


@function
def urlencode(str: Str) -> str:
    """A string as a query parameter."""
    return quote_plus(str)


@function
def csvdecode(call: Call, str: Str) -> Value:
    """A list of objects, one a line, whose attributes are named by the first line."""
    header, *lines = rows(str)
    for index, name in enumerate(header):
        if name in header[:index]:
            raise FunctionError(f'duplicate column name "{name}"')
    element = Object.of({normal(name): STRING for name in header})
    records = []
    for number, fields in enumerate(lines):
        if len(fields) != len(header):
            raise FunctionError(f"CSV parse error on line {number + 2}: wrong number of fields")
        named = {normal(name): _text(field, call) for name, field in zip(header, fields, strict=True)}
        records.append(object_(named, call.origin))
    return Value(List(element), tuple(records), call.origin)


@function
def jsonencode(call: Call, val: Encodable) -> StringValue:
    """JSON text.  Around what is unknown in the value, the rest of the text is known."""
    return encode_json(val, call.origin).marked(val.all_marks())


@function
def jsondecode(call: Call, str: MarkedText) -> Value:
    """The value that JSON text describes: objects and tuples."""
    return _decoded(call, decode_json, str)


@function
def yamlencode(call: Call, value: Encodable) -> StringValue:
    """YAML text.  Around what is unknown in the value, the rest of the text is known."""
    return encode_yaml(value, call.origin).marked(value.all_marks())


@function
def yamldecode(call: Call, src: MarkedText) -> Value:
    """The value that YAML text describes: objects and tuples."""
    return _decoded(call, decode_yaml, src)


_MARKS: Final = ",:[{-\n\\"
"""Behind each of these a value may begin, or an escape: to read one takes as long as to read some characters."""


def _reading(text: str) -> int:
    """The steps that it takes to read a document, at most."""
    return len(text) // 8 + 2 * sum(map(text.count, _MARKS))


def _decoded(call: Call, decode: Callable[[Value], Value], text: Value) -> Value:
    # Before it is read, for what is refused afterwards has taken its time.
    call.context.spend(sum(_reading(part.text) for part in text.text_parts() if isinstance(part.text, str)))
    try:
        found = decode(text)
    except UnsupportedError:
        raise
    except TerraformError as error:
        raise FunctionError(error.diagnostics[0].detail) from None
    if found.is_unknown and text.marks:
        # (What is said of text around an unknown may quote it.)
        return Value(DYNAMIC, text.unknown or found.raw, found.origin, marks=text.marks)
    # Of secret stretches only what is made of them is secret; to Terraform, all is as sensitive as the text.
    return found.marked(text.whole_marks() | (text.marks & SENSITIVE))
