"""Expressions in places where Terraform wants constants: defaults of variables, and variable files."""

from __future__ import annotations

from tfparse.cty.values import Value
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import calls
from tfparse.lang.core import Scope, evaluate, fail


def constant(node: Expression, scope: Scope) -> Value:
    """The value of an expression without functions; ``scope`` is to have no names either."""
    call = next(calls(node), None)
    if call is not None:
        fail(scope, call, "Function calls not allowed", "Functions may not be called here.")
    return evaluate(node, scope)
