"""The rules by which source is changed: each small, and such as a tired colleague would make it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutation.elements import LANGUAGE, Element, Leaf

#: Known to nobody before Terraform runs: in Terraform's own language a data source, in the text of a template a call.
UNKNOWN = "data.http.mutant.response_body"
_DATA_SOURCE = '\n\ndata "http" "mutant" {\n  url = "https://mutant.example/"\n}\n'
_UNKNOWN_TEXT = "${timestamp()}"

_FLIPS = {"true": "false", "yes": "no", "on": "off", "enabled": "disabled", "and": "or", "1": "0"}
_FLIPPED = {word: other for pair in _FLIPS.items() for word, other in (pair, pair[::-1])}
_UNITS = {"s": "m", "m": "h", "h": "m", "d": "h", "Ki": "Mi", "Mi": "Ki", "Gi": "Mi", "M": "k", "G": "M"}

_NOTHING = re.compile(r"\s*,?\s*(?:#.*|//.*)?")
_COMMENT = re.compile(r"""\s[#;][^"']*$""")  # no quote after it: this is no string's end
_NUMBER = re.compile(r"(?<![\w:$-])\d+(?![\w.:]*\w)")
_QUANTITY = re.compile(rf"(?<![\w.])\d+({'|'.join(sorted(_UNITS, key=len, reverse=True))})\b")
_WORD = re.compile(r"(?<![\w.$\\{%-])[A-Za-z_][\w-]*(?:[./][\w-]+)*")
_FIELD = re.compile(r"\S+(?:\s+|$)")
_VALUE = re.compile(r"^[^=:]*(?::(?=\s|$)|=)[ \t]*(?P<value>\S.*)$|^-[ \t]+(?P<item>\S.*)$", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """One edit of one file in a state: what stands from ``start`` to ``end`` becomes ``new``.

    ``line`` is where the edited element begins.
    """

    state: str
    file: str
    line: int
    rule: str
    start: int
    end: int
    new: str

    def applied(self, text: str) -> str:
        edited = text[: self.start] + self.new + text[self.end :]
        return edited + _DATA_SOURCE if self.new == UNKNOWN else edited


Edit = tuple[str, int, int, str]


def deleted(text: str, element: Element) -> Edit:
    """The element gone, with the comma that parts it from the next."""
    end = element.end
    if element.kind in ("argument", "item") and (comma := re.compile(r"\s*,").match(text, end)):
        end = comma.end()
    return "delete", element.start, end, ""


def edits(file: str, text: str, element: Element) -> Iterator[Edit]:
    """All edits of an element but its deletion, those of its children apart, none of them twice."""
    seen = {text}
    for rule, start, end, new in _edits(file, text, element):
        edited = text[:start] + new + text[end:]
        if edited not in seen:
            seen.add(edited)
            yield rule, start, end, new


def _edits(file: str, text: str, element: Element) -> Iterator[Edit]:
    if element.kind != "file":
        yield from _commented_out(file, text, element)
    for leaf in element.leaves:
        said = text[leaf.start : leaf.end]
        for rule, start, end, new in _of_leaf(file, said, leaf):
            yield rule, leaf.start + start, leaf.start + end, new


def _commented_out(file: str, text: str, element: Element) -> Iterator[Edit]:
    """Its lines, where nothing else stands on them; else what stands between, which only Terraform has a mark for."""
    start = text.rfind("\n", 0, element.start) + 1
    end = text.find("\n", element.end)
    end = len(text) if end < 0 else end
    if not text[start : element.start].strip() and _NOTHING.fullmatch(text, element.end, end):
        mark = ";" if is_zone(file, text, element.start) else "#"
        # Where the line begins: to the left of it the mark would change what a heredoc is indented by.
        yield "comment out", start, end, re.sub(r"(?m)^(\s*)(?=\S)", rf"\1{mark} ", text[start:end])
    elif file.endswith(LANGUAGE) and element.kind != "line" and "*/" not in text[element.start : element.end]:
        _, first, last, _ = deleted(text, element)
        yield "comment out", first, last, f"/* {text[first:last]} */"


def is_zone(file: str, text: str, offset: int) -> bool:
    """Whether a place is in the text of a DNS zone, whose comments begin with a semicolon."""
    if not file.endswith(LANGUAGE):
        return "$ORIGIN" in text
    heredoc = text[text.rfind("<<EOT", 0, offset) : offset] if "<<EOT" in text[:offset] else ""
    return "$ORIGIN" in heredoc and "\nEOT" not in heredoc


def _of_leaf(file: str, said: str, leaf: Leaf) -> Iterator[Edit]:
    whole = (0, len(said))
    if file.endswith(".tf") and leaf.kind in ("string", "number", "bool", "reference", "call"):
        yield "unknown", *whole, UNKNOWN
    match leaf.kind:
        case "name":
            yield "rename", len(said), len(said), "x"
        case "string" | "reference":
            yield "empty", *whole, '""'
        case "text":
            yield from text_edits(said)
        case "number":
            yield from _numbers(said)
        case "bool" if said in _FLIPPED:
            yield "flip", *whole, _FLIPPED[said]
        case "line":
            yield from _of_line(file, said)


def _of_line(file: str, said: str) -> Iterator[Edit]:
    said = _COMMENT.sub("", said)
    found = _VALUE.match(said)
    if found and found["value"]:
        yield "empty", *found.span("value"), ""
    if found and not file.endswith((".tfvars", ".zone")):
        yield "unknown", *found.span("value" if found["value"] else "item"), _UNKNOWN_TEXT
    yield from text_edits(said)


def text_edits(said: str) -> Iterator[Edit]:
    """Edits of what a string or a line of text says."""
    yield from _numbers(said)
    for found in _QUANTITY.finditer(said):
        yield "other unit", *found.span(1), _UNITS[found[1]]
    for found in re.finditer(r"\w+", said):
        if found[0] in _FLIPPED and (not found[0].isdigit() or found[0] == said.strip("\"' ")):
            yield "flip", *found.span(), _FLIPPED[found[0]]
    for found in _WORD.finditer(said):
        yield "other word", found.end(), found.end(), "x"
    key = found.start("value") if (found := _VALUE.match(said)) and found["value"] else 0
    fields = list(_FIELD.finditer(said, key))
    for found in fields if len(fields) > 1 else ():
        if "\\" not in found[0] and re.search(r"\w", found[0]):
            yield "word gone", *found.span(), ""


def _numbers(said: str) -> Iterator[Edit]:
    for found in _NUMBER.finditer(said):
        yield "off by one", *found.span(), str(int(found[0]) + 1)
        if int(found[0]):
            yield "off by one", *found.span(), str(int(found[0]) - 1)
