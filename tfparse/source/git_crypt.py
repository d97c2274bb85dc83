"""Which files git-crypt encrypts, unlocked or not: by the attributes that git gives them, and by what is committed.

Where git is not installed the attributes are read here, as far as plain patterns go.
Source: gitattributes(5) and gitignore(5), whose patterns they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tfparse.source.git import ATTRIBUTES, filters_of_folder
from tfparse.source.places import Folder, OutsideRoot
from tfparse.source.sources import SourceTree

_FILTER_NAME = "git-crypt"
_FILTER = re.compile(r"[-!]?filter(?:=(?P<name>\S+))?")
_PIECE = re.compile(r"/\*\*/|\*\*/|/\*\*|\*+|\?|\[[!^]?\]?[^]]*\]|.", re.DOTALL)
_MEANINGS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}


def encrypted(tree: SourceTree, paths: Iterable[str]) -> set[str]:
    """The files among ``paths`` that git-crypt encrypts, unlocked or not."""
    paths = list(paths)
    checkout = tree.checkout
    if checkout is None and not any(path.rpartition("/")[2] == ATTRIBUTES for path in paths):
        return set()
    if not isinstance(tree.place, Folder):
        return _by_attributes(tree, paths)
    asked = checkout.filters(paths) if checkout is not None else filters_of_folder(tree.root, paths)
    committed = checkout.ciphertext() if checkout is not None else None
    if asked is None:
        return _by_attributes(tree, paths) | (committed or set())
    return {path for path, name in asked.items() if name.startswith(_FILTER_NAME)} | (committed or set())


def _by_attributes(tree: SourceTree, paths: list[str]) -> set[str]:
    files = sorted(path for path in paths if path.rpartition("/")[2] == ATTRIBUTES)
    rules = [rule for path in files for rule in _rules(tree, path)]
    return {path for path in paths if _filtered(path, rules)}


def _filtered(path: str, rules: list[tuple[re.Pattern[str], bool]]) -> bool:
    """Of several rules the last one counts; a folder's own stand after those above it."""
    return next((crypt for pattern, crypt in reversed(rules) if pattern.fullmatch(path)), False)


def _rules(tree: SourceTree, path: str) -> list[tuple[re.Pattern[str], bool]]:
    try:
        text = tree.read_bytes(path).decode("utf-8", "replace")
    except (OSError, OutsideRoot):
        return []
    rules = []
    for line in text.splitlines():
        pattern, *attributes = line.split() or [""]
        for found in filter(None, map(_FILTER.fullmatch, attributes)):
            if not pattern.startswith(("#", "[attr]")):
                crypt = (found["name"] or "").startswith(_FILTER_NAME)
                rules.append((_translated(pattern, path.removesuffix(ATTRIBUTES)), crypt))
    return rules


def _translated(pattern: str, folder: str) -> re.Pattern[str]:
    """A pattern without a slash is one of names, at any depth; another is one of paths from its own folder."""
    anywhere = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    return re.compile(re.escape(folder) + anywhere + "".join(map(_meaning, _PIECE.findall(pattern.lstrip("/")))))


def _meaning(piece: str) -> str:
    if piece in _MEANINGS:
        return _MEANINGS[piece]
    if piece.startswith("*"):
        return "[^/]*"
    if len(piece) > 1:
        inside = piece[1:-1].replace("\\", r"\\").replace("[", r"\[")
        return f"[^{inside[1:]}]" if inside[0] in "!^" else f"[{inside}]"
    return re.escape(piece)
