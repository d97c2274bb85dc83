"""What the owner of a repo says of modules that are not in it, for as long as that holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gate.home import NAME, Home

#: How long after the day that is judged an answer may end: as long as a waiver.
LONGEST = timedelta(days=180)


def answers_in_force(kept: Home, day: date) -> tuple[tuple[str, frozenset[str], str], ...]:
    """The source of each module, what it does not declare, and how that is told.  pytest.UsageError where one is to
    hold for too long.
    """
    for one in kept.modules:
        if one.expires > day + LONGEST:
            raise pytest.UsageError(
                f"{NAME}: modules: {one.source}: expires {one.expires} is more than {LONGEST.days} days from {day}"
            )
    return tuple((one.source, frozenset(one.declares_no), str(one)) for one in kept.modules if day < one.expires)
