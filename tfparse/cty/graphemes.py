"""Where the characters of a text begin, as a reader counts them: extended grapheme clusters (UAX #29).

Terraform's ``length``, ``substr``, ``strrev`` and the widths of ``format`` count them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_ZWJ = "\u200d"
# Grapheme_Cluster_Break=Prepend, which no property of unicodedata tells.
_PREPEND = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd")
# Spacing marks that begin a cluster of their own, and letters that extend one (SpacingMark's exceptions).
_NOT_SPACING = re.compile(
    "[\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c\u1a61\u1a63\u1a64"
    "\uaa7b\uaa7d\U00011720\U00011721]"
)
_ALSO_SPACING = frozenset("\u0e33\u0eb3")
# Extended_Pictographic, which no property tells either; flags and skin tones lie between and are not of it.
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705"
    "\u2708-\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757"
    "\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)

_SIMPLE = re.compile("[\\x00-\u02ff\u0370-\u0482\u048a-\u0558\u2010-\u2027\u3041-\u3098\u30a0-\u9fff]*")
"""Text of scripts without marks: most of what there is, and quickly seen."""


def each_is_one(text: str) -> bool:
    """Whether it is certain that each character of Unicode is a cluster of its own."""
    return _SIMPLE.fullmatch(text) is not None and "\r\n" not in text


def starts(text: str) -> Sequence[int]:
    """The offset of each cluster."""
    if each_is_one(text):
        return range(len(text))
    found: list[int] = []
    flags = 0  # regional indicators so far, in a row
    emoji = False  # an emoji, perhaps extended, ends here (or just before a joiner)
    for at, char in enumerate(text):
        before = text[at - 1] if at else ""
        if not at or _breaks(before, char, flags, emoji):
            found.append(at)
        flags = flags + 1 if _is_flag(char) else 0
        emoji = _is_emoji(char) or (emoji and _extends(char))
    return found


def count(text: str) -> int:
    """How many characters a reader counts."""
    return len(starts(text))


def _breaks(before: str, char: str, flags: int, emoji: bool) -> bool:
    if before == "\r" and char == "\n":
        return False
    if _is_control(before) or _is_control(char):
        return True
    if _extends(char) or _is_spacing(char) or before in _PREPEND or _joins_hangul(before, char):
        return False
    if before == _ZWJ and emoji and _is_emoji(char):
        return False
    return not (_is_flag(char) and flags % 2)


def _is_control(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char not in _PREPEND and char not in "\u200c\u200d" and not "\U000e0020" <= char <= "\U000e007f"
    return category in ("Cc", "Zl", "Zp", "Cs")


def _extends(char: str) -> bool:
    if unicodedata.category(char) in ("Mn", "Me"):
        return True
    # Joiners, halfwidth voicing marks, emoji skin tones and tags.
    return (
        char in "\u200c\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or ("\U000e0020" <= char <= "\U000e007f")
    )


def _is_spacing(char: str) -> bool:
    return char in _ALSO_SPACING or (unicodedata.category(char) == "Mc" and not _NOT_SPACING.match(char))


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_emoji(char: str) -> bool:
    return _EMOJI.match(char) is not None


def _joins_hangul(before: str, char: str) -> bool:
    first, second = _hangul(before), _hangul(char)
    return (
        (first == "L" and second in ("L", "V", "LV", "LVT"))
        or (first in ("V", "LV") and second in ("V", "T"))
        or (first in ("T", "LVT") and second == "T")
    )


def _hangul(char: str) -> str:
    if "\uac00" <= char <= "\ud7a3":
        return "LV" if (ord(char) - 0xAC00) % 28 == 0 else "LVT"
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    return "T" if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb" else ""
