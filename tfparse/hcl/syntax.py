"""Terraform source to syntax trees (:mod:`tfparse.hcl.ast`), by python-hcl2's grammar.

The grammar is python-hcl2's, the parse table Lark's.  The tokens are :mod:`tfparse.hcl.scanner`'s, which knows which
newlines count and where a template ends: so the optional newlines go from the grammar, which leaves a third of its
table, and the rules in :data:`AMENDMENTS` are brought in line with Terraform.
"""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from tfparse.diagnostics import EXCERPT, Diagnostic, Origin, TerraformError, UnsupportedError
from tfparse.hcl.ast import Body, Expression, place_of
from tfparse.hcl.builder import Builder
from tfparse.hcl.explain import explain
from tfparse.hcl.scanner import BODY, END, EXPRESSION, KEYWORDS, Frame, Invalid, Token, scan
from tfparse.hcl.table import parse_table

MAX_DEPTH: Final = 300
"""How deep the tuples of a tree may nest, so that whoever walks it stays within Python's recursion limit."""

AMENDMENTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "body : ( (attribute | block))*",
        "body : attribute? | NL_OR_COMMENT ((attribute | block) NL_OR_COMMENT)*",
        "An argument or block ends with its line; a block on one line holds one argument at most.",
    ),
    (
        "object : LBRACE ((object_elem | (object_elem COMMA)))* RBRACE",
        "object : LBRACE NL_OR_COMMENT? (object_elem (_separator object_elem)* _separator?)? RBRACE\n"
        + "_separator : COMMA NL_OR_COMMENT? | NL_OR_COMMENT",
        "A comma or a newline separates elements, and no comma begins a line.",
    ),
    (
        "_attribute_name : identifier | keyword | literal_value",
        "_attribute_name : identifier",
        "No word is reserved: it is a keyword only where the grammar has use for that keyword.",
    ),
    ("object_elem_key : expression | keyword", "object_elem_key : expression", "As above."),
    ("get_attr : DOT (identifier | literal_value)", "get_attr : DOT identifier", "As above."),
    (
        "string: DBLQUOTE string_part* DBLQUOTE",
        "string: QUOTED | DBLQUOTE string_part* DBLQUOTE\ntemplate: string_part*\n%declare QUOTED HEREDOC_END",
        "A string without escapes and sequences is one token; a template file has no quotes around it.",
    ),
    (
        "heredoc_template : HEREDOC_TEMPLATE",
        "heredoc_template : HEREDOC_TEMPLATE string_part* HEREDOC_END",
        "A heredoc is a template too, not raw text.",
    ),
    (
        "heredoc_template_trim : HEREDOC_TEMPLATE_TRIM",
        "heredoc_template_trim : HEREDOC_TEMPLATE_TRIM string_part* HEREDOC_END",
        "As above.",
    ),
    ("!unary_op : (MINUS | NOT) expr_term", "!unary_op : (MINUS | NOT) unary_expr", "`!!x` and `--3` are valid."),
    (
        "function_call : identifier (COLONS identifier COLONS identifier)? LPAR",
        "function_call : identifier (COLONS identifier)* LPAR",
        "`core::max` is as valid as `provider::aws::arn_parse`.",
    ),
    (
        "attr_splat : ATTR_SPLAT (get_attr | index)*",
        "attr_splat : DOT ASTERISK (get_attr | short_index)*",
        "`a.*.b[0]` is the first b, not the first element of each.",
    ),
    (
        "full_splat : FULL_SPLAT_START (get_attr | index)*",
        "full_splat : LSQB ASTERISK RSQB (get_attr | index | attr_splat | full_splat)*",
        "`[ * ]` may hold blanks, and takes all steps that follow, further splats among them.",
    ),
)
"""Where Terraform's grammar differs: a rule of python-hcl2's without its newlines, what it becomes, and why."""


def parse_file(text: str | bytes, file: str) -> Body:
    """The body of a Terraform file; ``file`` names it in diagnostics.

    :raises TerraformError: if the text is not UTF-8 or not valid syntax.
    """
    with reading(text, file) as source:
        body: Body = parse(source, "start", BODY)
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


def check_depth(node: tuple[Any, ...]) -> None:
    """Refuse a tree of more than :data:`MAX_DEPTH` levels of tuples.

    :raises Invalid: at a node about that deep.
    """
    level: list[tuple[Any, ...]] = [node]
    for _ in range(MAX_DEPTH):
        deeper = [part for parent in level for part in parent if part.__class__ is tuple]
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
    """A rule of the grammar, as the parse table applies it: from its values, one."""

    rule: str
    size: int
    spliced: frozenset[int]  # the values that are lists, whose elements count as values themselves
    make: Callable[[list[Any]], Any] | None  # None: a single value, which stays as it is


