"""``design-policy review``: note in the features what the design says now, once promise and text were held against
each other."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from design_policy.judge import what_is_asked
from gate.design import NAMED, fingerprints
from gate.home import HomeError


def run(arguments: Sequence[str]) -> int:
    """Renew the fingerprints; 0 where each section was found, 1 where one was not, 2 where it could not be asked."""
    parser = argparse.ArgumentParser(prog="design-policy review", description=__doc__)
    parser.add_argument("--infra", metavar="PATH", help="the repo that holds the design (default: the one I stand in)")
    parser.add_argument("--features", metavar="PATH", action="append", help="the features (default: as for judge)")
    asked = parser.parse_args(arguments)
    try:
        place, _, features = what_is_asked(asked.infra, asked.features)
    except (HomeError, ValueError) as error:
        print(f"design-policy: {error}", file=sys.stderr)
        return 2
    if not features:
        print(f"design-policy: {place} has no promises yet: say --features=FOLDER", file=sys.stderr)
        return 2
    missing = [line for feature in features for file in _files(feature) for line in _review(file, place)]
    for line in missing:
        print(line, file=sys.stderr)
    return 1 if missing else 0


def _files(feature: Path) -> list[Path]:
    return [feature] if feature.is_file() else sorted(feature.rglob("*.feature"))


def _review(file: Path, place: Path) -> Iterator[str]:
    """Renew the fingerprints of one feature file; a line for each section that was not found."""
    with file.open(encoding="utf-8", newline="") as opened:  # a line keeps the end that it has
        before = opened.readlines()
    lines = list(before)
    for index, line in enumerate(lines):
        named = NAMED.match(line)
        if named is None:
            continue
        now = fingerprints(place, named["file"]).get(named["title"].casefold())
        if now is None:
            yield f'{file}:{index + 1}: {named["file"]} has no section "{named["title"]}"'
            continue
        indent, end = line[: len(line) - len(line.lstrip())], line[len(line.rstrip("\r\n")) :]
        lines[index] = f'{indent}Design: {named["file"]}, "{named["title"]}" (reviewed {now}){end}'
        if lines[index] != line:
            print(f"{file}:{index + 1}: {lines[index].strip()}")
    if lines != before:
        file.write_text("".join(lines), encoding="utf-8", newline="")
