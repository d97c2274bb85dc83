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

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import TypeVar

from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

_Step = TypeVar("_Step", bound=Callable[..., object])
_TABLE, _EXAMPLE, _ALSO = "__gate_table__", "__gate_example__", "__gate_also__"
_FIELD = re.compile(r"\{(\w+)[^{}]*\}")
_GROUP = re.compile(r"\(\?(?:P<(?P<name>\w+)>|:)")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a step's table.  ``named_by`` is a subject and a column of the table under the step that gives
    it: each of that column's cells may be a column here (``series``, ``name``).  ``further`` says what any other
    column is (``label``), where there may be some.  ``rows`` is the one number of rows that makes sense, if there is.
    """

    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    named_by: tuple[str, str] | None = None
    further: str | None = None
    rows: int | None = None

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


@dataclass(frozen=True, slots=True)
class Word:
    """A step definition as the vocabulary lists it.  ``needs``, ``gives`` and ``gives_also`` are names of subjects."""

    text: str
    needs: tuple[str, ...]
    gives: str | None
    gives_also: str | None
    table: Table | None
    reads_table: bool
    reads_docstring: bool
    example: str | None
    file: str
    line: int


def takes(
    *columns: str,
    optional: tuple[str, ...] = (),
    named_by: tuple[str, str] | None = None,
    further: str | None = None,
    rows: int | None = None,
) -> Callable[[_Step], _Step]:
    """Declare the :class:`Table` that a step reads; its text ends with a colon where it wants one."""
    return _declares(_TABLE, Table(columns, optional, named_by, further, rows))


def also(subject: str) -> Callable[[_Step], _Step]:
    """Declare that what a step gives is another subject as well, which it hands on by :func:`gate.vocabulary.give`."""
    return _declares(_ALSO, subject)


def example(text: str) -> Callable[[_Step], _Step]:
    """Show a step in use: its text and its table as they stand in a feature."""
    return _declares(_EXAMPLE, text)


def _declares(name: str, what: object) -> Callable[[_Step], _Step]:
    def declared(step: _Step) -> _Step:
        setattr(step, name, what)
        return step

    return declared


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
        gives_also=getattr(step, _ALSO, None),
        table=getattr(step, _TABLE, None),
        reads_table="datatable" in parameters,
        reads_docstring="docstring" in parameters,
        example=getattr(step, _EXAMPLE, None),
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
        if not (group["name"] or is_optional) and "(?" in body:
            # A choice between texts with something to be filled in: the first of them stands for all.
            rest = body.partition("|")[0] + rest[end:]
        else:
            made += "" if is_optional else inside
            rest = rest[end + is_optional :]
    return (made + rest).replace("\\", "").replace("?", "")


def _closing(pattern: str, at: int) -> int:
    """Past the parenthesis that closes the group whose inside begins at ``at``."""
    depth, escaped = 1, False
    while depth:
        char = pattern[at]
        depth += 0 if escaped else (char == "(") - (char == ")")
        escaped = char == "\\" and not escaped
        at += 1
    return at
