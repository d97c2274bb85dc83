"""The short way to a tree of a file that is laid out plainly: it leads to the parser's tree, or it is not taken.

Every source of ours goes both ways, and thousands that chance makes of them: ``PLAIN_CASES=200000`` makes more.  Name
a folder in ``TFPARSE_CORPUS``, and its files do, too.
"""

from __future__ import annotations

import json
import marshal
import os
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.growth import assert_in_proportion
from tests.record_syntax import SPEC
from tfparse import TerraformError
from tfparse.hcl import syntax
from tfparse.hcl.ast import Body
from tfparse.hcl.plain import LEVELS, plain_body
from tfparse.hcl.syntax import parse_file
from tfparse.hcl.tokens import BODY, MAX_TOKENS, Invalid

SUITE = Path(__file__).parents[3]
FOLDERS = [SUITE / "fixtures", SUITE / "tests" / "spec", *map(Path, filter(None, [os.environ.get("TFPARSE_CORPUS")]))]
CASES = int(os.environ.get("PLAIN_CASES", "4000"))

PLAIN = """
# First
locals {
  a   = "b" # c
  d-e = 12.5 // f
  f = true
  g = null
  h = var.i
  j = k[0].l["m"].n
\to\t=\t"\u00e9 e\u0301"
  p = [] #
  q = {}

  r = {
    a = "b",
    "c d" = 1 # e
    f : g.h

    # i
    true = false
    j = {
      k = [x, "y", 3,]
    },
    l = f(), m = "n"
  }
  s = [
    a.b, # c
    // d
    "e",
    { f = 1, "g" : h }, {
      i = 1
    },
    [
      1
    ]

  ]
  t = jsonencode({
    a = max(1, 2)
    b = [{ c = d(e, [f]) }, {
      g = 1 }]
  })
  u = "a${b}c" # d
  v = a ? b : c
  w = [for x in y : z]
  x = {
    a = "${b}"
    c = d == e ? [
      f
    ] : g # h
    i = <<-E
      } ${j} = [
      E
    k = { for l, m in n : l => m }
  }
  y = [a, "${b}", !c, d + 1,
    f(-g), <<E
h = "i"
E
  , j]
  z = (
    a
  )
}
/* c */
/*
d = { */ // e
variable "a" {}
variable "b" { type = string }
variable "c" { type = list(string) } # d
resource "a" "b" {
  c {
    d { e = {
      f = 1
    } }
    g{}
  }

}
if "for" "in" {
  for = null
}
z = a . b
"""
"""Whatever the short way knows."""

