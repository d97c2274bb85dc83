"""``make mutate``: changes the good repo in small ways, and asks whether the requirements notice.

``python -m tests.mutation.mutate`` prints the score and writes it to docs/mutation.md.  With ``--check`` it also
objects where the page said otherwise.  Exit status 1: a mutant survived that tests/mutation/equivalent.yaml does not
excuse, an excuse that none needs, an error of the suite, or (with ``--check``) a page out of date.

A run that was ended goes on where it was: verdicts are kept in ``.mutate`` until the suite or the fixture changes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.mutation.campaign import Campaign
from tests.mutation.court import DESIGNS, ROOT, Court
from tests.mutation.page import PAGE, page, page_of_second
from tests.mutation.score import EQUIVALENT, Score, read_excuses

STATES = ("today", "2026-03-20", "2026-04-15")
EXCUSES = {"infra": EQUIVALENT, "cloud": EQUIVALENT.with_name("equivalent_cloud.yaml")}
WIDTH = 30


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--check", action="store_true", help="fail where docs/mutation.md is out of date")
    options.add_argument("--design", choices=DESIGNS, help="only this one; the page stays as it is")
    asked = options.parse_args()
    found = {name: _measured(name) for name in ([asked.design] if asked.design else DESIGNS)}
    stale = not asked.design and _write(page(*found["infra"]) + "\n" + page_of_second(*found["cloud"]))
    return int(not all(score.clean for score, _ in found.values()) or (asked.check and stale))


def _measured(design: str) -> tuple[Score, list[str]]:
    """The score of a design, which is printed too, and its requirements."""
    started, score = time.monotonic(), Score(read_excuses(EXCUSES[design]))
    with Court(ROOT / ".mutate" / design, _progress, design) as court:
        requirements = _run(court, score, STATES if design == "infra" else STATES[:1])
        judged = court.judged
    print(_told(score, requirements))
    print(f"{design}: {judged} mutants judged in {time.monotonic() - started:.0f} s")
    return score, requirements


def _run(court: Court, score: Score, states: Sequence[str]) -> list[str]:
    """Every scenario once, in the first state that it is in force in."""
    done: frozenset[str] = frozenset()
    requirements: list[str] = []
    for state in states:
        campaign = Campaign(court, state, done)
        requirements = requirements or campaign.all
        score.add(campaign.trials(campaign.sites()), campaign.files)
        done |= campaign.scenarios
    return requirements


def _told(score: Score, requirements: list[str]) -> str:
    lines = [
        *map(str, score.survivors),
        *score.crashes,
        *(f"not needed: {e.file}: {e.at}: {e.why}" for e in score.unused),
    ]
    lines += [f"{'':8}{'mutants':>9}{'killed':>9}{'excused':>9}{'survived':>10}"]
    rows = [(id_, score.watched[id_]) for id_ in requirements if id_ in score.watched]
    for name, tally in [*rows, ("besides", _sum(score)), ("in all", score.total)]:
        lines.append(
            f"{name:8}{tally.mutants:9}{tally.killed:9}{tally.equivalent:9}{tally.survived:10}  {tally.percent}"
        )
    return "\n".join(lines)


def _sum(score: Score) -> Any:
    only = Score([])
    only.beside = score.beside
    return only.total


def _write(text: str) -> bool:
    stale = not PAGE.exists() or PAGE.read_text() != text
    if stale:
        PAGE.write_text(text)
        print(f"{PAGE.relative_to(ROOT)} was out of date, and is written anew")
    return stale


def _progress(results: Iterable[Any], total: int) -> Iterator[Any]:
    for number, result in enumerate(results, 1):
        if sys.stderr.isatty():
            bar = "#" * (WIDTH * number // total)
            print(f"\r{bar:{WIDTH}} {number}/{total}", end="", file=sys.stderr, flush=True)
        yield result
    if total and sys.stderr.isatty():
        print("\r" + " " * (WIDTH + 20), end="\r", file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nended; the next run goes on from here")
