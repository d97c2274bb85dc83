"""Markdown as GitHub and GitLab read it, with text in it that someone else wrote.

What comes from the infra repo stands in code, where nothing is a tag, a link, an issue's number or someone's name to
be notified.  Headings are the suite's own: their punctuation is escaped.
"""

from __future__ import annotations

import re

from gate.reports.view import shown
from tfparse.patterns import pattern

_PUNCTUATION = pattern(r"[!-/:-@\[-`{-~]")
#: What GitHub makes links of wherever it stands in prose: people, issues, addresses.  An empty comment parts it.
_LIVE = pattern(r"(?<=[@#])(?=\w)|(?<=://)|(?<=www)(?=\.)", re.IGNORECASE)


def prose(text: str) -> str:
    """One line of text, to be read as it is."""
    parts = _LIVE.split(" ".join(shown(text).split()))
    return "<!-- -->".join(_PUNCTUATION.sub(r"\\\g<0>", part) for part in parts)


def code(text: str) -> str:
    """One line of code within prose."""
    line = " ".join(shown(text).split()) or " "
    ticks = "`" * (_longest(line, "`") + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def block(text: str, indent: str = "") -> str:
    """Lines of code as a block of its own."""
    ticks = "`" * max(3, _longest(text, "`") + 1)
    return "\n".join(indent + line for line in (f"{ticks}text", *shown(text).split("\n"), ticks))


def _longest(text: str, character: str) -> int:
    return max(map(len, re.findall(f"{re.escape(character)}+", text)), default=0)
