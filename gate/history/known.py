"""What the gate says of a failure and of a doubt besides: since when it is so, if that is known or was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gate.history import SUFFIX
from gate.judgement import Now, Since
from gate.options import Settings, absolute
from tfparse.own_file import cache_directory


def since_known(settings: Settings, places: Iterable[Path], now: Mapping[str, Now]) -> dict[str, Since]:
    """Since when requirements are what they are ``now``, and are at HEAD, too.  Nothing is told where there is no
    history.
    """
    if not settings.since and next(cache_directory().glob(f"*{SUFFIX}"), None) is None:
        return {}
    # Most runs need none of it, and it takes long to load.
    from gate.git import GitError
    from gate.history.run import question_of
    from gate.history.since import since_when
    from gate.history.workers import HistoryError
    from gate.home import NAME

    file = settings.home / NAME if (settings.home / NAME).is_file() else None
    question = question_of(settings.suite, settings.infra, map(absolute, places), file)
    try:
        return since_when(question, now, judges=settings.since)
    except (GitError, HistoryError, OSError):
        return {}  # that it is so stands, whatever is known of its past
