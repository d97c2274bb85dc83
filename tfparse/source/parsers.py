"""What parses a file of source, by how it is called."""

from __future__ import annotations

from collections.abc import Callable

from tfparse.hcl.ast import Body, Expression
from tfparse.hcl.json_syntax import parse_json_file
from tfparse.hcl.syntax import parse_file
from tfparse.hcl.template import parse_template


def parser_of(name: str) -> Callable[[bytes, str], Body]:
    """The parser of a ``.tf``, ``.tf.json``, ``.tfvars`` or ``.hcl`` file."""
    return parse_json_file if name.endswith(".json") else parse_file


def parse_template_file(data: bytes, name: str) -> Expression:
    return parse_template(data.decode(), name)
