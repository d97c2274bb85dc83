"""Random calls of Terraform's functions, of the data in ``tests/spec/terraform/random_calls.yaml``."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Final

import yaml

_DATA: Final = Path(__file__).parents[2] / "spec" / "terraform" / "random_calls.yaml"
_TABLES: Final[dict[str, dict[str, str]]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
_MADE: Final = {kind: text.splitlines() for kind, text in _TABLES["made"].items()}
_LEAST: Final = {kind: text.splitlines() for kind, text in _TABLES["least"].items()}
_PLACE: Final = re.compile(r"\{(" + "|".join(_LEAST) + r")\}")


def call(chance: Random, depth: int) -> str:
    """An expression of any kind, of calls so deep in one another."""
    return _of("any", depth, chance)


def _of(kind: str, depth: int, chance: Random) -> str:
    """An expression of a kind; now and then of any other."""
    if chance.random() < 0.03:
        kind = "any"
    if depth <= 0 or kind not in _MADE or chance.random() < 0.1:
        return chance.choice(_LEAST[kind])
    # ("any" is only a choice of kinds.)
    below = depth if kind == "any" else depth - 1
    return _PLACE.sub(lambda place: _of(place[1], below, chance), chance.choice(_MADE[kind]))
