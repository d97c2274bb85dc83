"""What a scenario was at the base: what each finding showed there, and which failures are old."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from gate.comparison import compared
from gate.evidence import Finding, conclude
from gate.record import Record
from gate.verdict import Verdict

P, F, U, N, W = Verdict.PASSED, Verdict.FAILED, Verdict.UNDETERMINED, Verdict.NOT_PROVEN, Verdict.PENDING
Shown = tuple[str, str, Verdict]


def record(*shown: Shown) -> Record:
    findings = tuple(Finding(what, "x", actual, verdict) for what, actual, verdict in shown)
    verdict, reason = conclude(findings)
    return Record("f", "t", "", None, "n", "", 1, 0, ("MH-1.1",), verdict, reason, findings)


def base(*shown: Shown) -> dict[str, object]:
    """As report.json has it."""
    findings = [
        {"what": what, "expected": "x", "actual": actual, "verdict": str(verdict)} for what, actual, verdict in shown
    ]
    return {"verdict": str(record(*shown).verdict), "findings": findings}


@pytest.mark.parametrize(
    ("then", "now", "is_old"),
    [
        ([("a", "1", P)], [("a", "2", F)], False),
        ([("a", "2", F)], [("a", "2", F)], True),
        ([("a", "3", F)], [("a", "2", F)], False),  # one fault in place of another
        ([("a", "?", U)], [("a", "2", F)], False),  # whether it was broken is not known
        ([("a", "2", F)], [("a", "?", U)], False),  # what it is now may be worse
        ([("a", "?", U)], [("a", "?", U)], True),
        ([("a", "?", U)], [("a", "??", U)], False),
        ([("a", "1", P)], [("a", "?", U)], False),
        ([("a", "1", N)], [("a", "2", F)], False),
        ([("a", "1", W)], [("a", "2", F)], False),
        ([], [("a", "2", F)], False),  # nothing was checked
        ([], [], True),  # nor is it now
        # a new failure does not hide behind an old one
        ([("a", "2", F), ("b", "1", P)], [("a", "2", F), ("b", "2", F)], False),
        ([("a", "2", F), ("b", "?", U)], [("a", "2", F), ("b", "2", F)], False),
        ([("a", "2", F)], [("a", "2", F), ("b", "?", U)], False),
        ([("a", "missing", F)], [("b", "2", F)], False),
        ([("a", "2", F), ("b", "2", F)], [("a", "2", F), ("b", "1", P)], True),
        # of several findings about one thing, as many are old as there were
        ([("a", "2", F), ("a", "1", P)], [("a", "1", P), ("a", "2", F)], True),
        ([("a", "2", F), ("a", "1", P)], [("a", "1", P), ("a", "3", F)], False),
        ([("a", "2", F), ("a", "1", P)], [("a", "2", F), ("a", "3", F)], False),
        ([("a", "2", F)], [("a", "2", F), ("a", "2", F)], False),
        ([("a", "2", F)], [("a", "?", U), ("a", "2", F)], False),
        ([("a", "2", F), ("a", "?", U)], [("a", "?", U), ("a", "2", F)], True),
        # what held and is gone is news beside what cannot be known: it may be what kept the promise
        ([("a", "?", U), ("b", "1", P)], [("a", "?", U)], False),
        ([("a", "?", U), ("b", "1", W)], [("a", "?", U)], False),
        ([("a", "?", U), ("b", "1", N)], [("a", "?", U)], False),
        ([("a", "?", U), ("a", "1", P)], [("a", "?", U)], False),
        ([("a", "?", U), ("b", "1", P), ("b", "2", P)], [("a", "?", U), ("b", "2", P)], False),
        ([("a", "?", U), ("b", "1", P)], [("a", "?", U), ("b", "3", P)], True),
        ([("c", "2", F), ("a", "?", U), ("b", "1", P)], [("c", "2", F), ("a", "?", U)], False),
        ([("b", "1", P), ("a", "?", U)], [], False),
        ([("a", "?", U)], [], False),
        # beside what is known to be wrong, whatever is missed is a finding of its own
        ([("a", "2", F), ("b", "1", P)], [("a", "2", F)], True),
        ([("a", "?", U), ("b", "2", F)], [("a", "?", U)], True),
    ],
)
def test_old(then: Sequence[Shown], now: Sequence[Shown], is_old: bool) -> None:
    assert compared(record(*now), base(*then)).is_old is is_old


@pytest.mark.parametrize(
    ("then", "now", "is_old"),
    [
        ("unreadable: main.tf:12: no such block", "unreadable: main.tf:15: no such block", True),
        ("two of them (deep/main.tf:1, main.tf:7)", "two of them (deep/main.tf:4, main.tf:8)", True),
        ("on line 3, column 1: no key", "on line 4, column 9: no key", True),
        ("main.tf:12: no such block", "other.tf:12: no such block", False),
        ("[mail.example.org]:587", "[mail.example.org]:25", False),
        ("mail.example.org:587", "mail.example.org:25", False),
        ("../main.tf:1", "../main.tf:2", False),
        ("/etc/hostname:1", "/etc/hostname:2", False),
    ],
)
def test_a_fault_is_the_same_on_another_line(then: str, now: str, is_old: bool, tmp_path: Path) -> None:
    """Only the number of a line may differ; a port is none."""
    for name in ("infra/main.tf", "infra/deep/main.tf", "infra/other.tf", "main.tf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for wrong in (F, U):
        found = compared(record(("a", now, wrong)), base(("a", then, wrong)), tmp_path / "infra")
        assert found.is_old is is_old
        assert (found.findings[0].was is None) is is_old


def test_another_expectation_is_another_fault() -> None:
    then = base(("a", "2", F))
    assert compared(record(("a", "2", F)), then).is_old
    then["findings"][0]["expected"] = "y"
    assert not compared(record(("a", "2", F)), then).is_old


def test_what_is_gone_is_told() -> None:
    found = compared(record(("a", "1", P)), base(("a", "1", P), ("b", "2", P), ("c", "3", F)))
    assert [(finding.what, finding.actual) for finding in found.gone] == [("b", "2")]
    assert not found.is_old


def test_what_is_not_wrong_is_not_old() -> None:
    assert not compared(record(("a", "1", P)), base(("a", "2", F))).is_old


@pytest.mark.parametrize("shown", [("a", "2", F), ("a", "?", U)])
def test_what_was_not_judged_at_the_base_is_new(shown: Shown) -> None:
    found = compared(record(shown), None)
    assert (found.before, found.is_old) == (None, False)


@pytest.mark.parametrize("verdict", ["error", "not in force", "waived"])
@pytest.mark.parametrize("shown", [("a", "2", F), ("a", "?", U)])
def test_what_was_no_failure_at_the_base_makes_nothing_old(verdict: str, shown: Shown) -> None:
    found = compared(record(shown), base(shown) | {"verdict": verdict})
    assert (found.before, found.is_old) == (verdict, False)


def test_of_several_about_one_thing_the_one_that_shows_the_same_is_old() -> None:
    found = compared(record(("a", "3", F), ("a", "2", F)), base(("a", "2", F)))
    assert [finding.is_new for finding in found.findings] == [True, False]


@pytest.mark.parametrize(
    ("then", "now", "was"),
    [
        ([("a", "1", P)], [("a", "1", P)], [None]),
        ([("a", "2", F)], [("a", "1", P)], ["2"]),
        ([("a", "1", P), ("b", "1", P)], [("b", "1", P), ("a", "2", F)], [None, "1"]),
        ([], [("a", "1", P)], [None]),
        # several about one thing: those that show the same go together
        ([("a", "1", P), ("a", "2", P)], [("a", "2", P), ("a", "3", P)], [None, "1"]),
        ([("a", "1", P), ("a", "2", P)], [("a", "3", P), ("a", "4", P)], ["1", "2"]),
        ([("a", "1", P)], [("a", "1", P), ("a", "1", P)], [None, None]),
    ],
)
def test_was(then: Sequence[Shown], now: Sequence[Shown], was: list[str | None]) -> None:
    found = compared(record(*now), base(*then)).findings
    assert [finding.was for finding in found] == was
    assert [(f.what, f.actual, f.verdict) for f in found] == list(now)


def test_it_travels() -> None:
    found = compared(record(("a", "2", F)), base(("a", "1", P), ("b", "1", P)))
    assert Record.from_json(found.to_json()) == found
    assert found.findings[0].is_new


AGREE, DIFFER = ("the same", P), ("p=none, not reject", F)


@pytest.mark.parametrize(
    ("then", "now", "blamed"),
    [
        # the one that was changed is wrong, whichever comes first
        ({"a": "reject", "b": "reject"}, {"a": "none", "b": "reject"}, ["a"]),
        ({"a": "reject", "b": "reject"}, {"a": "reject", "b": "none"}, ["b"]),
        # both were, or one has come
        ({"a": "reject", "b": "reject"}, {"a": "none", "b": "quarantine"}, ["a", "b"]),
        ({"a": "reject"}, {"a": "reject", "b": "none"}, ["b"]),
        # none was: they differed before
        ({"a": "none", "b": "reject"}, {"a": "none", "b": "reject"}, ["a", "b"]),
        ({"a": "reject", "b": "reject"}, {"a": "reject", "b": "reject"}, []),
    ],
)
def test_of_witnesses_that_disagree_the_one_that_moved_is_wrong(
    then: dict[str, str], now: dict[str, str], blamed: list[str]
) -> None:
    def shown(said: dict[str, str]) -> Record:
        actual, verdict = AGREE if len(set(said.values())) == 1 else DIFFER
        seen = record(*((what, actual, verdict) for what in said))
        findings = (replace(finding, says=said[finding.what]) for finding in seen.findings)
        return replace(seen, findings=tuple(findings))

    before = shown(then)
    held = {"verdict": str(before.verdict), "findings": [asdict(finding) for finding in before.findings]}
    found = compared(shown(now), held)
    assert [finding.what for finding in found.findings if not finding.ok] == blamed
    assert found.is_old == (bool(blamed) and then == now)
    assert not found.gone
