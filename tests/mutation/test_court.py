"""Mutants are judged as the gate judges, and once only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.mutation.court import PUBLISHED, ROOT, Charge, Court
from tests.mutation.mutators import Mutant

NAME = "stacks/mailserver/modules/mailserver/variables.tf"
TEXT = (ROOT / "fixtures" / "infra" / NAME).read_text()
FEATURES = ("features/mailserver_hardening/3_rate_limiting.feature",)


def charge(old: str, new: str, features: tuple[str, ...] = FEATURES) -> Charge:
    start = TEXT.index(old)
    return Charge(
        Mutant("today", NAME, TEXT.count("\n", 0, start) + 1, "", start, start + len(old), new), TEXT, features
    )


def silently(results: Iterable[Any], _: int) -> Iterator[Any]:
    return iter(results)


def test_a_mutant_is_judged_once(tmp_path: Path) -> None:
    charges = [
        charge("anvil_rate_time_unit = 60s", "anvil_rate_time_unit = 60m"),
        charge("= 60s", "= 1m"),
        charge("= 60s", "= 60m"),
    ]
    (tmp_path / "of-another-suite.jsonl").touch()
    with Court(tmp_path, silently) as court:
        changed, equivalent, same = court.judge(charges)
        assert court.judged == 2
    assert changed == same
    assert changed is not None
    assert equivalent is not None
    assert {id_ for id_, verdict in changed.items() if verdict == "failed"} == {"MH-3.3"}
    assert set(equivalent.values()) <= {"passed", "not in force"}
    # A run that was ended may have left a line half written.
    (kept,) = tmp_path.iterdir()
    kept.write_text(kept.read_text() + '["half')
    with Court(tmp_path, silently) as court:
        assert court.judge(charges) == [changed, equivalent, same]
        assert court.judged == 0


def test_the_published_zone_is_a_file_like_any_other(tmp_path: Path) -> None:
    zone = Mutant("today", PUBLISHED, 1, "", 0, 0, "@ IN SOA nonsense\n")
    with Court(tmp_path, silently) as court:
        (verdicts,) = court.judge([Charge(zone, "", ("features/mailserver_hardening/6_sendgrid.feature",))])
    assert verdicts == {"MH-6.1": "passed", "MH-6.2": "undetermined", "MH-6.3": "passed"}