ODD = (
    "", "\n", "#", "/*", "/* */", "/* */ a = 1", "/*/\n*/", "a", "a =", "a = 1", "a = 1\n b", "\ufeffa = 1\n", "a = 1\r\n",
    "a = 1,\n", "a : 1\n", '"a" = 1\n', "a == 1\n", "a => 1\n", "a = = 1\n", "a = 1 b = 2\n", "a = 1 }\n", "a = 1 2\n",
    "a = 1\na = 2\n", "a = 1\na = f(\n1)\n", "a = -1\na = -1\n", "b {\n a = 1\n a = 1\n}\n", "a = [\n]\na = [\n]\n",
    "a = for\n", "a = for.b\n", "a = if\n", "a = null.b\n", "a = true[0]\n", "a = true(1)\n", "a = null ::b(1)\n",
    "a = for(1)\n", "a = [for]\n", "a = [for, b]\n", "a = [\nfor\n]\n", "a = [for + 1]\n", "a = [b, for + 1]\n",
    "a = [\nfor x in y : z\n]\n", "a = [ # c\n for x in y : z]\n", "a = [/**/ for + 1]\n", "a = {\n for = 1\n}\n",
    "a = {\n for + 1 = 1\n}\n", "a = { for = 1 }\n", "a = {\nfor x in y : x => z\n}\n", "a = { b = for + 1 }\n",
    "a = [\n for + 1\n]\n", "a = [for[b]]\n", "a = [for.b[c]]\n",
    "a = f(for + 1)\n", "a = { in = 1, null = 2 }\n", "a = {\n if = 1\n}\n", "a = { true.b = 1 }\n",
    "a = [1 2]\n", "a = [1\n2]\n", "a = [1\n2\n]\n", "a = [,]\n", "a = [1,,]\n", "a = [\n1\n,\n2\n]\n", "a = [1,\n,]\n",
    "a = [\n*\n]\n", "a = b[\n*\n]\n", "a = [b[\n*\n]]\n", "a = [*\n]\n", "a = [1\n+ 2]\n", "a = [b\n.c]\n",
    "a = [b\n[0]]\n", "a = [b\n(c)]\n", "a = [b ? c\n: d]\n", "a = [b # c\n+ 1]\n", "a = f(b\n+ 1)\n", "a = f(b,)\n",
    "a = f(b...)\n", "a = f(,)\n", "a = f(b c)\n", "a = f(b) + 1\n", "a = f(b).c\n", "a = [1][0]\n", "a = {}.b\n",
    "a = f (b)\n", "a = f\n(b)\n", "a = b::c(d)\n", "a = { b = f(c).d }\n", "a = { b = 1\n}.b\n", "a = [1\n][0]\n",
    "a = { b = 1 c = 2 }\n", "a = { b = 1,, c = 2 }\n", "a = {,}\n", "a = {\n b = 1\n , c = 2\n}\n", "a = {\n b\n}\n",
    "a = { b =\n 1 }\n", "a = {\n b = 1 }\n", "a = { b = 1\n c = 2 }\n", "a = {\n b {\n }\n}\n", "a = {\n (b) = 1\n}\n",
    "a = {\n b = c\n + 1\n}\n", "a = {\n b = (c\n + 1)\n}\n", "a = {\n b.c = 1\n}\n", "a = {\n 1 = 1\n}\n",
    'a = {\n "${b}" = 1\n c = 2\n}\n', "a = {\n", "a = [\n", "a = f(\n", "a = {\n b = 1\n", "a = { b = [1 }\n", "a = [1}\n",
    "a = {1]\n", "a = [~}\n", "a = b ~}\n", "a = [1 ~}\n", "b { a = 1 ~}\n", "b {\n", "}\n", "b {\n}}\n", "b {\n} }\n",
    "b { a = 1\n}\n", "b { a = 1 b = 2 }\n", "b { a = 1, }\n", "b { c {} }\n", "b { # c\n}\n", "b { /* c */\n}\n",
    "b {} c {}\n", "b {}}\n", "b { a = f(1) # }\n}\n", "b c {}\n", 'b "c${d}" {}\n', 'b "c" d {\n}\n', 'b"c"{\n}\n',
    'b\n{\n}\n', 'b "c"\n{}\n', 'b "e\u0301" {}\n', "b { a = 1 + 2 }\n", "b { a = 1 + 2, }\n",
    "b = {\n} c = 1\n", "b { a = {\n} }\n", "b { a = [1\n] }\n", "a = b /* c */\n", "a = b /* c\n*/ + 1\n", "a = b / c\n",
    "a = b // c\n", "a = b /\n", "a /**/ = 1\n", "a = /**/ 1\n", "a = [1 /**/, 2]\n", "a = {\n /* b = 1 */\n}\n",
    "a = 01.50\n", "a = 1.\n", "a = 1.5.2\n", "a = 1e5\n", "a = 1e\n", "a = 1a\n", "a = b.0\n", "a = b.0.c\n", "a = b.1.5\n",
    "a = b..c\n", "a = b.\n", "a = b[00]\n", "a = b[1.5]\n", "a = b[-1]\n", 'a = b["c${d}"]\n', "a = b[c]\n", "a = b[*].c\n",
    "a = b.*.c\n", "a = b-c\n", "a = b - c\n", "a = b.c-d\n", "a = b.for.in\n", "a = -b\n", "a = b.-c\n", "a = \u00e9\n",
    "\u00e9 = 1\n", "a\u00e9 = 1\n", "a = b\u00e9\n", "a = { \u00e9 = 1 }\n", "a\u00a0= 1\n", "a = 1\u00a0\n", "a =\x0b1\n",
    'a = "\\n"\n', 'a = "$${b}"\n', 'a = "%{b}"\n', 'a = "100%"\n', 'a = "$"\n', 'a = "b\n"\n', 'a = "b\n', 'a = "b" "c"\n',
    'a = "b"c\n', 'a = ""\n', 'a = "b\x00"\n', "a = 'b'\n", "a = b & c\n", 'a = "e\u0301" # e\u0301\n', 'a = "\u2028"\n',
    'a = "b' + "\u0301" * 200 + '"\n', 'a = ["b' + "\u0301" * 200 + '"]\n', 'a = "\ud800"\n',
    "a = <<E\nE\n", "a = <<E\nb", "a = <<E\n", "a = <<E\n  b\nE\nE = 1\n", "a = <<E\n${<<F\nF\n}\nE\n", "a = [<<E\nE\n]\n",
    "a = [<<E\nE\n, 1]\n", "a = { b = <<E\nE\n}\n", "a = { b = <<E\nE\n c = 1 }\n", "a = f(<<E\nE\n)\n", "a = <<E # b\nE\n",
    "a = <<E\nb {\nE\nc {\n}\n", "a = <<-E\n\tb\n\tE", "a = 1 <<E\nE\n", 'a = "${<<E\nE\n}"\n', "a = <<E\n\r\nE\n",
    "a = 1 # \r\n", "a = 1\rb = 2\n", "a = b ? [\n1\n] : c\n", "a = b ?\nc : d\n", "a = (b ?\nc : d)\n", "a = b,\n",
    "b {\n a = {\n  c {\n }\n}\n", "b { a = 1 + 2,\n", "b { a = 1 + 2)\n", "/*/\na = 1\n", "a = [-b\n ? 1\n : 2]\n",
    "a = { b = [] c = 1 }\n", "a = {\n b = {} c = 1\n}\n", "a = [\n for(1)\n]\n", "a = f(\n for(1)\n)\n", "a = [[] 1]\n",
    "a = b, c\n", "a = -b, c\n", "a = [-b\n, c]\n", "a = [-b\n c]\n", "a = {\n b = -1,\n\n c = -1, d = -1\n}\n",
)  # fmt: skip

