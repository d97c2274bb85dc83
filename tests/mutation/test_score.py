"""The score counts for the right reason: who looked must notice, and an excuse must be needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.campaign import Site, Trial
from tests.mutation.elements import Element
from tests.mutation.mutators import Mutant
from tests.mutation.page import page
from tests.mutation.score import Excuse, Score, read_excuses

TEXT = "a = 1\nb = 2\n"


def trial(changed: dict[str, str] | None, *, evidence: str = "", effects: str = "", new: str = "3") -> Trial:
    """A mutant of ``b = 2``; ``changed`` are the verdicts that are not ``passed`` any more, None: not judged."""
    element = Element("argument", 6, 11, 2)
    site = Site("today", "x.tf", element, frozenset(evidence.split()), frozenset(effects.split()))
    verdicts = None if changed is None else {"A": "passed", "B": "passed"} | changed
    return Trial(site, Mutant("today", "x.tf", 2, "off by one", 10, 11, new), frozenset(changed or ()), verdicts)


def score(*trials: Trial, excuses: list[Excuse] | None = None) -> Score:
    found = Score(excuses or [])
    found.add(trials, {"x.tf": TEXT})
    return found


@pytest.mark.parametrize("verdict", ["failed", "undetermined"])
def test_who_looked_must_notice(verdict: str) -> None:
    found = score(trial({"A": verdict}, evidence="A"))
    assert (found.watched["A"].killed, found.watched["A"].survived, found.clean) == (1, 0, True)


def test_that_another_notices_is_no_merit() -> None:
    found = score(trial({"B": "failed"}, evidence="A"))
    assert (found.watched["A"].killed, found.watched["A"].survived, found.clean) == (0, 1, False)
    assert str(found.survivors[0]) == "A  x.tf:2  off by one\n          b = 2\n     ->   b = 3"


def test_each_of_two_that_looked_must_notice() -> None:
    found = score(trial({"B": "failed"}, evidence="A B"))
    assert (found.watched["A"].survived, found.watched["B"].killed) == (1, 1)


def test_where_no_finding_points_one_of_those_it_matters_to_must() -> None:
    found = score(trial({"B": "failed"}, effects="A B"), trial({}, effects="A B"))
    assert (found.beside["x.tf"].killed, found.beside["x.tf"].survived) == (1, 1)
    assert found.survivors[0].id_ == "A and 1 more"


def test_an_error_of_the_suite_is_no_verdict() -> None:
    found = score(trial({"A": "error"}, evidence="A"))
    assert found.crashes
    assert not found.clean


def test_what_cannot_be_judged_counts_for_nothing() -> None:
    found = score(trial(None, evidence="A"))
    assert (found.refused, found.watched, found.clean) == (1, {}, True)


def test_an_excuse_takes_the_place_of_a_kill() -> None:
    excuse = Excuse("*.tf", "^b = 2$", "nobody counts", becomes="^b = 3$", rules=("off by one",), by=("A",))
    found = score(trial({}, evidence="A"), excuses=[excuse])
    assert (found.watched["A"].equivalent, found.total.percent, excuse.used, found.clean) == (1, "-", 1, True)


@pytest.mark.parametrize(
    "excuse",
    [
        Excuse("y.tf", "^b = 2$", "another file"),
        Excuse("x.tf", "^a = 1$", "another line"),
        Excuse("x.tf", "^b = 2$", "another mutant", becomes="4"),
        Excuse("x.tf", "^b = 2$", "another rule", rules=("flip",)),
        Excuse("x.tf", "^b = 2$", "another's silence", by=("B",)),
    ],
    ids=lambda excuse: excuse.why,
)
def test_an_excuse_that_none_needs_is_refused(excuse: Excuse) -> None:
    found = score(trial({}, evidence="A"), excuses=[excuse])
    assert (len(found.survivors), found.unused, found.clean) == (1, [excuse], False)


def test_the_page_tells_the_score() -> None:
    excuse = Excuse("x.tf", "^b|c", "nobody counts", by=("B",))
    found = score(
        trial({"A": "failed"}, evidence="A"), trial({}, evidence="B"), trial({}, effects="A"), excuses=[excuse]
    )
    text = page(found, ["A", "B", "C"])
    assert "**1 of 2** mutants are found out (50.0 %);" in text
    assert "| A | 1 | 1 | 0 | 0 | 100.0 % |" in text
    assert "| B | 1 | 0 | 1 | 0 | - |" in text
    assert "| C | 0 | 0 | 0 | 0 | - |" in text
    assert "| `x.tf` | 1 | 0 | 0 | 1 | 0.0 % |" in text
    assert r"| 1 | `x.tf`: `^b\|c` (B) | nobody counts |" in text


def test_every_excuse_has_a_reason(tmp_path: Path) -> None:
    assert [excuse for excuse in read_excuses() if len(excuse.why.split()) < 5] == []
    (tmp_path / "e.yaml").write_text("- {in: x, at: y, why: z, rule: [flip]}\n")
    with pytest.raises(TypeError, match="rule"):
        read_excuses(tmp_path / "e.yaml")
