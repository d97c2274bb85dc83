"""What a step records, and what follows from it."""

from __future__ import annotations

import pytest

from gate.evidence import Evidence, Finding, conclude
from gate.redaction import redacted_findings, shortened
from gate.verdict import Verdict, gravest
from readers import Malformed, Missing, NotProven
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnknownValueError

HERE = Origin("stacks/mailserver/main.tf", 62, 5)


def test_check_records_and_never_raises() -> None:
    evidence = Evidence()
    evidence.check("ENABLE_RSPAMD", expected="1", actual="0", ok=False, at=HERE, note="set it")
    evidence.check("ENABLE_OPENDKIM", expected="0", actual="0", ok=True)
    assert evidence.findings == (
        Finding("ENABLE_RSPAMD", "1", "0", Verdict.FAILED, "stacks/mailserver/main.tf", 62, "set it"),
        Finding("ENABLE_OPENDKIM", "0", "0", Verdict.PASSED, None, None, None),
    )


@pytest.mark.parametrize(
    ("error", "verdict", "actual", "line"),
    [
        (Missing("deployment x", "the stack", HERE), Verdict.FAILED, "missing: no deployment x in the stack", 62),
        (Missing("deployment x", "the stack"), Verdict.FAILED, "missing: no deployment x in the stack", None),
        (UnknownValueError("read from Vault", HERE), Verdict.UNDETERMINED, "unknown: read from Vault", 62),
        (Malformed("the values", "not YAML", HERE), Verdict.UNDETERMINED, "unreadable: the values: not YAML", 62),
        (TerraformError(Diagnostic("Bad", "Very.", HERE)), Verdict.UNDETERMINED, "unreadable: Bad: Very.", 62),
        (TerraformError(Diagnostic("Bad")), Verdict.UNDETERMINED, "unreadable: Bad", None),
    ],
)
def test_what_a_reader_raises_is_a_finding(error: Exception, verdict: Verdict, actual: str, line: int | None) -> None:
    evidence = Evidence()
    with evidence.about("x", "1"):
        raise error
    (finding,) = evidence.findings
    assert finding.what == "x"
    assert finding.expected == "1"
    assert finding.actual == actual
    assert finding.verdict is verdict
    assert finding.line == line


def test_what_else_is_raised_goes_through() -> None:
    evidence = Evidence()
    with pytest.raises(ValueError, match="^boom$"), evidence.about("x", "1"):
        raise ValueError("boom")
    assert evidence.findings == ()


def test_findings_before_the_error_are_kept() -> None:
    evidence = Evidence()
    with evidence.about("x", "1"):
        evidence.check("x", expected="1", actual="1", ok=True)
        raise UnknownValueError("read from Vault", None)
    assert [finding.verdict for finding in evidence.findings] == [Verdict.PASSED, Verdict.UNDETERMINED]


@pytest.mark.parametrize("ok", [1, None, "yes"])
def test_ok_is_a_bool(ok: object) -> None:
    with pytest.raises(TypeError, match=f"^ok is a {type(ok).__name__}, not a bool$"):
        Evidence().check("x", expected="1", actual="1", ok=ok)


@pytest.mark.parametrize("part", ["what", "expected", "actual", "note"])
def test_evidence_is_text(part: str) -> None:
    texts = {"what": "x", "expected": "1", "actual": "1", "note": None} | {part: 5}
    with pytest.raises(TypeError, match="^evidence is text, not a int$"):
        Evidence().check(texts.pop("what"), **texts, ok=True)


def test_no_findings_are_no_pass() -> None:
    assert conclude([]) == (Verdict.UNDETERMINED, "nothing was checked")


def test_the_gravest_counts() -> None:
    order = ["not in force", "passed", "not proven", "pending", "waived", "undetermined", "failed", "error"]
    for index, verdict in enumerate(order):
        assert gravest(Verdict(text) for text in order[: index + 1]) == verdict
        assert gravest(Verdict(text) for text in reversed(order[: index + 1])) == verdict


def test_what_closes_the_gate() -> None:
    assert [verdict for verdict in Verdict if verdict.closes] == ["undetermined", "failed", "error"]


def test_a_text_that_nobody_reads_is_shortened_and_known_again() -> None:
    one, other = "x" * 1_000_000 + "a", "x" * 1_000_000 + "b"
    assert shortened("x" * 10_000) == "x" * 10_000
    assert len(shortened(one)) < 10_100
    assert shortened(one) != shortened(other)
    (finding,) = redacted_findings([Finding(one, one, one, Verdict.FAILED, note=one, account=one)], ())
    texts = (finding.what, finding.expected, finding.actual, finding.note, finding.account)
    assert texts == (shortened(one),) * 5


@pytest.mark.parametrize(
    ("reason", "lacks"),
    [
        ("is not installed (Debian package prometheus)", True),
        ("is not started: nothing hides the machine's files from it, and it opens is not installed (x)", False),
        ("is not shown 'x is not installed (y)': no override of Rspamd's has such a name", False),
    ],
)
def test_what_a_reason_quotes_makes_no_lack_of_it(reason: str, lacks: bool) -> None:
    evidence = Evidence()
    evidence.told(NotProven("promtool", reason), "the rules")
    assert [finding.lacks_a_program for finding in evidence.findings] == [lacks]
