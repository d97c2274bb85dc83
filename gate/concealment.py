"""Keeping secrets out of all that a run says: no verdict, excerpt or error shows one.

What a scenario found passes through here once, before it goes anywhere (:func:`concealed`); a line of the infra repo
is asked about each time that it is to be shown (:func:`instead`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import replace
from pathlib import Path

from gate.evidence import Finding
from tfparse import Infra, cached, load
from tfparse.secrets.secrecy import WITHHELD, words

_QUOTED = re.compile(r'"[^"]+"')
#: The repos that this process has looked at: the judged one, and it as it was at the merge base.
_INFRAS: dict[Path, Infra] = {}


def guard(infra: Infra) -> None:
    """Keep the secrets of a repo that is looked at."""
    _INFRAS[infra.tree.root] = infra


def instead(root: Path, file: str, line: int) -> str | None:
    """What to show in place of a line of an infra repo that must not be shown; None of any other line.

    Where it is xdist that runs the scenarios, the repo is read here anew.
    """
    root = root.resolve()
    if root in _INFRAS:
        return _INFRAS[root].secrets.instead(file, line)
    with cached(root) as cache:
        guard(load(root, cache))
        return _INFRAS[root].secrets.instead(file, line)


def blanked(text: str, said: Container[str] = ()) -> str:
    """The text without the secrets of any repo that is looked at; words that were ``said`` before are none."""
    for infra in _INFRAS.values():
        text = infra.secrets.blanked(text, said)
    return text


def concealed(findings: Iterable[Finding], said: Iterable[str]) -> tuple[Finding, ...]:
    """The findings without secrets.  ``said``: the texts of the feature, which are public."""
    public = {word for text in said for word in words(text)}
    return tuple(_concealed(finding, public) for finding in findings)


def _concealed(finding: Finding, said: Container[str]) -> Finding:
    """A finding without secrets.  Where it points at one, the values that it quotes are withheld, however short."""
    points = finding.file is not None and any(
        infra.secrets.instead(finding.file, finding.line or 0) for infra in _INFRAS.values()
    )

    def fit(text: str) -> str:
        if points:
            text = _QUOTED.sub(lambda q: q[0] if all(word in said for word in words(q[0])) else WITHHELD, text)
        return blanked(text, said)

    note = None if finding.note is None else fit(finding.note)
    account = None if finding.account is None else fit(finding.account)
    what, expected, actual = fit(finding.what), fit(finding.expected), fit(finding.actual)
    return replace(finding, what=what, expected=expected, actual=actual, note=note, account=account)
