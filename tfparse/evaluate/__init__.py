"""Evaluation of expressions: the syntax tree and a scope go in, a :class:`~tfparse.values.Value` comes out.

The rules are HCL's (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md); conversion, operators
and functions have modules of their own.  Errors are :class:`~tfparse.diagnostics.TerraformError`.
"""

from __future__ import annotations

from tfparse.evaluate import calls, choices, literals, loops, names, templates
from tfparse.evaluate.choices import either
from tfparse.evaluate.constants import constant
from tfparse.evaluate.core import Lazy, Nested, Scope, evaluate, evaluate_lazily, fail, looked_into, watching
from tfparse.evaluate.loops import collection_unknown, iterate, key_origin

__all__ = [
    "Lazy", "Nested", "Scope", "calls", "choices", "collection_unknown", "constant", "either", "evaluate",
    "evaluate_lazily", "fail", "iterate", "key_origin", "literals", "looked_into", "loops", "names",
    "templates", "watching",
]
