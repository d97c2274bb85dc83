"""Which files git-crypt keeps encrypted: what ``.gitattributes`` says of them.

Source: gitattributes(5) and gitignore(5), whose patterns they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tfparse.sources import OutsideRoot, SourceTree

_NAME = ".gitattributes"
_FILTER = re.compile(r"[-!]?filter(?:=(?P<name>\S+))?")
_PIECE = re.compile(r"/\*\*/|\*\*/|/\*\*|\*+|\?|\[[!^]?\]?[^]]*\]|.", re.DOTALL)
_MEANINGS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}


def encrypted(tree: SourceTree, paths: Iterable[str]) -> list[str]:
    """The files among ``paths`` that are given to a filter of git-crypt's, unlocked or not."""
    paths = list(paths)
    rules = [rule for path in sorted(p for p in paths if p.rpartition("/")[2] == _NAME) for rule in _rules(tree, path)]
    return [path for path in paths if _filtered(path, rules)]


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
                crypt = (found["name"] or "").startswith("git-crypt")
                rules.append((_translated(pattern, path.removesuffix(_NAME)), crypt))
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
