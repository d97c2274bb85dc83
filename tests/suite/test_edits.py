"""The edits of all cases find their places in a fixture that is laid out otherwise: ``terraform fmt`` may be run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.suite.cases import TESTS, make
from tests.suite.edits import replaced, stands_in
from tests.suite.gate_run import ROOT

ZONE = ROOT / "fixtures" / "zones" / "infra"
FOLDERS = ("violations", "equivalents", "states", "secrets")


def everything(path: Path) -> Iterator[tuple[str, Any]]:
    """What a file holds, by name: one case, or several."""
    name, held = path.relative_to(TESTS).with_suffix("").as_posix(), yaml.safe_load(path.read_text())
    if "changes" not in held:
        yield name, held
    else:
        yield from ((f"{name}/{change}", {"edits": edits}) for change, edits in held["changes"].items())


CASES = dict(
    found for folder in FOLDERS for path in sorted((TESTS / folder).rglob("*.yaml")) for found in everything(path)
)


@pytest.mark.parametrize(
    ("old", "text", "shown"),
    [
        ('a = "1"', 'a    = "1"\n', "x\n"),
        ("a   = 1", "a = 1\n", "x\n"),
        ("{\n    a = 1", "{\n  a = 1\n}", "x\n}"),
        ("{\na = 1\n", "{\n  a  =  1\n  b = 2\n", "x  b = 2\n"),
        ("a = 1\n\nb", "a = 1\n  \n  b", "x"),
    ],
)
def test_how_a_place_is_laid_out_does_not_matter(old: str, text: str, shown: str) -> None:
    assert replaced(text, old, "x") == shown


def test_what_both_are_indented_by_stays() -> None:
    assert replaced("list:\n    a: 1\n", "  a: 1", "  b: 1") == "list:\n    b: 1\n"


@pytest.mark.parametrize(
    ("old", "text"),
    [("a = 1", "a=1"), ("a = 1", "a\n= 1"), ("a = 1\nb", "a = 1\n\nb"), ("a = 1", "b = 1"), ("a = 1", "a = 1\na  = 1")],
)
def test_what_stands_there_does(old: str, text: str) -> None:
    with pytest.raises(AssertionError):
        replaced(text, old, "x")


def test_a_piece_of_a_line() -> None:
    assert stands_in('= "0"', '  ENABLE_RSPAMD   =  "0"')
    assert not stands_in('= "0"', '  ENABLE_RSPAMD   =  "1"')


@pytest.fixture(scope="session")
def laid_out_otherwise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixtures, with one blank where there are several, in front of lines too."""
    folder = tmp_path_factory.mktemp("otherwise")
    shutil.copytree(ROOT / "fixtures" / "infra", folder / "infra", symlinks=True)
    for file in (folder / "infra").rglob("*.tf"):
        file.write_text(re.sub(r"(?<=\S) +(?=\S)", " ", re.sub(r"(?m)^ +", " ", file.read_text())))
    return folder


@pytest.mark.parametrize("name", CASES)
def test_every_case_finds_its_places(name: str, laid_out_otherwise: Path, tmp_path: Path) -> None:
    shutil.copytree(laid_out_otherwise / "infra", tmp_path / "infra", symlinks=True)
    zone = tmp_path / "zone"
    shutil.copy(next(ZONE.glob("*.zone")), zone)
    case = CASES[name]
    state = yaml.safe_load((TESTS / "states" / f"{case.get('state', 'today')}.yaml").read_text())
    edits = [] if name.startswith("states/") else state.get("edits", ())
    for edit in [*edits, *case.get("edits", ())]:
        make(edit, tmp_path / "infra", zone)
