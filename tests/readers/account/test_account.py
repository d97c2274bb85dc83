"""The account of an answer: what is found on a way is told, doubted or heeded, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from design_policy.ways import every_way, page
from gate.evidence import Evidence
from gate.verdict import Verdict
from readers import Malformed, Missing
from readers.account import Account, Remark, Way, Weight, survey
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnknownValueError

ROOT = Path(__file__).parents[3]
HERE, THERE = Origin("main.tf", 3, 1), Origin("hook.sh", 7, 1)


def nothing(_: str) -> Iterator[Remark]:
    yield from ()


def script(name: str) -> Iterator[Remark]:
    yield Remark(f"a script may set {name}", THERE)


def pause(_: str) -> Iterator[Remark]:
    yield Remark("it is paused", THERE, Weight.NOTE)


def way(name: str, look: object) -> Way[str]:
    return Way("container", name, "a page", look)


def test_silence_is_for_ways_that_were_looked_at() -> None:
    account = survey(
        [way("its command", nothing), Way("container", "webhooks", "a page", None, "needs a cluster")], "X"
    )
    assert account == Account(("its command",), (), ("container",))
    assert account.summary == "looked at its command: nothing there"
    assert account.brief == "1 way to overrule it looked at (container): nothing there"
    assert Account().summary is None


def test_what_is_found_is_told_apart_by_weight() -> None:
    account = survey([way("scripts", script), way("its state", pause)], "X")
    assert [remark.text for remark in account.doubts] == ["a script may set X"]
    assert [remark.text for remark in account.notes] == ["it is paused"]
    assert account.summary == ("looked at scripts, its state: a script may set X (hook.sh:7); it is paused (hook.sh:7)")
    assert account.brief == "2 ways to overrule it looked at (container): 1 noted, 1 in doubt"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UnknownValueError("read from Vault", THERE), "scripts cannot be known: read from Vault"),
        (Malformed("hook.sh", "no shell", THERE), "scripts cannot be read: hook.sh: no shell"),
        (Missing("key x", "ConfigMap y", THERE), "scripts cannot be read: no key x in ConfigMap y"),
        (TerraformError(Diagnostic("Bad", "Very.", THERE)), "scripts cannot be read: Bad"),
    ],
)
def test_what_cannot_be_read_is_a_doubt_and_hides_nothing_else(error: Exception, text: str) -> None:
    def unreadable(_: str) -> Iterator[Remark]:
        yield Remark("it is paused", None, Weight.NOTE)
        raise error

    account = survey([way("scripts", unreadable), way("hooks", script)], "X")
    assert [remark.text for remark in account.doubts] == [text, "a script may set X"]
    assert account.doubts[0].origin == THERE
    assert len(account.notes) == 1


def test_accounts_add_up_without_repeating() -> None:
    one, two = survey([way("scripts", script)], "X"), survey([way("scripts", script), way("hooks", nothing)], "X")
    assert one + two == two


def test_a_doubt_makes_what_holds_undetermined_where_the_doubt_stands() -> None:
    evidence, account = Evidence(), survey([way("scripts", script), way("its state", pause)], "X")
    evidence.check("X", expected='"1"', actual='"1"', ok=True, at=HERE, account=account)
    (finding,) = evidence.findings
    assert finding.verdict is Verdict.UNDETERMINED
    assert finding.actual == 'unknown: "1" is declared, but a script may set X'
    assert (finding.file, finding.line) == ("hook.sh", 7)
    assert finding.note == "it is paused (hook.sh:7)"
    assert finding.account == account.summary


def test_a_doubt_does_not_mend_what_fails() -> None:
    evidence = Evidence()
    evidence.check(
        "X",
        expected='"1"',
        actual='"0"',
        ok=False,
        at=HERE,
        note="set it",
        account=survey([way("scripts", script)], "X"),
    )
    (finding,) = evidence.findings
    assert finding.verdict is Verdict.FAILED
    assert (finding.file, finding.line) == ("main.tf", 3)
    assert finding.note == "set it\na script may set X (hook.sh:7)"


def test_a_note_leaves_the_verdict_alone() -> None:
    evidence = Evidence()
    evidence.check("X", expected='"1"', actual='"1"', ok=True, at=HERE, account=survey([way("its state", pause)], "X"))
    assert [finding.verdict for finding in evidence.findings] == [Verdict.PASSED]


def test_the_first_doubt_is_the_reason_of_an_open_question() -> None:
    with pytest.raises(UnknownValueError, match=r"^X cannot be known: a script may set X \(hook.sh:7\)$"):
        survey([way("scripts", script)], "X").settled("X cannot be known")
    survey([way("its state", pause)], "X").settled("X cannot be known")


def test_the_page_of_ways_is_made_from_the_lists() -> None:
    """To renew it: python -m design_policy.ways > docs/ways.md"""
    assert (ROOT / "docs/ways.md").read_text() == page(every_way())


def test_the_page_names_what_is_looked_at_and_what_is_not() -> None:
    ways = [way("its command", nothing), Way("container", "webhooks", "a page", None, "needs a cluster")]
    assert page(ways).endswith(
        "## Container\n\n| looked at | documented in |\n|---|---|\n| its command | a page |\n\n"
        "| not looked at | why | documented in |\n|---|---|---|\n| webhooks | needs a cluster | a page |\n"
    )


def test_an_account_that_is_heeded_weighs_on_all_that_follows_and_is_told_once() -> None:
    evidence = Evidence()
    evidence.heed(survey([way("its state", pause)], "X"))
    for name in ("X", "Y"):
        evidence.check(name, expected="1", actual="1", ok=True, at=HERE)
    assert [(finding.verdict, finding.note) for finding in evidence.findings] == [
        (Verdict.PASSED, "it is paused (hook.sh:7)"),
        (Verdict.PASSED, None),
    ]
    evidence.heed(survey([way("scripts", script)], "Z"))
    for name in ("X", "Y"):
        evidence.check(name, expected="1", actual="1", ok=True, at=HERE)
    assert [finding.verdict for finding in evidence.findings[2:]] == [Verdict.UNDETERMINED] * 2