class _Parser:
    """An LALR(1) parser of plain tokens.

    Lark's own loop makes the same of them, in three times the time: it wants token objects, and passes every rule
    through layers that serve to build trees.
    """

    def __init__(self) -> None:
        table, written = parse_table(amended_grammar, VERSION)
        symbols: dict[int, str] = table["tokens"]
        builder = Builder()
        rules = {key: _reduction(rule, builder) for key, rule in written.items()}
        self.actions: dict[int, dict[str, int | _Reduction]] = {}  # by the next token's type: the state that follows it
        self._passes: dict[tuple[int, int, str], int] = {}
        self.gotos: dict[int, dict[str, int]] = {}  # by the rule just applied: the state that follows its value
        for state, row in table["states"].items():
            self.actions[state], self.gotos[state] = {}, {}
            for symbol, (is_reduction, target) in row.items():
                name = symbols[symbol]
                if is_reduction:
                    self.actions[state][name] = rules[target["@"]]
                elif name.isupper():
                    self.actions[state][name] = target
                else:
                    self.gotos[state][name] = target
        self.starts: dict[str, int] = table["start_states"]
        self.ends: dict[str, int] = table["end_states"]

    def parse(self, tokens: list[Token], start: str, wrong: Invalid | None) -> Any:
        """What the builder makes of the tokens; ``wrong`` is what the scanner met after the last of them.

        :raises Invalid: for the first token that has no place, else for what the scanner met.
        """
        actions, gotos, end = self.actions, self.gotos, self.ends[start]
        states = [self.starts[start]]
        values: list[Any] = []
        for token in tokens:
            kind, line, column, text = token
            row = actions[states[-1]]
            if kind not in row and KEYWORDS.get(text) == kind:
                kind = "NAME"
                token = (kind, line, column, text)
            while isinstance(action := row.get(kind), _Reduction):
                rule, size, spliced, make = action
                if make:
                    taken = values[len(values) - size :]
                    del values[len(values) - size :], states[len(states) - size :]
                    if spliced:
                        taken = _splice(taken, spliced)
                    values.append(make(taken))
                    states.append(gotos[states[-1]][rule])
                else:
                    states[-1] = self._passed_on(states[-2], states[-1], kind, end)
                if kind == END and states[-1] == end:
                    return values[0]
                row = actions[states[-1]]
            if action is None:
                raise Invalid(line, column, *explain(token, row, values))
            states.append(action)
            values.append(token)
        raise wrong or AssertionError("the last token is END")

    def _passed_on(self, under: int, state: int, kind: str, end: int) -> int:
        """Where rules that only pass a value on lead, above a state: an expression is one of ten kinds by being one of
        the next.
        """
        key = under, state, kind
        if key not in self._passes:
            while isinstance(action := self.actions[state].get(kind), _Reduction) and not action.make:
                state = self.gotos[under][action.rule]
                if kind == END and state == end:
                    break
            self._passes[key] = state
        return self._passes[key]


def _splice(values: list[Any], spliced: frozenset[int]) -> list[Any]:
    """The values, those that are lists replaced by their elements.

    A long list is made of itself and one more, time and again: so if it comes first it is taken, not copied.
    """
    result: list[Any] = values[0] if 0 in spliced else values[:1]
    for index in range(1, len(values)):
        if index in spliced:
            result += values[index]
        else:
            result.append(values[index])
    return result


def _as_list(values: list[Any]) -> list[Any]:
    return values


def _reduction(rule: dict[str, Any], builder: Builder) -> _Reduction:
    """A rule as Lark serialises it, with the builder's method of its alias or else its name.

    Lark's conventions: a rule whose name begins with an underscore is a list, spliced into what it is part of; one
    that may be inlined (``?rule``) is, if it has a single value.
    """
    name: str = rule["origin"]["name"]
    symbols = [symbol["name"] for symbol in rule["expansion"]]
    make = getattr(builder, rule["alias"] or name, None)
    if name.startswith("_"):
        make = _as_list
    elif len(symbols) == 1 and rule["options"]["expand1"] and not rule["alias"]:
        make = None
    if make is None and len(symbols) != 1:
        raise ImportError(f"there is nothing to make of the rule {name} of the installed python-hcl2")
    return _Reduction(name, len(symbols), frozenset(i for i, s in enumerate(symbols) if s.startswith("_")), make)


@cache
def _parser() -> _Parser:
    return _Parser()


def _grammar_file() -> Path:
    package = find_spec("hcl2")
    if package is None or package.origin is None:
        raise ImportError("python-hcl2 is not installed")
    return Path(package.origin).with_name("hcl2.lark")


def amended_grammar() -> str:
    """python-hcl2's grammar without the newlines that the scanner leaves out, and with the amendments.

    :raises ImportError: if an amendment does not fit the installed python-hcl2, in exactly one place.
    """
    grammar = re.sub(r"\s*\bnew_line_or_comment\?", "", _grammar_file().read_text())
    for rule, amended, _ in AMENDMENTS:
        before, *after = re.split(rf"^{re.escape(rule)}(?=\s)", grammar, flags=re.MULTILINE)
        if len(after) != 1:
            raise ImportError(f"the grammar of the installed python-hcl2 has not this rule, once: {rule}")
        grammar = before + amended + after[0]
    return grammar


def _version() -> str:
    """What decides about a tree: the grammar, and every module that has a hand in it, in a digest."""
    modules = ("ast", "builder", "../cty/graphemes", "json_syntax", "parts", "scanner", "syntax", "table", "template")
    files = [_grammar_file(), *(Path(__file__).parent / f"{name}.py" for name in modules)]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


VERSION: Final = _version()
"""Differs wherever the same text might give another tree."""
