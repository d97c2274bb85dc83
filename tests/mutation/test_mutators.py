"""Mutants are small, typed, valid and made of every part of the source."""

from __future__ import annotations

import pytest

from tests.mutation.elements import Element, read_elements
from tests.mutation.mutators import UNKNOWN, Mutant, deleted, edits, text_edits
from tfparse.hcl.syntax import parse_file

SOURCE = """\
locals {
  switch = true   # a comment
  ports  = [25, "587",
    { n = 465 }]
  one = { a = 1, "b.c" = var.x["k"].name }
  said = "${upper(var.y)}: v=1; p=none"
  sum  = merge({ k = 2 }, local.one)
}
resource "a" "b" {
  count = var.n == 0 ? 1 : 2
  text  = <<-EOT
    # no value
    size = 5m
      and ${var.z} more
    block {
      path = "/x"
    }
  EOT
  inner { name = "x" }
}
"""


def said(text: str, element: Element) -> str:
    return text[element.start : element.end]


def all_edits(name: str, text: str) -> list[tuple[str, str, str, str]]:
    """Rule, line that the edited element begins with, what goes and what comes."""
    return [
        (rule, said(text, element).split("\n")[0], text[start:end], new)
        for element in read_elements(name, text).walk()
        for rule, start, end, new in (deleted(text, element), *edits(name, text, element))
    ]


def test_a_source_is_cut_into_its_parts() -> None:
    found = [(e.kind, e.line, said(SOURCE, e).split("\n")[0]) for e in read_elements("x.tf", SOURCE).walk()]
    assert found == [
        ("file", 1, "locals {"),
        ("block", 1, "locals {"),
        ("argument", 2, "switch = true"),
        ("argument", 3, 'ports  = [25, "587",'),
        ("item", 3, "25"),
        ("item", 3, '"587"'),
        ("item", 4, "{ n = 465 }"),
        ("argument", 4, "n = 465"),
        ("argument", 5, 'one = { a = 1, "b.c" = var.x["k"].name }'),
        ("argument", 5, "a = 1"),
        ("argument", 5, '"b.c" = var.x["k"].name'),
        ("argument", 6, 'said = "${upper(var.y)}: v=1; p=none"'),
        ("argument", 7, "sum  = merge({ k = 2 }, local.one)"),
        ("argument", 7, "k = 2"),
        ("block", 9, 'resource "a" "b" {'),
        ("argument", 10, "count = var.n == 0 ? 1 : 2"),
        ("argument", 11, "text  = <<-EOT"),
        ("line", 13, "size = 5m"),
        ("line", 14, "and ${var.z} more"),
        ("line", 15, "block {"),
        ("line", 16, 'path = "/x"'),
        ("block", 19, 'inner { name = "x" }'),
        ("argument", 19, 'name = "x"'),
    ]
    (block,) = [e for e in read_elements("x.tf", SOURCE).walk() if e.line == 15]
    assert said(SOURCE, block).endswith("}")


@pytest.mark.parametrize(
    "edit",
    [
        ("delete", "switch = true", "switch = true", ""),
        ("comment out", "switch = true", "  switch = true   # a comment", "  # switch = true   # a comment"),
        ("rename", "switch = true", "", "x"),
        ("flip", "switch = true", "true", "false"),
        ("unknown", "switch = true", "true", UNKNOWN),
        ("delete", "25", "25,", ""),
        ("off by one", "25", "25", "26"),
        ("off by one", "25", "25", "24"),
        ("off by one", '"587"', "587", "588"),
        ("empty", '"587"', '"587"', '""'),
        ("comment out", "a = 1", "a = 1,", "/* a = 1, */"),
        ("unknown", '"b.c" = var.x["k"].name', 'var.x["k"].name', UNKNOWN),
        ("word gone", 'said = "${upper(var.y)}: v=1; p=none"', "v=1; ", ""),
        ("unknown", 'said = "${upper(var.y)}: v=1; p=none"', "upper(var.y)", UNKNOWN),
        ("unknown", "sum  = merge({ k = 2 }, local.one)", "local.one", UNKNOWN),
        ("rename", 'resource "a" "b" {', "", "x"),
        ("other unit", "size = 5m", "m", "h"),
        ("empty", "size = 5m", "5m", ""),
        ("unknown", "size = 5m", "5m", "${timestamp()}"),
        ("delete", "block {", 'block {\n      path = "/x"\n    }', ""),
        ("comment out", 'path = "/x"', '      path = "/x"', '      # path = "/x"'),
    ],
    ids=lambda edit: f"{edit[0]}: {edit[1]} {edit[3]}",
)
def test_a_rule_edits(edit: tuple[str, str, str, str]) -> None:
    assert edit in all_edits("x.tf", SOURCE)


