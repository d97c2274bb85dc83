"""What a scenario found: every finding, kept in order, and the verdict that follows from all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from gate.verdict import Verdict, gravest
from readers import Malformed, Missing, NotProven
from readers.account import NO_ACCOUNT, Account, located
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError

#: What a step or a reader may raise.  Anything else is an error of the suite.
REPORTED_ERRORS = (Missing, Malformed, NotProven, TerraformError, UnknownValueError)


def is_lack(cause: str) -> bool:
    """Whether something is not proven for want of a program, and of nothing else: its cause begins with the program.

    What else is said there may quote the judged repo.
    """
    return cause.partition(" ")[2].startswith("is not installed (")


class Finding(Struct, frozen=True):
    """One thing looked at: what it is, what it should be and what it is, as text fit to be shown.

    ``file`` (relative to the infra root) and ``line`` name the place that decides.  ``note`` says what else a
    reader should know: why, or what to do.  ``was`` is what the same finding showed at the base, where there
    is one and it differs; ``is_new``: it is wrong, and nothing showed the same there.  ``account`` says in
    one line where else was looked for something that decides, and what was there; ``looked``, how much that is.
    ``cause`` is why something cannot be known or is not proven, in the same words for all that it concerns.  ``says``
    is what a witness says that has to agree with others: where they do not, the one to blame is the one that says
    something else than at the base.
    """

    what: str
    expected: str
    actual: str
    verdict: Verdict
    file: str | None = None
    line: int | None = None
    note: str | None = None
    was: str | None = None
    is_new: bool = False
    account: str | None = None
    cause: str | None = None
    says: str | None = None
    looked: str | None = None

    @property
    def ok(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def lacks_a_program(self) -> bool:
        """Whether only a program that is missing would prove it."""
        return self.verdict is Verdict.NOT_PROVEN and is_lack(self.cause or "")


class Evidence:
    """The findings of one scenario.  Recording one never raises, whatever it says, so that a step reports all
    that it sees; the verdict is drawn at the end.
    """

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._heeded = NO_ACCOUNT

    def heed(self, account: Account) -> None:
        """Let an account weigh on all that is recorded from now on: what could decide otherwise could decide all of
        it.  Its notes are told once.
        """
        self._heeded += account

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._findings)

    def check(
        self, what: str, expected: str, actual: str, *, ok: bool, at: Origin | None = None, note: str | None = None,
        account: Account = NO_ACCOUNT, says: str | None = None,
    ) -> None:  # fmt: skip
        """Record a comparison.  The caller has made it, and has redacted what is sensitive.

        Where it holds, each doubt of its ``account`` makes it undetermined, at the doubt's own place: something there
        may decide otherwise.

        Raises:
            TypeError: it is handed anything but text and a plain bool: a value's own text is no evidence.
        """
        if not isinstance(ok, bool):
            raise TypeError(f"ok is a {type(ok).__name__}, not a bool")
        account = self._heeded + account
        self._heeded = replace(self._heeded, remarks=self._heeded.doubts)
        told = [located(remark) for remark in (*account.notes, *(() if ok else account.doubts))]
        if told:
            note = "\n".join(filter(None, (note, *told)))
        for doubt in account.doubts if ok else ():
            found = f"unknown: {actual} is declared, but {doubt.text}"
            self._record(what, expected, found, Verdict.UNDETERMINED, doubt.origin or at, note, account, doubt.text)
        if not ok or not account.doubts:
            verdict = Verdict.PASSED if ok else Verdict.FAILED
            self._record(what, expected, actual, verdict, at, note, account, says=says)

    def undetermined(
        self, what: str, expected: str, reason: str, at: Origin | None = None, note: str | None = None
    ) -> None:
        """Record that something cannot be known, and why."""
        self._record(what, expected, f"unknown: {reason}", Verdict.UNDETERMINED, at, note, cause=reason)

    def pending(self, what: str, expected: str, actual: str, at: Origin | None = None, note: str | None = None) -> None:
        """Record that something is not right yet and will be once the change that is judged has been applied.

        The caller has seen that it is declared rightly (``at`` is where), and that what is found is what was
        declared before.
        """
        self._record(what, expected, actual, Verdict.PENDING, at, note)

    @contextmanager
    def about(self, what: str, expected: str) -> Iterator[None]:
        """Record what a reader raises inside as a finding about ``what``, and go on after the block."""
        try:
            yield
        except REPORTED_ERRORS as error:
            self.told(error, what, expected)

    def told(self, error: Exception, what: str, expected: str | None = None, note: str | None = None) -> None:
        """Record what one of the :data:`REPORTED_ERRORS` exceptions says about ``what``."""
        match error:
            case Missing():
                self._record(what, expected or "it exists", f"missing: {error}", Verdict.FAILED, error.origin, note)
            case UnknownValueError():
                self.undetermined(what, expected or "it is known", error.reason, error.origin, note)
            case NotProven():
                expected, said = expected or "it is proven", f"not proven: {error}"
                self._record(what, expected, said, Verdict.NOT_PROVEN, None, note, cause=str(error))
            case Malformed():
                self._unreadable(what, expected, str(error), error.origin, note)
            case TerraformError():
                first = error.diagnostics[0]
                more = f" (and {len(error.diagnostics) - 1} more)" if len(error.diagnostics) > 1 else ""
                problem = ": ".join(filter(None, (first.summary, first.detail)))
                self._unreadable(what, expected, problem + more, first.origin, note)
            case _:
                raise TypeError(f"{type(error).__name__} tells nothing about the infra repo") from error

    def _unreadable(self, what: str, expected: str | None, problem: str, at: Origin | None, note: str | None) -> None:
        expected = expected or "it can be read"
        self._record(what, expected, f"unreadable: {problem}", Verdict.UNDETERMINED, at, note, cause=problem)

    def _record(
        self, what: str, expected: str, actual: str, verdict: Verdict, at: Origin | None, note: str | None,
        account: Account = NO_ACCOUNT, cause: str | None = None, says: str | None = None,
    ) -> None:  # fmt: skip
        for text in (what, expected, actual, note or "", says or ""):
            if not isinstance(text, str):
                raise TypeError(f"evidence is text, not a {type(text).__name__}")
        file, line = (at.file, at.line) if at is not None else (None, None)
        finding = Finding(what, expected, actual, verdict, file, line, note, account=account.summary, cause=cause,
                          says=says, looked=account.brief)  # fmt: skip
        self._findings.append(finding)


def conclude(findings: Sequence[Finding]) -> tuple[Verdict, str | None]:
    """The verdict on a scenario and, unless it passed, the reason.  Nothing passes for want of findings."""
    if not findings:
        return Verdict.UNDETERMINED, "nothing was checked"
    verdict = gravest(finding.verdict for finding in findings)
    if verdict is Verdict.PASSED:
        return verdict, None
    first, *others = (finding for finding in findings if finding.verdict is verdict)
    reason = f"{first.what}: {first.actual}"
    if verdict is Verdict.FAILED:
        reason = f"{first.what}: expected {first.expected}, found {first.actual}"
    return verdict, f"{reason} (and {len(others)} more)" if others else reason
