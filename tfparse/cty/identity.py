"""Whether two answers are one and the same, down to the lines that decide them: values as Terraform compares them may
differ in that.
"""

from __future__ import annotations

from msgspec import Struct

from tfparse.cty.values import Value

_VALUE = ("type", "sensitive", "origin", "parts", "rest", "raw")


def identical(one: object, other: object) -> bool:
    """Whether nobody could tell the two apart.  What cannot be compared is not identical."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Value):
        return all(identical(getattr(one, name), getattr(other, name)) for name in _VALUE)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(identical, one.values(), other.values()))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, Struct):
        return all(identical(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)
    return one == other and getattr(one, "precision", None) == getattr(other, "precision", None)
