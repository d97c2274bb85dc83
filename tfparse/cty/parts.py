"""What a value may carry besides its content: why it is not known, its marks, and the stretches of a text."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct

from tfparse.diagnostics import Origin


class Unknown(Struct, frozen=True, eq=False):
    """Why a value cannot be known from source, where that begins, and what it is the whole of (``var.x``), if named."""

    reason: str
    origin: Origin | None = None
    stands_for: str = ""

    def __eq__(self, other: object) -> bool:
        # The same doubt may stand for several things.
        return type(other) is type(self) and (other.reason, other.origin) == (self.reason, self.origin)

    def __hash__(self) -> int:
        return hash((self.reason, self.origin))


SENSITIVE: Final = 1
"""The mark that Terraform knows."""
SECRET: Final = 2
"""The mark of what no report may show.  Marks are bits of one number."""
EPHEMERAL: Final = 4
"""Terraform's mark of what is not kept in a plan or a state."""
CONFIDENTIAL: Final = SENSITIVE | SECRET
"""Both: what is declared or called sensitive."""
REDACTED: Final = "(not shown: secret)"
"""Stands where a secret stood."""


class Part(NamedTuple):
    """A stretch of a string.  ``text`` is what it says, or the :class:`Unknown` that stands for it.

    ``origin`` is the place of the first character.  ``verbatim`` text (a heredoc, a template file, a
    file) advances one source line at each newline; other text (``"a\\nb"``) stays on its line.
    ``marks`` tells which stretch it was that the whole string has a mark from.
    """

    text: str | Unknown
    origin: Origin | None
    verbatim: bool = False
    marks: int = 0


class Line(NamedTuple):
    """One line of a string, without its line break.

    ``text`` has :data:`HOLE` where a part is unknown; ``unknown`` is the first such part's reason.  ``marks`` are
    those of what stands on the line.
    """

    text: str
    origin: Origin | None
    unknown: Unknown | None
    marks: int = 0

    @property
    def secret(self) -> bool:
        """Whether it must not be shown."""
        return bool(self.marks & SECRET)


HOLE = "\ufffc"
"""Stands for an unknown stretch in :class:`Line` text (U+FFFC, the object replacement character)."""
