"""Rendering of templates: quoted strings, heredocs and template files alike.

The result keeps, stretch by stretch, where its text stands and what of it is not known.
"""

from __future__ import annotations

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, STRING
from tfparse.cty.values import Part, Unknown, Value, text
from tfparse.diagnostics import Origin
from tfparse.hcl.ast import Node
from tfparse.lang.core import Lazy, Nested, Scope, evaluate, fail, rule
from tfparse.lang.loops import collection_unknown, iterate, iterated


class _Rendering:
    """One template on its way to a string."""

    def __init__(self, verbatim: bool) -> None:
        self.verbatim = verbatim
        self.parts: list[Part] = []
        self.sensitive = False

    def render(self, nodes: tuple[Node, ...], scope: Scope) -> None:
        for node in nodes:
            tag = node[0]
            if tag == "text":
                self.parts.append(Part(node[3], Origin(scope.file, node[1], node[2]), self.verbatim))
                scope.context.spend_text(len(node[3]))
            elif tag == "interp":
                self.interpolate(node[3], scope)
            elif tag == "if":
                self.choose(node, scope)
            else:
                self.repeat(node, scope)

    def interpolate(self, node: Node, scope: Scope) -> None:
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

    def choose(self, node: Node, scope: Scope) -> None:
        condition = evaluate(node[3], scope)
        if condition.is_null:
            fail(scope, node[3], "Null condition", "The condition value is null. It must be true or false.")
        try:
            condition = convert(condition, BOOL)
        except ConversionError as error:
            fail(scope, node[3], "Incorrect condition type", f"The condition must be of type bool: {error}.")
        self.sensitive |= condition.sensitive
        if isinstance(condition.raw, Unknown):
            self.hole(condition.raw, node, scope)
        else:
            self.render(node[4] if condition.as_bool() else node[5], scope)

    def repeat(self, node: Node, scope: Scope) -> None:
        collection = iterated(node[5], scope)
        self.sensitive |= collection.sensitive
        why = collection_unknown(collection)
        if why is not None:
            self.hole(why, node, scope)
            return
        for key, value in iterate(collection, node[5], scope):
            names: dict[str, Lazy] = {node[4]: value}
            if node[3] is not None:
                names[node[3]] = key
            self.render(node[6], Nested(scope, names))

    def hole(self, why: Unknown, node: Node, scope: Scope) -> None:
        self.parts.append(Part(why, Origin(scope.file, node[1], node[2]), self.verbatim))


@rule("template")
def _template(node: Node, scope: Scope) -> Value:
    rendering = _Rendering(node[4])
    rendering.render(node[3], scope)
    return text(tuple(rendering.parts), Origin(scope.file, node[1], node[2]), sensitive=rendering.sensitive)
