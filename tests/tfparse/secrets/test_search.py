"""Known texts are found wherever they stand, and many of them are found as fast as few."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_in_proportion
from tfparse import load
from tfparse.secrets.search import KnownTexts
from tfparse.secrets.secrecy import MAX_WORDS, TOO_MANY, find_secrets

TEXTS = st.text("ab", min_size=4, max_size=8)


def covered(text: str, known: set[str]) -> str:
    """The text with a dash for each character that any of the known texts covers: by trying them all everywhere."""
    hidden = {at for k in known for at in range(len(text)) if text.startswith(k, at) for at in range(at, at + len(k))}
    return "".join("-" if at in hidden else c for at, c in enumerate(text))


@given(st.text("ab", max_size=40), st.sets(TEXTS, max_size=8), st.sets(TEXTS, max_size=8))
def test_each_stretch_that_a_known_text_covers_is_replaced(text: str, known: set[str], public: set[str]) -> None:
    said = KnownTexts(known | public).replaced(text, "-", public.__contains__)
    expected = covered(text, known - public)
    while "--" in expected:
        expected = expected.replace("--", "-")
    assert said == expected


@given(st.text("ab", max_size=8), st.sets(TEXTS, max_size=8))
def test_whether_one_begins_so(beginning: str, known: set[str]) -> None:
    assert KnownTexts(known).begins(beginning) == any(text.startswith(beginning) for text in known)


def test_many_known_texts_take_no_longer_than_few() -> None:
    text = "nothing of it, word but none: word7Zq; " * 500

    def searched(number: int) -> Callable[[], object]:
        known = KnownTexts(f"word{n}Zq9" for n in range(number))
        return lambda: known.replaced(text, "-")

    assert_in_proportion(searched, 20_000, at_most=1.5)


def test_more_secrets_than_are_looked_for_leave_nothing_to_be_shown(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("big.txt filter=git-crypt\n")
    (tmp_path / "big.txt").write_text("".join(f"word{n}Zq9\n" for n in range(MAX_WORDS)))
    secrets = find_secrets(load(tmp_path))
    assert secrets.redacted("the container mail", {"the", "container", "mail"}) == "the container mail"
    assert secrets.redacted("the container mail2", {"the", "container", "mail"}) == TOO_MANY
