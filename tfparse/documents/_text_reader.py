"""What reading JSON and reading YAML have in common."""

from __future__ import annotations

from typing import Final

from tfparse.cty.types import DYNAMIC, Tuple
from tfparse.cty.values import Unknown, Value, object_
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnsupportedError
from tfparse.documents._sourcetext import SourceText

MAX_DEPTH: Final = 100
MAX_VALUES: Final = 1_000_000
"""How many values a document may hold, an alias counted as all that it stands for."""


class SyntaxProblem(Exception):
    """The text cannot be read at some offset; the message is Terraform's, as nearly as can be."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class TooLarge(SyntaxProblem):
    """A document that is right, for all that is known, but larger than what is worked with here."""


class Reader:
    """Reads one document; a subclass says how."""

    language = ""

    def __init__(self, value: Value) -> None:
        self.source = SourceText(value)
        self.depth = 0
        self.count = 0

    def document(self) -> Value:
        """The value of the whole document."""
        try:
            return self.read()
        except SyntaxProblem as problem:
            origin = self.source.origin(problem.offset)
            if isinstance(problem, TooLarge):
                raise UnsupportedError(Diagnostic(f"{self.language} too large", str(problem), origin)) from None
            first = self.source.token.search(self.source.text) if self.source.holes else None
            if first is not None and self.source.line(first.start()) <= self.source.line(problem.offset):
                # What is not known may be what spoils it, or what would mend it.
                why = f"around {self.source.holes[0].reason}, invalid {self.language}: {problem}"
                return Value(DYNAMIC, Unknown(why, origin), self.source.origin(0))
            raise TerraformError(Diagnostic(f"Invalid {self.language}", str(problem), origin)) from None

    def read(self) -> Value:
        raise NotImplementedError

    def enter(self, offset: int) -> None:
        """Counts a level of nesting."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooLarge(f"more than {MAX_DEPTH} levels deep", offset)

    def leave(self) -> None:
        self.depth -= 1

    def counted(self, offset: int, values: int = 1) -> None:
        """Counts the values of the document."""
        self.count += values
        if self.count > MAX_VALUES:
            raise TooLarge(f"more than {MAX_VALUES} values", offset)


class Attributes:
    """The attributes of an object under way: a later one of the same name wins."""

    def __init__(self) -> None:
        self._items: dict[str, Value] = {}
        self._rest: Unknown | None = None
        self.marks = 0

    def set(self, name: str, value: Value) -> Value | None:
        """Sets an attribute; the value that it had."""
        earlier = self._items.get(name)
        self._items[name] = value
        return earlier

    def set_unknown(self, name: Unknown) -> None:
        """Sets an attribute of unknown name: it may be any of those so far, or another one."""
        self._rest = self._rest or name
        self._items = {key: Value(DYNAMIC, name, item.origin) for key, item in self._items.items()}

    def merge(self, other: Value) -> None:
        """Sets all attributes of another object."""
        assert isinstance(other.raw, dict)
        if other.rest is not None:
            self.set_unknown(other.rest)
        self._items.update(other.raw)

    def made(self, origin: Origin | None) -> Value:
        return object_(self._items, origin, self._rest).marked(self.marks)


def tuple_of(elements: list[Value], origin: Origin | None) -> Value:
    return Value(Tuple(tuple([element.type for element in elements])), tuple(elements), origin)
