"""How a function of Terraform is declared, and what every call goes through.

A function is a Python function under its own name, decorated with :func:`function`.  Its annotations declare
what Terraform's own declaration says of each parameter: the type that an argument is converted to, and whether
the function itself deals with nulls, unknowns and marks.  :func:`call` deals with all that it does
not.  Source: zclconf/go-cty, ``cty/function``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, Protocol, TypeVar, get_args, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.equality import without_marks
from tfparse.cty.normal import normalized
from tfparse.cty.text import MAX_TEXT
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, Dynamic, List, Type
from tfparse.cty.values import REDACTED, SECRET, Number, Unknown, Value, list_, marks_of
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.functions._parameters import FunctionError, Parameter

MAX_ELEMENTS: Final = 200_000
_SMALL: Final = 100
"""What has fewer values or characters than this is not counted towards the limits of an evaluation."""
_CALL_COST: Final = 60
_VALUE_COST: Final = 5
"""A call is worth so many steps, and so is each value that it is given or makes."""
_CHARACTERS: Final = 10
"""So many characters that it has to read are worth one."""


class Redacted(FunctionError):
    """A call that Terraform refuses in words that quote no argument."""


class Unsupported(FunctionError):
    """A call that Terraform may well answer, but that is not worked out here."""


class Context(Protocol):
    """The world that functions may read, by paths relative to Terraform's own folder.

    Raises:
        FunctionError: a file cannot be read, is not UTF-8 or is none.
    """

    def short_circuits(self) -> bool:
        """Whether an error in what ``&&`` or ``||`` need not look at does not count."""

    def has_provider(self, name: str) -> bool:
        """Whether the module requires a provider of that name, so that its functions can be called."""

    def read_text(self, path: str, origin: Origin | None) -> Value:
        """The UTF-8 text of a file, with the origin of each line."""

    def read_bytes(self, path: str) -> bytes:
        """The content of a file."""

    def marks_of_file(self, path: str) -> int:
        """The marks of what is read from a file."""

    def marks_at(self, file: str, line: int, column: int) -> int:
        """The marks of a literal that stands there."""

    def remember(self, text: str) -> None:
        """Keeps a text that comes of a secret from being shown, whichever way it goes."""

    def exists(self, path: str) -> bool:
        """Whether there is a regular file."""

    def glob(self, base: str, pattern: str) -> list[str]:
        """The paths, relative to ``base``, of the regular files that match."""

    def abspath(self, path: str) -> Value:
        """The absolute form of a path: unknown where that depends on the machine."""

    def render_template(self, text: Value, variables: Value, *, files: bool) -> Value:
        """What a template makes of a map of variables; ``files`` says whether functions within may read any."""

    def decode_variables(self, text: Value) -> Value:
        """The object that the text of a variable file, which is known, is."""

    def spend(self, steps: int) -> None:
        """Counts steps towards the limit of the whole evaluation."""

    def spend_text(self, characters: int) -> None:
        """Counts characters made towards the limit of the whole evaluation."""


class Call(Struct, frozen=True):
    """The call under way: a function that needs to know declares a first parameter of this type."""

    name: str
    context: Context
    origin: Origin | None


_RETURNS: Final[Mapping[Any, Type]] = {
    str: STRING, bool: BOOL, int: NUMBER, Number: NUMBER, list[str]: List(STRING), Value: DYNAMIC,
}  # fmt: skip


class Function(Struct, frozen=True):
    """A function of Terraform.  ``parameters`` are the positional ones; ``rest`` is for all that follow."""

    name: str
    body: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    returns: Type | Callable[[Sequence[Value]], Type]
    """The type of a result that is not known, or what tells it by the arguments."""
    wants_call: bool

    def not_known(self, given: Sequence[Value], why: Unknown, origin: Origin | None) -> Value:
        """The result where an argument that counts is not known."""
        return Value(self.returns(given) if callable(self.returns) else self.returns, why, origin)

    def parameter(self, index: int) -> Parameter:
        if index < len(self.parameters):
            return self.parameters[index]
        assert self.rest is not None
        return self.rest


_BODIES: Final[dict[str, Callable[..., Any]]] = {}
Body = TypeVar("Body", bound=Callable[..., Any])


def function(body: Body, room: str = "") -> Body:
    """Declares a function under the name of ``body`` (less a final underscore that tells it from Python's own), in a
    namespace of functions where one is named.
    """
    _BODIES[room + body.__name__.rstrip("_")] = body
    return body


@cache
def declared(name: str) -> Function | None:
    """The function of a name, as its annotations declare it; they are read when it is called first."""
    body = _BODIES.get(name)
    if body is None:
        return None
    hints = get_type_hints(body, include_extras=True)
    positional: list[Parameter] = []
    rest: Parameter | None = None
    wants_call = False
    for word, parameter in inspect.signature(body).parameters.items():
        if hints[word] is Call:
            wants_call = True
            continue
        said: Parameter = get_args(hints[word])[1]
        named = replace(said, name=word.rstrip("_"))
        if parameter.kind is parameter.VAR_POSITIONAL:
            rest = named
        else:
            positional.append(named)
    returned = hints["return"]
    returns = _RETURNS[returned] if returned in _RETURNS else get_args(returned)[1]
    return Function(name, body, tuple(positional), rest, returns, wants_call)


def names() -> frozenset[str]:
    """The names of all functions but providers'."""
    return frozenset(name for name in _BODIES if "::" not in name)


def call(name: str, args: Sequence[Value], context: Context, origin: Origin | None = None) -> Value:
    """The result of a function call.

    Raises:
        FunctionError: there is no such function, or it refuses its arguments.
    """
    if name.startswith("provider::"):
        provider, _, of_provider = name.removeprefix("provider::").partition("::")
        if not of_provider or not context.has_provider(provider):
            message = f'There is no function named "{name}": required_providers names no "{provider}"'
            raise FunctionError(message, summary="Unknown provider function")
    if name.startswith("provider::") and name not in _BODIES:
        return Value(DYNAMIC, Unknown(f"{name}() is computed by a provider", origin), origin)
    found = declared(name.removeprefix("core::"))
    if found is None and "::" in name:
        message = f'The function namespace "{name.split("::")[0]}" is not valid; it must be "provider::"'
        raise FunctionError(message, summary="Unknown provider function")
    if found is None:
        raise FunctionError(f'There is no function named "{name}"', summary="Call to unknown function")
    _check_count(found, args)
    context.spend(_CALL_COST)
    try:
        result = _run(found, args, Call(found.name, context, origin))
    except (Redacted, Unsupported):
        raise
    except FunctionError as error:
        if any(arg.all_marks() & SECRET for arg in args):
            raise Redacted(REDACTED, error.argument_index, error.summary) from None
        raise
    except RecursionError:
        raise Unsupported("a value is nested too deeply") from None
    if isinstance(result.raw, str) and len(result.raw) > _SMALL:
        context.spend_text(len(result.raw))
    elif result.weight > _SMALL:
        context.spend(result.weight * _VALUE_COST)
    return result


def _check_count(found: Function, args: Sequence[Value]) -> None:
    expected = len(found.parameters)
    if len(args) < expected:
        least = " at least" if found.rest else ""
        missing = found.parameters[len(args)].name
        raise FunctionError(
            f'Function "{found.name}" expects{least} {expected} argument(s). Missing value for "{missing}"',
            summary="Not enough function arguments",
        )
    if found.rest is None and len(args) > expected:
        raise FunctionError(
            f'Function "{found.name}" expects only {expected} argument(s)', summary="Too many function arguments"
        )


def _run(found: Function, args: Sequence[Value], call: Call) -> Value:
    given = [_converted(found, index, arg) for index, arg in enumerate(args)]
    untyped: Unknown | None = None
    for index, arg in enumerate(given):
        parameter = found.parameter(index)
        if arg.is_null and not parameter.null:
            raise FunctionError("argument must not be null", index)
        if isinstance(arg.type, Dynamic) and not parameter.unknown and (untyped := arg.unknown) is not None:
            # Terraform looks no further: nothing is known then, not even of what type the result will be.
            break
    else:
        for index, arg in enumerate(given):
            found.parameter(index).check_kind(arg, index)
    ready, marks, unknown = _ready(found, given, call)
    if untyped is not None:
        return Value(DYNAMIC, untyped, call.origin, marks=marks | marks_of(given))
    if unknown is not None:
        return found.not_known(given, unknown, call.origin).marked(marks | marks_of(given))
    try:
        result = found.body(call, *ready) if found.wants_call else found.body(*ready)
    except UnknownValueError as error:
        # The function came to need something inside an argument that is not known.
        result = found.not_known(given, Unknown(error.reason, error.origin), call.origin)
    except ConversionError as error:
        raise FunctionError(str(error)) from None
    except OverflowError as error:
        raise Unsupported(str(error)) from None
    boxed = _boxed(result, call).marked(marks)
    if boxed.secret:
        _remember(boxed, call.context)
    return boxed


def _ready(found: Function, given: Sequence[Value], call: Call) -> tuple[list[Any], int, Unknown | None]:
    """The arguments as the function takes them; the marks, and the unknown, that it leaves to the call."""
    marks = 0
    unknown: Unknown | None = None
    ready: list[Any] = []
    for index, arg in enumerate(given):
        parameter = found.parameter(index)
        if isinstance(arg.raw, str) and len(arg.raw) > _SMALL:
            call.context.spend(len(arg.raw) // _CHARACTERS)
        if arg.weight > _SMALL and not parameter.one:
            call.context.spend(arg.weight * _VALUE_COST)
        if not parameter.marked and (given_marks := arg.all_marks()):
            marks, arg = marks | given_marks, without_marks(arg)
        if not parameter.unknown:
            unknown = unknown or arg.unknown or arg.rest
        ready.append(arg.raw if parameter.plain else arg)
    return ready, marks, unknown


def _remember(value: Value, context: Context) -> None:
    """Keeps the texts in a value that comes of a secret from being shown."""
    raw = value.raw
    if isinstance(raw, str):
        context.remember(raw)
    elif isinstance(raw, (tuple, dict)):
        for child in raw.values() if isinstance(raw, dict) else raw:
            _remember(child, context)


def _converted(found: Function, index: int, arg: Value) -> Value:
    parameter = found.parameter(index)
    try:
        return convert(arg, parameter.type)
    except ConversionError as error:
        raise FunctionError(f'Invalid value for "{parameter.name}" parameter: {error}', index) from None


def _boxed(result: Any, call: Call) -> Value:
    """A Python result as a value; strings in Unicode normal form C, as all of Terraform's are."""
    if isinstance(result, Value):
        return result
    if isinstance(result, str):
        return Value(STRING, normal(result), call.origin)
    if isinstance(result, bool):
        return Value(BOOL, result, call.origin)
    if isinstance(result, list):
        check_size(len(result))
        return list_(STRING, tuple(_boxed(item, call) for item in result), call.origin)
    return Value(NUMBER, result, call.origin)


def normal(text: str) -> str:
    """``text`` in normal form C.

    Raises:
        Unsupported: it is too long to be handled.
    """
    if len(text) > MAX_TEXT:
        raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
    return normalized(text)


def check_size(elements: int) -> None:
    """Refuse (as Unsupported) a collection that is too large to be handled."""
    if elements > MAX_ELEMENTS:
        raise Unsupported(f"the result has more than {MAX_ELEMENTS} elements")


def whole(n: Number, what: str = "", index: int | None = None) -> int:
    """``n`` as an integer of 64 bits, as Go takes it.

    Raises:
        FunctionError: it is not whole, or has more than 64 bits.
    """
    if n.denominator == 1 and -(2**63) <= n < 2**63:
        return n.numerator
    limits = f"value must be a whole number, between {-(2**63)} and {2**63 - 1}"
    raise FunctionError(f"{what}: {limits}" if what else limits, index)
