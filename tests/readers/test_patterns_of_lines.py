"""A pattern that is sought in each line of a text looks at each once, however many there are, or how blank they are."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.growth import assert_in_proportion
from tfparse.patterns import Pattern

ROOT = Path(__file__).parents[2]
MODULES = [
    file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for room in ("tfparse", "readers", "gate", "steps")
    for file in sorted((ROOT / room).rglob("*.py"))
    if "MULTILINE" in file.read_text(encoding="utf-8")
]
PATTERNS = {
    f"{module}.{name}": held
    for module in MODULES
    for name, held in vars(import_module(module)).items()
    if isinstance(held, Pattern) and held.flags & re.MULTILINE
}
PIECES = ("\n", " ", "a\n", " a\n", "a ", "a")


def test_there_are_patterns() -> None:
    assert {"readers.dns.zone_texts._ZONE_TEXT", "readers.subjects.texts._SAYS"} <= PATTERNS.keys()


@pytest.mark.parametrize("piece", PIECES, ids=repr)
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_twice_the_lines_are_twice_the_work(pattern: re.Pattern[str], piece: str) -> None:
    def seek(size: int) -> object:
        text = piece * size
        return lambda: [pattern.search(text) for _ in range(5)]

    assert_in_proportion(seek, 4_000)  # type: ignore[arg-type]  # what is sought is nothing to anybody
