"""What functions ask of their arguments, and how they refuse them.

Source: zclconf/go-cty, ``cty/function/argument.go``.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from tfparse.cty.convert import friendly
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, Dynamic, List, Object, Type
from tfparse.cty.values import Number, Value


class FunctionError(Exception):
    """A call that Terraform refuses.

    ``argument_index`` is that of the argument to blame, None for the call as a whole; ``summary`` is the
    diagnostic's, where it is neither "Invalid function argument" nor "Error in function call".
    """

    def __init__(self, message: str, argument_index: int | None = None, summary: str | None = None) -> None:
        super().__init__(message)
        self.argument_index = argument_index
        self.summary = summary


Kind = type[Type]


class Parameter(Struct, frozen=True):
    """What a function asks of an argument, and what it takes care of itself (otherwise the call does).

    ``null``: a null may be given.  ``unknown``: an unknown may be given (and an open map).  ``marked``: marks
    come with the value and the function puts them on its result.  ``plain``: the Python value is wanted.
    ``one``: only one of its elements is looked at, which takes no longer if there are many.
    ``kinds``: the types that it can have, known or not; ``refusal`` is what is said of any other, ``{}`` in it being
    that type, and ``blamed`` whether it is said of this argument or of the whole call.
    """

    type: Type
    null: bool = False
    unknown: bool = False
    marked: bool = False
    plain: bool = False
    one: bool = False
    name: str = ""
    kinds: tuple[Kind, ...] = ()
    refusal: str = ""
    blamed: bool = True

    def check_kind(self, arg: Value, index: int) -> None:
        """Refuse what is of a type that cannot be given here.

        Raises:
            FunctionError: it is.
        """
        kind = Object if isinstance(arg.raw, dict) and isinstance(arg.type, Dynamic) else type(arg.type)
        open_ = kind is Dynamic and arg.is_unknown
        if self.kinds and not open_ and not issubclass(kind, self.kinds):
            raise FunctionError(self.refusal.format(friendly(arg.type)), index if self.blamed else None)


# What a parameter can be.  The plain ones arrive as Python values, known and not null.
Str = Annotated[str, Parameter(STRING, plain=True)]
Num = Annotated[Number, Parameter(NUMBER, plain=True)]
Text = Annotated[Value, Parameter(STRING)]
PartText = Annotated[Value, Parameter(STRING, unknown=True)]
Strings = Annotated[Value, Parameter(List(STRING))]
Bools = Annotated[Value, Parameter(List(BOOL))]
Sequence_ = Annotated[Value, Parameter(List(DYNAMIC))]
Anything = Annotated[Value, Parameter(DYNAMIC)]
AnythingMarked = Annotated[Value, Parameter(DYNAMIC, marked=True)]
AnythingUnknown = Annotated[Value, Parameter(DYNAMIC, unknown=True, marked=True)]
Everything = Annotated[Value, Parameter(DYNAMIC, null=True, unknown=True, marked=True)]

StringValue = Annotated[Value, STRING]
NumberValue = Annotated[Value, NUMBER]
BoolValue = Annotated[Value, BOOL]
StringsValue = Annotated[Value, List(STRING)]
