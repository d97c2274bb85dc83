"""The cases of tests/spec/prometheus: series written as Prometheus writes them, and an expression each."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import tests.readers.real_programs as programs

Sample = programs.Sample


def series(text: str) -> Sample:
    """``name{label="value"} 1`` as labels and value."""
    found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", text)
    assert found is not None, text
    labels = {name: json.loads(value) for name, value in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*")', found[2] or "")}
    return {"__name__": found[1], **labels}, float(found[3])


def answers(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What promtool says of each expression over each set of series."""
    sets = {name: [series(text) for text in texts] for name, texts in asked["series"].items()}
    questions = [(str(expression), sets[name]) for expression in asked["expressions"] for name in sets]
    said = iter(programs.promtool(questions))
    return {str(expression): {name: written(next(said)) for name in sets} for expression in asked["expressions"]}


def written(result: str | Iterable[Sample]) -> str | list[list[Any]]:
    """An error without the series it lists; samples in an order of their own, their values as text: JSON has no NaN."""
    if isinstance(result, str):
        return re.sub(r": \[.*", "", result)
    shown = [[dict(sorted(labels.items())), value_text(value)] for labels, value in result]
    return sorted(shown, key=json.dumps)


def value_text(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{value:.10g}"
