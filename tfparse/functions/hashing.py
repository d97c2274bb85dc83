"""Hash and crypto functions.

Source: https://developer.hashicorp.com/terraform/language/functions (Hash and Crypto Functions)
"""

from __future__ import annotations

import base64
import hashlib
import uuid as uuids
from collections.abc import Callable
from typing import Any

from tfparse.cty.types import STRING
from tfparse.cty.values import Unknown, Value
from tfparse.functions._parameters import FunctionError, Num, Str, StringValue
from tfparse.functions._registry import Call, function

_NAMESPACES = {
    "dns": uuids.NAMESPACE_DNS, "url": uuids.NAMESPACE_URL, "oid": uuids.NAMESPACE_OID, "x500": uuids.NAMESPACE_X500,
}  # fmt: skip

Digest = Callable[[bytes], Any]


def hexadecimal(digest: Digest, data: bytes) -> str:
    """A hash as Terraform's plain hash functions write it."""
    return str(digest(data).hexdigest())


def in_base64(digest: Digest, data: bytes) -> str:
    """A hash as Terraform's ``base64...`` functions write it."""
    return base64.b64encode(digest(data).digest()).decode()


@function
def md5(str: Str) -> str:
    """The MD5 hash of a string, in hexadecimal."""
    return hexadecimal(hashlib.md5, str.encode())


@function
def sha1(str: Str) -> str:
    """The SHA-1 hash of a string, in hexadecimal."""
    return hexadecimal(hashlib.sha1, str.encode())


@function
def sha256(str: Str) -> str:
    """The SHA-256 hash of a string, in hexadecimal."""
    return hexadecimal(hashlib.sha256, str.encode())


@function
def sha512(str: Str) -> str:
    """The SHA-512 hash of a string, in hexadecimal."""
    return hexadecimal(hashlib.sha512, str.encode())


@function
def base64sha256(str: Str) -> str:
    """The SHA-256 hash of a string, in base64."""
    return in_base64(hashlib.sha256, str.encode())


@function
def base64sha512(str: Str) -> str:
    """The SHA-512 hash of a string, in base64."""
    return in_base64(hashlib.sha512, str.encode())


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
