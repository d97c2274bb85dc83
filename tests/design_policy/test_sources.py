"""Each source that promises may be about: a repo that keeps one, that breaks it, and of which it cannot be known."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.design_policy.at_home import AtHome

SOURCES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("sources.yaml").read_text())
SETTINGS = ".design-policy.toml"
FEATURE = "Feature: A source\n\n  @SOURCE-1\n  Scenario: A promise about it\n"
#: What must stand elsewhere than in git, as what terraform init has fetched.
DAYS = {"EXPIRES": 20, "EXPIRED": -1}


def dated(text: str) -> str:
    for word, days in DAYS.items():
        text = text.replace(word, (date.today() + timedelta(days)).isoformat())  # noqa: DTZ011  (as the gate has it)
    return text


def verdict(home: AtHome, source: dict[str, Any], edits: dict[str, list[str]]) -> tuple[int, str, str]:
    home.repo.path.joinpath("main.tf").unlink(missing_ok=True)
    settings = f'features = "promises"\ndns = "off"\n{source.get("settings", "")}\n'
    for name, text in {**source["files"], SETTINGS: settings}.items():
        for old, new in [edits[name]] if name in edits else []:
            assert old in text, f"{name} has no {old}"
            text = text.replace(old, new)
        home.write(name, dated(text))
    promise = source["promise"].replace("RELEASE", source.get("release", ""))
    home.write("promises/a.feature", FEATURE + "".join(f"    {line}\n" for line in promise.splitlines()))
    status, said = home.say(*source.get("options", ()))
    words = [line.split()[0] for line in said.splitlines() if " SOURCE-1 " in line]
    return status, next(iter(words), "none"), said


@pytest.mark.parametrize("name", SOURCES)
def test_a_source(name: str, home: AtHome) -> None:
    source = SOURCES[name]
    edits = {"fails": "failed", "undetermined": "undetermined"}
    if "EXPIRED" not in str(source["undetermined"]):
        edits = {"": "passed", **edits}
    for edit, expected in edits.items():
        status, found, said = verdict(home, source, source.get(edit, {}))
        assert (found, status) == (expected, int(expected != "passed")), f"{edit}: {said}"


def test_each_names_the_page_that_says_so() -> None:
    assert [name for name, source in SOURCES.items() if not source["docs"].startswith(("https://", "docs/"))] == []
