"""Rendering of templates: quoted strings, heredocs and template files alike.

The result keeps, stretch by stretch, where its text stands and what of it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, STRING
from tfparse.cty.values import Part, Unknown, Value, text
from tfparse.diagnostics import origin_at
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, fail, origin_of, rule
from tfparse.lang.loops import collection_unknown, iterate, iterated


class _Rendering:
    """One template on its way to a string."""

    def __init__(self, verbatim: bool) -> None:
        self.verbatim = verbatim
        self.parts: list[Part] = []
        self.marks = 0
        self.within = 0
        """The marks of what decides that this part of the template is rendered."""

    def render(self, nodes: tuple[ast.Part, ...], scope: Scope) -> None:
        for node in nodes:
            match node:
                case (ast.TEXT, line, column, content):
                    marks = self.within | scope.context.marks_at(scope.file, line, column)
                    self.marks |= marks
                    self.parts.append(Part(content, origin_at((scope.file, line, column)), self.verbatim, marks))
                    scope.context.spend_text(len(content))
                    scope.context.spend(1)
                case (ast.INTERP, _, _, expression):
                    self.interpolate(expression, scope)
                case (ast.IF, *_):
                    self.choose(node, scope)
                case (ast.FOR, *_):
                    self.repeat(node, scope)

    def interpolate(self, node: Expression, scope: Scope) -> None:
        value = evaluate(node, scope)
        if value.is_null:
            fail(
                scope,
                node,
                "Invalid template interpolation value",
                "The expression result is null. Cannot include a null value in a string template.",
            )
        try:
            value = convert(value, STRING)
        except ConversionError as error:
            fail(
                scope,
                node,
                "Invalid template interpolation value",
                f"Cannot include the given value in a string template: {error}.",
            )
        self.marks |= value.marks
        whole = value.whole_marks()
        scope.context.spend(value.weight)
        for part in value.text_parts():
            if isinstance(part.text, str):
                scope.context.spend_text(len(part.text))
            self.parts.append(part._replace(marks=self.within | whole | part.marks))

    def choose(self, node: ast.If, scope: Scope) -> None:
        _, _, _, question, then, otherwise = node
        condition = evaluate(question, scope)
        if condition.is_null:
            fail(scope, question, "Null condition", "The condition value is null. It must be true or false.")
        try:
            condition = condition if condition.is_unknown else convert(condition, BOOL)
        except ConversionError as error:
            fail(scope, question, "Incorrect condition type", f"The condition must be of type bool: {error}.")
        self.marks |= condition.marks
        if isinstance(condition.raw, Unknown):
            self.hole(condition.raw, node, scope)
        else:
            with self.inside(condition.marks):
                self.render(then if condition.as_bool() else otherwise, scope)

    def repeat(self, node: ast.For, scope: Scope) -> None:
        _, _, _, key_name, value_name, source, inner = node
        collection = iterated(source, scope)
        self.marks |= collection.marks
        why = collection_unknown(collection)
        if why is not None:
            self.hole(why, node, scope)
            return
        with self.inside(collection.marks):
            for key, value in iterate(collection, source, scope):
                names: dict[str, Lazy] = {value_name: value}
                if key_name is not None:
                    names[key_name] = key
                self.render(inner, Nested(scope, names))

    @contextmanager
    def inside(self, marks: int) -> Iterator[None]:
        """What is rendered meanwhile is there because of something that has these marks."""
        outer, self.within = self.within, self.within | marks
        yield
        self.within = outer

    def hole(self, why: Unknown, node: ast.If | ast.For, scope: Scope) -> None:
        self.parts.append(Part(why, origin_of(node, scope), self.verbatim, self.within))


@rule(ast.TEMPLATE)
def _template(node: ast.Template, scope: Scope) -> Value:
    _, line, column, parts, verbatim = node
    rendering = _Rendering(verbatim)
    rendering.render(parts, scope)
    return text(tuple(rendering.parts), origin_at((scope.file, line, column)), marks=rendering.marks)
