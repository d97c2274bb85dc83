"""Hash and crypto functions.

Source: https://developer.hashicorp.com/terraform/language/functions (Hash and Crypto Functions)
"""

from __future__ import annotations

import base64
import hashlib
import uuid as uuids
from collections.abc import Callable
from functools import partial
from typing import Any

from tfparse.cty.types import STRING
from tfparse.cty.values import Unknown, Value, string
from tfparse.functions._parameters import FunctionError, Num, Str, StringValue
from tfparse.functions._registry import Call, function

_NAMESPACES = {
    "dns": uuids.NAMESPACE_DNS, "url": uuids.NAMESPACE_URL, "oid": uuids.NAMESPACE_OID, "x500": uuids.NAMESPACE_X500,
}  # fmt: skip

Digest = Callable[[bytes], Any]


def _declare(name: str, hashed: Callable[[bytes], str]) -> None:
    """A hash function of a string, and the one of a file (``sha256`` and ``filesha256``)."""

    def of_string(str: Str) -> str:
        return hashed(str.encode())

    def of_file(call: Call, path: Str) -> StringValue:
        try:
            content = hashed(call.context.read_bytes(path))
        except FunctionError as error:  # where there is no file, the call as a whole is to blame
            raise FunctionError(f"{error}") from None
        return string(content, call.origin).marked(call.context.marks_of_file(path))

    of_string.__name__, of_file.__name__ = name, f"file{name}"
    function(of_string)
    function(of_file)


def _hexadecimal(digest: Digest, data: bytes) -> str:
    return str(digest(data).hexdigest())


def _in_base64(digest: Digest, data: bytes) -> str:
    return base64.b64encode(digest(data).digest()).decode()


for _name, _written, _digest in (
    ("md5", _hexadecimal, hashlib.md5), ("sha1", _hexadecimal, hashlib.sha1), ("sha256", _hexadecimal, hashlib.sha256),
    ("sha512", _hexadecimal, hashlib.sha512), ("base64sha256", _in_base64, hashlib.sha256),
    ("base64sha512", _in_base64, hashlib.sha512),
):  # fmt: skip
    _declare(_name, partial(_written, _digest))


@function
def uuidv5(namespace: Str, name: Str) -> str:
    """The UUID of a name in a namespace: ``dns``, ``url``, ``oid``, ``x500``, or a UUID."""
    space = _NAMESPACES.get(namespace)
    if space is None:
        try:
            space = uuids.UUID(namespace)
        except ValueError:
            raise FunctionError(f"uuidv5() doesn't support namespace {namespace}") from None
    return str(uuids.uuid5(space, name))


@function
def uuid(call: Call) -> StringValue:
    """A random UUID."""
    return _random(call)


@function
def bcrypt(call: Call, str: Str, *cost: Num) -> StringValue:
    """The bcrypt hash of a string, with a random salt."""
    return _random(call)


@function
def rsadecrypt(call: Call, ciphertext: Str, privatekey: Str) -> StringValue:
    """A ciphertext decrypted with a private key: a key that stands in the source is nothing to work with."""
    return Value(STRING, Unknown("rsadecrypt() is not worked out here", call.origin), call.origin)


def _random(call: Call) -> Value:
    return Value(STRING, Unknown(f"{call.name}() is random", call.origin), call.origin)
