"""The references that are being followed, one leading to the next."""

from __future__ import annotations

from types import TracebackType

from tfparse.diagnostics import Diagnostic, UnsupportedError, WholeModuleError

MAX_CHAIN = 400
"""How many references may lead one to another; a longer chain is a diagnostic."""


class Link:
    """A reference that is being followed: the last of a root's chain for as long as that takes."""

    __slots__ = ("_chain", "_label")

    def __init__(self, chain: dict[str, None], label: str) -> None:
        self._chain = chain
        self._label = label

    def __enter__(self) -> None:
        chain, label = self._chain, self._label
        if label in chain:
            labels = list(chain)
            loop = [*labels[labels.index(label) :], label]
            raise WholeModuleError(Diagnostic("Cycle", " -> ".join(loop)))
        if len(chain) >= MAX_CHAIN:
            raise UnsupportedError(Diagnostic("Too many references", f"{label}: a chain of more than {MAX_CHAIN}."))
        chain[label] = None

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        del self._chain[self._label]
        if kind is RecursionError:
            raise UnsupportedError(Diagnostic("Nested too deeply", f"{self._label} cannot be worked out.")) from None
