"""Values as Terraform has them: typed, possibly null, unknown or marked, and knowing their origin.

The laws (after go-cty):

* *Unknown* is a value of a type, with a reason.  It never compares, converts to ``bool``, iterates or
  formats: every such use raises :class:`~tfparse.diagnostics.UnknownValueError`.
* A string that is partly unknown keeps its known parts (:attr:`Value.parts`).
* Whatever is made from a marked value is marked.  *Sensitive* is Terraform's mark, which ``nonsensitive()`` takes off.
  *Secret* is ours: it says what must not be shown, has no say in what Terraform does, and stays on.
* A map or object may be *open* (:attr:`Value.rest`): the listed keys are certain, others may exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final, NoReturn

from tfparse.cty.normal import normalized
from tfparse.cty.parts import CONFIDENTIAL, EPHEMERAL, HOLE, REDACTED, SECRET, SENSITIVE, Line, Part, Unknown
from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, Dynamic, List, Map, Object, Set, Tuple, Type
from tfparse.diagnostics import Diagnostic, Origin, UnknownValueError, UnsupportedError

Number = int | Fraction


MAX_WEIGHT: Final = 1_000_000
"""How many values one may be made of.  A list of one list twice over, and so on, is beyond measure in a few lines."""

Raw = None | str | bool | Number | Unknown | tuple["Value", ...] | dict[str, "Value"]


class Value:
    """An immutable value.

    ``raw`` by type: ``None`` for null, :class:`Unknown`, ``str``, ``bool``, ``int`` or ``Fraction``,
    a tuple of values (list, tuple, set in Terraform's order), a dict of values by key (map, object; in
    Terraform's order: sorted by key).
    """

    __slots__ = ("type", "raw", "origin", "marks", "parts", "rest", "weight")

    def __init__(
        self,
        type: Type,
        raw: Raw,
        origin: Origin | None = None,
        *,
        marks: int = 0,
        parts: tuple[Part, ...] | None = None,
        rest: Unknown | None = None,
    ) -> None:
        self.type = type
        self.raw = raw
        self.origin = origin
        self.marks = marks
        self.parts = parts
        self.rest = rest
        self.weight = self._weighed(raw) if isinstance(raw, (tuple, dict)) or parts is not None else 1
        """How many values and stretches of text it is made of, itself among them."""

    def _weighed(self, raw: Raw) -> int:
        children = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, tuple) else ()
        weight = sum([child.weight for child in children], 1 + len(self.parts or ()))
        if weight > MAX_WEIGHT:
            raise UnsupportedError(Diagnostic("Value too large", f"More than {MAX_WEIGHT} values in one.", self.origin))
        return weight

    # -- what kind of value -------------------------------------------------------------------

    @property
    def is_null(self) -> bool:
        """Known to be null."""
        return self.raw is None

    @property
    def is_unknown(self) -> bool:
        """Not known at its top level.  (A known list may still hold unknown elements.)"""
        return isinstance(self.raw, Unknown)

    @property
    def unknown(self) -> Unknown | None:
        """The reason that this value, at its top level, is not known."""
        return self.raw if isinstance(self.raw, Unknown) else None

    def first_unknown(self) -> Unknown | None:
        """The first unknown in this value at any depth, the openness of a map included."""
        raw = self.raw
        if isinstance(raw, Unknown):
            return raw
        if self.rest is not None:
            return self.rest
        children = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, tuple) else ()
        for child in children:
            found = child.first_unknown()
            if found is not None:
                return found
        return None

    @property
    def sensitive(self) -> bool:
        """Whether Terraform takes it for sensitive."""
        return bool(self.marks & SENSITIVE)

    @property
    def secret(self) -> bool:
        """Whether no report may show it."""
        return bool(self.marks & SECRET)

    def all_marks(self) -> int:
        """The marks of this value and of all that is in it."""
        marks, raw = self.marks, self.raw
        if isinstance(raw, dict):
            for child in raw.values():
                marks |= child.all_marks()
        elif isinstance(raw, tuple):
            for child in raw:
                marks |= child.all_marks()
        return marks

    def whole_marks(self) -> int:
        """Of a string, the marks that no single stretch of it accounts for: they are those of every one."""
        marks = self.marks
        for part in self.parts or ():
            marks &= ~part.marks
        return marks

    # -- copies -------------------------------------------------------------------------------

    def at(self, origin: Origin | None) -> Value:
        """The same value, said to come from ``origin``."""
        return Value(self.type, self.raw, origin, marks=self.marks, parts=self.parts, rest=self.rest)

    def marked(self, marks: int = CONFIDENTIAL) -> Value:
        """The same value with these marks added."""
        return self if self.marks | marks == self.marks else self.remarked(self.marks | marks)

    def remarked(self, marks: int) -> Value:
        """The same value with just these marks."""
        return Value(self.type, self.raw, self.origin, marks=marks, parts=self.parts, rest=self.rest)

    def typed(self, type: Type) -> Value:
        """The same content under another type; the caller vouches that it fits."""
        return Value(type, self.raw, self.origin, marks=self.marks, parts=self.parts, rest=self.rest)

    # -- content; each raises UnknownValueError on an unknown ----------------------------------

    def _refuse(self) -> NoReturn:
        if isinstance(self.raw, Unknown):
            raise UnknownValueError(self.raw.reason, self.raw.origin or self.origin)
        raise TypeError(f"a value of type {self.type} is no Python object: ask for its content ({self.origin})")

    def known(self) -> Value:
        """This value, if it is known at its top level."""
        if isinstance(self.raw, Unknown):
            self._refuse()
        return self

    def as_string(self) -> str:
        """The content of a known, non-null string."""
        if not isinstance(self.raw, str):
            self._wrong("a string")
        return self.raw

    def as_bool(self) -> bool:
        """The content of a known, non-null bool."""
        if not isinstance(self.raw, bool):
            self._wrong("a bool")
        return self.raw

    def as_number(self) -> Number:
        """The content of a known, non-null number."""
        if isinstance(self.raw, bool) or not isinstance(self.raw, (int, Fraction)):
            self._wrong("a number")
        return self.raw

    def elements(self) -> tuple[Value, ...]:
        """The elements of a known list, tuple or set, in Terraform's order."""
        if not isinstance(self.raw, tuple):
            self._wrong("a list")
        return self.raw

    def mapping(self) -> Mapping[str, Value]:
        """The keys and values of a known map or object.  An open one raises: see :attr:`rest`."""
        if not isinstance(self.raw, dict):
            self._wrong("a map")
        if self.rest is not None:
            raise UnknownValueError(self.rest.reason, self.rest.origin or self.origin)
        return self.raw

    def get(self, key: str) -> Value | None:
        """The value under ``key`` of a map or object; None where it has no such key.

        In an open map a key that is not listed is unknown, not absent.
        """
        if not isinstance(self.raw, dict):
            self._wrong("a map")
        found = self.raw.get(key)
        if found is None and self.rest is not None:
            return Value(DYNAMIC, self.rest, self.origin, marks=self.marks)
        return found

    def _wrong(self, wanted: str) -> NoReturn:
        if isinstance(self.raw, Unknown):
            self._refuse()
        what = "null" if self.raw is None else f"a value of type {self.type}"
        raise TypeError(f"{wanted} is wanted here, found {what} ({self.origin})")

    # -- text ---------------------------------------------------------------------------------

    def text_parts(self) -> tuple[Part, ...]:
        """The stretches of a string, known and unknown; of an unknown without parts, one unknown."""
        if self.parts is not None:
            return self.parts
        if isinstance(self.raw, (str, Unknown)):
            return (Part(self.raw, self.origin),)
        self._wrong("a string")

    def lines(self) -> list[Line]:
        """The lines of a string, each with the place it stands in the source.

        Splits at newlines as ``str.split("\\n")`` does; a carriage return before one is dropped.
        A final newline makes no extra line.  Unknown stretches appear as :data:`HOLE`.
        """
        lines: list[Line] = []
        text: list[str] = []
        origin: Origin | None = None
        unknown: Unknown | None = None
        whole = marks = self.whole_marks()
        for part in self.text_parts():
            if isinstance(part.text, Unknown):
                marks |= part.marks
                text.append(HOLE)
                origin = origin or part.origin
                unknown = unknown or part.text
                continue
            here = part.origin
            first, *others = part.text.split("\n")
            if first or (origin is None and part.text):
                # A line belongs to where its first visible character stands.
                if origin is None or not "".join(text).strip():
                    origin = here
                text.append(first)
                marks |= part.marks
            for index, piece in enumerate(others, 1):
                lines.append(Line("".join(text).removesuffix("\r"), origin, unknown, marks))
                origin = Origin(here.file, here.line + index) if here is not None and part.verbatim else here
                text, unknown, marks = [piece], None, whole | part.marks
        if text and (len(text) > 1 or text[0]):
            lines.append(Line("".join(text).removesuffix("\r"), origin, unknown, marks))
        return lines

    # -- Python's own protocols would hide an unknown, so they are closed -----------------------

    def __bool__(self) -> NoReturn:
        self._refuse()

    def __eq__(self, other: object) -> NoReturn:
        self._refuse()

    __hash__ = None  # type: ignore[assignment]  # how Python itself closes it

    def __iter__(self) -> Iterator[Value]:
        self._refuse()

    def __str__(self) -> str:
        self._refuse()

    def __format__(self, spec: str) -> str:
        self._refuse()

    def __repr__(self) -> str:
        if self.marks:
            return f"<{self.type} (marked)>"
        return f"<{self.type} {self.raw!r}>"


def marks_of(values: Iterable[Value]) -> int:
    """The marks that any of the values has at its top level."""
    marks = 0
    for value in values:
        marks |= value.marks
    return marks


# -- construction -------------------------------------------------------------------------------


def string(text: str, origin: Origin | None = None, *, verbatim: bool = False) -> Value:
    """A known string; ``verbatim`` if each newline in it is a line of the source."""
    return Value(STRING, text, origin, parts=(Part(text, origin, True),) if verbatim else None)


def number(n: Number, origin: Origin | None = None) -> Value:
    if type(n) is Fraction and n.denominator == 1:
        n = n.numerator
    return Value(NUMBER, n, origin)


def boolean(b: bool, origin: Origin | None = None) -> Value:
    return Value(BOOL, b, origin)


def null(type: Type = DYNAMIC, origin: Origin | None = None) -> Value:
    return Value(type, None, origin)


def unknown(reason: str, origin: Origin | None = None, type: Type = DYNAMIC) -> Value:
    return Value(type, Unknown(reason, origin), origin)


def text(parts: tuple[Part, ...], origin: Origin | None = None, *, marks: int = 0) -> Value:
    """A string of ``parts``: known if all of them are, else unknown with its known parts kept."""
    hole = next((p.text for p in parts if isinstance(p.text, Unknown)), None)
    if hole is not None:
        return Value(STRING, hole, origin, marks=marks, parts=parts)
    joined = "".join(p.text for p in parts if isinstance(p.text, str))
    normal = normalized(joined)
    # Where two parts join to one character, neither stands for it any more.
    return Value(STRING, normal, origin, marks=marks, parts=parts if normal == joined else None)


def tuple_(elements: tuple[Value, ...], origin: Origin | None = None) -> Value:
    return Value(Tuple(tuple(e.type for e in elements)), elements, origin)


def object_(attributes: dict[str, Value], origin: Origin | None = None, rest: Unknown | None = None) -> Value:
    """An object, its attributes in Terraform's order; with ``rest``, others may exist."""
    ordered = dict(sorted(attributes.items()))
    type_: Type = DYNAMIC if rest else Object(tuple([(key, value.type) for key, value in ordered.items()]))
    return Value(type_, ordered, origin, rest=rest)


def list_(element: Type, elements: tuple[Value, ...], origin: Origin | None = None) -> Value:
    return Value(List(element), elements, origin)


def map_(element: Type, items: dict[str, Value], origin: Origin | None = None) -> Value:
    return Value(Map(element), dict(sorted(items.items())), origin)


# fmt: off
__all__ = [
    "CONFIDENTIAL", "EPHEMERAL", "HOLE", "SECRET", "SENSITIVE", "REDACTED", "BOOL", "DYNAMIC", "NUMBER", "STRING",
    "Dynamic", "Line", "List", "Map", "Number", "Object", "Origin",
    "Part", "Raw", "Set", "Tuple", "Type", "Unknown", "Value", "boolean", "list_", "map_", "marks_of", "null", "number",
    "object_", "string", "text", "tuple_", "unknown",
]
# fmt: on
