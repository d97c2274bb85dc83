"""Every way that the readers know of, in one list: what ``docs/ways.md`` is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from readers.account import Way
from readers.dns import ways as dns
from readers.docker_mailserver import ways as docker_mailserver
from readers.helm import releases
from readers.kubernetes import memory, stacks, starting
from readers.kubernetes import ways as workloads
from readers.postfix import ways as postfix
from readers.prometheus import ways as prometheus
from readers.subjects import besides, roundcube

_HEAD = """\
# Where the suite looks for something that decides otherwise

A value that is declared can be overruled from elsewhere. For each subject this page lists the ways in which that can
happen, and where the way is documented. On each the suite finds nothing, something that it reads and heeds, something
worth a note, or something that it does not understand: that is a doubt, and what depends on it is undetermined.
"""


def every_way() -> tuple[Way[Any], ...]:
    """The ways of all subjects, in the order of the page."""
    return (
        *stacks.WAYS, *workloads.WAYS, *memory.WAYS, *besides.RESOURCES, *starting.WAYS,
        *docker_mailserver.WAYS, *postfix.WAYS,
        *roundcube.WAYS, *releases.WAYS, *prometheus.EVALUATION, *prometheus.DELIVERY, *dns.WAYS,
    )  # fmt: skip


def page(ways: Iterable[Way[Any]]) -> str:
    """The page that lists the ways, by subject: those that are looked at, then those that are not."""
    return "\n".join([_HEAD, *_sections(ways)])


def _sections(ways: Iterable[Way[Any]]) -> Iterator[str]:
    for subject, of_subject in groupby(ways, key=lambda way: way.subject):
        rows = list(of_subject)
        yield f"## {subject[0].upper()}{subject[1:]}\n"
        yield "| looked at | documented in |\n|---|---|"
        yield from (f"| {way.name} | {way.source} |" for way in rows if way.look is not None)
        yield ""
        unseen = [way for way in rows if way.look is None]
        if unseen:
            yield "| not looked at | why | documented in |\n|---|---|---|"
            yield from (f"| {way.name} | {way.because} | {way.source} |" for way in unseen)
            yield ""


if __name__ == "__main__":
    print(page(every_way()), end="")
