"""Functions of the provider that is built into Terraform: HCL made of values, and values of variable files.

Source: https://developer.hashicorp.com/terraform/language/functions/terraform-encode_tfvars (and its neighbours);
the form of what is written is hclwrite's, as Terraform 1.11.4 writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfparse.cty.convert import convert
from tfparse.cty.types import STRING
from tfparse.cty.values import Value
from tfparse.diagnostics import UnknownValueError
from tfparse.functions._parameters import Anything, FunctionError, Text
from tfparse.functions._registry import Call, function
from tfparse.patterns import pattern

_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def encode_expr(value: Anything) -> str:
    """The expression that a value is."""
    return _written(value)


def encode_tfvars(value: Anything) -> str:
    """The variable file that an object is."""
    if not isinstance(value.raw, dict):
        reason = "must be an object whose attribute names will become the encoded variable names"
        raise FunctionError(f"invalid value to encode: {reason}")
    for name in value.raw:
        if name.isascii() and not _NAME.fullmatch(name):
            rules = "must be a valid identifier, per Terraform's rules for input variable declarations"
            raise FunctionError(f'invalid variable name "{name}": {rules}')
    return "".join(f"{line}\n" for line in _items(value.raw))


def decode_tfvars(call: Call, src: Text) -> Value:
    """The object that the text of a variable file is."""
    return call.context.decode_variables(src)


for _body in (encode_expr, encode_tfvars, decode_tfvars):
    function(_body, room="provider::terraform::")


def _written(value: Value) -> str:
    raw = value.known().raw
    if value.rest is not None:
        raise UnknownValueError(value.rest.reason, value.rest.origin)
    if raw is None:
        return "null"
    if isinstance(raw, str):
        return f'"{"".join(_character(raw, at) for at in range(len(raw)))}"'
    if isinstance(raw, tuple):
        elements = [_written(element) for element in raw]
        if any("\n" in element for element in elements):
            raise UnknownValueError("how lists of objects are laid out in HCL is not worked out", value.origin)
        return f"[{', '.join(elements)}]"
    if isinstance(raw, dict):
        return "\n".join(("{", *(f"  {line}" for line in _items(raw)), "}")) if raw else "{}"
    return convert(value, STRING).as_string()


def _items(held: Mapping[str, Value]) -> Iterator[str]:
    """The lines of an object's items; of neighbours that take a line each, the equals signs stand in one column."""
    together: list[tuple[str, str]] = []
    for name, value in held.items():
        key, text = _key(name, value), _written(value)
        if "\n" in text:
            yield from _aligned(together)
            yield from f"{key} = {text}".split("\n")
            together = []
        else:
            together.append((key, text))
    yield from _aligned(together)


def _aligned(items: list[tuple[str, str]]) -> Iterator[str]:
    width = max((len(key) for key, _ in items), default=0)
    return (f"{key:{width}} = {text}" for key, text in items)


def _key(name: str, value: Value) -> str:
    if not name.isascii():
        raise UnknownValueError("how wide a key in HCL is taken to be is not worked out", value.origin)
    return name if _NAME.fullmatch(name) else _written(Value(STRING, name))


def _character(text: str, at: int) -> str:
    char = text[at]
    if char in _ESCAPED:
        return _ESCAPED[char]
    if char in "$%" and text[at + 1 : at + 2] == "{":
        return char * 2
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
