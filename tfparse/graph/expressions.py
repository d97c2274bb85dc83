"""An expression that stands in no file, asked of a root module."""

from __future__ import annotations

from tfparse.cty.convert import ConversionError
from tfparse.cty.values import Value
from tfparse.diagnostics import Diagnostic, Origin, TerraformError
from tfparse.graph.root import Root
from tfparse.hcl.syntax import parse_expression
from tfparse.lang import Lazy, Nested, evaluate
from tfparse.lang.traversal import Namespace

FILE = "<console>"


def evaluate_expression(root: Root, expression: str) -> Value:
    """The value of an expression in a root module, ``output.NAME`` included.

    Raises:
        TerraformError: Terraform would refuse it, or it is not worked out.
    """
    node = parse_expression(expression, FILE)
    names: dict[str, Lazy] = {"output": Namespace(root.instance.output)}
    try:
        return evaluate(node, Nested(root.instance.scope(FILE), names))
    except ConversionError as error:
        raise TerraformError(Diagnostic("Invalid expression", str(error), Origin(FILE, 1))) from None
    except RecursionError:
        raise TerraformError(too_deep(expression)) from None


def too_deep(expression: str) -> Diagnostic:
    """What is wrong with an expression that Python cannot follow."""
    return Diagnostic("Nested too deeply", expression[:80], Origin(FILE, 1))
