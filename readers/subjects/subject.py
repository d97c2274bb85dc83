"""What a scenario is about, and how it is asked: a path, and what must hold there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from readers import Malformed, Missing
from readers.account import NO_ACCOUNT, Account, Certainty, as_text, every, some, told_apart, undetermined
from readers.kubernetes.quantity import exact_quantity
from readers.subjects.condition import Condition, parse_condition
from readers.subjects.node import Node
from readers.subjects.path import Path, parse_path
from readers.subjects.walk import Found, walk
from tfparse import IgnoredPath, Origin, Value
from tfparse.cty.values import REDACTED, SECRET, Unknown
from tfparse.diagnostics import UnknownValueError

_SHOWN = 200
"""Characters of a value that a finding shows at most."""


class Subject(Struct, frozen=True):
    """One thing that is declared.

    ``label`` names it in findings ("Deployment web in namespace shop"); ``account`` says what else could decide it,
    and ``ways`` looks for more of that, by path; ``ignored`` finds the ``ignore_changes`` entry that covers a path.
    """

    label: str
    node: Node
    account: Account = NO_ACCOUNT
    ignored: Callable[[str], IgnoredPath | None] = lambda _: None
    ways: Callable[[str], Account] = lambda _: NO_ACCOUNT

    @property
    def origin(self) -> Origin | None:
        return self.node.origin

    def at(self, path: str) -> list[Found]:
        """What stands at a path.

        Raises:
            Malformed: it is no path, or asks a key of a list.
            Missing: it asks for each element, and there is none.
        """
        return walk(self.node, parse_path(path))

    def text_at(self, path: str, read: Callable[[Value, str], Node]) -> Subject:
        """The text at a path, read as a subject of its own.

        Raises:
            Missing: nothing stands there.
            UnknownValueError: what stands there cannot be known.
            Malformed: it is no text, or ``read`` refuses it.
        """
        label = f"{path} of {self.label}"
        (found,) = self.at(path)
        if found.value is None:
            raise Missing(f"text at {path}", f"{self.label}{found.near}", found.origin)
        if found.value.unknown is not None and found.value.parts is None:
            raise UnknownValueError(f"{label}: {found.value.unknown.reason}", found.value.unknown.origin)
        text = as_text(found.value, label)
        return replace(self, label=label, node=read(text, label), ignored=lambda _: None)


class Row(Struct, frozen=True):
    """A row of a table: a path, and what must hold there."""

    path: Path
    condition: Condition

    @classmethod
    def of(cls, path: str, condition: str) -> Row:
        return cls(parse_path(path), parse_condition(condition))

    def holds(self, subject: Subject) -> Certainty:
        """Whether it holds of something that stands at the path: what a "where" asks."""
        try:
            found = walk(subject.node, self.path)
        except Missing:
            return False
        return some(_doubted(one.holds(self.condition.holds), one) for one in found)


def _doubted(holds: Certainty, found: Found) -> Certainty:
    """Whether it holds, as far as nothing may decide otherwise."""
    doubt = next(iter(found.account.doubts), None)
    return holds if holds is not True or doubt is None else Unknown(doubt.text, doubt.origin)


class Subjects(Struct, frozen=True):
    """All of a kind that some rows single out.

    ``certain`` certainly belong to them, each of ``doubtful`` may, for the reason beside it, and ``unseen`` says why
    there may be others still.  ``near`` is a hint where there are none, ``account`` says from where others may come
    that are not counted.
    """

    label: str
    certain: tuple[Subject, ...]
    doubtful: tuple[tuple[Subject, Unknown], ...] = ()
    unseen: Unknown | None = None
    near: str = ""
    account: Account = NO_ACCOUNT

    @classmethod
    def of(
        cls, label: str, found: Iterable[tuple[Subject, Certainty]], unseen: Unknown | None = None, near: str = "",
        account: Account = NO_ACCOUNT,
    ) -> Subjects:  # fmt: skip
        """Some things, each with whether it certainly belongs to them."""
        certain, doubtful = told_apart(found)
        return cls(label, tuple(certain), tuple(doubtful), unseen, near, account)

    @property
    def each(self) -> list[tuple[Subject, Certainty]]:
        """Every one that may belong to them, and whether it certainly does."""
        return [*((subject, True) for subject in self.certain), *self.doubtful]

    def where(self, rows: Sequence[Row]) -> Subjects:
        """Those of which all rows hold."""
        found = ((subject, every(*(row.holds(subject) for row in rows), there)) for subject, there in self.each)
        return Subjects.of(self.label, found, self.unseen, self.near, self.account)

    def one(self) -> Subject:
        """The only one.

        Raises:
            Missing: there is none.
            Malformed: there are several; the message names their places.
            UnknownValueError: it is not certain that there is one.
        """
        if len(self.certain) > 1:
            places = " and ".join(str(subject.origin) for subject in self.certain)
            raise Malformed(self.label, f"{len(self.certain)} are declared: {places}", self.certain[1].origin)
        if self.certain:
            return self.certain[0]
        for subject, why in self.doubtful:
            raise undetermined(f"{subject.label} may be the {self.label}", why, subject.origin)
        if self.unseen is not None:
            raise undetermined(f"whether there is a {self.label} cannot be known", self.unseen, None)
        raise Missing(self.label, "the repo")

    def settled(self, question: str) -> None:
        """Raise where it is not certain which ones there are.

        Raises:
            Missing: there is none.
            UnknownValueError: one may belong to them, or there may be others.
        """
        for subject, why in self.doubtful:
            raise undetermined(f"{question}: {subject.label} may be one", why, subject.origin)
        if self.unseen is not None:
            raise undetermined(question, self.unseen, None)
        if not self.certain:
            raise Missing(self.label, f"the repo{self.near}")

    def texts(self, path: str) -> list[tuple[Found, str]]:
        """What stands at a path of each, and its text.

        Raises:
            Missing: nothing stands there in one of them.
            UnknownValueError: one of them cannot be known.
        """
        found = [(subject, one) for subject in self.certain for one in subject.at(path)]
        return [(one, _text_of(subject, one)) for subject, one in found]

    def lacking(self, path: str, wanted: Iterable[str]) -> list[str]:
        """Those of the ``wanted`` texts that none of them has at a path."""
        there = {text for _, text in self.texts(path)}
        return [text for text in wanted if text not in there]


def _text_of(subject: Subject, found: Found) -> str:
    if found.value is None:
        raise Missing(found.path, f"{subject.label}{found.near}", found.origin)
    if found.value.unknown is not None:
        raise UnknownValueError(f"{found.path} of {subject.label}: {found.value.unknown.reason}", found.origin)
    return as_text(found.value, found.path).as_string()


def shown(found: Found) -> str:
    """What stands at a path, as a finding may show it."""
    return f"not set{found.near}" if found.value is None else shown_value(found.value)


def shown_value(value: Value) -> str:
    """A value as a finding may show it: a secret never, a long text cut."""
    if value.all_marks() & SECRET:
        return REDACTED
    if value.unknown is not None and value.parts is None:
        return f"(unknown: {value.unknown.reason})"
    if isinstance(value.raw, dict):
        return f"a mapping of {', '.join(value.raw) or 'nothing'}"[:_SHOWN]
    if isinstance(value.raw, tuple):
        return f"a list of {', '.join(shown_value(element) for element in value.raw) or 'nothing'}"[:_SHOWN]
    if value.unknown is not None:
        parts = ("…" if isinstance(part.text, Unknown) else part.text for part in value.text_parts())
        return f'"{"".join(parts)}"'[:_SHOWN]
    return f'"{as_text(value, "value").as_string()}"'[:_SHOWN]


def total(subjects: Subjects, path: str) -> tuple[Fraction, list[Found]]:
    """The sum of the quantities at a path of each subject, and what stands there.

    Raises:
        Malformed: one of them is no quantity.
        Missing: nothing stands there in one of them.
        UnknownValueError: one of them cannot be known.
    """
    texts = subjects.texts(path)
    return sum((exact_quantity(text) for _, text in texts), Fraction()), [found for found, _ in texts]
