"""``history.json``, version 1: a contract that others build on.  Keys are added, never changed."""

from __future__ import annotations

from typing import Any

from gate.history.objects import Commit
from gate.history.run import History
from gate.history.spans import Requirement, Span, State
from gate.reports.json_text import json_text


def render(history: History) -> str:
    """The history as JSON: commits by number, and the spans of each requirement."""
    return json_text(document(history))


def document(history: History) -> dict[str, Any]:
    """The history as values of JSON."""
    return {
        "version": 1,
        "begins_earlier": history.goes_further,
        "commits": [_commit(commit) for commit in history.commits],
        "requirements": [_requirement(requirement) for requirement in history.requirements],
    }


def _commit(commit: Commit) -> dict[str, Any]:
    return {"commit": commit.id, "date": commit.day.isoformat(), "subject": commit.subject}


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "scenarios": list(requirement.scenarios),
        "now": requirement.now.word,
        "since": requirement.now.commit.id,
        "spans": [_span(span) for span in requirement.spans],
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "verdict": span.word, "first": span.first, "last": span.last, **_commit(span.commit),
        "scenario": span.scenario, "reason": span.reason, "finding": _finding(span.finding), "was": _finding(span.was),
    }  # fmt: skip


def _finding(finding: State | None) -> dict[str, Any] | None:
    names = ("what", "expected", "actual", "verdict", "file", "line", "note")
    return None if finding is None else {name: finding.get(name) for name in names}
