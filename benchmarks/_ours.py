"""Evaluates every attribute of every resource of every root of a repo.

With the parse cache, and as seldom a search for garbage, as the gate has them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gate.garbage import rare_gc
from tfparse import Body, cached, load


def arguments(body: Body) -> int:
    """How many there are, each evaluated."""
    found = sum(body.attribute(name) is not None for name in body.attribute_names())
    return found + sum(arguments(block.body) for block in body.blocks())


def main() -> None:
    path = Path(sys.argv[1])
    resources = evaluated = 0
    with rare_gc(), cached(path) as cache:
        for root in load(path, cache).roots:
            for resource in root.resources() + root.resources(mode="data"):
                resources += 1
                evaluated += arguments(resource.body)
    print(f"{resources} resources, {evaluated} arguments")


main()
