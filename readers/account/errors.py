"""Why a question has no answer: its subject is missing, cannot be read, or is not proven."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property, lru_cache

from tfparse.diagnostics import Origin


class Missing(Exception):
    """The subject of a question does not exist: a requirement about it fails.

    ``what`` names the subject ("deployment mailserver"), ``looked_in`` where it was sought, ``origin``
    the place that should have held it, where there is one; ``near`` is the name that was sought and those that are
    there.
    """

    def __init__(
        self, what: str, looked_in: str, origin: Origin | None = None, near: tuple[str, Iterable[str]] = ("", ())
    ) -> None:
        super().__init__(what, looked_in, origin, near)
        self.what = what
        self.origin = origin
        self._looked_in, self._near = looked_in, near

    @cached_property
    def looked_in(self) -> str:
        """Where it was sought, and the likest that is there: most that is missing, nobody is told of."""
        return f"{self._looked_in}{nearest(*self._near)}"

    def __str__(self) -> str:
        return f"no {self.what} in {self.looked_in}"


class Malformed(Exception):
    """Text that cannot be read as what it should be: what depends on it is undetermined.

    ``what`` names the text ("Helm values of prometheus"), ``problem`` says what is wrong with it.
    """

    def __init__(self, what: str, problem: str, origin: Origin | None = None) -> None:
        super().__init__(f"{what}: {problem}")
        self.what = what
        self.problem = problem
        self.origin = origin


class NotProven(Exception):
    """What only a program can prove was not put to it: it is not installed, or cannot be run safely.

    ``program`` is its name, ``reason`` goes on from there ("is not installed (Debian package postfix)").
    """

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"{program} {reason}")
        self.program = program
        self.reason = reason


def nearest(wanted: str, names: Iterable[str]) -> str:
    """A hint for a name that was not found: `` (it has a, b)``, the likest first; empty where there are none."""
    return _nearest(wanted, tuple(names))


@lru_cache(maxsize=256)  # the same is missed time and again
def _nearest(wanted: str, names: tuple[str, ...]) -> str:
    close = get_close_matches(wanted, names, n=3, cutoff=0.5) or sorted(names)[:5]
    return f" (it has {', '.join(close)})" if close else ""
