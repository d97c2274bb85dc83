"""Static evaluation of Terraform source: no init, no plan, no credentials.

>>> infra = tfparse.load(Path("infra"))
>>> root = infra.root("stacks/mailserver")
>>> root.evaluate("local.tiers.edge").as_string()
"""

from __future__ import annotations

from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UndeclaredError, UnknownValueError, UnsupportedError
from tfparse.graph.model import Block, Body, IgnoredPath, Resource
from tfparse.graph.root import Root
from tfparse.infra import Infra
from tfparse.loading import load
from tfparse.source.cache import ParseCache, cached

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
