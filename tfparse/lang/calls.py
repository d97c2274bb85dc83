"""Function calls; ``try`` and ``can``, which look at errors instead of passing them on."""

from __future__ import annotations

from collections.abc import Iterator

from tfparse import functions
from tfparse.cty.types import BOOL, DYNAMIC, Object, Tuple, Type
from tfparse.cty.values import Unknown, Value, boolean, object_, tuple_
from tfparse.diagnostics import Diagnostic, TerraformError, UnsupportedError, WholeModuleError, origin_at
from tfparse.functions import FunctionError, Redacted, Unsupported
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, place_of
from tfparse.lang.core import Met, Nested, Scope, evaluate, fail, looked_into, origin_of, rule, watching
from tfparse.lang.loops import collection_unknown

_CALL = 2
"""A call is worth so many turns of a loop."""


@rule(ast.CALL)
def _call(node: ast.Call, scope: Scope) -> Value:
    _, line, column, name, given, expand = node
    origin = origin_at((scope.file, line, column))
    bare = name.removeprefix("core::")
    if bare in ("try", "can"):
        return _can(node, scope) if bare == "can" else (_try_each if expand else _try)(node, given, scope)
    if bare == "templatestring" and given and not _is_reference(given[0]):
        fail(
            scope,
            given[0],
            "Invalid function argument",
            f'Call to function "{name}" failed: invalid template expression: it must be a direct reference to a '
            "string from elsewhere.",
        )
    arguments = []
    for argument in given:
        arguments.append(evaluate(argument, scope))
    looked_into(*arguments)
    if expand:
        last = arguments.pop()
        why = collection_unknown(last)
        if why is not None:
            return Value(DYNAMIC, why, origin, marks=last.marks)
        arguments.extend(_expanded(last, node, scope))
    scope.context.spend(_CALL)
    try:
        return functions.call(name, arguments, scope.context, origin)
    except Unsupported as error:
        raise UnsupportedError(
            Diagnostic("Not worked out", f'Call to function "{name}": {error}.', origin, scope.excerpt(origin))
        ) from None
    except FunctionError as error:
        place: Expression = node
        summary = "Error in function call"
        if error.argument_index is not None:
            place = given[min(error.argument_index, len(given) - 1)] if given else node
            summary = "Invalid function argument"
        summary, secret = error.summary or summary, isinstance(error, Redacted)
        fail(scope, place, summary, f'Call to function "{name}" failed: {error}.', secret=secret)


def _expanded(last: Value, node: ast.Call, scope: Scope) -> Iterator[Value]:
    """The arguments that the last one stands for, as in ``max(numbers...)``."""
    if last.is_null or not isinstance(last.raw, tuple):
        fail(
            scope,
            node,
            "Invalid expanding argument value",
            "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
        )
    return (v.marked(v.marks | last.marks) for v in last.elements())


def _try(node: ast.Call, arguments: tuple[Expression, ...], scope: Scope) -> Value:
    errors: list[Diagnostic] = []
    marks = 0
    for argument in arguments:
        met = Met()
        try:
            with watching(met):
                value = evaluate(argument, scope)
        except WholeModuleError:
            raise
        except UnsupportedError as error:
            return _unsupported(error, node, scope)
        except TerraformError as error:
            errors.extend(error.diagnostics)
            marks |= met.failed(error)
            continue
        if met.unknowns:
            # Once it is known, this argument may turn out to be an error, and the next one counts.
            return Value(DYNAMIC, met.unknowns[-1], origin_of(node, scope), marks=value.marks | marks)
        return _untyped(value).marked(value.marks | marks)
    origin = origin_of(node, scope)
    detail = "no expression succeeded: " + "; ".join(f"{d.summary}: {d.detail}" for d in errors)
    raise TerraformError(
        Diagnostic("Error in function call", f'Call to function "try" failed: {detail}', origin, scope.excerpt(origin))
    )


def _untyped(value: Value) -> Value:
    """A value that was tried: Terraform takes it for nothing before it knows all of it, so no type in it counts yet."""
    if value.is_unknown:
        return Value(DYNAMIC, value.raw, value.origin, marks=value.marks)
    if value.first_unknown() is None or not isinstance(value.type, (Object, Tuple)):
        return value
    if isinstance(value.raw, dict):
        return object_({k: _untyped(v) for k, v in value.raw.items()}, value.origin, value.rest).marked(value.marks)
    return tuple_(tuple([_untyped(v) for v in value.elements()]), value.origin).marked(value.marks)


def _try_each(node: ast.Call, arguments: tuple[Expression, ...], scope: Scope) -> Value:
    """``try(a, list...)``: what the list holds is not in error, so its first element is the last that is tried."""
    *before, last = arguments
    listed = evaluate(last, scope)
    why = collection_unknown(listed)
    if why is None and not isinstance(listed.raw, tuple):
        fail(
            scope,
            node,
            "Invalid expanding argument value",
            "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
        )
    first = Value(DYNAMIC, why) if why is not None else next(iter(listed.elements()), None)
    if first is None:
        return _try(node, tuple(before), scope)
    return _try(node, (*before, (ast.ITEM, *place_of(last))), Nested(scope, {"": first}))


def _can(node: ast.Call, scope: Scope) -> Value:
    _, _, _, _, arguments, _ = node
    origin = origin_of(node, scope)
    if len(arguments) != 1:
        summary = "Too many function arguments" if arguments else "Not enough function arguments"
        fail(scope, node, summary, 'Function "can" expects one argument.')
    met = Met()
    try:
        with watching(met):
            looked_into(evaluate(arguments[0], scope))
    except WholeModuleError:
        raise
    except UnsupportedError as error:
        return _unsupported(error, node, scope, BOOL)
    except TerraformError as error:
        return boolean(False, origin).marked(met.failed(error))
    if met.unknowns:
        return Value(BOOL, met.unknowns[-1], origin, marks=met.marks)
    return boolean(True, origin).marked(met.marks)


def _unsupported(error: UnsupportedError, node: ast.Call, scope: Scope, type_: Type = DYNAMIC) -> Value:
    """What becomes of an expression that Terraform may have a value for."""
    first, origin = error.diagnostics[0], origin_of(node, scope)
    return Value(type_, Unknown(f"{first.summary}: {first.detail}", first.origin or origin), origin)


def _is_reference(node: Expression) -> bool:
    """Whether an expression picks something out of what a name stands for, by whatever key."""
    match node:
        case (ast.ATTR | ast.INDEX | ast.SPLAT, _, _, source, _):
            return _is_reference(source)
        case (ast.VAR, *_):
            return True
    return False
