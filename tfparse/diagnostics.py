"""What can be said about a place in the source, and the one exception that leaves the package."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, TypeVar

from msgspec import Struct

Key = TypeVar("Key")
Made = TypeVar("Made")


class Origin(NamedTuple):
    """A place in the infra repo.  ``file`` is relative to its root, ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


origin_at: Final[Callable[[tuple[str, int, int]], Origin]] = partial(tuple.__new__, Origin)
"""The place that a file, a line and a column are.  (Every value has one: the class itself takes twice as long.)"""

EXCERPT = 1_000
"""Characters of a source line that a diagnostic shows at most."""


class Diagnostic(Struct, frozen=True):
    """One problem: what is wrong in a few words, what that means, and where.

    ``excerpt`` is the source line itself, without its line break; empty where there is none to show.  ``secret`` where
    it comes of a secret that something is wrong.
    """

    summary: str
    detail: str = ""
    origin: Origin | None = None
    excerpt: str = ""
    secret: bool = False

    def render(self) -> str:
        """The diagnostic as text, in the manner of Terraform's own: no colour, no trailing newline."""
        lines = [f"Error: {self.summary}"]
        if self.origin is not None:
            lines.append(f"  on {self.origin.file} line {self.origin.line}:")
            if self.excerpt:
                lines.append(f"  {self.origin.line:>4}: {self.excerpt.strip()}")
        if self.detail:
            lines.append(f"  {self.detail}")
        return "\n".join(lines)


class TerraformError(Exception):
    """The only exception that leaves tfparse for bad input: it carries diagnostics, at least one."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(d.render() for d in diagnostics))
        self.diagnostics = diagnostics


def kept(error: TerraformError) -> TerraformError:
    """An error to be kept: without the frames that it has passed, and all that those hold."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


def once(held: dict[Key, Made | TerraformError], key: Key, work: Callable[[], Made]) -> Made:
    """What ``work`` gives or raises, the first time."""
    if key not in held:
        try:
            held[key] = work()
        except TerraformError as error:
            held[key] = kept(error)
    result = held[key]
    if isinstance(result, TerraformError):
        raise kept(result)
    return result


class WholeModuleError(TerraformError):
    """What Terraform refuses before it evaluates anything, such as a cycle: ``try`` does not catch it."""


class UndeclaredError(WholeModuleError):
    """A name that nothing declares."""


class UnsupportedError(TerraformError):
    """A limit of this package, or a file outside of the infra repo: Terraform itself may well have an answer.

    So ``try`` and ``can`` do not take it for an error: what they give is then unknown.
    """


class UnknownValueError(Exception):
    """Somebody asked for the content of a value that static reading cannot know.

    ``reason`` says why ("data.vault_kv_secret_v2.secrets is read at plan time"), ``origin`` where.
    """

    def __init__(self, reason: str, origin: Origin | None) -> None:
        super().__init__(f"{reason} ({origin})" if origin else reason)
        self.reason = reason
        self.origin = origin
