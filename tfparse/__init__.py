"""Static evaluation of Terraform source: no init, no plan, no credentials.

>>> infra = tfparse.load(Path("infra"))
>>> root = infra.root("stacks/mailserver")
>>> root.evaluate("local.tiers.edge").as_string()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any


def names_from(package: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """A module's ``__getattr__`` (PEP 562): the module that has a name is loaded when it is asked for, and not before.

    ``places`` has the module of each name, relative to the package.
    """

    def found(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{places[name]}"), name)

    return found


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
    from tfparse.secrets.loading import load
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
            "load": "secrets.loading",
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
