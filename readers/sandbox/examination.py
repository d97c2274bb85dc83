"""What a program finds wrong with a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tfparse.diagnostics import Origin


class Remark(NamedTuple):
    """What a program says, in its own words, and the place in the infra repo that it speaks of."""

    said: str
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Examination:
    """``faults`` must not be; ``notes`` are for people to know.  ``origin`` is the place of the text."""

    faults: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    origin: Origin | None

    @property
    def note(self) -> str | None:
        """The notes, each on a line of its own."""
        return "\n".join(f"{said} ({at})" if at else said for said, at in self.notes) or None