PIECES = (
    *"\n \t\r{}[]()\"#=:,.*/-+!?<~$%\\'&|^_01aé\ufeff\u2028\x0b\x00\u00a0\u0301", *PLAIN.split("\n"),
    "\n\n", "\r\n", "==", "=>", "::", "...", "//", "/*", "*/", "/**/", "<<E\n", "<<-E\n", "\nE\n", "${", "%{", "$${", "~}",
    "{}", "[]", "()", '""', "[*]", ".*", ".0", "[0]", '["a"]', ",\n", "{\n", "[\n", "(\n", "}\n", "},\n", "]\n", "],\n", ")\n",
    "})\n", "for", "for ", "if", "in", "null", "true", "for x in y : ", "x ? y : ", "f(", "a = ", "a = 1\n", "a : 1\n",
    '"a" = 1\n', "a {\n", "a {}\n", "1e5", "e\u0301",
)  # fmt: skip


def general(source: str) -> Body | None:
    """What the parser makes of a whole file, or nothing where it refuses it."""
    try:
        body: Body = syntax.parse(source, "start", BODY)
    except (Invalid, TerraformError):
        return None
    return body


def short(source: str) -> Body | None:
    return plain_body(source, syntax._plain_value)


def assert_same(source: str) -> None:
    """The short way ends where the parser does, if it is taken at all."""
    made = short(source)
    if made is not None:
        expected = general(source)
        assert made == expected, source
        assert marshal.dumps(made, 2) == marshal.dumps(expected, 2), source  # of the same types, too


@cache
def files() -> tuple[str, ...]:
    kinds = (".tf", ".tfvars", ".hcl")
    found = [
        file for folder in FOLDERS for file in sorted(folder.rglob("*")) if file.suffix in kinds and file.is_file()
    ]
    return tuple(dict.fromkeys(file.read_bytes().decode(errors="replace") for file in found))


@cache
def sources() -> tuple[str, ...]:
    grammar = json.loads((SPEC / "grammar.json").read_text(encoding="utf-8"))["cases"]
    return (*files(), *(case["source"] for case in grammar), *ODD, *[PLAIN] * 100)


def test_all_that_is_plain() -> None:
    assert short(PLAIN) is not None
    assert_same(PLAIN)


def test_most_files_are_plain() -> None:
    taken = [source for source in files() if short(source) is not None]
    assert len(taken) > 0.9 * sum(general(source) is not None for source in files())


def test_a_word_is_kept_once() -> None:
    body = short("".join(f'a{i} = bb.cc["bb"]\ncc "bb" {{\n aa = {{ cc = "bb", "bb" = aa() }}\n}}\n' for i in "12"))
    words = [part for part in flat(body) if part in ("aa", "bb", "cc")]
    assert len(words) == 20
    assert len(set(map(id, words))) == 3


def flat(part: object) -> list[object]:
    return [leaf for inner in part for leaf in flat(inner)] if isinstance(part, tuple) else [part]


@pytest.mark.parametrize("line", range(2, PLAIN.count("\n")))
def test_a_file_may_end_anywhere(line: int) -> None:
    text = "\n".join(PLAIN.split("\n")[:line])
    for end in ("", "\n", "}", "}\n", "\n}", "]\n}", "\n}\n}"):
        assert_same(text + end)


@pytest.mark.parametrize("source", ODD)
def test_what_is_odd(source: str) -> None:
    for before, after in (
        ("", ""),
        ("b {\n", "}\n"),
        ("b {\n", "\n}\n"),
        ("c = 1\n", "c = 2\n"),
        ("", "d = [\n  1\n]\n"),
    ):
        assert_same(before + source + after)


