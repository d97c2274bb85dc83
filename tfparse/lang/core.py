"""How an expression is evaluated: the scope it is evaluated in, and the rule for each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

from tfparse.cty.convert import ConversionError
from tfparse.cty.values import SECRET, Unknown, Value
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, origin_at
from tfparse.functions import Context
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, Node, place_of, tag_of
from tfparse.lang.traversal import Reference

Lazy = Value | Reference
Rule = Callable[[Any, "Scope"], Lazy]

RULES: dict[str, Rule] = {}


def rule(tag: str) -> Callable[[Rule], Rule]:
    """Makes a function the rule for nodes of a tag."""

    def register(function: Rule) -> Rule:
        RULES[tag] = function
        return function

    return register


class Scope(Protocol):
    """What an expression may refer to, and the world its functions may read."""

    @property
    def file(self) -> str:
        """The file that the expression stands in."""

    @property
    def context(self) -> Context:
        """The world that its functions may read."""

    def resolve(self, name: str, origin: Origin) -> Lazy:
        """What the first name of a traversal stands for (``local``, ``each``, a resource type, ...)."""

    def excerpt(self, origin: Origin) -> str:
        """The source line at ``origin``."""


class Nested:
    """A scope with a few more names in it: the variables of ``for``, of a template, of an iterator."""

    __slots__ = ("outer", "names", "file", "context")

    def __init__(self, outer: Scope, names: dict[str, Lazy], file: str | None = None) -> None:
        self.outer = outer
        self.names = names
        self.file = outer.file if file is None else file
        self.context = outer.context

    def resolve(self, name: str, origin: Origin) -> Lazy:
        found = self.names.get(name)
        return self.outer.resolve(name, origin) if found is None else found

    def excerpt(self, origin: Origin) -> str:
        return self.outer.excerpt(origin)


def evaluate(node: Expression, scope: Scope) -> Value:
    """The value of an expression."""
    if _WATCHES and _WATCHES[-1] is not None:
        return _watched(node, scope, _WATCHES[-1])
    result = RULES[tag_of(node)](node, scope)
    if isinstance(result, Value):
        return result
    try:
        return result.value()
    except ConversionError as error:
        fail(scope, node, "Invalid reference", str(error))


class Met:
    """What the expressions in a ``try`` or ``can`` were made of.

    ``unknowns`` may yet prove to be an error.  ``marks``: whether there is an error may come of a secret.
    """

    def __init__(self) -> None:
        self.unknowns: list[Unknown] = []
        self.marks = 0

    def failed(self, error: TerraformError) -> int:
        """The marks of what is known once they have failed."""
        return self.marks | SECRET * any(diagnostic.secret for diagnostic in error.diagnostics)


_WATCHES: list[Met | None] = []
"""One for each ``try`` or ``can`` under way; None while a declaration elsewhere is worked out."""

_CARRIERS = frozenset({ast.TUPLE, ast.OBJECT, ast.PAREN, ast.VAR, ast.ITEM})
"""What takes any value whatever, without looking into it."""


@contextmanager
def watching(met: Met | None) -> Iterator[None]:
    """Adds to ``met`` what the expressions evaluated meanwhile look into."""
    _WATCHES.append(met)
    try:
        yield
    finally:
        _WATCHES.pop()


def evaluate_apart(node: Expression, scope: Scope) -> Value:
    """As :func:`evaluate`, of a declaration elsewhere: a ``try`` that is under way is not told what it looks into."""
    if not _WATCHES:
        return evaluate(node, scope)
    with watching(None):
        return evaluate(node, scope)


def looked_into(*values: Value) -> None:
    """Says that an expression depends on what these values hold."""
    if _WATCHES and (met := _WATCHES[-1]) is not None:
        met.unknowns.extend(why for value in values if (why := value.first_unknown()) is not None)


def _watched(node: Expression, scope: Scope, met: Met) -> Value:
    tag = tag_of(node)
    result = RULES[tag](node, scope)
    try:
        value = result if isinstance(result, Value) else result.value()
    except ConversionError as error:
        fail(scope, node, "Invalid reference", str(error))
    met.marks |= value.marks & SECRET
    why: Unknown | None = None
    match node:
        case (ast.ATTR | ast.INDEX, _, _, (ast.VAR, _, _, "var" | "local"), _):
            pass
        case (ast.ATTR | ast.INDEX, *_):
            why = value.unknown
        case _ if tag not in _CARRIERS:
            why = value.first_unknown()
    if why is not None:
        met.unknowns.append(why)
    return value


def evaluate_lazily(node: Expression, scope: Scope) -> Lazy:
    """As :func:`evaluate`, but a reference to a whole module or resource is not yet worked out."""
    return RULES[tag_of(node)](node, scope)


def fail(scope: Scope, node: Node, summary: str, detail: str = "", *, secret: bool = False) -> NoReturn:
    origin = origin_of(node, scope)
    raise TerraformError(Diagnostic(summary, detail, origin, scope.excerpt(origin), secret))


def origin_of(node: Node, scope: Scope) -> Origin:
    return origin_at((scope.file, *place_of(node)))


def as_unknown(error: TerraformError) -> Unknown:
    """The reason for an unknown that an error leaves behind."""
    first = error.diagnostics[0]
    detail = f": {first.detail}" if first.detail else ""
    return Unknown(f"{first.summary}{detail}", first.origin)