def test_a_mutant_of_terraform_is_terraform() -> None:
    for element in read_elements("x.tf", SOURCE).walk():
        for edit in (deleted(SOURCE, element), *edits("x.tf", SOURCE, element)):
            parse_file(Mutant("today", "x.tf", element.line, *edit).applied(SOURCE), edit[0])


def test_what_is_unknown_is_declared() -> None:
    at = SOURCE.index("true")
    edited = Mutant("today", "x.tf", 2, "unknown", at, at + 4, UNKNOWN).applied(SOURCE)
    assert f"switch = {UNKNOWN} " in edited
    assert 'data "http" "mutant"' in edited


def test_a_zone_has_its_own_comments() -> None:
    zone = "$ORIGIN example.net.\n@ IN MX 10 mail\n; old\n"
    assert ("comment out", "@ IN MX 10 mail", "@ IN MX 10 mail", "; @ IN MX 10 mail") in all_edits("x.zone", zone)
    values = f"other = 1\nzone = <<EOT\n{zone}EOT\nnext = <<EOT\n- a\nEOT\n"
    found = [new for rule, *_, new in all_edits("x.tfvars", values) if rule == "comment out"]
    assert {"# other = 1", "; @ IN MX 10 mail", "# - a"} <= set(found)


def test_variable_files_hold_no_expressions() -> None:
    assert [edit for edit in all_edits("x.tfvars", 'a = "b"\n') if edit[0] == "unknown"] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1", {"0", "2"}),
        ("v=spf1 ~all", {"v=spf1x ~all", "vx=spf1 ~all", "v=spf1 ~allx", "v=~all", "v=spf1 "}),
        ("512Mi", {"512Ki"}),
        ("10.0.0.1", {"10.0.0.0", "10.0.0.2"}),
        ("yes", {"no", "yesx"}),
        ("a.b.net:25", {"a.b.netx:25"}),
    ],
)
def test_texts_change_by_words_numbers_and_units(text: str, wanted: set[str]) -> None:
    assert {text[:start] + new + text[end:] for _, start, end, new in text_edits(text)} == wanted


def test_yaml_is_cut_by_its_indentation() -> None:
    text = "a:\n  - b: 1\n    c: yes\n%{ if x ~}\n  - b: 2\n%{ endif ~}\n# no\nd: e\n"
    found = [(e.line, said(text, e)) for e in read_elements("x.yaml", text).walk()][1:]
    assert found == [
        (1, "a:\n  - b: 1\n    c: yes\n%{ if x ~}\n  - b: 2"),
        (2, "- b: 1\n    c: yes"),
        (3, "c: yes"),
        (5, "- b: 2"),
        (8, "d: e"),
    ]


def test_comments_beside_a_line_stay() -> None:
    text = '$ORIGIN example.net.\n@ IN TXT "v=DMARC1; p=none" ; to be 1\n'
    assert {new for _, at, _, new in all_edits("x.zone", text) if at.startswith("@")} <= {
        "",
        "x",
        '; @ IN TXT "v=DMARC1; p=none" ; to be 1',
    }
    assert [new for rule, *_, new in all_edits("x.zone", text) if rule == "off by one"] == []
