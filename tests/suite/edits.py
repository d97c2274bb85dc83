"""Edits of text that find their place however it is laid out: ``terraform fmt`` moves blanks, and nothing else."""

from __future__ import annotations

import re

_RUN = re.compile(r"\s+")
_BLANKS = r"[^\S\n]"


def pattern(text: str) -> re.Pattern[str]:
    """A pattern for a text in which a run of blanks is as good as another, and so is how far a line is indented."""
    runs, words = _RUN.findall(text), _RUN.split(text)
    return re.compile(
        re.escape(words[0])
        + "".join(
            _like(run, before, after) + re.escape(after)
            for run, before, after in zip(runs, words[:-1], words[1:], strict=True)
        )
    )


def _like(run: str, before: str, after: str) -> str:
    """A pattern for a run of white space.  At the very beginning or end it leaves the line beside it alone."""
    lines = run.count("\n")
    if not lines:
        return f"{_BLANKS}+"
    trailing = f"{_BLANKS}*" if before or not run.startswith("\n") else ""
    indentation = f"{_BLANKS}*" if after or not run.endswith("\n") else ""
    return f"{trailing}\n(?:{_BLANKS}*\n){{{lines - 1}}}{indentation}"


def replaced(text: str, old: str, new: str, *, every: bool = False) -> str:
    """The text in which ``new`` stands where ``old`` did: at one place, or with ``every`` at some.

    Raises:
        AssertionError: there is no such place, or there are several.
    """
    blanks = re.match(f"{_BLANKS}*", old)
    indented = blanks is not None and bool(blanks[0]) and new.startswith(blanks[0])
    if blanks is not None and indented:  # what there is of it stays as it is: in YAML it means something
        old, new = old[blanks.end() :], new[blanks.end() :]
    place = re.compile(f"(?<={_BLANKS})" + pattern(old).pattern) if indented else pattern(old)
    found = len(place.findall(text))
    assert found >= 1 if every else found == 1, f"{found} times: {old!r}"
    return place.sub(lambda _: new, text)


def put(text: str, more: str, *, above: str = "", below: str = "") -> str:
    """The text with ``more`` before the one place where ``above`` stands, or after the one where ``below`` does.

    Raises:
        AssertionError: there is no such place, or there are several.
    """
    found = list(pattern(above or below).finditer(text))
    assert len(found) == 1, f"{len(found)} times: {above or below!r}"
    at = found[0].start() if above else found[0].end()
    return text[:at] + more + text[at:]


def stands_in(piece: str, text: str) -> bool:
    """Whether a piece of text stands in another, however both are laid out."""
    return pattern(piece).search(text) is not None
