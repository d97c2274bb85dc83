"""What all roots say, in short: told anew whenever one of them says something else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tfparse.graph.root_answers import RootAnswers

PATHS = ("a", "b")


def digest_of(answers: RootAnswers, said: dict[str, list[str]], made: list[str], without: str | None) -> bytes | None:
    def make(each: Iterable[tuple[str, Sequence[Any]]]) -> bytes:
        made.append(repr(list(each)))
        return made[-1].encode()

    answers.together(PATHS, without, None, said.__getitem__)
    return answers.digest(PATHS, without, make)


def test_a_digest_is_made_once_and_anew_after_another_answer() -> None:
    answers, said, made = RootAnswers(), {"a": ["one"], "b": ["two"]}, list[str]()
    first = [digest_of(answers, said, made, without) for without in (None, "a", None, "a")]
    assert first[:2] == first[2:] == [b"[('a', ['one']), ('b', ['two'])]", b"[('b', ['two'])]"]
    assert len(made) == 2
    said["b"] = ["three"]
    answers.ask_again(["b"])
    assert digest_of(answers, said, made, None) == b"[('a', ['one']), ('b', ['three'])]"
    assert digest_of(answers, said, made, "a") == b"[('b', ['three'])]"


def test_a_root_that_says_the_same_again_costs_no_digest() -> None:
    answers, said, made = RootAnswers(), {"a": ["one"], "b": ["two"]}, list[str]()
    first = digest_of(answers, said, made, None)
    answers.ask_again(["a"])
    assert digest_of(answers, said, made, None) == first
    assert len(made) == 1
