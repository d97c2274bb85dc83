"""Evaluation of expressions: the syntax tree and a scope go in, a :class:`~tfparse.cty.values.Value` comes out.

The rules are HCL's (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md); conversion, operators
and functions have modules of their own.  Errors are :class:`~tfparse.diagnostics.TerraformError`.
"""

from __future__ import annotations

from tfparse.lang import calls, choices, literals, loops, names, templates
from tfparse.lang.choices import either
from tfparse.lang.constants import constant
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, evaluate_lazily, fail, looked_into, watching
from tfparse.lang.loops import collection_unknown, iterate, key_origin

__all__ = [
    "Lazy", "Nested", "Scope", "calls", "choices", "collection_unknown", "constant", "either", "evaluate",
    "evaluate_lazily", "fail", "iterate", "key_origin", "literals", "looked_into", "loops", "names", "templates",
    "watching",
]  # fmt: skip
