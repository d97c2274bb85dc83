"""Rendering of templates: quoted strings, heredocs and template files alike.

The result keeps, stretch by stretch, where its text stands and what of it is not known.
"""

from __future__ import annotations

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, STRING
from tfparse.cty.values import Part, Unknown, Value, text
from tfparse.diagnostics import Origin
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, fail, origin_of, rule
from tfparse.lang.loops import collection_unknown, iterate, iterated


class _Rendering:
    """One template on its way to a string."""

    def __init__(self, verbatim: bool) -> None:
        self.verbatim = verbatim
        self.parts: list[Part] = []
        self.sensitive = False

    def render(self, nodes: tuple[ast.Part, ...], scope: Scope) -> None:
        for node in nodes:
            match node:
                case (ast.TEXT, line, column, content):
                    self.parts.append(Part(content, Origin(scope.file, line, column), self.verbatim))
                    scope.context.spend_text(len(content))
                case (ast.INTERP, _, _, expression):
                    self.interpolate(expression, scope)
                case (ast.IF, *_):
                    self.choose(node, scope)
                case (ast.FOR, *_):
                    self.repeat(node, scope)

    def interpolate(self, node: Expression, scope: Scope) -> None:
        value = evaluate(node, scope)
        if value.is_null:
            fail(scope, node, "Invalid template interpolation value",
                             "The expression result is null. Cannot include a null value in a string template.")
        try:
            value = convert(value, STRING)
        except ConversionError as error:
            fail(scope, node, "Invalid template interpolation value",
                             f"Cannot include the given value in a string template: {error}.")
        self.sensitive |= value.sensitive
        scope.context.spend(value.weight)
        for part in value.text_parts():
            if isinstance(part.text, str):
                scope.context.spend_text(len(part.text))
            self.parts.append(part._replace(sensitive=part.sensitive or value.sensitive))

    def choose(self, node: ast.If, scope: Scope) -> None:
        _, _, _, question, then, otherwise = node
        condition = evaluate(question, scope)
        if condition.is_null:
            fail(scope, question, "Null condition", "The condition value is null. It must be true or false.")
        try:
            condition = convert(condition, BOOL)
        except ConversionError as error:
            fail(scope, question, "Incorrect condition type", f"The condition must be of type bool: {error}.")
        self.sensitive |= condition.sensitive
        if isinstance(condition.raw, Unknown):
            self.hole(condition.raw, node, scope)
        else:
            self.render(then if condition.as_bool() else otherwise, scope)

    def repeat(self, node: ast.For, scope: Scope) -> None:
        _, _, _, key_name, value_name, source, inner = node
        collection = iterated(source, scope)
        self.sensitive |= collection.sensitive
        why = collection_unknown(collection)
        if why is not None:
            self.hole(why, node, scope)
            return
        for key, value in iterate(collection, source, scope):
            names: dict[str, Lazy] = {value_name: value}
            if key_name is not None:
                names[key_name] = key
            self.render(inner, Nested(scope, names))

    def hole(self, why: Unknown, node: ast.If | ast.For, scope: Scope) -> None:
        self.parts.append(Part(why, origin_of(node, scope), self.verbatim))


@rule(ast.TEMPLATE)
def _template(node: ast.Template, scope: Scope) -> Value:
    _, _, _, parts, verbatim = node
    rendering = _Rendering(verbatim)
    rendering.render(parts, scope)
    return text(tuple(rendering.parts), origin_of(node, scope), sensitive=rendering.sensitive)
