"""What the gate says of a failure besides: since when it is so, if that is known or was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from gate.git import GitError
from gate.history.run import question_of
from gate.history.since import since_when
from gate.history.workers import HistoryError
from gate.home import NAME
from gate.judgement import Since
from gate.options import Settings, absolute


def since_known(settings: Settings, places: Iterable[Path], broken: Sequence[str]) -> dict[str, Since]:
    """Since when requirements are broken that are so at HEAD, too.  Nothing is told where there is no history."""
    file = settings.home / NAME if (settings.home / NAME).is_file() else None
    question = question_of(settings.suite, settings.infra, map(absolute, places), file)
    try:
        return since_when(question, dict.fromkeys(broken, "broken"), judges=settings.since)
    except (GitError, HistoryError, OSError):
        return {}  # that it failed stands, whatever is known of its past
