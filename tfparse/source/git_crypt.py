"""Which files git-crypt encrypts, unlocked or not: by the attributes that git gives them, and by what is committed.

Where git cannot say, be it that it is not installed, the attributes are read here, as far as plain patterns go.  What
is not plain could mean any file: then all of them count as encrypted.
Source: gitattributes(5) and gitignore(5), whose patterns they are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct, field

from tfparse.patterns import pattern
from tfparse.source.git import ATTRIBUTES, filters_of_folder, is_pipe_or_device
from tfparse.source.places import Folder, OutsideRoot
from tfparse.source.sources import SourceTree

_FILTER_NAME = "git-crypt"
_FILTER = pattern(r"[-!]?filter(?:=(?P<name>\S+))?")
_PIECE = pattern(r"\*+|\?|\[[!^]?\]?[^]]*\]|.", re.DOTALL)
_NOT_PLAIN = pattern(r'^"|^\[attr\]|\\|\[:')
"""What begins or is in a line that is not read here: quotes, macros, escapes, classes of characters."""

_Rule = tuple[list[re.Pattern[str] | None], bool]
"""A pattern, one for each part of the path (None for any number of folders), and whether git-crypt keeps what fits."""


def encrypted(tree: SourceTree, paths: Iterable[str]) -> set[str]:
    """The files among ``paths`` that git-crypt encrypts, unlocked or not."""
    paths = list(paths)
    checkout = tree.checkout
    if checkout is None and not any(path.rpartition("/")[2] == ATTRIBUTES for path in paths):
        return set()
    if not isinstance(tree.place, Folder):
        return _by_attributes(tree, paths)
    if any(is_pipe_or_device(os.path.join(place, ATTRIBUTES)) for place in _folders(tree, paths)):
        return set(paths)  # git would wait for ever to read it
    asked = checkout.filters(paths) if checkout is not None else filters_of_folder(tree.root, paths)
    committed = checkout.ciphertext() if checkout is not None else None
    if asked is None:
        return _by_attributes(tree, paths) | (committed or set())
    return {path for path, name in asked.items() if name.startswith(_FILTER_NAME)} | (committed or set())


def _folders(tree: SourceTree, paths: Iterable[str]) -> Iterator[str]:
    """The folders whose attributes count for some files."""
    checkout, top = tree.checkout, str(tree.root)
    above = checkout.top if checkout is not None else tree.root
    yield from (str(path) for path in tree.root.parents if path.is_relative_to(above))
    waiting, seen = {path.rpartition("/")[0] for path in paths}, set[str]()
    while waiting:
        yield from (os.path.join(top, folder) for folder in waiting)
        seen |= waiting
        waiting = {folder.rpartition("/")[0] for folder in waiting} - seen


def _by_attributes(tree: SourceTree, paths: list[str]) -> set[str]:
    files = sorted(path for path in paths if path.rpartition("/")[2] == ATTRIBUTES)
    rules = _rules(tuple((path, _text(tree, path)) for path in files))
    if rules is None:
        return set(paths)
    return {path for path in paths if rules.keeps(path)} if rules.each else set()


class _Rules(Struct):
    """The rules of some files, those of a folder after those of the ones above it."""

    each: list[_Rule]
    _kept: dict[str, bool] = field(default_factory=dict)

    def keeps(self, path: str) -> bool:
        """Whether git-crypt keeps a file: of several rules the last one counts."""
        if path not in self._kept:
            parts = path.split("/")
            self._kept[path] = next((crypt for pattern, crypt in reversed(self.each) if _fits(parts, pattern)), False)
        return self._kept[path]


def _fits(parts: list[str], pattern: list[re.Pattern[str] | None]) -> bool:
    """Whether a path fits, going along all ways at once: to try one after the other could take for ever."""
    reached = {0}
    for part in parts:
        reached = {step for at in _open(reached, pattern) for step in _step(at, part, pattern)}
    return len(pattern) in reached


def _open(reached: set[int], pattern: list[re.Pattern[str] | None]) -> set[int]:
    """The places in a pattern at which a path may go on: any number of folders may be none."""
    opened = set(reached)
    for at in range(len(pattern)):
        if at in opened and pattern[at] is None:
            opened.add(at + 1)
    return opened


def _step(at: int, part: str, pattern: list[re.Pattern[str] | None]) -> Iterator[int]:
    if at < len(pattern):
        wanted = pattern[at]
        if wanted is None:
            yield at
        elif wanted.fullmatch(part):
            yield at + 1


def _text(tree: SourceTree, path: str) -> str | None:
    """What a file of attributes says; None where it cannot be read."""
    try:
        return tree.read_bytes(path).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except (OSError, OutsideRoot):
        return None


@lru_cache(maxsize=1)
def _rules(files: tuple[tuple[str, str | None], ...]) -> _Rules | None:
    """What files say about filters, each by its path and its text; None where one of them is not understood.

    From one commit to the next, in a history, that is mostly the same.
    """
    rules: list[_Rule] = []
    for path, text in files:
        found = None if text is None else _rules_of(path, text)
        if found is None:
            return None
        rules += found
    return _Rules(rules)


def _rules_of(path: str, text: str) -> list[_Rule] | None:
    rules = []
    for line in text.splitlines():
        pattern, *attributes = line.split() or ["#"]
        if pattern.startswith("#"):
            continue
        if _NOT_PLAIN.search(pattern):
            return None
        for found in filter(None, map(_FILTER.fullmatch, attributes)):
            crypt = (found["name"] or "").startswith(_FILTER_NAME)
            rules.append((_translated(pattern, path.removesuffix(ATTRIBUTES)), crypt))
    return rules


def _translated(pattern: str, folder: str) -> list[re.Pattern[str] | None]:
    """A pattern without a slash is one of names, at any depth; another is one of paths from its own folder."""
    start: list[re.Pattern[str] | None] = [re.compile(re.escape(part)) for part in folder.split("/") if part]
    anywhere: list[re.Pattern[str] | None] = [] if "/" in pattern.rstrip("/") else [None]
    parts = pattern.removeprefix("/").split("/")
    inner: list[re.Pattern[str] | None] = [None if part == "**" else _of_name(part) for part in parts]
    if parts[-1] == "**":
        inner.append(_of_name("*"))  # what is inside of a folder, and not the folder
    return start + anywhere + inner


def _of_name(pattern: str) -> re.Pattern[str]:
    """The pattern of one part of a path.  Each star but the last takes as little as it can: that is never worse."""
    pieces = [_meaning(piece) for piece in _PIECE.findall(pattern)]
    head, *runs = _split(pieces, ".*")
    middle = "".join(f"(?>.*?{run})" for run in runs[:-1])
    return re.compile(head + middle + (f".*{runs[-1]}" if runs else ""), re.DOTALL)


def _split(pieces: list[str], at: str) -> list[str]:
    runs = [""]
    for piece in pieces:
        if piece == at:
            runs.append("")
        else:
            runs[-1] += piece
    return runs


def _meaning(piece: str) -> str:
    if piece == "?":
        return "."
    if piece.startswith("*"):
        return ".*"
    if len(piece) > 1:
        inside = piece[1:-1].replace("\\", r"\\").replace("[", r"\[")
        return f"[^{inside[1:]}]" if inside[0] in "!^" else f"[{inside}]"
    return re.escape(piece)
