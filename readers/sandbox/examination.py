"""What a program finds wrong with a text."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from tfparse.diagnostics import Origin


class Remark(NamedTuple):
    """What a program says, in its own words, and the place in the infra repo that it speaks of."""

    said: str
    origin: Origin | None


def remark_of(program: str, said: str, origin: Origin | None, *, secret: bool) -> Remark:
    """What a program says of a line; of one that holds a secret nothing but that."""
    if secret:
        return Remark(f"{program} objects to a line that holds a secret: what it says is not shown", origin)
    return Remark(f"{program}: {said}", origin)


def placeholders_for(program: str, origin: Origin | None) -> Remark:
    """That a program has not seen all of a text."""
    return Remark(f"{program} is given a placeholder in place of what is sensitive", origin)


class Examination(Struct, frozen=True):
    """``faults`` must not be; ``notes`` are for people to know.  ``origin`` is the place of the text."""

    faults: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    origin: Origin | None

    @property
    def note(self) -> str | None:
        """The notes, each on a line of its own."""
        return "\n".join(f"{said} ({at})" if at else said for said, at in self.notes) or None
