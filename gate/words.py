"""What a step definition says of itself: the table that it reads, the subject that it needs or gives, an example.

Beside the step stands what its signature cannot say::

    @then("for every service, these Postfix parameters are one of:")
    @takes("parameter", "values")
    @example("| smtp_tls_security_level | encrypt, verify |")
    def parameters_are(evidence, postfix, datatable): ...

The rest is read off: a step needs the subjects that it names as parameters (``postfix``), gives the one that is its
``target_fixture``, and reads a docstring if it has a parameter of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from inspect import Parameter, signature
from typing import TypeVar

from msgspec import Struct, field
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from tfparse.patterns import pattern

_Step = TypeVar("_Step", bound=Callable[..., object])
Reader = Callable[[str], object]
"""Takes a cell; ValueError or Malformed where it is none of its kind."""
_TABLE, _EXAMPLES, _ALSO = "__gate_table__", "__gate_examples__", "__gate_also__"
_CONTEXT = "__gate_context__"
_REASON = "__gate_reason__"
_ASKS = "__gate_asks__"
_FIELD = pattern(r"\{(\w+)[^{}]*\}")
_GROUP = pattern(r"\(\?(?:P<(?P<name>\w+)>|:)")


class Table(Struct, frozen=True):
    """The columns of a step's table.  ``named_by`` is a subject and a column of the table under the step that gives
    it: each of that column's cells may be a column here (``series``, ``name``).  ``further`` says what any other
    column is (``label``), where there may be some.  ``rows`` is the one number of rows that makes sense, if there is.
    ``reads`` takes what stands in a column, and in one that is ``named``; what it refuses is an error of the feature.
    """

    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    named_by: tuple[str, str] | None = None
    further: str | None = None
    rows: int | None = None
    reads: Mapping[str, Reader] = field(default_factory=dict)
    named: Reader | None = None

    @property
    def header(self) -> str:
        """The header as a feature writes it."""
        columns = [*self.columns, *self.optional]
        if self.named_by is not None:
            subject, column = self.named_by
            columns.append(f"<{column} of {subject}>")
        if self.further is not None:
            columns.append(f"<{self.further}>")
        return f"| {' | '.join(columns)} |"


class Word(Struct, frozen=True):
    """A step definition as the vocabulary lists it.  ``needs``, ``gives`` and ``gives_also`` are names of subjects;
    ``reason`` is why a step that few scenarios use is a step, and no path or condition; ``is_context``: it says where
    the others are.
    """

    text: str
    needs: tuple[str, ...]
    gives: str | None
    gives_also: tuple[str, ...]
    table: Table | None
    reads_table: bool
    reads_docstring: bool
    examples: tuple[str, ...]
    reason: str | None
    is_context: bool
    file: str
    line: int


def takes(
    *columns: str, optional: tuple[str, ...] = (), named_by: tuple[str, str] | None = None, further: str | None = None,
    rows: int | None = None, reads: Mapping[str, Reader] | None = None, named: Reader | None = None,
) -> Callable[[_Step], _Step]:  # fmt: skip
    """Declare the :class:`Table` that a step reads; its text ends with a colon where it wants one."""
    return _declares(_TABLE, Table(columns, optional, named_by, further, rows, reads or {}, named))


def also(*subjects: str) -> Callable[[_Step], _Step]:
    """Declare what a step gives besides, which it hands on by :func:`gate.vocabulary.give`."""
    return _declares(_ALSO, subjects)


def context(step: _Step) -> _Step:
    """Declare that a step says where the others are: it may stand though none of them asks."""
    return _declares(_CONTEXT, True)(step)


def example(*texts: str) -> Callable[[_Step], _Step]:
    """Show a step in use, once or in each of its forms: its text and its table as they stand in a feature."""
    return _declares(_EXAMPLES, texts)


def special(reason: str) -> Callable[[_Step], _Step]:
    """Declare why a step is one, though one scenario uses it: what a path and a condition do not say."""
    return _declares(_REASON, reason)


def asks_programs(step: _Step) -> _Step:
    """Declare that a step may ask a program, which takes its time: :mod:`gate.ahead` has it begin early."""
    return _declares(_ASKS, True)(step)


def may_ask_programs(context: StepFunctionContext) -> bool:
    """Whether a step definition declares so."""
    return getattr(context.step_func, _ASKS, False)


def _declares(name: str, what: object) -> Callable[[_Step], _Step]:
    def declared(step: _Step) -> _Step:
        setattr(step, name, what)
        return step

    return declared


def subjects_of(known: Iterable[StepFunctionContext]) -> set[str]:
    """All that some step definitions give."""
    first = {context.target_fixture for context in known if context.target_fixture is not None}
    return first.union(*(getattr(context.step_func, _ALSO, ()) for context in known))


def word_of(context: StepFunctionContext, subjects: Collection[str]) -> Word:
    """What a step definition says of itself; ``subjects`` are all that any step gives."""
    step, parameters = context.step_func, signature(context.step_func).parameters
    filled = _filled(context.parser)
    return Word(
        text=f"{(context.type or 'given').capitalize()} {_plain(context.parser)}",
        needs=tuple(
            name for name, parameter in parameters.items()
            if name in subjects and name not in filled and parameter.default is Parameter.empty
        ),
        gives=context.target_fixture,
        gives_also=getattr(step, _ALSO, ()),
        table=getattr(step, _TABLE, None),
        reads_table="datatable" in parameters,
        reads_docstring="docstring" in parameters,
        examples=getattr(step, _EXAMPLES, ()),
        reason=getattr(step, _REASON, None),
        is_context=getattr(step, _CONTEXT, False),
        file=step.__code__.co_filename,
        line=step.__code__.co_firstlineno,
    )  # fmt: skip


def _filled(parser: parsers.StepParser) -> Collection[str]:
    """The parameters that the text of a step fills."""
    if isinstance(parser, parsers.re):
        return parser.regex.groupindex
    return [match[1] for match in _FIELD.finditer(parser.name)]


def _plain(parser: parsers.StepParser) -> str:
    """The text that a definition stands for, what is to be filled in in angle brackets, what may be left out left."""
    if not isinstance(parser, parsers.re):
        return _FIELD.sub(r"<\1>", parser.name)
    made, rest = "", parser.name
    while group := _GROUP.search(rest):
        end = _closing(rest, group.end())
        is_optional = rest[end : end + 1] == "?"
        body = rest[group.end() : end - 1]
        inside = f"<{group['name']}>" if group["name"] else body
        made += rest[: group.start()]
        if not (group["name"] or is_optional):
            # A choice between texts: the first of them stands for all.
            rest = _first(body) + rest[end:]
        else:
            made += "" if is_optional else inside
            rest = rest[end + is_optional :]
    return (made + rest).replace("\\", "").replace("?", "")


def _first(choice: str) -> str:
    """The first of several texts to choose from."""
    depth, escaped = 0, False
    for at, char in enumerate(choice):
        if char == "|" and depth == 0 and not escaped:
            return choice[:at]
        depth += 0 if escaped else (char in "([") - (char in ")]")
        escaped = char == "\\" and not escaped
    return choice


def _closing(pattern: str, at: int) -> int:
    """Past the parenthesis that closes the group whose inside begins at ``at``."""
    depth, escaped = 1, False
    while depth:
        char = pattern[at]
        depth += 0 if escaped else (char == "(") - (char == ")")
        escaped = char == "\\" and not escaped
        at += 1
    return at
