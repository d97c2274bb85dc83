"""Values as a rendered file gives them, each node with its line."""

from __future__ import annotations

import re

from tfparse import Origin, Value
from tfparse.cty.values import Part, Unknown, string, text
from tfparse.documents import decode_yaml

FILE = "values.tpl"


def template(content: str) -> Value:
    """A text from line 1 of a file, where ``${name}`` is unknown."""
    parts: list[Part] = []
    line = 1
    for index, piece in enumerate(re.split(r"\$\{(\w+)\}", content)):
        at = Origin(FILE, line)
        parts.append(Part(Unknown(f"{piece} is a secret", at), at) if index % 2 else Part(piece, at, True))
        line += 0 if index % 2 else piece.count("\n")
    return text(tuple(parts), Origin(FILE, 1)) if len(parts) > 1 else string(content, Origin(FILE, 1), verbatim=True)


def values(content: str) -> Value:
    """A YAML document from line 1 of a file."""
    return decode_yaml(template(content))
