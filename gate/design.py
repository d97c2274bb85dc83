"""The design document that the promises keep true: which of its sections are held, gone, or changed since.

A feature or a scenario names what it comes from in a line of its description::

    Design: docs/plans/mail.md, "3. Rate limiting" (reviewed 0123abcd)

The document is read in the judged repo.  ``reviewed`` is the fingerprint of the section as it was when somebody last
held promise and text against each other; ``design-policy review`` writes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from gate.redaction import redacted_line
from tfparse.patterns import pattern

NAMED = pattern(r'^\s*Design: (?P<file>\S+?), "(?P<title>[^"]+)"(?: \(reviewed (?P<reviewed>[0-9a-f]{8})\))?\.?\s*$')
"""The line that names a section."""
_BEGUN = pattern(r"^\s*Design:")
_HEADING = pattern(r" {0,3}(?P<level>#{1,6})[ \t]+(?P<title>.*)")
_UNDERLINE = pattern(r" {0,3}(?P<mark>=|-)(?P=mark)*[ \t]*")
_OTHER_BLOCK = pattern(r" {0,3}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]|\||<|(?P<rule>[-*_])(?:[ \t]*(?P=rule)){2,}[ \t]*$)")
_PARAGRAPH = pattern(rf"(?!{_OTHER_BLOCK.pattern}) {{0,3}}\S")
"""What may begin one, and so be a heading whose underline follows."""
_FENCE = pattern(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_NO_PROMISE = pattern(r"<!--\s*no promise\b")
_MOST = 2**20
#: So many sections without a promise are named.
_SHOWN = 10
_COMPARED = 500  # headings that a title is compared with, to say which may be meant


class Reference(NamedTuple):
    """A section that a promise names: the document (relative to the judged repo), the heading, and the fingerprint of
    what it said at the last review, if there was one."""

    file: str
    title: str
    reviewed: str | None


class Section(Struct, frozen=True):
    """A section of a Markdown document: its heading, how deep that is, and its line; ``text`` goes on to the next
    heading as high, ``own`` to the next of any."""

    title: str
    level: int
    line: int
    text: str
    own: str

    @property
    def promises(self) -> bool:
        """Whether it says something, and is not marked as promising nothing (``<!-- no promise: why -->``)."""
        return bool(self.own.strip()) and _NO_PROMISE.search(self.own) is None


class Held(Struct, frozen=True):
    """A section, and the requirements that hold it; ``changed`` are those that were reviewed when it said otherwise."""

    section: Section
    requirements: tuple[str, ...]
    changed: tuple[str, ...]


class Document(Struct, frozen=True):
    """A design document: its sections in their order, and the promises that name one which it has not.

    ``problem`` says why it could not be read; it has no sections then.
    """

    file: str
    sections: tuple[Held, ...]
    gone: tuple[tuple[str, str], ...]
    problem: str | None = None

    @property
    def told(self) -> list[tuple[str, int | None]]:
        """What is not as it should be, in a sentence each, with the line that it is about."""
        if self.problem:
            return [(f"{self.problem}, and {len({id_ for id_, _ in self.gone})} promises come from it", None)]
        said: list[tuple[str, int | None]] = []
        titles = [held.section.title for held in self.sections[:_COMPARED]]
        for id_, title in self.gone:
            near = "".join(f' (is it "{other}"?)' for other in get_close_matches(title, titles, 1))
            said.append((f'{id_} comes from section "{title}", which is not there{near}', None))
        for held in self.sections:
            if held.changed:
                text = f'section "{held.section.title}" has changed since {", ".join(held.changed)} was reviewed'
                said.append((f"{text}; say `design-policy review` once the promise says the same", held.section.line))
        return said

    @property
    def bare(self) -> list[Section]:
        """The sections that say something and that no promise holds."""
        return [held.section for held in self.sections if not held.requirements and held.section.promises]

    @property
    def summary(self) -> str:
        """How much of it is kept true, in a line."""
        saying = [held for held in self.sections if held.section.promises or held.requirements]
        kept = sum(bool(held.requirements) for held in saying)
        left = ", ".join(f'"{section.title}"' for section in self.bare[:_SHOWN])
        left += f" and {len(self.bare) - _SHOWN} more" if len(self.bare) > _SHOWN else ""
        return f"{kept} of {len(saying)} sections are held by promises" + (f"; by none: {left}" if left else "")


def references(description: str) -> tuple[Reference, ...]:
    """The sections that a description names."""
    found = (NAMED.match(line) for line in description.splitlines())
    return tuple(Reference(m["file"], m["title"], m["reviewed"]) for m in found if m)


def seems_to_name(line: str) -> bool:
    """Whether a line begins as one does that names a section."""
    return _BEGUN.match(line) is not None


def is_malformed(line: str) -> bool:
    """Whether a line seems to name a section, and does not."""
    return seems_to_name(line) and NAMED.match(line) is None


class Promise(Protocol):
    """What is known of a scenario: the requirements that it states, and its descriptions."""

    @property
    def requirements(self) -> tuple[str, ...]: ...
    @property
    def description(self) -> str: ...
    @property
    def feature_description(self) -> str: ...


def documents(records: Iterable[Promise], places: Iterable[Path]) -> list[Document]:
    """The documents that the promises name, each read in the first of the ``places`` that has it."""
    named: dict[str, dict[Reference, dict[str, None]]] = {}
    for record in records:
        own = references(record.description) or references(record.feature_description)
        for reference in own:
            named.setdefault(reference.file, {}).setdefault(reference, {}).update(dict.fromkeys(record.requirements))
    roots = list(places)
    return [_document(file, by_reference, roots) for file, by_reference in sorted(named.items())]


def _document(file: str, named: dict[Reference, dict[str, None]], places: list[Path]) -> Document:
    try:
        found = sections(_text(places, file))
    except _UnreadError as why:
        gone = tuple((id_, reference.title) for reference, ids in named.items() for id_ in ids)
        return Document(file, (), gone, str(why))
    now, held = _fingerprints(found), []
    for section, around in _with_ancestors(found):
        own = [(r, ids) for r, ids in named.items() if r.title.casefold() == section.title.casefold()]
        by_all = [ids for r, ids in named.items() if r.title.casefold() in {title.casefold() for title in around}]
        requirements = dict.fromkeys(id_ for ids in by_all for id_ in ids)
        fingerprint = now[section.title.casefold()]
        changed = dict.fromkeys(id_ for r, ids in own if r.reviewed not in (None, fingerprint) for id_ in ids)
        held.append(Held(section, tuple(requirements), tuple(changed)))
    there = {section.title.casefold() for section in found}
    gone = tuple((id_, r.title) for r, ids in named.items() if r.title.casefold() not in there for id_ in ids)
    return Document(file, tuple(held), gone)


def _with_ancestors(found: Sequence[Section]) -> Iterator[tuple[Section, list[str]]]:
    """Each section, and the titles of itself and of those that it is part of."""
    path: list[Section] = []
    for section in found:
        while path and path[-1].level >= section.level:
            path.pop()
        path.append(section)
        yield section, [part.title for part in path]


def sections(markdown: str) -> list[Section]:
    """The sections of a document, by its headings (CommonMark 4.2 and 4.3), none of which stands in a code fence or
    in front matter."""
    lines = markdown.splitlines()
    found = []
    ends: dict[int, int] = {}  # by level: the line of the next heading of that level
    following = None
    for begin, end, level, title in reversed(list(_headings(lines))):
        whole = min((line for other, line in ends.items() if other <= level), default=None)
        text, own = "\n".join(lines[end:whole]), "\n".join(lines[end:following])
        found.append(Section(title, level, begin + 1, text, own))
        ends[level] = following = begin
    return found[::-1]


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
    """Of each heading the index of its line, that of the line behind it, its level and its text."""
    fence = ""
    paragraph = 0  # how many lines it has so far
    for number, line in enumerate(lines[(first := _front_matter(lines)) :], first):
        mark = _FENCE.fullmatch(line)
        underline = _UNDERLINE.fullmatch(line)
        if fence:
            fence = "" if mark and mark["mark"].startswith(fence) and not mark["info"].strip() else fence
        elif mark:
            fence = mark["mark"]
        elif heading := _HEADING.fullmatch(line):
            yield number, number + 1, len(heading["level"]), _without_closing(heading["title"])
        elif underline and paragraph:
            title = " ".join(line.strip() for line in lines[number - paragraph : number])
            yield number - paragraph, number + 1, 1 if underline["mark"] == "=" else 2, title
        elif _PARAGRAPH.match(line) if not paragraph else line.strip() and not _OTHER_BLOCK.match(line):
            paragraph += 1
            continue
        paragraph = 0


def _front_matter(lines: Sequence[str]) -> int:
    """How many lines of settings for some site generator stand before the document."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((number + 1 for number, line in enumerate(lines) if number and line.rstrip() in ("---", "...")), 0)


