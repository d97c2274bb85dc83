"""Template files: the text that ``templatefile()`` and ``templatestring()`` render."""

from __future__ import annotations

from tfparse.hcl.ast import Expression
from tfparse.hcl.syntax import parse, reading
from tfparse.hcl.tokens import TEMPLATE


def parse_template(text: str, file: str) -> Expression:
    """A template that is verbatim; as in Terraform, one that is a single ``${ }`` has the type of what is in it.

    :raises TerraformError: if a sequence in it is not valid syntax.
    """
    with reading(text, file) as source:
        template: Expression = parse(source, "template", TEMPLATE)
        return template
