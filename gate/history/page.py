"""``history.html``: a picture of time, one line a requirement, and all that it is made of in words below each line.

One file that loads nothing.  It reads without its script, which only zooms, filters and shows what one points at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from gate.history.objects import Commit
from gate.history.run import History
from gate.history.spans import Requirement, Span
from gate.reports.page import digest, shared_style
from gate.reports.view import plural, shown

_HERE = Path(__file__).parent
_SHORT = 8
#: A shape for each word: colour alone tells some readers nothing.
_MARKS = {
    "held": "✓", "broken": "✕", "error": "!", "undetermined": "?", "not proven": "○", "pending": "…", "waived": "~",
    "not in force": "–", "unknown": " ",
}  # fmt: skip
_WRONG = ("broken", "error", "undetermined")


class _Page(Struct, frozen=True):
    history: History
    #: What a commit's name is put behind to make a link.
    link: str | None

    def url(self, commit: Commit) -> str | None:
        return None if self.link is None else self.link + commit.id

    def length(self, span: Span) -> int:
        return span.last - span.first + 1

    def until(self, span: Span) -> Commit | None:
        """The commit that ended a span; None of one that goes on."""
        commits = self.history.commits
        return commits[span.last + 1] if span.last + 1 < len(commits) else None


def render(history: History, link: str | None = None) -> str:
    """The page.  ``link`` is what a commit's name is put behind (https://github.com/OWNER/REPO/commit/)."""
    page = _Page(history, link)
    style = shared_style() + Markup(_text("history.css") + "\n".join(_places(history)))
    script = Markup(_text("history.js"))
    now: dict[str, list[Requirement]] = {}
    for requirement in history.requirements:
        now.setdefault(requirement.now.word, []).append(requirement)
    return _environment().get_template("history.html").render(
        page=page, history=history, now=now, style=style, script=script, data=Markup(_data(history)),
        wrong=[r for word in _WRONG for r in now.get(word, ())],
        words=[word for word in _MARKS if any(s.word == word for r in history.requirements for s in r.spans)],
        policy="; ".join((
            "default-src 'none'", f"style-src {digest(style)}", f"script-src {digest(script)} {digest(_data(history))}",
            "img-src data:", "base-uri 'none'", "form-action 'none'",
        )),
    )  # fmt: skip


def commit_link(files: str | None) -> str | None:
    """What a commit's name is put behind, by where the repo's files can be read, as the forges have it."""
    for part in ("/blob/", "/-/blob/", "/src/", "/tree/"):
        if files is not None and part in files:
            return files.split("/-/blob/")[0].split(part)[0] + ("/-/commit/" if "/-/" in files else "/commit/")
    return None


def _places(history: History) -> list[str]:
    """Where each span stands in the picture before the script has a say: by number of commits."""
    total = len(history.points)
    return [
        f"#b{row}-{at}{{left:{100 * span.first / total:.3f}%;width:{100 * (span.last - span.first + 1) / total:.3f}%}}"
        for row, requirement in enumerate(history.requirements) for at, span in enumerate(requirement.spans)
    ]  # fmt: skip


def _data(history: History) -> str:
    """What the script needs besides: the day of each commit, as a number of days."""
    return json.dumps([commit.day.toordinal() for commit in history.commits])


def _environment() -> Environment:
    """Whatever the template is given is escaped, and what does not print is spelt out first."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_final,
    )  # fmt: skip
    environment.filters.update(
        mark=lambda word: _MARKS[word], plural=plural, slug=lambda word: word.replace(" ", "-"),
        short=lambda commit: commit.id[:_SHORT],
    )  # fmt: skip
    return environment


def _final(value: Any) -> Any:
    return value if isinstance(value, Markup) else shown(str(value))


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
