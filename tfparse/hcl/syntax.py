"""Terraform source to syntax trees (:mod:`tfparse.hcl.ast`), by python-hcl2's grammar.

The grammar is python-hcl2's, the parse table Lark's.  The tokens are :mod:`tfparse.hcl.scanner`'s, which knows which
newlines count and where a template ends: so the optional newlines go from the grammar, which leaves a third of its
table, and the rules in :data:`AMENDMENTS` are brought in line with Terraform.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from tfparse.diagnostics import EXCERPT, Diagnostic, Origin, TerraformError, UnsupportedError
from tfparse.hcl.ast import Body, Expression, place_of
from tfparse.hcl.builder import Builder
from tfparse.hcl.explain import explain
from tfparse.hcl.grammar import grammar_file
from tfparse.hcl.plain import LEVELS, plain_body
from tfparse.hcl.scanner import scan
from tfparse.hcl.table import TABLE, Rule, parse_table
from tfparse.hcl.tokens import BODY, END, EXPRESSION, KEYWORDS, Frame, Invalid, Token

MAX_DEPTH: Final = 300
"""How deep the tuples of a tree may nest, so that whoever walks it stays within Python's recursion limit."""


def parse_file(text: str | bytes, file: str) -> Body:
    """The body of a Terraform file; ``file`` names it in diagnostics.

    :raises TerraformError: if the text is not UTF-8 or not valid syntax.
    """
    with reading(text, file) as source:
        body: Body = plain_body(source, _plain_value) or parse(source, "start", BODY)
        return body


def parse_expression(text: str, file: str, line: int = 1, column: int = 1) -> Expression:
    """An expression that stands alone; ``line`` and ``column`` say where its first character stands.

    :raises TerraformError: if the text is not one valid expression.
    """
    with reading(text, file, line) as source:
        expression: Expression = parse(source + "\n", "expression", EXPRESSION, line, column)
        return expression


@contextmanager
def reading(text: str | bytes, file: str, first_line: int = 1) -> Iterator[str]:
    """The text of a file to parse: what is then :class:`Invalid` leaves as a TerraformError."""
    source = text if isinstance(text, str) else _decode(text, file)
    collecting = gc.isenabled()
    gc.disable()  # there is nothing to collect, but many tuples for the collector to look through
    try:
        yield source
    except Invalid as invalid:
        excerpt = source.split("\n")[invalid.line - first_line :][:1]
        origin = Origin(file, invalid.line, invalid.column)
        diagnostic = Diagnostic(invalid.summary, invalid.detail, origin, "".join(excerpt)[:EXCERPT].rstrip("\r"))
        raise TerraformError(diagnostic) from None
    except UnsupportedError as error:
        raise UnsupportedError(*(replace(d, origin=d.origin or Origin(file, 1)) for d in error.diagnostics)) from None
    finally:
        if collecting:
            gc.enable()


