"""Static evaluation of Terraform source: no init, no plan, no credentials.

>>> infra = tfparse.load(Path("infra"))
>>> root = infra.root("stacks/mailserver")
>>> root.evaluate("local.tiers.edge").as_string()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfparse.lazily import names_from

if TYPE_CHECKING:
    from tfparse.cty.values import Unknown, Value
    from tfparse.diagnostics import (
        Diagnostic,
        Origin,
        TerraformError,
        UndeclaredError,
        UnknownValueError,
        UnsupportedError,
    )
    from tfparse.graph.model import Block, Body, IgnoredPath, Resource
    from tfparse.graph.root import Root
    from tfparse.infra import Infra
    from tfparse.loading import load
    from tfparse.source.cache import ParseCache, cached
else:
    __getattr__ = names_from(
        __name__,
        {
            "Unknown": "cty.values",
            "Value": "cty.values",
            "Diagnostic": "diagnostics",
            "Origin": "diagnostics",
            "TerraformError": "diagnostics",
            "UndeclaredError": "diagnostics",
            "UnknownValueError": "diagnostics",
            "UnsupportedError": "diagnostics",
            "Block": "graph.model",
            "Body": "graph.model",
            "IgnoredPath": "graph.model",
            "Resource": "graph.model",
            "Root": "graph.root",
            "Infra": "infra",
            "load": "loading",
            "ParseCache": "source.cache",
            "cached": "source.cache",
        },
    )  # whoever needs one of them does not wait for the rest

__all__ = [
    "Block",
    "Body",
    "Diagnostic",
    "IgnoredPath",
    "Infra",
    "Origin",
    "ParseCache",
    "Resource",
    "Root",
    "TerraformError",
    "UndeclaredError",
    "Unknown",
    "UnknownValueError",
    "UnsupportedError",
    "Value",
    "cached",
    "load",
]
