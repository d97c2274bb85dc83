"""JSON and YAML text as values, each knowing the line of the source where it stands.

Text that is partly unknown is read around its unknown stretches, on one assumption: that such a stretch stands for
the text of a scalar (or part of one) and does not itself change the structure around it.  A stretch that is a
whole plain scalar may be of any type.  Where the text cannot be read around them, all of it is unknown.

What was read from sensitive text is sensitive: all of it, or, where it is known which stretches made it so, only what
stands there.

Both raise :class:`~tfparse.diagnostics.TerraformError`, whose origin is the line that cannot be read.
"""

from __future__ import annotations

from tfparse.cty.values import Value
from tfparse.documents._json import JsonReader
from tfparse.documents._yaml import YamlReader


def decode_json(value: Value) -> Value:
    """The value that a JSON document describes, as Terraform's ``jsondecode`` reads it: objects and tuples."""
    return JsonReader(value).document()


def decode_yaml(value: Value) -> Value:
    """The value that a YAML document describes, as Terraform's ``yamldecode`` reads it: objects and tuples."""
    return YamlReader(value).document()
