"""A verdict of an earlier run stands where all that it rests on is as it was: whatever else, it is judged again."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.bases import Bases, Row
from gate.redaction import forget_all_secrets, register_secrets
from readers.kubernetes.stacks import _calls
from tfparse import Infra, UnknownValueError, load
from tfparse.graph.stored_answers import StoredAnswers
from tfparse.source.snapshot import Snapshot

NAME = ("a feature", "a scenario")
ROW: Row = [{"what": "x", "file": "main.tf", "line": 1}]


class Home:
    def __init__(self, folder: Path) -> None:
        self.repo, self.folder = folder / "infra", folder
        self.repo.mkdir()
        self.write("main.tf", 'resource "x" "y" {}\n')
        self.write("other/main.tf", 'resource "x" "z" {}\n')

    def write(self, name: str, text: str) -> None:
        (self.repo / name).parent.mkdir(exist_ok=True)
        (self.repo / name).write_text(text)

    def opened(self) -> tuple[Infra, Bases]:
        snapshot, infra = Snapshot(self.repo), load(self.repo)
        infra.stored = StoredAnswers(self.folder / "a.roots", lambda: "key", snapshot)
        register_secrets(infra)
        return infra, Bases(self.folder / "a.bases", lambda: "key", snapshot)

    def judge(self) -> None:
        infra, bases = self.opened()
        with infra.asking() as basis:
            infra.tree.read_bytes("main.tf")
            infra.ask(_calls, "mail")
        bases.learn(NAME, basis)
        bases.save({NAME: ROW}, infra)

    def stands(self, row: Row = ROW) -> bool:
        infra, bases = self.opened()
        return bases.stands(NAME, row, infra)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.judge()
    assert home.stands()
    return home


def test_what_answers_the_same_may_change(home: Home) -> None:
    home.write("other/main.tf", "# nothing else\n")
    assert home.stands()


def test_what_was_read_may_not(home: Home) -> None:
    home.write("main.tf", 'resource "x" "y" { a = 1 }\n')
    assert not home.stands()


def test_nor_what_a_root_answers(home: Home) -> None:
    home.write("other/main.tf", 'module "mail" {\n  source = "../nowhere"\n}\n')
    assert not home.stands()


def test_nor_what_was_found(home: Home) -> None:
    assert not home.stands([ROW[0] | {"what": "another"}])


def test_what_cannot_be_asked_any_more_is_judged(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise UnknownValueError("this cannot be told")

    monkeypatch.setattr(Infra, "holds", refuse)
    assert not home.stands()


@pytest.fixture(autouse=True)
def _of_no_other_test() -> None:
    forget_all_secrets()
