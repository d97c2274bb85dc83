"""Evaluates the given roots with the ``tfparse`` of PyPI, in whose environment this runs."""

from __future__ import annotations

import sys

from tfparse import load_from_path  # type: ignore[attr-defined]  # the other one's


def main() -> None:
    resources = 0
    for root in sys.argv[1:]:
        blocks = [block for group in load_from_path(root).values() for block in group]
        resources += sum(block.get("__tfmeta", {}).get("type") in ("resource", "data") for block in blocks)
    print(f"{resources} resources")


main()
