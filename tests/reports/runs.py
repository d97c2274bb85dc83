"""Judged runs, put together by hand: what fills them in is tested elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gate.evidence import Finding
from gate.features import Step
from gate.judgement import Judgement
from gate.options import Settings
from gate.record import Record
from gate.reports.view import Run
from gate.verdict import Verdict
from gate.waivers import Waiver

SOURCE = 'resource "x" "y" {\n  name = "mail"\n  replicas = "1"\n}\n'

#: What a pull request may put into a name, a value, a comment.
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'</style></script></title>"
    " `code` ``` | @everyone #12 [a](https://evil.example) ![i](https://evil.example/i.png) https://evil.example"
    " ::error::x ##[error]y %0A ]]> &lt; {{ 7*7 }} \x1b[31m \x00 \ufffe \udcff \u202e end\nsecond line\n::stop-commands::z"
)
#: And into the name of a file.
HOSTILE_FILE = "<img src=x onerror=alert(3)>\"'`[a](b) @everyone #1 ::x,y\u202e.tf"
WAIVER = Waiver("MH-3.1", None, "until the relay moves", "viktor", date(2026, 12, 1), ".policy-waivers.yml", 4)


def finding(what: str = "replicas", **changes: Any) -> Finding:
    held = {"expected": "2", "actual": "1", "verdict": Verdict.FAILED, "file": "main.tf", "line": 3, "note": None}
    return Finding(what, **held | changes)


def record(requirement: str = "MH-1.1", verdict: Verdict = Verdict.FAILED, **changes: Any) -> Record:
    findings = changes.pop("findings", None)
    if findings is None:
        findings = () if verdict in (Verdict.NOT_IN_FORCE, Verdict.ERROR) else (finding(verdict=verdict),)
    title = changes.pop("title", f"{requirement} holds")
    held = {
        "feature": "features/mail.feature",
        "feature_title": "Mail is safe",
        "feature_description": "It was not.",
        "rule": None,
        "name": title,
        "description": "Why it matters.",
        "line": 7,
        "row": 0,
        "requirements": (requirement,),
        "verdict": verdict,
        "reason": None if verdict is Verdict.PASSED else "replicas: expected 2, found 1",
        "findings": findings,
        "title": title,
        "heading": changes.get("name", title),
        "steps": (Step("Given", "a stack", background=True), Step("Then", "these hold:", (("name", "n"), ("a", "1")))),
    }
    return Record(**held | changes)


def run(folder: Path, *records: Record, status: int = 1, **changes: Any) -> Run:
    """A run over an infra repo of one file, ``main.tf``.  ``base`` and ``stale`` are the judgement's."""
    base, stale = changes.pop("base", None), changes.pop("stale", ())
    infra = folder / "infra"
    infra.mkdir(exist_ok=True)
    (infra / "main.tf").write_text(SOURCE, encoding="utf-8")
    (infra / HOSTILE_FILE).write_text(f"\n\n{HOSTILE}", encoding="utf-8", errors="replace")
    (infra / ".policy-waivers.yml").write_text("[]\n", encoding="utf-8")
    held = {
        "suite": folder,
        "infra": infra,
        "dns": "off",
        "as_of": date(2026, 11, 23),
        "report_dir": None,
        "require_proof": False,
    }
    settings = Settings(**held | changes)
    judgement = Judgement(settings)
    for number, one in enumerate(records):
        judgement.add(f"{one.feature}::{number}", one)
    judgement.conclude(status)
    judgement.base, judgement.stale = base, tuple(stale)
    return Run(judgement, settings)


def hostile(verdict: Verdict = Verdict.FAILED, requirement: str = "MH-6.6", **changes: Any) -> Record:
    """A scenario in which whatever can be anything is hostile."""
    bad = finding(HOSTILE, expected=HOSTILE, actual=HOSTILE, note=HOSTILE, was=HOSTILE, file=HOSTILE_FILE)
    held = {
        "title": HOSTILE,
        "feature_title": HOSTILE,
        "feature_description": HOSTILE,
        "description": HOSTILE,
        "reason": HOSTILE,
        "findings": (bad,),
        "feature": "features/bad.feature",
        "steps": (Step("Then", HOSTILE, ((HOSTILE, "n"), (HOSTILE, "1")), HOSTILE),),
    }
    if verdict is Verdict.WAIVED:
        held["waiver"] = replace(WAIVER, reason=HOSTILE, owner=HOSTILE, file=HOSTILE_FILE)
    return record(requirement, verdict, **held | changes)


def every_verdict(folder: Path, **changes: Any) -> Run:
    """One scenario of each verdict, MH-1.1 and on, in the order of the verdicts; the waived one is old as well."""
    records = [record(f"MH-1.{number}", verdict, line=number * 10) for number, verdict in enumerate(Verdict, 1)]
    records[4] = record(
        "MH-1.5", Verdict.WAIVED, line=50, waiver=WAIVER, unwaived=Verdict.FAILED, findings=(finding(),)
    )
    return run(folder, *records, **changes)


def two_features(folder: Path) -> Run:
    """What failed and what passed, in two features."""
    relay = {"feature": "features/relay.feature", "feature_title": "The relay stays"}
    return run(
        folder,
        record("MH-1.1", title="Rspamd is on"),
        record("MH-1.2", Verdict.PASSED, line=9, title="OpenDKIM is off"),
        record("MH-10.1", Verdict.PASSED, title="The relay is there", **relay),
    )