def _without_closing(title: str) -> str:
    """A heading's text without the "#" that may close it."""
    text = title.rstrip(" \t")
    bare = text.rstrip("#")
    return text if bare.strip(" \t") == "" or bare[-1] not in " \t" else bare.rstrip(" \t")


def fingerprints(place: Path, file: str) -> dict[str, str]:
    """The fingerprints of a document's sections, by their headings in small letters; none where it cannot be read."""
    try:
        return _fingerprints(sections(_text([place], file)))
    except _UnreadError:
        return {}


def _fingerprints(found: Iterable[Section]) -> dict[str, str]:
    """Of the words, however they are folded over lines; of sections with one heading, together: who names one of them
    names all."""
    words: dict[str, list[str]] = {}
    for section in found:
        words.setdefault(section.title.casefold(), []).extend(section.text.split())
    return {title: sha256(" ".join(all_).encode()).hexdigest()[:8] for title, all_ in words.items()}


class _UnreadError(Exception):
    """Why a document is not read, in a sentence's beginning."""


def _text(places: Iterable[Path], file: str) -> str:
    """A document of the judged repo, from the first place that has it.

    Raises:
        _UnreadError: it is nowhere, or cannot be read.
    """
    for place in places:
        try:
            path, root = Path(os.path.realpath(place / file)), Path(os.path.realpath(place))
        except ValueError:  # no name of a file
            continue
        if not path.is_relative_to(root) or not path.is_file():
            continue
        # What must not be shown is no document: its headings would be told.
        if redacted_line(root, path.relative_to(root).as_posix(), 1) is not None:
            raise _UnreadError("the design document is secret, so it is not read")
        try:
            with path.open("rb") as opened:
                data = opened.read(_MOST + 1)
            if len(data) > _MOST:
                raise _UnreadError(f"the design document is longer than {_MOST} bytes, so it is not read")
            return data.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise _UnreadError(f"the design document cannot be read ({error})") from error
    raise _UnreadError("the design document is not in the judged repo")