def test_files_are_read_the_same() -> None:
    for source in sources():
        assert_same(source)
        assert_same(source.rstrip("\n"))


@pytest.mark.parametrize("seed", range(8))
def test_what_chance_makes_of_them(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(CASES // 8):
        source = chance.choice(sources()).split("\n")
        begin = chance.randrange(len(source))
        assert_same(mutated("\n".join(source[begin : begin + chance.randint(1, 40)]) + "\n", chance))


def mutated(source: str, chance: random.Random) -> str:
    """A source with some pieces taken out, doubled or put in, mostly beside a mark or at the end of a line."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        marks = [place for place, char in enumerate(source) if char in '\n{}[](),=:"#.'] or [0]
        start = chance.choice((chance.choice(marks) + chance.randint(0, 1), chance.randint(0, len(source))))
        end = start + chance.choice((0, 0, 0, 1, 1, 2, 5, 20))
        piece = chance.choice(("", source[start:end] * 2, chance.choice(PIECES), chance.choice(PIECES)))
        source = source[:start] + piece + source[end:]
    return source


# -- limits ---------------------------------------------------------------------------------------

AROUND: dict[str, Callable[[int, str], str]] = {
    "blocks": lambda n, value: "b {\n" * n + f"a = {value}\n" + "}\n" * n,
    "objects": lambda n, value: "a = {\n" * n + f"a = {value}\n" + "}\n" * n,
    "objects on a line": lambda n, value: "a = { " * n + f"a = {value}" + " }" * n + "\n",
    "lists": lambda n, value: "a = " + "[\n" * n + value + "\n]" * n + "\n",
    "lists on a line": lambda n, value: "a = " + "[" * n + value + "]" * n + "\n",
    "calls": lambda n, value: "a = " + "f(" * n + value + ")" * n + "\n",
    "a block on a line": lambda n, value: "b {\n" * n + f"b {{ a = {value} }}\n" + "}\n" * n,
    "objects in blocks": lambda n, value: "b {\n" * n + "a = {\n" * n + f"a = {value}\n" + "}\n" * 2 * n,
}
WITHIN: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "(" * n + "1" + ")" * n,
    "operators": lambda n: "!" * n + "a",
    "steps": lambda n: "a" + ".b" * n,
    "templates": lambda n: '"${' * (n // 2) + "a" + '}"' * (n // 2),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("within", WITHIN)
def test_what_nests_too_deep_is_the_parsers_to_refuse(around: str, within: str) -> None:
    for levels in (1, LEVELS - 1, LEVELS, LEVELS + 1, 90, 110, 249, 250, 251):
        for more in (0, 1, *range(20, 300, 20), 177, 178, 179, *range(216, 222), *range(247, 252)):
            assert_same(AROUND[around](levels, WITHIN[within](more)))


def test_a_text_that_may_have_too_many_tokens_is_the_parsers() -> None:
    assert short("#" * (MAX_TOKENS // 2)) is not None
    assert short("#" * (MAX_TOKENS // 2 + 1)) is None


@pytest.mark.parametrize("source", [source for source in ODD if general(source) is None])
def test_an_error_is_the_parsers(source: str) -> None:
    with pytest.raises(TerraformError):
        parse_file(source, "main.tf")


@pytest.mark.parametrize("line", [
    "a = [", "a = {b = ", "a = f(", "a = {\nb = ", "a {\n", "a = !", 'a = "${', "a = <<E\n${", "a = b.c", "a = (b).c", "[1, -2, ",
    "/* a", "a ", '"', "a = [-1,\n", '[-1, "${b}", ', "[<<E\nE\n,", "a{a=[", '"a" ', "a.b[0]", "1.", "# a", "a = b c # ",
])  # fmt: skip
def test_work_is_in_proportion(line: str) -> None:
    def work(times: int) -> Callable[[], object]:
        texts = [before + line * times + "\n" for before in ("", "a = ", "a = [", "a = {\n", "a ")]
        return lambda: [outcome(text) for text in texts]

    assert_in_proportion(work, 2000)


def test_statements_are_work_in_proportion() -> None:
    def work(times: int) -> Callable[[], object]:
        text = "".join(f"a{i} = <<E\n${{b}}\nE\nb {{\na = [-1, {{\n}}\n]\n}}\n/*\n*/\n" for i in range(times))
        assert short(text) is not None
        return lambda: outcome(text)

    assert_in_proportion(work, 400)


def outcome(source: str) -> Body | None:
    try:
        return parse_file(source, "main.tf")
    except TerraformError:
        return None
