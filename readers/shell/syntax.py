"""The syntax tree of a shell script, in the words of "SHELL GRAMMAR" in bash(1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it stands; ``quoted`` text is neither split nor matched against file names."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """``$name`` or ``${name operator argument}``; ``index`` is what stands in brackets behind the name."""

    name: str
    quoted: bool
    operator: str = ""
    argument: Word | None = None
    index: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """``$(body)`` and backquotes; with a ``direction``, ``<(body)`` or ``>(body)``."""

    body: Sequence
    quoted: bool
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``$((expression))``."""

    expression: Word
    quoted: bool


Part = Literal | Parameter | Substitution | Arithmetic


@dataclass(frozen=True, slots=True)
class Word:
    parts: tuple[Part, ...]

    @property
    def literal(self) -> str | None:
        """The text of a word that nothing is filled into and nothing is quoted in."""
        return "".join(p.text for p in self.parts if isinstance(p, Literal)) if self.is_plain else None

    @property
    def is_plain(self) -> bool:
        return all(isinstance(part, Literal) and not part.quoted for part in self.parts)


@dataclass(slots=True, eq=False)
class Redirect:
    """``descriptor operator target``; for ``<<`` and ``<<<`` the target is the text itself,
    which goes on to ``end``.  (Not frozen: a here-document's text is read when the line is at its end.)
    """

    descriptor: int | None
    operator: str
    target: Word
    start: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name=value``; ``value`` is a tuple of words for an array, ``append`` for ``+=``."""

    name: str
    value: Word | tuple[Word, ...]
    append: bool = False
    index: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """``start`` and ``end`` are offsets into the script."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Simple(Node):
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Commands one after the other; True beside those that ``&`` puts in the background."""

    items: tuple[tuple[Node, bool], ...]


@dataclass(frozen=True, slots=True)
class AndOr(Node):
    """``left && right`` or ``left || right``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Pipeline(Node):
    commands: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Redirected(Node):
    """A compound command with redirections of its own."""

    body: Node
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Subshell(Node):
    body: Sequence


@dataclass(frozen=True, slots=True)
class If(Node):
    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None


@dataclass(frozen=True, slots=True)
class While(Node):
    condition: Sequence
    body: Sequence
    until: bool


@dataclass(frozen=True, slots=True)
class For(Node):
    """``words`` is None where it goes over the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence


@dataclass(frozen=True, slots=True)
class Case(Node):
    """Each clause: its patterns, its commands, and what ends it (``;;``, ``;&`` or ``;;&``)."""

    word: Word
    clauses: tuple[tuple[tuple[Word, ...], Sequence, str], ...]


@dataclass(frozen=True, slots=True)
class Function(Node):
    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """``[[ words ]]``."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class ArithmeticCommand(Node):
    """``(( expression ))``."""

    expression: Word


class Unreadable(Exception):
    """Text that is no script, or uses what is not understood here; ``at`` is the offset."""

    def __init__(self, problem: str, at: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at
