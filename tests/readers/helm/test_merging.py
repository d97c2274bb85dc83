"""Values, and ``set``, against what Helm itself makes of them (recorded: :mod:`tests.readers.helm.record_merging`)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from readers import Malformed
from readers.helm.values import helm_values
from tests.readers.helm.record_merging import CASES, RECORDED
from tests.readers.manifests.test_kustomize import plain
from tfparse.cty.values import Value, object_, string, tuple_
from tfparse.diagnostics import Origin
from tfparse.graph.model import Body, Resource

ANSWERS = list(zip(yaml.safe_load(CASES.read_text()), json.loads(RECORDED.read_text()), strict=True))


def setting(text: str, type_: str) -> Value:
    name, equals, value = text.partition("=")
    held = {"name": string(name), "type": string(type_)} | ({"value": string(value)} if equals else {})
    return object_(held)


def read(case: dict[str, Any]) -> Any:
    """What is read of a case as a ``helm_release`` has it."""
    given = {"values": tuple_(tuple(string(text) for text in case.get("values", ())))}
    type_ = "string" if case.get("string") else "auto"
    given["set"] = tuple_(tuple(setting(text, type_) for text in case.get("set", ())))
    release = Resource("helm_release.x", "managed", "helm_release", "x", None, Body(given), Origin("main.tf", 1))
    return plain(helm_values(release))


def without_nulls(held: Any) -> Any:
    """To a reader a key that is null is as one that is not there; a null within a list stays."""
    if isinstance(held, dict):
        return {key: without_nulls(value) for key, value in held.items() if value is not None}
    return held


@pytest.mark.parametrize(("case", "expected"), ANSWERS, ids=[json.dumps(case) for case, _ in ANSWERS])
def test_as_helm_has_it(case: dict[str, Any], expected: Any) -> None:
    if expected is None:
        with pytest.raises(Malformed):
            read(case)
    else:
        assert read(case) == without_nulls(expected)
