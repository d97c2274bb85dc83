"""The syntax tree of a shell script, in the words of "SHELL GRAMMAR" in bash(1)."""

from __future__ import annotations

from msgspec import Struct


class Literal(Struct, frozen=True):
    """Text as it stands; ``quoted`` text is neither split nor matched against file names."""

    text: str
    quoted: bool


class Parameter(Struct, frozen=True):
    """``$name`` or ``${name operator argument}``; ``index`` is what stands in brackets behind the name."""

    name: str
    quoted: bool
    operator: str = ""
    argument: Word | None = None
    index: str = ""


class Substitution(Struct, frozen=True):
    """``$(body)`` and backquotes; with a ``direction``, ``<(body)`` or ``>(body)``."""

    body: Sequence
    quoted: bool
    direction: str = ""


class Arithmetic(Struct, frozen=True):
    """``$((expression))``."""

    expression: Word
    quoted: bool


Part = Literal | Parameter | Substitution | Arithmetic


class Word(Struct, frozen=True):
    parts: tuple[Part, ...]

    @property
    def literal(self) -> str | None:
        """The text of a word that nothing is filled into and nothing is quoted in."""
        return "".join(p.text for p in self.parts if isinstance(p, Literal)) if self.is_plain else None

    @property
    def is_plain(self) -> bool:
        return all(isinstance(part, Literal) and not part.quoted for part in self.parts)


class Redirect(Struct, eq=False):
    """``descriptor operator target``; for ``<<`` and ``<<<`` the target is the text itself,
    which goes on to ``end``.  (Not frozen: a here-document's text is read when the line is at its end.)
    """

    descriptor: int | None
    operator: str
    target: Word
    start: int
    end: int = 0


class Assignment(Struct, frozen=True):
    """``name=value``; ``value`` is a tuple of words for an array, ``append`` for ``+=``."""

    name: str
    value: Word | tuple[Word, ...]
    append: bool = False
    index: str = ""


class Node(Struct, frozen=True):
    """``start`` and ``end`` are offsets into the script."""

    start: int
    end: int


class Simple(Node, frozen=True):
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


class Sequence(Node, frozen=True):
    """Commands one after the other; True beside those that ``&`` puts in the background."""

    items: tuple[tuple[Node, bool], ...]


class AndOr(Node, frozen=True):
    """``left && right`` or ``left || right``."""

    operator: str
    left: Node
    right: Node


class Pipeline(Node, frozen=True):
    commands: tuple[Node, ...]
    negated: bool


class Redirected(Node, frozen=True):
    """A compound command with redirections of its own."""

    body: Node
    redirects: tuple[Redirect, ...]


class Subshell(Node, frozen=True):
    body: Sequence


class If(Node, frozen=True):
    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None


class While(Node, frozen=True):
    condition: Sequence
    body: Sequence
    until: bool


class For(Node, frozen=True):
    """``words`` is None where it goes over the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence


class Case(Node, frozen=True):
    """Each clause: its patterns, its commands, and what ends it (``;;``, ``;&`` or ``;;&``)."""

    word: Word
    clauses: tuple[tuple[tuple[Word, ...], Sequence, str], ...]


class Function(Node, frozen=True):
    name: str
    body: Node


class Conditional(Node, frozen=True):
    """``[[ words ]]``."""

    words: tuple[Word, ...]


class ArithmeticCommand(Node, frozen=True):
    """``(( expression ))``."""

    expression: Word


class Unreadable(Exception):
    """Text that is no script, or uses what is not understood here; ``at`` is the offset."""

    def __init__(self, problem: str, at: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at
