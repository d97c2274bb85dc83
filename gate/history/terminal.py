"""A history on a terminal: one line a requirement, a mark for each stretch of time, then its spans."""

from __future__ import annotations

from collections.abc import Iterator

from gate.history.run import History
from gate.history.since import Bisected
from gate.history.spans import UNKNOWN, Requirement, Span
from gate.reports.view import plural
from gate.source import encodable, printable

WIDTH = 60
_SHORT = 8
_MOST_SPANS = 6
#: A mark for each word, from what matters least: of several in one stretch, the last one shows.
_MARKS = {
    UNKNOWN: " ", "not in force": "·", "held": "▁", "not proven": "▁", "pending": "▃", "waived": "▃",
    "undetermined": "▒", "broken": "█", "error": "█",
}  # fmt: skip
_ORDER = list(_MARKS)
_COLOURS = {"broken": "31", "error": "31", "undetermined": "33", "held": "32", "not in force": "2"}


def lines(history: History, *, colour: bool = False, every: bool = False) -> Iterator[str]:
    """The lines to print; ``every`` span, or the latest."""
    first, last = history.commits[0], history.commits[-1]
    yield (f"{plural(len(history.points), 'commit')}, {first.id[:_SHORT]} ({first.day}) to {last.id[:_SHORT]}"
           f" ({last.day}); {history.judged} judged now")  # fmt: skip
    yield "▁ held  █ broken  ▒ undetermined  · not in force"
    for requirement in history.requirements:
        yield ""
        yield _summary(requirement, len(history.points), colour=colour)
        left_out = 0 if every else max(0, len(requirement.spans) - _MOST_SPANS)
        if left_out:
            yield f"    ({plural(left_out, 'earlier span')}: --spans=all, or history.html)"
        for span in requirement.spans[left_out:]:
            yield from _span(span, is_first=span.first == 0, colour=colour)


def found(bisected: Bisected) -> Iterator[str]:
    """What a search for the first bad commit came to."""
    yield f"judged {bisected.judged} of {plural(bisected.of, 'commit')}"
    for span in bisected.requirement.spans:
        yield from _span(span, is_first=False, colour=False)
    bad = bisected.requirement.now
    yield f"{bisected.requirement.id} is {bad.word} since {bad.commit.id[:_SHORT]}, {bad.commit.day}"


def _summary(requirement: Requirement, total: int, *, colour: bool) -> str:
    now = requirement.now
    titles = "; ".join(requirement.scenarios)
    since = f"{now.word} since {now.commit.id[:_SHORT]}, {now.commit.day}" if now.first else f"{now.word} all along"
    head = f"{requirement.id:<8} {sparkline(requirement, total)}  {_coloured(since, now.word, colour)}"
    return f"{head}\n         {_fit(titles)}"


def sparkline(requirement: Requirement, total: int, width: int = WIDTH) -> str:
    """The gravest that a requirement was in each of some stretches of as many commits."""
    width = min(width, total)
    worst = [0] * width
    for span in requirement.spans:
        for at in range(span.first * width // total, span.last * width // total + 1):
            worst[at] = max(worst[at], _ORDER.index(span.word))
    return "".join(_MARKS[_ORDER[rank]] for rank in worst)


def _span(span: Span, *, is_first: bool, colour: bool) -> Iterator[str]:
    number = plural(span.last - span.first + 1, "commit")
    since = "from the first commit" if is_first else f"{span.commit.id[:_SHORT]} {span.commit.day}"
    word = _coloured(f"{span.word:<13}", span.word, colour)
    yield f"    {word} {since}  ({number})  {'' if is_first else _fit(span.commit.subject)}".rstrip()
    if span.finding is not None:
        place = f"  {span.finding['file']}:{span.finding['line']}" if span.finding["file"] else ""
        if span.word == "held":
            was = f", was {span.was['actual']}" if span.was else ""
            text = f"{span.finding['what']}: {span.finding['actual']}{was}"
            yield f"        {_fit(text)}"
        else:
            wanted = f"{span.finding['what']}: expected {span.finding['expected']}, found {span.finding['actual']}"
            yield f"        {_fit(wanted)}{printable(place)}"
    elif span.reason:
        yield f"        {_fit(span.reason)}"


def _fit(text: str, width: int = 150) -> str:
    text = encodable(printable(text))
    return text if len(text) <= width else text[: width - 3] + "..."


def _coloured(text: str, word: str, colour: bool) -> str:
    return f"\033[{_COLOURS[word]}m{text}\033[0m" if colour and word in _COLOURS else text
