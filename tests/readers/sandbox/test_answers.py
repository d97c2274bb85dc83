"""What a program has answered is taken from the cache where all that it was asked is the same, and it itself is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from readers.postfix.postconf import _DEFAULTS, POSTCONF
from readers.sandbox import begun
from readers.sandbox import program as sandbox
from readers.sandbox.answers import Answers, Output
from readers.sandbox.program import Program, kept_answers
from tests.readers.real_programs import needs


class Asked:
    """Something to ask, and how often it was."""

    def __init__(self, folder: Path) -> None:
        self.program, self.besides, self.times = folder / "program", folder / "needs", 0
        self.program.write_text("one")
        self.besides.write_text("besides")
        self.answers = Answers(folder / "cache")

    def ask(self, *asked: str) -> Output:
        def answer() -> Output:
            self.times += 1
            return Output(1, f"answer {self.times}", "a \udcff word")

        return self.answers.answer(str(self.program), [f"{self.besides}*"], asked, answer)

    @property
    def file(self) -> Path:
        (found,) = (self.answers.folder).glob("*.answer")
        return found


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def test_the_same_is_asked_once(asked: Asked) -> None:
    assert asked.ask("a", "b") == asked.ask("a", "b") == Output(1, "answer 1", "a \udcff word")


@pytest.mark.parametrize("other", [("a", "c"), ("ab",), ("a", "b", ""), ("b", "a"), ()], ids=repr)
def test_another_question_is_asked(asked: Asked, other: Sequence[str]) -> None:
    asked.ask("a", "b")
    assert asked.ask(*other).out == "answer 2"


def test_another_program_is_asked(asked: Asked) -> None:
    asked.ask("a")
    asked.program.write_text("another")
    assert asked.ask("a").out == "answer 2"
    asked.besides.write_text("something else")
    assert asked.ask("a").out == "answer 3"
    Path(f"{asked.besides} too").touch()
    assert asked.ask("a").out == "answer 4"


def test_what_is_damaged_or_anothers_is_not_believed(asked: Asked) -> None:
    asked.ask("a")
    whole = asked.file.read_bytes()
    for number, damaged in enumerate((whole[:-1], whole[:-1] + b"x", b"", whole + b"x"), 2):
        asked.file.write_bytes(damaged)
        assert asked.ask("a").out == f"answer {number}"
        asked.file.write_bytes(whole)
    asked.file.chmod(0o620)
    assert asked.ask("a").out == "answer 6"


def test_who_has_not_the_text_learns_nothing_of_the_answer(asked: Asked) -> None:
    asked.ask("a secret question")
    assert b"answer" not in asked.file.read_bytes().partition(b"\n")[2]
    assert b"question" not in asked.file.read_bytes()


def test_as_many_are_kept_as_one_needs(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readers.sandbox.answers._MOST", 3)
    for number in range(5):
        asked.ask(str(number))
    asked.answers.tidy()
    assert len(list(asked.answers.folder.glob("*.answer"))) == 3


@pytest.fixture
def nobody_has_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process remembers of other tests' questions would be answered without asking, nor kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(begun, "_BEGUN", {})
    sandbox._outcome.cache_clear()


@needs("postconf")
@pytest.mark.usefixtures("nobody_has_asked")
def test_a_real_program_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    question = _DEFAULTS
    with kept_answers():
        first = POSTCONF.run(*question)
    sandbox._outcome.cache_clear()
    monkeypatch.setattr(Program, "_asked", None)
    with kept_answers():
        assert POSTCONF.run(*question) == first
    assert "mydestination" in first.out
    sandbox._outcome.cache_clear()
    with kept_answers(anew=True), pytest.raises(TypeError):
        POSTCONF.run(*question)


@needs("postconf")
@pytest.mark.usefixtures("nobody_has_asked")
def test_what_is_kept_is_not_begun() -> None:
    with kept_answers():
        POSTCONF.start(*_DEFAULTS)
        assert begun._BEGUN
        POSTCONF.run(*_DEFAULTS)
        POSTCONF.start(*_DEFAULTS)
        assert not begun._BEGUN


def test_what_finds_other_things_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(Program, "_asked", lambda self, *_: Output(0, repr(self), ""))
    told: list[tuple[tuple[str, str], ...]] = [(), (("A", "1"),), (("A", "2"),), (("A", "1"), ("B", "1"))]
    hidden = ["A=1"], ["/a"], ["/a", "/b"], ["/a", "A=1"]
    programs = [Program("sh", "dash", environment=environment) for environment in told]
    programs += [Program("sh", "dash", hidden=tuple(folders)) for folders in hidden]
    for _ in range(2):
        with kept_answers():
            for program in programs:
                assert program.run([], {}).out == repr(program)
        sandbox._outcome.cache_clear()
