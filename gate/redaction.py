"""Keeping secrets out of all that a run says: no verdict, excerpt or error shows one.

What a scenario found passes through here once, before it goes anywhere (:func:`redacted_findings`); a line of the
infra repo is asked about each time that it is to be shown (:func:`redacted_line`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gate.evidence import Finding
from tfparse.patterns import pattern

if TYPE_CHECKING:
    from tfparse import Infra
    from tfparse.secrets.secrecy import Secrets

_LONGEST = 10_000
"""Characters of a text in evidence: each report holds it some times."""
_QUOTED = pattern(r'"[^"]+"')
#: The secrets of the repos that this process has looked at: the judged one, and it as it was at the base.
_SECRETS: dict[Path, Callable[[], Secrets]] = {}


def register_secrets(infra: Infra) -> None:
    """Keep the secrets of a repo that is looked at."""
    from tfparse.secrets.secrecy import find_secrets  # what judges has loaded it by then

    _SECRETS[infra.tree.root] = cache(partial(find_secrets, infra))


def forget_secrets(infra: Infra) -> None:
    """Look at a repo no more."""
    _SECRETS.pop(infra.tree.root, None)


def forget_all_secrets() -> None:
    """Look at no repo any more: another run of this process has its own."""
    _SECRETS.clear()


def redacted_line(root: Path, file: str, line: int) -> str | None:
    """What to show in place of a line of an infra repo that must not be shown; None of any other line.

    Where it is xdist that runs the scenarios, the repo is read here anew.
    """
    if root not in _SECRETS:
        root = root.resolve()
    if root in _SECRETS:
        return _SECRETS[root]().redacted_line(file, line)
    from tfparse import cached, load  # as seldom

    with cached(root) as parsed:
        register_secrets(load(root, parsed))
        return _SECRETS[root]().redacted_line(file, line)


def redacted(text: str, said: Container[str] = ()) -> str:
    """The text without the secrets of any repo that is looked at; words that were ``said`` before are none."""
    for secrets in _SECRETS.values():
        text = secrets().redacted(text, said)
    return text


def redacted_findings(findings: Iterable[Finding], said: Iterable[str]) -> tuple[Finding, ...]:
    """The findings without secrets.  ``said``: the texts of the feature, which are public."""
    found = tuple(findings)
    if not found:
        return ()  # which needs nothing of the below, and most runs load none of it
    from tfparse.secrets.words import words

    public = {word for text in said for word in words(text)} if _SECRETS else frozenset[str]()
    return tuple(_redacted_finding(finding, public) for finding in found)


def shortened(text: str) -> str:
    """The text, as much of it as anybody reads.  Of a longer one stands there which it is: another is news."""
    if len(text) <= _LONGEST:
        return text
    name = blake2b(text.encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
    return f"{text[:_LONGEST]}... ({len(text)} characters, blake2b {name})"


def _redacted_finding(finding: Finding, said: Container[str]) -> Finding:
    """A finding without secrets.  Where it points at one, the values that it quotes are redacted, however short."""
    from tfparse.cty.values import REDACTED
    from tfparse.secrets.words import words

    points = finding.file is not None and any(
        secrets().redacted_line(finding.file, finding.line or 0) for secrets in _SECRETS.values()
    )

    def fit(text: str) -> str:
        if points:
            text = _QUOTED.sub(lambda q: q[0] if all(word in said for word in words(q[0])) else REDACTED, text)
        return redacted(text, said)

    def fit_to_read(text: str) -> str:
        return shortened(fit(text))

    what, expected, actual = map(fit_to_read, (finding.what, finding.expected, finding.actual))
    rest = (finding.note, finding.account, finding.cause, finding.says)
    note, account, cause, says = (text and fit_to_read(text) for text in rest)
    return replace(
        finding, what=what, expected=expected, actual=actual, note=note, account=account, cause=cause, says=says
    )
