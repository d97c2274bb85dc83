"""Terraform's functions: one module a family, what they have in common in private ones.

:func:`call` runs one by name; :func:`names` lists them.  ``try`` and ``can`` are not among them: they look at how
their arguments are evaluated, and so belong to the evaluator.
"""

from __future__ import annotations

from tfparse.functions import (  # each declares its functions
    builtin_provider,
    conversion,
    dates,
    encoding,
    filesystem,
    formatting,
    hashing,
    mappings,
    network,
    numeric,
    rearranging,
    regexes,
    sequences,
    sets,
    strings,
)
from tfparse.functions._parameters import FunctionError
from tfparse.functions._registry import Context, Redacted, Unsupported, call, names

__all__ = [
    "Context", "FunctionError", "Redacted", "Unsupported", "builtin_provider", "call", "conversion", "dates",
    "encoding", "filesystem", "formatting", "hashing", "mappings", "names", "network", "numeric", "rearranging",
    "regexes", "sequences", "sets", "strings",
]  # fmt: skip