def _decode(text: bytes, file: str) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode()
        origin = Origin(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        detail = "All input files must be UTF-8 encoded."
        raise TerraformError(Diagnostic("Invalid character encoding", detail, origin)) from None


def parse(text: str, start: str, inside: Frame, line: int = 1, column: int = 1) -> Any:
    """``text`` read as the rule ``start`` of the grammar, ``inside`` being what the scanner is to take it for.

    :raises Invalid: for the first thing that is wrong.
    """
    tokens, wrong = scan(text, inside, line, column)
    node = _parser().parse(tokens, start, wrong)
    check_depth(node)
    return node


def _plain_value(tokens: list[Token]) -> Expression:
    """A value of a file that is plain: it may be as deep as leaves room for whatever may be around it."""
    value: Expression = _parser().parse(tokens, "expression", None)
    check_depth(value, MAX_DEPTH - 4 * LEVELS)
    return value


def check_depth(node: tuple[Any, ...], at_most: int = MAX_DEPTH) -> None:
    """Refuse a tree of more than ``at_most`` levels of tuples.

    :raises Invalid: at a node about that deep.
    """
    level: list[tuple[Any, ...]] = [node]
    for _ in range(at_most):
        deeper = [part for part in chain.from_iterable(level) if part.__class__ is tuple]
        if not deeper:
            return
        level = deeper
    line, column = next((place_of(part) for part in level if _is_node(part)), (1, 1))
    raise Invalid(line, column, "Nesting too deep", "Brackets, operators and steps are nested too deep here.")


def _is_node(part: tuple[Any, ...]) -> bool:
    match part:
        case (str(), int(), int(), *_):
            return True
    return False


# -- the parser -----------------------------------------------------------------------------------


class _Reduction(NamedTuple):
    """A rule of the grammar, as the parser applies it: from its values, one."""

    rule: str
    size: int
    spliced: frozenset[int]  # the values that are lists, whose elements count as values themselves
    make: Callable[[list[Any]], Any] | None  # None: a single value, which stays as it is


class _After(dict[str, Any]):
    """By the next token's type, the state after a rule has been applied in ``state``, and then all those that only pass
    its value on: an expression is one of ten kinds by being one of the next.
    """

    def __init__(self, state: _State, after: _State) -> None:
        self.state = state
        self.after = after

    def __missing__(self, kind: str) -> _State:
        after = self.after
        while isinstance(action := after.get(kind), _Reduction) and action.make is None:
            after = self.state[action.rule].after
        self[kind] = after
        return after


_State = dict[str, Any]
"""By the type of the next token what to do: go on to a state, apply a rule, or end (:data:`_ACCEPT`).  By the name of a
rule, the states after it."""

_ACCEPT: Final = "accept"
_FIRST: Final = frozenset([0])


class _Parser:
    """An LALR(1) parser of plain tokens.

    Lark's own loop makes the same of them, in three times the time: it wants token objects, and passes every rule
    through layers that serve to build trees.
    """

    def __init__(self) -> None:
        table = parse_table()
        builder = Builder()
        reductions = [_reduction(rule, builder) for rule in table.rules]
        states: list[_State] = [{} for _ in table.states]
        for state, (after, applied) in zip(states, table.states, strict=True):
            for symbol, target in after.items():
                state[symbol] = states[target] if symbol.isupper() else _After(state, states[target])
            for rule, before in applied.items():
                state.update(dict.fromkeys(before.split(), reductions[int(rule)]))
        self.starts: dict[str, _State] = {}
        for start, (first, last) in table.starts.items():
            self.starts[start] = states[first]
            states[last][END] = _ACCEPT

    def parse(self, tokens: list[Token], start: str, wrong: Invalid | None) -> Any:
        """What the builder makes of the tokens; ``wrong`` is what the scanner met after the last of them.

        :raises Invalid: for the first token that has no place, else for what the scanner met.
        """
        state = self.starts[start]
        states = [state]
        values: list[Any] = []
        for token in tokens:
            kind = token[0]
            if kind not in state and KEYWORDS.get(token[3]) == kind:
                _, line, column, text = token
                kind = "NAME"
                token = (kind, line, column, text)
            while (action := state.get(kind)).__class__ is _Reduction:
                rule, size, spliced, make = action
                if make is None or (size == 1 and not spliced):
                    if make:
                        values[-1] = make(values[-1:])
                    states[-1] = state = states[-2][rule][kind]
                    continue
                taken = values[len(values) - size :]
                del values[len(values) - size :], states[len(states) - size :]
                if spliced:
                    taken = _splice(taken, spliced)
                values.append(make(taken))
                state = states[-1][rule][kind]
                states.append(state)
            if action is None:
                _, line, column, _ = token
                raise Invalid(line, column, *explain(token, state, values))
            if action is _ACCEPT:
                return values[0]
            state = action
            states.append(state)
            values.append(token)
        raise wrong or AssertionError("the last token is END")


def _splice(values: list[Any], spliced: frozenset[int]) -> list[Any]:
    """The values, those that are lists replaced by their elements.

    A long list is made of itself and one more, time and again: so if it comes first it is taken, not copied.
    """
    result: list[Any]
    if spliced == _FIRST:
        result, *others = values
        result += others
        return result
    result = values[0] if 0 in spliced else values[:1]
    for index in range(1, len(values)):
        if index in spliced:
            result += values[index]
        else:
            result.append(values[index])
    return result


def _as_list(values: list[Any]) -> list[Any]:
    return values


def _reduction(rule: Rule, builder: Builder) -> _Reduction:
    """A rule with the builder's method of its alias or else its name.

    Lark's conventions: a rule whose name begins with an underscore is a list, spliced into what it is part of; one
    that may be inlined (``?rule``) is, if it has a single value.
    """
    size = len(rule.symbols)
    make = getattr(builder, rule.alias, None)
    if rule.name.startswith("_"):
        make = _as_list
    elif rule.inlined and size == 1:
        make = None
    if make is None and size != 1:
        raise ImportError(f"there is nothing to make of the rule {rule.name} of the installed python-hcl2")
    spliced = frozenset(place for place, symbol in enumerate(rule.symbols) if symbol.startswith("_"))
    return _Reduction(rule.name, size, spliced, make)


@cache
def _parser() -> _Parser:
    return _Parser()


def _version() -> str:
    """What decides about a tree: the grammar, and every module that has a hand in it, in a digest."""
    modules = "ast builder ../cty/graphemes grammar json_syntax lines parts plain scanner syntax table template tokens"
    files = [grammar_file(), TABLE, *(Path(__file__).parent / f"{name}.py" for name in modules.split())]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


VERSION: Final = _version()
"""Differs wherever the same text might give another tree."""
