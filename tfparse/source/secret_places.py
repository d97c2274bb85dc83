"""Where the secrets of a repo are read, and what somebody was told of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field


class SecretPlaces(Struct, frozen=True):
    """Where secrets are read: whole files, literals by line and column, variables of the module in a folder."""

    files: frozenset[str] = frozenset()
    literals: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    variables: frozenset[tuple[str, str]] = frozenset()
    is_open: Callable[[str], bool] = bool
    """Whether a text stands in the open elsewhere, and so is none."""


class SecretsTold:
    """What one who reads the repo asks about its secrets: whatever comes of the reading rests on that, too."""

    def __init__(self, places: SecretPlaces, made: set[str]) -> None:
        self._places = places
        self._made = made
        self.asked: dict[tuple[str, ...], Any] = {}
        """What was asked, and what was said."""
        self._in_files: dict[str, frozenset[tuple[int, int]] | bool] = {}
        """Where the literals of a file are secret, or whether all of it is."""
        self.made: set[str] = set()
        """The texts that functions have made of secrets for whoever asked."""

    def is_literal(self, file: str, line: int, column: int) -> bool:
        """Whether the literal that stands there is secret."""
        secret = self._in_files.get(file)
        if secret is None:
            literals: frozenset[tuple[int, int]] | None = self._once("literals", file)
            secret = self._in_files[file] = self.is_file(file) if literals is None else literals
        return secret if isinstance(secret, bool) else (line, column) in secret

    def is_file(self, file: str) -> bool:
        """Whether all of a file is secret."""
        return bool(self._once("file", file))

    def is_variable(self, directory: str, name: str) -> bool:
        """Whether secrets are made of a variable of the module in a folder."""
        return bool(self._once("variable", directory, name))

    def is_open(self, text: str) -> bool:
        """Whether a text stands in the open somewhere, and so is no secret."""
        return bool(self._once("open", text))

    def remember(self, text: str) -> None:
        """Keep a text that comes of a secret from being shown, whichever way it goes."""
        self.made.add(text)
        self._made.add(text)

    def add(self, other: SecretsTold) -> None:
        """Count what another was told as told to this one, too."""
        self.asked |= other.asked
        self.made |= other.made

    def _once(self, *asked: str) -> Any:
        if asked not in self.asked:
            self.asked[asked] = self.told(*asked)
        return self.asked[asked]

    def told(self, kind: str, *about: str) -> Any:
        """What is said to one of these questions now."""
        places, (what, *more) = self._places, about
        match kind:
            case "literals":
                return places.literals.get(what)
            case "file":
                return what in places.files
            case "variable":
                return (what, *more) in places.variables
        return places.is_open(what)
