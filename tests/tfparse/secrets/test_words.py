"""Which words stand in a text is said by RE2 as it is by splitting the text."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfparse.secrets import words
from tfparse.secrets.words import WordsSought, split

WORD = st.text("ab.*+^é", min_size=1, max_size=3)
PIECE = st.one_of(
    WORD.map(str.encode),
    st.sampled_from([b" ", b"\n", b"\r", b"\x1c", b'"', b"=", b"{", b"$", b"\\", b"|", b"\xa0", b"\xc2", b"\xe2\x80"]),
    st.sampled_from([chr(at).encode() for at in range(sys.maxunicode + 1) if chr(at).isspace()]),
)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_MUCH", -1)


@given(sought=st.frozensets(WORD, max_size=6), texts=st.lists(st.lists(PIECE, max_size=12).map(b"".join), max_size=3))
def test_those_that_stand_there(sought: frozenset[str], texts: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(words, "_MUCH", -1)
        finder = WordsSought(sought)
        assert [finder.among(text) for text in texts] == [sought.intersection(split(text)) for text in texts]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("blank", [chr(at) for at in range(sys.maxunicode + 1) if chr(at).isspace()])
def test_a_blank_is_one_in_whatever_script(blank: str) -> None:
    finder = WordsSought(frozenset({"a", "b", "ab"}))
    for text in (f"a{blank}b", f"x{blank}a{blank}x", f"{blank}b{blank}"):
        assert finder.among(text.encode()) == set(text.split()) - {"x"}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("sought", [{"a", "ü"}, {"a", "\ufffd"}, {f"word{n}Zq9" for n in range(3000)}, set()])
def test_words_that_are_not_given_to_re2(sought: set[str]) -> None:
    finder = WordsSought(frozenset(sought))
    text = "a ü \ufffd word7Zq9 x".encode() + b" \xff "
    assert finder.among(text) == sought.intersection(split(text))
    assert (finder._set is None) == bool(sought)


@pytest.mark.usefixtures("at_once")
def test_where_re2_gives_up_the_text_is_split() -> None:
    finder = WordsSought(frozenset({"a", "b"}))
    vars(finder)["_set"] = SimpleNamespace(Match=lambda text: [])
    assert finder.among(b"a c") == {"a"}


def test_of_little_text_re2_is_not_asked() -> None:
    finder = WordsSought(frozenset({"a", "b"}))
    assert finder.among(b"a c") == {"a"}
    assert "_set" not in vars(finder)
    assert finder.among(b"b " * words._MUCH) == {"b"}
    assert "_set" in vars(finder)
