"""Static evaluation of Terraform source: no init, no plan, no credentials.

>>> infra = tfparse.load(Path("infra"))
>>> root = infra.root("stacks/mailserver")
>>> root.evaluate("local.tiers.edge").as_string()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any


def names_from(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """A module's ``__getattr__`` (PEP 562): the module that has a name is loaded when it is asked for, and not before.

    ``modules`` has the names in each of them; both are relative to the package.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

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
            "cty.values": "Unknown Value",
            "diagnostics": "Diagnostic Origin TerraformError UndeclaredError UnknownValueError UnsupportedError",
            "graph.model": "Block Body IgnoredPath Resource",
            "graph.root": "Root",
            "infra": "Infra",
            "secrets.loading": "load",
            "source.cache": "ParseCache cached",
        },
    )  # fmt: skip  (whoever needs one of them does not wait for the rest)

__all__ = [
    "Block", "Body", "Diagnostic", "IgnoredPath", "Infra", "Origin", "ParseCache", "Resource", "Root",
    "TerraformError", "UndeclaredError", "Unknown", "UnknownValueError", "UnsupportedError", "Value", "cached",
    "load",
]  # fmt: skip
