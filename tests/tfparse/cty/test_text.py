"""Strings in stretches: what functions make of text keeps the line that each piece comes from, and its unknowns."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tfparse.cty.laws import contradiction
from tfparse import load
from tfparse.cty.equality import compare, could_be
from tfparse.cty.text import Cutter, flat
from tfparse.cty.values import SENSITIVE, STRING, Part, Unknown, Value, list_, number, string, text
from tfparse.diagnostics import Origin
from tfparse.functions import Context, FunctionError, call

WHY = Unknown("a secret", Origin("main.tf", 9))
CONTEXT: Context = load(Path(__file__).parents[2] / "spec" / "terraform").root("").instance.context
HERE = Origin("main.tf", 99)


def file_of(*pieces: str | Unknown, line: int = 1) -> Value:
    """A text as a template file renders it: each piece on the line where it stands."""
    parts = []
    for piece in pieces:
        parts.append(Part(piece, Origin("f.tpl", line), True))
        line += piece.count("\n") if isinstance(piece, str) else 0
    return text(tuple(parts), Origin("main.tf", 1))


def lines(value: Value) -> list[tuple[str, int | None]]:
    return [(line.text, line.origin.line if line.origin else None) for line in value.lines()]


def result(name: str, *args: Value | str | int) -> Value:
    values = [arg if isinstance(arg, Value) else string(arg) if isinstance(arg, str) else number(arg) for arg in args]
    return call(name, values, CONTEXT, HERE)


# -- lines keep their places ----------------------------------------------------------------------

MAIN_CF = file_of("\n# relay\nrelayhost = [", WHY, "]:587\n\n  smtpd_x = 1  \n")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            result("trimspace", MAIN_CF),
            [("# relay", 2), ("relayhost = [\ufffc]:587", 3), ("", 4), ("  smtpd_x = 1", 5)],
        ),
        (
            result("chomp", MAIN_CF),
            [("", 1), ("# relay", 2), ("relayhost = [\ufffc]:587", 3), ("", 4), ("  smtpd_x = 1  ", 5)],
        ),
        (
            result("indent", 2, MAIN_CF),
            [
                ("", 1),
                ("  # relay", 2),
                ("  relayhost = [\ufffc]:587", 3),
                ("  ", 4),
                ("    smtpd_x = 1  ", 5),
                ("  ", 6),
            ],
        ),
        (
            result("upper", MAIN_CF),
            [("", 1), ("# RELAY", 2), ("RELAYHOST = [\ufffc]:587", 3), ("", 4), ("  SMTPD_X = 1  ", 5)],
        ),
        (
            result("trimprefix", MAIN_CF, "\n"),
            [("# relay", 2), ("relayhost = [\ufffc]:587", 3), ("", 4), ("  smtpd_x = 1  ", 5)],
        ),
        (
            result("replace", MAIN_CF, "smtpd", "smtp"),
            [("", 1), ("# relay", 2), ("relayhost = [\ufffc]:587", 3), ("", 4), ("  smtp_x = 1  ", 5)],
        ),
        (
            result("format", "%s# end\n", MAIN_CF),
            [
                ("", 1),
                ("# relay", 2),
                ("relayhost = [\ufffc]:587", 3),
                ("", 4),
                ("  smtpd_x = 1  ", 5),
                ("# end", None),
            ],
        ),
    ],
)
def test_lines_keep_their_places(made: Value, expected: list[tuple[str, int | None]]) -> None:
    assert lines(made) == expected
    assert made.unknown == WHY


def test_joined_lines_are_each_from_where_they_stood() -> None:
    elements = list_(STRING, (file_of("a", line=3), file_of("b\nc", line=7), string("d", Origin("x.tf", 2))))
    assert lines(result("join", "\n", elements)) == [("a", 3), ("b", 7), ("c", 8), ("d", 2)]


def test_split_lines_are_each_from_where_they_stand() -> None:
    pieces = result("split", "\n", file_of("a\nb\n\n", "c\nd")).elements()
    assert [(piece.as_string(), str(piece.origin)) for piece in pieces] == [
        ("a", "f.tpl:1"),
        ("b", "f.tpl:2"),
        ("", "main.tf:1"),
        ("c", "f.tpl:4"),
        ("d", "f.tpl:5"),
    ]


def test_matches_are_from_where_they_stand() -> None:
    subject = file_of("é = 1\nb = 2\n")
    matches = call("regexall", [string(r"(\w+|é) = (\d)"), subject], CONTEXT, HERE).elements()
    assert [[str(group.origin) for group in match.elements()] for match in matches] == [
        ["f.tpl:1", "f.tpl:1"],
        ["f.tpl:2", "f.tpl:2"],
    ]


def test_a_replacement_is_where_the_match_was() -> None:
    made = call("replace", [file_of("a\nb\nc\n"), string("/(?m)^b$/"), string("x\ny")], CONTEXT, HERE)
    assert lines(made) == [("a", 1), ("x", 2), ("y", 2), ("c", 3)]


def test_a_substring_is_from_where_it_stands() -> None:
    assert lines(result("substr", file_of("ab\ncd\nef"), 4, 3)) == [("d", 2), ("e", 3)]


def test_sensitive_stretches_stay_marked() -> None:
    parts = (Part("a\n", HERE), Part("secret", HERE, marks=SENSITIVE), Part("\nb", HERE))
    made = result("upper", text(parts, HERE, marks=SENSITIVE))
    assert made.sensitive
    shown = [(part.text, part.marks) for part in made.text_parts()]
    assert shown == [("A\n", 0), ("SECRET", SENSITIVE), ("\nB", 0)]


# -- unknown stretches ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (result("trimspace", file_of(" ", WHY, "  x ")), "\ufffcx"),
        (result("trimspace", file_of("x  ", WHY, " ")), "x\ufffc"),
        (result("trimspace", file_of(WHY, " ", WHY)), "\ufffc"),
        (result("trim", file_of("--", WHY, "-x-"), "-"), "\ufffcx"),
        (result("trimprefix", file_of("ab", WHY), "abc"), "\ufffc"),
        (result("trimsuffix", file_of(WHY, ".example.org"), ".org"), "\ufffc.example"),
        (result("replace", file_of("a.b", WHY, "c.d"), ".", "-"), "a-b\ufffcc-d"),
        (result("replace", file_of("ab", WHY, "c"), "bc", "-"), "\ufffc"),
        (result("replace", file_of("ab", WHY, "c"), "xbcy", "-"), "ab\ufffcc"),
        (result("replace", file_of("ab", WHY, "bc", WHY), "xbcy", "-"), "\ufffc"),
        (result("replace", file_of("a", WHY, "c"), "/a/", "-"), "\ufffc"),
        (result("join", ",", list_(STRING, (string("a"), Value(STRING, WHY), string("b")))), "a,\ufffc,b"),
        (result("format", "%s/%d", Value(STRING, WHY), 32), "\ufffc/32"),
        (result("format", "%-9s|", Value(STRING, WHY)), "\ufffc|"),
        (result("jsonencode", list_(STRING, (string("<"), Value(STRING, WHY)))), '["\\u003c",\ufffc]'),
        (result("base64gzip", "x"), "H4sIAAAAAAAA/\ufffc"),
    ],
)
def test_what_is_known_around_an_unknown_stretch(made: Value, expected: str) -> None:
    assert flat(made) == expected


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("startswith", ("pre", "pre-x"), None),
        ("startswith", ("pre-", "pre-x"), None),
        ("startswith", ("pre-y", "pre-x"), False),
        ("startswith", ("pre-x/", "pre-x"), True),
    ],
)
def test_startswith_of_a_known_beginning(name: str, args: tuple[str, str], expected: bool | None) -> None:
    found = call(name, [file_of(args[0], WHY), string(args[1])], CONTEXT, HERE)
    assert found.raw == (WHY if expected is None else expected)


@pytest.mark.parametrize(
    ("known", "name", "expected"),
    [
        ("/32", "endswith", True),
        ("/24", "endswith", False),
        ("2", "endswith", None),
        ("/32", "strcontains", True),
        ("24", "strcontains", None),
    ],
)
def test_the_end_and_the_middle(known: str, name: str, expected: bool | None) -> None:
    found = call(name, [file_of(WHY, known), string("/32")], CONTEXT, HERE)
    assert found.raw == (WHY if expected is None else expected)


ALPHABET = st.text(alphabet="ab \n-.é", max_size=5)
PIECES = st.lists(st.tuples(ALPHABET, st.booleans()), min_size=1, max_size=5)
ONE_TEXT = ("trimspace", "chomp", "upper", "lower", "title", "jsonencode", "yamlencode", "base64encode", "length")
TWO_TEXTS = ("trim", "trimprefix", "trimsuffix", "startswith", "endswith", "strcontains")


def both(pieces: list[tuple[str, bool]]) -> tuple[Value, Value]:
    """A text of which some pieces are unknown, and the same text known."""
    known = text(tuple(Part(piece, None) for piece, _ in pieces))
    parts = tuple(Part(WHY if hidden else piece, None) for piece, hidden in pieces if hidden or piece)
    return text(parts), Value(STRING, known.raw)


@given(PIECES, st.sampled_from(ONE_TEXT))
def test_one_text(pieces: list[tuple[str, bool]], name: str) -> None:
    guess, truth = both(pieces)
    assert contradiction(call(name, [guess], CONTEXT), call(name, [truth], CONTEXT)) is None


@given(PIECES, ALPHABET, st.sampled_from(TWO_TEXTS))
def test_two_texts(pieces: list[tuple[str, bool]], other: str, name: str) -> None:
    guess, truth = both(pieces)
    second = string(other)
    assert contradiction(call(name, [guess, second], CONTEXT), call(name, [truth, second], CONTEXT)) is None


@given(PIECES, ALPHABET, ALPHABET)
@example([("a", False), ("b", True), ("a", False)], "aba", "x")
@example([("aab", True), ("a", False)], "ba", "")
def test_replace(pieces: list[tuple[str, bool]], old: str, new: str) -> None:
    guess, truth = both(pieces)
    rest = [string(old), string(new)]
    assert contradiction(call("replace", [guess, *rest], CONTEXT), call("replace", [truth, *rest], CONTEXT)) is None


@given(PIECES, PIECES)
def test_join_format_and_equality(first: list[tuple[str, bool]], second: list[tuple[str, bool]]) -> None:
    (guess_a, a), (guess_b, b) = both(first), both(second)
    for name, guesses, truths in (
        ("join", [string(","), list_(STRING, (guess_a, guess_b))], [string(","), list_(STRING, (a, b))]),
        ("format", [string("%s|%5s|%q"), guess_a, guess_b, guess_a], [string("%s|%5s|%q"), a, b, a]),
        ("indent", [number(2), guess_a], [number(2), a]),
        ("coalesce", [guess_a, guess_b], [a, b]),
    ):
        try:
            truth = call(name, truths, CONTEXT)
        except FunctionError:
            continue
        assert contradiction(call(name, guesses, CONTEXT), truth) is None
    assert compare(guess_a, b) in (compare(a, b), WHY)


@given(st.lists(ALPHABET, min_size=1, max_size=6), st.data())
def test_cutting_is_slicing(pieces: list[str], data: st.DataObject) -> None:
    value = file_of(*pieces)
    whole = value.as_string()
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    cut = Cutter(value.text_parts()).cut(start, stop)
    assert "".join(part.text for part in cut if isinstance(part.text, str)) == whole[start:stop]
    at = start
    for part in cut:
        assert isinstance(part.text, str)
        assert part.origin == Origin("f.tpl", 1 + whole.count("\n", 0, at))
        at += len(part.text)


@given(PIECES)
def test_could_be_never_denies_the_truth(pieces: list[tuple[str, bool]]) -> None:
    guess, truth = both(pieces)
    assert could_be(guess, truth.as_string())
