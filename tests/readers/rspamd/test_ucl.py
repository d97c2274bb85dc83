from __future__ import annotations

from typing import Any

import pytest

import tests.readers.real_programs as programs
from readers import Malformed
from readers.rspamd.ucl import Entry, Section, read_ucl
from tests.readers.record_programs import cases, recorded
from tfparse.cty.values import Part, Unknown, Value, string, text
from tfparse.diagnostics import Origin, UnknownValueError

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def read(content: str) -> Section:
    return read_ucl(string(content, Origin("dkim.conf", 1), verbatim=True), "dkim.conf")


TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def plain(tree: Section | tuple[Entry, ...] | str) -> Any:
    """The tree as libucl gives it: a key that is repeated holds a list."""
    if isinstance(tree, str):
        return TRUTH.get(tree.lower(), tree)
    if isinstance(tree, tuple):
        return [plain(entry.value) for entry in tree]
    found: dict[str, Any] = {}
    for entry in tree.entries:
        value = plain(entry.value)
        found[entry.key] = [found[entry.key], value] if entry.key in found else value
    return found


# What libucl reads and we refuse, because nothing that is written by hand needs it.
REFUSED = {"a macro", "a multiline string", "text behind the braces", "a value without a key"}


def agrees(case: str, said: Any) -> None:
    content = cases("rspamd/ucl")[case]
    if case in REFUSED or "refused" in said:
        with pytest.raises(Malformed):
            read(content)
    else:
        assert plain(read(content)) == {k: v if v != "yes" else True for k, v in said.items()}


@pytest.mark.parametrize("case", cases("rspamd/ucl"))
def test_reads_as_rspamd_does(case: str) -> None:
    agrees(case, recorded("rspamd/ucl")[case])


@programs.needs("rspamadm")
def test_rspamd_still_says_so() -> None:
    asked = cases("rspamd/ucl")
    for case, said in zip(asked, programs.each(programs.rspamadm, asked.values()), strict=True):
        agrees(case, said)


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        ("a = x;\nb {\n  c = y;\n", "a closing brace is missing", 3),
        ("a = [x,\ny\n", "a closing bracket is missing", 2),
        ("a = x;\n}\n", '"}" is no key', 2),
        ('a = x;\n"b" = "c" "d"\n', '""d"" stands where a delimiter is missing', 2),
        ("a = x;\n\n.include y\n", '".include y" is no key', 3),
        ("a {" * 60, "too many nested sections", 1),
        ("a = " + "[" * 60, "too many nested sections", 1),
    ],
)
def test_what_cannot_be_read(content: str, problem: str, line: int) -> None:
    with pytest.raises(Malformed) as refused:
        read(content)
    assert (refused.value.problem, refused.value.origin) == (problem, Origin("dkim.conf", line))


def test_origins_are_those_of_the_values() -> None:
    (section,) = read("# keys\ndomain {\n  a.example {\n    path =\n      /a;\n  }\n}\n").all("domain")
    assert isinstance(section.value, Section)
    (inner,) = section.value.entries
    assert isinstance(inner.value, Section)
    (path,) = inner.value.entries
    assert [entry.origin and entry.origin.line for entry in (section, inner, path)] == [2, 3, 5]


def test_a_key_that_is_repeated_has_no_one_value() -> None:
    with pytest.raises(Malformed, match='"a" is set twice'):
        read("a = x; a = y;").only("a")
    assert read("b = x").only("a") is None


def test_a_section_is_no_string() -> None:
    with pytest.raises(Malformed, match="a string is wanted here"):
        _ = read("a { b = x }").entries[0].text


def test_a_string_is_no_boolean() -> None:
    with pytest.raises(Malformed, match='"maybe" is no boolean'):
        _ = read("a = maybe").entries[0].truth


def test_a_variable_of_rspamd_is_not_known() -> None:
    for content in ("path = $DBDIR/dkim/x.key", 'path = "${DBDIR}/dkim/x.key"'):
        with pytest.raises(UnknownValueError, match="has a variable that is set when Rspamd runs"):
            _ = read(content).entries[0].text
    assert read("path = '$DBDIR/x'").entries[0].text == "$DBDIR/x"
    assert read("path = /dkim/$domain.$selector.key").entries[0].text == "/dkim/$domain.$selector.key"


# -- what is not known ----------------------------------------------------------------------------


def part_known(*pieces: str | Unknown) -> Value:
    return text(tuple(Part(piece, Origin("dkim.conf", 1), True) for piece in pieces))


def test_an_unknown_value_is_known_to_be_unknown() -> None:
    found = read_ucl(part_known('path = "/keys/', HIDDEN, '.key";\nenabled = true;\n'), "dkim.conf")
    assert found.entries[1].truth
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = found.entries[0].text


def test_an_unknown_comment_does_not_matter() -> None:
    assert read_ucl(part_known("# ", HIDDEN, "\na = x /* ", HIDDEN, " */"), "dkim.conf").entries[0].text == "x"


@pytest.mark.parametrize(
    "pieces",
    [
        (HIDDEN,),
        ("a = x;\n", HIDDEN, "\n"),
        (HIDDEN, " = x;\n"),
        ("a", HIDDEN, " = x;\n"),
        ("a { ", HIDDEN, " }\n"),
        ("a = 'x' ", HIDDEN, "\n"),
        ("a ", HIDDEN, " {}\n"),
    ],
)
def test_what_could_be_anything_is_unknown(pieces: tuple[str | Unknown, ...]) -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = [entry.text for entry in read_ucl(part_known(*pieces), "dkim.conf").entries]
