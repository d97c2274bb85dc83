"""JSON whose text steers nothing: whatever does not print stands there as an escape of JSON's own."""

from __future__ import annotations

import json
import re
from typing import Any

from tfparse.patterns import pattern

_DOUBTFUL = pattern(r"[^\n\x20-\x7e]")


def json_text(content: Any) -> str:
    """A document as indented JSON.  Whoever parses it gets each text as it was."""
    return _DOUBTFUL.sub(_escaped, json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _escaped(found: re.Match[str]) -> str:
    if found[0].isprintable():
        return found[0]
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
