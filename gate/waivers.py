"""Waivers: what the infra repo's owner has agreed to live with, by whom, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of the file: a requirement, or one ``scenario`` of it by its name, and the day on which it ends.

    ``expires`` is the first day on which it no longer holds.  ``file`` and ``line`` are where it stands, the file
    relative to the infra root where it lies there.
    """

    requirement: str
    scenario: str | None
    reason: str
    owner: str
    expires: date
    file: str
    line: int
