"""Expressions in places where Terraform wants constants: defaults of variables, and variable files."""

from __future__ import annotations

from tfparse.ast import Node
from tfparse.evaluate.core import Scope, evaluate, fail
from tfparse.values import Value
from tfparse.walking import calls


def constant(node: Node, scope: Scope) -> Value:
    """The value of an expression without functions; ``scope`` is to have no names either."""
    call = next(calls(node), None)
    if call is not None:
        fail(scope, call, "Function calls not allowed", "Functions may not be called here.")
    return evaluate(node, scope)
