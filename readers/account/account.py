"""The account of an answer: every way in which something else could decide it, and what was found there.

A reader finds where a thing is declared.  What is declared can be overruled from elsewhere: by another stack, a script
that runs last, a chart's own setting.  Each such :class:`Way` is a row in a list that stands with its subject
(``ways.py`` of its folder), so that none is forgotten silently; ``docs/ways.md`` is made from those lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Generic, TypeVar

from msgspec import Struct

from readers.account.errors import Malformed, Missing
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError

Q = TypeVar("Q")


class Weight(Enum):
    """What a remark does to the answer.  The order of definition is the order of weight."""

    READ = "read"  # it was looked into, and the answer already heeds it
    NOTE = "note"  # it cannot overrule the answer at once, but a reader should know of it
    DOUBT = "doubt"  # it may overrule the answer, and is not understood


class Remark(Struct, frozen=True):
    """Something that was found on a way: ``text`` says what it is and what it may do, ``origin`` where it stands."""

    text: str
    origin: Origin | None
    weight: Weight = Weight.DOUBT


class Way(Struct, Generic[Q], frozen=True):
    """One way in which something else could decide the answer to a question ``Q``.

    ``subject`` and ``name`` identify it ("container": "its command"), ``source`` is the page or function that says
    that the way exists.  ``look`` yields what is found there; None says that the suite does not look, and ``because``
    why not.
    """

    subject: str
    name: str
    source: str
    look: Callable[[Q], Iterable[Remark]] | None
    because: str = ""


class Account(Struct, frozen=True):
    """The ways that were looked at for one answer, what was found, and of which subjects the ways are."""

    ways: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    subjects: tuple[str, ...] = ()

    def __add__(self, other: Account) -> Account:
        return Account(
            tuple(dict.fromkeys(self.ways + other.ways)),
            tuple(dict.fromkeys(self.remarks + other.remarks)),
            tuple(dict.fromkeys(self.subjects + other.subjects)),
        )

    @property
    def doubts(self) -> tuple[Remark, ...]:
        """What may overrule the answer."""
        return tuple(remark for remark in self.remarks if remark.weight is Weight.DOUBT)

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What a reader of the answer should know of besides."""
        return tuple(remark for remark in self.remarks if remark.weight is Weight.NOTE)

    @property
    def brief(self) -> str | None:
        """How much was looked at, of what, and how much was found; None where nothing was looked at."""
        if not self.ways:
            return None
        found = [(sum(one.weight is weight for one in self.remarks), word) for weight, word in _COUNTED.items()]
        counted = ", ".join(f"{number} {word}" for number, word in found if number) or "nothing there"
        of = f" ({', '.join(self.subjects)})" if self.subjects else ""
        ways = "1 way" if len(self.ways) == 1 else f"{len(self.ways)} ways"
        return f"{ways} to overrule it looked at{of}: {counted}"

    @property
    def summary(self) -> str | None:
        """The ways and all that was found there, in one line; None where nothing was looked at."""
        if not self.ways:
            return None
        found = "; ".join(located(remark) for remark in self.remarks) or "nothing there"
        return f"looked at {', '.join(self.ways)}: {found}"

    def settled(self, question: str) -> None:
        """Raise the first doubt, if there is one, as the reason why a question is open.

        Raises:
            UnknownValueError: something may overrule the answer.
        """
        for doubt in self.doubts:
            raise UnknownValueError(f"{question}: {doubt.text}", doubt.origin)


_COUNTED = {Weight.READ: "read", Weight.NOTE: "noted", Weight.DOUBT: "in doubt"}

#: The account of an answer that nothing else is known to decide.
NO_ACCOUNT = Account()


def located(remark: Remark) -> str:
    """A remark with its place, in one line."""
    return f"{remark.text} ({remark.origin})" if remark.origin else remark.text


def survey(ways: Iterable[Way[Q]], question: Q) -> Account:
    """Look along every way.  What cannot be read there is a doubt, never silence."""
    looked = [way for way in ways if way.look is not None]
    remarks = [remark for way in looked for remark in _look(way, question)]
    subjects = tuple(dict.fromkeys(way.subject for way in looked))
    return Account(tuple(way.name for way in looked), tuple(remarks), subjects)


def _look(way: Way[Q], question: Q) -> Iterator[Remark]:
    assert way.look is not None  # survey has seen to it
    try:
        yield from way.look(question)
    except UnknownValueError as error:
        yield Remark(f"{way.name} cannot be known: {error.reason}", error.origin)
    except (Malformed, Missing) as error:
        yield Remark(f"{way.name} cannot be read: {error}", error.origin)
    except TerraformError as error:
        first = error.diagnostics[0]
        yield Remark(f"{way.name} cannot be read: {first.summary}", first.origin)
