"""Template files: the text that ``templatefile()`` and ``templatestring()`` render."""

from __future__ import annotations

from tfparse.hcl.ast import Node
from tfparse.hcl.scanner import TEMPLATE
from tfparse.hcl.syntax import parse, reading


def parse_template(text: str, file: str) -> Node:
    """A template that is verbatim; as in Terraform, one that is a single ``${ }`` has the type of what is in it.

    :raises TerraformError: if a sequence in it is not valid syntax.
    """
    with reading(text, file) as source:
        return parse(source, "template", TEMPLATE)
