"""What must hold of a subject, of each of several, or of all of them together."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
from pytest_bdd import parsers, then

from gate.evidence import Evidence
from gate.words import example, takes
from readers.account import Account, Certainty
from readers.kubernetes.quantity import exact_quantity
from readers.subjects.besides import Besides
from readers.subjects.condition import Condition
from readers.subjects.subject import Row, Subject, Subjects, shown, total
from readers.subjects.walk import Found
from steps._findings import ROWS, Table, rows
from tfparse import Origin
from tfparse.cty.values import Unknown


@then("it has:")
@takes("path", "is", reads=ROWS)
@example("""Then it has:
  | path                       | is    |
  | spec.externalTrafficPolicy | Local |""")
def it_has(evidence: Evidence, subject: Subject, datatable: Table) -> None:
    judge_rows(evidence, subject, datatable)


@then("each of them has:")
@takes("path", "is", reads=ROWS)
@example("""Then each of them has:
  | path                       | is              |
  | spec.externalTrafficPolicy | if set, Cluster |""")
def each_has(evidence: Evidence, subjects: Subjects, datatable: Table) -> None:
    _at_least_one(evidence, subjects)
    told: set[Origin | None] = set()
    for subject in subjects.certain:
        _judge_rows(evidence, subject, datatable, None, told)
    for subject, why in subjects.doubtful:
        _judge_rows(evidence, subject, datatable, why, told)


@then(parsers.re(r"there (?:are (?P<bound>exactly|at least|at most) (?P<number>\d+) of them|is (?P<few>none|one))"))
@example("Then there are at most 3 of them", "Then there is one", "Then there is none")
def there_are(evidence: Evidence, subjects: Subjects, bound: str | None, number: str, few: str | None) -> None:
    if few is not None:
        _count(evidence, subjects, few, int(few == "one"), int(few == "one"))
        return
    least = 0 if bound == "at most" else int(number)
    most = None if bound == "at least" else int(number)
    _count(evidence, subjects, f"{bound} {number}", least, most)


@then(parsers.re(r"together, their (?P<path>\S+) (?:is exactly:|sums to (?P<bound>at least|at most) (?P<amount>\S+))"))
@takes("value")
@example(
    """Then together, their bucket is exactly:
  | value |
  | logs  |
  | state |""",
    'Then together, their spec.hard."requests.memory" sums to at most 64Gi',
)
def together(
    evidence: Evidence, subjects: Subjects, path: str, bound: str | None, amount: str, datatable: Table | None = None
) -> None:
    if bound is not None:
        _sums_to(evidence, subjects, path, bound, amount)
    else:
        _is_exactly(evidence, subjects, path, [row["value"] for row in rows(datatable or [[]])])


def _sums_to(evidence: Evidence, subjects: Subjects, path: str, bound: str, amount: str) -> None:
    what, expected = f"sum of {path} of every {subjects.label}", f"{bound} {amount}"
    evidence.heed(subjects.account)
    with evidence.about(what, expected):
        subjects.settled(f"the {what} cannot be known")
        summed, found = total(subjects, path)
        addends = " + ".join(shown(one) for one in found)
        bounded = exact_quantity(amount)
        ok = summed >= bounded if bound == "at least" else summed <= bounded
        evidence.check(what, expected, f"{float(summed):g} = {addends}", ok=ok, at=found[0].origin)


def _is_exactly(evidence: Evidence, subjects: Subjects, path: str, wanted: list[str]) -> None:
    what, expected = f"{path} of every {subjects.label}", f"exactly {', '.join(wanted)}"
    evidence.heed(subjects.account)
    with evidence.about(what, expected):
        subjects.settled(f"what the {what} is cannot be known")
        for found, text in subjects.texts(path):
            evidence.check(what, expected, shown(found), ok=text in wanted, at=found.origin)
        for text in subjects.lacking(path, wanted):
            evidence.check(what, expected, f"none has {text}", ok=False, at=_place(subjects))


def judge_rows(evidence: Evidence, subject: Subject, datatable: Table) -> None:
    """Record of each row of a table whether it holds of a subject."""
    _judge_rows(evidence, subject, datatable, None, set())


def _judge_rows(
    evidence: Evidence, subject: Subject, datatable: Table, doubt: Unknown | None, told: set[Origin | None]
) -> None:
    """Record what holds of a subject; what was ``told`` of others, by its place, is not told again."""
    for row in rows(datatable):
        account = subject.account + subject.ways(row["path"])
        untold = tuple(remark for remark in account.notes if remark.origin not in told)
        told |= {remark.origin for remark in account.notes}
        _judge(evidence, subject, row["path"], row["is"], doubt, replace(account, remarks=(*untold, *account.doubts)))


def _judge(
    evidence: Evidence, subject: Subject, path: str, condition: str, doubt: Unknown | None, account: Account
) -> None:
    """Record of each thing at a path whether a condition holds of it, and of what else decides it."""
    with evidence.about(f"{path} of {subject.label}", condition):
        row = Row.of(path, condition)
        for found in subject.at(path):
            what = f"{found.path} of {subject.label}"
            with evidence.about(what, condition):
                besides = found.besides(condition)
                for holds, actual, origin, note in _deciding(subject, found, besides, row.condition):
                    why = holds if isinstance(holds, Unknown) else doubt if holds is False else None
                    if why is None:
                        own = account + besides.account
                        evidence.check(what, condition, actual, ok=holds is True, at=origin, note=note, account=own)
                    else:
                        at = why.origin or origin
                        evidence.undetermined(what, condition, why.reason, at=at)


def _deciding(
    subject: Subject, found: Found, besides: Besides, condition: Condition
) -> Iterator[tuple[Certainty, str, Origin | None, str | None]]:
    """Whether it holds of what decides: the value at a path unless something is set in its place, what is set beside
    it."""
    if found.value is not None or not besides.settings:
        yield found.holds(condition.holds), shown(found), found.origin, _note(subject, found)
    for one in besides.settings:
        yield condition.holds(one.value), one.shown, one.origin, f"set by {one.source}"


def _note(subject: Subject, found: Found) -> str | None:
    """What to know where Terraform sets a value once and then lets it drift; else who sets it, of several that do."""
    ignored = found.ignored or subject.ignored(found.path)
    if ignored is not None:
        return f"Terraform does not enforce this: ignore_changes, {ignored.origin}"
    return f"set by {found.source}" if found.source else None


def _at_least_one(evidence: Evidence, subjects: Subjects) -> None:
    """Record that there is something to look at, and whether there may be more than is seen."""
    what, expected = f"every {subjects.label}", "there is one at least"
    evidence.heed(subjects.account)
    with evidence.about(what, expected):
        if subjects.unseen is not None:
            evidence.undetermined(
                what, expected, f"there may be others: {subjects.unseen.reason}", at=subjects.unseen.origin
            )
        elif not subjects.each:
            evidence.check(what, expected, f"there is none{subjects.near}", ok=False)


def _count(evidence: Evidence, subjects: Subjects, expected: str, least: int, most: int | None) -> None:
    """Record whether as many are there as are wanted, each of those that are too many at its own place."""
    what = f"number of {subjects.label}"
    sure, possible = len(subjects.certain), len(subjects.certain) + len(subjects.doubtful)
    if most is not None:
        evidence.heed(subjects.account)
    too_many = most is not None and sure > most
    if too_many:
        for subject in subjects.certain:
            evidence.check(what, expected, f"{sure}, among them {subject.label}", ok=False, at=subject.origin)
    elif subjects.unseen is not None and (most is not None or sure < least):
        why = subjects.unseen
        evidence.undetermined(what, expected, f"there may be others: {why.reason}", at=why.origin)
    elif (most is not None and possible > most) or sure < least <= possible:
        subject, why = subjects.doubtful[0]
        evidence.undetermined(
            what, expected, f"{subject.label} may be one: {why.reason}", at=why.origin or subject.origin
        )
    else:
        actual = str(sure) if sure else f"none{subjects.near}"
        evidence.check(what, expected, actual, ok=sure >= least, at=_place(subjects))


def _place(subjects: Subjects) -> Origin | None:
    return subjects.certain[0].origin if subjects.certain else None
