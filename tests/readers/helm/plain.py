"""Values as Python has them."""

from __future__ import annotations

from typing import Any

from tfparse.cty.values import Unknown, Value


def plain(value: Value) -> Any:
    """What is not known is ``?``; so is what may be there besides, under ``...``."""
    if isinstance(value.raw, dict):
        return {key: plain(child) for key, child in value.raw.items()} | ({"...": "?"} if value.rest else {})
    if isinstance(value.raw, tuple):
        return [plain(child) for child in value.raw]
    return "?" if isinstance(value.raw, Unknown) else value.raw
