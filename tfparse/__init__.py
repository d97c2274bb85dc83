"""Static evaluation of Terraform source: no init, no plan, no credentials.

>>> infra = tfparse.load(Path("infra"))
>>> root = infra.root("stacks/mailserver")
>>> root.evaluate("local.tiers.edge").as_string()
"""

from __future__ import annotations

from tfparse.cache import ParseCache, cached
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UndeclaredError, UnknownValueError, UnsupportedError
from tfparse.infra import Infra, Root, load
from tfparse.model import Block, Body, IgnoredPath, Resource
from tfparse.values import Unknown, Value

__all__ = [
    "Block", "Body", "Diagnostic", "IgnoredPath", "Infra", "Origin", "ParseCache", "Resource", "Root",
    "TerraformError", "UndeclaredError", "Unknown", "UnknownValueError", "UnsupportedError", "Value", "cached", "load",
]
