"""docs/compatibility.md against the code: every function stands there once, in the right place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tfparse import Infra, TerraformError, Unknown, load
from tfparse.functions import names

PAGE = (Path(__file__).parents[2] / "docs" / "compatibility.md").read_text().split("## Functions")[1]
EXACT = re.findall(r"`(\w+)`", PAGE.split("| unknown")[0])
UNKNOWN = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
REFUSED = {"list", "map"}
CALLS = {
    "bcrypt": 'bcrypt("x")', "uuid": "uuid()", "timestamp": "timestamp()", "plantimestamp": "plantimestamp()",
    "base64gzip": 'base64gzip("x")',
}


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    (tmp_path / "main.tf").write_text("")
    return load(tmp_path)


def test_every_function_stands_on_the_page_once() -> None:
    listed = [*EXACT, *UNKNOWN, *REFUSED]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) == {*names(), "try", "can"}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_unknown(infra: Infra, name: str) -> None:
    assert name in UNKNOWN
    assert isinstance(infra.root("").evaluate(CALLS[name]).raw, Unknown)


@pytest.mark.parametrize("call", ['list("a")', 'map("a", 1)', "no_such_function(1)"])
def test_what_is_refused(infra: Infra, call: str) -> None:
    with pytest.raises(TerraformError):
        infra.root("").evaluate(call)
