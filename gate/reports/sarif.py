"""``results.sarif``, SARIF 2.1.0 (OASIS): a rule for each requirement, a result for each finding that is not ok.

What closes the gate is an ``error``, what was wrong before and does not is a ``warning``, what is pending or not
proven a ``note``.  What is waived keeps the level that it would have and is suppressed.  An error of the suite is no
result but a notification of the tool's.

Paths are relative to the checkout on GitHub, elsewhere to the infra root (``%SRCROOT%``).  GitHub takes no result
without a place: a finding that has none in that repo (what DNS publishes) points at its scenario, in the ``SUITE``.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any

from gate.evidence import Finding
from gate.record import Record
from gate.reports.json_text import json_text
from gate.reports.story import markdown, story
from gate.reports.view import Run, Status, encoded, open_findings, remarks, sentence, shown
from gate.verdict import Verdict
from gate.version import NAME, home, version

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "requirementFinding/v1"

_NOTES = (Status.PENDING, Status.NOT_PROVEN)
_SILENT = (Verdict.PASSED, Verdict.NOT_IN_FORCE, Verdict.ERROR)

Json = dict[str, Any]


def render(run: Run) -> str:
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(run)]})


def _run(run: Run) -> Json:
    settings, requirements = run.settings, run.judgement.requirements
    return {
        "tool": {"driver": _driver() | {"rules": [_rule(*item) for item in requirements.items()]}},
        "invocations": [_invocation(run)],
        **_provenance(run),
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The repository that is judged."}},
            "SUITE": {"description": {"text": "The test suite that judges it."}},
        },
        "columnKind": "unicodeCodePoints",
        "results": _results(run),
        "properties": {
            "gate": "open" if run.judgement.open else "closed",
            "infra": settings.shown(settings.infra),
            "block": settings.block,
            "asOf": settings.as_of.isoformat(),
            "dns": settings.dns_shown,
        }
        | ({"base": run.judgement.base} if run.judgement.base else {}),
    }


def _provenance(run: Run) -> Json:
    """Which state of which repo was judged, where its remote can be named by a URI."""
    name, commit = run.checkout.name, run.checkout.commit
    if not (name and commit and "/" in name):
        return {}
    return {"versionControlProvenance": [{"repositoryUri": f"https://{encoded(name)}", "revisionId": commit}]}


def _driver() -> Json:
    at = home()
    return {"name": NAME, "semanticVersion": version()} | ({"informationUri": at} if at else {})


def _rule(requirement: str, records: list[Record]) -> Json:
    titles = list(dict.fromkeys(record.title for record in records))
    return {
        "id": requirement,
        "shortDescription": {"text": shown("; ".join(titles))},
        "fullDescription": {"text": shown(records[0].feature_title)},
        "help": {"text": story(records), "markdown": markdown(records)},
        "defaultConfiguration": {"level": "error"},
    }


def _invocation(run: Run) -> Json:
    notifications = [
        {
            "level": "error",
            "message": _message(record.reason or "an error of the suite"),
            "associatedRule": {"id": requirement},
            "locations": [_where(run, record, None)],
        }
        for requirement, records in run.judgement.requirements.items()
        for record in records
        if record.verdict is Verdict.ERROR
    ]
    problems = [
        {"level": "error", "message": _message(problem.text)}
        | ({"locations": [_place(run, problem.file, problem.line)]} if run.in_infra(problem.file) else {})
        for problem in run.problems
    ]
    brought = [
        {"level": "warning", "message": _message(told.text)}
        | ({"locations": [_place(run, told.file, told.line)]} if run.in_infra(told.file) else {})
        for told in run.brought
    ]
    return {
        "executionSuccessful": not (notifications or problems),
        "toolExecutionNotifications": notifications,
        "toolConfigurationNotifications": [*problems, *brought],
    }


def _results(run: Run) -> list[Json]:
    """The results by requirement: a scenario of two is a result of each."""
    results, seen = [], Counter[str]()
    for index, (requirement, records) in enumerate(run.judgement.requirements.items()):
        for record in records:
            if record.verdict in _SILENT:
                continue
            for finding in open_findings(record) or (None,):
                result = _result(run, record, finding) | {"ruleId": requirement, "ruleIndex": index}
                same = _fingerprint(run, requirement, record, finding)
                seen[same] += 1
                result["partialFingerprints"] = {FINGERPRINT: f"{same}:{seen[same]}"}
                results.append(result)
    return results


def _result(run: Run, record: Record, finding: Finding | None) -> Json:
    result = {
        "level": _level(run, record),
        "message": _message("\n".join([*_told(record, finding), *remarks(record)])),
        "locations": [_where(run, record, finding)],
        "suppressions": [_suppression(run, record)] if record.waiver else [],
        "properties": {"verdict": record.verdict, "scenario": shown(record.name)},
    }
    if run.judgement.base:
        result["baselineState"] = _baseline(record, finding)
    return result


def _baseline(record: Record, finding: Finding | None) -> str:
    """How a result stands to the base.  Where a scenario is new and no finding of it is, another is gone."""
    if record.before is not None and finding is not None and finding.verdict in (Verdict.FAILED, Verdict.UNDETERMINED):
        has_lost = not record.is_old and not any(other.is_new for other in record.findings)
        return "new" if finding.is_new or has_lost else "unchanged"
    return "unchanged" if record.is_old or record.before is record.verdict else "new"


def _told(record: Record, finding: Finding | None) -> list[str]:
    if finding is None:
        return [record.reason or record.verdict]
    was = f"was {finding.was} at the base" if finding.was else None
    return [line for line in (sentence(finding), finding.note, was) if line]


def _level(run: Run, record: Record) -> str:
    if run.status(record) in _NOTES and not run.judgement.closes(record):
        return "note"
    return "error" if run.judgement.closes(record) or record.waiver else "warning"


def _suppression(run: Run, record: Record) -> Json:
    assert record.waiver is not None
    waiver = record.waiver
    why = f"{waiver.reason} (waived by {waiver.owner} until {waiver.expires})"
    place = {"location": _place(run, waiver.file, waiver.line)} if run.in_infra(waiver.file) else {}
    return {"kind": "external", "status": "accepted", "justification": shown(why), **place}


def _where(run: Run, record: Record, finding: Finding | None) -> Json:
    if finding is None or finding.file is None or not run.in_infra(finding.file):
        return _location(record.feature, record.line, "SUITE")
    return _place(run, finding.file, finding.line)


def _place(run: Run, file: str, line: int | None) -> Json:
    return _location((run.in_checkout or "") + file, line, "%SRCROOT%")


def _location(path: str, line: int | None, base: str) -> Json:
    region = {"region": {"startLine": line}} if line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": encoded(path), "uriBaseId": base}, **region}}


def _fingerprint(run: Run, requirement: str, record: Record, finding: Finding | None) -> str:
    """What a finding is about, whatever the number of its line: so that it is known again when the file grows."""
    about = (finding.what, finding.file or "", run.excerpt(finding) or "") if finding else ("", "", "")
    parts = "\0".join((requirement, record.feature, record.name, *about))
    return sha256(parts.encode("utf-8", "backslashreplace")).hexdigest()


def _message(text: str) -> Json:
    """A message in plain text.  ``[text](place)`` would be a link in it (SARIF 3.11.6): what is judged makes none."""
    return {"text": shown(text).replace("](", "] (")}
