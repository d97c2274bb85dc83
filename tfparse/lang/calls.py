"""Function calls; ``try`` and ``can``, which look at errors instead of passing them on."""

from __future__ import annotations

from tfparse import functions
from tfparse.cty.types import BOOL, DYNAMIC, Type
from tfparse.cty.values import Unknown, Value, boolean
from tfparse.diagnostics import Diagnostic, TerraformError, UnsupportedError, WholeModuleError
from tfparse.functions import FunctionError, Unsupported
from tfparse.hcl.ast import Node
from tfparse.lang.core import Nested, Scope, evaluate, fail, looked_into, origin_of, rule, watching
from tfparse.lang.loops import collection_unknown


@rule("call")
def _call(node: Node, scope: Scope) -> Value:
    name, origin = node[3], origin_of(node, scope)
    bare = name.removeprefix("core::")
    if bare in ("try", "can"):
        return (_try if bare == "try" else _can)(node, scope)
    if bare == "templatestring" and node[4] and not _is_reference(node[4][0]):
        fail(scope, node[4][0], "Invalid function argument",
             f'Call to function "{name}" failed: invalid template expression: it must be a direct reference to a '
             "string from elsewhere.")
    arguments = []
    for argument in node[4]:
        arguments.append(evaluate(argument, scope))
    looked_into(*arguments)
    if node[5]:
        last = arguments.pop()
        if isinstance(last.raw, Unknown) or collection_unknown(last) is not None:
            why = collection_unknown(last)
            return Value(DYNAMIC, why, origin, sensitive=last.sensitive)
        if last.is_null or not isinstance(last.raw, tuple):
            fail(scope, node, "Invalid expanding argument value",
                 "The expanding argument (indicated by ...) must be of a tuple, list, or set type.")
        arguments.extend(v.marked(v.sensitive or last.sensitive) for v in last.elements())
    try:
        return functions.call(name, arguments, scope.context, origin)
    except Unsupported as error:
        raise UnsupportedError(Diagnostic("Not worked out", f'Call to function "{name}": {error}.', origin,
                                          scope.excerpt(origin))) from None
    except FunctionError as error:
        place = node
        summary = "Error in function call"
        if error.argument_index is not None:
            place = node[4][min(error.argument_index, len(node[4]) - 1)] if node[4] else node
            summary = "Invalid function argument"
        fail(scope, place, getattr(error, "summary", None) or summary, f'Call to function "{name}" failed: {error}.')


def _try(node: Node, scope: Scope) -> Value:
    if node[5]:
        return _try_each(node, scope)
    errors: list[Diagnostic] = []
    for argument in node[4]:
        met: list[Unknown] = []
        try:
            with watching(met):
                value = evaluate(argument, scope)
        except WholeModuleError:
            raise
        except UnsupportedError as error:
            return _unsupported(error, node, scope)
        except TerraformError as error:
            errors.extend(error.diagnostics)
            continue
        if met:
            # Once it is known, this argument may turn out to be an error, and the next one counts.
            return Value(DYNAMIC, met[-1], origin_of(node, scope), sensitive=value.sensitive)
        return value
    origin = origin_of(node, scope)
    detail = "no expression succeeded: " + "; ".join(f"{d.summary}: {d.detail}" for d in errors)
    raise TerraformError(Diagnostic("Error in function call", f'Call to function "try" failed: {detail}', origin,
                                    scope.excerpt(origin)))


def _try_each(node: Node, scope: Scope) -> Value:
    """``try(a, list...)``: what the list holds is not in error, so its first element is the last that is tried."""
    *before, last = node[4]
    listed = evaluate(last, scope)
    why = collection_unknown(listed)
    if why is None and not isinstance(listed.raw, tuple):
        fail(scope, node, "Invalid expanding argument value",
             "The expanding argument (indicated by ...) must be of a tuple, list, or set type.")
    first = Value(DYNAMIC, why) if why is not None else next(iter(listed.elements()), None)
    arguments = (*before, *(("item", *last[1:3]),) * (first is not None))
    return _try((*node[:4], arguments, False), Nested(scope, {"": first} if first is not None else {}))


def _can(node: Node, scope: Scope) -> Value:
    origin = origin_of(node, scope)
    if len(node[4]) != 1:
        summary = "Too many function arguments" if node[4] else "Not enough function arguments"
        fail(scope, node, summary, 'Function "can" expects one argument.')
    met: list[Unknown] = []
    try:
        with watching(met):
            looked_into(evaluate(node[4][0], scope))
    except WholeModuleError:
        raise
    except UnsupportedError as error:
        return _unsupported(error, node, scope, BOOL)
    except TerraformError:
        return boolean(False, origin)
    return Value(BOOL, met[-1], origin) if met else boolean(True, origin)


def _unsupported(error: UnsupportedError, node: Node, scope: Scope, type_: Type = DYNAMIC) -> Value:
    """What becomes of an expression that Terraform may have a value for."""
    first, origin = error.diagnostics[0], origin_of(node, scope)
    return Value(type_, Unknown(f"{first.summary}: {first.detail}", first.origin or origin), origin)


def _is_reference(node: Node) -> bool:
    """Whether an expression picks something out of what a name stands for, by whatever key."""
    while node[0] in ("attr", "index", "splat"):
        node = node[3]
    return bool(node[0] == "var")
