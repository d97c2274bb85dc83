"""Which provider configuration a resource goes through, as its root module names it.

Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfparse.configs.module import Located, Section
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression

if TYPE_CHECKING:
    from tfparse.graph.instance import ModuleInstance


def provider_of(instance: ModuleInstance, section: Section) -> str:
    """The configuration that a resource goes through: ``kubernetes``, or ``kubernetes.edge`` by its alias.

    What a module is handed under a name of its own is followed up to the root.  A reference that is none is given as
    it stands, ``?``.
    """
    located = section.attributes.get("provider")
    name = section.labels[0].partition("_")[0] if located is None else reference(located.node)
    for caller in instance.callers():
        if caller.parent is None:
            break
        name = _handed(_call_of(caller), name)
    return name


def _call_of(instance: ModuleInstance) -> Section:
    assert instance.parent is not None  # the root is called by nobody
    return instance.parent.module.calls[instance.call_name]


def _handed(call: Section, name: str) -> str:
    """What a module call hands on under a name; without a word about it, the caller's own of that name."""
    handed: Located | None = call.attributes.get("providers")
    match handed.node if handed is not None else None:
        case (ast.OBJECT, _, _, pairs):
            return next((reference(value) for key, value in pairs if reference(key) == name), name)
    return name if handed is None else "?"


def reference(node: Expression) -> str:
    """``aws`` or ``aws.edge``, also as older Terraform has it, in quotes."""
    match node:
        case (ast.VAR | ast.STRING, _, _, name):
            return name
        case (ast.ATTR, _, _, held, name):
            return f"{reference(held)}.{name}"
    return "?"
