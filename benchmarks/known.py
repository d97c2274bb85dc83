"""How much of a repo can be known from its source: ``python benchmarks/known.py REPO``.

Counts the arguments of all resources and data sources of all roots, in nested blocks too, and why some are not known.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tfparse import Body, Infra, Unknown, Value, cached, load

COMMONEST = 10

NAMES = (
    (r"^(?:module\.\S+?\.)*data\.(\w+)\.\S+", r"data.\1"),
    (r"^(?:the rest of )?\S+ is known after", "an attribute of a resource is known after"),
    (r"^variable \S+", "a variable"),
    (r"\bthere is no file \S+", "there is no such file"),
    (r"^\S+ is git-crypt", "a file is git-crypt"),
)
"""What differs from one reason to the next of the same kind, and what stands for it."""


def attributes(infra: Infra) -> Iterator[Value]:
    """The value of every argument; those that are not set are left out."""
    for root in infra.roots:
        for mode in ("managed", "data"):
            for resource in root.resources(mode=mode):
                yield from _of_body(resource.body)


def _of_body(body: Body) -> Iterator[Value]:
    values = (body.attribute(name) for name in body.attribute_names())
    yield from (value for value in values if value is not None)
    for block in body.blocks():
        yield from _of_body(block.body)


def knowledge(value: Value) -> tuple[str, Unknown | None]:
    """Whether a value is known, partly known or unknown, and why it is not known."""
    why = value.first_unknown()
    if why is None:
        return "known", None
    if not value.is_unknown:
        # Of a collection of which nothing is known but its size or its keys, that much is known.
        return "partly known", why
    known_text = value.parts is not None and any(isinstance(part.text, str) and part.text for part in value.parts)
    return "partly known" if known_text else "unknown", why


def normalised(reason: str) -> str:
    for pattern, replacement in NAMES:
        reason = re.sub(pattern, replacement, reason)
    return reason


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path, metavar="REPO", help="an infra repo")
    path = parser.parse_args().repo
    if not path.is_dir():
        parser.error(f"{path} is not a directory")
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with cached(path) as cache:
        for value in attributes(load(path, cache)):
            kind, why = knowledge(value)
            kinds[kind] += 1
            if why is not None:
                reasons[normalised(why.reason)] += 1
    if not kinds:
        parser.error(f"{path} has no resources")
    for kind in ("known", "partly known", "unknown"):
        print(f"{kinds[kind]:7} {kinds[kind] / kinds.total():7.1%}  {kind}")
    print(f"\nThe {COMMONEST} commonest reasons:")
    for reason, count in reasons.most_common(COMMONEST):
        print(f"{count:7}  {reason}")


if __name__ == "__main__":
    main()
