"""JSON and YAML, read as values and written from them, each value knowing the line of the source where it stands.

Text that is partly unknown is read around its unknown stretches, on one assumption: that such a stretch stands for
the text of a scalar (or part of one) and does not itself change the structure around it.  A stretch that is a
whole plain scalar may be of any type.  Where the text cannot be read around them, all of it is unknown.

What was read from sensitive text is sensitive: all of it, or, where it is known which stretches made it so, only what
stands there.

What reads raises :class:`~tfparse.diagnostics.TerraformError`, whose origin is the line that cannot be read.
"""

from __future__ import annotations

from tfparse.cty.values import Value
from tfparse.documents._json_reader import JsonReader
from tfparse.documents._json_writer import encode as encode_json
from tfparse.documents._json_writer import quoted
from tfparse.documents._yaml_unwritten import as_read
from tfparse.documents._yaml_writer import encode as encode_yaml


def decode_json(value: Value) -> Value:
    """The value that a JSON document describes, as Terraform's ``jsondecode`` reads it: objects and tuples."""
    return JsonReader(value).document()


def decode_yaml(value: Value, *, octal: bool = False) -> Value:
    """The value that a YAML document describes, as Terraform's ``yamldecode`` reads it: objects and tuples.  With
    ``octal``, ``0644`` is a number in octal, as Kubernetes and Helm have it.
    """
    from tfparse.documents._yaml_reader import YamlReader  # with PyYAML, which a run without YAML does not wait for

    return YamlReader(value, octal=octal).document()


__all__ = ["as_read", "decode_json", "decode_yaml", "encode_json", "encode_yaml", "quoted"]
