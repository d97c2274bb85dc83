"""``report.json``, version 1: a contract that others build on.

Keys are added within a version, none changes its meaning.  Of the base: ``base`` (the commit), ``base_error`` (why it
could not be judged), of a scenario ``before`` (its verdict there), ``old`` (all that is wrong was so there) and
``gone`` (the findings that were not wrong there and are made no longer), of a finding ``was`` (what it showed there,
where that differs) and ``new`` (it is wrong, and was not so there).  Also of a finding: ``account`` (where else was
looked, and what was there), ``cause`` (why it is undetermined or not proven, in the same words for all that hangs
on it) and ``says`` (what a witness says that has to agree with others).
Of the run: ``suite`` (its version), ``repo`` (the name of the judged repo's remote), ``commit`` and ``state``
of its files, ``time`` (when it began, how many seconds it took, where they went, how many
scenarios an earlier run had judged: ``taken_over``), ``in_force`` (how many requirements
have each verdict).  Of waivers: ``problems`` of their file, ``new_waivers`` (which the change itself brings) and
``waivers_from`` (whether those count, too: ``change``, or only those of the ``base``), ``stale_waivers``, of a scenario
``waiver`` (the one that applies) or ``expired_waiver``.
Of a requirement that failed, or is undetermined: ``since`` (the ``commit`` and ``date`` since which it is so without a
break, if its history is known; with ``or_earlier``, that is the oldest that was looked at).
``design`` are the documents that the promises name: their
``sections``, which requirements hold each, which were reviewed when it said otherwise (``changed``), and what names a
section that is ``gone``.
``altered`` are the promises and settings of the base that the change alters or takes away; such a promise is judged as
the base has it, too, and its ``feature`` ends then with ``(as at the base)``.  ``reason`` says why the gate is closed
where no verdict does.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from gate.design import Document
from gate.evidence import Finding
from gate.judgement import Judgement, Since
from gate.options import Settings
from gate.record import Record
from gate.reports.json_text import json_text
from gate.reports.view import Run
from gate.version import version
from gate.waivers import Waiver

VERSION = 1


def render(run: Run) -> str:
    return json_text(_report(run, run.judgement, run.settings))


def _report(run: Run, judgement: Judgement, settings: Settings) -> dict[str, Any]:
    verdicts = judgement.verdicts
    return {
        "version": VERSION,
        "suite": version(),
        "infra": settings.shown(settings.infra),
        "repo": run.checkout.name,
        "commit": run.checkout.commit,
        "state": run.checkout.state,
        "as_of": settings.as_of.isoformat(),
        "dns": settings.dns_shown,
        "time": {
            "began": run.began,
            "seconds": round(run.seconds, 3),
            "spent": {what: round(seconds, 3) for what, seconds in run.spent.items()},
            "taken_over": run.taken_over,
        },
        "in_force": {str(verdict): number for verdict, number in run.in_force.items()},
        "gate": "open" if judgement.open else "closed",
        "reason": judgement.shortfall,
        "block": settings.block,
        "base": judgement.base,
        "base_error": judgement.base_error,
        "problems": [problem._asdict() for problem in judgement.problems],
        "new_waivers": [_waiver(waiver) for waiver in judgement.new_waivers],
        "altered": [told._asdict() for told in run.altered],
        "waivers_from": settings.waivers_from,
        "design": [_document(one) for one in judgement.design or ()],
        "stale_waivers": [_waiver(waiver) for waiver in judgement.stale],
        "requirements": [
            {
                "id": name,
                "verdict": verdicts[name],
                "since": _since(judgement.since.get(name)),
                "scenarios": [_scenario(record) for record in records],
            }
            for name, records in judgement.requirements.items()
        ],
    }


def _since(since: Since | None) -> dict[str, Any] | None:
    return None if since is None else {"commit": since.commit, "date": since.day, "or_earlier": since.first}


def _document(one: Document) -> dict[str, Any]:
    sections = [
        {"title": held.section.title, "line": held.section.line, "held_by": held.requirements, "changed": held.changed,
         "promises": held.section.promises}
        for held in one.sections
    ]  # fmt: skip
    gone = [{"requirement": id_, "title": title} for id_, title in one.gone]
    return {"file": one.file, "problem": one.problem, "sections": sections, "gone": gone}


def _scenario(record: Record) -> dict[str, Any]:
    return {
        "name": record.name,
        "feature": record.feature,
        "line": record.line,
        "verdict": record.verdict,
        "reason": record.reason,
        "before": record.before,
        "old": record.is_old,
        "seconds": round(record.seconds, 3),
        "waiver": record.waiver and _waiver(record.waiver),
        "expired_waiver": record.expired and _waiver(record.expired),
        "findings": [_finding(finding) for finding in record.findings],
        "gone": [_finding(finding) for finding in record.gone],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "expected": finding.expected,
        "actual": finding.actual,
        "ok": finding.ok,
        "verdict": finding.verdict,
        "file": finding.file,
        "line": finding.line,
        "note": finding.note,
        "was": finding.was,
        "new": finding.is_new,
        "account": finding.account,
        "cause": finding.cause,
        "says": finding.says,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return asdict(waiver) | {"expires": waiver.expires.isoformat()}
