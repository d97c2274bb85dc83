"""What is asked of the DNS and what came of it: whoever asks, and whether anything is asked at all."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from readers.dns.records import Record, normal_name
from tfparse.diagnostics import UnknownValueError

_LONGEST_CHAIN = 16


class Status(enum.Enum):
    """What became of a question.  The first three are answers, the others are the lack of one."""

    NOERROR = "NOERROR"
    """There are such records."""
    NODATA = "NODATA"
    """The name exists, with records of other types or names below it only (RFC 2308 section 2.2)."""
    NXDOMAIN = "NXDOMAIN"
    """The name does not exist (RFC 8020)."""
    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    NOTIMP = "NOTIMP"
    FORMERR = "FORMERR"
    OTHER = "OTHER"
    """Another rcode, named in the detail."""
    TIMEOUT = "TIMEOUT"
    UNREACHABLE = "UNREACHABLE"
    """The network or the host refused."""
    LAME = "LAME"
    """The server does not speak for the name: it refers elsewhere, or answers without authority."""
    BADRESPONSE = "BADRESPONSE"
    """What came back is no response to the question."""
    ELSEWHERE = "ELSEWHERE"
    """The answer ends in a CNAME whose target this server says nothing of."""
    LOOP = "LOOP"
    """The CNAMEs lead in a circle, or too far."""
    DISAGREEMENT = "DISAGREEMENT"
    """The zone's name servers do not say the same."""
    OFF = "OFF"
    """Nothing was asked."""


_ANSWERS = frozenset({Status.NOERROR, Status.NODATA, Status.NXDOMAIN})


class Answer(Struct, frozen=True):
    """What is known of the records of a name and type.

    ``records`` stand at the end of ``chain``, the CNAMEs followed, as (owner, target).  ``server`` says
    who answered.  ``detail`` is a sentence for people, empty where the status says all.
    """

    name: str
    type: str
    status: Status
    records: tuple[Record, ...] = ()
    chain: tuple[tuple[str, str], ...] = ()
    server: str = ""
    detail: str = ""

    @property
    def answered(self) -> bool:
        """Whether this is an answer: NOERROR, NODATA or NXDOMAIN."""
        return self.status in _ANSWERS

    def require(self) -> tuple[Record, ...]:
        """The records: none for NODATA and NXDOMAIN.  UnknownValueError where there was no answer."""
        if not self.answered:
            raise UnknownValueError(str(self), None)
        return self.records

    def __str__(self) -> str:
        if self.status is Status.OFF:
            return self.detail
        said = "; ".join(map(str, self.records)) or f"{self.status.value} for {self.name} {self.type}"
        if self.chain:
            said += ", by " + " -> ".join([self.chain[0][0], *(target for _, target in self.chain)])
        if self.server:
            said += f", from {self.server}"
        return f"{said}: {self.detail}" if self.detail else said


class DnsModeError(ValueError):
    """A ``--dns`` option that cannot be followed; the message says why."""


class Resolver(ABC):
    """Answers questions, each asked once; a context manager that stops what it started."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self._answers: dict[tuple[str, str], Answer] = {}

    def ask(self, name: str, type: str) -> Answer:
        """The records of a name and type, CNAMEs followed (but for type CNAME itself).

        Never raises for what the network does: see :attr:`Answer.status`.
        """
        question = normal_name(name), type.upper()
        if question not in self._answers:
            self._answers[question] = self._follow(self._ask(*question))
        return self._answers[question]

    def _follow(self, answer: Answer) -> Answer:
        """The answer with CNAMEs followed that lead out of what one server said."""
        while answer.status is Status.ELSEWHERE:
            owners = [owner for owner, _ in answer.chain]
            target = answer.chain[-1][1]
            if target in owners or len(owners) > _LONGEST_CHAIN:
                return replace(answer, status=Status.LOOP)
            further = self._ask(target, answer.type)
            detail = further.detail or ("" if further.answered else f"asked for {target}")
            answer = replace(further, name=answer.name, chain=answer.chain + further.chain, detail=detail)
        return answer

    @abstractmethod
    def _ask(self, name: str, type: str) -> Answer:
        """The answer as far as one server gives it."""

    def close(self) -> None:  # noqa: B027 - most have nothing to stop
        """Stops what was started."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
