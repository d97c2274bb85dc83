"""Whether a history says of each commit what judging it from scratch says: ``python benchmarks/spans.py REPO``.

Takes some of the commits that the history of the repo is known of (``design-policy history`` first), evenly spread.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from gate.history.objects import Objects
from gate.history.run import asked_commits, question_of, store_of
from gate.history.since import one_worker
from gate.history.spans import State

SUITE = Path(__file__).parents[1]


def seen(states: tuple[State, ...]) -> list[object]:
    """What reports show of the states."""
    return [(s["verdict"], s["reason"], s["findings"]) for s in states]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path, metavar="REPO")
    parser.add_argument("--commits", type=int, default=60, metavar="N", help="how many (default: 60)")
    options = parser.parse_args()
    question = question_of(SUITE, options.repo.resolve(), [SUITE / "features"], None)
    objects = Objects(question.repository)
    store = store_of(question, objects)
    known = [c for c in asked_commits(objects, question)[0] if store.states(c.id) is not None]
    if not known:
        parser.error(f"no history of {options.repo} is known to this suite: run design-policy history first")
    chosen = [known[number * len(known) // options.commits] for number in range(min(options.commits, len(known)))]
    differing = 0
    with one_worker(question) as worker:
        for commit in chosen:
            same = seen(worker.judge(commit, anew=True).states) == seen(store.states(commit.id) or ())
            differing += not same
            print(f"{commit.id[:8]} {commit.day} {'same' if same else 'OTHERWISE'}", flush=True)
    print(f"{len(chosen)} commits of {len(known)}, {differing} otherwise")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
